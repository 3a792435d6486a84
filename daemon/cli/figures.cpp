#include "daemon/cli/figures.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "connectors/csv/sheet.h"

namespace duet::cli {
namespace {

/// Characters, not bytes: what follows the first byte of a character is no new one.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// A number with its sign and unit, a date, or that there is none.
bool is_figure(std::string_view text) {
    if (text.empty() || text == "-" || text == "–") return true;
    const bool has_digit = std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return has_digit && text.find_first_not_of("0123456789.,+- %:") == std::string_view::npos;
}

/// Columns of figures, whose digits stand under each other; the first column names its row.
std::vector<bool> figure_columns(const std::vector<std::vector<std::string>>& rows) {
    std::vector<bool> are_figures(rows.empty() ? 0 : rows.front().size(), true);
    for (std::size_t i = 1; i < rows.size(); ++i) {
        are_figures.resize(std::max(are_figures.size(), rows[i].size()), true);
        for (std::size_t column = 0; column < rows[i].size(); ++column)
            are_figures[column] = are_figures[column] && is_figure(rows[i][column]);
    }
    if (!are_figures.empty()) are_figures.front() = false;
    return are_figures;
}

}  // namespace

nlohmann::json figure(double value) {
    if (!std::isfinite(value)) return nullptr;
    const double rounded = std::strtod(fmt::format("{:.15g}", value).c_str(), nullptr);
    return rounded == 0 ? 0.0 : rounded;  // no -0.0
}

nlohmann::json figure(const std::optional<double>& value) {
    return value ? figure(*value) : nlohmann::json(nullptr);
}

std::string six(const nlohmann::json& number) { return six_or(number, ""); }

std::string six_or(const nlohmann::json& number, std::string_view absent) {
    if (!number.is_number()) return std::string(absent);
    const std::string text = fmt::format("{:.6f}", number.get<double>());
    return text == "-0.000000" ? "0.000000" : text;
}

std::string whole(const nlohmann::json& number) {
    return std::to_string(number.get<std::int64_t>());
}

std::string percent(const nlohmann::json& share) {
    constexpr double kPercent = 100;
    return share.is_null() ? "-" : fmt::format("{:.1f} %", kPercent * share.get<double>());
}

std::string Grid::text() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()), 0);
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    const std::vector<bool> to_the_right = figure_columns(rows_);
    std::string out;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string space(widths[i] - width(row[i]), ' ');
            line += to_the_right[i] ? "  " + space + row[i] : "  " + row[i] + space;
        }
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
}

std::string Grid::csv() const {
    std::string out;
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0) out += ',';
            csv::append_cell(out, row[i]);
        }
        out += "\n";
    }
    return out;
}

}  // namespace duet::cli
