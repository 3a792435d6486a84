#pragma once

#include <string>

#include "mappings/lifecycle/replay.h"

namespace duet::lifecycle {

/// "2025-02-03 14:00" or "2025-02-03", in UTC.
DateTime at(const std::string& text);
Date day(const std::string& text);

/// The model that the reference describes: VISITOR to CUSTOMER, NURTURE, DORMANT, DISQUALIFIED.
LifecycleRules reference_rules();

/// The reference's own person: two cycles, lost in the first and won in the second.
Facts reference_person();

}  // namespace duet::lifecycle
