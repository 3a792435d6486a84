#pragma once

#include <stop_token>

#include "daemon/sync/apply_writes.h"
#include "daemon/sync/plan.h"

namespace duet::sync {

/// Applies just this plan. Both sides are looked at first, as a cycle in mode plan does; then each
/// line is compared with what would be planned for its entity now, and only what is the same to the
/// letter is written, by apply_writes. Everything else is told line by line: what changed since, or
/// what the rules decide now.
///
/// Refused as a whole (Rejected): the plan is of another org (DUET-6064), was made by other
/// documents (DUET-6063), the org is paused or in mode observe (DUET-5040, 5043). An Error is
/// otherwise the store's. Outcomes are in the order of the plan's lines.
Result<Applied> apply_plan(const Org& org, const Plan& plan, std::stop_token stop);

}  // namespace duet::sync
