// Each line of the shipped documents does something that a test document sees: without it a test
// fails.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/cli/standard_catalogs.h"
#include "daemon/cli/trials.h"

namespace duet::trial {
namespace {

namespace fs = std::filesystem;
using document::Source;

const fs::path kPresets = fs::path(DUET_SOURCE_DIR) / "mappings/presets";

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines(1);
    for (const char c : text) {
        if (c == '\n') {
            lines.emplace_back();
        } else {
            lines.back() += c;
        }
    }
    return lines;
}

std::size_t indent_of(const std::string& line) {
    const std::size_t at = line.find_first_not_of(' ');
    return at == std::string::npos ? line.size() : at;
}

bool says_something(const std::string& line) {
    const std::size_t at = indent_of(line);
    return at < line.size() && line[at] != '#';
}

/// The text without that line and those that belong to it, which stand further in.
std::string without(const std::vector<std::string>& lines, std::size_t first) {
    std::size_t next = first + 1;
    while (next < lines.size() &&
           (!says_something(lines[next]) || indent_of(lines[next]) > indent_of(lines[first])))
        ++next;
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i < first || i >= next) text += lines[i] + "\n";
    }
    return text;
}

/// "lifecycle/people.yaml: the line" of those that no test document sees; one may stand there
/// often.
std::set<std::string> unseen() {
    std::set<std::string> found;
    std::ifstream file(fs::path(DUET_TEST_DATA) / "unseen_lines.txt");
    for (std::string line; std::getline(file, line);) {
        if (!line.empty() && line[0] != '#') found.insert(line);
    }
    return found;
}

int every() {
    const char* asked = std::getenv("DUET_LINES_EVERY");
    return asked == nullptr ? 1 : std::max(1, std::atoi(asked));
}

class ShippedLines : public testing::TestWithParam<std::string> {
protected:
    ShippedLines() {
        const fs::path folder = kPresets / GetParam();
        auto read = cli::read_sources_at({folder.string()});
        if (auto* sources = std::get_if<std::vector<Source>>(&read)) documents_ = *sources;
        std::vector<std::string> paths;
        for (const auto& entry : fs::directory_iterator(folder)) {
            if (entry.path().string().ends_with(".test.yaml"))
                paths.push_back(entry.path().string());
        }
        std::sort(paths.begin(), paths.end());
        auto tests = cli::read_sources_at(paths);
        if (auto* sources = std::get_if<std::vector<Source>>(&tests)) tests_ = *sources;
    }

    /// Those beside the changed document are asked first: most often they are enough.
    bool is_noticed(const std::vector<Source>& documents, const std::string& changed) const {
        const std::string beside = changed.substr(0, changed.size() - 5) + ".test.yaml";
        for (const std::string& only : {beside, std::string{}}) {
            const auto report = run_tests(documents, tests_, {"salesforce", "pardot"},
                                          cli::standard_catalogs(), only);
            if (!report.is_good()) return true;
        }
        return false;
    }

    std::vector<Source> documents_;
    std::vector<Source> tests_;
};

/// By DUET_EVERY_LINE=1; with DUET_LINES_EVERY=40 only each fortieth line.
TEST_P(ShippedLines, AreEachNeededByATest) {
    if (std::getenv("DUET_EVERY_LINE") == nullptr && std::getenv("DUET_LINES_EVERY") == nullptr)
        GTEST_SKIP() << "some minutes; DUET_EVERY_LINE=1 tries every line";
    const auto known = unseen();
    ASSERT_FALSE(is_noticed(documents_, documents_.front().file));
    int count = 0;
    for (std::size_t at = 0; at < documents_.size(); ++at) {
        const std::string file = documents_[at].file;
        const std::vector<std::string> lines = lines_of(documents_[at].text);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!says_something(lines[i]) || ++count % every() != 0) continue;
            std::vector<Source> changed = documents_;
            changed[at].text = without(lines, i);
            const std::string name =
                fs::relative(file, kPresets).string() + ": " + lines[i].substr(indent_of(lines[i]));
            EXPECT_TRUE(known.contains(name) || is_noticed(changed, file))
                << name << " (line " << i + 1 << ") can go without a test that fails";
        }
    }
    EXPECT_GT(count, 0);
}

INSTANTIATE_TEST_SUITE_P(Sets, ShippedLines,
                         testing::Values("attribution", "lifecycle", "practices"),
                         [](const auto& set) { return set.param; });

}  // namespace
}  // namespace duet::trial
