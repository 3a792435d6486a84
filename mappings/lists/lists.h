#pragma once

#include "mappings/merge/decide.h"

namespace duet::lists {

/// Adds to `decision.memberships` what the list rules ask for: who joins, who leaves. A rule that
/// fails leaves the membership as it is; a `suppress_when` that fails suppresses. A membership
/// that the person opted out of is neither removed nor made anew. Nothing is decided while the
/// person has no marketing record or that side is not up to date.
void decide_memberships(const merge::Inputs& inputs, merge::FactSource& facts,
                        merge::Decision& decision);

/// Where a person stands of whom nothing may be decided: each membership stays as it is, and what
/// is remembered too. Who is on a list with a cap has their place; who is not leaves it to others.
void hold_memberships(const merge::Inputs& inputs, merge::Decision& decision);

}  // namespace duet::lists
