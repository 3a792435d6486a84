#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/service/report_parts.h"
#include "daemon/sync/org.h"
#include "mappings/attribution/facts.h"
#include "mappings/lifecycle/outcome.h"

namespace duet::service {

/// What became of deals: won and lost in the period, and those that are open now. Money is in the
/// corporate currency; of a currency without a rate it is 0.
struct Outcomes {
    lifecycle::OutcomeCounts deals{};
    lifecycle::OutcomeCounts amount{};
    lifecycle::OutcomeCounts value{};  // in a year, where the documents say; else the amount
    double open_deals = 0;             // worked on
    double open_amount = 0;
    bool knows_lapsed = false;  // whether the documents fill a field with Duet.Outcome
};

/// Nothing where no deal is known of that was closed in the period or is open.
Result<std::optional<Outcomes>> outcomes_of(sync::Org& org, const ReportScope& scope,
                                            const attribution::OrgFacts& facts);

/// The tables `deals` and `win_rates`, and what they come to. `currency`: the unit of money.
void add_outcomes(const Outcomes& outcomes, const std::string& currency, report::Report& report);

/// Counts and rates by number and by value, as `duet lifecycle --json` tells them; null where
/// nothing is known. What only a field with Duet.Outcome tells is null without one.
[[nodiscard]] nlohmann::json outcomes_json(const std::optional<Outcomes>& outcomes);

}  // namespace duet::service
