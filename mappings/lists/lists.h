#pragma once

#include "mappings/merge/decide.h"

namespace duet::lists {

/// Adds to `decision.memberships` what the list rules ask for: who joins, who leaves. A rule that
/// fails leaves the membership as it is; a `suppress_when` that fails suppresses. A membership
/// that the person opted out of is neither removed nor made anew. Nothing is decided while the
/// person has no marketing record or that side is not up to date.
void decide_memberships(const merge::Inputs& inputs, merge::FactSource& facts,
                        merge::Decision& decision);

}  // namespace duet::lists
