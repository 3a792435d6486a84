#pragma once

#include <string>
#include <vector>

#include "daemon/report/drawing.h"
#include "daemon/report/report.h"

/// The charts of the page. Lengths stand for values without exception: every bar, band and point
/// begins at 0. Each mark has its words as a tooltip and its value as `data-v`.
namespace duet::report {

/// Bars of one or several series for each row.
struct BarChart {
    Words words;
    Column value;                     // how all values are written
    std::vector<std::string> series;  // names; one needs no legend
    struct Row {
        std::string label;
        std::vector<Cell> values;  // by series; nothing: no bar
        std::string note{};        // behind the value of the last bar
    };
    std::vector<Row> rows;
};
void draw_bars(Markup& page, const BarChart& chart, const Canvas& canvas);

/// Steps of a way, each as wide as the people who came there, with the share that went on between.
struct FunnelChart {
    Words words;
    Column value;
    struct Step {
        std::string label;
        double value = 0;
        std::string onward{};  // from this step to the next: "42.0 % within 90 days"
    };
    std::vector<Step> steps;
};
void draw_funnel(Markup& page, const FunnelChart& chart, const Canvas& canvas);

/// Values over days.
struct LineChart {
    Words words;
    Column value;
    std::vector<std::string> days;  // "2018-01-02", rising
    struct Series {
        std::string name;
        std::vector<Cell> values;  // by day; nothing: a gap
    };
    std::vector<Series> series;
};
void draw_lines(Markup& page, const LineChart& chart, const Canvas& canvas);
/// One series as upright columns.
void draw_columns(Markup& page, const LineChart& chart, const Canvas& canvas);

/// Who went from where to where: bands as thick as their people.
struct FlowChart {
    Words words;
    Column value;
    std::vector<std::string> from;  // in order; names on the left
    std::vector<std::string> to;    // names on the right
    struct Move {
        std::size_t from = 0;
        std::size_t to = 0;
        double value = 0;
    };
    std::vector<Move> moves;
};
void draw_flow(Markup& page, const FlowChart& chart, const Canvas& canvas);

}  // namespace duet::report
