#include <algorithm>

#include "daemon/report/charts.h"
#include "daemon/report/numbers.h"
#include "mappings/value.h"

namespace duet::report {
namespace {

constexpr double kTop = 12;
constexpr double kBottom = 30;

/// A frame with an upright scale from 0 and days along the bottom.
class Frame {
public:
    Frame(const LineChart& chart, const Canvas& canvas) : chart_(chart) {
        double most = 0;
        for (const auto& series : chart.series) {
            for (const Cell& cell : series.values) {
                if (const auto* value = std::get_if<double>(&cell)) most = std::max(most, *value);
            }
        }
        marks_ = ticks(most, 4);
        double widest = 0;
        for (const double mark : marks_) widest = std::max(widest, width_of(compact(mark)));
        left_ = widest + 8;
        right_ = canvas.width - (canvas.is_narrow ? 6 : 12);
        height_ = canvas.is_narrow ? 190 : 240;
    }

    [[nodiscard]] double x(std::size_t day) const {
        const double last = place(chart_.days.size() - 1);
        return last <= 0 ? (left_ + right_) / 2 : left_ + (right_ - left_) * place(day) / last;
    }
    /// Of columns: days stand side by side, each with room for itself.
    [[nodiscard]] double slot(std::size_t day) const {
        return left_ + room() * (static_cast<double>(day) + 0.5);
    }
    [[nodiscard]] double room() const {
        return (right_ - left_) / static_cast<double>(chart_.days.size());
    }
    [[nodiscard]] double y(double value) const {
        return top_ + height_ - height_ * value / marks_.back();
    }
    void set_top(double top) { top_ = top + kTop; }
    [[nodiscard]] double whole() const { return top_ + height_ + kBottom; }

    void draw_grid(Markup& page) const {
        for (const double mark : marks_) {
            draw_line(page, left_, y(mark), right_, y(mark), mark == 0 ? "axis" : "grid");
            draw_text(page, left_ - 8, y(mark) + 4.5, compact(mark), "tick", Anchor::End);
        }
    }
    /// As many days as there is room for, the first and the last among them.
    void draw_days(Markup& page, bool in_slots) const {
        const double base = top_ + height_ + 20;
        double free_from = -1e9;
        const std::size_t count = chart_.days.size();
        const double half = width_of(chart_.days.back()) / 2;
        const double last = std::min(in_slots ? slot(count - 1) : x(count - 1), right_ - half + 6);
        for (std::size_t i = 0; i < count; ++i) {
            const bool is_last = i + 1 == count;
            const double at =
                is_last ? last : std::max(left_ + half - 6, in_slots ? slot(i) : x(i));
            if (!is_last && (at - half < free_from || at + half + 12 > last - half)) continue;
            if (is_last && count > 1 && at - half < free_from) continue;
            draw_text(page, at, base, chart_.days[i], "tick", Anchor::Middle);
            free_from = at + half + 12;
        }
    }

private:
    /// Days since the first.
    [[nodiscard]] double place(std::size_t day) const {
        const auto first = parse_date(chart_.days.front());
        const auto at = parse_date(chart_.days[day]);
        if (!first || !at) return static_cast<double>(day);
        return static_cast<double>((*at - *first).count());
    }

    const LineChart& chart_;
    std::vector<double> marks_;
    double left_ = 0;
    double right_ = 0;
    double top_ = 0;
    double height_ = 0;
};

void draw_series(Markup& page, const LineChart& chart, std::size_t series, const Frame& frame) {
    const auto& one = chart.series[series];
    std::string path;
    bool is_open = false;
    for (std::size_t i = 0; i < one.values.size(); ++i) {
        const auto* value = std::get_if<double>(&one.values[i]);
        if (value != nullptr)
            path += (is_open ? "L" : "M") + length(frame.x(i)) + " " + length(frame.y(*value));
        is_open = value != nullptr;
    }
    // Colours repeat after the eighth; a broken line tells the second round from the first.
    const char* dashes = series >= kColours ? " again" : "";
    page.single("path", {{"class", "line " + colour(series) + dashes}, {"d", path}});
    const double radius = one.values.size() > 40 ? 2 : 3.5;
    for (std::size_t i = 0; i < one.values.size(); ++i) {
        const auto* value = std::get_if<double>(&one.values[i]);
        if (value == nullptr) continue;
        page.open("circle", {{"cx", length(frame.x(i))},
                             {"cy", length(frame.y(*value))},
                             {"r", length(radius)},
                             {"class", "point " + colour(series)},
                             {"data-v", length(*value)}});
        page.leaf("title", {},
                  one.name + ", " + chart.days[i] + ": " + shown_whole(one.values[i], chart.value));
        page.close();
    }
}

}  // namespace

void draw_lines(Markup& page, const LineChart& chart, const Canvas& canvas) {
    Frame frame(chart, canvas);
    std::vector<std::string> names;
    for (const auto& series : chart.series) names.push_back(series.name);
    Markup legend;
    frame.set_top(names.size() > 1 ? draw_legend(legend, names, 2, canvas.width) : 0);
    open_drawing(page, canvas, frame.whole(), chart.words);
    page.verbatim(legend.take());
    frame.draw_grid(page);
    for (std::size_t i = 0; i < chart.series.size(); ++i) draw_series(page, chart, i, frame);
    frame.draw_days(page, false);
    page.close();
}

void draw_columns(Markup& page, const LineChart& chart, const Canvas& canvas) {
    Frame frame(chart, canvas);
    frame.set_top(0);
    open_drawing(page, canvas, frame.whole(), chart.words);
    frame.draw_grid(page);
    const double width = std::min(frame.room() * 0.72, 46.0);
    const auto& series = chart.series.front();
    for (std::size_t i = 0; i < series.values.size(); ++i) {
        const auto* value = std::get_if<double>(&series.values[i]);
        if (value == nullptr || *value <= 0) continue;
        const double top = frame.y(*value);
        page.open("rect", {{"x", length(frame.slot(i) - width / 2)},
                           {"y", length(top)},
                           {"width", length(width)},
                           {"height", length(frame.y(0) - top)},
                           {"rx", "2"},
                           {"class", "bar c1"},
                           {"data-v", length(*value)}});
        page.leaf("title", {}, chart.days[i] + ": " + shown_whole(series.values[i], chart.value));
        page.close();
    }
    frame.draw_days(page, true);
    page.close();
}

}  // namespace duet::report
