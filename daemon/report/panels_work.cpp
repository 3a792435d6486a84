#include "daemon/report/panel.h"
#include "daemon/report/panels.h"

namespace duet::report {
namespace {

constexpr std::size_t kMostLists = 8;

}  // namespace

void write_lists(Markup& page, const Report& report) {
    const Table* lists = report.find("lists");
    if (lists == nullptr) return;
    const Section section(page, "Lists");
    {
        Panel panel(page, "lists", "Lists now", lists->about, Span::Half);
        panel.add(draw_bars, bars_of(*lists, "list", "people"));
        panel.add(*lists);
    }
    const Table* sizes = report.find("list_sizes");
    if (sizes == nullptr) return;
    Panel panel(page, "list-sizes", "Lists over time", sizes->about, Span::Half);
    if (sizes->rows.empty()) {
        panel.say("No day has been kept yet.");
        return;
    }
    panel.add(draw_lines, lines_of(*sizes, "day", "list", "people", kMostLists));
    panel.add(side_by_side(*sizes, "day", "list", "people", kHalfColumns));
}

void write_work(Markup& page, const Report& report) {
    const Table* activity = report.find("activity");
    const Table* waiting = report.find("waiting");
    if (activity == nullptr && waiting == nullptr) return;
    const Section section(page, "How fresh this is");
    if (activity != nullptr) {
        Panel panel(page, "activity", "What Duet wrote", activity->about, Span::Half);
        LineChart chart{{activity->title, activity->about},
                        column_of(*activity, "written"),
                        texts_of(*activity, "day"),
                        {{"written", {}}}};
        for (std::size_t i = 0; i < activity->rows.size(); ++i)
            chart.series[0].values.push_back(activity->cell(i, "written"));
        if (chart.days.empty()) {
            panel.say("Duet has not run in these days.");
        } else {
            panel.add(draw_columns, chart);
            panel.add(*activity);
        }
    }
    if (waiting != nullptr) {
        Panel panel(page, "waiting", "What waits for a person", waiting->about, Span::Half);
        if (waiting->rows.empty()) {
            panel.say("Nothing waits.");
        } else {
            panel.add(draw_bars, bars_of(*waiting, "what", "count"));
            panel.add(*waiting);
        }
    }
}

}  // namespace duet::report
