#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"
#include "mappings/lifecycle/replay.h"

namespace duet::service {

/// Where all people stand, and how they came and went: stages with flow and ageing, and of each
/// pair of neighbours on the ladder conversion by cohort and by period, and velocity. Rejected when
/// the documents have no lifecycle with transitions, or `body` says no period. `body`: "as_of",
/// "since", "until" (instants or dates), "horizon_days"; all may be absent: now, the year
/// before, 90.
Result<nlohmann::json> lifecycle_report(sync::Org& org, const nlohmann::json& body);

/// Entries into stages, oldest first: from, to, at, event, record, reason, owner, campaign, cycle,
/// skipped, reopened.
[[nodiscard]] nlohmann::json stages_json(const std::vector<lifecycle::Row>& rows);

}  // namespace duet::service
