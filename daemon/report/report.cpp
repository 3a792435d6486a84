#include "daemon/report/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace duet::report {
namespace {

using nlohmann::json;

constexpr const char* kForm = "duet-report/1";

constexpr std::array<std::string_view, 7> kKinds{"text", "date",  "count", "share",
                                                 "days", "money", "number"};

Error unreadable(std::string what) {
    return {
        ErrorKind::Rejected, "This is no report: " + std::move(what) + ".", "DUET-6095", "", {}};
}

json number_json(double value) {
    if (!std::isfinite(value)) return nullptr;
    constexpr double kExact = 9e15;  // whole numbers below are written without a point
    if (value == std::floor(value) && std::abs(value) < kExact)
        return static_cast<std::int64_t>(value);
    return std::strtod(fmt::format("{:.15g}", value).c_str(), nullptr);
}

json cell_json(const Cell& cell) {
    if (const auto* number = std::get_if<double>(&cell)) return number_json(*number);
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    return nullptr;
}

Cell cell_of(const json& value) {
    if (value.is_number()) return value.get<double>();
    if (value.is_string()) return value.get<std::string>();
    return {};
}

json column_json(const Column& column) {
    json told{{"id", column.id}, {"title", column.title}, {"kind", to_string(column.kind)}};
    if (!column.unit.empty()) told["unit"] = column.unit;
    return told;
}

Column column_of(const json& told) {
    const std::string kind = told.value("kind", "text");
    const auto found = std::find(kKinds.begin(), kKinds.end(), kind);
    if (found == kKinds.end()) throw json::other_error::create(501, "unknown kind", nullptr);
    return {told.at("id").get<std::string>(), told.at("title").get<std::string>(),
            static_cast<Kind>(found - kKinds.begin()), told.value("unit", "")};
}

json table_json(const Table& table) {
    auto columns = json::array();
    for (const Column& column : table.columns) columns.push_back(column_json(column));
    auto rows = json::array();
    for (const auto& row : table.rows) {
        json told = json::object();
        for (std::size_t i = 0; i < table.columns.size() && i < row.size(); ++i)
            told[table.columns[i].id] = cell_json(row[i]);
        rows.push_back(std::move(told));
    }
    return {{"id", table.id},
            {"title", table.title},
            {"about", table.about},
            {"columns", std::move(columns)},
            {"rows", std::move(rows)}};
}

Table table_of(const json& told) {
    Table table{told.at("id").get<std::string>(),
                told.at("title").get<std::string>(),
                told.value("about", ""),
                {},
                {}};
    for (const json& column : told.at("columns")) table.columns.push_back(column_of(column));
    for (const json& row : told.at("rows")) {
        std::vector<Cell> cells;
        cells.reserve(table.columns.size());
        for (const Column& column : table.columns)
            cells.push_back(cell_of(row.value(column.id, json())));
        table.rows.push_back(std::move(cells));
    }
    return table;
}

Report report_of(const json& form) {
    Report report;
    report.org = form.at("org").get<std::string>();
    report.as_of = form.at("as_of").get<std::string>();
    report.time_zone = form.value("time_zone", "UTC");
    report.read_at = form.value("read_at", "");
    report.since = form.value("since", "");
    report.until = form.value("until", "");
    report.horizon_days = form.value("horizon_days", 0);
    report.documents = form.value("documents", "");
    report.made_by = form.value("made_by", "");
    report.title = form.value("title", "");
    for (const json& note : form.at("notes")) report.notes.push_back(note.get<std::string>());
    for (const json& figure : form.at("figures"))
        report.figures.push_back({column_of(figure), cell_of(figure.at("value"))});
    for (const json& table : form.at("tables")) report.tables.push_back(table_of(table));
    return report;
}

}  // namespace

std::string_view to_string(Kind kind) noexcept { return kKinds[static_cast<std::size_t>(kind)]; }

std::optional<std::size_t> Table::place_of(std::string_view column) const noexcept {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const Column& one) { return one.id == column; });
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

const Cell& Table::cell(std::size_t row, std::string_view column) const {
    static const Cell kNothing{};
    const auto place = place_of(column);
    return place && row < rows.size() ? rows[row][*place] : kNothing;
}

double Table::number(std::size_t row, std::string_view column) const {
    const auto* number = std::get_if<double>(&cell(row, column));
    return number == nullptr ? 0 : *number;
}

std::string Table::text(std::size_t row, std::string_view column) const {
    const auto* text = std::get_if<std::string>(&cell(row, column));
    return text == nullptr ? std::string{} : *text;
}

const Table* Report::find(std::string_view table) const noexcept {
    const auto found = std::find_if(tables.begin(), tables.end(),
                                    [&](const Table& one) { return one.id == table; });
    return found == tables.end() ? nullptr : &*found;
}

json to_json(const Report& report) {
    json form{{"form", kForm},
              {"org", report.org},
              {"as_of", report.as_of},
              {"time_zone", report.time_zone},
              {"read_at", report.read_at},
              {"since", report.since},
              {"until", report.until},
              {"horizon_days", report.horizon_days},
              {"documents", report.documents},
              {"made_by", report.made_by},
              {"notes", report.notes},
              {"figures", json::array()},
              {"tables", json::array()}};
    if (!report.title.empty()) form["title"] = report.title;
    for (const Figure& figure : report.figures) {
        json told = column_json(figure.column);
        told["value"] = cell_json(figure.value);
        form["figures"].push_back(std::move(told));
    }
    for (const Table& table : report.tables) form["tables"].push_back(table_json(table));
    return form;
}

Result<Report> read_report(const json& form) {
    if (!form.is_object() || !form.contains("form")) return unreadable("it names no form");
    if (form["form"] != kForm)
        return unreadable(
            fmt::format("its form is {}, and {} is known here", form["form"].dump(), kForm));
    try {
        return report_of(form);
    } catch (const json::exception& problem) {
        return unreadable(problem.what());
    }
}

}  // namespace duet::report
