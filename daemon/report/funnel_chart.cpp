#include <algorithm>

#include "daemon/report/charts.h"
#include "daemon/report/numbers.h"

namespace duet::report {
namespace {

constexpr double kStep = 36;     // height of a step
constexpr double kBetween = 30;  // height of what lies between two
constexpr double kThinnestStep = 3;

}  // namespace

void draw_funnel(Markup& page, const FunnelChart& chart, const Canvas& canvas) {
    double most = 0;
    double label_width = 0;
    for (const auto& step : chart.steps) {
        most = std::max(most, step.value);
        label_width = std::max(label_width, width_of(step.label));
    }
    const double side = canvas.is_narrow ? 0 : std::min(label_width + 20, canvas.width * 0.25);
    const double above = canvas.is_narrow ? 20 : 0;
    const double full = canvas.width - 2 * side;
    const double middle = canvas.width / 2;
    const auto width_at = [&](double value) {
        return value <= 0 || most <= 0 ? 0 : std::max(kThinnestStep, full * value / most);
    };
    const auto steps = static_cast<double>(chart.steps.size());
    open_drawing(page, canvas, steps * (kStep + above) + std::max(0.0, steps - 1) * kBetween,
                 chart.words);
    double y = 0;
    for (std::size_t i = 0; i < chart.steps.size(); ++i) {
        const auto& step = chart.steps[i];
        const std::string told = shown_whole(Cell(step.value), chart.value);
        const double width = width_at(step.value);
        if (canvas.is_narrow) {
            draw_text(page, middle, y + 14, step.label + ": " + told, "label", Anchor::Middle);
            y += above;
        } else {
            draw_text(page, 0, y + kStep / 2 + 5, fitted(step.label, side), "label strong");
            draw_text(page, canvas.width, y + kStep / 2 + 5, told, "value", Anchor::End);
        }
        if (width > 0) {
            page.open("rect", {{"x", length(middle - width / 2)},
                               {"y", length(y)},
                               {"width", length(width)},
                               {"height", length(kStep)},
                               {"rx", "4"},
                               {"class", "bar c1"},
                               {"data-v", length(step.value)}});
            page.leaf("title", {}, step.label + ": " + told);
            page.close();
        }
        y += kStep;
        if (i + 1 == chart.steps.size()) break;
        const double next = width_at(chart.steps[i + 1].value);
        const double end = y + kBetween + above;
        page.single("path", {{"class", "between"},
                             {"d", "M" + length(middle - width / 2) + " " + length(y) + "L" +
                                       length(middle + width / 2) + " " + length(y) + "L" +
                                       length(middle + next / 2) + " " + length(end) + "L" +
                                       length(middle - next / 2) + " " + length(end) + "Z"}});
        draw_text(page, middle, y + kBetween / 2 + 5, step.onward, "onward", Anchor::Middle);
        y += kBetween;
    }
    page.close();
}

}  // namespace duet::report
