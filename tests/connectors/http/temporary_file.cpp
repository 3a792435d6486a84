#include "tests/connectors/http/temporary_file.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

namespace duet::http {

TemporaryFile::TemporaryFile(std::string_view content)
    : path_((std::filesystem::temp_directory_path() / "duet-http-XXXXXX").string()) {
    const int file = mkstemp(path_.data());
    if (file < 0) throw std::runtime_error("no temporary file");
    close(file);
    std::ofstream(path_) << content;
}

TemporaryFile::~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void TemporaryFile::rewrite(std::string_view content) const {
    const auto before = std::filesystem::last_write_time(path_);
    std::ofstream(path_) << content;
    std::filesystem::last_write_time(path_, before + std::chrono::seconds{1});
}

}  // namespace duet::http
