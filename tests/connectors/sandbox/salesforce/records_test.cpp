#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

TEST(SandboxRecords, CreateReadUpdateDeleteHaveTheVendorsStatuses) {
    Org org;
    const auto made =
        org.post("/sobjects/Lead/", {{"LastName", "Moss"}, {"Company", "Roth"}, {"Email", ""}});
    ASSERT_EQ(made.status, 201) << made.raw.body;
    EXPECT_EQ(made.json["errors"], json::array());
    EXPECT_EQ(made.json["success"], true);
    const std::string id = made.json["id"];
    EXPECT_EQ(id.size(), 18U);
    EXPECT_EQ(made.raw.header("Location"), "/services/data/v60.0/sobjects/Lead/" + id);

    const auto read = org.get("/sobjects/Lead/" + id);
    ASSERT_EQ(read.status, 200);
    EXPECT_EQ(read.json["Name"], "Moss");
    EXPECT_TRUE(read.json["Email"].is_null());
    EXPECT_EQ(read.json["Status"], "Open - Not Contacted");
    EXPECT_EQ(read.json["CreatedDate"], "2018-01-02T03:04:05.000+0000");
    EXPECT_EQ(read.json["OwnerId"], "005SB00000uSeRxYAK");
    EXPECT_TRUE(read.json["Address"].is_null());

    const auto changed =
        org.patch("/sobjects/Lead/" + id.substr(0, 15), {{"firstname", "Kate"}, {"City", "Oslo"}});
    EXPECT_EQ(changed.status, 204);
    EXPECT_EQ(changed.raw.body, "");
    const auto some = org.get("/sobjects/lead/" + id + "?fields=Name,Address");
    EXPECT_EQ(some.json["Name"], "Kate Moss");
    EXPECT_EQ(some.json["Address"]["city"], "Oslo");
    EXPECT_EQ(some.json["Address"].size(), 8U);
    EXPECT_EQ(some.json["Id"], id);

    EXPECT_EQ(org.remove("/sobjects/Lead/" + id).status, 204);
    const auto gone = org.get("/sobjects/Lead/" + id);
    EXPECT_EQ(gone.status, 404);
    EXPECT_EQ(
        gone.json,
        json::parse(
            R"([{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}])"));
    const auto again = org.remove("/sobjects/Lead/" + id);
    EXPECT_EQ(again.status, 404);
    EXPECT_EQ(again.code(), "ENTITY_IS_DELETED");
    EXPECT_EQ(org.patch("/sobjects/Lead/" + id, {{"City", "Rome"}}).code(), "ENTITY_IS_DELETED");
}

struct Case {
    const char* name;
    const char* object;
    const char* body;
    const char* code;
    const char* part;  // of the message
};

class SandboxRefusal : public testing::TestWithParam<Case> {};

TEST_P(SandboxRefusal, SpeaksTheVendorsCode) {
    Org org;
    const Case& given = GetParam();
    const auto answer = org.post(std::string("/sobjects/") + given.object, json::parse(given.body));
    EXPECT_EQ(answer.status, 400) << answer.raw.body;
    EXPECT_EQ(answer.code(), given.code);
    EXPECT_NE(answer.message().find(given.part), std::string::npos) << answer.message();
}

INSTANTIATE_TEST_SUITE_P(
    OfACreate, SandboxRefusal,
    testing::Values(
        Case{"required", "Contact", R"({"FirstName":"A"})", "REQUIRED_FIELD_MISSING",
             "Required fields are missing: [LastName]"},
        Case{"unknown", "Contact", R"({"LastName":"A","Nope":1})", "INVALID_FIELD",
             "No such column 'Nope' on sobject of type Contact"},
        Case{"too_long", "Lead",
             R"({"LastName":"A","Company":"B","City":"12345678901234567890123456789012345678901"})",
             "STRING_TOO_LONG", "(max length=40)"},
        Case{"email", "Contact", R"({"LastName":"A","Email":"badone"})", "INVALID_EMAIL_ADDRESS",
             "Email: invalid email address: badone"},
        Case{"picklist", "Contact", R"({"LastName":"A","Tier__c":"Lead"})",
             "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Lead"},
        Case{"unique", "Contact", R"({"LastName":"A","Ext__c":"c-1"})", "DUPLICATE_VALUE",
             "duplicates value on record with id: 003SB00000X9y8Z"},
        Case{"reference", "Contact", R"({"LastName":"A","AccountId":"001SB00000zzzzzAAA"})",
             "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"},
        Case{"wrong_object", "Contact", R"({"LastName":"A","AccountId":"003SB00000X9y8ZYAR"})",
             "FIELD_INTEGRITY_EXCEPTION", "incorrect type"},
        Case{"bad_id", "Contact", R"({"LastName":"A","AccountId":"x"})", "MALFORMED_ID",
             "Account ID: id value of incorrect type: x"},
        Case{"read_only", "Contact", R"({"LastName":"A","MasterRecordId":null})",
             "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: MasterRecordId."},
        Case{"inactive", "Account", R"({"Name":"A","OwnerId":"005SB00000uSeRyYAK"})",
             "INACTIVE_OWNER_OR_USER", "inactive user"},
        Case{"type", "Contact", R"({"LastName":"A","Birthdate":"tomorrow"})", "JSON_PARSER_ERROR",
             "tomorrow"},
        Case{"range", "Contact", R"({"LastName":"A","Score__c":12345})",
             "NUMBER_OUTSIDE_VALID_RANGE", "12345"},
        Case{"stage", "Opportunity", R"({"Name":"A","CloseDate":"2018-01-01","StageName":"Nope"})",
             "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Nope"},
        Case{"foreign_key", "Contact", R"({"LastName":"A","Account":{"Ext__c":"A-7"}})",
             "INVALID_FIELD",
             "Foreign key external ID: a-7 not found for field Ext__c in entity Account"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(SandboxRecords, AParentCanBeNamedByItsExternalId) {
    Org org;
    const std::string id =
        org.create("Contact", {{"LastName", "B"}, {"Account", {{"Ext__c", "a-1"}}}});
    EXPECT_EQ(org.get("/sobjects/Contact/" + id).json["AccountId"], "001SB00000pQrStYAK");
}

TEST(SandboxRecords, UpsertCreatesOnceAndThenUpdates) {
    Org org;
    const auto made = org.patch("/sobjects/Contact/Ext__c/N-1", {{"LastName", "New"}});
    EXPECT_EQ(made.status, 201) << made.raw.body;
    EXPECT_EQ(made.json["created"], true);
    const auto again = org.patch("/sobjects/Contact/Ext__c/n-1", {{"LastName", "Newer"}});
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.json["created"], false);
    EXPECT_EQ(again.json["id"], made.json["id"]);
    org.version = "45.0";
    EXPECT_EQ(org.patch("/sobjects/Contact/Ext__c/N-1", {{"LastName", "Old"}}).status, 204);
    EXPECT_EQ(org.get("/sobjects/Contact/Ext__c/N-1").json["LastName"], "Old");
    EXPECT_EQ(org.patch("/sobjects/Contact/Ext__c/N-2?updateOnly=true", {{"LastName", "X"}}).status,
              404);
    EXPECT_EQ(org.patch("/sobjects/Contact/Nope__c/1", {{"LastName", "X"}}).message(),
              "Provided external ID field does not exist or is not accessible: Nope__c");
    EXPECT_EQ(org.remove("/sobjects/Contact/Ext__c/N-1").status, 204);
}

TEST(SandboxRecords, AKeyOfSeveralRowsIs300WithTheirPaths) {
    Org org;
    const std::string one =
        org.create("Lead", {{"LastName", "A"}, {"Company", "C"}, {"Ext__c", "X"}});
    const std::string two =
        org.create("Lead", {{"LastName", "B"}, {"Company", "C"}, {"Ext__c", "X"}});
    const json paths = {"/services/data/v60.0/sobjects/Lead/" + one,
                        "/services/data/v60.0/sobjects/Lead/" + two};
    const auto read = org.get("/sobjects/Lead/Ext__c/X");
    EXPECT_EQ(read.status, 300);
    EXPECT_EQ(read.json, paths);
    const auto write = org.patch("/sobjects/Lead/Ext__c/X", {{"LastName", "Z"}});
    EXPECT_EQ(write.status, 300);
    EXPECT_EQ(write.json, paths);
}

TEST(SandboxRecords, ConditionsGuardAgainstStaleWrites) {
    Org org;
    const std::string path = "/sobjects/Account/001SB00000pQrStYAK";
    const auto read = org.get(path);
    EXPECT_EQ(read.raw.header("Last-Modified"), "Thu, 02 Feb 2017 08:00:00 GMT");
    EXPECT_NE(read.raw.header("ETag"), "");
    EXPECT_EQ(org.get("/sobjects/Contact/003SB00000X9y8ZYAR").raw.header("ETag"), "");
    EXPECT_EQ(org.get(path, {{"If-Modified-Since", read.raw.header("Last-Modified")}}).status, 304);
    const json change = {{"Site", "x"}};
    EXPECT_EQ(
        org.patch(path, change, {{"If-Unmodified-Since", "Wed, 01 Feb 2017 08:00:00 GMT"}}).status,
        412);
    EXPECT_EQ(
        org.patch(path, change, {{"If-Unmodified-Since", read.raw.header("Last-Modified")}}).status,
        204);
    EXPECT_EQ(org.patch(path, change, {{"If-Unmodified-Since", "whenever"}}).status, 400);
}

TEST(SandboxRecords, UpdatedAndDeletedIdsAreListed) {
    Org org;
    const std::string id = org.create("Lead", {{"LastName", "A"}, {"Company", "C"}});
    const std::string other = org.create("Lead", {{"LastName", "B"}, {"Company", "C"}});
    org.remove("/sobjects/Lead/" + other);
    const std::string window =
        "?start=2018-01-01T00%3A00%3A00%2B00%3A00&end=2018-01-03T00%3A00%3A00%2B00%3A00";
    const auto updated = org.get("/sobjects/Lead/updated/" + window);
    EXPECT_EQ(updated.json["ids"], json::array({id})) << updated.raw.body;
    EXPECT_EQ(updated.json["latestDateCovered"], "2018-01-02T03:04:00.000+0000");
    const auto deleted = org.get("/sobjects/Lead/deleted" + window);
    EXPECT_EQ(
        deleted.json["deletedRecords"],
        json::parse(R"([{"id":")" + other + R"(","deletedDate":"2018-01-02T03:04:05.000+0000"}])"));
    EXPECT_EQ(deleted.json["earliestDateAvailable"], "2017-12-18T03:04:05.000+0000");
    EXPECT_EQ(org.get("/sobjects/Lead/deleted/?start=2017-12-01T00:00:00Z&end=2018-01-01T00:00:00Z")
                  .code(),
              "INVALID_REPLICATION_DATE");
}

TEST(SandboxRecords, MalformedRequestsAreRefused) {
    Org org;
    EXPECT_EQ(org.get("/sobjects/Lead/notanid").code(), "MALFORMED_ID");
    EXPECT_EQ(org.get("/sobjects/Lead/00QSB00000zzzzzAAA").status, 404);
    EXPECT_EQ(org.get("/nothing/here").code(), "NOT_FOUND");
    EXPECT_EQ(org.call("POST", "/services/data/v60.0/sobjects/Lead", "{").code(),
              "JSON_PARSER_ERROR");
    EXPECT_EQ(org.call("PUT", "/services/data/v60.0/sobjects/Lead/003SB00000X9y8Z", "{}").status,
              405);
}

}  // namespace
}  // namespace duet::sandbox::test
