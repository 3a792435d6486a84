#include "daemon/cli/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace duet::cli {
namespace {

constexpr unsigned kForEverybody = 0644;

Error unwritable(const std::string& path, int why) {
    std::error_code ignored;
    const auto folder = std::filesystem::path(path).parent_path();
    const bool has_folder = folder.empty() || std::filesystem::is_directory(folder, ignored);
    const std::string reason =
        has_folder ? std::strerror(why) : "there is no folder " + folder.string();
    return {ErrorKind::Rejected, "Cannot write " + path + ": " + reason + ".", "DUET-6065", "", {}};
}

}  // namespace

Status write_whole(const std::string& path, const std::string& text, unsigned mode) {
    const std::string beside = path + ".new";
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) return unwritable(path, errno);
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = ::write(file, text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        done += static_cast<std::size_t>(count);
    }
    const bool is_whole = done == text.size() && ::fsync(file) == 0;
    const int why = errno;
    ::close(file);
    if (is_whole && ::rename(beside.c_str(), path.c_str()) == 0) return Done{};
    const int failed = is_whole ? errno : why;
    std::filesystem::remove(beside, ignored);
    return unwritable(path, failed);
}

Status put_out(const std::string& path, const std::string& text) {
    if (!path.empty()) return write_whole(path, text, kForEverybody);
    const std::size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) == 0 && written == text.size()) return Done{};
    return unwritable("standard output", errno);
}

}  // namespace duet::cli
