#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

Answer undelete(Org& org, const std::string& id) {
    return org.soap("<undelete><ids>" + id + "</ids></undelete>");
}

Answer empty_bin(Org& org, const std::string& id) {
    return org.soap("<emptyRecycleBin><ids>" + id + "</ids></emptyRecycleBin>");
}

int rows_of(Org& org, const std::string& object, const std::string& id) {
    return org.get("/queryAll?q=" + encoded("SELECT Id FROM " + object + " WHERE Id='" + id + "'"))
        .json["totalSize"];
}

TEST(SandboxBin, AnUndeletedRowComesBackWithWhatWentWithItAndANewStamp) {
    Org org;
    const std::string account = org.create("Account", {{"Name", "A"}});
    const std::string person = org.create("Contact", {{"LastName", "P"}, {"AccountId", account}});
    const std::string campaign = org.create("Campaign", {{"Name", "C"}});
    const std::string member =
        org.create("CampaignMember", {{"CampaignId", campaign}, {"ContactId", person}});
    const std::string child = org.create("Account", {{"Name", "Child"}, {"ParentId", account}});
    const std::string other = org.create("Contact", {{"LastName", "Q"}, {"AccountId", account}});
    ASSERT_EQ(org.remove("/sobjects/Contact/" + other).status, 204);
    ASSERT_EQ(org.remove("/sobjects/Account/" + account).status, 204);
    EXPECT_EQ(org.get("/sobjects/Contact/" + person).status, 404);
    EXPECT_EQ(org.field("Account", child, "ParentId"), nullptr);
    EXPECT_EQ(org.field("Campaign", campaign, "NumberOfContacts"), 0);

    org.set_clock("2018-01-03T00:00:00Z");
    org.sign_in();
    const auto answer = undelete(org, account.substr(0, 15));
    ASSERT_EQ(element(answer, "success"), "true") << answer.raw.body;
    EXPECT_EQ(element(answer, "id"), account);
    EXPECT_EQ(org.field("Account", account, "SystemModstamp"), "2018-01-03T00:00:00.000+0000");
    EXPECT_EQ(org.field("Contact", person, "AccountId"), account);
    EXPECT_EQ(org.field("CampaignMember", member, "ContactId"), person);
    EXPECT_EQ(org.field("Account", child, "ParentId"), account);
    EXPECT_EQ(org.field("Campaign", campaign, "NumberOfContacts"), 1);
    EXPECT_EQ(org.get("/sobjects/Contact/" + other).status, 404) << "deleted before, by itself";
    const auto updated = org.get(
        "/sobjects/Contact/updated?start=2018-01-02T23:00:00Z&end="
        "2018-01-03T01:00:00Z");
    EXPECT_EQ(updated.json["ids"], json::array({person}));
}

TEST(SandboxBin, WhatIsNotInTheBinByItselfCannotBeUndeleted) {
    Org org;
    const std::string account = org.create("Account", {{"Name", "A"}});
    const std::string person = org.create("Contact", {{"LastName", "P"}, {"AccountId", account}});
    const auto code = [&org](const std::string& id) {
        return element(undelete(org, id), "statusCode");
    };
    EXPECT_EQ(code(account), "UNDELETE_FAILED");
    EXPECT_EQ(code("x"), "MALFORMED_ID");
    EXPECT_EQ(code("001SB000000zzzz"), "UNDELETE_FAILED");
    ASSERT_EQ(org.remove("/sobjects/Account/" + account).status, 204);
    EXPECT_EQ(code(person), "UNDELETE_FAILED");
    const std::string campaign = org.create("Campaign", {{"Name", "C"}});
    const std::string lead = org.create("Lead", {{"LastName", "L"}, {"Company", "C"}});
    const std::string member =
        org.create("CampaignMember", {{"CampaignId", campaign}, {"LeadId", lead}});
    ASSERT_EQ(org.remove("/sobjects/CampaignMember/" + member).status, 204);
    EXPECT_EQ(code(member), "UNDELETE_FAILED") << "members cannot be undeleted";
}

TEST(SandboxBin, AnUndeleteThatWouldBreakAUniqueKeyIsRefused) {
    Org org;
    const std::string first = org.create("Contact", {{"LastName", "P"}, {"Ext__c", "U-1"}});
    ASSERT_EQ(org.remove("/sobjects/Contact/" + first).status, 204);
    const std::string second = org.create("Contact", {{"LastName", "Q"}, {"Ext__c", "u-1"}});
    EXPECT_EQ(element(undelete(org, first), "statusCode"), "DUPLICATE_VALUE");
    ASSERT_EQ(org.remove("/sobjects/Contact/" + second).status, 204);
    EXPECT_EQ(element(undelete(org, first), "success"), "true");
}

TEST(SandboxBin, ALookupToWhatWasDeletedMeanwhileComesBackEmpty) {
    Org org;
    const std::string account = org.create("Account", {{"Name", "A"}});
    const std::string person = org.create("Contact", {{"LastName", "P"}, {"AccountId", account}});
    ASSERT_EQ(org.remove("/sobjects/Contact/" + person).status, 204);
    ASSERT_EQ(org.remove("/sobjects/Account/" + account).status, 204);
    ASSERT_EQ(element(undelete(org, person), "success"), "true");
    EXPECT_EQ(org.field("Contact", person, "AccountId"), nullptr);
}

TEST(SandboxBin, AfterFifteenDaysARowIsGoneWithoutTrace) {
    Org org;
    const std::string account = org.create("Account", {{"Name", "A"}});
    const std::string person = org.create("Contact", {{"LastName", "P"}, {"AccountId", account}});
    ASSERT_EQ(org.remove("/sobjects/Account/" + account).status, 204);
    org.set_clock("2018-01-17T03:04:04Z");
    org.sign_in();
    EXPECT_EQ(rows_of(org, "Account", account), 1);
    EXPECT_EQ(rows_of(org, "Contact", person), 1);
    org.set_clock("2018-01-17T03:04:05Z");
    org.sign_in();
    EXPECT_EQ(rows_of(org, "Account", account), 0);
    EXPECT_EQ(rows_of(org, "Contact", person), 0);
    EXPECT_EQ(element(undelete(org, account), "statusCode"), "UNDELETE_FAILED");
    EXPECT_EQ(org.patch("/sobjects/Account/" + account, {{"Name", "B"}}).code(),
              "INVALID_CROSS_REFERENCE_KEY");
}

TEST(SandboxBin, EmptyingTheBinErasesTheRowAndWhatWentWithIt) {
    Org org;
    const std::string account = org.create("Account", {{"Name", "A"}});
    const std::string person = org.create("Contact", {{"LastName", "P"}, {"AccountId", account}});
    EXPECT_EQ(element(empty_bin(org, account), "statusCode"), "DELETE_FAILED");
    ASSERT_EQ(org.remove("/sobjects/Account/" + account).status, 204);
    EXPECT_EQ(element(empty_bin(org, person), "statusCode"), "DELETE_FAILED");
    EXPECT_EQ(element(empty_bin(org, account), "success"), "true");
    EXPECT_EQ(rows_of(org, "Account", account), 0);
    EXPECT_EQ(rows_of(org, "Contact", person), 0);
    const auto gone = org.get(
        "/sobjects/Account/deleted?start=2018-01-02T03:00:00Z&end="
        "2018-01-02T05:00:00Z");
    EXPECT_TRUE(gone.json["deletedRecords"].empty());
}

TEST(SandboxBin, AHardDeleteByBulkNeedsItsPermissionAndLeavesNoTrace) {
    Org org;
    const std::string alive = org.create("Lead", {{"LastName", "A"}, {"Company", "C"}});
    const std::string binned = org.create("Lead", {{"LastName", "B"}, {"Company", "C"}});
    ASSERT_EQ(org.remove("/sobjects/Lead/" + binned).status, 204);
    const json order{{"object", "Lead"}, {"operation", "hardDelete"}};
    EXPECT_EQ(org.post("/jobs/ingest", order).code(), "FEATURENOTENABLED");
    const json setting{{"salesforce.hard_delete_allowed", true}};
    ASSERT_EQ(org.call("POST", "/sandbox/settings", setting.dump()).status, 200);
    const std::string job = org.post("/jobs/ingest", order).json["id"];
    const std::string path = "/services/data/v60.0/jobs/ingest/" + job;
    ASSERT_EQ(
        org.call("PUT", path + "/batches", "Id\n" + alive + "\n" + binned + "\n00QSB000000zzzz\n",
                 {{"Content-Type", "text/csv"}})
            .status,
        201);
    ASSERT_EQ(org.patch("/jobs/ingest/" + job, {{"state", "UploadComplete"}}).status, 200);
    const json done = org.get("/jobs/ingest/" + job).json;
    EXPECT_EQ(done["numberRecordsProcessed"], 3);
    EXPECT_EQ(done["numberRecordsFailed"], 1);
    EXPECT_EQ(rows_of(org, "Lead", alive), 0);
    EXPECT_EQ(rows_of(org, "Lead", binned), 0);
}

}  // namespace
}  // namespace duet::sandbox::test
