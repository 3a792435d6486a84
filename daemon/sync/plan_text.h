#pragma once

#include <string>

#include "daemon/sync/plan.h"

namespace duet::sync {

/// A plan for people to read: every write, field by field, and then what it comes to. The same plan
/// has the same text, byte for byte. Holds people's data.
[[nodiscard]] std::string plan_text(const Plan& plan);

}  // namespace duet::sync
