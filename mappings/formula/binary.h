#pragma once

#include <optional>

#include "mappings/decimal.h"

namespace duet::formula {

/// `base ^ exponent` through binary floating point, for exponents that are no whole number;
/// nothing when there is no such number or it is too large.
[[nodiscard]] std::optional<Decimal> binary_power(const Decimal& base, const Decimal& exponent);

}  // namespace duet::formula
