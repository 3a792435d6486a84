// What has no exact result: the only functions of formulas that use binary floating point. All
// compute in the longest binary format and round once at the end, so that the last digit of a
// double is right.
#include "mappings/formula/binary.h"

#include <cmath>
#include <limits>
#include <string_view>

#include "mappings/formula/functions.h"

namespace duet::formula {
namespace {

using Binary = long double;

constexpr Fault kOutOfDomain = "the argument is outside the function's domain";
constexpr Fault kTooLarge = "the number is too large";

Binary binary(const Call& call, std::size_t index) {
    return std::get<Decimal>(call.args[index]).to_double();
}

std::optional<Decimal> decimal(Binary value) {
    return Decimal::from_double(static_cast<double>(value));
}

Fault give(Call& call, Binary value) {
    const auto result = decimal(value);
    if (!result) return kTooLarge;
    call.result = *result;
    return nullptr;
}

bool is_positive(const Call& call) {
    const Decimal& value = std::get<Decimal>(call.args[0]);
    return !value.is_zero() && !value.is_negative();
}

bool is_ratio(const Call& call) {
    const Decimal& value = std::get<Decimal>(call.args[0]);
    return value >= Decimal{-1} && value <= Decimal{1};
}

/// A place on the earth, in radians.
struct Place {
    Binary latitude;
    Binary longitude;
};

/// "37.79,-122.4": nothing for a text that GEOLOCATION could not have made.
std::optional<Place> read_place(std::string_view text) {
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    const auto latitude = Decimal::parse(text.substr(0, comma));
    std::string_view rest = text.substr(comma + 1);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    const auto longitude = Decimal::parse(rest);
    if (!latitude || !longitude || !is_on_earth(*latitude, *longitude)) return std::nullopt;
    constexpr Binary kRadians = 3.14159265358979323846264338327950288L / 180;
    return Place{latitude->to_double() * kRadians, longitude->to_double() * kRadians};
}

/// The haversine formula: the angle between two places, in radians.
Binary angle_between(const Place& a, const Place& b) {
    const auto half_square = [](Binary angle) {
        const Binary sine = std::sin(angle / 2);
        return sine * sine;
    };
    const Binary chord =
        half_square(b.latitude - a.latitude) +
        std::cos(a.latitude) * std::cos(b.latitude) * half_square(b.longitude - a.longitude);
    return 2 * std::asin(std::sqrt(std::fmin(chord, 1.0L)));
}

}  // namespace

std::optional<Decimal> binary_power(const Decimal& base, const Decimal& exponent) {
    return decimal(std::pow(Binary{base.to_double()}, Binary{exponent.to_double()}));
}

namespace native {

Fault exp(Call& call) { return give(call, std::exp(binary(call, 0))); }

Fault ln(Call& call) {
    if (!is_positive(call)) return kOutOfDomain;
    return give(call, std::log(binary(call, 0)));
}

Fault log(Call& call) {
    if (!is_positive(call)) return kOutOfDomain;
    // Exact for powers of ten. Otherwise the quotient of two doubles, as the vendor's own engine
    // has it: MOD shows the difference.
    // Processors differ in the last bit of the longest format; the next double is a hundred times
    // as far away.
    constexpr Binary kNoise = 8 * std::numeric_limits<Binary>::epsilon();
    const Binary exact = std::log10(binary(call, 0));
    const Binary whole = std::round(exact);
    if (std::fabs(exact - whole) <= kNoise * std::fabs(whole)) return give(call, whole);
    constexpr double kLogOfTen = 2.302585092994046;
    return give(call, static_cast<double>(std::log(binary(call, 0))) / kLogOfTen);
}

Fault sqrt(Call& call) {
    if (std::get<Decimal>(call.args[0]).is_negative()) return kOutOfDomain;
    return give(call, std::sqrt(binary(call, 0)));
}

Fault sin(Call& call) { return give(call, std::sin(binary(call, 0))); }
Fault cos(Call& call) { return give(call, std::cos(binary(call, 0))); }
Fault tan(Call& call) { return give(call, std::tan(binary(call, 0))); }

Fault asin(Call& call) {
    if (!is_ratio(call)) return kOutOfDomain;
    return give(call, std::asin(binary(call, 0)));
}

Fault acos(Call& call) {
    if (!is_ratio(call)) return kOutOfDomain;
    return give(call, std::acos(binary(call, 0)));
}

Fault atan(Call& call) { return give(call, std::atan(binary(call, 0))); }
Fault atan2(Call& call) { return give(call, std::atan2(binary(call, 0), binary(call, 1))); }

Fault distance(Call& call) {
    // Mean radius of the earth as the vendor's own engine has it.
    constexpr Binary kRadiusMiles = 3958.761L;
    constexpr Binary kRadiusKilometres = 6371.009L;
    const auto unit = std::get<std::string_view>(call.args[2]);
    if (unit != "mi" && unit != "km") return "the unit is neither \"mi\" nor \"km\"";
    const auto from = read_place(std::get<std::string_view>(call.args[0]));
    const auto to = read_place(std::get<std::string_view>(call.args[1]));
    if (!from || !to) return "an argument is no geolocation";
    return give(call,
                angle_between(*from, *to) * (unit == "mi" ? kRadiusMiles : kRadiusKilometres));
}

}  // namespace native

}  // namespace duet::formula
