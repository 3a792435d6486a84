// Decimals as people and vendors write them.
#include <charconv>
#include <string>

#include "mappings/decimal.h"
#include "mappings/decimal_wide.h"

namespace duet {
namespace {

using wide::kLimit;
using wide::Wide;

constexpr int kLongest = 100'000;  // characters of one number

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What stands in a number's text. Zeros wait until another digit follows, so that those at the
/// end cost no room.
struct Digits {
    Wide size = 0;
    int zeros = 0;  // after the digits of `size`
    int after_point = 0;
    bool any = false;
    bool overflow = false;

    void take(char digit) {
        any = true;
        if (digit == '0') {
            if (size != 0) ++zeros;
            return;
        }
        for (; zeros > 0; --zeros) append(0);
        append(digit - '0');
    }

    void append(int digit) {
        overflow = overflow || size >= kLimit / 10;
        if (!overflow) size = size * 10 + static_cast<Wide>(digit);
    }
};

Digits take_digits(std::string_view& text) {
    Digits digits;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1))
        digits.take(text.front());
    if (text.empty() || text.front() != '.') return digits;
    text.remove_prefix(1);
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
        digits.take(text.front());
        ++digits.after_point;
    }
    return digits;
}

std::optional<int> take_exponent(std::string_view& text) {
    if (text.empty() || (text.front() != 'e' && text.front() != 'E')) return 0;
    text.remove_prefix(1);
    if (text.starts_with("+-")) return std::nullopt;
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    int exponent = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (fault != std::errc{} || exponent > 1'000 || exponent < -1'000) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return exponent;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
    if (text.size() > kLongest) return std::nullopt;
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    Digits digits = take_digits(text);
    if (!digits.any || digits.overflow) return std::nullopt;
    const auto exponent = take_exponent(text);
    if (!exponent || !text.empty()) return std::nullopt;
    if (digits.size == 0) return Decimal{};
    int scale = digits.after_point - digits.zeros - *exponent;
    while (scale < 0 && digits.size < kLimit / 10) {
        digits.size *= 10;
        ++scale;
    }
    // Back again when the zeros before the point do not all fit.
    while (scale < 0 && digits.size % 10 == 0) {
        digits.size /= 10;
        --scale;
    }
    if (scale > kMaxScale || scale < -kMaxScale) return std::nullopt;
    const auto coefficient = static_cast<Coefficient>(digits.size);
    return raw(negative ? -coefficient : coefficient, scale);
}

std::string Decimal::to_string() const {
    if (is_zero()) return "0";
    std::string digits;  // from the last to the first
    int scale = scale_;
    digits.append(static_cast<std::size_t>(scale < 0 ? -scale : 0), '0');
    const bool negative = is_negative();
    Wide size =
        negative ? Wide{0} - static_cast<Wide>(coefficient_) : static_cast<Wide>(coefficient_);
    for (; scale > 0 && size % 10 == 0; --scale) size /= 10;
    for (int digit = 0; size != 0 || digit <= scale; ++digit) {
        if (digit == scale && digit > 0) digits += '.';
        digits += static_cast<char>('0' + static_cast<int>(size % 10));
        size /= 10;
    }
    if (negative) digits += '-';
    return {digits.rbegin(), digits.rend()};
}

}  // namespace duet
