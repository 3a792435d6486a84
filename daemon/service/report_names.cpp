// Campaigns with those below them, and the new names that campaigns brought.
#include <algorithm>
#include <utility>

#include "daemon/report/money_tables.h"
#include "daemon/service/new_names.h"
#include "daemon/service/report_parts.h"
#include "mappings/attribution/returns.h"

namespace duet::service {
namespace {

using report::Table;

std::string name_of(const attribution::OrgFacts& facts, const std::string& id) {
    if (id == attribution::kNobody) return std::string(report::kNoCampaign);
    const auto found = std::find_if(facts.campaigns.begin(), facts.campaigns.end(),
                                    [&](const auto& campaign) { return campaign.id == id; });
    return found == facts.campaigns.end() || found->name.empty() ? id : found->name;
}

}  // namespace

void add_trees(const ReportScope& scope, const PeopleFacts& people,
               const attribution::OrgFacts& facts, const attribution::Report& won,
               const attribution::Report& pipeline, report::Report& report) {
    for (const std::string& id : attribution::below_themselves(facts)) {
        report.notes.push_back("The campaign " + name_of(facts, id) +
                               " is below itself: what is below it is not added up.");
    }
    const std::string stage = people.qualified_stage.empty() ? "Qualified" : people.qualified_stage;
    Table table = report::trees_table(scope.currency, stage);
    attribution::Report counted;
    for (const auto& [campaign, number] : people.qualified_by)
        counted.mqls[campaign] = static_cast<std::size_t>(number);
    for (std::size_t m = 0; m < won.models.size(); ++m) {
        attribution::ModelReport model = won.models[m];
        for (auto& credit : model.campaigns) {
            credit.pipeline = 0;
            for (const auto& other : pipeline.models[m].campaigns) {
                if (other.campaign == credit.campaign) credit.pipeline = other.pipeline;
            }
        }
        for (const auto& one : attribution::returns_of(facts, counted, model)) {
            if (!one.tree) continue;
            const auto& tree = *one.tree;
            table.rows.push_back({name_of(facts, one.campaign), model.model,
                                  count(static_cast<std::int64_t>(tree.campaigns)), cell(tree.cost),
                                  tree.revenue, tree.pipeline, tree.won_deals, cell(tree.roi),
                                  count(static_cast<std::int64_t>(tree.mqls)),
                                  cell(tree.cost_per_mql)});
        }
    }
    if (!table.rows.empty()) report.tables.push_back(std::move(table));
}

Status add_new_names(sync::Org& org, const ReportScope& scope, const attribution::OrgFacts& facts,
                     report::Report& report) {
    const auto within = [&](DateTime at) { return scope.asked.period.holds(at); };
    auto found = new_names(org, {within, within});
    if (!found) return std::move(found).error();
    Table table = report::new_names_table(
        scope.currency,
        "Deals created in the period with companies that had won nothing before and with which "
        "nobody was dealing when the campaign touched them, by what they are worth in a year; a "
        "deal counts for every campaign that brought it. People who were qualified in the period, "
        "and those of them for the first time.");
    const auto add = [&](std::string name, const attribution::NewNames& one) {
        table.rows.push_back({std::move(name), count(static_cast<std::int64_t>(one.deals)),
                              one.value, count(static_cast<std::int64_t>(one.qualified)),
                              count(static_cast<std::int64_t>(one.net_new))});
    };
    for (const auto& one : found->campaigns) add(name_of(facts, one.campaign), one);
    add("All", found->all);
    report.tables.push_back(std::move(table));
    return Done{};
}

}  // namespace duet::service
