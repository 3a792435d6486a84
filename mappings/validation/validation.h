#pragma once

#include <string>

#include "mappings/merge/decide.h"

namespace duet::validation {

/// Asks every validation of the entity's records and notes the broken ones in `decision.broken`,
/// in the documents' order. `decision.next_change` is lowered to the first instant at which one
/// may answer otherwise with no new data.
void ask_all(const merge::Inputs& inputs, merge::Decision& decision);

/// True when a broken validation holds the whole record back: the decision is then Quarantined
/// with its message. An `error_when` that fails holds as a broken one does.
[[nodiscard]] bool puts_aside(merge::Decision& decision);

/// For a decision with nothing left to write and fields held back: Quarantined, naming the fields.
void puts_fields_aside(merge::Decision& decision);

/// For a person: which rule, what it holds back, and its message.
[[nodiscard]] std::string sentence(const merge::BrokenRule& rule);

}  // namespace duet::validation
