#include <algorithm>

#include <fmt/format.h>

#include "daemon/report/numbers.h"
#include "daemon/report/panel.h"
#include "daemon/report/panels.h"

namespace duet::report {
namespace {

constexpr std::size_t kMostLines = 8;
constexpr std::size_t kMostOwners = 10;

std::size_t place_in(std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    names.push_back(name);
    return names.size() - 1;
}

void write_funnel(Markup& page, const Report& report, const Table& steps, const Table& stages) {
    Panel panel(page, "funnel", "The funnel",
                fmt::format("People who entered each stage in the period, and the share of them "
                            "that reached the next one, or any above it, within {} days. Who "
                            "entered too recently to be judged is left out of the share.",
                            report.horizon_days),
                Span::Full);
    FunnelChart chart{{"Funnel", steps.about}, column_of(steps, "entered"), {}};
    for (std::size_t i = 0; i < steps.rows.size(); ++i) {
        const Cell& rate = steps.cell(i, "rate");
        const std::string onward = std::holds_alternative<double>(rate)
                                       ? shown(rate, Kind::Share) + " went on"
                                       : "too early to tell";
        chart.steps.push_back({steps.text(i, "from"), steps.number(i, "entered"), onward});
    }
    for (std::size_t i = 0; i < stages.rows.size() && !steps.rows.empty(); ++i) {
        const std::string last = steps.text(steps.rows.size() - 1, "to");
        if (stages.text(i, "stage") == last)
            chart.steps.push_back({last, stages.number(i, "entries"), ""});
    }
    panel.add(draw_funnel, chart);
    panel.add(steps);
}

void write_flow(Markup& page, const Table& moves, const Table& stages) {
    Panel panel(page, "flow", "How people moved",
                "Every move from one stage to another in the period: the thicker the band, the "
                "more people. Moves over several stages count as one.",
                Span::Full);
    FlowChart chart{{"Moves between stages", moves.about}, column_of(moves, "moves"), {}, {}, {}};
    // In the order of the stages, so that what is forward goes down the page.
    const auto order = texts_of(stages, "stage");
    const auto keep = [&](std::string_view column) {
        const auto used = texts_of(moves, column);
        std::vector<std::string> kept;
        for (const std::string& name : order) {
            if (std::find(used.begin(), used.end(), name) != used.end()) kept.push_back(name);
        }
        return kept;
    };
    chart.from = keep("from");
    chart.to = keep("to");
    for (std::size_t i = 0; i < moves.rows.size(); ++i)
        chart.moves.push_back({place_in(chart.from, moves.text(i, "from")),
                               place_in(chart.to, moves.text(i, "to")), moves.number(i, "moves")});
    if (chart.moves.empty()) {
        panel.say("Nobody moved in the period.");
    } else {
        panel.add(draw_flow, chart);
        panel.add(moves);
    }
}

/// Owners with the lowest scores, with what the score stands for.
BarChart hygiene_chart(const Table& hygiene) {
    BarChart chart = bars_of(hygiene, "owner", "score");
    for (std::size_t i = 0; i < chart.rows.size(); ++i) {
        chart.rows[i].note = ", " + shown(hygiene.cell(i, "faulty"), Kind::Count) + " of " +
                             shown(hygiene.cell(i, "open"), Kind::Count) + " with faults";
    }
    if (chart.rows.size() > kMostOwners) chart.rows.resize(kMostOwners);
    return chart;
}

/// The shares themselves, and behind them what each is of.
void write_shares(Markup& page, const Table& shares, const Table* by, Span span) {
    Panel panel(page, "shares", "Shares", shares.about, span);
    BarChart chart = bars_of(shares, "share", "rate");
    for (std::size_t i = 0; i < chart.rows.size(); ++i) {
        chart.rows[i].note = ", " + shown(shares.cell(i, "met"), Kind::Count) + " of " +
                             shown(shares.cell(i, "counted"), Kind::Count);
    }
    panel.add(draw_bars, chart);
    panel.add(shares);
    if (by != nullptr) panel.add(*by);
}

}  // namespace

void write_people(Markup& page, const Report& report) {
    const Table* stages = report.find("stages");
    if (stages == nullptr) return;
    const Section section(page, "People");
    if (const Table* steps = report.find("steps")) write_funnel(page, report, *steps, *stages);
    {
        Panel panel(page, "stages", "Where people stand", stages->about, Span::Half);
        panel.add(draw_bars, bars_of(*stages, "stage", "people"));
        PageTable moved = whole_table(
            *stages, {"stage", "people", "people_at_start", "people_at_end", "entries", "exits"});
        PageTable times = whole_table(*stages, {"stage", "rank", "new", "returning", "bypassed"});
        PageTable days =
            whole_table(*stages, {"stage", "stay_median", "stay_p90", "age_median", "age_p90"});
        times.caption += ": who came";
        days.caption += ": how long";
        for (const PageTable* table : {&moved, &times, &days}) {
            if (table->columns.size() > 1) panel.add(*table);
        }
    }
    if (const Table* sizes = report.find("stage_sizes"); sizes != nullptr && !sizes->rows.empty()) {
        Panel panel(page, "stage-sizes", "Stages over time", sizes->about, Span::Half);
        panel.add(draw_lines, lines_of(*sizes, "day", "stage", "people", kMostLines));
        panel.add(side_by_side(*sizes, "day", "stage", "people", kHalfColumns));
    }
    if (const Table* moves = report.find("moves")) write_flow(page, *moves, *stages);
}

void write_business(Markup& page, const Report& report) {
    const Table* accounts = report.find("accounts");
    const Table* deals = report.find("deals");
    const Table* rates = report.find("win_rates");
    const Table* hygiene = report.find("hygiene");
    const Table* shares = report.find("shares");
    if (accounts == nullptr && deals == nullptr && hygiene == nullptr && shares == nullptr) return;
    const Section section(page, "Companies and deals");
    if (accounts != nullptr) {
        Panel panel(page, "accounts", "Companies by stage", accounts->about, Span::Half);
        panel.add(draw_bars, bars_of(*accounts, "stage", "accounts"));
        panel.add(*accounts);
    }
    if (deals != nullptr) {
        const Span span = accounts == nullptr ? Span::Full : Span::Half;
        Panel panel(page, "deals", "What became of deals", deals->about, span);
        panel.add(draw_bars, bars_of(*deals, "outcome", "deals"));
        panel.add(draw_bars, bars_of(*deals, "outcome", "amount"));
        panel.add(*deals);
    }
    if (rates != nullptr) {
        const Span span = shares == nullptr ? Span::Full : Span::Half;
        Panel panel(page, "win-rates", "Win rates", rates->about, span);
        const bool three = std::holds_alternative<double>(rates->cell(0, "won"));
        panel.add(draw_bars, three
                                 ? bars_of_each(*rates, "by", {"win_rate", "won", "lost", "lapsed"})
                                 : bars_of(*rates, "by", "win_rate"));
        panel.add(*rates);
    }
    if (shares != nullptr)
        write_shares(page, *shares, report.find("shares_by"),
                     rates == nullptr ? Span::Full : Span::Half);
    if (hygiene != nullptr) {
        Panel panel(page, "hygiene", "Hygiene of open deals", hygiene->about, Span::Full);
        if (hygiene->rows.empty()) {
            panel.say("No deal is open.");
        } else {
            panel.add(draw_bars, hygiene_chart(*hygiene));
            panel.add(*hygiene);
        }
    }
}

}  // namespace duet::report
