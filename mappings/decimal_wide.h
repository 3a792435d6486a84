#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <utility>

/// Unsigned whole numbers of 128 and 256 bits, for Decimal's own sources only.
namespace duet::wide {

__extension__ using Wide = unsigned __int128;

constexpr int kMaxDigits = 38;    // 10^38 < 2^127 < 10^39
constexpr int kChunkDigits = 19;  // 10^19 < 2^64 < 10^20

constexpr auto kPowers = [] {
    std::array<Wide, kMaxDigits + 1> powers{};
    Wide power = 1;
    for (Wide& slot : powers) {
        slot = power;
        power *= 10;
    }
    return powers;
}();

/// 10^exponent, for exponents from 0 to 38.
constexpr Wide power_of_ten(int exponent) { return kPowers[static_cast<std::size_t>(exponent)]; }
/// A coefficient's size stays below this.
constexpr Wide kLimit = power_of_ten(kMaxDigits);

/// How many decimal digits `value` has; 0 for 0, 39 for 10^38 and above.
inline int digit_count(Wide value) {
    return static_cast<int>(std::upper_bound(kPowers.begin(), kPowers.end(), value) -
                            kPowers.begin());
}

/// An unsigned number of 256 bits: what the product of two coefficients needs.
struct Double {
    Wide high = 0;
    Wide low = 0;
    auto operator<=>(const Double&) const = default;
};

inline Double product(Wide a, Wide b) {
    const auto low_half = [](Wide value) {
        return static_cast<Wide>(static_cast<std::uint64_t>(value));
    };
    const Wide a0 = low_half(a), a1 = a >> 64, b0 = low_half(b), b1 = b >> 64;
    const Wide low = a0 * b0;
    const Wide cross = a1 * b0 + (low >> 64);
    const Wide middle = a0 * b1 + low_half(cross);
    return {a1 * b1 + (cross >> 64) + (middle >> 64), (middle << 64) | low_half(low)};
}

inline Double sum(const Double& a, const Double& b) {
    Double result{a.high + b.high, a.low + b.low};
    if (result.low < a.low) ++result.high;
    return result;
}

/// a - b, for a >= b.
inline Double difference(const Double& a, const Double& b) {
    Double result{a.high - b.high, a.low - b.low};
    if (a.low < b.low) --result.high;
    return result;
}

/// Divides in place and returns the remainder; 64 bits of quotient at a time.
inline std::uint64_t divide_by(Double& value, std::uint64_t divisor) {
    Wide remainder = 0;
    const auto step = [&](Wide part) {
        const Wide top = (remainder << 64) | (part >> 64);
        remainder = top % divisor;
        const Wide bottom = (remainder << 64) | static_cast<std::uint64_t>(part);
        remainder = bottom % divisor;
        return ((top / divisor) << 64) | (bottom / divisor);
    };
    value.high = step(value.high);
    value.low = step(value.low);
    return static_cast<std::uint64_t>(remainder);
}

inline int digit_count(Double value) {
    int digits = 0;
    while (value.high != 0) {
        divide_by(value, static_cast<std::uint64_t>(power_of_ten(kChunkDigits)));
        digits += kChunkDigits;
    }
    return digits + digit_count(value.low);
}

enum class Rounding : std::uint8_t { HalfUp, Cut };

/// What is left of a number whose last digits were dropped.
struct Kept {
    Double size;
    bool exact = true;  // only zeros were dropped
};

/// `value / 10^digits`, for up to 80 digits. Only the last chunk decides about rounding, because
/// it holds the first digit that is dropped.
inline Kept drop_digits(Double value, int digits, Rounding rounding) {
    Kept kept{value};
    bool up = false;
    while (digits > 0) {
        const int chunk = std::min(digits, kChunkDigits);
        const auto divisor = static_cast<std::uint64_t>(power_of_ten(chunk));
        const std::uint64_t dropped = divide_by(kept.size, divisor);
        kept.exact = kept.exact && dropped == 0;
        up = dropped >= divisor / 2;
        digits -= chunk;
    }
    if (up && rounding == Rounding::HalfUp) kept.size = sum(kept.size, {0, 1});
    return kept;
}

/// `value * 10^exponent`, for up to 76 digits in all.
inline Double shifted(Wide value, int exponent) {
    const int first = std::min(exponent, kMaxDigits - digit_count(value));
    return product(value * power_of_ten(first), power_of_ten(exponent - first));
}

/// `dividend / divisor` by shift and subtract, for divisors below 2^127. The quotient is right
/// when it fits 128 bits, the remainder always.
inline std::pair<Wide, Wide> divide_wide(const Double& dividend, Wide divisor) {
    Wide quotient = 0;
    Wide remainder = dividend.high % divisor;
    for (int bit = 127; bit >= 0; --bit) {
        remainder = (remainder << 1) | ((dividend.low >> bit) & 1);
        quotient <<= 1;
        if (remainder >= divisor) {
            remainder -= divisor;
            quotient |= 1;
        }
    }
    return {quotient, remainder};
}

}  // namespace duet::wide
