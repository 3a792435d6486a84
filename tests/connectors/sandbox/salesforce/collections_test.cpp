#include <chrono>

#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

json record(const char* type, json fields) {
    fields["attributes"] = {{"type", type}};
    return fields;
}

TEST(SandboxCollections, EachRecordHasItsOwnOutcomeInOrder) {
    Org org;
    const auto answer =
        org.post("/composite/sobjects",
                 {{"records",
                   {record("Contact", {{"LastName", "A"}}), record("Contact", {{"FirstName", "B"}}),
                    record("Account", {{"Name", "C"}})}}});
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    ASSERT_EQ(answer.json.size(), 3U);
    EXPECT_TRUE(answer.json[0]["success"]);
    EXPECT_EQ(answer.json[1],
              json::parse(R"({"success":false,"errors":[{"statusCode":"REQUIRED_FIELD_MISSING",
        "message":"Required fields are missing: [LastName]","fields":["LastName"]}]})"));
    EXPECT_EQ(answer.json[2]["id"].get<std::string>().substr(0, 3), "001");
}

TEST(SandboxCollections, AllOrNoneUndoesTheGoodOnes) {
    Org org;
    const auto answer = org.post(
        "/composite/sobjects",
        {{"allOrNone", true},
         {"records",
          {record("Contact", {{"LastName", "A"}}), record("Contact", {{"FirstName", "B"}})}}});
    EXPECT_EQ(answer.json[0]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK");
    EXPECT_FALSE(answer.json[0].contains("id"));
    EXPECT_EQ(org.query("SELECT COUNT() FROM Contact").json["totalSize"], 2);
}

TEST(SandboxCollections, UpdatesTakeTheIdInAnyCaseAndMissIt) {
    Org org;
    const auto answer = org.patch(
        "/composite/sobjects", {{"records",
                                 {record("Contact", {{"id", "003SB00000X9y8Z"}, {"Title", "CTO"}}),
                                  record("Contact", {{"Title", "CEO"}})}}});
    EXPECT_EQ(answer.json[0],
              json::parse(R"({"id":"003SB00000X9y8ZYAR","success":true,"errors":[]})"));
    EXPECT_EQ(answer.json[1]["errors"][0]["statusCode"], "MISSING_ARGUMENT");
    EXPECT_EQ(org.get("/sobjects/Contact/003SB00000X9y8Z?fields=Title").json["Title"], "CTO");
}

TEST(SandboxCollections, UpsertsTellWhatWasCreated) {
    Org org;
    const auto answer = org.patch("/composite/sobjects/Contact/Ext__c",
                                  {{"records",
                                    {record("Contact", {{"Ext__c", "C-1"}, {"Title", "X"}}),
                                     record("Contact", {{"Ext__c", "C-2"}, {"LastName", "Y"}}),
                                     record("Contact", {{"Ext__c", "C-2"}, {"LastName", "Z"}})}}});
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_EQ(answer.json[0]["created"], false);
    EXPECT_EQ(answer.json[1]["created"], true);
    EXPECT_EQ(answer.json[2]["errors"][0]["statusCode"], "DUPLICATE_VALUE");
}

TEST(SandboxCollections, RetrievesManyWithNullForTheMissing) {
    Org org;
    const auto answer =
        org.post("/composite/sobjects/Contact",
                 {{"ids", {"003SB00000X9y8Z", "003SB00000zzzzzAAA"}}, {"fields", {"LastName"}}});
    ASSERT_EQ(answer.json.size(), 2U) << answer.raw.body;
    EXPECT_EQ(answer.json[0]["LastName"], "Okafor, \"The First\"");
    EXPECT_TRUE(answer.json[1].is_null());
    EXPECT_EQ(org.get("/composite/sobjects/Contact?ids=003SB00000X9y8Z&fields=Id").json.size(), 1U);
}

TEST(SandboxCollections, DeletesByListAndRefusesTheEmptyOne) {
    Org org;
    const auto answer =
        org.remove("/composite/sobjects?ids=003SB00000X9y8Z,003SB00000zzzzzAAA&allOrNone=false");
    EXPECT_TRUE(answer.json[0]["success"]);
    EXPECT_EQ(answer.json[1]["errors"][0]["statusCode"], "INVALID_CROSS_REFERENCE_KEY");
    EXPECT_EQ(
        org.post("/composite/sobjects", {{"records", json::array()}}).json,
        json::parse(
            R"([{"message":"At least 1 record is required","errorCode":"REQUIRED_FIELD_MISSING"}])"));
}

TEST(SandboxCollections, MoreThan200RecordsAreRefused) {
    Org org;
    json records = json::array();
    for (int i = 0; i < 201; ++i) records.push_back(record("Contact", {{"LastName", "A"}}));
    EXPECT_EQ(org.post("/composite/sobjects", {{"records", records}}).status, 400);
}

TEST(SandboxComposite, LaterSubrequestsUseEarlierAnswers) {
    Org org;
    const auto answer = org.post("/composite", json::parse(R"({"allOrNone":true,"compositeRequest":[
          {"method":"POST","url":"/services/data/v60.0/sobjects/Account","referenceId":"acc","body":{"Name":"N"}},
          {"method":"POST","url":"/services/data/v60.0/sobjects/Contact","referenceId":"con",
           "body":{"LastName":"B","AccountId":"@{acc.id}"}}]})"));
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    const json& results = answer.json["compositeResponse"];
    EXPECT_EQ(results[0]["httpStatusCode"], 201);
    EXPECT_NE(results[0]["httpHeaders"]["Location"], "");
    ASSERT_EQ(results[1]["httpStatusCode"], 201) << answer.raw.body;
    const std::string id = results[1]["body"]["id"];
    EXPECT_EQ(org.get("/sobjects/Contact/" + id).json["AccountId"], results[0]["body"]["id"]);
}

TEST(SandboxComposite, AFailureUndoesAllWhenAllOrNone) {
    Org org;
    const auto answer = org.post("/composite", json::parse(R"({"allOrNone":true,"compositeRequest":[
          {"method":"POST","url":"/services/data/v60.0/sobjects/Account","referenceId":"a","body":{"Name":"N"}},
          {"method":"GET","url":"/services/data/v60.0/sobjects/Account/001SB00000zzzzz","referenceId":"b"}]})"));
    const json& results = answer.json["compositeResponse"];
    EXPECT_EQ(results[0]["body"][0]["errorCode"], "PROCESSING_HALTED");
    EXPECT_EQ(results[1]["body"][0]["errorCode"], "NOT_FOUND");
    EXPECT_EQ(org.query("SELECT COUNT() FROM Account").json["totalSize"], 1);
}

TEST(SandboxComposite, BatchesTakeBothFormsOfUrlAndHalt) {
    Org org;
    const auto answer =
        org.post("/composite/batch", json::parse(R"({"haltOnError":true,"batchRequests":[
        {"method":"GET","url":"v60.0/sobjects/Lead/describe"},
        {"method":"PATCH","url":"/services/data/v60.0/sobjects/Contact/003SB00000X9y8Z","richInput":{"Title":"T"}},
        {"method":"GET","url":"v60.0/nothing"},{"method":"GET","url":"v60.0/limits"}]})"));
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json["hasErrors"], true);
    EXPECT_EQ(answer.json["results"][0]["result"]["name"], "Lead");
    EXPECT_EQ(answer.json["results"][1], json::parse(R"({"statusCode":204,"result":null})"));
    EXPECT_EQ(answer.json["results"][2]["statusCode"], 404);
    EXPECT_EQ(answer.json["results"][3]["statusCode"], 412);
}

}  // namespace
}  // namespace duet::sandbox::test
