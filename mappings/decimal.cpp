#include "mappings/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace duet {
namespace {

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

constexpr Wide power_of_ten(int exponent) { return kPowers[static_cast<std::size_t>(exponent)]; }
constexpr Wide kLimit = power_of_ten(kMaxDigits);

constexpr Wide magnitude(Decimal::Coefficient value) {
    return value < 0 ? Wide{0} - static_cast<Wide>(value) : static_cast<Wide>(value);
}

/// The caller has checked that `size` is below the limit.
Decimal signed_decimal(bool negative, Wide size, int scale) {
    const auto coefficient = static_cast<Decimal::Coefficient>(size);
    return Decimal::raw(negative ? -coefficient : coefficient, scale);
}

/// An unsigned number of 256 bits: what the product of two coefficients needs.
struct Double {
    Wide high = 0;
    Wide low = 0;
    auto operator<=>(const Double&) const = default;
};

Double product(Wide a, Wide b) {
    const auto low_half = [](Wide value) {
        return static_cast<Wide>(static_cast<std::uint64_t>(value));
    };
    const Wide a0 = low_half(a), a1 = a >> 64, b0 = low_half(b), b1 = b >> 64;
    const Wide low = a0 * b0;
    const Wide cross = a1 * b0 + (low >> 64);
    const Wide middle = a0 * b1 + low_half(cross);
    return {a1 * b1 + (cross >> 64) + (middle >> 64), (middle << 64) | low_half(low)};
}

Double sum(const Double& a, const Double& b) {
    Double result{a.high + b.high, a.low + b.low};
    if (result.low < a.low) ++result.high;
    return result;
}

Double difference(const Double& a, const Double& b) {
    Double result{a.high - b.high, a.low - b.low};
    if (a.low < b.low) --result.high;
    return result;
}

/// Divides in place and returns the remainder; 64 bits of quotient at a time.
std::uint64_t divide_by(Double& value, std::uint64_t divisor) {
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

enum class Rounding : std::uint8_t { HalfUp, Cut };

/// `value / 10^digits`. Only the last chunk decides about rounding, because it holds the
/// first digit that is dropped.
Double drop_digits(Double value, int digits, Rounding rounding) {
    bool up = false;
    while (digits > 0) {
        const int chunk = std::min(digits, kChunkDigits);
        const auto divisor = static_cast<std::uint64_t>(power_of_ten(chunk));
        up = divide_by(value, divisor) >= divisor / 2;
        digits -= chunk;
    }
    return up && rounding == Rounding::HalfUp ? sum(value, {0, 1}) : value;
}

bool fits(const Double& value) { return value.high == 0 && value.low < kLimit; }

/// Makes `value * 10^-scale` a Decimal, rounding away as many digits as need be.
std::optional<Decimal> settle(bool negative, const Double& value, int scale) {
    int drop = std::max(0, scale - kMaxDigits);
    Double kept = drop_digits(value, drop, Rounding::HalfUp);
    while (!fits(kept)) {
        if (++drop > scale) return std::nullopt;
        kept = drop_digits(value, drop, Rounding::HalfUp);
    }
    return signed_decimal(negative, kept.low, scale - drop);
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

/// a + b at the larger of both scales, before any limit is looked at.
struct Sum {
    bool negative;
    Double size;
    int scale;
};

Sum add_wide(const Decimal& a, const Decimal& b) {
    const int scale = std::max(a.scale(), b.scale());
    const Double left = product(magnitude(a.coefficient()), power_of_ten(scale - a.scale()));
    const Double right = product(magnitude(b.coefficient()), power_of_ten(scale - b.scale()));
    if (a.is_negative() == b.is_negative()) return {a.is_negative(), sum(left, right), scale};
    if (left < right) return {b.is_negative(), difference(right, left), scale};
    return {a.is_negative(), difference(left, right), scale};
}

int digit_count(Wide value) {
    return static_cast<int>(std::upper_bound(kPowers.begin(), kPowers.end(), value) -
                            kPowers.begin());
}

/// `value * 10^exponent`, for up to 76 digits in all.
Double shifted(Wide value, int exponent) {
    const int first = std::min(exponent, kMaxDigits - digit_count(value));
    return product(value * power_of_ten(first), power_of_ten(exponent - first));
}

/// `dividend / divisor` by shift and subtract; the caller knows that the quotient fits 128 bits.
std::pair<Wide, Wide> divide_wide(const Double& dividend, Wide divisor) {
    Wide quotient = 0;
    Wide remainder = dividend.high;  // below the divisor, which is below 2^127
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

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What stands in a number's text: digits without point, and where the point is.
struct Digits {
    Wide size = 0;
    int scale = 0;
    bool any = false;
    bool overflow = false;

    void take(char digit) {
        any = true;
        if (size >= kLimit / 10) {
            overflow = true;
            return;
        }
        size = size * 10 + static_cast<Wide>(digit - '0');
    }
};

/// Reads the digits after the point. Zeros wait until a digit follows, so that trailing ones
/// cost no room.
void take_fraction(std::string_view& text, Digits& digits) {
    int zeros = 0;
    while (!text.empty() && is_digit(text.front())) {
        digits.any = true;
        if (text.front() == '0') {
            ++zeros;
        } else {
            digits.scale += zeros + 1;
            for (; zeros > 0 && !digits.overflow; --zeros) digits.take('0');
            digits.take(text.front());
        }
        if (zeros > 1'000 || digits.scale > 1'000) digits.overflow = true;
        text.remove_prefix(1);
    }
}

std::optional<int> take_exponent(std::string_view& text) {
    if (text.empty() || (text.front() != 'e' && text.front() != 'E')) return 0;
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    int exponent = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (fault != std::errc{} || exponent > 1'000 || exponent < -1'000) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return exponent;
}

std::optional<Decimal> scaled(bool negative, Wide size, int scale) {
    while (scale > 0 && size % 10 == 0) {
        if (size == 0) return Decimal{};
        size /= 10;
        --scale;
    }
    for (; scale < 0; ++scale) {
        if (size == 0) return Decimal{};
        if (size >= kLimit / 10) return std::nullopt;
        size *= 10;
    }
    if (scale > kMaxDigits) return std::nullopt;
    return signed_decimal(negative, size, scale);
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    Digits digits;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1))
        digits.take(text.front());
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        take_fraction(text, digits);
    }
    if (!digits.any || digits.overflow) return std::nullopt;
    const auto exponent = take_exponent(text);
    if (!exponent || !text.empty()) return std::nullopt;
    return scaled(negative, digits.size, digits.scale - *exponent);
}

bool Decimal::is_whole() const noexcept {
    return scale_ == 0 || magnitude(coefficient_) % power_of_ten(scale_) == 0;
}

std::string Decimal::to_string() const {
    const Decimal plain = without_trailing_zeros(*this);
    std::array<char, kMaxDigits + 4> buffer;  // sign, "0." and 38 digits
    auto position = buffer.end();
    Wide size = magnitude(plain.coefficient_);
    for (int digit = 0; size != 0 || digit <= plain.scale_; ++digit) {
        if (digit == plain.scale_ && digit > 0) *--position = '.';
        *--position = static_cast<char>('0' + static_cast<int>(size % 10));
        size /= 10;
    }
    if (plain.is_negative()) *--position = '-';
    return std::string(position, buffer.end());
}

std::optional<std::int64_t> Decimal::to_int64() const noexcept {
    const Wide whole = magnitude(coefficient_) / power_of_ten(scale_);
    constexpr Wide kMax = static_cast<Wide>(INT64_MAX);
    if (is_negative()) {
        if (whole > kMax + 1) return std::nullopt;
        return static_cast<std::int64_t>(-static_cast<Coefficient>(whole));
    }
    if (whole > kMax) return std::nullopt;
    return static_cast<std::int64_t>(whole);
}

double Decimal::to_double() const noexcept {
    const Decimal plain = without_trailing_zeros(*this);
    std::array<char, kMaxDigits + 8> buffer;  // digits, then "e-38"
    auto position = buffer.begin() + kMaxDigits + 1;
    const auto digits_end = position;
    Wide size = magnitude(plain.coefficient_);
    do {
        *--position = static_cast<char>('0' + static_cast<int>(size % 10));
        size /= 10;
    } while (size != 0);
    auto end = digits_end;
    *end++ = 'e';
    *end++ = '-';
    *end++ = static_cast<char>('0' + plain.scale_ / 10);
    *end++ = static_cast<char>('0' + plain.scale_ % 10);
    double value = 0;
    std::from_chars(&*position, &*position + (end - position), value);
    return is_negative() ? -value : value;
}

std::optional<Decimal> Decimal::from_double(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    std::array<char, 32> buffer;
    const auto [end, fault] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                            std::chars_format::scientific);
    if (fault != std::errc{}) return std::nullopt;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    if (auto exact = parse(text)) return exact;
    if (std::fabs(value) >= 1.0) return std::nullopt;
    // Too many digits after the point: keep the first 38, at most 17 of them are not zero.
    const std::size_t mark = text.find('e');
    const auto mantissa = parse(text.substr(0, mark));
    int exponent = 0;
    std::from_chars(text.data() + mark + 1, text.data() + text.size(), exponent);
    if (!mantissa || exponent < -kMaxDigits - 1) return Decimal{};
    return settle(mantissa->is_negative(), {0, magnitude(mantissa->coefficient_)},
                  mantissa->scale_ - exponent);
}

std::optional<Decimal> Decimal::add(const Decimal& a, const Decimal& b) noexcept {
    if (a.scale_ == b.scale_) {
        const Coefficient total = a.coefficient_ + b.coefficient_;  // below 2 * 10^38: no overflow
        if (magnitude(total) >= kLimit) return std::nullopt;
        return raw(total, a.scale_);
    }
    const Sum total = add_wide(a, b);
    if (fits(total.size)) return signed_decimal(total.negative, total.size.low, total.scale);
    // The larger scale may be trailing zeros only.
    const Decimal left = without_trailing_zeros(a);
    const Decimal right = without_trailing_zeros(b);
    const Sum again = add_wide(left, right);
    if (!fits(again.size)) return std::nullopt;
    return signed_decimal(again.negative, again.size.low, again.scale);
}

std::optional<Decimal> Decimal::add_rounded(const Decimal& a, const Decimal& b) noexcept {
    if (auto exact = add(a, b)) return exact;
    const Sum total = add_wide(a, b);
    return settle(total.negative, total.size, total.scale);
}

std::optional<Decimal> Decimal::subtract(const Decimal& a, const Decimal& b) noexcept {
    return add(a, b.negated());
}

std::optional<Decimal> Decimal::multiply(const Decimal& a, const Decimal& b) noexcept {
    const bool negative = a.is_negative() != b.is_negative();
    const Double size = product(magnitude(a.coefficient_), magnitude(b.coefficient_));
    if (fits(size) && a.scale_ + b.scale_ <= kMaxDigits) {
        return signed_decimal(negative, size.low, a.scale_ + b.scale_);
    }
    Double shorter = size;
    int scale = a.scale_ + b.scale_;
    while (scale > 0) {
        Double next = shorter;
        if (divide_by(next, 10) != 0) break;
        shorter = next;
        --scale;
    }
    if (!fits(shorter) || scale > kMaxDigits) return std::nullopt;
    return signed_decimal(negative, shorter.low, scale);
}

std::optional<Decimal> Decimal::multiply_rounded(const Decimal& a, const Decimal& b) noexcept {
    const bool negative = a.is_negative() != b.is_negative();
    return settle(negative, product(magnitude(a.coefficient_), magnitude(b.coefficient_)),
                  a.scale_ + b.scale_);
}

std::optional<Decimal> Decimal::divide(const Decimal& a, const Decimal& b) noexcept {
    if (b.is_zero()) return std::nullopt;
    const bool negative = a.is_negative() != b.is_negative();
    const Wide dividend = magnitude(a.coefficient_);
    const Wide divisor = magnitude(b.coefficient_);
    if (dividend == 0) return Decimal{};
    // As many digits as fit: the lengths give a guess that is at most one too long.
    int shift = std::min(kMaxDigits + digit_count(divisor) - digit_count(dividend),
                         kMaxDigits - a.scale_ + b.scale_);
    if (shifted(dividend, shift) > product(kLimit - 1, divisor)) --shift;
    if (shift < b.scale_ - a.scale_) return std::nullopt;  // more than 38 digits before the point
    const Double scaled_up = shifted(dividend, shift);
    auto [quotient, remainder] = divide_wide(scaled_up, divisor);
    if (remainder >= divisor - remainder) ++quotient;
    const int scale = a.scale_ - b.scale_ + shift;
    return without_trailing_zeros(signed_decimal(negative, quotient, scale));
}

Decimal Decimal::negated() const noexcept { return raw(-coefficient_, scale_); }

namespace {

std::optional<Decimal> cut(const Decimal& value, int digits, Rounding rounding) {
    if (digits >= value.scale()) return value;
    const int drop = value.scale() - digits;
    if (drop > kMaxDigits) return Decimal{};
    const Double kept = drop_digits({0, magnitude(value.coefficient())}, drop, rounding);
    if (digits >= 0) return signed_decimal(value.is_negative(), kept.low, digits);
    const Double whole = product(kept.low, power_of_ten(-digits));
    if (!fits(whole)) return std::nullopt;
    return signed_decimal(value.is_negative(), whole.low, 0);
}

}  // namespace

std::optional<Decimal> Decimal::rounded(int digits) const noexcept {
    return cut(*this, std::clamp(digits, -2 * kMaxDigits, kMaxDigits), Rounding::HalfUp);
}

std::optional<Decimal> Decimal::truncated(int digits) const noexcept {
    return cut(*this, std::clamp(digits, -2 * kMaxDigits, kMaxDigits), Rounding::Cut);
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const noexcept {
    if (scale_ == other.scale_) return coefficient_ <=> other.coefficient_;
    if (is_negative() != other.is_negative()) {
        return is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    const int scale = std::max(scale_, other.scale_);
    const Double left = product(magnitude(coefficient_), power_of_ten(scale - scale_));
    const Double right = product(magnitude(other.coefficient_), power_of_ten(scale - other.scale_));
    return is_negative() ? right <=> left : left <=> right;
}

}  // namespace duet
