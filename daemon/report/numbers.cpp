#include "daemon/report/numbers.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace duet::report {
namespace {

constexpr const char* kNothing = "–";

}  // namespace

std::string grouped(double value, int decimals) {
    const std::string plain = fmt::format("{:.{}f}", std::abs(value), decimals);
    const std::size_t whole = plain.find('.') == plain.npos ? plain.size() : plain.find('.');
    std::string out;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) out += ',';
        out += plain[i];
    }
    const bool is_zero = plain.find_first_not_of("0.") == plain.npos;
    return value < 0 && !is_zero ? "-" + out : out;
}

std::string shown(const Cell& cell, Kind kind) {
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    const auto* number = std::get_if<double>(&cell);
    if (number == nullptr || !std::isfinite(*number)) return kNothing;
    switch (kind) {
        case Kind::Share:
            return grouped(*number * 100, 1) + " %";
        case Kind::Days:
            return grouped(*number, 1);
        case Kind::Money:
            return grouped(*number, 0);
        case Kind::Text:
        case Kind::Date:
        case Kind::Count:
        case Kind::Number:
            break;
    }
    return grouped(*number, *number == std::floor(*number) ? 0 : 2);
}

std::string shown_whole(const Cell& cell, const Column& column) {
    const std::string plain = shown(cell, column.kind);
    if (plain == kNothing || column.unit.empty()) return plain;
    switch (column.kind) {
        case Kind::Money:
            return column.unit + " " + plain;
        case Kind::Count:
        case Kind::Days:
            return plain + " " + column.unit;
        default:
            return plain;
    }
}

std::string heading(const Column& column) {
    const bool is_told = column.unit.empty() || column.kind == Kind::Share ||
                         column.kind == Kind::Number || column.kind == Kind::Text;
    return is_told ? column.title : column.title + " (" + column.unit + ")";
}

std::string compact(double value) {
    struct Step {
        double from;
        const char* sign;
    };
    constexpr std::array<Step, 3> kSteps{{{1e9, " bn"}, {1e6, " M"}, {1e4, " k"}}};
    for (const Step& step : kSteps) {
        if (std::abs(value) < step.from) continue;
        const double unit = step.from == 1e4 ? 1e3 : step.from;
        const double part = value / unit;
        return grouped(part, part == std::floor(part) ? 0 : 1) + step.sign;
    }
    return grouped(value, value == std::floor(value) ? 0 : 1);
}

std::vector<double> ticks(double most, int parts) {
    const double rough = (most > 0 ? most : 1) / parts;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= rough) {
            step = factor * power;
            break;
        }
    }
    std::vector<double> found{0};
    while (found.back() < most || found.size() < 2)
        found.push_back(step * static_cast<double>(found.size()));
    return found;
}

}  // namespace duet::report
