// What must not be written anywhere.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include <gtest/gtest.h>

namespace duet::http {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Every C++ file of the three rooms, by its path below the root.
std::vector<fs::path> sources() {
    const fs::path root = DUET_SOURCE_DIR;
    std::vector<fs::path> found;
    for (const char* room : {"mappings", "connectors", "daemon", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator(root / room)) {
            const auto extension = entry.path().extension();
            if (extension == ".h" || extension == ".cpp")
                found.push_back(fs::relative(entry, root));
        }
    }
    return found;
}

TEST(HttpSource, OnlyOneFileIncludesTheLibrary) {
    const std::regex library("#\\s*include\\s*[<\"](cpprest|pplx)/");
    std::vector<std::string> files;
    for (const auto& path : sources()) {
        if (std::regex_search(text_of(fs::path(DUET_SOURCE_DIR) / path), library)) {
            files.push_back(path.string());
        }
    }
    EXPECT_EQ(files, std::vector<std::string>{"connectors/http/cpprest_connection.cpp"});
}

TEST(HttpSource, NobodySwitchesOffTheCheckOfCertificates) {
    // Spelled in two halves, so that this file does not find itself.
    const std::vector<std::string> forbidden = {
        "set_validate_"
        "certificates",
        "verify_"
        "none",
        "SSL_VERIFY_"
        "NONE"};
    for (const auto& path : sources()) {
        const std::string text = text_of(fs::path(DUET_SOURCE_DIR) / path);
        for (const auto& word : forbidden) {
            EXPECT_EQ(text.find(word), std::string::npos) << path << " says " << word;
        }
    }
}

}  // namespace
}  // namespace duet::http
