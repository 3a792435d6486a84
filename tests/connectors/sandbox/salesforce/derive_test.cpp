#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

constexpr const char* kAccount = "001SB00000pQrStYAK";
constexpr const char* kContact = "003SB00000X9y8ZYAR";

TEST(SandboxDerived, StageSetsWhatHangsOnIt) {
    Org org;
    const std::string id = org.create("Opportunity", {{"Name", "D"},
                                                      {"CloseDate", "2018-05-01"},
                                                      {"StageName", "Needs Analysis"},
                                                      {"Amount", 1000}});
    json deal = org.row("Opportunity", id);
    EXPECT_EQ(deal["Probability"], 20.0);
    EXPECT_EQ(deal["ExpectedRevenue"], 200.0);
    EXPECT_EQ(deal["ForecastCategory"], "Pipeline");
    EXPECT_EQ(deal["IsClosed"], false);
    EXPECT_EQ(deal["FiscalQuarter"], 2);
    EXPECT_EQ(org.patch("/sobjects/Opportunity/" + id, {{"StageName", "Closed Won"}}).status, 204);
    deal = org.row("Opportunity", id);
    EXPECT_EQ(deal["IsWon"], true);
    EXPECT_EQ(deal["IsClosed"], true);
    EXPECT_EQ(deal["Probability"], 100.0);
    EXPECT_EQ(deal["ForecastCategoryName"], "Closed");
    EXPECT_EQ(deal["LastStageChangeDate"], "2018-01-02T03:04:05.000+0000");
    EXPECT_EQ(org.patch("/sobjects/Opportunity/" + id, {{"IsWon", false}}).code(),
              "INVALID_FIELD_FOR_INSERT_UPDATE");
}

TEST(SandboxDerived, LineItemsMakeTheAmount) {
    Org org;
    const std::string product = org.create("Product2", {{"Name", "P"}, {"ProductCode", "PC"}});
    const std::string deal = org.create(
        "Opportunity", {{"Name", "D"}, {"CloseDate", "2018-05-01"}, {"StageName", "Prospecting"}});
    const std::string item = org.create(
        "OpportunityLineItem",
        {{"OpportunityId", deal}, {"Product2Id", product}, {"Quantity", 3}, {"UnitPrice", 12.5}});
    EXPECT_EQ(org.row("OpportunityLineItem", item)["TotalPrice"], 37.5);
    json opportunity = org.row("Opportunity", deal);
    EXPECT_EQ(opportunity["Amount"], 37.5);
    EXPECT_EQ(opportunity["HasOpportunityLineItem"], true);
    EXPECT_EQ(opportunity["ExpectedRevenue"], 3.75);
}

TEST(SandboxDerived, AContactOnACreateBecomesThePrimaryRoleAndOnlyOneIsPrimary) {
    Org org;
    const std::string deal = org.create("Opportunity", {{"Name", "D"},
                                                        {"CloseDate", "2018-05-01"},
                                                        {"StageName", "Prospecting"},
                                                        {"ContactId", kContact}});
    const std::string where =
        " FROM OpportunityContactRole WHERE OpportunityId = '" + deal + "' AND IsPrimary = true";
    EXPECT_EQ(org.query("SELECT ContactId" + where).json["records"][0]["ContactId"], kContact);
    const std::string other = org.create(
        "OpportunityContactRole",
        {{"OpportunityId", deal}, {"ContactId", "003SB00000X9y8aYAB"}, {"IsPrimary", true}});
    const auto primary = org.query("SELECT Id" + where);
    EXPECT_EQ(primary.json["totalSize"], 1);
    EXPECT_EQ(primary.json["records"][0]["Id"], other);
}

TEST(SandboxDerived, MembersRespondByTheirStatusAndJoinOnce) {
    Org org;
    const std::string campaign = org.create("Campaign", {{"Name", "C"}});
    const json fields = {{"CampaignId", campaign}, {"ContactId", kContact}};
    const std::string member = org.create("CampaignMember", fields);
    EXPECT_EQ(org.row("CampaignMember", member)["Status"], "Sent");
    EXPECT_EQ(org.row("CampaignMember", member)["CompanyOrAccount"], "Acme");
    const auto twice = org.post("/sobjects/CampaignMember", fields);
    EXPECT_EQ(twice.code(), "DUPLICATE_VALUE");
    EXPECT_EQ(twice.message(), "Already a campaign member.");
    EXPECT_EQ(org.patch("/sobjects/CampaignMember/" + member, {{"Status", "Nope"}}).status, 400);
    EXPECT_EQ(org.patch("/sobjects/CampaignMember/" + member, {{"Status", "Responded"}}).status,
              204);
    const json after = org.row("CampaignMember", member);
    EXPECT_EQ(after["HasResponded"], true);
    EXPECT_EQ(after["FirstRespondedDate"], "2018-01-02");
    EXPECT_EQ(org.row("Campaign", campaign)["NumberOfContacts"], 1);
    EXPECT_EQ(org.row("Campaign", campaign)["NumberOfResponses"], 1);
    EXPECT_EQ(org.post("/sobjects/CampaignMember", {{"CampaignId", campaign}}).code(),
              "REQUIRED_FIELD_MISSING");
}

TEST(SandboxDerived, LastActivityIsTheLatestClosedTaskOrEvent) {
    Org org;
    org.create("Task", {{"WhoId", kContact}, {"Subject", "open"}, {"ActivityDate", "2018-09-09"}});
    EXPECT_TRUE(org.row("Contact", kContact)["LastActivityDate"].is_null());
    const std::string task = org.create(
        "Task", {{"WhoId", kContact}, {"ActivityDate", "2017-12-01"}, {"Status", "Completed"}});
    EXPECT_EQ(org.row("Contact", kContact)["LastActivityDate"], "2017-12-01");
    EXPECT_EQ(org.row("Task", task)["AccountId"], kAccount);
    EXPECT_EQ(org.row("Account", kAccount)["LastActivityDate"], "2017-12-01");
    const std::string event =
        org.create("Event", {{"WhoId", kContact},
                             {"StartDateTime", "2018-02-01T10:00:00.000+0000"},
                             {"DurationInMinutes", 30}});
    EXPECT_EQ(org.row("Event", event)["EndDateTime"], "2018-02-01T10:30:00.000+0000");
    EXPECT_EQ(org.row("Contact", kContact)["LastActivityDate"], "2018-02-01");
    EXPECT_EQ(org.remove("/sobjects/Event/" + event).status, 204);
    EXPECT_EQ(org.row("Contact", kContact)["LastActivityDate"], "2017-12-01");
}

TEST(SandboxDerived, DeletesTakeTheChildrenAlong) {
    Org org;
    const std::string deal = org.create("Opportunity", {{"Name", "D"},
                                                        {"AccountId", kAccount},
                                                        {"CloseDate", "2018-05-01"},
                                                        {"StageName", "Prospecting"},
                                                        {"ContactId", kContact}});
    EXPECT_EQ(org.remove(std::string("/sobjects/Account/") + kAccount).status, 204);
    EXPECT_EQ(org.get("/sobjects/Opportunity/" + deal).status, 404);
    EXPECT_EQ(org.get(std::string("/sobjects/Contact/") + kContact).status, 404);
    const auto roles = org.get(
        "/queryAll?q=" + encoded("SELECT Id FROM OpportunityContactRole WHERE IsDeleted = true"));
    EXPECT_EQ(roles.json["totalSize"], 1) << roles.raw.body;
}

TEST(SandboxDerived, StampsFollowTheClockAndNeverGoBack) {
    Org org;
    const std::string path = std::string("/sobjects/Contact/") + kContact;
    const auto stamp = [&] {
        return org.row("Contact", kContact)["SystemModstamp"].get<std::string>();
    };
    org.patch(path, {{"Title", "A"}});
    EXPECT_EQ(stamp(), "2018-01-02T03:04:05.000+0000");
    org.set_clock("2018-01-02T03:30:00.750Z");
    org.patch(path, {{"Title", "B"}});
    EXPECT_EQ(stamp(), "2018-01-02T03:30:00.000+0000");
    org.set_clock("2018-01-02T03:10:00Z");
    org.patch(path, {{"Title", "C"}});
    EXPECT_EQ(stamp(), "2018-01-02T03:30:00.000+0000");
}

TEST(SandboxDerived, LateRowsAppearBehindTheNewestStamp) {
    Org org;
    org.create("Lead", {{"LastName", "First"}, {"Company", "C"}});
    org.call("POST", "/sandbox/clock", R"({"stamps_behind_seconds":120})");
    const std::string late = org.create("Lead", {{"LastName", "Late"}, {"Company", "C"}});
    EXPECT_EQ(org.row("Lead", late)["SystemModstamp"], "2018-01-02T03:02:05.000+0000");
    org.call("POST", "/sandbox/clock", R"({"stamps_behind_seconds":0})");
    const std::string next = org.create("Lead", {{"LastName", "Next"}, {"Company", "C"}});
    EXPECT_EQ(org.row("Lead", next)["SystemModstamp"], "2018-01-02T03:04:05.000+0000");
}

TEST(SandboxDerived, WrittenTextsLoseTheBlanksAtTheirEnds) {
    Org org;
    const std::string id =
        org.create("Lead", {{"LastName", " Ada  L. "}, {"Company", "C"}, {"City", "  "}});
    EXPECT_EQ(org.row("Lead", id)["LastName"], "Ada  L.");
    EXPECT_TRUE(org.row("Lead", id)["City"].is_null());
}

TEST(SandboxDerived, ParentsMayNotGoRoundInACircle) {
    Org org;
    const std::string child = org.create("Account", {{"Name", "Child"}, {"ParentId", kAccount}});
    EXPECT_EQ(org.patch(std::string("/sobjects/Account/") + kAccount, {{"ParentId", child}}).code(),
              "CIRCULAR_DEPENDENCY");
}

TEST(SandboxDerived, ATaskOfALeadHasNoWhat) {
    Org org;
    const std::string lead = org.create("Lead", {{"LastName", "L"}, {"Company", "C"}});
    EXPECT_EQ(org.post("/sobjects/Task", {{"WhoId", lead}, {"WhatId", kAccount}}).code(),
              "FIELD_INTEGRITY_EXCEPTION");
}

}  // namespace
}  // namespace duet::sandbox::test
