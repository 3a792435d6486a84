#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "daemon/report/money_tables.h"
#include "daemon/service/report_parts.h"
#include "mappings/attribution/report.h"
#include "mappings/document/document.h"

namespace duet::service {
namespace {

using attribution::OpportunityFacts;
using attribution::OrgFacts;
using report::Kind;
using report::Table;

double corporate(const OrgFacts& facts, const OpportunityFacts& deal) {
    return facts.currencies.corporate(deal.amount.value_or(0), deal.currency, deal.close)
        .value_or(0);
}

/// The facts with other deals.
OrgFacts with_deals(const OrgFacts& facts, const std::function<bool(const OpportunityFacts&)>& of) {
    OrgFacts kept = facts;
    std::erase_if(kept.opportunities, [&](const auto& deal) { return !of(deal); });
    return kept;
}

/// A name for each campaign; the second of one name also shows its id.
std::map<std::string, std::string> names_of(const OrgFacts& facts) {
    std::map<std::string, int> times;
    for (const auto& campaign : facts.campaigns) ++times[campaign.name];
    std::map<std::string, std::string> names{
        {std::string(attribution::kNobody), std::string(report::kNoCampaign)}};
    for (const auto& campaign : facts.campaigns) {
        names[campaign.id] = campaign.name.empty()       ? campaign.id
                             : times[campaign.name] == 1 ? campaign.name
                                                         : campaign.name + " " + campaign.id;
    }
    return names;
}

std::string name_of(const std::map<std::string, std::string>& names, const std::string& id) {
    const auto found = names.find(id);
    return found == names.end() ? id : found->second;
}

/// The sentence with campaigns by their names.
std::string with_names(std::string sentence, const std::map<std::string, std::string>& names) {
    for (const auto& [id, name] : names) {
        if (id.empty() || id == attribution::kNobody) continue;
        const std::size_t at = sentence.find(id);
        if (at != std::string::npos) sentence.replace(at, id.size(), name);
    }
    return sentence;
}

std::optional<double> cost_of(const OrgFacts& facts, const std::string& campaign) {
    for (const auto& one : facts.campaigns) {
        if (one.id == campaign && one.actual_cost)
            return facts.currencies.corporate(*one.actual_cost, one.currency);
    }
    return std::nullopt;
}

Table credits_table(const OrgFacts& facts, const attribution::Report& won,
                    const attribution::Report& pipeline, const std::string& unit) {
    Table table = report::credits_table(
        unit,
        "What each model credits each campaign with: money of deals won in the period, and of "
        "deals created in it.");
    const auto names = names_of(facts);
    for (std::size_t m = 0; m < won.models.size(); ++m) {
        const auto& model = won.models[m];
        for (std::size_t c = 0; c < model.campaigns.size(); ++c) {
            const auto& credit = model.campaigns[c];
            double in_pipeline = 0;
            for (const auto& other : pipeline.models[m].campaigns) {
                if (other.campaign == credit.campaign) in_pipeline = other.pipeline;
            }
            table.rows.push_back(
                {name_of(names, credit.campaign), model.model, credit.revenue, in_pipeline,
                 credit.won_deals,
                 cell(attribution::return_on(cost_of(facts, credit.campaign), credit.revenue))});
        }
    }
    return table;
}

Table campaigns_table(const OrgFacts& facts, const PeopleFacts& people, const std::string& unit) {
    const std::string stage = people.qualified_stage.empty() ? "Qualified" : people.qualified_stage;
    Table table = report::campaigns_table(
        unit, stage,
        "Actual cost as the CRM holds it; who became " + stage +
            " in the period by something that belongs to the campaign. A campaign without a cost "
            "has no return, which is not a return of 0.");
    const auto names = names_of(facts);
    for (const auto& campaign : facts.campaigns) {
        const auto cost = cost_of(facts, campaign.id);
        const auto found = people.qualified_by.find(campaign.id);
        const double qualified =
            found == people.qualified_by.end() ? 0 : static_cast<double>(found->second);
        table.rows.push_back({name_of(names, campaign.id), cell(cost), qualified,
                              cell(attribution::ratio(cost, qualified))});
    }
    return table;
}

/// Deals that no campaign is named for, neither by people nor by a touch.
void add_any_campaign(const attribution::Coverage& pipeline, report::Report& report) {
    const auto deals = static_cast<double>(pipeline.deals);
    const auto without = static_cast<double>(pipeline.without_campaign);
    report.figures.push_back({{"with_campaign", "New deals with a campaign", Kind::Share, "share"},
                              cell(attribution::ratio(deals - without, deals))});
}

Table coverage_table(const attribution::Coverage& won, const attribution::Coverage& pipeline,
                     const std::string& unit) {
    Table table = report::coverage_table(unit);
    table.rows.push_back(
        report::coverage_row("Won revenue", static_cast<double>(won.won_deals), won.won_amount,
                             static_cast<double>(won.won_untouched), won.won_untouched_amount));
    table.rows.push_back(report::coverage_row(
        "Pipeline", static_cast<double>(pipeline.pipeline_deals), pipeline.pipeline_amount,
        static_cast<double>(pipeline.pipeline_untouched), pipeline.pipeline_untouched_amount));
    return table;
}

Table uncovered_table(const OrgFacts& facts, const attribution::Coverage& won,
                      const std::string& unit) {
    Table table =
        report::uncovered_table(unit, "Won deals of the period without a touch, by the reason.");
    std::map<std::string, std::pair<double, double>> found;
    std::map<std::string_view, const OpportunityFacts*> deals;
    for (const auto& deal : facts.opportunities) deals.emplace(deal.id, &deal);
    for (const auto& one : won.uncovered) {
        if (!one.is_won || one.why == attribution::Untouched::No) continue;
        auto& [number, amount] = found[std::string(report::sentence_of(one.why))];
        number += 1;
        const auto deal = deals.find(one.opportunity);
        if (deal != deals.end()) amount += corporate(facts, *deal->second);
    }
    for (const auto& [reason, sums] : found)
        table.rows.push_back({reason, sums.first, sums.second});
    return table;
}

}  // namespace

Status add_campaigns(const ReportScope& scope, const PeopleFacts& people, const OrgFacts& facts,
                     report::Report& report) {
    attribution::ReportRequest request;
    request.models = scope.models;
    request.touches.activity_types = {1};
    request.now = scope.asked.as_of;
    const auto won_facts =
        with_deals(facts, [&](const OpportunityFacts& deal) { return closed_within(deal, scope); });
    const auto new_facts = with_deals(facts, [&](const OpportunityFacts& deal) {
        return deal.created && scope.asked.period.holds(*deal.created);
    });
    const auto won = attribution::report_on(won_facts, request);
    const auto pipeline = attribution::report_on(new_facts, request);
    report.notes.insert(report.notes.end(), won.notes.begin(), won.notes.end());
    for (const std::string& warning : won.warnings)
        report.notes.push_back(with_names(warning, names_of(facts)));
    report.tables.push_back(credits_table(facts, won, pipeline, scope.currency));
    report.tables.push_back(campaigns_table(facts, people, scope.currency));
    add_trees(scope, people, facts, won, pipeline, report);
    report.tables.push_back(coverage_table(won.coverage, pipeline.coverage, scope.currency));
    report.tables.push_back(uncovered_table(won_facts, won.coverage, scope.currency));
    const Table& coverage = *report.find("coverage");
    report.figures.push_back(
        {{"covered", "Won revenue touched by a campaign", Kind::Share, "share"},
         coverage.cell(0, "covered")});
    add_any_campaign(pipeline.coverage, report);
    return Done{};
}

}  // namespace duet::service
