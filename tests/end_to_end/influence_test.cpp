// The sample org in the sandbox, duetd against it, and the rows of campaign influence read back.
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/end_to_end/sample_org.h"
#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using attribution::TableRow;
using nlohmann::json;

constexpr const char* kToday = "2025-10-01T00:00:00Z";

struct ModelCase {
    const char* name;  // in the expected rows
    const char* keys;  // in a document
};
constexpr ModelCase kModels[] = {{"first", "first"},
                                 {"last", "last"},
                                 {"linear", "linear"},
                                 {"decay7", "decay\n    half_life_days: 7"},
                                 {"decay30", "decay\n    half_life_days: 30"},
                                 {"u", "u"},
                                 {"u50", "u50"},
                                 {"w", "w"},
                                 {"full", "full"}};

std::string documents_text() {
    std::string text =
        "entity: opportunity\nmatch: [crm_id]\nfields:\n"
        "  - salesforce: Duet_Last_Touch_Campaign__c\n    value: Attribution.last\nattribution:\n";
    for (const ModelCase& model : kModels) {
        text += fmt::format(R"(  - name: {0}
    model: {1}
    when: IsWon
    people: OpportunityContactRole.Contact
    from: CreatedDate
    until: CloseDate
    qualified: Duet_First_MQL__c
    known: CreatedDate
    influence_model: Sample_{0}
    touches:
      - object: CampaignMember
        where: HasResponded
        time: IF(OR(ISBLANK(FirstRespondedDate), FirstRespondedDate = DATEVALUE(CreatedDate)), CreatedDate, DATETIMEVALUE(FirstRespondedDate))
        campaign: CampaignId
      - object: {{ pardot: visitor-activity }}
        where: OR(type = 1, type = 4, type = 21, type = 24, type = 25)
        time: createdAt
        campaign: campaign.salesforceId
)",
                            model.name, model.keys);
    }
    return text;
}

/// "model opportunity campaign contact" -> percent.
using Rows = std::map<std::string, std::string>;

Rows expected_rows() {
    Rows rows;
    for (const TableRow& row : sample("expected_influence_rows.csv")) {
        rows[fmt::format("Sample_{} {} {} {}", row.at("model"), sample_id(row.at("OpportunityId")),
                         sample_id(row.at("CampaignId")), sample_id(row.at("ContactId")))] =
            row.at("Influence");
    }
    return rows;
}

Rows rows_of(VendorClient& vendors) {
    Rows rows;
    for (const json& row : vendors.query(
             "SELECT OpportunityId, CampaignId, ContactId, Model.DeveloperName, Influence FROM "
             "CampaignInfluence WHERE Model.DeveloperName LIKE 'Sample_%'")) {
        const auto text = [&](const char* field) { return row.at(field).get<std::string>(); };
        const std::string name =
            fmt::format("{} {} {} {}", row.at("Model").at("DeveloperName").get<std::string>(),
                        text("OpportunityId"), text("CampaignId"), text("ContactId"));
        EXPECT_EQ(rows.count(name), 0U) << name;
        rows[name] = fmt::format("{:.2f}", row.at("Influence").get<double>());
    }
    return rows;
}

/// Units of a currency for one of the corporate one; by `sek_since_2025` from then on, where there
/// is such a rate.
double rate_of(const std::string& currency, const std::string& day,
               std::optional<double> sek_since_2025) {
    if (sek_since_2025 && currency == "SEK" && day >= "2025") return *sek_since_2025;
    for (const TableRow& row : sample("currency_types.csv")) {
        if (row.at("IsoCode") == currency) return std::stod(row.at("ConversionRate"));
    }
    ADD_FAILURE() << currency;
    return 1;
}

/// What the rows of w credit each campaign with, in the campaign's own currency.
std::map<std::string, double> revenues(std::optional<double> sek_since_2025 = std::nullopt) {
    std::map<std::string, double> amounts, found;
    for (const TableRow& deal : sample("opportunities.csv")) {
        if (deal.at("IsWon") == "true") {
            amounts[deal.at("Id")] =
                std::stod(deal.at("Amount")) /
                rate_of(deal.at("CurrencyIsoCode"), deal.at("CloseDate"), sek_since_2025);
        }
    }
    for (const TableRow& row : sample("expected_influence_rows.csv")) {
        if (row.at("model") == "w")
            found[row.at("CampaignId")] +=
                amounts.at(row.at("OpportunityId")) * std::stod(row.at("Influence")) / 100;
    }
    for (const TableRow& campaign : sample("campaigns.csv"))
        found[campaign.at("Id")] *= rate_of(campaign.at("CurrencyIsoCode"), "", std::nullopt);
    return found;
}

void expect_money(VendorClient& vendors, const std::map<std::string, double>& revenues) {
    std::map<std::string, json> told;
    for (const json& row :
         vendors.query("SELECT Id, Duet_Attributed_Revenue__c, Duet_ROI__c FROM Campaign"))
        told[row.at("Id").get<std::string>()] = row;
    for (const TableRow& campaign : sample("campaigns.csv")) {
        const json& row = told.at(sample_id(campaign.at("Id")));
        const double revenue = revenues.at(campaign.at("Id"));
        ASSERT_TRUE(row.at("Duet_Attributed_Revenue__c").is_number()) << row;
        EXPECT_NEAR(row.at("Duet_Attributed_Revenue__c").get<double>(), revenue, 0.011) << row;
        const std::string& cost = campaign.at("ActualCost");
        if (cost.empty() || std::stod(cost) == 0) {
            EXPECT_TRUE(row.at("Duet_ROI__c").is_null()) << row;
        } else {
            const double spent = std::stod(cost);
            EXPECT_NEAR(row.at("Duet_ROI__c").get<double>(), (revenue - spent) / spent,
                        0.011 / spent + 1e-6)
                << row;
        }
    }
}

class InfluenceEndToEnd : public testing::Test {
protected:
    InfluenceEndToEnd() {
        RehearsalOrg org;
        org.documents = folder_.path() + "/documents";
        std::filesystem::create_directories(org.documents);
        write_text(org.documents + "/opportunities.yaml", documents_text());
        write_text(org.documents + "/people.yaml",
                   "entity: person\nmatch: [crm_id, email]\nfields:\n"
                   "  - { salesforce: LastName, pardot: lastName, winner: salesforce }\n");
        write_text(org.documents + "/campaigns.yaml",
                   "entity: campaign\nmatch: [crm_id]\nfields:\n"
                   "  - { salesforce: Name, pardot: name, direction: to_salesforce }\n"
                   "  - { salesforce: Duet_Attributed_Revenue__c, value: Attribution.w_Revenue }\n"
                   "  - salesforce: Duet_ROI__c\n"
                   "    value: IF(OR(ISBLANK(ActualCost), ActualCost = 0), NULL, "
                   "(Attribution.w_Revenue - ActualCost) / ActualCost)\n"
                   "    blank: propagate\n");
        world = std::make_unique<Rehearsal>(write_sample(folder_.path() + "/seed"), org);
        set_clock(kToday);
        world->daemon.write_config({world->org}, fmt::format("fixed_clock: {}\n", kToday));
        for (const ModelCase& model : kModels) make_model(model.name);
    }

    void set_clock(const std::string& now) {
        world->vendors.must("POST", "/sandbox/clock", {{"now", now}});
    }
    void make_model(const std::string& name) {
        world->vendors.must(
            "POST", "/sandbox/salesforce/influence-model",
            {{"DeveloperName", "Sample_" + name}, {"MasterLabel", name}, {"IsModelLocked", true}});
    }
    void pass_to(const std::string& now) {
        set_clock(now);
        ASSERT_EQ(world->daemon.ask("clock", {{"now", now}}).value("done", false), true);
    }

    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world;
};

TEST_F(InfluenceEndToEnd, RowsReadBackEqualTheReferenceAndALateFactChangesJustItsOwn) {
    world->daemon.start();
    world->daemon.sync_until_quiet();
    const Rows expected = expected_rows();
    ASSERT_GT(expected.size(), 100U);
    const Rows first = rows_of(world->vendors);
    EXPECT_EQ(first, expected);
    const json quiet = world->daemon.sync();
    EXPECT_EQ(quiet["written"], 0) << quiet.dump();

    // The audit of the running org: three won deals that nothing touched.
    const Finished audit = world->daemon.duet({"attribution", "--json"});
    ASSERT_EQ(audit.code, 0) << audit.error;
    const json coverage = json::parse(audit.out)["attributions"][0];
    EXPECT_EQ(coverage["deals"], 30) << coverage.dump();
    EXPECT_EQ(coverage["won_deals"], 17);
    EXPECT_EQ(coverage["won_untouched"], 3);
    double revenue = coverage["won_untouched_amount"].get<double>();
    for (const json& campaign : coverage["campaigns"]) revenue += campaign["revenue"].get<double>();
    EXPECT_NEAR(revenue, coverage["won_amount"].get<double>(), 1e-6);
    std::int64_t reasons = 0;
    for (const auto& [why, count] : coverage["reasons"].items()) reasons += count.get<int>();
    EXPECT_GE(reasons, 3);
    EXPECT_GE(coverage["uncovered"].size(), 3U);
    EXPECT_NE(world->daemon.duet({"attribution"}).out.find("3 won with"), std::string::npos);

    // Three currencies: each campaign is told in its own, by the percent of its rows.
    expect_money(world->vendors, revenues());
    for (const TableRow& row : sample("expected_roi.csv")) {
        if (row.at("model") != "w" || row.at("roi").empty()) continue;
        const auto found = world->vendors.query("SELECT Duet_ROI__c FROM Campaign WHERE Id = '" +
                                                sample_id(row.at("campaign_id")) + "'");
        const double roi = std::stod(row.at("roi"));
        // Percent of rows have two decimals.
        EXPECT_NEAR(found.at(0).at("Duet_ROI__c").get<double>(), roi,
                    1e-4 * std::abs(roi + 1) + 1e-3)
            << row.at("campaign_id");
    }

    // A rate that holds since a day changes what deals that closed since then are worth.
    pass_to("2025-10-01T00:30:00Z");
    world->vendors.must(
        "POST", kObjects + std::string("DatedConversionRate"),
        {{"IsoCode", "SEK"}, {"StartDate", "2025-01-01"}, {"ConversionRate", 10.0}});
    world->daemon.sync_until_quiet();
    ASSERT_NE(revenues(10.0), revenues());
    expect_money(world->vendors, revenues(10.0));
    EXPECT_EQ(rows_of(world->vendors), first);
    EXPECT_EQ(world->daemon.sync()["written"], 0);

    // A contact role that is added after the close: of a won deal, for somebody with touches.
    std::string deal, contact;
    for (const auto& [name, percent] : expected) {
        if (name.rfind("Sample_linear ", 0) != 0) continue;
        if (deal.empty()) deal = name.substr(14, 18);
        const std::string who = name.substr(name.size() - 18);
        if (name.substr(14, 18) != deal && contact.empty()) contact = who;
    }
    pass_to("2025-10-01T01:00:00Z");
    world->vendors.must("POST", kObjects + std::string("OpportunityContactRole"),
                        {{"OpportunityId", deal}, {"ContactId", contact}, {"Role", "Other"}});
    world->daemon.sync_until_quiet();
    std::map<std::string, double> sums;
    std::set<std::string> changed;
    const Rows second = rows_of(world->vendors);
    for (const auto& [name, percent] : second) {
        const std::string of_deal = name.substr(name.find(' ') + 1, 18);
        sums[name.substr(0, name.find(' ') + 19)] += std::stod(percent);
        const auto before = first.find(name);
        if (before == first.end() || before->second != percent) changed.insert(of_deal);
    }
    for (const auto& [name, sum] : sums) EXPECT_NEAR(sum, 100, 1e-9) << name;
    for (const auto& [name, percent] : first) {
        if (second.find(name) == second.end()) changed.insert(name.substr(name.find(' ') + 1, 18));
    }
    EXPECT_EQ(changed, std::set<std::string>{deal});
    EXPECT_EQ(world->daemon.sync()["written"], 0);

    const Finished told = world->daemon.duet({"explain", deal});
    EXPECT_NE(told.out.find("CampaignInfluence"), std::string::npos) << told.out << told.error;
}

}  // namespace
}  // namespace duet::world
