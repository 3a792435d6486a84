// The functions on numbers that have an exact result.
#include <algorithm>
#include <cstdint>

#include "mappings/formula/functions.h"

namespace duet::formula::native {
namespace {

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
    if (!whole) return number(call, 1).is_negative() ? -Decimal::kMaxScale : Decimal::kMaxScale;
    return static_cast<int>(
        std::clamp<std::int64_t>(*whole, -Decimal::kMaxScale, Decimal::kMaxScale));
}

template <class Better>
Fault best(Call& call, Better better) {
    Decimal found = number(call, 0);
    for (std::size_t i = 1; i < call.args.size(); ++i) {
        if (better(number(call, i), found)) found = number(call, i);
    }
    return give(call, found);
}

constexpr Fault kNoPlace = "there is no such place: latitude -90 to 90, longitude -180 to 180";

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
    return give(call, Decimal::remainder(dividend, divisor));
}

Fault max(Call& call) {
    return best(call, [](const Decimal& a, const Decimal& b) { return a > b; });
}
Fault min(Call& call) {
    return best(call, [](const Decimal& a, const Decimal& b) { return a < b; });
}

Fault pi(Call& call) {
    call.result = *Decimal::parse("3.1415926535897932384626433832795028842");
    return nullptr;
}

/// A geolocation is the text "latitude,longitude", as a record holds one.
Fault geolocation(Call& call) {
    if (is_blank(call.args[0]) && is_blank(call.args[1])) return nullptr;
    if (is_blank(call.args[0]) || is_blank(call.args[1])) return "one of both coordinates is blank";
    if (!is_on_earth(number(call, 0), number(call, 1))) return kNoPlace;
    return give_text(call, number(call, 0).to_string() + "," + number(call, 1).to_string());
}

}  // namespace duet::formula::native

namespace duet::formula {

bool is_on_earth(const Decimal& latitude, const Decimal& longitude) noexcept {
    return latitude >= Decimal{-90} && latitude <= Decimal{90} && longitude >= Decimal{-180} &&
           longitude <= Decimal{180};
}

}  // namespace duet::formula
