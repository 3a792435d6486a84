#include "mappings/attribution/report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "mappings/attribution/returns.h"
#include "tests/mappings/attribution/sample.h"
#include "tests/mappings/attribution/tables.h"

namespace duet::attribution {
namespace {

ReportRequest request_for(std::vector<std::string> names) {
    ReportRequest request;
    request.now = *parse_instant("2025-10-01T00:00:00Z");
    for (const std::string& name : names)
        request.models.push_back(std::get<Model>(parse_model(name, ModelSettings{})));
    return request;
}

/// The sample under the models that an org gets when it names none.
const Report& sample_report() {
    static const Report kReport = [] {
        ReportRequest request = request_for({});
        request.models = models_for_deals(ModelSettings{});
        return report_on(sample_facts(), request);
    }();
    return kReport;
}

const ModelReport& model_of(const Report& report, const std::string& name) {
    for (const ModelReport& model : report.models)
        if (model.model == name) return model;
    throw std::runtime_error("no model " + name);
}

const CampaignCredit& credit_of(const ModelReport& model, const std::string& campaign) {
    for (const CampaignCredit& credit : model.campaigns)
        if (credit.campaign == campaign) return credit;
    throw std::runtime_error("no campaign " + campaign);
}

void expect_close(double found, const std::string& wanted, const std::string& what) {
    const double number = std::stod(wanted);
    EXPECT_NEAR(found, number, 1e-6 * std::abs(number) + 5.0001e-7) << what;
}

TEST(CrmSample, WonRevenueOfEveryCampaignAndModel) {
    const auto rows = read_table("crm-sample/expected_revenue_by_campaign.csv");
    ASSERT_EQ(rows.size(), 100U);
    for (const TableRow& row : rows) {
        const auto& model = model_of(sample_report(), row.at("model"));
        EXPECT_EQ(model.campaigns.size(), 10U);
        expect_close(credit_of(model, row.at("campaign_id")).revenue,
                     row.at("attributed_won_revenue_corporate"),
                     row.at("model") + " " + row.at("campaign_name"));
    }
}

TEST(CrmSample, PipelineOfEveryCampaignAndModel) {
    const auto rows = read_table("crm-sample/expected_pipeline_by_campaign.csv");
    ASSERT_EQ(rows.size(), 80U);
    for (const TableRow& row : rows) {
        expect_close(
            credit_of(model_of(sample_report(), row.at("model")), row.at("campaign_id")).pipeline,
            row.at("attributed_pipeline_corporate"), row.at("model") + " " + row.at("campaign_id"));
    }
}

TEST(CrmSample, InfluenceRowsToTheHundredth) {
    std::set<std::string> wanted;
    for (const TableRow& row : read_table("crm-sample/expected_influence_rows.csv")) {
        wanted.insert(row.at("OpportunityId") + " " + row.at("CampaignId") + " " +
                      row.at("ContactId") + " " + row.at("model") + " " + row.at("Influence"));
    }
    std::set<std::string> found;
    std::map<std::string, int> sums;
    for (const ModelReport& model : sample_report().models) {
        for (const InfluenceRow& row : model.influence) {
            found.insert(fmt::format("{} {} {} {} {}.{:02}", row.opportunity, row.campaign,
                                     row.contact, model.model, row.hundredths / 100,
                                     row.hundredths % 100));
            sums[row.opportunity + model.model] += row.hundredths;
        }
    }
    EXPECT_EQ(wanted.size(), 269U);
    EXPECT_EQ(found, wanted);
    for (const auto& [key, sum] : sums) EXPECT_EQ(sum, 10'000) << key;
}

TEST(CrmSample, PardotsOwnModels) {
    std::map<std::string, double> found;
    for (const BuiltinRow& row : sample_report().builtin)
        found[row.opportunity + " " + row.model + " " + row.campaign] = 100 * row.share;
    const auto rows = read_table("crm-sample/expected_builtin_models.csv");
    EXPECT_EQ(found.size(), rows.size());
    for (const TableRow& row : rows) {
        const std::string key =
            row.at("OpportunityId") + " " + row.at("model") + " " + row.at("CampaignId");
        ASSERT_TRUE(found.contains(key)) << key;
        expect_close(found.at(key), row.at("Influence"), key);
    }
}

TEST(CrmSample, ReturnOnWhatCampaignsCost) {
    int absent = 0;
    for (const TableRow& row : read_table("crm-sample/expected_roi.csv")) {
        const auto returns =
            returns_of(sample_facts(), sample_report(), model_of(sample_report(), row.at("model")));
        ASSERT_EQ(returns.size(), 9U);
        const auto one =
            std::ranges::find(returns, row.at("campaign_id"), &CampaignReturn::campaign);
        ASSERT_NE(one, returns.end());
        const std::string& cost = row.at("actual_cost_corporate");
        ASSERT_EQ(one->cost.has_value(), !cost.empty());
        if (one->cost) expect_close(*one->cost, cost, "cost");
        ASSERT_EQ(one->roi.has_value(), !row.at("roi").empty()) << one->campaign;
        if (one->roi) expect_close(*one->roi, row.at("roi"), one->campaign);
        if (!one->roi) ++absent;
    }
    EXPECT_EQ(absent, 6);  // a cost of 0, and one that is blank, in three models
}

TEST(CrmSample, WhatHasNoTouchAndWhy) {
    const Coverage& coverage = sample_report().coverage;
    EXPECT_EQ(coverage.deals, 30U);
    EXPECT_EQ(coverage.won_deals, 17U);
    EXPECT_NEAR(coverage.won_amount, 778'126.48, 0.005);
    EXPECT_EQ(coverage.won_untouched, 3U);
    EXPECT_NEAR(coverage.won_untouched_amount, 129'521.74, 0.005);
    EXPECT_EQ(coverage.pipeline_untouched, 12U);
    EXPECT_NEAR(coverage.pipeline_amount, 1'429'845.85, 0.005);
    EXPECT_NEAR(coverage.pipeline_untouched_amount, 587'407.11, 0.005);
    std::size_t won = 0;
    std::size_t without_role = 0;
    for (const Uncovered& one : coverage.uncovered) {
        if (one.is_won && one.why != Untouched::No) ++won;
        if (!one.has_contact_role) {
            ++without_role;
            EXPECT_EQ(one.why, Untouched::NoContactRole) << one.opportunity;
        }
    }
    EXPECT_EQ(won, 3U);
    EXPECT_EQ(without_role, coverage.without_contact_role);
    EXPECT_TRUE(sample_report().warnings.empty());
}

/// One won deal of 1,000 in two campaigns, that tests change a little.
struct SmallOrg {
    OrgFacts facts;
    SmallOrg() {
        facts.campaigns = {{"C1", "One", "Webinar", "", 100, ""},
                           {"C2", "Two", "Email", "", 50, ""}};
        facts.contacts = {{"K1", "A1", at("2025-01-01T00:00:00Z"), "L1", {}, {}},
                          {"K2", "A1", at("2025-01-01T00:00:00Z"), "", {}, {}}};
        facts.members = {{"M1", "C1", "", "K1", true, parse_date("2025-02-01"),
                          at("2025-01-20T10:00:00Z"), at("2025-02-01T00:00:00Z")},
                         {"M2", "C2", "L1", "", true, parse_date("2025-03-01"),
                          at("2025-03-01T10:00:00Z"), at("2025-03-01T00:00:00Z")}};
        facts.opportunities = {{"O1", "A1", at("2025-04-01T00:00:00Z"), parse_date("2025-05-01"),
                                true, true, 1'000, "", "C2", 50}};
        facts.roles = {{"O1", "K1", "User"}};
    }
    static DateTime at(const char* text) { return *parse_instant(text); }
    /// "C1 250 C2 750": who is credited with what, by the first model.
    [[nodiscard]] std::string credited(const ReportRequest& request) const {
        std::string all;
        const auto report = report_on(facts, request);
        for (const CampaignCredit& credit : report.models.front().campaigns) {
            if (credit.revenue != 0)
                all += fmt::format("{}{} {}", all.empty() ? "" : " ", credit.campaign,
                                   std::round(credit.revenue * 100) / 100);
        }
        return all;
    }
};

TEST(Deals, LeadsCountThroughTheContactTheyBecame) {
    SmallOrg org;
    EXPECT_EQ(org.credited(request_for({"linear"})), "C1 500 C2 500");
    org.facts.contacts[0].lead = "";
    EXPECT_EQ(org.credited(request_for({"linear"})), "C1 1000");
}

TEST(Deals, NonRespondersCountOnlyWhenAsked) {
    SmallOrg org;
    org.facts.members[0].has_responded = false;
    EXPECT_EQ(org.credited(request_for({"first"})), "C2 1000");
    auto all = request_for({"first"});
    all.touches.include_nonresponders = true;
    EXPECT_EQ(org.credited(all), "C1 1000");
}

TEST(Deals, WhoseTouchesCountIsTheModes) {
    SmallOrg org;
    org.facts.members[0].contact = "K2";
    auto request = request_for({"first"});
    EXPECT_EQ(org.credited(request), "C2 1000");
    request.touches.mode = PeopleMode::Account;
    EXPECT_EQ(org.credited(request), "C1 1000");
    request.touches.mode = PeopleMode::ContactRoleElseAccount;
    EXPECT_EQ(org.credited(request), "C2 1000");
    org.facts.roles.clear();
    EXPECT_EQ(org.credited(request), "C1 1000");
    request.touches.mode = PeopleMode::ContactRole;
    EXPECT_EQ(org.credited(request), "(none) 1000");
}

TEST(Deals, TypesAndWindowAreTheCallers) {
    SmallOrg org;
    org.facts.members.clear();
    org.facts.activities = {{"K1", "C1", 6, SmallOrg::at("2025-03-30T00:00:00Z")},
                            {"K1", "C2", 4, SmallOrg::at("2025-02-01T00:00:00Z")}};
    auto request = request_for({"last"});
    EXPECT_EQ(org.credited(request), "C2 1000");
    request.touches.activity_types = {6};
    EXPECT_EQ(org.credited(request), "C1 1000");
    request.touches.activity_types = {4};
    request.touches.window_days = 30;
    EXPECT_EQ(org.credited(request), "(none) 1000");
    EXPECT_EQ(report_on(org.facts, request).coverage.uncovered.front().why,
              Untouched::OutsideWindow);
    request.touches.activity_types = {};
    EXPECT_EQ(report_on(org.facts, request).coverage.uncovered.front().why,
              Untouched::NoneQualifies);
    org.facts.activities.clear();
    EXPECT_EQ(report_on(org.facts, request).coverage.uncovered.front().why, Untouched::NoTouch);
    org.facts.opportunities[0].created.reset();
    EXPECT_EQ(report_on(org.facts, request).coverage.uncovered.front().why, Untouched::NoCreation);
}

TEST(Deals, PipelineStopsAtTheCreationAndCountsLostAndOpenDealsToo) {
    SmallOrg org;
    org.facts.members[1].first_responded = parse_date("2025-04-20");
    org.facts.opportunities.push_back(org.facts.opportunities[0]);
    auto& open = org.facts.opportunities.back();
    open.id = "O2";
    open.is_won = open.is_closed = false;
    org.facts.roles.push_back({"O2", "K1", ""});
    auto request = request_for({"last"});
    const auto report = report_on(org.facts, request);
    const auto& last = report.models.front();
    EXPECT_EQ(credit_of(last, "C2").revenue, 1'000);
    EXPECT_EQ(credit_of(last, "C1").pipeline, 2'000);
    EXPECT_EQ(credit_of(last, "C1").expected, 1'000);
    request.open_only = true;
    EXPECT_EQ(credit_of(report_on(org.facts, request).models.front(), "C1").pipeline, 1'000);
    request.open_only = false;
    request.created_from = parse_date("2025-04-02");
    EXPECT_EQ(credit_of(report_on(org.facts, request).models.front(), "C1").pipeline, 0);
}

TEST(Deals, CustomNumbersAreOfTypeRoleAndPosition) {
    SmallOrg org;
    auto request = request_for({"custom"});
    EXPECT_EQ(org.credited(request), "C1 500 C2 500");
    request.importance.of_campaign_type["Webinar"] = 3;
    EXPECT_EQ(org.credited(request), "C1 750 C2 250");
    request.importance.of_position["last"] = 3;
    EXPECT_EQ(org.credited(request), "C1 500 C2 500");
    request.importance.of_role["User"] = 7;  // both touches are this person's
    EXPECT_EQ(org.credited(request), "C1 500 C2 500");
    request.importance.of_position = {{"2", 9}};
    EXPECT_EQ(org.credited(request), "C1 250 C2 750");
}

TEST(Deals, LearntModelsTakeWonDealsForConversionsAndLostOnesForNone) {
    SmallOrg org;
    // Lost deals that only C1 touched: C2 is on every won journey, C1 on every one too, but each
    // order of the chain says the same of this one.
    for (int i = 0; i < 3; ++i) {
        auto lost = org.facts.opportunities[0];
        lost.id = "X" + std::to_string(i);
        lost.is_won = false;
        org.facts.opportunities.push_back(lost);
        org.facts.roles.push_back({lost.id, "K9", ""});
    }
    org.facts.members.push_back({"M9",
                                 "C1",
                                 "",
                                 "K9",
                                 true,
                                 parse_date("2025-02-01"),
                                 SmallOrg::at("2025-02-01T00:00:00Z"),
                                 {}});
    EXPECT_EQ(org.credited(request_for({"markov:1"})), "C1 500 C2 500");
    // Without C2 the journey is that of the lost ones, rate 0; without C1 it was never seen.
    EXPECT_EQ(org.credited(request_for({"counterfactual:identity"})), "C1 500 C2 500");
    // A deal won through C1 alone: now C1 alone has a rate of 1/4, so C2 adds less.
    auto won = org.facts.opportunities[1];
    won.id = "Y";
    won.is_won = true;
    won.amount = 0;
    org.facts.opportunities.push_back(won);
    org.facts.roles.push_back({"Y", "K9", ""});
    // rate 1 - 0 without C1, 1 - 1/4 without C2
    EXPECT_EQ(org.credited(request_for({"counterfactual:identity"})), "C1 571.43 C2 428.57");
    // The chain: C1 of every walk, C2 of half of the converted weight.
    EXPECT_EQ(org.credited(request_for({"markov:1"})), "C1 666.67 C2 333.33");
    EXPECT_EQ(org.credited(request_for({"shapley"})), "C1 500 C2 500");
    const auto report = report_on(org.facts, request_for({"markov:1"}));
    ASSERT_EQ(report.warnings.size(), 2U);
    EXPECT_EQ(report.warnings[0], "markov:1: only 2 conversions to learn from, 200 are wanted");
    EXPECT_EQ(report.warnings[1], "markov:1: 2 channels are in fewer than 10 journeys: C1, C2");
}

TEST(Money, ADatedRateBeatsTheStaticOne) {
    CurrencyTable currencies;
    currencies.set("SEK", 10);
    currencies.add_dated("SEK", *parse_date("2025-01-01"), parse_date("2025-07-01"), 8);
    currencies.add_dated("SEK", *parse_date("2025-07-01"), {}, 16);
    EXPECT_EQ(currencies.corporate(80, "SEK"), 8);
    EXPECT_EQ(currencies.corporate(80, "SEK", parse_date("2024-12-31")), 8);
    EXPECT_EQ(currencies.corporate(80, "SEK", parse_date("2025-06-30")), 10);
    EXPECT_EQ(currencies.corporate(80, "SEK", parse_date("2025-07-01")), 5);
    EXPECT_EQ(currencies.corporate(80, ""), 80);
    EXPECT_EQ(currencies.corporate(80, "NOK"), std::nullopt);
}

TEST(Money, ReturnOnCost) {
    EXPECT_NEAR(*return_on(11'400, 20'000), 0.7544, 0.00005);
    EXPECT_EQ(return_on(0, 20'000), std::nullopt);
    EXPECT_EQ(return_on({}, 20'000), std::nullopt);
}

TEST(Money, AnUnknownCurrencyIsLeftOutAndSaid) {
    SmallOrg org;
    org.facts.opportunities[0].currency = "XYZ";
    const auto report = report_on(org.facts, request_for({"first"}));
    EXPECT_EQ(credit_of(report.models[0], "C1").revenue, 0);
    EXPECT_EQ(credit_of(report.models[0], "C1").won_deals, 1);
    ASSERT_EQ(report.warnings.size(), 1U);
    EXPECT_NE(report.warnings[0].find("\"XYZ\": the money of 1 opportunity"), std::string::npos);
}

TEST(Returns, AQualifiedLeadIsItsLastCampaigns) {
    SmallOrg org;
    const auto cost_per_mql = [&] {
        const auto report = report_on(org.facts, request_for({"linear"}));
        std::vector<std::optional<double>> costs;
        for (const auto& one : returns_of(org.facts, report, report.models.front()))
            costs.push_back(one.cost_per_mql);
        return costs;
    };
    using Costs = std::vector<std::optional<double>>;
    EXPECT_EQ(cost_per_mql(), (Costs{{}, {}}));
    org.facts.contacts[0].mql = SmallOrg::at("2025-02-28T23:00:00Z");
    EXPECT_EQ(cost_per_mql(), (Costs{100, {}}));
    org.facts.contacts[0].mql = SmallOrg::at("2025-03-01T10:00:00Z");
    EXPECT_EQ(cost_per_mql(), (Costs{{}, 50}));
    org.facts.contacts[0].mql = SmallOrg::at("2025-01-01T10:00:00Z");
    EXPECT_EQ(cost_per_mql(), (Costs{{}, {}}));
}

TEST(Returns, AParentCountsItselfAndAllBelowItOnce) {
    SmallOrg org;
    org.facts.campaigns.push_back({"C3", "Three", "", "", {}, ""});
    org.facts.campaigns[0].parent = "C3";
    org.facts.campaigns[1].parent = "C1";
    const auto by_linear = [&] {
        const auto report = report_on(org.facts, request_for({"linear"}));
        return returns_of(org.facts, report, report.models.front());
    };
    auto returns = by_linear();
    EXPECT_FALSE(returns[1].tree);
    ASSERT_TRUE(returns[2].tree);
    EXPECT_EQ(returns[2].roi, std::nullopt);
    EXPECT_EQ(returns[2].tree->campaigns, 3U);
    EXPECT_EQ(returns[2].tree->cost, 150);
    EXPECT_EQ(returns[2].tree->revenue, 1'000);
    EXPECT_NEAR(*returns[2].tree->roi, 850.0 / 150, 1e-12);
    EXPECT_EQ(returns[0].tree->cost, 150);
    EXPECT_EQ(returns[0].cost_per_response, 100);
    EXPECT_EQ(returns[0].cost_per_won_deal, 200);
    EXPECT_EQ(returns[0].pipeline_per_cost, 5);
    org.facts.campaigns[2].parent = "C2";  // a circle
    EXPECT_EQ(below_themselves(org.facts), (std::vector<std::string>{"C1", "C2", "C3"}));
    org.facts.campaigns.push_back({"C4", "Four", "", "C1", {}, ""});
    org.facts.campaigns.push_back({"C5", "Five", "", "C4", {}, ""});
    returns = by_linear();
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(returns[static_cast<std::size_t>(i)].tree);
    ASSERT_TRUE(returns[3].tree) << "what hangs on a circle has sums of its own";
    EXPECT_EQ(returns[3].tree->campaigns, 2U);
    EXPECT_EQ(below_themselves(org.facts).size(), 3U);
}

TEST(Returns, AParentsResponsesAndLeadsShareTheCostOfAll) {
    SmallOrg org;
    org.facts.campaigns[1].parent = "C1";
    org.facts.contacts[0].mql = SmallOrg::at("2025-03-01T10:00:00Z");
    const auto report = report_on(org.facts, request_for({"linear"}));
    const auto returns = returns_of(org.facts, report, report.models.front());
    ASSERT_TRUE(returns[0].tree);
    EXPECT_EQ(returns[0].tree->mqls, 1U);
    EXPECT_EQ(returns[0].tree->cost_per_mql, 150);
    EXPECT_EQ(returns[0].tree->responses, returns[0].responses + returns[1].responses);
    EXPECT_EQ(returns[0].tree->pipeline, returns[0].pipeline + returns[1].pipeline);
    EXPECT_EQ(returns[0].tree->cost_per_response,
              150.0 / static_cast<double>(returns[0].tree->responses));
}

// B25: 200 opportunities, 12 of them without any campaign.
TEST(Coverage, TwelveOfTwoHundredWithoutACampaignAreNinetyFourPercentCovered) {
    SmallOrg org;
    OpportunityFacts deal = org.facts.opportunities.front();
    org.facts.opportunities.clear();
    org.facts.roles.clear();
    for (int i = 0; i < 200; ++i) {
        deal.id = "O" + std::to_string(i);
        deal.campaign = i < 100 ? "C1" : "";  // a hundred by the primary campaign alone
        if (i >= 100 && i < 188) org.facts.roles.push_back({deal.id, "K1", ""});
        org.facts.opportunities.push_back(deal);
    }
    const auto coverage = report_on(org.facts, request_for({"linear"})).coverage;
    EXPECT_EQ(coverage.deals, 200U);
    EXPECT_EQ(coverage.without_campaign, 12U);
    EXPECT_DOUBLE_EQ(*ratio(static_cast<double>(coverage.deals - coverage.without_campaign),
                            static_cast<double>(coverage.deals)),
                     0.94);
}

}  // namespace
}  // namespace duet::attribution
