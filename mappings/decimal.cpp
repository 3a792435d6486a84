#include "mappings/decimal.h"

#include <algorithm>

#include "mappings/decimal_wide.h"

namespace duet {
namespace {

using wide::Double;
using wide::drop_digits;
using wide::Kept;
using wide::kLimit;
using wide::kMaxDigits;
using wide::power_of_ten;
using wide::product;
using wide::Rounding;
using wide::Wide;

constexpr Wide magnitude(Decimal::Coefficient value) {
    return value < 0 ? Wide{0} - static_cast<Wide>(value) : static_cast<Wide>(value);
}

/// `size * 10^-scale`, its zeros before the point written out while they fit. The caller has
/// checked that `size` is below the limit and the scale in range.
Decimal signed_decimal(bool negative, Wide size, int scale) {
    if (scale < 0 && wide::digit_count(size) - scale <= kMaxDigits) {
        size *= power_of_ten(-scale);
        scale = 0;
    }
    const auto coefficient = static_cast<Decimal::Coefficient>(size);
    return Decimal::raw(negative ? -coefficient : coefficient, scale);
}

bool fits(const Double& value) { return value.high == 0 && value.low < kLimit; }

/// Makes `value * 10^-scale` a Decimal. Digits that do not fit are given up when they are zeros,
/// or when they stand after the point and the caller wants it rounded.
std::optional<Decimal> settle(bool negative, const Double& value, int scale, bool rounds) {
    const int drop =
        std::max({0, wide::digit_count(value) - kMaxDigits, scale - Decimal::kMaxScale});
    if (drop > 2 * kMaxDigits + 1) return rounds ? std::optional(Decimal{}) : std::nullopt;
    Kept kept = drop_digits(value, drop, Rounding::HalfUp);
    if (!kept.exact && (!rounds || drop > scale)) return std::nullopt;
    scale -= drop;
    if (kept.size.low == kLimit) {  // 99...9.5 became 100...0
        kept.size.low /= 10;
        --scale;
    }
    if (scale < -Decimal::kMaxScale) return std::nullopt;
    return signed_decimal(negative, kept.size.low, scale);
}

Decimal without_trailing_zeros(const Decimal& value) {
    Decimal::Coefficient coefficient = value.coefficient();
    int scale = value.scale();
    while (scale > 0 && coefficient % 10 == 0) {
        coefficient /= 10;
        --scale;
    }
    return Decimal::raw(coefficient, scale);
}

/// The same value with no zero at the end of its coefficient, which is not 0.
Decimal shortest(const Decimal& value) {
    Decimal::Coefficient coefficient = value.coefficient();
    int scale = value.scale();
    for (; coefficient % 10 == 0; --scale) coefficient /= 10;
    return Decimal::raw(coefficient, scale);
}

bool are_small(const Decimal& a, const Decimal& b) {
    return magnitude(a.coefficient()) >> 62 == 0 && magnitude(b.coefficient()) >> 62 == 0;
}

/// Both coefficients at the larger of both scales, for the numbers of every day: 128 bits hold
/// them.
struct Aligned {
    Decimal::Coefficient a;
    Decimal::Coefficient b;
    int scale;
};

std::optional<Aligned> align(const Decimal& a, const Decimal& b) {
    constexpr int kMostApart = 18;  // 2^62 * 10^18 is below 10^37
    const int apart = a.scale() - b.scale();
    if (apart > kMostApart || apart < -kMostApart || !are_small(a, b)) return std::nullopt;
    const auto power = static_cast<Decimal::Coefficient>(power_of_ten(apart < 0 ? -apart : apart));
    if (apart < 0) return Aligned{a.coefficient() * power, b.coefficient(), b.scale()};
    return Aligned{a.coefficient(), b.coefficient() * power, a.scale()};
}

/// a + b before any limit is looked at.
struct Sum {
    bool negative;
    Double size;
    int scale;
};

Sum combine(bool a_negative, const Double& a, bool b_negative, const Double& b, int scale) {
    if (a_negative == b_negative) return {a_negative, wide::sum(a, b), scale};
    if (a < b) return {b_negative, wide::difference(b, a), scale};
    return {a_negative, wide::difference(a, b), scale};
}

/// The sum of numbers whose scales are so far apart that the small one's last digits cannot
/// stay: `large` gets 40 digits, and what of `small` lies below them leaves a trace only, so that
/// rounding goes the right way.
Sum add_far_apart(const Decimal& large, const Decimal& small) {
    const Wide size = magnitude(large.coefficient());
    const int room = kMaxDigits + 2 - wide::digit_count(size);
    const int scale = large.scale() + room;
    Kept kept{{}, false};
    if (const int drop = small.scale() - scale; drop <= kMaxDigits) {
        kept = drop_digits({0, magnitude(small.coefficient())}, drop, Rounding::Cut);
    }
    if (!kept.exact && kept.size.low % 5 == 0) ++kept.size.low;
    return combine(large.is_negative(), wide::shifted(size, room), small.is_negative(), kept.size,
                   scale);
}

/// For numbers that are not 0.
Sum add_wide(const Decimal& a, const Decimal& b) {
    const int scale = std::max(a.scale(), b.scale());
    const int left = scale - a.scale(), right = scale - b.scale();
    if (left > kMaxDigits) return add_far_apart(a, b);
    if (right > kMaxDigits) return add_far_apart(b, a);
    return combine(a.is_negative(), product(magnitude(a.coefficient()), power_of_ten(left)),
                   b.is_negative(), product(magnitude(b.coefficient()), power_of_ten(right)),
                   scale);
}

/// The sum, exact or not at all.
std::optional<Decimal> add_exactly(const Decimal& a, const Decimal& b) {
    if (a.is_zero()) return b;
    if (b.is_zero()) return a;
    // Zeros at the end must not be what makes the scales differ.
    const Decimal left = shortest(a), right = shortest(b);
    if (std::max(left.scale(), right.scale()) - std::min(left.scale(), right.scale()) >
        kMaxDigits) {
        return std::nullopt;
    }
    const Sum total = add_wide(left, right);
    return settle(total.negative, total.size, total.scale, false);
}

std::optional<Decimal> multiplied(const Decimal& a, const Decimal& b, bool rounds) {
    const int scale = a.scale() + b.scale();
    if (are_small(a, b) && scale >= 0 && scale <= kMaxDigits) {
        return Decimal::raw(a.coefficient() * b.coefficient(), scale);
    }
    const bool negative = a.is_negative() != b.is_negative();
    const Double size = product(magnitude(a.coefficient()), magnitude(b.coefficient()));
    if (size == Double{}) return Decimal{};
    if (fits(size) && scale >= 0 && scale <= Decimal::kMaxScale)
        return signed_decimal(negative, size.low, scale);
    return settle(negative, size, scale, rounds);
}

/// `value * 10^exponent` modulo `divisor`, however large the exponent.
Wide remainder_of(Wide value, int exponent, Wide divisor) {
    Wide left = value % divisor;
    while (exponent > 0 && left != 0) {
        const int chunk = std::min(exponent, kMaxDigits);
        left = wide::divide_wide(product(left, power_of_ten(chunk)), divisor).second;
        exponent -= chunk;
    }
    return left;
}

}  // namespace

bool Decimal::is_whole() const noexcept {
    if (scale_ <= 0 || is_zero()) return true;
    return scale_ <= kMaxDigits && magnitude(coefficient_) % power_of_ten(scale_) == 0;
}

std::optional<std::int64_t> Decimal::to_int64() const noexcept {
    if (scale_ > kMaxDigits) return 0;
    if (scale_ < 0) return is_zero() ? std::optional<std::int64_t>{0} : std::nullopt;
    const Wide whole = magnitude(coefficient_) / power_of_ten(scale_);
    constexpr Wide kMax = static_cast<Wide>(INT64_MAX);
    if (is_negative()) {
        if (whole > kMax + 1) return std::nullopt;
        return static_cast<std::int64_t>(-static_cast<Coefficient>(whole));
    }
    if (whole > kMax) return std::nullopt;
    return static_cast<std::int64_t>(whole);
}

std::optional<Decimal> Decimal::add(const Decimal& a, const Decimal& b) noexcept {
    if (a.scale_ == b.scale_) {
        const Coefficient total = a.coefficient_ + b.coefficient_;  // below 2 * 10^38: no overflow
        if (magnitude(total) < kLimit) return raw(total, a.scale_);
    }
    if (const auto both = align(a, b)) return raw(both->a + both->b, both->scale);
    return add_exactly(a, b);
}

std::optional<Decimal> Decimal::add_rounded(const Decimal& a, const Decimal& b) noexcept {
    if (auto exact = add(a, b)) return exact;
    const Sum total = add_wide(a, b);
    return settle(total.negative, total.size, total.scale, true);
}

std::optional<Decimal> Decimal::subtract(const Decimal& a, const Decimal& b) noexcept {
    return add(a, b.negated());
}

std::optional<Decimal> Decimal::multiply(const Decimal& a, const Decimal& b) noexcept {
    return multiplied(a, b, false);
}

std::optional<Decimal> Decimal::multiply_rounded(const Decimal& a, const Decimal& b) noexcept {
    return multiplied(a, b, true);
}

std::optional<Decimal> Decimal::divide(const Decimal& a, const Decimal& b) noexcept {
    if (b.is_zero()) return std::nullopt;
    const bool negative = a.is_negative() != b.is_negative();
    const Wide dividend = magnitude(a.coefficient_);
    const Wide divisor = magnitude(b.coefficient_);
    if (dividend == 0) return Decimal{};
    // As many digits as fit: the lengths give a guess that is at most one too long.
    int shift = kMaxDigits + wide::digit_count(divisor) - wide::digit_count(dividend);
    if (wide::shifted(dividend, shift) > product(kLimit - 1, divisor)) --shift;
    auto [quotient, remainder] = wide::divide_wide(wide::shifted(dividend, shift), divisor);
    if (remainder >= divisor - remainder) ++quotient;
    const auto result = settle(negative, {0, quotient}, a.scale_ - b.scale_ + shift, true);
    if (!result) return std::nullopt;
    return without_trailing_zeros(*result);
}

std::optional<Decimal> Decimal::remainder(const Decimal& a, const Decimal& b) noexcept {
    if (b.is_zero()) return std::nullopt;
    const Wide dividend = magnitude(a.coefficient_), divisor = magnitude(b.coefficient_);
    if (a.scale_ <= b.scale_) {
        const Wide left = remainder_of(dividend, b.scale_ - a.scale_, divisor);
        return signed_decimal(a.is_negative(), left, b.scale_);
    }
    const int finer = a.scale_ - b.scale_;
    if (finer > kMaxDigits) return a;  // the divisor is larger than any dividend
    const Double unit = product(divisor, power_of_ten(finer));
    if (unit > Double{0, dividend}) return a;
    return signed_decimal(a.is_negative(), dividend % unit.low, a.scale_);
}

Decimal Decimal::negated() const noexcept { return raw(-coefficient_, scale_); }

namespace {

std::optional<Decimal> cut(const Decimal& value, int digits, Rounding rounding) {
    digits = std::clamp(digits, -Decimal::kMaxScale, Decimal::kMaxScale);
    if (digits >= value.scale()) return value;
    const int drop = value.scale() - digits;
    if (drop > kMaxDigits) return Decimal{};
    const Kept kept = drop_digits({0, magnitude(value.coefficient())}, drop, rounding);
    return signed_decimal(value.is_negative(), kept.size.low, digits);
}

}  // namespace

std::optional<Decimal> Decimal::rounded(int digits) const noexcept {
    return cut(*this, digits, Rounding::HalfUp);
}

std::optional<Decimal> Decimal::truncated(int digits) const noexcept {
    return cut(*this, digits, Rounding::Cut);
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const noexcept {
    if (scale_ == other.scale_) return coefficient_ <=> other.coefficient_;
    if (const auto both = align(*this, other)) return both->a <=> both->b;
    if (is_negative() != other.is_negative()) {
        return is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    if (is_zero() || other.is_zero()) return coefficient_ <=> other.coefficient_;
    const int left_room = std::max(0, other.scale_ - scale_);
    const int right_room = std::max(0, scale_ - other.scale_);
    // A difference of more than 38 digits in scale outweighs every coefficient.
    if (left_room > kMaxDigits || right_room > kMaxDigits) {
        const bool left_larger = left_room > 0;
        return left_larger != is_negative() ? std::strong_ordering::greater
                                            : std::strong_ordering::less;
    }
    const Double left = product(magnitude(coefficient_), power_of_ten(left_room));
    const Double right = product(magnitude(other.coefficient_), power_of_ten(right_room));
    return is_negative() ? right <=> left : left <=> right;
}

}  // namespace duet
