// The functions on numbers.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "mappings/formula/functions.h"

namespace duet::formula::native {
namespace {

constexpr Fault kOutOfDomain = "the argument is outside the function's domain";

/// Digits that a quotient times its divisor may be short of the whole number it stands for:
/// 6/11*11 is 6. The reference looks at 18 digits as well.
constexpr int kNoiseDigits = 18;

const Decimal& number(const Call& call, std::size_t index) {
    return std::get<Decimal>(call.args[index]);
}

Fault give(Call& call, const std::optional<Decimal>& result) {
    if (!result) return kNumberTooLarge;
    call.result = *result;
    return nullptr;
}

/// Through binary floating point: the only functions that need it.
template <class Compute>
Fault transcendental(Call& call, Compute compute) {
    return give(call, Decimal::from_double(compute(number(call, 0).to_double())));
}

bool is_ratio(const Decimal& value) { return value >= Decimal{-1} && value <= Decimal{1}; }

enum class Toward : std::uint8_t { Zero, AwayFromZero, PlusInfinity, MinusInfinity };

Fault to_whole(Call& call, Toward toward) {
    const auto value = number(call, 0).rounded(kNoiseDigits);
    if (!value) return kNumberTooLarge;
    const auto cut = value->truncated(0);
    if (!cut) return kNumberTooLarge;
    const bool outward = toward == Toward::AwayFromZero ||
                         (toward == Toward::PlusInfinity && !value->is_negative()) ||
                         (toward == Toward::MinusInfinity && value->is_negative());
    if (!outward || *cut == *value) return give(call, cut);
    return give(call, Decimal::add(*cut, value->is_negative() ? -1 : 1));
}

/// A count of digits, in the range where rounding makes a difference.
int digits_of(const Call& call) {
    if (call.args.size() < 2) return 0;
    const auto whole = number(call, 1).to_int64();
    if (!whole) return number(call, 1).is_negative() ? -100 : 100;
    return static_cast<int>(std::clamp<std::int64_t>(*whole, -100, 100));
}

/// `value * 10^scale`, rounded to a whole number; nothing when it does not fit.
std::optional<Decimal::Coefficient> in_units(const Decimal& value, int scale) {
    const auto rounded = value.rounded(scale);
    if (!rounded) return std::nullopt;
    const auto zero = Decimal::raw(0, scale);
    const auto aligned = Decimal::add(*rounded, zero);
    if (!aligned || aligned->scale() != scale) return std::nullopt;
    return aligned->coefficient();
}

template <class Better>
Fault best(Call& call, Better better) {
    Decimal found = number(call, 0);
    for (std::size_t i = 1; i < call.args.size(); ++i) {
        if (better(number(call, i), found)) found = number(call, i);
    }
    return give(call, found);
}

}  // namespace

Fault abs(Call& call) {
    const Decimal& value = number(call, 0);
    return give(call, value.is_negative() ? value.negated() : value);
}

Fault ceiling(Call& call) { return to_whole(call, Toward::AwayFromZero); }
Fault floor(Call& call) { return to_whole(call, Toward::Zero); }
Fault mceiling(Call& call) { return to_whole(call, Toward::PlusInfinity); }
Fault mfloor(Call& call) { return to_whole(call, Toward::MinusInfinity); }

Fault round(Call& call) { return give(call, number(call, 0).rounded(digits_of(call))); }
Fault trunc(Call& call) { return give(call, number(call, 0).truncated(digits_of(call))); }

Fault mod(Call& call) {
    const Decimal& dividend = number(call, 0);
    const Decimal& divisor = number(call, 1);
    if (divisor.is_zero()) return give(call, dividend);  // as the product's API answers
    // In units of the last digit both are whole, and the remainder is exact. A quotient with all
    // its 38 digits used gives up the last of them.
    for (int scale = std::max(dividend.scale(), divisor.scale()); scale >= 0; --scale) {
        const auto left = in_units(dividend, scale), right = in_units(divisor, scale);
        if (!left || !right || *right == 0) continue;
        call.result = Decimal::raw(*left % *right, scale);
        return nullptr;
    }
    return kNumberTooLarge;
}

Fault max(Call& call) {
    return best(call, [](const Decimal& a, const Decimal& b) { return a > b; });
}
Fault min(Call& call) {
    return best(call, [](const Decimal& a, const Decimal& b) { return a < b; });
}

Fault exp(Call& call) {
    return transcendental(call, [](double x) { return std::exp(x); });
}

Fault ln(Call& call) {
    if (number(call, 0) <= Decimal{}) return kOutOfDomain;
    return transcendental(call, [](double x) { return std::log(x); });
}

Fault log(Call& call) {
    if (number(call, 0) <= Decimal{}) return kOutOfDomain;
    return transcendental(call, [](double x) { return std::log10(x); });
}

Fault sqrt(Call& call) {
    if (number(call, 0).is_negative()) return kOutOfDomain;
    return transcendental(call, [](double x) { return std::sqrt(x); });
}

Fault sin(Call& call) {
    return transcendental(call, [](double x) { return std::sin(x); });
}

Fault cos(Call& call) {
    return transcendental(call, [](double x) { return std::cos(x); });
}

Fault tan(Call& call) {
    return transcendental(call, [](double x) { return std::tan(x); });
}

Fault asin(Call& call) {
    if (!is_ratio(number(call, 0))) return kOutOfDomain;
    return transcendental(call, [](double x) { return std::asin(x); });
}

Fault acos(Call& call) {
    if (!is_ratio(number(call, 0))) return kOutOfDomain;
    return transcendental(call, [](double x) { return std::acos(x); });
}

Fault atan(Call& call) {
    return transcendental(call, [](double x) { return std::atan(x); });
}

Fault atan2(Call& call) {
    return transcendental(call,
                          [&](double y) { return std::atan2(y, number(call, 1).to_double()); });
}

Fault pi(Call& call) {
    call.result = *Decimal::parse("3.1415926535897932384626433832795028842");
    return nullptr;
}

}  // namespace duet::formula::native
