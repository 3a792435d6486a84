#include "connectors/csv/files.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/connectors/csv/csv_help.h"

namespace duet::csv {
namespace {

using Outcome = Replacement::Outcome;

// The process dies when the new content is on disk and the old one still in its place.
TEST(CsvReplacement, ADeathBeforeTheRenameLeavesTheOldFileAndTheNextWriteGoesThrough) {
    test::CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto prepared = Replacement::prepare(bench.folder.path("people.csv"), "half");
        ::_exit(prepared ? 0 : 1);  // no destructor runs
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    EXPECT_EQ(bench.folder.read("people.csv"), test::kPeople);
    EXPECT_EQ(bench.folder.read(".people.csv.duet-tmp"), "half");

    const auto catalog = bench.connector->discover({});
    ASSERT_TRUE(catalog) << catalog.error().message;
    EXPECT_EQ(catalog->objects.size(), 1U);
    Cursor cursor;
    EXPECT_EQ(bench.drain(cursor).size(), 2U);
    ASSERT_TRUE(bench.write(test::update("1", test::fields_of({{"email", Blank{}}}))));
    EXPECT_EQ(bench.folder.files(), std::vector<std::string>{"people.csv"});
}

TEST(CsvReplacement, IsOvertakenByAnEditBetweenReadAndRename) {
    test::CsvFolder folder;
    folder.write("a.csv", "old");
    const std::string path = folder.path("a.csv");
    const auto read = take_snapshot(path);
    ASSERT_TRUE(read);
    {
        auto mine = Replacement::prepare(path, "mine");
        ASSERT_TRUE(mine) << mine.error().message;
        folder.write("a.csv", "new");  // of equal size
        const auto done = mine->commit(read->mark);
        ASSERT_TRUE(done);
        EXPECT_EQ(*done, Outcome::Overtaken);
    }
    EXPECT_EQ(folder.read("a.csv"), "new");
    EXPECT_EQ(folder.files(), std::vector<std::string>{"a.csv"});
}

// The clock steps of a file system hide an edit that follows at once; the content tells.
TEST(CsvReplacement, IsOvertakenByAnEditInTheSameClockStep) {
    test::CsvFolder folder;
    folder.write_fresh("a.csv", "old");
    const std::string path = folder.path("a.csv");
    const auto read = take_snapshot(path);
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->mark.stat.empty());
    folder.write_fresh("a.csv", "new");
    EXPECT_FALSE(still_holds(path, read->mark));
    folder.write_fresh("a.csv", "old");
    EXPECT_TRUE(still_holds(path, read->mark));
}

TEST(CsvReplacement, WritesThroughNoLinkThatLiesInItsWay) {
    test::CsvFolder folder;
    folder.write("a.csv", "old");
    folder.write("victim", "precious");
    std::filesystem::create_symlink("victim", folder.path(".a.csv.duet-tmp"));
    const auto read = take_snapshot(folder.path("a.csv"));
    auto mine = Replacement::prepare(folder.path("a.csv"), "mine");
    ASSERT_TRUE(read && mine);
    ASSERT_TRUE(mine->commit(read->mark));
    EXPECT_EQ(folder.read("victim"), "precious");
    EXPECT_EQ(folder.read("a.csv"), "mine");
}

TEST(CsvSnapshot, RefusesWhatIsNoRegularFile) {
    test::CsvFolder folder;
    EXPECT_EQ(take_snapshot(folder.path()).error().code, "DUET-3131");
    EXPECT_EQ(take_snapshot(folder.path("none")).error().kind, ErrorKind::Broken);
    folder.write("huge.csv", "");
    std::filesystem::resize_file(folder.path("huge.csv"), (std::uintmax_t{256} << 20U) + 1);
    const auto huge = take_snapshot(folder.path("huge.csv"));
    ASSERT_FALSE(huge);
    EXPECT_EQ(huge.error().code, "DUET-3131");
}

}  // namespace
}  // namespace duet::csv
