#include "daemon/report/panel.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

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
