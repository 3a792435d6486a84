#include <algorithm>
#include <utility>

#include "daemon/service/qualified.h"
#include "daemon/service/report_parts.h"
#include "mappings/document/lifecycle.h"
#include "mappings/lifecycle/funnel.h"

namespace duet::service {
namespace {

using lifecycle::Funnel;
using report::Column;
using report::Kind;
using report::Table;

constexpr const char* kPeople = "people";

Column people(std::string id, std::string title) {
    return {std::move(id), std::move(title), Kind::Count, kPeople};
}

Column days_of(std::string id, std::string title) {
    return {std::move(id), std::move(title), Kind::Days, "days"};
}

Table stages_table(const Funnel& funnel, const lifecycle::Model& model, const ReportPeriod& asked) {
    Table table{"stages",
                "Stages",
                "People in each stage now, and who entered and left it in the period.",
                {{"stage", "Stage"},
                 {"rank", "Rank", Kind::Number},
                 people("people", "Now"),
                 people("people_at_start", "At the start"),
                 people("people_at_end", "At the end"),
                 people("entries", "Entered"),
                 people("new", "New"),
                 people("returning", "Returning"),
                 people("bypassed", "Passed over"),
                 people("exits", "Left"),
                 days_of("stay_median", "Stays that ended, median"),
                 days_of("stay_p90", "Stays that ended, 90th percentile"),
                 days_of("age_median", "There now since, median"),
                 days_of("age_p90", "There now since, 90th percentile")}};
    const auto now = asked.as_of + std::chrono::milliseconds{1};
    for (const auto& stage : model.rules().stages) {
        const auto flow = funnel.flow(stage.name, asked.period);
        const auto stays = funnel.stays(stage.name, asked.period);
        const auto ages = funnel.ageing(stage.name, asked.as_of);
        table.rows.push_back({stage.name, count(stage.rank), count(funnel.stock(stage.name, now)),
                              count(funnel.stock(stage.name, asked.period.from)),
                              count(funnel.stock(stage.name, asked.period.until)),
                              count(flow.entries), count(flow.fresh), count(flow.returning),
                              count(flow.bypassed), count(flow.exits), cell(stays.median),
                              cell(stays.p90), cell(ages.median), cell(ages.p90)});
    }
    return table;
}

Table steps_table(const Funnel& funnel, const lifecycle::Model& model, const ReportPeriod& asked) {
    Table table{"steps",
                "Steps of the funnel",
                "Of a cohort: those who entered in the period and came to the next stage within "
                "the horizon. Of the period: entries of both stages whenever they began. Days: of "
                "moves completed in the period.",
                {{"from", "From"},
                 {"to", "To"},
                 people("entered", "Entered"),
                 people("open", "Too early to tell"),
                 people("converted", "Went on"),
                 {"rate", "Of the cohort", Kind::Share, "share"},
                 {"period_rate", "Of the period", Kind::Share, "share"},
                 {"completed", "Completed", Kind::Count, "moves"},
                 days_of("days_mean", "Mean"),
                 days_of("days_median", "Median"),
                 days_of("days_p90", "90th percentile")}};
    const auto ladder = ladder_of(model);
    for (std::size_t i = 0; i + 1 < ladder.size(); ++i) {
        const std::string& from = ladder[i];
        const std::string& to = ladder[i + 1];
        const auto cohort = funnel.cohort(from, to, asked.period, asked.horizon_days, asked.as_of);
        const auto days = funnel.velocity(from, to, asked.period).summary;
        table.rows.push_back({from, to, count(cohort.entered), count(cohort.open),
                              count(cohort.converted), cell(cohort.rate),
                              cell(funnel.period_conversion(from, to, asked.period)),
                              count(static_cast<std::int64_t>(days.count)), cell(days.mean),
                              cell(days.median), cell(days.p90)});
    }
    return table;
}

Table moves_table(const Funnel& funnel, const ReportPeriod& asked) {
    Table table{"moves",
                "Moves between stages",
                "Every move of the period from one stage to another.",
                {{"from", "From"},
                 {"to", "To"},
                 {"moves", "Moves", Kind::Count, "moves"},
                 days_of("days_median", "In the stage before, median"),
                 days_of("days_p90", "90th percentile")}};
    for (const auto& move : funnel.moves(asked.period))
        table.rows.push_back(
            {move.from, move.to, count(move.count), cell(move.days.median), cell(move.days.p90)});
    return table;
}

/// The first moments of the months within the period, and its last day.
std::vector<std::pair<std::string, DateTime>> months_of(const lifecycle::Period& period,
                                                        const lifecycle::Days& days) {
    std::vector<std::pair<std::string, DateTime>> found;
    const std::chrono::year_month_day first{days.of(period.from)};
    auto month = first.year() / first.month();
    for (; days.start(Date{month / 1}) < period.until; month += std::chrono::months{1}) {
        const Date day{month / 1};
        if (days.start(day) >= period.from) found.emplace_back(format_date(day), days.start(day));
    }
    const Date last = days.of(period.until - std::chrono::milliseconds{1});
    const std::string name = format_date(last);
    if (!found.empty() && found.back().first == name) found.pop_back();
    found.emplace_back(name, period.until);
    constexpr std::size_t kMost = 36;
    if (found.size() > kMost) found.erase(found.begin(), found.end() - kMost);
    return found;
}

Table sizes_table(const Funnel& funnel, const lifecycle::Model& model, const ReportPeriod& asked,
                  const lifecycle::Days& days) {
    Table table{"stage_sizes",
                "Stages over time",
                "People in each stage when a month began, and at the end of the period.",
                {{"day", "Day", Kind::Date}, {"stage", "Stage"}, people("people", "People")}};
    for (const auto& [day, at] : months_of(asked.period, days)) {
        for (const auto& stage : model.rules().stages)
            table.rows.push_back({day, stage.name, count(funnel.stock(stage.name, at))});
    }
    return table;
}

void add_figures(const Funnel& funnel, const lifecycle::Model& model, const ReportPeriod& asked,
                 report::Report& report) {
    report.figures.push_back(
        {people("people", "Known"), count(static_cast<std::int64_t>(funnel.people()))});
    const std::string& start = model.rules().cycle_starts_at;
    const auto ladder = ladder_of(model);
    if (!start.empty()) {
        report.figures.push_back({people("qualified", "Became " + start),
                                  count(funnel.flow(start, asked.period).entries)});
    }
    if (start.empty() || ladder.empty() || ladder.back() == start) return;
    const std::string way = start + " to " + ladder.back();
    const auto whole =
        funnel.cohort(start, ladder.back(), asked.period, asked.horizon_days, asked.as_of);
    const auto days = funnel.velocity(start, ladder.back(), asked.period).summary;
    report.figures.push_back(
        {{"whole_rate", way + ", of the cohort", Kind::Share, "share"}, cell(whole.rate)});
    report.figures.push_back({days_of("whole_days", way + ", median"), cell(days.median)});
}

/// Stages that are judged by what is true now have no history.
Status add_stages_alone(sync::Org& org, report::Report& report) {
    auto counts = org.store.stage_counts(org.name);
    if (!counts) return std::move(counts).error();
    Table table{"stages",
                "Stages",
                "People in each stage now.",
                {{"stage", "Stage"}, people("people", "Now")}};
    std::int64_t all = 0;
    auto stages = org.model.documents().stages;
    std::sort(stages.begin(), stages.end(),
              [](const auto& a, const auto& b) { return a.rank < b.rank; });
    for (const auto& stage : stages) {
        const auto held = counts->find(stage.name);
        const std::int64_t people_there = held == counts->end() ? 0 : held->second;
        all += people_there;
        table.rows.push_back({stage.name, count(people_there)});
    }
    report.figures.push_back({people("people", "Known"), count(all)});
    report.notes.emplace_back(
        "The documents have no lifecycle with transitions: how people came to their stages is not "
        "known, so there is no funnel.");
    if (!table.rows.empty()) report.tables.push_back(std::move(table));
    return Done{};
}

void note_qualified(store::EntityId id, const std::vector<lifecycle::Row>& rows,
                    const ReportPeriod& asked, PeopleFacts& facts) {
    for (const lifecycle::Row& row : rows) {
        if (!is_entry(row, facts.qualified_stage)) continue;
        facts.qualified.emplace(id, row.at);
        if (asked.period.holds(row.at)) ++facts.qualified_by[row.campaign];
    }
}

}  // namespace

report::Cell cell(const std::optional<double>& value) {
    return value ? report::Cell(*value) : report::Cell();
}

report::Cell count(std::int64_t value) { return static_cast<double>(value); }

void add_funnel(const Funnel& funnel, const lifecycle::Model& model, const ReportScope& scope,
                report::Report& report) {
    add_figures(funnel, model, scope.asked, report);
    report.tables.push_back(stages_table(funnel, model, scope.asked));
    report.tables.push_back(steps_table(funnel, model, scope.asked));
    report.tables.push_back(moves_table(funnel, scope.asked));
    report.tables.push_back(
        sizes_table(funnel, model, scope.asked, lifecycle::Days(scope.moment.zone)));
}

Status add_people(sync::Org& org, const ReportScope& scope, PeopleFacts& facts,
                  report::Report& report) {
    const document::Lifecycle* rules = org.model.documents().lifecycle.get();
    if (rules == nullptr) return add_stages_alone(org, report);
    const lifecycle::Model& model = *rules->model;
    const lifecycle::Days days(scope.moment.zone);
    facts.qualified_stage = qualified_stage(org.model.documents());
    Funnel funnel(model, days);
    auto read = org.store.each_lifecycle(
        org.name, [&](store::EntityId id, const std::vector<lifecycle::Row>& rows) {
            funnel.add({}, rows);
            note_qualified(id, rows, scope.asked, facts);
            return true;
        });
    if (!read) return read;
    add_funnel(funnel, model, scope, report);
    return Done{};
}

}  // namespace duet::service
