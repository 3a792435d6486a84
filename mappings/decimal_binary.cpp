// The two places where a decimal meets binary floating point, for functions that have no exact
// result.
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "mappings/decimal.h"

namespace duet {

double Decimal::to_double() const noexcept {
    const std::string text = raw(coefficient_, 0).to_string() + "e" + std::to_string(-scale_);
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault == std::errc{} || scale_ > 0) return value;  // too small for a binary number: 0
    return is_negative() ? -HUGE_VAL : HUGE_VAL;
}

std::optional<Decimal> Decimal::from_double(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    std::array<char, 32> buffer;
    const auto [end, fault] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                            std::chars_format::scientific);
    if (fault != std::errc{}) return std::nullopt;
    return parse({buffer.data(), static_cast<std::size_t>(end - buffer.data())});
}

}  // namespace duet
