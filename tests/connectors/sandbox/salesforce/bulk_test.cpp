#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

std::string ingest(Org& org, const json& job, const std::string& csv) {
    const auto made = org.post("/jobs/ingest", job);
    EXPECT_EQ(made.status, 200) << made.raw.body;
    EXPECT_EQ(made.json["state"], "Open");
    EXPECT_FALSE(made.json.contains("jobType"));
    const std::string id = made.json["id"];
    EXPECT_EQ(made.json["contentUrl"], "services/data/v60.0/jobs/ingest/" + id + "/batches");
    EXPECT_EQ(org.call("PUT", "/services/data/v60.0/jobs/ingest/" + id + "/batches", csv,
                       {{"Content-Type", "text/csv"}})
                  .status,
              201);
    EXPECT_EQ(org.patch("/jobs/ingest/" + id, {{"state", "UploadComplete"}}).json["state"],
              "UploadComplete");
    return id;
}

std::string file(Org& org, const std::string& id, const char* name) {
    const auto answer = org.get("/jobs/ingest/" + id + "/" + name);
    EXPECT_EQ(answer.raw.header("Content-Type"), "text/csv");
    return answer.raw.body;
}

TEST(SandboxBulkQuery, PagesEndWithTheWordNullAndRepeatTheHeader) {
    Org org;
    const auto made = org.post(
        "/jobs/query",
        {{"operation", "query"},
         {"query",
          "SELECT Id, LastName, Account.Name, LastModifiedDate FROM Contact ORDER BY Id"}});
    ASSERT_EQ(made.status, 200) << made.raw.body;
    EXPECT_EQ(made.json["state"], "UploadComplete");
    EXPECT_EQ(made.json["apiVersion"], 60.0);
    EXPECT_FALSE(made.json.contains("jobType"));
    const std::string id = made.json["id"];
    EXPECT_EQ(id.substr(0, 3), "750");
    EXPECT_EQ(org.get("/jobs/query/" + id + "/results").status, 204);
    const auto job = org.get("/jobs/query/" + id);
    EXPECT_EQ(job.json["state"], "JobComplete");
    EXPECT_EQ(job.json["numberRecordsProcessed"], 2);
    const auto first =
        org.get("/jobs/query/" + id + "/results?maxRecords=1", {{"Accept", "text/csv"}});
    EXPECT_EQ(first.raw.body,
              "\"Id\",\"LastName\",\"Account.Name\",\"LastModifiedDate\"\n"
              "\"003SB00000X9y8ZYAR\",\"Okafor, \"\"The "
              "First\"\"\",\"Acme\",\"2017-03-01T08:00:00.000Z\"\n");
    EXPECT_EQ(first.raw.header("Sforce-NumberOfRecords"), "1");
    const std::string locator = first.raw.header("Sforce-Locator");
    EXPECT_NE(locator, "null");
    for (int time = 0; time < 2; ++time) {
        const auto second =
            org.get("/jobs/query/" + id + "/results?maxRecords=1&locator=" + locator);
        EXPECT_EQ(second.raw.header("Sforce-Locator"), "null");
        EXPECT_EQ(second.raw.body.rfind("\"Id\",", 0), 0U);
    }
    org.version = "61.0";
    EXPECT_EQ(org.get("/jobs/query/" + id + "/results").status, 409);
    org.version = "60.0";
    EXPECT_EQ(org.remove("/jobs/query/" + id).status, 204);
    EXPECT_EQ(org.get("/jobs/query/" + id).status, 404);
}

TEST(SandboxBulkQuery, NoRowsStillCarryBothHeaders) {
    Org org;
    const std::string id =
        org.post("/jobs/query", {{"operation", "query"}, {"query", "SELECT Id FROM Lead"}})
            .json["id"];
    org.get("/jobs/query/" + id);
    const auto answer = org.get("/jobs/query/" + id + "/results");
    EXPECT_EQ(answer.raw.header("Sforce-NumberOfRecords"), "0");
    EXPECT_EQ(answer.raw.header("Sforce-Locator"), "null");
    EXPECT_EQ(answer.raw.body, "\"Id\"\n");
}

TEST(SandboxBulkQuery, RefusesWhatBulkDoesNotRun) {
    Org org;
    EXPECT_EQ(org.post("/jobs/query",
                       {{"operation", "query"}, {"query", "SELECT MailingAddress FROM Contact"}})
                  .status,
              400);
    EXPECT_EQ(
        org.post("/jobs/query", {{"operation", "query"}, {"query", "SELECT Nope FROM Contact"}})
            .code(),
        "INVALID_FIELD");
    EXPECT_EQ(
        org.post("/jobs/query", {{"operation", "explode"}, {"query", "SELECT Id FROM Contact"}})
            .status,
        400);
}

TEST(SandboxBulkQuery, AbortsBeforeItIsPolled) {
    Org org;
    const std::string id =
        org.post("/jobs/query", {{"operation", "queryAll"}, {"query", "SELECT Id FROM Contact"}})
            .json["id"];
    EXPECT_EQ(org.patch("/jobs/query/" + id, {{"state", "Aborted"}}).json["state"], "Aborted");
    EXPECT_EQ(org.get("/jobs/query/" + id).json["state"], "Aborted");
}

TEST(SandboxBulkIngest, InsertsAndTellsWhichRowsFailed) {
    Org org;
    const std::string id = ingest(org, {{"object", "Contact"}, {"operation", "insert"}},
                                  "LastName,Ext__c,Birthdate,Account.Ext__c\n"
                                  "Good,B-1,1990-04-01,A-1\n"
                                  ",B-2,,\n"
                                  "Bad,B-3,someday,\n");
    const auto job = org.get("/jobs/ingest/" + id);
    EXPECT_EQ(job.json["state"], "JobComplete");
    EXPECT_EQ(job.json["numberRecordsProcessed"], 3);
    EXPECT_EQ(job.json["numberRecordsFailed"], 2);
    EXPECT_EQ(job.json["jobType"], "V2Ingest");
    const std::string good = file(org, id, "successfulResults/");
    EXPECT_EQ(good.rfind("\"sf__Id\",\"sf__Created\",\"LastName\",\"Ext__c\",\"Birthdate\","
                         "\"Account.Ext__c\"\n\"003",
                         0),
              0U)
        << good;
    EXPECT_NE(good.find("\"true\",\"Good\",\"B-1\""), std::string::npos);
    EXPECT_EQ(file(org, id, "failedResults"),
              "\"sf__Id\",\"sf__Error\",\"LastName\",\"Ext__c\",\"Birthdate\",\"Account.Ext__c\"\n"
              "\"\",\"REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName "
              "--\",\"\",\"B-2\",\"\",\"\"\n"
              "\"\",\"INVALID_FIELD:Failed to deserialize field at col 2. Due to, 'someday' is not "
              "a valid value for"
              " the type xsd:date:Birthdate --\",\"Bad\",\"B-3\",\"someday\",\"\"\n");
    EXPECT_EQ(file(org, id, "unprocessedRecords"),
              "\"LastName\",\"Ext__c\",\"Birthdate\",\"Account.Ext__c\"\n");
    EXPECT_EQ(org.get("/sobjects/Contact/Ext__c/B-1").json["AccountId"], "001SB00000pQrStYAK");
}

TEST(SandboxBulkIngest, EmptyIsIgnoredAndTheMarkClears) {
    Org org;
    const std::string path = "/sobjects/Contact/003SB00000X9y8ZYAR?fields=FirstName,Email,Title";
    org.patch("/sobjects/Contact/003SB00000X9y8ZYAR", {{"Title", "CTO"}});
    const std::string id = ingest(org,
                                  {{"object", "Contact"},
                                   {"operation", "update"},
                                   {"columnDelimiter", "SEMICOLON"},
                                   {"lineEnding", "CRLF"}},
                                  "Id;FirstName;Email;Title\r\n003SB00000X9y8Z;;#N/A;CIO\r\n");
    EXPECT_EQ(org.get("/jobs/ingest/" + id).json["numberRecordsFailed"], 0);
    const json row = org.get(path).json;
    EXPECT_EQ(row["FirstName"], "Ada");
    EXPECT_TRUE(row["Email"].is_null());
    EXPECT_EQ(row["Title"], "CIO");
}

TEST(SandboxBulkIngest, UpsertsAndDeletes) {
    Org org;
    const std::string upsert = ingest(
        org, {{"object", "Contact"}, {"operation", "upsert"}, {"externalIdFieldName", "Ext__c"}},
        "Ext__c,LastName\nC-1,Changed\nC-9,Made\n");
    EXPECT_EQ(org.get("/jobs/ingest/" + upsert).json["externalIdFieldName"], "Ext__c");
    const std::string good = file(org, upsert, "successfulResults");
    EXPECT_NE(good.find("\"003SB00000X9y8ZYAR\",\"false\",\"C-1\",\"Changed\""), std::string::npos)
        << good;
    EXPECT_NE(good.find("\"true\",\"C-9\",\"Made\""), std::string::npos);
    const std::string remove =
        ingest(org, {{"object", "Contact"}, {"operation", "delete"}}, "Id\n003SB00000X9y8ZYAR\n");
    EXPECT_EQ(org.get("/jobs/ingest/" + remove).json["numberRecordsFailed"], 0);
    EXPECT_EQ(org.get("/sobjects/Contact/003SB00000X9y8Z").status, 404);
}

TEST(SandboxBulkIngest, AnUnknownColumnFailsTheJob) {
    Org org;
    const std::string id =
        ingest(org, {{"object", "Lead"}, {"operation", "insert"}}, "LastName,Nope\nA,B\n");
    const auto job = org.get("/jobs/ingest/" + id);
    EXPECT_EQ(job.json["state"], "Failed");
    EXPECT_EQ(job.json["errorMessage"], "InvalidBatch : Field name not found : Nope");
}

TEST(SandboxBulkIngest, OnePartedRequestMakesAndClosesAJob) {
    Org org;
    const auto made =
        org.call("POST", "/services/data/v60.0/jobs/ingest",
                 "--b\r\nContent-Type: application/json\r\nContent-Disposition: form-data; "
                 "name=\"job\"\r\n\r\n"
                 "{\"object\":\"Lead\",\"operation\":\"insert\",\"contentType\":\"CSV\"}\r\n"
                 "--b\r\nContent-Type: text/csv\r\nContent-Disposition: form-data; "
                 "name=\"content\"; filename=\"c\"\r\n\r\n"
                 "LastName,Company\nA,B\n\r\n--b--\r\n",
                 {{"Content-Type", "multipart/form-data; boundary=b"}});
    ASSERT_EQ(made.status, 200) << made.raw.body;
    EXPECT_EQ(made.json["state"], "UploadComplete");
    EXPECT_EQ(org.query("SELECT COUNT() FROM Lead").json["totalSize"], 1);
}

TEST(SandboxBulkIngest, RefusesJobsThatCannotBe) {
    Org org;
    EXPECT_EQ(org.post("/jobs/ingest", {{"object", "Lead"}, {"operation", "hardDelete"}}).code(),
              "FEATURENOTENABLED");
    EXPECT_EQ(org.post("/jobs/ingest", {{"object", "Nope"}, {"operation", "insert"}}).status, 400);
    EXPECT_EQ(
        org.post("/jobs/ingest",
                 {{"object", "Lead"}, {"operation", "upsert"}, {"externalIdFieldName", "City"}})
            .status,
        400);
    const std::string id =
        org.post("/jobs/ingest", {{"object", "Lead"}, {"operation", "insert"}}).json["id"];
    EXPECT_EQ(org.patch("/jobs/ingest/" + id, {{"state", "Aborted"}}).json["state"], "Aborted");
    EXPECT_EQ(org.remove("/jobs/ingest/" + id).status, 204);
}

}  // namespace
}  // namespace duet::sandbox::test
