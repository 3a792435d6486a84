#include "daemon/report/tables.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "daemon/report/numbers.h"

namespace duet::report {
namespace {

std::string place(const Table& table, std::size_t row, std::string_view column) {
    return fmt::format("{}/{}/{}", table.id, row, column);
}

bool is_left(const Column& column) {
    return column.kind == Kind::Text || column.kind == Kind::Date;
}

void write_cell(Markup& page, const PageTable::PageCell& cell, bool is_first) {
    Attributes attributes;
    const auto* number = std::get_if<double>(&cell.value);
    if (!is_first) {
        attributes.emplace_back("role", "cell");
        attributes.emplace_back("data-label", heading(cell.column));
        if (is_left(cell.column)) attributes.emplace_back("class", "text");
    } else {
        attributes.emplace_back("scope", "row");
        attributes.emplace_back("role", "rowheader");
    }
    if (!cell.at.empty()) attributes.emplace_back("data-at", cell.at);
    if (number != nullptr && !cell.at.empty())
        attributes.emplace_back("data-v", plain_number(*number));
    page.leaf(is_first ? "th" : "td", attributes, shown(cell.value, cell.column.kind));
}

}  // namespace

std::string plain_number(double value) { return fmt::format("{:.15g}", value); }

std::vector<std::string> texts_of(const Table& table, std::string_view column) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const std::string text = table.text(i, column);
        if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
    }
    return texts;
}

PageTable whole_table(const Table& table, const std::vector<std::string>& columns) {
    PageTable shown_table{table.title, {}, {}};
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const bool is_wanted = columns.empty() || std::find(columns.begin(), columns.end(),
                                                            table.columns[i].id) != columns.end();
        if (!is_wanted) continue;
        places.push_back(i);
        shown_table.columns.push_back(table.columns[i]);
    }
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        auto& cells = shown_table.rows.emplace_back();
        for (const std::size_t at : places)
            cells.push_back(
                {table.rows[row][at], table.columns[at], place(table, row, table.columns[at].id)});
    }
    return shown_table;
}

PageTable side_by_side(const Table& table, std::string_view down, std::string_view across,
                       std::string_view value, std::size_t most) {
    const auto names = texts_of(table, across);
    if (names.size() > most) {
        PageTable long_rows =
            whole_table(table, {std::string(down), std::string(across), std::string(value)});
        if (const auto at = table.place_of(value))
            long_rows.caption += ": " + heading(table.columns[*at]);
        return long_rows;
    }
    PageTable shown_table{table.title, {}, {}};
    const auto down_place = table.place_of(down);
    const auto value_place = table.place_of(value);
    if (!down_place || !value_place) return shown_table;
    Column figures = table.columns[*value_place];
    shown_table.caption += ": " + heading(figures);
    shown_table.columns.push_back(table.columns[*down_place]);
    for (const std::string& name : names) {
        Column column = figures;
        column.id = name;
        column.title = name;
        column.unit.clear();  // the caption says it once
        shown_table.columns.push_back(column);
    }
    std::map<std::string, std::size_t> row_of;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const std::string name = table.text(i, down);
        const auto [found, is_new] = row_of.emplace(name, shown_table.rows.size());
        if (is_new) {
            auto& cells = shown_table.rows.emplace_back(names.size() + 1);
            cells[0] = {name, shown_table.columns[0], place(table, i, down)};
            for (std::size_t c = 0; c < names.size(); ++c)
                cells[c + 1].column = shown_table.columns[c + 1];
        }
        const auto at = std::find(names.begin(), names.end(), table.text(i, across));
        auto& cell =
            shown_table.rows[found->second][static_cast<std::size_t>(at - names.begin()) + 1];
        cell.value = table.rows[i][*value_place];
        cell.at = place(table, i, value);
    }
    return shown_table;
}

void write_table(Markup& page, const PageTable& table) {
    page.open("details");
    page.leaf("summary", {}, "Figures: " + table.caption);
    page.open("table", {{"role", "table"}});
    page.open("thead", {{"role", "rowgroup"}}).open("tr", {{"role", "row"}});
    for (const Column& column : table.columns) {
        Attributes attributes{{"scope", "col"}, {"role", "columnheader"}};
        if (is_left(column)) attributes.emplace_back("class", "text");
        page.leaf("th", attributes, heading(column));
    }
    page.close().close();
    page.open("tbody", {{"role", "rowgroup"}});
    for (const auto& row : table.rows) {
        page.open("tr", {{"role", "row"}});
        for (std::size_t i = 0; i < row.size(); ++i) write_cell(page, row[i], i == 0);
        page.close();
    }
    page.close().close().close();
}

}  // namespace duet::report
