#pragma once

#include "mappings/merge/decide.h"

namespace duet::validation {

/// Runs the validations of the entity's CRM record. True when one puts it aside: the decision is
/// then Quarantined with the rule's message. An `error_when` that fails quarantines too.
[[nodiscard]] bool puts_aside(const merge::Inputs& inputs, merge::Decision& decision);

}  // namespace duet::validation
