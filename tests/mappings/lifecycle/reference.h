#pragma once

#include <string>

#include "mappings/lifecycle/replay.h"

namespace duet::lifecycle {

/// "2025-02-03 14:00" or "2025-02-03", in UTC.
DateTime at(const std::string& text);
Date day(const std::string& text);

/// The rules of the shipped documents, mappings/presets/lifecycle. Throws what is wrong with them.
const LifecycleRules& reference_rules();

/// The reference's own person: two cycles, lost in the first and won in the second.
Facts reference_person();

}  // namespace duet::lifecycle
