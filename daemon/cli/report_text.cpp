#include "daemon/cli/report_text.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "daemon/cli/figures.h"
#include "daemon/report/numbers.h"

namespace duet::cli {
namespace {

using report::Cell;
using report::Kind;
using report::Report;
using report::Table;

/// As JSON spells it; empty for nothing.
std::string raw(const Cell& cell) {
    if (const auto* number = std::get_if<double>(&cell)) return fmt::format("{:.15g}", *number);
    const auto* text = std::get_if<std::string>(&cell);
    if (text == nullptr) return "";
    constexpr std::string_view kFormulaStarts = "=+-@\t\r";
    const bool is_risky =
        !text->empty() && kFormulaStarts.find(text->front()) != kFormulaStarts.npos;
    return is_risky ? "'" + *text : *text;
}

Grid csv_grid(const Table& table) {
    std::vector<std::string> header;
    for (const auto& column : table.columns) header.push_back(column.id);
    Grid grid(header);
    for (const auto& row : table.rows) {
        std::vector<std::string> cells;
        for (const Cell& cell : row) cells.push_back(raw(cell));
        grid.add(std::move(cells));
    }
    return grid;
}

Grid text_grid(const Table& table) {
    std::vector<std::string> header;
    for (const auto& column : table.columns) header.push_back(report::heading(column));
    Grid grid(header);
    for (const auto& row : table.rows) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < row.size(); ++i)
            cells.push_back(report::shown(row[i], table.columns[i].kind));
        grid.add(std::move(cells));
    }
    return grid;
}

/// In lines of at most so many characters, each indented.
std::string wrapped(std::string_view text) {
    constexpr std::size_t kWidth = 100;
    constexpr std::string_view kIndent = "  ";
    std::string out;
    std::string line(kIndent);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        if (line.size() + 1 + word.size() > kWidth && line.size() > kIndent.size()) {
            out += line + "\n";
            line = kIndent;
        }
        if (line.size() > kIndent.size()) line += ' ';
        line += word;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return line.size() > kIndent.size() ? out + line + "\n" : out;
}

}  // namespace

std::string report_text(const Report& report) {
    std::string out =
        fmt::format("{} as of {}; days are those of {}\nperiod {} until {}\n", report.org,
                    report.as_of, report.time_zone, report.since, report.until);
    for (const std::string& note : report.notes) out += "note: " + note + "\n";
    out += "\n";
    Grid figures({"figure", "value"});
    for (const auto& figure : report.figures)
        figures.add({figure.column.title, report::shown_whole(figure.value, figure.column)});
    out += figures.text();
    for (const Table& table : report.tables)
        out += "\n" + table.title + "\n" + wrapped(table.about) + "\n" + text_grid(table).text();
    return out;
}

std::vector<std::pair<std::string, std::string>> report_csv(const Report& report) {
    std::vector<std::pair<std::string, std::string>> files;
    Grid columns({"table", "column", "title", "kind", "unit"});
    Grid figures({"figure", "title", "kind", "unit", "value"});
    for (const auto& figure : report.figures)
        figures.add({figure.column.id, figure.column.title,
                     std::string(to_string(figure.column.kind)), figure.column.unit,
                     raw(figure.value)});
    files.emplace_back("figures.csv", figures.csv());
    for (const Table& table : report.tables) {
        files.emplace_back(table.id + ".csv", csv_grid(table).csv());
        for (const auto& column : table.columns)
            columns.add({table.id, column.id, column.title, std::string(to_string(column.kind)),
                         column.unit});
    }
    files.emplace_back("columns.csv", columns.csv());
    return files;
}

}  // namespace duet::cli
