#include <nlohmann/json.hpp>

#include "connectors/salesforce/csv.h"
#include "tests/connectors/help/connector_help.h"

namespace duet {
namespace {

using nlohmann::json;
using test::Bench;
using test::kSalesforce;

constexpr std::string_view kHeader = "\"Email\",\"Id\",\"IsDeleted\",\"SystemModstamp\"\n";

std::string csv_row(std::string_view id, std::string_view second) {
    return "\"a@b.example\",\"" + std::string(id) +
           "\",\"false\",\"2018-01-01T00:00:" + std::string(second) + ".000Z\"\n";
}

class SalesforceBulk : public testing::Test {
protected:
    void start() {
        bench.make("salesforce", {{"bulk_poll_seconds", 0}});
        on("GET", "/sobjects/Lead/describe")
            .always_replies(200, test::describe("Lead", {"Email:email"}));
        on("GET", "/limits/recordCount")
            .always_replies(200, R"({"sObjects":[{"count":2000,"name":"Lead"}]})");
        on("POST", "/jobs/query")
            .always_replies(200, R"({"id":"750A","state":"UploadComplete",)"
                                 R"("createdDate":"2018-01-01T00:00:10.000+0000"})");
    }
    void job(const json& answer) {
        on("GET", "/jobs/query/750A").always_replies(200, answer.dump());
    }
    world::FakeTransport::Rule& results() { return on("GET", "/jobs/query/750A/results"); }
    world::FakeTransport::Rule& on(std::string_view method, std::string_view path) {
        return bench.transport.on(method, std::string(kSalesforce) + std::string(path));
    }
    static http::Headers page_headers(std::string locator, std::size_t rows) {
        return {{"Sforce-Locator", std::move(locator)},
                {"Sforce-NumberOfRecords", std::to_string(rows)}};
    }
    Result<ChangePage> changes(const Cursor& from) {
        return bench.connector->changes({"Lead", {"Email"}}, from, 2, {});
    }

    Bench bench;
};

TEST_F(SalesforceBulk, RemembersTheJobBeforeItsFirstRowAndResumesAtTheNextPage) {
    start();
    job({{"state", "JobComplete"}, {"numberRecordsProcessed", 3}});
    results()
        .replies(200, std::string(kHeader) + csv_row("00QA", "05") + csv_row("00QB", "07"),
                 page_headers("MTAw", 2))
        .replies(200, std::string(kHeader) + csv_row("00QC", "01"), page_headers("null", 1));
    auto begun = changes({});
    ASSERT_TRUE(begun) << begun.error().message;
    EXPECT_TRUE(begun->changes.empty());
    EXPECT_NE(begun->next.text.find("750A"), std::string::npos);
    auto first = changes(begun->next);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->changes.size(), 2u);
    EXPECT_EQ(first->total, 3u);
    EXPECT_TRUE(first->backfill);

    bench.make("salesforce", {{"bulk_poll_seconds", 0}});  // a restart: only the cursor is left
    auto second = changes(first->next);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_NE(bench.last_url().find("locator=MTAw"), std::string::npos);
    EXPECT_EQ(second->changes.size(), 1u);
    EXPECT_FALSE(second->last);
    EXPECT_EQ(json::parse(second->next.text)["mark"], "2018-01-01T00:00:07.000Z");
}

TEST_F(SalesforceBulk, GoesOnFromBeforeTheJobWhenRowsChangedWhileItRan) {
    start();
    job({{"state", "JobComplete"}, {"numberRecordsProcessed", 1}});
    results().replies(200, std::string(kHeader) + csv_row("00QA", "30"), page_headers("null", 1));
    auto page = changes({});
    page = changes(page->next);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(json::parse(page->next.text)["mark"], "2018-01-01T00:00:10.000Z");
}

TEST_F(SalesforceBulk, AFailedJobIsAnErrorAndTheNextCallStartsAnew) {
    start();
    auto begun = changes({});
    for (const char* state : {"Failed", "Aborted"}) {
        SCOPED_TRACE(state);
        bench.make("salesforce", {{"bulk_poll_seconds", 0}});
        job({{"state", state}});
        const auto page = changes(begun->next);
        ASSERT_FALSE(page);
        EXPECT_EQ(page.error().code, "DUET-3112");
        const auto again = changes(begun->next);
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(bench.transport.requests().back().method, "POST");
    }
}

TEST_F(SalesforceBulk, AJobThatNeverEndsIsAnErrorAtLast) {
    start();
    job({{"state", "InProgress"}});
    auto page = changes({});
    Cursor cursor = page->next;
    int waits = 0;
    while ((page = changes(cursor))) {
        EXPECT_TRUE(page->changes.empty());
        EXPECT_FALSE(page->last);
        cursor = page->next;
        ASSERT_LT(++waits, 20'000);
    }
    EXPECT_EQ(page.error().code, "DUET-3112");
}

TEST_F(SalesforceBulk, FewerRowsThanTheJobReportsAreAnError) {
    start();
    job({{"state", "JobComplete"}, {"numberRecordsProcessed", 2}});
    results().replies(200, std::string(kHeader) + csv_row("00QA", "05"), page_headers("null", 1));
    auto begun = changes({});
    const auto page = changes(begun->next);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, "DUET-3113");
}

TEST_F(SalesforceBulk, FewerRowsThanThePageAnnouncesAreAnError) {
    start();
    job({{"state", "JobComplete"}, {"numberRecordsProcessed", 3}});
    results().replies(200, std::string(kHeader) + csv_row("00QA", "05"), page_headers("MTAw", 2));
    auto begun = changes({});
    const auto page = changes(begun->next);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, "DUET-3113");
}

TEST_F(SalesforceBulk, AnObjectThatBulkRefusesIsReadByRest) {
    start();
    bench.make("salesforce", {{"bulk_threshold_rows", 1}});
    on("GET", "/sobjects/User/describe").replies(200, test::describe("User", {}));
    on("GET", "/limits/recordCount?sObjects=User")
        .replies(200, R"({"sObjects":[{"count":5,"name":"User"}]})");
    on("POST", "/jobs/query").replies(400, R"([{"errorCode":"INVALIDENTITY","message":"x"}])");
    on("GET", "/queryAll").replies(200, R"({"done":true,"records":[]})");
    auto page = bench.connector->changes({"User", {}}, {}, 2, {});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_TRUE(page->last);
}

const std::vector<Column> kColumns{{"Id", FieldType::Id}, {"Text", FieldType::Text}};

TEST(SalesforceCsv, KeepsQuotesCommasLineEndsAndNulBytes) {
    const std::string csv =
        std::string("\"Id\",\"Text\"\n\"a\",\"say \"\"hi\"\", you\r\nthere\"\nb,plai") + '\0' +
        "n\nc,\n\"d\",\"NA\"\n";
    auto page = salesforce::parse_csv(csv, kColumns);
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->rows.size(), 4u);
    EXPECT_EQ(display(page->rows[0].get("Text")), "say \"hi\", you\r\nthere");
    EXPECT_EQ(display(page->rows[1].get("Text")), std::string("plai\0n", 6));
    EXPECT_TRUE(is_blank(page->rows[2].get("Text")));
    EXPECT_EQ(display(page->rows[3].get("Text")), "NA");
}

TEST(SalesforceCsv, ATextThatIsCutAnywhereIsRefusedOrHasFewerRows) {
    const std::string csv = "\"Id\",\"Text\"\n\"a\",\"one\ntwo\"\n\"b\",\"x\"\n";
    for (std::size_t size = 0; size < csv.size(); ++size) {
        SCOPED_TRACE(size);
        const auto page = salesforce::parse_csv(csv.substr(0, size), kColumns);
        if (page) {
            EXPECT_LT(page->rows.size(), 2u);
        } else {
            EXPECT_EQ(page.error().code, "DUET-3118");
        }
    }
}

TEST(SalesforceCsv, ReadsARecordedFileWhole) {
    const std::vector<Column> columns{{"BILLINGSTREET", FieldType::Text},
                                      {"ANNUALREVENUE", FieldType::Currency}};
    auto page = salesforce::parse_csv(test::payload("salesforce/accounts.csv"), columns);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->rows.size(), 100u);
    EXPECT_EQ(display(page->rows[0].get("BILLINGSTREET")),
              "345 Shoreline Park\nMountain View, CA 94043\nUSA");
    EXPECT_EQ(display(page->rows[0].get("ANNUALREVENUE")), "30000000");
}

TEST(SalesforceCsv, AFieldOf131072CharactersIsUnchanged) {
    const std::string large(131'072, 'x');
    auto page = salesforce::parse_csv("Id,Text\na,\"" + large + "\"\n", kColumns);
    ASSERT_TRUE(page);
    EXPECT_EQ(display(page->rows[0].get("Text")), large);
}

}  // namespace
}  // namespace duet
