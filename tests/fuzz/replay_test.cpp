// Runs what libFuzzer found, so that a fault once mended stays mended.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "tests/fuzz/targets.h"

namespace duet::fuzz {
namespace {

/// Feeds every file of the corpus to `target`, which ends the process when a promise is broken.
std::size_t replay(const std::string& folder, void (*target)(std::string_view)) {
    std::size_t count = 0;
    const auto path = std::filesystem::path(DUET_TEST_DATA) / "corpus" / folder;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        SCOPED_TRACE(entry.path().string());
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});
        EXPECT_FALSE(file.bad());
        target(bytes);
        ++count;
    }
    return count;
}

TEST(FuzzReplay, FormulasOfTheCorpusKeepEveryPromise) {
    EXPECT_GT(replay("formula", formula), 100u);
}

TEST(FuzzReplay, DocumentsOfTheCorpusKeepEveryPromise) {
    EXPECT_GT(replay("documents", documents), 30u);
}

/// The replay itself must be able to fail.
TEST(FuzzReplayDeathTest, ABrokenPromiseEndsTheProcess) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(expect(false, "the sky is green", "look up"), "the sky is green");
}

}  // namespace
}  // namespace duet::fuzz
