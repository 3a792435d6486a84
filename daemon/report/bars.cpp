#include <algorithm>

#include "daemon/report/charts.h"
#include "daemon/report/numbers.h"
#include "daemon/report/tables.h"

namespace duet::report {
namespace {

constexpr double kThinnest = 1.5;  // so that a small value is seen at all

double most_of(const BarChart& chart) {
    double most = 0;
    for (const auto& row : chart.rows) {
        for (const Cell& cell : row.values) {
            if (const auto* value = std::get_if<double>(&cell)) most = std::max(most, *value);
        }
    }
    return most;
}

/// Where the parts of a bar chart stand.
struct BarLayout {
    bool is_stacked = false;  // labels stand above their bars
    double label_width = 0;
    double left = 0;
    double full = 0;       // length of the longest bar
    double thickness = 0;  // of one bar
    double gap = 0;        // between rows
};

BarLayout layout_of(const BarChart& chart, const Canvas& canvas) {
    BarLayout layout;
    double value_width = 0;
    double label_width = 0;
    for (const auto& row : chart.rows) {
        label_width = std::max(label_width, width_of(row.label));
        for (const Cell& cell : row.values)
            value_width = std::max(value_width, width_of(shown_whole(cell, chart.value)));
        value_width =
            std::max(value_width, row.values.empty()
                                      ? 0
                                      : width_of(shown_whole(row.values.back(), chart.value)) +
                                            width_of(row.note));
    }
    value_width += 10;
    // Names that would be cut stand above their bars, as on a narrow page.
    layout.is_stacked = canvas.is_narrow || label_width + 14 > canvas.width * 0.36;
    layout.label_width = layout.is_stacked ? 0 : label_width + 14;
    layout.left = layout.label_width;
    layout.full = std::max(40.0, canvas.width - layout.left - value_width);
    layout.thickness = chart.series.size() > 1 ? 14 : 20;
    layout.gap = chart.series.size() > 1 ? 16 : 10;
    return layout;
}

void draw_bar(Markup& page, const BarChart& chart, const BarChart::Row& row, std::size_t series,
              const BarLayout& layout, double y, double most) {
    const Cell& cell = row.values[series];
    const auto* value = std::get_if<double>(&cell);
    const std::string told = shown_whole(cell, chart.value);
    const double width = value == nullptr || *value <= 0 || most <= 0
                             ? 0
                             : std::max(kThinnest, layout.full * *value / most);
    if (width > 0) {
        page.open("rect", {{"x", length(layout.left)},
                           {"y", length(y)},
                           {"width", length(width)},
                           {"height", length(layout.thickness)},
                           {"rx", "3"},
                           {"class", "bar " + colour(series)},
                           {"data-v", plain_number(*value)}});
        const std::string of = chart.series.size() > 1 ? ", " + chart.series[series] : "";
        page.leaf("title", {}, row.label + of + ": " + told + row.note);
        page.close();
    }
    const bool is_last = series + 1 == row.values.size();
    draw_text(page, layout.left + width + 7, y + layout.thickness / 2 + 4.5,
              told + (is_last ? row.note : ""), chart.series.size() > 1 ? "value small" : "value");
}

}  // namespace

void draw_bars(Markup& page, const BarChart& chart, const Canvas& canvas) {
    const BarLayout layout = layout_of(chart, canvas);
    const double most = most_of(chart);
    const auto series = static_cast<double>(std::max<std::size_t>(1, chart.series.size()));
    const double group = series * (layout.thickness + 2) - 2;
    const double above = layout.is_stacked ? 20 : 0;
    const auto rows = static_cast<double>(chart.rows.size());
    const bool has_legend = chart.series.size() > 1;
    Markup legend;
    const double legend_height =
        has_legend ? draw_legend(legend, chart.series, 2, canvas.width) + 10 : 0;
    open_drawing(page, canvas, legend_height + rows * (group + above + layout.gap), chart.words);
    page.verbatim(legend.take());
    double y = legend_height;
    for (const auto& row : chart.rows) {
        if (layout.is_stacked) {
            draw_text(page, 0, y + 14, fitted(row.label, canvas.width), "label");
        } else {
            draw_text(page, layout.label_width - 12, y + group / 2 + 4.5,
                      fitted(row.label, layout.label_width - 12), "label", Anchor::End);
        }
        y += above;
        for (std::size_t i = 0; i < row.values.size(); ++i)
            draw_bar(page, chart, row, i, layout,
                     y + static_cast<double>(i) * (layout.thickness + 2), most);
        y += group + layout.gap;
    }
    draw_line(page, layout.left, legend_height, layout.left, y - layout.gap, "axis");
    page.close();
}

}  // namespace duet::report
