#include <set>

#include <gtest/gtest.h>

#include "tests/connectors/csv/csv_help.h"

namespace duet {
namespace {

using test::CsvBench;
using Keys = std::vector<std::string>;

DateTime instant(const char* text) { return *parse_instant(text); }

TEST(CsvReader, TellsEveryRowOnceOldestFirst) {
    CsvBench bench;
    bench.folder.write("people.csv",
                       "id,email,updated_at\n"
                       "b,2@x.test,2018-01-01T11:00:00Z\n"
                       "c,3@x.test,2018-01-01T12:00:00+02:00\n"
                       "a,1@x.test,2018-01-01T10:30:00.500Z\n");
    const ChangePage page = bench.page({});
    EXPECT_EQ(test::keys_of(page.changes), (Keys{"c", "a", "b"}));
    EXPECT_TRUE(page.last);
    EXPECT_FALSE(page.backfill);
    EXPECT_EQ(page.rows_pulled, 3U);
    EXPECT_EQ(page.total, 3U);
    const Record& first = page.changes.front().record;
    EXPECT_EQ(first.id, (RecordId{"people", "c"}));
    EXPECT_EQ(first.modified, instant("2018-01-01T10:00:00Z"));
    EXPECT_EQ(first.fields, test::fields_of({{"email", text("3@x.test")}}));
}

TEST(CsvReader, SaysNothingWhileTheFileIsTheSame) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    Cursor cursor;
    EXPECT_EQ(bench.drain(cursor), (Keys{"1", "2"}));
    const Cursor before = cursor;
    const ChangePage page = bench.page(cursor);
    EXPECT_TRUE(page.changes.empty());
    EXPECT_TRUE(page.last);
    EXPECT_EQ(page.rows_pulled, 0U);
    EXPECT_EQ(page.next, before);
}

TEST(CsvReader, SaysNothingWhenOnlyTheFilesTimeChanged) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    Cursor cursor;
    bench.drain(cursor);
    bench.folder.age("people.csv");
    EXPECT_TRUE(bench.drain(cursor).empty());
}

TEST(CsvReader, TellsAChangedRowAndRepeatsOnlyTheOverlap) {
    CsvBench bench(nlohmann::json{{"overlap_seconds", 60}});
    bench.folder.write("people.csv", test::kPeople);
    Cursor cursor;
    bench.drain(cursor);
    bench.folder.write("people.csv",
                       "id,email,updated_at\n"
                       "1,new@example.com,2018-01-01T11:30:00Z\n"
                       "2,bob@example.com,2018-01-01T11:00:00Z\n"
                       "3,late@example.com,2018-01-01T10:59:30Z\n"
                       "4,old@example.com,2018-01-01T10:58:00Z\n");
    // Row 3 lies within the overlap; row 4 before it, which the README warns of.
    EXPECT_EQ(bench.drain(cursor), (Keys{"3", "2", "1"}));
}

TEST(CsvReader, ManyRowsOfOneStampArriveWholeInSmallPages) {
    CsvBench bench(nlohmann::json{{"overlap_seconds", 0}});
    std::string csv = "id,updated_at\n";
    for (int i = 100; i < 150; ++i) csv += std::to_string(i) + ",2018-01-01T10:00:00Z\n";
    bench.folder.write("people.csv", csv);
    Cursor cursor;
    const Keys keys = bench.drain(cursor, 7);
    ASSERT_EQ(keys.size(), 50U);
    EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 50U);
    // One more of the same stamp, with a key before all that were read.
    bench.folder.write("people.csv", csv + "001,2018-01-01T10:00:00Z\n");
    const Keys more = bench.drain(cursor, 7);
    EXPECT_EQ(more.front(), "001");
    EXPECT_EQ(more.size(), 51U);
}

TEST(CsvReader, BackfillLastsUntilTheFirstPassEnds) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    const ChangePage first = bench.page({}, 1);
    EXPECT_TRUE(first.backfill);
    EXPECT_FALSE(first.last);
    const ChangePage second = bench.page(first.next, 1);
    EXPECT_FALSE(second.backfill);
    EXPECT_TRUE(second.last);
}

TEST(CsvReader, ARowThatCameDuringThePassIsReadInTheNextOne) {
    CsvBench bench(nlohmann::json{{"overlap_seconds", 0}});
    bench.folder.write("people.csv", test::kPeople);
    const ChangePage first = bench.page({}, 1);
    EXPECT_EQ(test::keys_of(first.changes), Keys{"1"});
    // Its stamp lies before the row that was just read.
    bench.folder.write("people.csv",
                       std::string(test::kPeople) + "3,c@example.com,2018-01-01T09:00:00Z\n");
    Cursor cursor = first.next;
    EXPECT_EQ(bench.drain(cursor), Keys{"2"});
    EXPECT_EQ(bench.drain(cursor), (Keys{"3", "1", "2"}));
    EXPECT_TRUE(bench.drain(cursor).empty());
}

TEST(CsvReader, AFileThatIsStillBeingWrittenIsReadAgainFromWhereThePassBegan) {
    CsvBench bench(nlohmann::json{{"overlap_seconds", 0}});
    // The second half, with older stamps, comes a moment later.
    bench.folder.write_fresh("people.csv", "id,updated_at\n1,2018-01-01T10:00:00Z\n");
    Cursor cursor;
    EXPECT_EQ(bench.drain(cursor), Keys{"1"});
    bench.folder.write("people.csv",
                       "id,updated_at\n1,2018-01-01T10:00:00Z\n2,2018-01-01T09:00:00Z\n");
    EXPECT_EQ(bench.drain(cursor), (Keys{"2", "1"}));
}

TEST(CsvReader, AFreshFileThatCameToRestIsNotReadTwice) {
    CsvBench bench;
    bench.folder.write_fresh("people.csv", test::kPeople);
    Cursor cursor;
    bench.drain(cursor);
    EXPECT_EQ(cursor.text.find("since"), std::string::npos) << cursor.text;
    bench.folder.age("people.csv");
    EXPECT_TRUE(bench.drain(cursor).empty());
    EXPECT_NE(cursor.text.find(R"("since":"2018-01-01T11:00:00.000Z")"), std::string::npos)
        << cursor.text;
}

TEST(CsvReader, AStampOfTheFutureHidesNoLaterEdit) {
    CsvBench bench(nlohmann::json{{"overlap_seconds", 0}});
    const std::string future = std::string(test::kPeople) + "9,z@x.test,2099-01-01T00:00:00Z\n";
    bench.folder.write("people.csv", future);
    Cursor cursor;
    bench.drain(cursor);
    bench.folder.write("people.csv", future + "3,c@x.test,2018-01-02T00:00:01Z\n");
    EXPECT_EQ(bench.drain(cursor), (Keys{"3", "9"}));
}

TEST(CsvReader, TheDeletedColumnMakesTombstones) {
    CsvBench bench;
    bench.folder.write("people.csv",
                       "id,email,updated_at,deleted\n"
                       "1,a@x.test,2018-01-01T10:00:00Z,TRUE\n"
                       "2,b@x.test,2018-01-01T11:00:00Z,false\n"
                       "3,c@x.test,2018-01-01T12:00:00Z,\n");
    const ChangePage page = bench.page({});
    EXPECT_EQ(test::keys_of(page.changes), (Keys{"-1", "2", "3"}));
    EXPECT_EQ(page.changes.front().record.modified, instant("2018-01-01T10:00:00Z"));
}

TEST(CsvReader, GivesTypedValuesAndEveryReference) {
    CsvBench bench;
    bench.folder.write("accounts.csv", "id,updated_at\n");
    bench.folder.write("people.schema.json", R"({"entity": "person", "fields": {
        "employees": {"type": "number"}, "out": {"type": "boolean"}, "born": {"type": "date"},
        "seen": {"type": "datetime"},
        "account_id": {"references": ["accounts"], "relationship": "account"}}})");
    bench.folder.write("people.csv",
                       "id,employees,out,born,seen,account_id,note,updated_at\n"
                       "1,10.50,True,2000-02-29,2018-01-01T10:00:00+01:00,7,\"a\nb\","
                       "2018-01-01T10:00:00Z\n"
                       "2,many,,,,,,2018-01-01T10:00:00Z\n");
    const ChangePage page =
        bench.page({}, 10, {"Employees", "out", "born", "seen", "note", "unknown"});
    ASSERT_EQ(page.changes.size(), 2U);
    EXPECT_EQ(page.changes[0].record.fields,
              test::fields_of({{"employees", Value{*Decimal::parse("10.5")}},
                               {"out", Value{true}},
                               {"born", Value{*parse_date("2000-02-29")}},
                               {"seen", Value{instant("2018-01-01T09:00:00Z")}},
                               {"account_id", text("7")},
                               {"note", text("a\nb")}}));
    // What is not of the type stays a text; nothing is guessed.
    EXPECT_EQ(page.changes[1].record.fields.get("employees"), text("many"));
    EXPECT_TRUE(is_blank(page.changes[1].record.fields.get("out")));
}

TEST(CsvReader, ReadsRecordsByKeyAndCallsTheMissingDeleted) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    const Keys keys{"2", "7"};
    const auto read = bench.connector->read({"PEOPLE", {"email"}}, keys, {});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(test::keys_of(*read), (Keys{"2", "-7"}));
    EXPECT_EQ((*read)[1].record.id, (RecordId{"people", "7"}));
}

TEST(CsvReader, FindsByTheValueOfTheColumnsType) {
    CsvBench bench;
    bench.folder.write("people.schema.json", R"({"fields": {"size": {"type": "number"}}})");
    bench.folder.write("people.csv",
                       "id,size,updated_at,deleted\n"
                       "1,1.0,2018-01-01T10:00:00Z,\n"
                       "2,1,2018-01-01T10:00:00Z,true\n"
                       "3,,2018-01-01T10:00:00Z,\n");
    const auto found = bench.connector->find({"people", {"size"}}, "size", "1", {});
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().id.key, "1");
    const auto blank = bench.connector->find({"people", {}}, "size", "", {});
    ASSERT_TRUE(blank);
    EXPECT_TRUE(blank->empty());
    EXPECT_EQ(bench.connector->find({"people", {}}, "sise", "1", {}).error().message,
              "Missing in the csv folder: the column people.sise (did you mean size?).");
}

TEST(CsvReader, NamesEveryBrokenRowUpToFiveAndShowsNoValue) {
    CsvBench bench;
    bench.folder.write("people.csv",
                       "id,email,updated_at,deleted\n"
                       ",secret@x.test,2018-01-01T10:00:00Z,\n"
                       "1,secret@x.test,yesterday,\n"
                       "1,secret@x.test,2018-01-01T10:00:00Z,perhaps\n");
    const auto page = bench.connector->changes({"people", {}}, {}, 10, {});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, ErrorKind::Broken);
    EXPECT_EQ(page.error().message,
              "people.csv:2:1: the key is missing; "
              "people.csv:3:17: the stamp is no instant like 2018-01-02T03:04:05Z; "
              "people.csv:4:1: the key is there twice, first at people.csv:3:1; "
              "people.csv:4:38: the deletion mark must be true, false or blank.");
}

TEST(CsvReader, RefusesACursorThatIsNotItsOwn) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    for (const char* text :
         {"nonsense", "[]", "{}", R"({"v":2})", R"({"v":1,"since":5})", R"({"v":1,"since":"soon"})",
          R"({"v":1,"key":"a"})", R"({"v":1,"stamp":"2018-01-01T10:00:00Z"})"}) {
        const auto page = bench.connector->changes({"people", {}}, Cursor{text}, 10, {});
        ASSERT_FALSE(page) << text;
        EXPECT_EQ(page.error().code, "DUET-3117") << text;
    }
}

TEST(CsvReader, TheLongestKeyKeepsTheCursorBelowItsLimit) {
    CsvBench bench;
    bench.folder.write("people.csv", "id,updated_at\n\"" + std::string(255, '\\') +
                                         "\",2018-01-01T10:00:00Z\nz,2018-01-01T11:00:00Z\n");
    const ChangePage page = bench.page({}, 1);
    EXPECT_LT(page.next.text.size(), 4096U);
    bench.folder.write("people.csv",
                       "id,updated_at\n" + std::string(256, 'k') + ",2018-01-01T10:00:00Z\n");
    EXPECT_FALSE(bench.connector->changes({"people", {}}, {}, 10, {}));
}

TEST(CsvReader, AStopIsTransient) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    std::stop_source stop;
    stop.request_stop();
    const auto page = bench.connector->changes({"people", {}}, {}, 10, stop.get_token());
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, ErrorKind::Transient);
}

}  // namespace
}  // namespace duet
