#include <gtest/gtest.h>

#include "connectors/sandbox/salesforce_service.h"
#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

constexpr const char* kAccount = "001SB00000pQrStYAK";
constexpr const char* kContact = "003SB00000X9y8ZYAR";

TEST(SandboxContract, EndIsTheDayBeforeTheTermIsOver) {
    EXPECT_EQ(contract_end("2025-01-01", 12), "2025-12-31");
    EXPECT_EQ(contract_end("2025-08-31", 6), "2026-02-27");
    EXPECT_EQ(contract_end("2024-02-29", 12), "2025-02-27");
    EXPECT_EQ(contract_end("2025-02-30", 12), "");
}

TEST(SandboxContract, ItIsADraftUntilAnUpdateActivatesIt) {
    Org org;
    json fields = {{"AccountId", kAccount}, {"StartDate", "2018-01-01"}, {"ContractTerm", 12}};
    fields["Status"] = "Activated";
    EXPECT_EQ(org.post("/sobjects/Contract", fields).code(), "FAILED_ACTIVATION");
    fields.erase("Status");
    const std::string id = org.create("Contract", fields);
    EXPECT_EQ(org.row("Contract", id)["EndDate"], "2018-12-31");
    EXPECT_EQ(org.row("Contract", id)["StatusCode"], "Draft");
    EXPECT_EQ(org.row("Contract", id)["ContractNumber"], "00000001");
    const std::string path = "/sobjects/Contract/" + id;
    EXPECT_EQ(org.patch(path, {{"EndDate", "2019-01-01"}}).code(),
              "INVALID_FIELD_FOR_INSERT_UPDATE");
    EXPECT_EQ(org.patch(path, {{"Status", "Activated"}}).status, 204);
    EXPECT_EQ(org.row("Contract", id)["ActivatedDate"], "2018-01-02T03:04:05.000+0000");
    EXPECT_EQ(org.patch(path, {{"Status", "Draft"}}).code(), "FAILED_ACTIVATION");
    org.patch(path, {{"ContractTerm", 24}});
    EXPECT_EQ(org.row("Contract", id)["EndDate"], "2019-12-31");
    EXPECT_EQ(org.remove("/sobjects/Account/" + std::string(kAccount)).code(), "DELETE_FAILED");
}

TEST(SandboxContract, ADraftGoesWithItsAccount) {
    Org org;
    const std::string account = org.create("Account", {{"Name", "New"}});
    const std::string id = org.create("Contract", {{"AccountId", account}});
    EXPECT_EQ(org.remove("/sobjects/Account/" + account).status, 204);
    EXPECT_EQ(org.get("/sobjects/Contract/" + id).status, 404);
}

TEST(SandboxCase, ClosingItIsDatedAndItKeepsItsContact) {
    Org org;
    const std::string id =
        org.create("Case", {{"ContactId", kContact}, {"Priority", "High"}, {"Origin", "Phone"}});
    json held = org.row("Case", id);
    EXPECT_EQ(held["AccountId"], kAccount);
    EXPECT_EQ(held["Status"], "New");
    EXPECT_EQ(held["IsClosed"], false);
    EXPECT_EQ(held["ClosedDate"], nullptr);
    org.patch("/sobjects/Case/" + id, {{"Status", "Closed"}});
    held = org.row("Case", id);
    EXPECT_EQ(held["IsClosed"], true);
    EXPECT_EQ(held["ClosedDate"], "2018-01-02T03:04:05.000+0000");
    org.patch("/sobjects/Case/" + id, {{"Status", "Working"}});
    EXPECT_EQ(org.row("Case", id)["ClosedDate"], nullptr);
    EXPECT_EQ(org.remove("/sobjects/Contact/" + std::string(kContact)).code(), "DELETE_FAILED");
    EXPECT_EQ(org.remove("/sobjects/Account/" + std::string(kAccount)).code(), "DELETE_FAILED");
    EXPECT_EQ(org.query("SELECT Id FROM Case WHERE IsClosed = false AND Priority = 'High'")
                  .json["totalSize"],
              1);
    EXPECT_EQ(org.remove("/sobjects/Case/" + id).status, 204);
    EXPECT_EQ(org.remove("/sobjects/Contact/" + std::string(kContact)).status, 204);
}

TEST(SandboxHistory, EachChangeOfADealIsASnapshotThatNobodyWrites) {
    Org org;
    const std::string deal = org.create("Opportunity", {{"Name", "D"},
                                                        {"CloseDate", "2018-05-01"},
                                                        {"StageName", "Prospecting"},
                                                        {"Amount", 100}});
    const std::string path = "/sobjects/Opportunity/" + deal;
    const auto history = [&] {
        return org
            .query(
                "SELECT Id, CreatedDate, StageName, Amount, Probability, CloseDate, "
                "ForecastCategory FROM OpportunityHistory WHERE OpportunityId = '" +
                deal + "' ORDER BY CreatedDate, Id")
            .json["records"];
    };
    ASSERT_EQ(history().size(), 1U);
    org.set_clock("2018-01-02T04:00:00Z");
    org.patch(path, {{"NextStep", "Call"}});
    EXPECT_EQ(history().size(), 1U);
    org.patch(path, {{"StageName", "Closed Won"}});
    ASSERT_EQ(history().size(), 2U);
    EXPECT_EQ(history()[1]["StageName"], "Closed Won");
    EXPECT_EQ(history()[1]["ForecastCategory"], "Closed");
    EXPECT_EQ(history()[1]["CreatedDate"], "2018-01-02T04:00:00.000+0000");
    org.patch(path, {{"Amount", 200}});
    org.patch(path, {{"CloseDate", "2018-01-03"}});
    ASSERT_EQ(history().size(), 4U);
    const json held = org.row("Opportunity", deal);
    EXPECT_EQ(held["LastAmountChangedHistoryId"], history()[1]["Id"]);
    EXPECT_EQ(held["LastStageChangeDate"], "2018-01-02T04:00:00.000+0000");
    const std::string first = history()[0]["Id"];
    EXPECT_EQ(org.post("/sobjects/OpportunityHistory", {{"StageName", "X"}}).code(),
              "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY");
    EXPECT_EQ(org.patch("/sobjects/OpportunityHistory/" + first, {{"Amount", 1}}).code(),
              "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY");
    EXPECT_EQ(org.remove("/sobjects/OpportunityHistory/" + first).code(),
              "INSUFFICIENT_ACCESS_OR_READONLY");
    EXPECT_EQ(org.query("SELECT LastModifiedDate FROM OpportunityHistory").code(), "INVALID_FIELD");
    EXPECT_EQ(org.remove(path).status, 204);
    EXPECT_EQ(history().size(), 0U);
}

TEST(SandboxHistory, AnImportGivesMomentsOfItsOwn) {
    Org org;
    const auto load = [&org](const std::string& object, const json& rows) {
        return org.call("POST", "/sandbox/salesforce/rows",
                        json{{"object", object}, {"rows", rows}}.dump());
    };
    const std::string deal = "006SB000000dEaLYAU";
    const auto made = load("Opportunity", json::array({{{"Id", deal},
                                                        {"Name", "Old"},
                                                        {"StageName", "Closed Won"},
                                                        {"CloseDate", "2017-11-30"},
                                                        {"CreatedDate", "2017-05-10T08:00:00Z"}}}));
    ASSERT_EQ(made.status, 200) << made.raw.body;
    const auto moments =
        load("OpportunityHistory", json::array({{{"OpportunityId", deal},
                                                 {"StageName", "Prospecting"},
                                                 {"CreatedDate", "2017-05-10T08:00:00Z"}},
                                                {{"OpportunityId", deal},
                                                 {"StageName", "Closed Won"},
                                                 {"CreatedDate", "2017-11-30T09:00:00Z"}},
                                                {{"OpportunityId", deal},
                                                 {"StageName", "Closed Won"},
                                                 {"Amount", 5},
                                                 {"CreatedDate", "2017-12-01T09:00:00Z"}}}));
    ASSERT_EQ(moments.status, 200) << moments.raw.body;
    EXPECT_EQ(org.query("SELECT CreatedDate FROM OpportunityHistory ORDER BY CreatedDate")
                  .json["records"][1]["CreatedDate"],
              "2017-11-30T09:00:00.000+0000");
    EXPECT_EQ(org.row("Opportunity", deal)["LastStageChangeDate"], "2017-11-30T09:00:00.000+0000");
    EXPECT_EQ(load("Opportunity", json::array({{{"Nothing", 1}}})).status, 400);
    EXPECT_EQ(load("Nothing", json::array()).status, 400);
}

// As in an org, where the first row is of the deal's creation: a field that no history follows
// makes none.
TEST(SandboxHistory, ADealOfTheSeedHasTheRowOfItsCreation) {
    Org org;
    const std::string deal = "006SB000000dEaLYAU";
    const json old{{"Id", deal},
                   {"Name", "Old"},
                   {"StageName", "Prospecting"},
                   {"CloseDate", "2017-11-30"},
                   {"CreatedDate", "2017-05-10T08:00:00Z"}};
    ASSERT_EQ(org.call("POST", "/sandbox/salesforce/rows",
                       json{{"object", "Opportunity"}, {"rows", json::array({old})}}.dump())
                  .status,
              200);
    const auto history = [&] {
        return org
            .query("SELECT StageName, CreatedDate FROM OpportunityHistory ORDER BY CreatedDate")
            .json["records"];
    };
    org.patch("/sobjects/Opportunity/" + deal, {{"NextStep", "Call"}});
    ASSERT_EQ(history().size(), 1U);
    EXPECT_EQ(history()[0]["CreatedDate"], "2017-05-10T08:00:00.000+0000");
    org.patch("/sobjects/Opportunity/" + deal, {{"StageName", "Closed Won"}});
    ASSERT_EQ(history().size(), 2U);
    EXPECT_EQ(history()[0]["StageName"], "Prospecting");
    EXPECT_EQ(history()[1]["StageName"], "Closed Won");
}

TEST(SandboxCurrency, AnOrgOfOneCurrencyHasNone) {
    Org org;
    EXPECT_EQ(org.get("/sobjects/CurrencyType/describe").status, 404);
    EXPECT_EQ(org.query("SELECT CurrencyIsoCode FROM Opportunity").code(), "INVALID_FIELD");
}

TEST(SandboxCurrency, AmountsStayInTheRecordsCurrencyAndRollUpsConvert) {
    auto options = Org::options_at_rest();
    options.multi_currency = true;
    Org org(options);
    org.create("CurrencyType", {{"IsoCode", "SEK"}, {"ConversionRate", 8}, {"IsActive", true}});
    org.create("CurrencyType", {{"IsoCode", "NOK"}, {"ConversionRate", 9}, {"IsActive", false}});
    const std::string campaign = org.create("Campaign", {{"Name", "C"}});
    EXPECT_EQ(org.row("Campaign", campaign)["CurrencyIsoCode"], "USD");
    json fields = {{"Name", "D"},    {"CloseDate", "2018-05-01"}, {"StageName", "Prospecting"},
                   {"Amount", 4000}, {"CampaignId", campaign},    {"CurrencyIsoCode", "SEK"}};
    const std::string deal = org.create("Opportunity", fields);
    EXPECT_EQ(org.row("Opportunity", deal)["CurrencyIsoCode"], "SEK");
    EXPECT_EQ(org.row("Opportunity", deal)["Amount"], 4000.0);
    EXPECT_EQ(org.row("Campaign", campaign)["AmountAllOpportunities"], 500.0);
    const auto influence =
        org.query("SELECT CurrencyIsoCode, RevenueShare FROM CampaignInfluence").json["records"];
    ASSERT_EQ(influence.size(), 1U);
    EXPECT_EQ(influence[0]["CurrencyIsoCode"], "SEK");
    EXPECT_EQ(influence[0]["RevenueShare"], 4000.0);
    fields["CurrencyIsoCode"] = "NOK";
    EXPECT_EQ(org.post("/sobjects/Opportunity", fields).code(), "INVALID_CURRENCY_ISO");
    EXPECT_EQ(
        org.post("/sobjects/CurrencyType", {{"IsoCode", "SEK"}, {"ConversionRate", 7}}).code(),
        "DUPLICATE_VALUE");
    EXPECT_EQ(element(org.soap("<getUserInfo/>"), "organizationMultiCurrency"), "true");
}

TEST(SandboxCurrency, ADatedRateEndsWhereTheNextBegins) {
    auto options = Org::options_at_rest();
    options.multi_currency = true;
    Org org(options);
    const auto rate = [&org](const char* start, double value) {
        return org.create("DatedConversionRate",
                          {{"IsoCode", "SEK"}, {"ConversionRate", value}, {"StartDate", start}});
    };
    const std::string first = rate("2018-01-01", 8);
    EXPECT_EQ(org.row("DatedConversionRate", first)["NextStartDate"], "9999-12-31");
    const std::string second = rate("2018-02-01", 8.5);
    EXPECT_EQ(org.row("DatedConversionRate", first)["NextStartDate"], "2018-02-01");
    org.remove("/sobjects/DatedConversionRate/" + second);
    EXPECT_EQ(org.row("DatedConversionRate", first)["NextStartDate"], "9999-12-31");
}

TEST(SandboxActivities, LastActivityIsTheDueDayOfAClosedTaskOrAnEventEvenAhead) {
    Org org;
    const json task = {{"WhatId", kAccount},
                       {"Subject", "Call"},
                       {"CallType", "Inbound"},
                       {"Status", "Completed"},
                       {"ActivityDate", "2017-12-20"}};
    const std::string call = org.create("Task", task);
    EXPECT_EQ(org.row("Account", kAccount)["LastActivityDate"], "2017-12-20");
    EXPECT_EQ(org.row("Task", call)["CompletedDateTime"], "2018-01-02T03:04:05.000+0000");
    org.create("Event", {{"WhoId", kContact},
                         {"StartDateTime", "2018-01-22T10:00:00Z"},
                         {"DurationInMinutes", 30}});
    EXPECT_EQ(org.row("Account", kAccount)["LastActivityDate"], "2018-01-22");
}

TEST(SandboxCustomObjects, RowsAreCountedAndPointAtOthers) {
    auto options = Org::options_at_rest();
    options.seed_folder = std::string(DUET_SOURCE_DIR) + "/packaging/demo/seed";
    options.apps.front().run_as = "";
    Org org(options);
    const std::string contact =
        org.query("SELECT Id FROM Contact LIMIT 1").json["records"][0]["Id"];
    const std::string id =
        org.create("Duet_Lifecycle_Event__c",
                   {{"Duet_Contact__c", contact}, {"Duet_To__c", "MQL"}, {"Duet_Key__c", "k1"}});
    const auto found = org.query(
        "SELECT Name, Duet_Contact__r.LastName, Duet_Skipped__c FROM Duet_Lifecycle_Event__c WHERE "
        "Duet_Contact__c = '" +
        contact + "'");
    ASSERT_EQ(found.json["totalSize"], 1) << found.raw.body;
    EXPECT_EQ(found.json["records"][0]["Name"], "LE-00000001");
    EXPECT_EQ(found.json["records"][0]["Duet_Skipped__c"], false);
    EXPECT_FALSE(found.json["records"][0]["Duet_Contact__r"]["LastName"].is_null());
    EXPECT_EQ(org.get("/sobjects/Duet_Lifecycle_Event__c/describe").json["custom"], true);
    EXPECT_EQ(org.post("/sobjects/Duet_Lifecycle_Event__c", {{"Duet_Lead__c", contact}}).code(),
              "FIELD_INTEGRITY_EXCEPTION");
    EXPECT_EQ(org.remove("/sobjects/Duet_Lifecycle_Event__c/" + id).status, 204);
}

}  // namespace
}  // namespace duet::sandbox::test
