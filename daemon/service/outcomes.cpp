#include "daemon/service/outcomes.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/service/told_values.h"

namespace duet::service {
namespace {

using attribution::OpportunityFacts;
using lifecycle::Outcome;
using lifecycle::OutcomeCounts;
using nlohmann::json;

double in_corporate(const attribution::OrgFacts& facts, const OpportunityFacts& deal,
                    double money) {
    return facts.currencies.corporate(money, deal.currency, deal.close).value_or(0);
}

double& part_of(OutcomeCounts& counts, Outcome outcome) {
    if (outcome == Outcome::Won) return counts.won;
    return outcome == Outcome::Lost ? counts.lost : counts.lapsed;
}

json rate_json(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json outcome_json(const OutcomeCounts& counts, bool knows_lapsed) {
    const auto part = [&](Outcome outcome) {
        return knows_lapsed ? rate_json(counts.three_way(outcome)) : json(nullptr);
    };
    return {{"won", counts.won},
            {"lost", counts.lost},
            {"lapsed", knows_lapsed ? json(counts.lapsed) : json(nullptr)},
            {"win_rate", rate_json(counts.win_rate())},
            {"three_way",
             {{"won", part(Outcome::Won)},
              {"lost", part(Outcome::Lost)},
              {"lapsed", part(Outcome::Lapsed)}}}};
}

}  // namespace

Result<std::optional<Outcomes>> outcomes_of(sync::Org& org, const ReportScope& scope,
                                            const attribution::OrgFacts& facts) {
    if (facts.opportunities.empty()) return std::optional<Outcomes>{};
    auto known = values_by_record(org, EntityKind::Opportunity, "Duet.Outcome");
    if (!known) return std::move(known).error();
    Outcomes outcomes;
    outcomes.knows_lapsed = !known->empty();
    for (const OpportunityFacts& deal : facts.opportunities) {
        if (deal.is_closed && !closed_within(deal, scope)) continue;
        const auto found = known->find(deal.id);
        const bool is_lapsed = found != known->end() && same_name(found->second, "lapsed");
        const double amount = in_corporate(facts, deal, deal.amount.value_or(0));
        if (!deal.is_won && !deal.is_closed && !is_lapsed) {
            outcomes.open_deals += 1;
            outcomes.open_amount += amount;
            continue;
        }
        const Outcome outcome = deal.is_won      ? Outcome::Won
                                : deal.is_closed ? Outcome::Lost
                                                 : Outcome::Lapsed;
        part_of(outcomes.deals, outcome) += 1;
        part_of(outcomes.amount, outcome) += amount;
        part_of(outcomes.value, outcome) +=
            in_corporate(facts, deal, attribution::value_in_a_year(deal));
    }
    return std::optional<Outcomes>{outcomes};
}

json outcomes_json(const std::optional<Outcomes>& outcomes) {
    if (!outcomes) return nullptr;
    return {{"deals", outcome_json(outcomes->deals, outcomes->knows_lapsed)},
            {"value", outcome_json(outcomes->value, outcomes->knows_lapsed)}};
}

}  // namespace duet::service
