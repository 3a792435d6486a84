#pragma once

#include <string>

#include "mappings/merge/decide.h"

namespace duet::lifecycle {

/// The stage of a person: the first stage of the documents whose rule is true. When no rule is
/// true, or one that stands before the first true one fails, the stage stays as it was.
[[nodiscard]] std::string stage_of(const merge::Inputs& inputs, merge::Decision& decision);

}  // namespace duet::lifecycle
