#pragma once

#include <optional>

#include "mappings/formula/machine.h"

namespace duet::formula {

/// The first instant after now at which the result may differ although no field changes; see
/// Formula::next_change. Runs the program once for each comparison that flips without effect
/// before; each watched comparison on its path costs about 25 evaluations of its operands (50 when
/// it reads NOW(), up to 3,660 when today moves both of its sides).
[[nodiscard]] std::optional<DateTime> find_next_change(const Setting& setting);

}  // namespace duet::formula
