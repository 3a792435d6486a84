#include <algorithm>

#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

std::string merge_order(const std::string& type, const std::string& master,
                        const std::vector<std::string>& losers, const std::string& fields = "") {
    std::string out = "<merge><request><masterRecord><type>" + type + "</type><Id>" + master +
                      "</Id>" + fields + "</masterRecord>";
    for (const std::string& id : losers) out += "<recordToMergeIds>" + id + "</recordToMergeIds>";
    return out + "</request></merge>";
}

std::string contact(Org& org, const std::string& name, const json& more = json::object()) {
    json fields{{"LastName", name}};
    fields.update(more);
    return org.create("Contact", fields);
}

std::string campaign(Org& org, const std::string& name) {
    return org.create("Campaign", {{"Name", name}});
}

bool contains(const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

TEST(SandboxMerge, LosersLieInTheBinUnderTheirMasterAndTheMasterTakesTheFields) {
    Org org;
    const std::string master = contact(org, "Master", {{"Phone", "1"}, {"Title", "Old"}});
    const std::string one = contact(org, "One");
    const std::string two = contact(org, "Two");
    org.set_clock("2018-01-02T04:00:00Z");
    const auto answer = org.soap(merge_order("Contact", master, {one, two.substr(0, 15)},
                                             "<fieldsToNull>Title</fieldsToNull><Phone>2</Phone>"));
    ASSERT_EQ(element(answer, "success"), "true") << answer.raw.body;
    EXPECT_EQ(element(answer, "id"), master);
    EXPECT_EQ(elements(answer, "mergedRecordIds"), (std::vector<std::string>{one, two}));
    const json kept = org.get("/sobjects/Contact/" + master).json;
    EXPECT_EQ(kept["Phone"], "2");
    EXPECT_EQ(kept["Title"], nullptr);
    EXPECT_EQ(kept["LastName"], "Master");
    EXPECT_EQ(kept["SystemModstamp"], "2018-01-02T04:00:00.000+0000");
    EXPECT_EQ(org.get("/sobjects/Contact/" + one).status, 404);
    const auto rows = org.get("/queryAll?q=" + encoded("SELECT Id, IsDeleted, MasterRecordId, "
                                                       "SystemModstamp FROM Contact WHERE "
                                                       "MasterRecordId != null"));
    ASSERT_EQ(rows.json["totalSize"], 2);
    for (const json& row : rows.json["records"]) {
        EXPECT_EQ(row["IsDeleted"], true);
        EXPECT_EQ(row["MasterRecordId"], master);
        EXPECT_EQ(row["SystemModstamp"], "2018-01-02T04:00:00.000+0000");
    }
    EXPECT_EQ(org.query("SELECT Id FROM Contact WHERE LastName IN ('One','Two')").json["totalSize"],
              0);
    const auto gone = org.get(
        "/sobjects/Contact/deleted?start=2018-01-02T03:00:00Z&end="
        "2018-01-02T05:00:00Z");
    EXPECT_EQ(gone.json["deletedRecords"].size(), 2U);
    EXPECT_EQ(org.patch("/sobjects/Contact/" + one, {{"Phone", "3"}}).code(), "ENTITY_IS_DELETED");
}

TEST(SandboxMerge, ChildrenHangOnTheMaster) {
    Org org;
    const std::string master = org.create("Account", {{"Name", "Master"}});
    const std::string loser = org.create("Account", {{"Name", "Loser"}});
    const std::string person = contact(org, "P", {{"AccountId", loser}});
    const std::string deal = org.create("Opportunity", {{"Name", "D"},
                                                        {"StageName", "Prospecting"},
                                                        {"CloseDate", "2018-03-01"},
                                                        {"AccountId", loser}});
    const std::string child = org.create("Account", {{"Name", "Child"}, {"ParentId", loser}});
    const std::string task = org.create("Task", {{"WhatId", loser},
                                                 {"Subject", "call"},
                                                 {"Status", "Completed"},
                                                 {"ActivityDate", "2018-01-01"}});
    org.set_clock("2018-01-02T04:00:00Z");
    const auto answer = org.soap(merge_order("Account", master, {loser}));
    ASSERT_EQ(element(answer, "success"), "true") << answer.raw.body;
    const auto moved = elements(answer, "updatedRelatedIds");
    for (const std::string& id : {person, deal, child, task}) EXPECT_TRUE(contains(moved, id));
    EXPECT_EQ(org.field("Contact", person, "AccountId"), master);
    EXPECT_EQ(org.field("Contact", person, "SystemModstamp"), "2018-01-02T04:00:00.000+0000");
    EXPECT_EQ(org.field("Opportunity", deal, "AccountId"), master);
    EXPECT_EQ(org.field("Account", child, "ParentId"), master);
    EXPECT_EQ(org.field("Task", task, "WhatId"), master);
    EXPECT_EQ(org.field("Task", task, "AccountId"), master);
    EXPECT_EQ(org.field("Account", master, "LastActivityDate"), "2018-01-01");
}

TEST(SandboxMerge, AMasterUnderItsOwnLoserHasNoParentAfterwards) {
    Org org;
    const std::string loser = org.create("Account", {{"Name", "Loser"}});
    const std::string between = org.create("Account", {{"Name", "Between"}, {"ParentId", loser}});
    const std::string master = org.create("Account", {{"Name", "Master"}, {"ParentId", between}});
    ASSERT_EQ(element(org.soap(merge_order("Account", master, {loser})), "success"), "true");
    EXPECT_EQ(org.field("Account", between, "ParentId"), nullptr);
    EXPECT_EQ(org.field("Account", master, "ParentId"), between);
}

TEST(SandboxMerge, APersonIsInACampaignOnceAfterwards) {
    Org org;
    const std::string both = campaign(org, "Both");
    const std::string only = campaign(org, "Only");
    const std::string master = org.create("Lead", {{"LastName", "M"}, {"Company", "C"}});
    const std::string loser = org.create("Lead", {{"LastName", "L"}, {"Company", "C"}});
    const std::string kept =
        org.create("CampaignMember", {{"CampaignId", both}, {"LeadId", master}});
    const std::string twin =
        org.create("CampaignMember", {{"CampaignId", both}, {"LeadId", loser}});
    const std::string moves =
        org.create("CampaignMember", {{"CampaignId", only}, {"LeadId", loser}});
    EXPECT_EQ(org.field("Campaign", both, "NumberOfLeads"), 2);
    ASSERT_EQ(element(org.soap(merge_order("Lead", master, {loser})), "success"), "true");
    EXPECT_EQ(org.field("CampaignMember", moves, "LeadId"), master);
    EXPECT_EQ(org.field("CampaignMember", moves, "LeadOrContactId"), master);
    EXPECT_EQ(org.field("CampaignMember", kept, "LeadId"), master);
    EXPECT_EQ(org.get("/sobjects/CampaignMember/" + twin).status, 404);
    EXPECT_EQ(org.field("Campaign", both, "NumberOfLeads"), 1);
    EXPECT_EQ(org.field("Campaign", only, "NumberOfLeads"), 1);
}

TEST(SandboxMerge, AWrongMergeLeavesEverythingAsItWas) {
    Org org;
    const std::string master = contact(org, "Master");
    const std::string loser = contact(org, "Loser");
    const std::string lead = org.create("Lead", {{"LastName", "L"}, {"Company", "C"}});
    const std::string deleted = contact(org, "Deleted");
    ASSERT_EQ(org.remove("/sobjects/Contact/" + deleted).status, 204);
    const std::pair<std::string, const char*> cases[] = {
        {merge_order("Contact", master, {}), "MERGE_FAILED"},
        {merge_order("Contact", master, {loser, lead}), "MERGE_FAILED"},
        {merge_order("Contact", master, {loser, loser}), "MERGE_FAILED"},
        {merge_order("Contact", master, {loser, master}), "MERGE_FAILED"},
        {merge_order("Contact", master, {loser, "003SB000000zzzz", "003SB000000zzzy"}),
         "MERGE_FAILED"},
        {merge_order("Contact", master, {loser, "003SB000000zzzz"}), "INVALID_CROSS_REFERENCE_KEY"},
        {merge_order("Contact", master, {loser, deleted}), "ENTITY_IS_DELETED"},
        {merge_order("Contact", deleted, {loser}), "ENTITY_IS_DELETED"},
        {merge_order("Contact", master, {"x"}), "MALFORMED_ID"},
        {merge_order("Contact", master, {loser}, "<Email>no address</Email>"),
         "INVALID_EMAIL_ADDRESS"},
        {merge_order("Campaign", campaign(org, "C"), {campaign(org, "D")}),
         "INVALID_TYPE_FOR_OPERATION"},
        {merge_order("Nothing", master, {loser}), "INVALID_TYPE"}};
    for (const auto& [message, code] : cases) {
        const auto answer = org.soap(message);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(element(answer, "success"), "false") << message;
        EXPECT_EQ(element(answer, "statusCode"), code) << message;
        EXPECT_TRUE(elements(answer, "mergedRecordIds").empty());
    }
    EXPECT_EQ(org.get("/sobjects/Contact/" + loser).status, 200);
    EXPECT_EQ(org.field("Contact", master, "SystemModstamp"), "2018-01-02T03:04:05.000+0000");
}

TEST(SandboxMerge, AnUndeletedLoserComesBackWithoutItsChildren) {
    Org org;
    const std::string master = org.create("Account", {{"Name", "Master"}});
    const std::string loser = org.create("Account", {{"Name", "Loser"}});
    const std::string person = contact(org, "P", {{"AccountId", loser}});
    ASSERT_EQ(element(org.soap(merge_order("Account", master, {loser})), "success"), "true");
    ASSERT_EQ(element(org.soap("<undelete><ids>" + loser + "</ids></undelete>"), "success"),
              "true");
    const json back = org.get("/sobjects/Account/" + loser).json;
    EXPECT_EQ(back["MasterRecordId"], nullptr);
    EXPECT_EQ(back["IsDeleted"], false);
    EXPECT_EQ(org.field("Contact", person, "AccountId"), master);
}

}  // namespace
}  // namespace duet::sandbox::test
