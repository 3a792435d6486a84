// Companies by stage, and what became of deals.
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "daemon/service/outcomes.h"
#include "daemon/service/report_parts.h"
#include "daemon/service/told_values.h"

namespace duet::service {
namespace {

using lifecycle::Outcome;
using lifecycle::OutcomeCounts;
using report::Column;
using report::Kind;
using report::Table;

Status add_accounts(sync::Org& org, report::Report& report) {
    auto stages = values_by_record(org, EntityKind::Account, "Duet.Stage");
    if (!stages) return std::move(stages).error();
    if (stages->empty()) return Done{};
    std::map<std::string, std::int64_t> counts;
    for (const auto& [account, stage] : *stages) ++counts[stage];
    Table table{"accounts",
                "Companies by stage",
                "The stage of each company, from where its people stand, as the CRM holds it.",
                {{"stage", "Stage"}, {"accounts", "Companies", Kind::Count, "companies"}}};
    const auto add = [&](const std::string& stage, const std::string& shown_name) {
        const auto found = counts.find(stage);
        if (found == counts.end()) return;
        table.rows.push_back({shown_name, count(found->second)});
        counts.erase(found);
    };
    if (const Table* known = report.find("stages")) {
        for (std::size_t i = 0; i < known->rows.size(); ++i)
            add(known->text(i, "stage"), known->text(i, "stage"));
    }
    add("", "(none yet)");
    for (const auto& [stage, number] : counts) table.rows.push_back({stage, count(number)});
    report.tables.push_back(std::move(table));
    return Done{};
}

Table deals_table(const Outcomes& outcomes, const std::string& unit) {
    Table table{"deals",
                "What became of deals",
                "Deals won and lost in the period, and those that are open now: worked on, or "
                "lapsed because nobody cared for them. Amounts are as the CRM holds them now.",
                {{"outcome", "Outcome"},
                 {"deals", "Deals", Kind::Count, "deals"},
                 {"amount", "Amount", Kind::Money, unit}}};
    table.rows.push_back({"Won", outcomes.deals.won, outcomes.amount.won});
    table.rows.push_back({"Lost", outcomes.deals.lost, outcomes.amount.lost});
    if (outcomes.knows_lapsed)
        table.rows.push_back({"Lapsed", outcomes.deals.lapsed, outcomes.amount.lapsed});
    table.rows.push_back({"Open", outcomes.open_deals, outcomes.open_amount});
    return table;
}

Table rates_table(const Outcomes& outcomes) {
    const auto share = [](const char* id, const char* title) {
        return Column{id, title, Kind::Share, "share"};
    };
    Table table{"win_rates",
                "Win rates",
                "Won, of deals won and lost in the period; and the shares of all three outcomes, "
                "where the documents tell which deals lapsed. By their number, and by what they "
                "are worth in a year where the documents say so, else by their amount.",
                {{"by", "Measured by"},
                 share("win_rate", "Won, of won and lost"),
                 share("won", "Won, of all three"),
                 share("lost", "Lost, of all three"),
                 share("lapsed", "Lapsed, of all three")}};
    const auto add = [&](const char* name, const OutcomeCounts& counts) {
        const auto part = [&](Outcome outcome) {
            return outcomes.knows_lapsed ? cell(counts.three_way(outcome)) : report::Cell();
        };
        table.rows.push_back({name, cell(counts.win_rate()), part(Outcome::Won),
                              part(Outcome::Lost), part(Outcome::Lapsed)});
    };
    add("Number", outcomes.deals);
    add("Value", outcomes.value);
    return table;
}

}  // namespace

void add_outcomes(const Outcomes& outcomes, const std::string& currency, report::Report& report) {
    report.tables.push_back(deals_table(outcomes, currency));
    report.tables.push_back(rates_table(outcomes));
    report.figures.push_back(
        {{"won", "Won in the period", Kind::Money, currency}, outcomes.amount.won});
    const bool three = outcomes.knows_lapsed;
    report.figures.push_back(
        {{"win_rate", three ? "Won, of won, lost and lapsed deals" : "Won, of won and lost deals",
          Kind::Share, "share"},
         cell(three ? outcomes.deals.three_way(Outcome::Won) : outcomes.deals.win_rate())});
}

Status add_business(sync::Org& org, const ReportScope& scope, const attribution::OrgFacts& facts,
                    report::Report& report) {
    if (auto added = add_accounts(org, report); !added) return added;
    auto found = outcomes_of(org, scope, facts);
    if (!found) return std::move(found).error();
    if (*found) add_outcomes(**found, scope.currency, report);
    return Done{};
}

}  // namespace duet::service
