// Faults within the work: rows, stamps, jobs, sessions, stale answers, clocks, quotas.
#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

void inject(Org& org, const json& fault) {
    const auto answer = org.call("POST", "/sandbox/faults", fault.dump());
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
}

json control(Org& org, const std::string& path, const json& body) {
    const auto answer = org.call("POST", "/sandbox/" + path, body.dump());
    EXPECT_EQ(answer.status, 200) << answer.raw.body;
    return answer.json;
}

json leads(int count) {
    json records = json::array();
    for (int i = 0; i < count; ++i) {
        records.push_back({{"attributes", {{"type", "Lead"}}},
                           {"LastName", "Row " + std::to_string(i)},
                           {"Company", "C"}});
    }
    return records;
}

TEST(SandboxFaultsInWork, NamedRowsOfACollectionFailAndTheOthersAreWritten) {
    Org org;
    inject(org, {{"operation", "salesforce.collections.create"}, {"rows", {1, 3}}});
    const auto answer = org.post("/composite/sobjects", {{"records", leads(5)}});
    ASSERT_EQ(answer.status, 200);
    for (std::size_t i = 0; i < 5; ++i) {
        const bool broken = i == 1 || i == 3;
        EXPECT_EQ(answer.json[i]["success"], !broken);
        const json errors = answer.json[i]["errors"];
        EXPECT_EQ(errors.empty() ? json() : errors[0]["statusCode"],
                  broken ? json("UNABLE_TO_LOCK_ROW") : json());
    }
    EXPECT_EQ(org.query("SELECT COUNT() FROM Lead").json["totalSize"], 3);
}

TEST(SandboxFaultsInWork, RowsOfBulkUpsertsAndSingleWritesFailToo) {
    Org org;
    const std::string job = org.post("/jobs/ingest", {{"object", "Contact"},
                                                      {"operation", "upsert"},
                                                      {"externalIdFieldName", "Ext__c"}})
                                .json["id"];
    ASSERT_EQ(org.call("PUT", "/services/data/v60.0/jobs/ingest/" + job + "/batches",
                       "Ext__c,LastName\nC-1,A\nC-2,B\nC-3,C\n", {{"Content-Type", "text/csv"}})
                  .status,
              201);
    inject(org, {{"operation", "salesforce.bulk.ingest.close"},
                 {"rows", {0, 2}},
                 {"error", "FIELD_CUSTOM_VALIDATION_EXCEPTION"}});
    ASSERT_EQ(org.patch("/jobs/ingest/" + job, {{"state", "UploadComplete"}}).status, 200);
    const json done = org.get("/jobs/ingest/" + job).json;
    EXPECT_EQ(done["numberRecordsProcessed"], 3);
    EXPECT_EQ(done["numberRecordsFailed"], 2);
    const std::string failed = org.get("/jobs/ingest/" + job + "/failedResults").raw.body;
    EXPECT_NE(failed.find("FIELD_CUSTOM_VALIDATION_EXCEPTION:The record fails"), std::string::npos);
    inject(org, {{"operation", "salesforce.create"}, {"rows", {0}}});
    EXPECT_EQ(org.post("/sobjects/Lead", {{"LastName", "A"}, {"Company", "C"}}).code(),
              "UNABLE_TO_LOCK_ROW");
}

TEST(SandboxFaultsInWork, RowsDrawnByChanceAreTheSameWithTheSameSeed) {
    Org org;
    const auto failed = [&org] {
        inject(org, {{"path", "/composite"}, {"row_probability", 0.2}, {"seed", 3}});
        const auto answer = org.post("/composite/sobjects", {{"records", leads(100)}});
        std::string drawn;
        for (const json& one : answer.json) drawn += one["success"] == true ? '.' : 'x';
        return drawn;
    };
    const std::string first = failed();
    EXPECT_GT(std::count(first.begin(), first.end(), 'x'), 8);
    EXPECT_LT(std::count(first.begin(), first.end(), 'x'), 35);
    EXPECT_EQ(failed(), first);
}

TEST(SandboxFaultsInWork, ASessionEndsInMidFlow) {
    Org org;
    inject(org, {{"path", "/limits"}, {"skip", 1}, {"expire_tokens", true}});
    EXPECT_EQ(org.get("/limits").status, 200);
    EXPECT_EQ(org.get("/limits").code(), "INVALID_SESSION_ID");
    EXPECT_EQ(org.get("/limits").code(), "INVALID_SESSION_ID");
    org.sign_in();
    EXPECT_EQ(org.get("/limits").status, 200);
}

TEST(SandboxFaultsInWork, ACursorExpiresBetweenPages) {
    Org org;
    for (int i = 0; i < 2; ++i) {
        ASSERT_EQ(org.post("/composite/sobjects", {{"records", leads(200)}}).status, 200);
    }
    const auto page = org.get("/query?q=" + encoded("SELECT Id FROM Lead"),
                              {{"Sforce-Query-Options", "batchSize=200"}});
    const std::string next = page.json["nextRecordsUrl"];
    EXPECT_EQ(org.call("GET", next).status, 200);
    inject(org, {{"operation", "salesforce.query.more"}, {"expire_cursors", true}});
    EXPECT_EQ(org.call("GET", next).code(), "INVALID_QUERY_LOCATOR");
}

TEST(SandboxFaultsInWork, ARowBecomesVisibleBehindLaterStamps) {
    Org org;
    org.set_clock("2018-01-02T04:00:00Z");
    inject(org, {{"operation", "salesforce.create"}, {"stamp_behind_seconds", 90}});
    const std::string late = org.create("Lead", {{"LastName", "Late"}, {"Company", "C"}});
    const std::string next = org.create("Lead", {{"LastName", "Next"}, {"Company", "C"}});
    EXPECT_EQ(org.field("Lead", late, "SystemModstamp"), "2018-01-02T03:58:30.000+0000");
    EXPECT_EQ(org.field("Lead", next, "SystemModstamp"), "2018-01-02T04:00:00.000+0000");
}

// Who commits late holds the row meanwhile.
TEST(SandboxFaultsInWork, ARowsOwnStampNeverGoesBack) {
    Org org;
    org.set_clock("2018-01-02T04:00:00Z");
    const std::string lead = org.create("Lead", {{"LastName", "Doe"}, {"Company", "C"}});
    org.set_clock("2018-01-02T04:01:00Z");
    control(org, "clock", {{"stamps_behind_seconds", 90}});
    ASSERT_EQ(org.patch("/sobjects/Lead/" + lead, {{"LastName", "Late"}}).status, 204);
    EXPECT_EQ(org.field("Lead", lead, "LastName"), "Late");
    EXPECT_EQ(org.field("Lead", lead, "SystemModstamp"), "2018-01-02T04:00:00.000+0000");
}

TEST(SandboxFaultsInWork, BulkJobsFailAreAbortedOrNeverEnd) {
    Org org;
    for (const char* state : {"Failed", "Aborted", "InProgress"}) {
        inject(org, {{"operation", "salesforce.bulk.query.create"}, {"job_state", state}});
        const std::string job =
            org.post("/jobs/query", {{"operation", "query"}, {"query", "SELECT Id FROM Contact"}})
                .json["id"];
        for (int i = 0; i < 3; ++i) EXPECT_EQ(org.get("/jobs/query/" + job).json["state"], state);
        EXPECT_EQ(org.get("/jobs/query/" + job + "/results").status, 204);
    }
    inject(org, {{"operation", "salesforce.bulk.query.create"}, {"lose_rows", 1}});
    const std::string job =
        org.post("/jobs/query", {{"operation", "query"}, {"query", "SELECT Id FROM Contact"}})
            .json["id"];
    EXPECT_EQ(org.get("/jobs/query/" + job).json["numberRecordsProcessed"], 2);
    EXPECT_EQ(org.get("/jobs/query/" + job + "/results").raw.header("Sforce-NumberOfRecords"), "1");
}

TEST(SandboxFaultsInWork, AFailedIngestJobWritesNothing) {
    Org org;
    inject(org, {{"operation", "salesforce.bulk.ingest.create"}, {"job_state", "Failed"}});
    const std::string job =
        org.post("/jobs/ingest", {{"object", "Lead"}, {"operation", "insert"}}).json["id"];
    const std::string csv = "LastName,Company\nA,C\n";
    ASSERT_EQ(org.call("PUT", "/services/data/v60.0/jobs/ingest/" + job + "/batches", csv,
                       {{"Content-Type", "text/csv"}})
                  .status,
              201);
    org.patch("/jobs/ingest/" + job, {{"state", "UploadComplete"}});
    EXPECT_EQ(org.get("/jobs/ingest/" + job).json["state"], "Failed");
    EXPECT_EQ(org.get("/jobs/ingest/" + job + "/unprocessedrecords").raw.body, csv);
    EXPECT_EQ(org.query("SELECT COUNT() FROM Lead").json["totalSize"], 0);
}

TEST(SandboxFaultsInWork, AStaleAnswerShowsTheRowsAsTheyWere) {
    Org org;
    EXPECT_EQ(org.call("POST", "/sandbox/faults", R"({"stale_seconds":60})").status, 400);
    control(org, "history", json::object());
    const std::string id = org.create("Lead", {{"LastName", "First"}, {"Company", "C"}});
    org.set_clock("2018-01-02T03:10:00Z");
    ASSERT_EQ(org.patch("/sobjects/Lead/" + id, {{"LastName", "Second"}}).status, 204);
    const std::string other = org.create("Lead", {{"LastName", "New"}, {"Company", "C"}});
    inject(org, {{"operation", "salesforce.read"}, {"stale_seconds", 60}, {"times", 2}});
    EXPECT_EQ(org.field("Lead", id, "LastName"), "First");
    EXPECT_EQ(org.get("/sobjects/Lead/" + other).status, 404);
    EXPECT_EQ(org.field("Lead", id, "LastName"), "Second");
    EXPECT_EQ(org.get("/sobjects/Lead/" + other).status, 200);
    inject(org, {{"operation", "salesforce.query"}, {"stale_seconds", 3600}});
    EXPECT_EQ(org.query("SELECT Id FROM Lead").json["totalSize"], 0);
    ASSERT_EQ(org.remove("/sobjects/Lead/" + id).status, 204);
    inject(org, {{"operation", "salesforce.query"}, {"stale_seconds", 60}});
    EXPECT_EQ(org.query("SELECT Id FROM Lead WHERE LastName='First'").json["totalSize"], 1);
}

TEST(SandboxFaultsInWork, ARequestThatArrivesTwiceIsDoneTwice) {
    Org org;
    inject(org, {{"operation", "salesforce.create"}, {"twice", true}});
    EXPECT_EQ(org.post("/sobjects/Lead", {{"LastName", "Twin"}, {"Company", "C"}}).status, 201);
    EXPECT_EQ(org.query("SELECT COUNT() FROM Lead WHERE LastName='Twin'").json["totalSize"], 2);
}

TEST(SandboxFaultsInWork, WritesShareAStampWithinAGrain) {
    Org org;
    control(org, "clock", {{"stamp_grain_seconds", 60}, {"now", "2018-01-02T04:00:00Z"}});
    const std::string one = org.create("Lead", {{"LastName", "1"}, {"Company", "C"}});
    control(org, "clock", {{"advance_seconds", 59}});
    const std::string two = org.create("Lead", {{"LastName", "2"}, {"Company", "C"}});
    EXPECT_EQ(org.field("Lead", one, "SystemModstamp"), org.field("Lead", two, "SystemModstamp"));
    EXPECT_EQ(org.call("POST", "/sandbox/clock", R"({"stamp_grain_seconds":0})").status, 400);
}

TEST(SandboxFaultsInWork, EachVendorsClockMayBeWrong) {
    Org org;
    const json now =
        control(org, "clock", {{"salesforce_skew_seconds", 120}, {"pardot_skew_seconds", -300}});
    EXPECT_EQ(now["now"], "2018-01-02T03:04:05.000Z");
    const std::string lead = org.create("Lead", {{"LastName", "1"}, {"Company", "C"}});
    EXPECT_EQ(org.field("Lead", lead, "SystemModstamp"), "2018-01-02T03:06:05.000+0000");
    EXPECT_EQ(element(org.soap("<getServerTimestamp/>"), "timestamp"), "2018-01-02T03:06:05.000Z");
    const auto made = org.call(
        "POST", "/api/v5/objects/prospects?fields=id,createdAt", R"({"email":"a@b.example"})",
        {{"Pardot-Business-Unit-Id", "0UvSB0000000001AAA"}, {"Content-Type", "application/json"}});
    ASSERT_EQ(made.status, 201) << made.raw.body;
    EXPECT_EQ(made.json["createdAt"], "2018-01-02T02:59:05+00:00");
    EXPECT_EQ(org.call("GET", "/sandbox/clock").json["now"], "2018-01-02T03:04:05.000Z");
}

TEST(SandboxFaultsInWork, AQuotaRunsOutAndComesBack) {
    Org org;
    control(org, "limits", {{"salesforce_daily_calls", 2}, {"salesforce_calls", 0}});
    EXPECT_EQ(org.get("/limits").status, 200);
    EXPECT_EQ(org.get("/limits").status, 200);
    const auto spent = org.get("/limits");
    EXPECT_EQ(spent.status, 403);
    EXPECT_EQ(spent.code(), "REQUEST_LIMIT_EXCEEDED");
    EXPECT_EQ(spent.raw.header("Sforce-Limit-Info"), "api-usage=2/2");
    control(org, "limits", {{"salesforce_calls", 0}});
    EXPECT_EQ(org.get("/limits").status, 200);
}

}  // namespace
}  // namespace duet::sandbox::test
