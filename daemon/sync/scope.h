#pragma once

#include "daemon/sync/planner.h"

namespace duet::sync {

/// Puts into the plan since when its entity is outside the scope, and whether its records are
/// linked no more for that. Leaving the scope changes nothing for the grace time of the document;
/// then what both sides agreed on is forgotten, save opt-outs, and the records are free for other
/// partners. Nothing is ever written or deleted for it. Back inside, both sides meet anew.
void judge_scope(EntityPlan& plan, const document::EntityDocument& document, Instant now);

/// Stores what judge_scope said, and queues whoever may be matched for it. In a transaction.
Status save_scope(Org& org, const EntityPlan& plan);

}  // namespace duet::sync
