#include <nlohmann/json.hpp>

#include "tests/connectors/help/connector_help.h"

namespace duet {
namespace {

using nlohmann::json;
using test::Bench;
using test::kSalesforce;

constexpr std::string_view kT1 = "2018-01-01T00:00:01.000+0000";
constexpr std::string_view kT2 = "2018-01-01T00:00:02.000+0000";

json row(std::string_view id, std::string_view stamp) {
    return {{"attributes", {{"type", "Contact"}, {"url", "/x"}}},
            {"Id", id},
            {"SystemModstamp", stamp},
            {"IsDeleted", false},
            {"Email", "a@b.example"}};
}

std::string rows(const std::vector<json>& list) {
    return json{{"totalSize", list.size()}, {"done", true}, {"records", list}}.dump();
}

class SalesforceReader : public testing::Test {
protected:
    void start(const json& more = json::object()) {
        bench.make("salesforce", more);
        on("GET", "/sobjects/Contact/describe")
            .always_replies(200, test::describe("Contact", {"Email:email", "Score__c:double",
                                                            "AccountId:reference:Account",
                                                            "MasterRecordId:reference:Contact"}));
        count(10);
    }
    void count(int rows_there) {
        on("GET", "/limits/recordCount")
            .always_replies(
                200, json{{"sObjects", {{{"count", rows_there}, {"name", "Contact"}}}}}.dump());
    }
    world::FakeTransport::Rule& on(std::string_view method, std::string_view path) {
        return bench.transport.on(method, std::string(kSalesforce) + std::string(path));
    }
    Result<ChangePage> changes(const Cursor& from, std::size_t limit = 2) {
        return bench.connector->changes(what, from, limit, {});
    }

    Bench bench;
    Selection what{"Contact", {"Email", "Score__c"}};
};

TEST_F(SalesforceReader, GoesOnBehindTheLastRowOfAStampThatFillsAPage) {
    start();
    on("GET", "/queryAll")
        .replies(200, rows({row("003A", kT1), row("003B", kT1)}))
        .replies(200, rows({row("003C", kT1)}));
    auto first = changes({});
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_FALSE(first->last);
    EXPECT_TRUE(first->backfill);
    EXPECT_EQ(first->changes.size(), 2u);
    auto second = changes(first->next);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->last);
    EXPECT_NE(bench.last_url().find(
                  "WHERE SystemModstamp >= 2018-01-01T00:00:01.000Z AND (SystemModstamp > "
                  "2018-01-01T00:00:01.000Z OR Id > '003B') ORDER BY SystemModstamp ASC, Id ASC "
                  "LIMIT 2"),
              std::string::npos)
        << bench.last_url();
    EXPECT_TRUE(bench.transport.unexpected().empty());
}

TEST_F(SalesforceReader, BeginsEachPassAnOverlapBeforeTheNewestStampSeen) {
    start();
    on("GET", "/queryAll").replies(200, rows({row("003A", kT2)})).replies(200, rows({}));
    auto first = changes({});
    ASSERT_TRUE(first);
    ASSERT_TRUE(first->last);
    auto second = changes(first->next);
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->backfill);
    EXPECT_NE(bench.last_url().find("WHERE SystemModstamp >= 2017-12-31T23:55:02.000Z ORDER"),
              std::string::npos)
        << bench.last_url();
}

TEST_F(SalesforceReader, StopsRepeatingTheOverlapOnceNothingLateCanCome) {
    start();
    on("GET", "/queryAll").always_replies(200, rows({row("003A", kT2)}));
    auto page = changes({});
    bench.clock.pass(std::chrono::seconds{301});
    page = changes(page->next);
    page = changes(page->next);
    EXPECT_NE(bench.last_url().find("WHERE SystemModstamp > 2018-01-01T00:00:02.000Z ORDER"),
              std::string::npos)
        << bench.last_url();
}

TEST_F(SalesforceReader, KeepsNumbersAsTheyWereWrittenAndReferencesUnasked) {
    start();
    on("GET", "/queryAll")
        .replies(200, R"({"done":true,"records":[{"Id":"003A","SystemModstamp":")" +
                          std::string(kT1) +
                          R"(","IsDeleted":false,"AccountId":"001X","Email":null,)"
                          R"("Score__c":123456789012345.67}]})");
    auto page = changes({});
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->changes.size(), 1u);
    const Record& record = page->changes[0].record;
    EXPECT_EQ(record.id, (RecordId{"Contact", "003A"}));
    EXPECT_EQ(display(record.fields.get("Score__c")), "123456789012345.67");
    EXPECT_EQ(display(record.fields.get("AccountId")), "001X");
    ASSERT_NE(record.fields.find("Email"), nullptr);
    EXPECT_TRUE(is_blank(record.fields.get("Email")));
    EXPECT_EQ(record.fields.find("SystemModstamp"), nullptr);
    EXPECT_EQ(record.modified, parse_instant(kT1));
}

TEST_F(SalesforceReader, TellsDeletedMergedAndConvertedApart) {
    start();
    what = {"Lead", {}};
    on("GET", "/sobjects/Lead/describe")
        .replies(200,
                 test::describe("Lead", {"IsConverted:boolean", "MasterRecordId:reference:Lead",
                                         "ConvertedContactId:reference:Contact"}));
    json gone = row("00QA", kT1), merged = row("00QB", kT1), converted = row("00QC", kT2);
    gone["IsDeleted"] = true;
    merged["IsDeleted"] = true;
    merged["MasterRecordId"] = "00QZ";
    converted["IsConverted"] = true;
    converted["ConvertedContactId"] = "003Z";
    on("GET", "/queryAll").replies(200, rows({gone, merged, converted}));
    auto page = changes({}, 10);
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->changes.size(), 3u);
    EXPECT_EQ(page->changes[0].kind, ChangeKind::Deleted);
    EXPECT_EQ(page->changes[1].kind, ChangeKind::Merged);
    EXPECT_EQ(page->changes[1].survivor, (RecordId{"Lead", "00QZ"}));
    EXPECT_EQ(page->changes[2].kind, ChangeKind::Converted);
    EXPECT_EQ(page->changes[2].survivor, (RecordId{"Contact", "003Z"}));
}

TEST_F(SalesforceReader, FollowsThePagesOfOneQuery) {
    start();
    on("GET", "/queryAll")
        .replies(200, json{{"done", false},
                           {"nextRecordsUrl", "/services/data/v62.0/query/0r8-1"},
                           {"records", {row("003A", kT1)}}}
                          .dump());
    on("GET", "/query/0r8-1").replies(200, rows({row("003B", kT2)}));
    auto page = changes({}, 5);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->changes.size(), 2u);
    EXPECT_TRUE(page->last);
}

TEST_F(SalesforceReader, ReadsWideObjectsByKeyAndCompletesEachRecordAtOnce) {
    start();
    std::vector<std::string> fields;
    what.fields.clear();
    for (int i = 0; i < 600; ++i) {
        what.fields.push_back("A_Rather_Long_Field_" + std::to_string(i) + "__c");
        fields.push_back(what.fields.back() + ":string");
    }
    what.object = "Wide__c";
    on("GET", "/sobjects/Wide__c/describe").replies(200, test::describe("Wide__c", fields));
    on("GET", "/queryAll").replies(200, rows({row("a00A", kT1)}));
    json whole = row("a00A", kT2);
    for (const std::string& name : what.fields) whole[name] = "v";
    on("POST", "/composite/sobjects/Wide__c").replies(200, json::array({whole}).dump());
    auto page = changes({});
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->changes.size(), 1u);
    EXPECT_EQ(page->changes[0].record.fields.size(), 600u);
    EXPECT_EQ(page->changes[0].record.modified, parse_instant(kT2));
    // The place in the order is the one that was queried, not the newer one of the record.
    EXPECT_EQ(json::parse(page->next.text)["mark"], "2018-01-01T00:00:01.000Z");
    for (const auto& request : bench.transport.requests()) EXPECT_LT(request.url.size(), 16'384u);
}

TEST_F(SalesforceReader, ReadsTheRestWhenAFieldVanishes) {
    start();
    on("GET", "/sobjects/Account/describe")
        .replies(200, test::describe("Account", {"Name:string", "Old__c:string"}))
        .replies(200, test::describe("Account", {"Name:string"}));
    what = {"Account", {"Name", "Old__c"}};
    on("GET", "/queryAll")
        .replies(400, R"([{"errorCode":"INVALID_FIELD","message":"No such column 'Old__c' on x"}])")
        .replies(200, rows({row("001A", kT1)}));
    auto page = changes({});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->changes[0].record.fields.find("Old__c"), nullptr);
    const auto status = bench.connector->check(std::vector<Selection>{{"Contact", {"Emal"}}}, {});
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("Contact.Emal (did you mean Email?)"), std::string::npos);
}

TEST_F(SalesforceReader, EscapesWhatItLooksUp) {
    start();
    on("GET", "/query?").replies(200, rows({row("003A", kT1)}));
    auto found = bench.connector->find(what, "Email", "o'brien\\\n@x.example", {});
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->size(), 1u);
    EXPECT_NE(bench.last_url().find(R"(WHERE Email = 'o\'brien\\\n@x.example' ORDER)"),
              std::string::npos)
        << bench.last_url();
}

TEST_F(SalesforceReader, NeverPutsATextIntoANumberCondition) {
    start();
    const auto found = bench.connector->find(what, "Score__c", "1 OR Id != null", {});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::Rejected);
    EXPECT_TRUE(bench.transport.unexpected().empty());
}

TEST_F(SalesforceReader, SaysWhatBecameOfRecordsThatAreGone) {
    start();
    on("POST", "/composite/sobjects/Contact")
        .replies(200, json::array({row("003A", kT1), nullptr, nullptr}).dump());
    json merged = row("003B", kT2);
    merged["IsDeleted"] = true;
    merged["MasterRecordId"] = "003A";
    on("GET", "/queryAll").replies(200, rows({merged}));
    const std::vector<std::string> keys{"003A", "003B", "003C"};
    auto read = bench.connector->read(what, keys, {});
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 3u);
    EXPECT_EQ((*read)[0].kind, ChangeKind::Upserted);
    EXPECT_EQ((*read)[1].kind, ChangeKind::Merged);
    EXPECT_EQ((*read)[2].kind, ChangeKind::Deleted);
    EXPECT_EQ((*read)[2].record.id.key, "003C");
}

TEST_F(SalesforceReader, AsksForFewerRowsAfterATimeOutFromTheSamePlace) {
    start();
    on("GET", "/queryAll")
        .replies(400,
                 R"([{"errorCode":"QUERY_TIMEOUT","message":"Your query request was running"}])")
        .replies(200, rows({row("003A", kT1), row("003B", kT1)}));
    const auto slow = changes({}, 1000);
    ASSERT_FALSE(slow);
    EXPECT_EQ(slow.error().kind, ErrorKind::Transient);
    auto page = changes({}, 1000);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_TRUE(bench.last_url().ends_with("LIMIT 500")) << bench.last_url();
}

TEST_F(SalesforceReader, RefusesACursorThatIsNotItsOwn) {
    start();
    const auto page = changes({"{\"v\":9}"});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, "DUET-3117");
}

}  // namespace
}  // namespace duet
