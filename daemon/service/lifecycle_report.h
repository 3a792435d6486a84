#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"
#include "mappings/lifecycle/funnel.h"
#include "mappings/lifecycle/replay.h"

namespace duet::service {

/// What figures are asked for, with what was left out filled in.
struct ReportPeriod {
    DateTime as_of{};
    lifecycle::Period period{};
    int horizon_days = 90;
};

/// The instant or date under `key`; an end that is a date counts whole. Nothing when it is absent;
/// Rejected (DUET-6092) when it is neither.
Result<std::optional<DateTime>> told_moment(const nlohmann::json& body, const char* key,
                                            bool is_end, const lifecycle::Days& days);

/// Reads "as_of", "since", "until" (instants, or dates of `days`; an end that is a date counts
/// whole) and "horizon_days" of `body`. Rejected (DUET-6092) when they say no period.
Result<ReportPeriod> period_of(const nlohmann::json& body, DateTime now,
                               const lifecycle::Days& days);

/// The names of the stages of rank 0 and above, by rising rank.
std::vector<std::string> ladder_of(const lifecycle::Model& model);

/// Where all people stand, and how they came and went: stages with flow and ageing, and of each
/// pair of neighbours on the ladder conversion by cohort and by period, and velocity. Rejected when
/// the documents have no lifecycle with transitions, or `body` says no period. `body`: "as_of",
/// "since", "until" (instants or dates), "horizon_days"; all may be absent: now, the year
/// before, 90. What became of deals stands beside it. "page": true adds the same, the moves and the
/// sizes of stages as a report (`duet-report/1`) under "page".
Result<nlohmann::json> lifecycle_report(sync::Org& org, const nlohmann::json& body);

/// Entries into stages, oldest first: from, to, at, event, record, reason, owner, campaign, cycle,
/// skipped, reopened.
[[nodiscard]] nlohmann::json stages_json(const std::vector<lifecycle::Row>& rows);

}  // namespace duet::service
