#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

constexpr const char* kInfluenced = "003SB00000X9y8ZYAR";
constexpr const char* kOther = "003SB00000X9y8aYAB";

Answer setup(Org& org, const std::string& action, const json& order) {
    return org.call("POST", "/sandbox/salesforce/" + action, order.dump());
}

std::string model_id(Org& org, const std::string& name) {
    return org.query("SELECT Id FROM CampaignInfluenceModel WHERE DeveloperName = '" + name + "'")
        .json["records"][0]["Id"];
}

/// A deal of 60,000 and two campaigns, under a model of our own.
struct Deal {
    explicit Deal(Org& org) {
        deal = org.create("Opportunity", {{"Name", "D"},
                                          {"CloseDate", "2018-05-01"},
                                          {"StageName", "Prospecting"},
                                          {"Amount", 60000}});
        first = org.create("Campaign", {{"Name", "First"}, {"IsActive", true}});
        second = org.create("Campaign", {{"Name", "Second"}, {"IsActive", true}});
        const auto made = setup(org, "influence-model",
                                {{"DeveloperName", "Duet_Linear"}, {"IsModelLocked", true}});
        EXPECT_EQ(made.status, 200) << made.raw.body;
        model = model_id(org, "Duet_Linear");
    }
    [[nodiscard]] json fields(const std::string& campaign, double influence) const {
        return {{"OpportunityId", deal},
                {"CampaignId", campaign},
                {"ModelId", model},
                {"ContactId", kInfluenced},
                {"Influence", influence}};
    }
    std::string deal, first, second, model;
};

TEST(SandboxInfluence, RevenueShareFollowsTheAmountAndIsNobodysToWrite) {
    Org org;
    const Deal deal(org);
    const std::string id = org.create("CampaignInfluence", deal.fields(deal.first, 16.67));
    EXPECT_EQ(org.row("CampaignInfluence", id)["RevenueShare"], 10002.0);
    EXPECT_EQ(org.patch("/sobjects/CampaignInfluence/" + id, {{"Influence", 25}}).status, 204);
    EXPECT_EQ(org.row("CampaignInfluence", id)["RevenueShare"], 15000.0);
    org.patch("/sobjects/Opportunity/" + deal.deal, {{"Amount", 1000}});
    EXPECT_EQ(org.row("CampaignInfluence", id)["RevenueShare"], 250.0);
    EXPECT_EQ(org.patch("/sobjects/CampaignInfluence/" + id, {{"RevenueShare", 1}}).code(),
              "INVALID_FIELD_FOR_INSERT_UPDATE");
}

TEST(SandboxInfluence, ItsKeyCannotBeChangedAndComesOnce) {
    Org org;
    const Deal deal(org);
    const std::string id = org.create("CampaignInfluence", deal.fields(deal.first, 50));
    for (const json& change :
         {json{{"CampaignId", deal.second}}, json{{"ContactId", kOther}}, json{{"ModelId", "x"}}}) {
        EXPECT_EQ(org.patch("/sobjects/CampaignInfluence/" + id, change).code(),
                  "INVALID_FIELD_FOR_INSERT_UPDATE")
            << change;
    }
    EXPECT_EQ(org.post("/sobjects/CampaignInfluence", deal.fields(deal.first, 10)).code(),
              "DUPLICATE_VALUE");
    auto lenient = Org::options_at_rest();
    lenient.influence_keys_unique = false;
    Org other(lenient);
    const Deal again(other);
    other.create("CampaignInfluence", again.fields(again.first, 50));
    EXPECT_EQ(other.post("/sobjects/CampaignInfluence", again.fields(again.first, 10)).status, 201);
}

TEST(SandboxInfluence, NoDealIsInfluencedBeyondAllOfIt) {
    Org org;
    const Deal deal(org);
    const std::string id = org.create("CampaignInfluence", deal.fields(deal.first, 60));
    const auto too_much = org.post("/sobjects/CampaignInfluence", deal.fields(deal.second, 40.01));
    EXPECT_EQ(too_much.code(), "FIELD_INTEGRITY_EXCEPTION");
    org.create("CampaignInfluence", deal.fields(deal.second, 40));
    EXPECT_EQ(org.patch("/sobjects/CampaignInfluence/" + id, {{"Influence", 61}}).code(),
              "FIELD_INTEGRITY_EXCEPTION");
    EXPECT_EQ(org.patch("/sobjects/CampaignInfluence/" + id, {{"Influence", 59}}).status, 204);
    auto lenient = Org::options_at_rest();
    lenient.influence_sum_enforced = false;
    Org other(lenient);
    const Deal again(other);
    other.create("CampaignInfluence", again.fields(again.first, 60));
    EXPECT_EQ(other.post("/sobjects/CampaignInfluence", again.fields(again.second, 60)).status,
              201);
}

TEST(SandboxInfluence, TheMemberIsFoundAndMayBeGivenWhereAnOptionSaysSo) {
    Org org;
    const Deal deal(org);
    const std::string member =
        org.create("CampaignMember", {{"CampaignId", deal.first}, {"ContactId", kInfluenced}});
    json fields = deal.fields(deal.first, 50);
    const std::string id = org.create("CampaignInfluence", fields);
    EXPECT_EQ(org.row("CampaignInfluence", id)["CampaignMemberId"], member);
    fields["CampaignMemberId"] = member;
    EXPECT_EQ(org.post("/sobjects/CampaignInfluence", fields).code(),
              "INVALID_FIELD_FOR_INSERT_UPDATE");
    auto settable = Org::options_at_rest();
    settable.influence_member_settable = true;
    Org other(settable);
    const Deal again(other);
    json given = again.fields(again.first, 50);
    given["CampaignMemberId"] =
        other.create("CampaignMember", {{"CampaignId", again.first}, {"ContactId", kInfluenced}});
    EXPECT_EQ(other.post("/sobjects/CampaignInfluence", given).status, 201);
}

TEST(SandboxInfluence, ModelsAreMadeInSetupAndOneIsTheDefault) {
    Org org;
    const Deal deal(org);
    EXPECT_EQ(org.post("/sobjects/CampaignInfluenceModel", {{"DeveloperName", "X"}}).code(),
              "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY");
    EXPECT_EQ(
        org.patch("/sobjects/CampaignInfluenceModel/" + deal.model, {{"MasterLabel", "X"}}).code(),
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY");
    const std::string defaults =
        "SELECT DeveloperName FROM CampaignInfluenceModel WHERE IsDefaultModel = true";
    auto answer = org.query(defaults);
    ASSERT_EQ(answer.json["totalSize"], 1);
    EXPECT_EQ(answer.json["records"][0]["DeveloperName"], "Primary_Campaign_Source");
    EXPECT_EQ(
        setup(org, "influence-model", {{"DeveloperName", "Duet_Linear"}, {"IsDefaultModel", true}})
            .status,
        200);
    answer = org.query(defaults);
    ASSERT_EQ(answer.json["totalSize"], 1);
    EXPECT_EQ(answer.json["records"][0]["DeveloperName"], "Duet_Linear");
    EXPECT_EQ(
        setup(org, "influence-model", {{"DeveloperName", "Duet_Linear"}, {"IsDefaultModel", false}})
            .status,
        400);
}

TEST(SandboxInfluence, PeopleCannotWriteRowsOfALockedModel) {
    Org org;
    const Deal deal(org);
    const std::string id = org.create("CampaignInfluence", deal.fields(deal.first, 50));
    const json change = {
        {"object", "CampaignInfluence"}, {"id", id}, {"fields", {{"Influence", 10}}}};
    EXPECT_EQ(setup(org, "edit", change).status, 400);
    EXPECT_EQ(
        setup(org, "edit", {{"object", "CampaignInfluence"}, {"id", id}, {"delete", true}}).status,
        400);
    setup(org, "influence-model", {{"DeveloperName", "Duet_Linear"}, {"IsModelLocked", false}});
    EXPECT_EQ(setup(org, "edit", change).status, 200);
    EXPECT_EQ(org.row("CampaignInfluence", id)["Influence"], 10.0);
}

TEST(SandboxInfluence, WhatTheApiPutsIntoThePrimaryModelGoesAtItsNextRecalculation) {
    Org org;
    const Deal deal(org);
    const std::string primary = model_id(org, "Primary_Campaign_Source");
    const std::string where = " FROM CampaignInfluence WHERE OpportunityId = '" + deal.deal +
                              "' AND ModelId = '" + primary + "'";
    json fields = deal.fields(deal.second, 100);
    fields["ModelId"] = primary;
    const std::string ours = org.create("CampaignInfluence", fields);
    EXPECT_EQ(org.row("CampaignInfluence", ours)["RevenueShare"], 60000.0);
    org.patch("/sobjects/Opportunity/" + deal.deal, {{"CampaignId", deal.first}});
    const auto rows = org.query("SELECT CampaignId, Influence, RevenueShare" + where);
    ASSERT_EQ(rows.json["totalSize"], 1);
    EXPECT_EQ(rows.json["records"][0]["CampaignId"], deal.first);
    EXPECT_EQ(rows.json["records"][0]["RevenueShare"], 60000.0);
    EXPECT_EQ(org.get("/sobjects/CampaignInfluence/" + ours).status, 404);
    org.patch("/sobjects/Opportunity/" + deal.deal, {{"CampaignId", nullptr}});
    EXPECT_EQ(org.query("SELECT Id" + where).json["totalSize"], 0);
}

TEST(SandboxInfluence, PardotsModelsLookAtOpenDealsAndActiveCampaigns) {
    Org org;
    const Deal deal(org);
    for (const char* name : {"First_Touch", "Last_Touch", "Even_Distribution"}) {
        setup(org, "influence-model", {{"DeveloperName", name}, {"IsActive", true}});
    }
    const std::string first =
        org.create("CampaignMember", {{"CampaignId", deal.first}, {"ContactId", kInfluenced}});
    org.set_clock("2018-01-02T03:30:00Z");
    org.create("CampaignMember", {{"CampaignId", deal.second}, {"ContactId", kInfluenced}});
    org.create("OpportunityContactRole",
               {{"OpportunityId", deal.deal}, {"ContactId", kInfluenced}});
    const auto rows_of = [&](const char* name) {
        return org
            .query("SELECT CampaignId, Influence FROM CampaignInfluence WHERE ModelId = '" +
                   model_id(org, name) + "' ORDER BY Influence, CampaignId")
            .json["records"];
    };
    ASSERT_EQ(rows_of("First_Touch").size(), 1U);
    EXPECT_EQ(rows_of("First_Touch")[0]["CampaignId"], deal.first);
    EXPECT_EQ(rows_of("Last_Touch")[0]["CampaignId"], deal.second);
    ASSERT_EQ(rows_of("Even_Distribution").size(), 2U);
    EXPECT_EQ(rows_of("Even_Distribution")[0]["Influence"], 50.0);
    // Any edit of a member makes it the last touch.
    org.set_clock("2018-01-02T04:00:00Z");
    org.patch("/sobjects/CampaignMember/" + first, {{"Status", "Responded"}});
    EXPECT_EQ(rows_of("Last_Touch")[0]["CampaignId"], deal.first);
    org.patch("/sobjects/Campaign/" + deal.first, {{"IsActive", false}});
    EXPECT_EQ(rows_of("First_Touch")[0]["CampaignId"], deal.second);
    org.patch("/sobjects/Opportunity/" + deal.deal, {{"StageName", "Closed Won"}});
    org.patch("/sobjects/Campaign/" + deal.first, {{"IsActive", true}});
    EXPECT_EQ(rows_of("First_Touch")[0]["CampaignId"], deal.second);
    EXPECT_EQ(setup(org, "influence-model", {{"DeveloperName", "First_Touch"}, {"IsActive", false}})
                  .status,
              200);
    EXPECT_EQ(rows_of("First_Touch").size(), 0U);
}

TEST(SandboxInfluence, ItGoesAndComesBackWithItsDealAndMovesWithItsContact) {
    Org org;
    const Deal deal(org);
    const std::string id = org.create("CampaignInfluence", deal.fields(deal.first, 50));
    org.create("OpportunityContactRole",
               {{"OpportunityId", deal.deal}, {"ContactId", kInfluenced}});
    const auto merged = org.soap("<merge><request><masterRecord><type>Contact</type><Id>" +
                                 std::string(kOther) + "</Id></masterRecord><recordToMergeIds>" +
                                 kInfluenced + "</recordToMergeIds></request></merge>");
    EXPECT_EQ(element(merged, "success"), "true") << merged.raw.body;
    EXPECT_EQ(org.row("CampaignInfluence", id)["ContactId"], kOther);
    EXPECT_EQ(org.remove("/sobjects/Opportunity/" + deal.deal).status, 204);
    EXPECT_EQ(org.query("SELECT Id FROM CampaignInfluence").json["totalSize"], 0);
    EXPECT_EQ(org.query("SELECT Id FROM OpportunityContactRole").json["totalSize"], 0);
    const auto gone = org.get(
        "/sobjects/CampaignInfluence/deleted?start=2018-01-01T00:00:00Z"
        "&end=2018-01-03T00:00:00Z");
    EXPECT_EQ(gone.json["deletedRecords"][0]["id"], id);
    org.soap("<undelete><ids>" + deal.deal + "</ids></undelete>");
    EXPECT_EQ(org.row("CampaignInfluence", id)["Influence"], 50.0);
}

TEST(SandboxInfluence, CollectionsAndBulkWriteItLikeOtherRows) {
    Org org;
    const Deal deal(org);
    json records = json::array({deal.fields(deal.first, 30), deal.fields(deal.second, 80)});
    for (json& record : records) record["attributes"] = {{"type", "CampaignInfluence"}};
    const auto made = org.post("/composite/sobjects", {{"allOrNone", false}, {"records", records}});
    ASSERT_EQ(made.json.size(), 2U);
    EXPECT_EQ(made.json[0]["success"], true);
    EXPECT_EQ(made.json[1]["errors"][0]["statusCode"], "FIELD_INTEGRITY_EXCEPTION");
    const auto job = org.post(
        "/jobs/ingest",
        {{"object", "CampaignInfluence"}, {"operation", "update"}, {"contentType", "CSV"}});
    const std::string path =
        "/services/data/v60.0/jobs/ingest/" + job.json["id"].get<std::string>();
    const std::string id = made.json[0]["id"];
    org.call("PUT", path + "/batches", "Id,Influence\n" + id + ",70\n",
             {{"Content-Type", "text/csv"}});
    org.patch("/jobs/ingest/" + job.json["id"].get<std::string>(), {{"state", "UploadComplete"}});
    EXPECT_EQ(org.row("CampaignInfluence", id)["Influence"], 70.0);
    const auto changed = org.get(
        "/sobjects/CampaignInfluence/updated?start=2018-01-01T00:00:00Z"
        "&end=2018-01-03T00:00:00Z");
    EXPECT_EQ(changed.json["ids"][0], id);
}

TEST(SandboxInfluence, DescribeTellsWhoMayWriteWhat) {
    Org org;
    const auto rows = org.get("/sobjects/CampaignInfluence/describe").json["fields"];
    json by_name;
    for (const json& field : rows) by_name[field["name"].get<std::string>()] = field;
    EXPECT_EQ(by_name["CampaignId"]["createable"], true);
    EXPECT_EQ(by_name["CampaignId"]["updateable"], false);
    EXPECT_EQ(by_name["CampaignId"]["nillable"], false);
    EXPECT_EQ(by_name["ContactId"]["nillable"], true);
    EXPECT_EQ(by_name["Influence"]["updateable"], true);
    EXPECT_EQ(by_name["RevenueShare"]["createable"], false);
    EXPECT_EQ(by_name["CampaignMemberId"]["createable"], false);
    EXPECT_EQ(org.get("/sobjects/CampaignInfluenceModel/describe").json["createable"], false);
    auto without = Org::options_at_rest();
    without.campaign_influence = false;
    Org plain(without);
    EXPECT_EQ(plain.get("/sobjects/CampaignInfluence/describe").status, 404);
    EXPECT_EQ(plain.create("Campaign", {{"Name", "C"}}).size(), 18U);
}

}  // namespace
}  // namespace duet::sandbox::test
