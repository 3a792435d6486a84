#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/connectors/csv/csv_help.h"

namespace duet {
namespace {

using test::CsvBench;
using test::fields_of;

constexpr const char* kWithMark =
    "id,email,updated_at,deleted\n"
    "7,ada@example.com,2018-01-01T10:00:00Z,\n";

TEST(CsvWriter, UpdatesOneRowAndLeavesTheOthersByteForByte) {
    CsvBench bench;
    bench.folder.write("people.csv",
                       "\xEF\xBB\xBFid,email,updated_at\r\n"
                       "\"1\",\"ada@example.com\",2018-01-01T10:00:00Z\r\n"
                       "\r\n"
                       "2,bob@example.com,2018-01-01T11:00:00Z");
    const auto done = bench.write(test::update("2", fields_of({{"email", text("b, \"c\"")}})));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->id, (RecordId{"people", "2"}));
    EXPECT_FALSE(done->created);
    EXPECT_EQ(done->stamp, parse_instant("2018-01-02T00:00:00Z"));
    EXPECT_EQ(bench.folder.read("people.csv"),
              "\xEF\xBB\xBFid,email,updated_at\r\n"
              "\"1\",\"ada@example.com\",2018-01-01T10:00:00Z\r\n"
              "2,\"b, \"\"c\"\"\",2018-01-02T00:00:00.000Z\r\n");
    EXPECT_EQ(bench.folder.files(), std::vector<std::string>{"people.csv"});
}

TEST(CsvWriter, BlankClearsACell) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    ASSERT_TRUE(bench.write(test::update("1", fields_of({{"email", Blank{}}}))));
    EXPECT_NE(bench.folder.read("people.csv").find("\n1,,2018-01-02T"), std::string::npos);
}

TEST(CsvWriter, AWriteThatChangesNothingLeavesTheFileAlone) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    const auto done =
        bench.write(test::update("1", fields_of({{"email", text("ada@example.com")}})));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->stamp, parse_instant("2018-01-01T10:00:00Z"));
    EXPECT_EQ(bench.folder.read("people.csv"), test::kPeople);
}

TEST(CsvWriter, StampsLaterThanEveryStampOfTheFile) {
    CsvBench bench;
    bench.folder.write("people.csv",
                       "id,email,updated_at\n1,,2030-01-01T00:00:00Z\n2,,2018-01-01T00:00:00Z\n");
    const auto done = bench.write(test::update("2", fields_of({{"email", text("x@x.test")}})));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->stamp, parse_instant("2030-01-01T00:00:00.001Z"));
}

TEST(CsvWriter, RefusesToStampPastTheLastYear) {
    CsvBench bench;
    bench.folder.write("people.csv", "id,email,updated_at\n1,,9999-12-31T23:59:59.999Z\n");
    const auto done = bench.write(test::update("1", fields_of({{"email", text("x@x.test")}})));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, "DUET-3130");
}

TEST(CsvWriter, ACreateGetsTheNextFreeNumberTombstonesCounted) {
    CsvBench bench;
    bench.folder.write("people.csv", std::string(kWithMark) +
                                         "12,gone@example.com,2018-01-01T10:00:00Z,true\n"
                                         "x99,text@example.com,2018-01-01T10:00:00Z,\n");
    const auto done = bench.write(test::create("email", "new@example.com"));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_TRUE(done->created);
    EXPECT_EQ(done->id, (RecordId{"people", "13"}));
    EXPECT_NE(
        bench.folder.read("people.csv").find("13,new@example.com,2018-01-02T00:00:00.000Z,false\n"),
        std::string::npos);
}

TEST(CsvWriter, ARepeatedCreateFindsTheRowOfTheFirst) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    const auto first = bench.write(test::create("email", "new@example.com"));
    const auto second = bench.write(test::create("email", "new@example.com"));
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(first->created);
    EXPECT_FALSE(second->created);
    EXPECT_EQ(first->id, second->id);
    EXPECT_EQ(first->stamp, second->stamp);
}

TEST(CsvWriter, TwoCreatesOfOneKeyInABatchMakeOneRow) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    const std::vector<Write> batch{test::create("email", "new@example.com"),
                                   test::create("email", "new@example.com"),
                                   test::create("email", "other@example.com")};
    const auto done = bench.connector->write(batch, {});
    ASSERT_TRUE(done);
    EXPECT_EQ((*done)[0]->id.key, "3");
    EXPECT_EQ((*done)[1]->id.key, "3");
    EXPECT_FALSE((*done)[1]->created);
    EXPECT_EQ((*done)[2]->id.key, "4");
}

TEST(CsvWriter, ACreateKeyedByTheKeyColumnTakesThatKey) {
    CsvBench bench;
    bench.folder.write("people.csv", kWithMark);
    const auto made =
        bench.write(test::create("id", "003A", fields_of({{"email", text("n@example.com")}})));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->id.key, "003A");
    EXPECT_TRUE(made->created);
    const auto found = bench.write(test::create("ID", "7"));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_FALSE(found->created);
    const auto unfit = bench.write(test::create("id", "a\nb"));
    ASSERT_FALSE(unfit);
    EXPECT_EQ(unfit.error().remote_code, "UNFIT_KEY");
}

TEST(CsvWriter, ADeleteLeavesATombstone) {
    CsvBench bench;
    bench.folder.write("people.csv", kWithMark);
    ASSERT_TRUE(bench.write(test::removal("7")));
    EXPECT_EQ(bench.folder.read("people.csv"),
              "id,email,updated_at,deleted\n"
              "7,ada@example.com,2018-01-02T00:00:00.000Z,true\n");
    // Again, and of a row that never was: what is wanted is so already.
    EXPECT_TRUE(bench.write(test::removal("7")));
    EXPECT_TRUE(bench.write(test::removal("8")));
    const auto revived = bench.write(test::update("7", fields_of({{"email", Blank{}}})));
    ASSERT_FALSE(revived);
    EXPECT_EQ(revived.error().remote_code, "DELETED");
    EXPECT_EQ(bench.write(test::create("id", "7")).error().remote_code, "DELETED");
}

TEST(CsvWriter, RefusesWhatTheTableCannotTakeAndDoesTheRest) {
    CsvBench bench;
    bench.folder.write("people.schema.json", R"({"fields": {"size": {"type": "number"}}})");
    bench.folder.write("people.csv",
                       "id,email,size,updated_at\n"
                       "1,a@x.test,,2018-01-01T10:00:00Z\n"
                       "2,a@x.test,,2018-01-01T10:00:00Z\n");
    const std::vector<Write> batch{
        test::update("9", fields_of({{"email", text("x")}})),
        test::update("1", fields_of({{"emial", text("x")}})),
        test::update("1", fields_of({{"updated_at", text("2018-01-01T10:00:00Z")}})),
        test::update("1", fields_of({{"id", text("5")}})),
        test::update("1", fields_of({{"size", text("secret")}})),
        test::update("1", fields_of({{"email", text("\xFF")}})),
        test::create("email", "a@x.test"),
        test::create("mail", "a@x.test"),
        test::removal("1"),
        test::update("1", fields_of({{"size", Value{Decimal{3}}}})),
    };
    const auto done = bench.connector->write(batch, {});
    ASSERT_TRUE(done);
    ASSERT_EQ(done->size(), batch.size());
    const char* words[] = {"NO_SUCH_ROW",  "NO_SUCH_COLUMN", "NOT_WRITABLE",
                           "NOT_WRITABLE", "WRONG_TYPE",     "NO_TEXT",
                           "AMBIGUOUS",    "NO_SUCH_COLUMN", "NO_DELETION_MARK"};
    for (std::size_t i = 0; i < std::size(words); ++i) {
        ASSERT_FALSE((*done)[i]) << i;
        EXPECT_EQ((*done)[i].error().remote_code, words[i]);
        EXPECT_EQ((*done)[i].error().kind, ErrorKind::Rejected);
        EXPECT_EQ((*done)[i].error().message.find("secret"), std::string::npos);
    }
    EXPECT_TRUE(done->back());
    EXPECT_EQ(bench.folder.read("people.csv"),
              "id,email,size,updated_at\n"
              "1,a@x.test,3,2018-01-02T00:00:00.000Z\n"
              "2,a@x.test,,2018-01-01T10:00:00Z\n");
}

TEST(CsvWriter, ABrokenFileStopsItsOwnWritesOnly) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    bench.folder.write("broken.csv", "id,updated_at\n1\n");
    Write broken = test::update("1", {});
    broken.id.object = "broken";
    Write nowhere = broken;
    nowhere.id.object = "nowhere";
    const std::vector<Write> batch{broken, test::update("1", fields_of({{"email", Blank{}}})),
                                   nowhere};
    const auto done = bench.connector->write(batch, {});
    ASSERT_TRUE(done);
    EXPECT_EQ((*done)[0].error().code, "DUET-3130");
    EXPECT_TRUE((*done)[1]);
    EXPECT_EQ((*done)[2].error().code, "DUET-3114");
    EXPECT_EQ(bench.folder.read("broken.csv"), "id,updated_at\n1\n");
}

/// Another program that edits the file each time the connector looks at the clock, which it does
/// after it has read the file and before it replaces it.
class MeddlingClock final : public Clock {
public:
    MeddlingClock(test::CsvFolder& folder, int edits) : folder_(folder), edits_(edits) {}
    Instant now() const override {
        if (edits_-- > 0) {
            folder_.write("people.csv", folder_.read("people.csv") + std::to_string(50 + edits_) +
                                            ",theirs@x.test,2018-01-01T12:00:00Z\n");
        }
        return Instant{std::chrono::sys_days{std::chrono::year{2018} / 1 / 2}};
    }
    std::chrono::steady_clock::time_point steady() const override { return {}; }

private:
    test::CsvFolder& folder_;
    mutable int edits_;
};

Result<Written> write_beside_edits(CsvBench& bench, int edits) {
    const MeddlingClock clock(bench.folder, edits);
    const auto connector = find_connector_kind("csv")->make(
        {{"folder", bench.folder.path()}}, {clock, bench.random, bench.transport, "acme"});
    const Write write = test::update("1", fields_of({{"email", text("ours@x.test")}}));
    return (*connector)->write({&write, 1}, {})->front();
}

TEST(CsvWriter, EditsOfAnotherProgramMeanwhileAreKept) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    const auto done = write_beside_edits(bench, 3);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(bench.folder.read("people.csv"),
              "id,email,updated_at\n"
              "1,ours@x.test,2018-01-02T00:00:00.000Z\n"
              "2,bob@example.com,2018-01-01T11:00:00Z\n"
              "52,theirs@x.test,2018-01-01T12:00:00Z\n"
              "51,theirs@x.test,2018-01-01T12:00:00Z\n"
              "50,theirs@x.test,2018-01-01T12:00:00Z\n");
}

TEST(CsvWriter, GivesUpWithNothingWrittenWhenTheFileNeverRests) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    const auto done = write_beside_edits(bench, 100);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::Transient);
    EXPECT_EQ(done.error().code, "DUET-3133");
    EXPECT_EQ(bench.folder.read("people.csv").find("ours@x.test"), std::string::npos);
    EXPECT_EQ(bench.folder.files(), std::vector<std::string>{"people.csv"});
}

TEST(CsvWriter, KeepsTheModeOfTheFileAndFollowsALink) {
    CsvBench bench;
    bench.folder.write("real.txt", test::kPeople);
    ::chmod(bench.folder.path("real.txt").c_str(), 0640);
    std::filesystem::create_symlink("real.txt", bench.folder.path("people.csv"));
    ASSERT_TRUE(bench.write(test::update("1", fields_of({{"email", Blank{}}}))));
    EXPECT_TRUE(std::filesystem::is_symlink(bench.folder.path("people.csv")));
    EXPECT_NE(bench.folder.read("real.txt").find("\n1,,"), std::string::npos);
    struct stat status {};
    ASSERT_EQ(::stat(bench.folder.path("real.txt").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST(CsvWriter, OurOwnWriteIsReadBackAsItWasSent) {
    CsvBench bench;
    bench.folder.write("people.schema.json", R"({"fields": {
        "size": {"type": "number"}, "out": {"type": "boolean"}, "born": {"type": "date"},
        "seen": {"type": "datetime"}}})");
    bench.folder.write("people.csv", "id,note,size,out,born,seen,updated_at\n");
    const Fields sent = fields_of({{"note", text(" two\r\nlines, \"quoted\" \xC3\xA9 ")},
                                   {"size", Value{*Decimal::parse("-0.25")}},
                                   {"out", Value{false}},
                                   {"born", Value{*parse_date("1999-12-31")}},
                                   {"seen", Value{*parse_instant("2018-01-01T10:00:00.123Z")}}});
    const auto done = bench.write(test::create("id", "k1", sent));
    ASSERT_TRUE(done) << done.error().message;
    const ChangePage page = bench.page({}, 10, {"note", "size", "out", "born", "seen"});
    ASSERT_EQ(page.changes.size(), 1U);
    EXPECT_EQ(page.changes[0].record.fields, sent);
    EXPECT_EQ(page.changes[0].record.modified, done->stamp);
}

}  // namespace
}  // namespace duet
