#pragma once

#include <string>
#include <string_view>

#include "daemon/sync/planner.h"

namespace duet::sync {

/// Who lets somebody back in, and why, in their own words: kept in the audit.
struct Permission {
    std::string by;
    std::string because;
};

/// Takes back a person's opt-out: from now on the flags of the consent rule that say "out" may be
/// turned by Duet, each once; an opt-out that anybody makes from now on wins again. The audit gets
/// its row and the entity is decided anew, in one transaction. `field`: the rule's name or one of
/// its fields. The rule's name; Rejected when there is no such rule or nobody is opted out by it.
Result<std::string> allow_back_in(Org& org, store::EntityId id, std::string_view field,
                                  const Permission& permission);

/// Keeps what a decision left of its allowances. Inside the caller's transaction.
Status save_allowances(Org& org, const EntityPlan& plan);

/// A flag was turned, or an attempt to turn it was lost: whatever it says next is news. Inside the
/// caller's transaction.
Status end_allowances(Org& org, const store::InFlight& write);

}  // namespace duet::sync
