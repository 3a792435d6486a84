#pragma once

#include <string_view>
#include <vector>

#include "daemon/sync/planner.h"

namespace duet::sync {

/// What undos put back on an entity, as a decision wants it.
[[nodiscard]] merge::Pins pins_of(std::vector<store::Pin> stored);

/// Forgets the pins that a decision found to be over. Inside the caller's transaction.
Status save_pins(Org& org, store::EntityId entity, const merge::Decision& decision);

/// Pins what an undo's write put back, and makes the pair that both sides hold now what they
/// agreed on, so that only the next change of either is one. Does nothing for other writes. Inside
/// the caller's transaction.
Status pin_undone(Org& org, const store::InFlight& write);

/// Ends the entity's pins, all or those of one rule: from now on the value that was refused counts
/// as a change that is to travel. Those that ended. In one transaction.
Result<std::vector<store::Pin>> release_pins(Org& org, store::EntityId entity,
                                             std::string_view rule);

}  // namespace duet::sync
