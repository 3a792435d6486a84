#pragma once

#include "mappings/merge/decide.h"

namespace duet::routing {

/// Adds to `decision` who shall own the person's CRM record: of one that Duet makes with the
/// create, of one whose trigger came true as a write. Who was chosen is remembered, so that a
/// person takes one turn only. A rule that fails chooses nobody, and the trigger stays unspent.
/// While a side is not up to date nothing is decided or remembered: the entity waits.
void decide_routing(const merge::Inputs& inputs, merge::FactSource& facts,
                    merge::Decision& decision);

}  // namespace duet::routing
