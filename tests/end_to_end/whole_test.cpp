// The whole set of documents that ships, through the real programs: each part's result is read back
// by API, and then there is nothing left to send.
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kStamps =
    "2017-02-01T09:00:00.000Z,2017-02-01T09:00:00.000Z,2017-02-01T09:00:00.000Z\n";

/// What an org copies: the folder without the set to begin with.
void copy_documents(const std::string& folder) {
    namespace fs = std::filesystem;
    fs::copy(default_documents() + "/..", folder, fs::copy_options::recursive);
    fs::remove_all(folder + "/default");
}

/// Sellers with somebody above them; a contract that ends in 57 days; one deal that was won after
/// two people had answered two campaigns; a form that asks for a demo.
void add_facts(const std::string& seed) {
    const auto add = [&](const std::string& file, const std::string& rows) {
        write_text(seed + "/" + file, read_text(seed + "/" + file) + rows);
    };
    const std::string seller = salesforce_id("005", 1);
    for (const auto& [number, name] :
         std::map<int, std::string>{{2, "first.seller"}, {3, "second.seller"}}) {
        add("salesforce/User.csv",
            fmt::format("{},{}@example.com,{},{}@example.com,s{},true,Europe/London,en_US,en_US,{}",
                        salesforce_id("005", number), name, name, name, number, kStamps));
    }
    write_text(seed + "/salesforce/Contract.csv",
               fmt::format("Id,AccountId,Status,StartDate,EndDate,OwnerId,CreatedDate,"
                           "LastModifiedDate,SystemModstamp\n{},{},Activated,2017-03-01,2018-02-28,"
                           "{},{}",
                           salesforce_id("800", 1), salesforce_id("001", 2), seller, kStamps));
    write_text(seed + "/salesforce/Opportunity.csv",
               fmt::format("Id,Name,AccountId,StageName,Amount,CloseDate,Type,NextStep,OwnerId,"
                           "Contract_Start__c,Contract_End__c,CreatedDate,LastModifiedDate,"
                           "SystemModstamp\n"
                           "{},Won,{},Won,9000,2017-10-02,New Business,,{},2017-10-05,2018-10-04,"
                           "2017-08-01T09:00:00.000Z,2017-10-02T09:00:00.000Z,"
                           "2017-10-02T09:00:00.000Z\n",
                           salesforce_id("006", 1), salesforce_id("001", 4), seller));
    std::string roles =
        "Id,OpportunityId,ContactId,Role,IsPrimary,CreatedDate,LastModifiedDate,SystemModstamp\n";
    std::string members =
        "Id,CampaignId,ContactId,Status,HasResponded,FirstRespondedDate,CreatedDate,"
        "LastModifiedDate,SystemModstamp\n";
    std::string campaigns =
        "Id,Name,IsActive,ActualCost,OwnerId,CreatedDate,LastModifiedDate,SystemModstamp\n";
    for (int i = 1; i <= 2; ++i) {
        const std::string contact = salesforce_id("003", i == 1 ? 3 : 7);
        roles += fmt::format("{},{},{},User,{},{}", salesforce_id("00K", i),
                             salesforce_id("006", 1), contact, i == 1, kStamps);
        campaigns +=
            fmt::format("{},Fair {},true,1000,{},{}", salesforce_id("701", i), i, seller, kStamps);
        members += fmt::format("{},{},{},Responded,true,2017-0{}-10,{}", salesforce_id("00v", i),
                               salesforce_id("701", i), contact, i + 5, kStamps);
    }
    write_text(seed + "/salesforce/OpportunityContactRole.csv", roles);
    write_text(seed + "/salesforce/Campaign.csv", campaigns);
    write_text(seed + "/salesforce/CampaignMember.csv", members);
    write_text(seed + "/pardot/visitor-activities.csv",
               "id,prospectId,type,details,createdAt,updatedAt\n"
               "1,6002,4,Demo request,2018-01-02T08:00:00Z,2018-01-02T08:00:00Z\n");
}

class WholeEndToEnd : public testing::Test {
protected:
    explicit WholeEndToEnd(bool has_setup = true) {
        const std::string seed = folder_.path() + "/seed";
        write_small_seed(seed, "acme");
        add_facts(seed);
        for (const char* file : {"ListView", "PermissionSet", "PermissionSetAssignment"}) {
            if (!has_setup) std::filesystem::remove(seed + "/salesforce/" + file + ".csv");
        }
        RehearsalOrg org;
        org.documents = folder_.path() + "/documents";
        copy_documents(org.documents);
        world = std::make_unique<Rehearsal>(seed, org);
        world->vendors.must("POST", "/sandbox/salesforce/influence-model",
                            {{"DeveloperName", "Duet_Attribution"},
                             {"MasterLabel", "Duet Attribution"},
                             {"IsModelLocked", true}});
    }

    json row(const std::string& object, const std::string& id, const std::string& fields) {
        const auto rows = world->vendors.query("SELECT " + fields + " FROM " + object +
                                               " WHERE Id = '" + id + "'");
        EXPECT_EQ(rows.size(), 1U) << object << " " << id;
        return rows.empty() ? json::object() : rows.front();
    }

    std::vector<json> tasks(const std::string& rule) {
        return world->vendors.query(
            "SELECT Subject, WhoId, WhatId, OwnerId FROM Task WHERE Duet_Key__c LIKE '" + rule +
            ":%'");
    }

    /// As an admin does: `duet validate --live` names the lists that are missing.
    void make_lists() {
        const Finished live = world->daemon.duet({"validate", "--live"});
        const std::string said = live.out + live.error;
        static const std::regex kMissing("has no list \"([^\"]+)\"");
        std::set<std::string> names;
        for (std::sregex_iterator at(said.begin(), said.end(), kMissing), end; at != end; ++at)
            names.insert((*at)[1]);
        for (const std::string& name : names)
            world->vendors.must("POST", "/api/v5/objects/lists?fields=id", {{"name", name}});
    }

    bool is_on(const std::string& list, int prospect) {
        json id;
        for (const json& one : world->vendors.collection("lists", "id,name")) {
            if (one["name"] == list) id = one["id"];
        }
        for (const json& member :
             world->vendors.collection("list-memberships", "id,listId,prospectId,isDeleted")) {
            if (member["listId"] == id && member["prospectId"] == prospect &&
                member["isDeleted"] == false)
                return true;
        }
        return false;
    }

    void pass_to(const std::string& now) {
        world->vendors.must("POST", "/sandbox/clock", {{"now", now}});
        ASSERT_EQ(world->daemon.ask("clock", {{"now", now}}).value("done", false), true);
    }

    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world;
};

TEST_F(WholeEndToEnd, EachPartWritesItsResultAndThenNothingIsLeftToSend) {
    make_lists();
    world->daemon.start();
    const Finished live = world->daemon.duet({"validate", "--live"});
    EXPECT_EQ(live.code, 0) << live.out << live.error;
    EXPECT_EQ(live.out.find("warning"), std::string::npos) << live.out;
    world->daemon.sync_until_quiet();

    // Who asked for a demo an hour ago: qualified on both sides, in the queue, with a timer.
    const json asked = row("Contact", salesforce_id("003", 2),
                           "Duet_Stage__c, Duet_Marketing_Status__c, Duet_In_Queue__c, "
                           "Duet_Queue_Rank__c, Duet_SLA_Status__c, Duet_Dev_Team__c");
    EXPECT_EQ(asked["Duet_Stage__c"], "MQL") << asked;
    EXPECT_EQ(asked["Duet_Marketing_Status__c"], "Open");
    EXPECT_EQ(asked["Duet_In_Queue__c"], true);
    EXPECT_GT(asked["Duet_Queue_Rank__c"], 0);
    EXPECT_EQ(asked["Duet_SLA_Status__c"], "RUNNING");
    EXPECT_EQ(asked["Duet_Dev_Team__c"], "SDR");
    EXPECT_EQ(world->vendors.must(
                  "GET", "/api/v5/objects/prospects/6002?fields=duet_stage__c")["duet_stage__c"],
              "MQL");

    // The company of the contract: its people are customers, are written to, and its owner asked.
    EXPECT_EQ(row("Contact", salesforce_id("003", 1), "Duet_Stage__c")["Duet_Stage__c"],
              "CUSTOMER");
    const json customer =
        row("Account", salesforce_id("001", 2), "Duet_Stage__c, Duet_Sub_Stage__c");
    EXPECT_EQ(customer["Duet_Stage__c"], "CUSTOMER");
    EXPECT_EQ(customer["Duet_Sub_Stage__c"], "RENEWAL-60");
    EXPECT_TRUE(is_on("Renewal 60", 6001));
    EXPECT_FALSE(is_on("Renewal 60", 6002));
    const auto renewals = tasks("contract_ends_in_90_days");
    ASSERT_EQ(renewals.size(), 1U);
    EXPECT_EQ(renewals[0]["WhatId"], salesforce_id("001", 2));

    // The deal: two campaigns share it to the last cent, and its company has a class.
    double percent = 0;
    const auto shares = world->vendors.query(
        "SELECT Influence, CampaignId FROM CampaignInfluence WHERE "
        "OpportunityId = '" +
        salesforce_id("006", 1) + "' AND Model.DeveloperName = 'Duet_Attribution'");
    for (const json& share : shares) percent += share["Influence"].get<double>();
    EXPECT_EQ(shares.size(), 2U);
    EXPECT_DOUBLE_EQ(percent, 100);
    const json credited =
        row("Campaign", salesforce_id("701", 1), "Duet_Attributed_Revenue__c, Duet_Responses__c");
    EXPECT_GT(credited["Duet_Attributed_Revenue__c"], 0);
    EXPECT_EQ(credited["Duet_Responses__c"], 1);
    const json buyer =
        row("Account", salesforce_id("001", 4), "Duet_RFM_Segment__c, Duet_RFM_Code__c");
    EXPECT_NE(buyer["Duet_RFM_Segment__c"], "None") << buyer;
    EXPECT_GT(buyer["Duet_RFM_Code__c"], 110);
    EXPECT_EQ(world->daemon.sync()["written"], 0);
}

TEST_F(WholeEndToEnd, WhoWasCalledIsAcceptedAndStaysCountedAsAnswered) {
    make_lists();
    world->daemon.start();
    world->daemon.sync_until_quiet();
    const auto of_mqls = [&] {
        const json told = world->daemon.ask("answers");
        for (const json& kind : told["timers"][0]["kinds"]) {
            if (kind["kind"] == "mql") return kind;
        }
        return json{};
    };
    EXPECT_EQ(of_mqls()["RUNNING"], 1);
    pass_to("2018-01-02T10:00:00Z");
    const std::string contact = salesforce_id("003", 2);
    world->vendors.must("POST", kObjects + std::string("Task"),
                        {{"WhoId", contact}, {"Subject", "Call"}, {"Status", "Completed"}});
    world->daemon.sync_until_quiet();
    const json called =
        row("Contact", contact, "Duet_Stage__c, Duet_SLA_Status__c, Duet_In_Queue__c");
    EXPECT_EQ(called["Duet_Stage__c"], "SAL") << called;
    EXPECT_EQ(called["Duet_SLA_Status__c"], "MET");
    EXPECT_EQ(called["Duet_In_Queue__c"], false);
    EXPECT_EQ(of_mqls()["MET"], 1) << "though the stage is another by now";
}

TEST_F(WholeEndToEnd, AHotLeadGoesToASellerWhoIsAskedToCall) {
    make_lists();
    world->daemon.start();
    world->daemon.sync_until_quiet();
    const std::string lead = salesforce_id("00Q", 1);
    EXPECT_EQ(row("Lead", lead, "OwnerId")["OwnerId"], salesforce_id("005", 1));
    pass_to("2018-01-02T10:00:00Z");
    world->vendors.must("PATCH", kObjects + std::string("Lead/") + lead,
                        {{"NumberOfEmployees", 20}});
    world->vendors.must("PATCH", "/api/v5/objects/prospects/6021?fields=id", {{"score", 120}});
    world->daemon.sync_until_quiet();
    EXPECT_EQ(row("Lead", lead, "OwnerId")["OwnerId"], salesforce_id("005", 2));
    const auto calls = tasks("score_passes_100");
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0]["WhoId"], lead);
    EXPECT_EQ(world->daemon.sync()["written"], 0);
}

/// Whom the steps of a routing find, and who is away.
TEST_F(WholeEndToEnd, AHotLeadGoesToItsCompanysOwnerAndToTheQueueWhenNobodyIsThere) {
    make_lists();
    const auto edit = [&](const std::string& object, const std::string& id, const json& fields) {
        world->vendors.must("PATCH", kObjects + object + "/" + id, fields);
    };
    const auto hot = [&](int prospect) {
        world->vendors.must("PATCH",
                            "/api/v5/objects/prospects/" + std::to_string(prospect) + "?fields=id",
                            {{"score", 120}});
        world->daemon.sync_until_quiet();
    };
    const std::string queue = world->vendors.must(
        "POST", "/sandbox/salesforce/rows",
        {{"object", "Group"},
         {"rows", json::array({json{{"Name", "New leads"}, {"Type", "Queue"}}})}})["ids"][0];
    // Second has a company with the domain of the leads; both sellers of the phone are away.
    edit("Account", salesforce_id("001", 3),
         {{"Website", "https://www.acme.example"}, {"OwnerId", salesforce_id("005", 3)}});
    world->daemon.start();
    world->daemon.sync_until_quiet();
    pass_to("2018-01-02T10:00:00Z");
    hot(6021);
    EXPECT_EQ(row("Lead", salesforce_id("00Q", 1), "OwnerId")["OwnerId"], salesforce_id("005", 3));
    for (const int seller : {2, 3})
        edit("User", salesforce_id("005", seller), {{"On_Leave__c", true}});
    pass_to("2018-01-02T11:00:00Z");
    edit("Lead", salesforce_id("00Q", 2), {{"NumberOfEmployees", 20}});
    hot(6022);
    EXPECT_EQ(row("Lead", salesforce_id("00Q", 2), "OwnerId")["OwnerId"], queue);
    EXPECT_EQ(world->daemon.sync()["written"], 0);
}

class WholeBeforeDeployment : public WholeEndToEnd {
protected:
    WholeBeforeDeployment() : WholeEndToEnd(false) {}

    std::string deploy(const std::string& object, const json& rows) {
        return world->vendors.must("POST", "/sandbox/salesforce/rows",
                                   {{"object", object}, {"rows", rows}})["ids"][0];
    }
    std::string told() {
        const Finished live = world->daemon.duet({"validate", "--live"});
        EXPECT_EQ(live.code, 0) << live.out << live.error;
        return live.out;
    }
};

TEST_F(WholeBeforeDeployment, ValidateLiveNamesViewsAndPermissionsUntilTheyAreThere) {
    make_lists();
    const auto has = [](const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    };
    const std::string before = told();
    EXPECT_TRUE(has(before, "no list view Duet_Work_Queue of Contact")) << before;
    EXPECT_TRUE(has(before, "no list view Duet_Handover_Blocked of Lead")) << before;
    EXPECT_TRUE(has(before, "no permission set Duet_Integration")) << before;
    const json advice =
        json::parse(world->daemon.duet({"validate", "--live", "--json"}).out)["advice"];
    EXPECT_EQ(advice.size(), 12U) << advice.dump(1);

    json views = json::array();
    for (const json& one : advice) {
        std::smatch named;
        static const std::regex kView("no list view (\\w+) of (\\w+),");
        const std::string message = one["message"];
        if (!std::regex_search(message, named, kView)) continue;
        views.push_back({{"Name", named[1].str()},
                         {"DeveloperName", named[1].str()},
                         {"SobjectType", named[2].str()}});
    }
    EXPECT_EQ(views.size(), 11U);
    deploy("ListView", views);
    const json permissions{{"Name", "Duet_Integration"}, {"Label", "Duet Integration"}};
    const std::string set = deploy("PermissionSet", json::array({permissions}));
    const std::string between = told();
    EXPECT_FALSE(has(between, "list view")) << between;
    EXPECT_TRUE(has(between, "has not the permission set Duet_Integration")) << between;
    world->vendors.must("POST", kObjects + std::string("PermissionSetAssignment"),
                        {{"PermissionSetId", set}, {"AssigneeId", salesforce_id("005", 1)}});
    EXPECT_FALSE(has(told(), "warning")) << told();
}

}  // namespace
}  // namespace duet::world
