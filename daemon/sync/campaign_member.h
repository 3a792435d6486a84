#pragma once

#include <vector>

#include "daemon/sync/planner.h"

namespace duet::sync {

/// Whether the row is a member of a campaign that Duet made: nothing that the person did.
[[nodiscard]] bool is_own_member(const Model& model, Side side, const store::SeenRow& row);

/// Who entered the stage that `campaign_member` of the lifecycle names, and is no member of the
/// campaign that brought them there, becomes one: as a write. Whom people took off it stays off,
/// and a campaign that a list owns is the list's. Call it when the decision is made.
Status add_campaign_member(const Org& org, RecordCache& cache,
                           const std::vector<store::Link>& links, EntityPlan& plan);

}  // namespace duet::sync
