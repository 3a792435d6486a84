#include "daemon/report/panel.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "daemon/report/money_tables.h"
#include "daemon/report/numbers.h"

namespace duet::report {

Panel::Panel(Markup& page, std::string_view id, std::string_view title, std::string_view about,
             Span span)
    : page_(page), id_(id), span_(span) {
    page_.open("section", {{"class", span == Span::Full ? "panel full" : "panel"}, {"id", id_}});
    page_.leaf("h3", {}, title);
    page_.leaf("p", {}, about);
}

Panel::~Panel() { page_.close(); }

void Panel::say(std::string_view sentence) { page_.leaf("p", {{"class", "none"}}, sentence); }

Canvas Panel::canvas(bool is_narrow) const {
    const double wide = span_ == Span::Full ? kFullWidth : kHalfWidth;
    return {is_narrow ? kNarrowWidth : wide, is_narrow,
            fmt::format("{}-{}{}", id_, charts_, is_narrow ? "n" : "w")};
}

Section::Section(Markup& page, std::string_view title) : page_(page) {
    page_.leaf("h2", {}, title);
    page_.open("div", {{"class", "grid"}});
}

Section::~Section() { page_.close(); }

const Column& column_of(const Table& table, std::string_view id) {
    static const Column kNone{};
    const auto place = table.place_of(id);
    return place ? table.columns[*place] : kNone;
}

BarChart bars_of(const Table& table, std::string_view label, std::string_view value) {
    const Column& column = column_of(table, value);
    BarChart chart{{table.title, table.about}, column, {column.title}, {}};
    for (std::size_t i = 0; i < table.rows.size(); ++i)
        chart.rows.push_back({table.text(i, label), {table.cell(i, value)}});
    return chart;
}

BarChart bars_of_each(const Table& table, std::string_view label,
                      const std::vector<std::string>& values) {
    BarChart chart{{table.title, table.about}, column_of(table, values.front()), {}, {}};
    for (const std::string& value : values) chart.series.push_back(column_of(table, value).title);
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        BarChart::Row row{table.text(i, label), {}};
        for (const std::string& value : values) row.values.push_back(table.cell(i, value));
        chart.rows.push_back(std::move(row));
    }
    return chart;
}

namespace {

/// Those that say anything of `value`, in their order.
std::vector<std::string> models_with(const Table& table, std::string_view value) {
    std::vector<std::string> models;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const std::string model = table.text(i, "model");
        const bool is_new = std::find(models.begin(), models.end(), model) == models.end();
        if (is_new && std::holds_alternative<double>(table.cell(i, value))) models.push_back(model);
    }
    return models;
}

}  // namespace

BarChart bars_by_model(const Table& table, std::string_view label, std::string_view value) {
    auto models = models_with(table, value);
    if (models.size() > kMostModels) models.resize(kMostModels);
    BarChart chart{{table.title + ": " + column_of(table, value).title, table.about},
                   column_of(table, value),
                   models,
                   {}};
    std::map<std::string, std::size_t> row_of;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto model = std::find(models.begin(), models.end(), table.text(i, "model"));
        if (model == models.end()) continue;
        const std::string name = table.text(i, label);
        if (name == kNoCampaign) continue;  // told apart, under what no campaign touched
        const auto [found, is_new] = row_of.emplace(name, chart.rows.size());
        if (is_new) chart.rows.push_back({name, std::vector<Cell>(models.size())});
        chart.rows[found->second].values[static_cast<std::size_t>(model - models.begin())] =
            table.cell(i, value);
    }
    const auto most = [](const BarChart::Row& row) {
        double largest = 0;
        for (const Cell& cell : row.values) {
            if (const auto* number = std::get_if<double>(&cell))
                largest = std::max(largest, *number);
        }
        return largest;
    };
    std::erase_if(chart.rows, [&](const BarChart::Row& row) { return most(row) <= 0; });
    std::stable_sort(chart.rows.begin(), chart.rows.end(),
                     [&](const auto& a, const auto& b) { return most(a) > most(b); });
    if (chart.rows.size() > kMostRows) chart.rows.resize(kMostRows);
    return chart;
}

LineChart lines_of(const Table& table, std::string_view day, std::string_view across,
                   std::string_view value, std::size_t most) {
    LineChart chart{{table.title, table.about}, column_of(table, value), texts_of(table, day), {}};
    std::sort(chart.days.begin(), chart.days.end());
    std::map<std::string, std::size_t> place;
    for (std::size_t i = 0; i < chart.days.size(); ++i) place[chart.days[i]] = i;
    std::map<std::string, std::size_t> series;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const std::string name = table.text(i, across);
        const auto [found, is_new] = series.emplace(name, chart.series.size());
        if (is_new) chart.series.push_back({name, std::vector<Cell>(chart.days.size())});
        chart.series[found->second].values[place[table.text(i, day)]] = table.cell(i, value);
    }
    if (chart.series.size() <= most) return chart;
    const auto at_end = [](const LineChart::Series& one) {
        const auto* number = std::get_if<double>(&one.values.back());
        return number == nullptr ? 0 : *number;
    };
    std::stable_sort(chart.series.begin(), chart.series.end(),
                     [&](const auto& a, const auto& b) { return at_end(a) > at_end(b); });
    chart.series.resize(most);
    return chart;
}

}  // namespace duet::report
