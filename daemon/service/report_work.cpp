#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "daemon/service/report_parts.h"
#include "daemon/sync/pause.h"
#include "daemon/sync/put_aside.h"

namespace duet::service {
namespace {

using report::Column;
using report::Kind;
using report::Table;

constexpr std::size_t kMostCycles = 20'000;  // of the days that are told: two weeks of one a minute
constexpr int kDaysTold = 14;
constexpr int kMostListDays = 92;  // a quarter

Column rows_of(std::string id, std::string title, std::string unit) {
    return {std::move(id), std::move(title), Kind::Count, std::move(unit)};
}

/// Members of each list on the marketing side, by its name.
Result<std::map<std::string, std::int64_t>> members_by_list(sync::Org& org) {
    const sync::ListObjects& lists = org.model.lists();
    std::map<std::string, std::string> names;
    std::map<std::string, std::int64_t> members;
    if (lists.list == nullptr || lists.membership == nullptr) return members;
    auto read = org.store.each_seen(
        org.name, Side::Marketing, lists.list->name, [&](const store::SeenRow& row) {
            const std::string* name = as_text(row.record.fields.get(lists.name_field));
            if (name != nullptr && !row.deleted) names.emplace(row.record.id.key, *name);
            return true;
        });
    if (!read) return std::move(read).error();
    for (const auto& [id, name] : names) members.emplace(name, 0);
    read = org.store.each_seen(
        org.name, Side::Marketing, lists.membership->name, [&](const store::SeenRow& row) {
            const std::string* list = as_text(row.record.fields.get(lists.list_field));
            const auto name = list == nullptr ? names.end() : names.find(*list);
            if (name != names.end() && !row.deleted && !lists.is_left(row.record))
                ++members[name->second];
            return true;
        });
    if (!read) return std::move(read).error();
    return members;
}

/// What the daemon did on one day.
struct Day {
    double cycles = 0;
    double failed = 0;
    double pulled = 0;
    double written = 0;
    double put_aside = 0;
};

Table activity_table(const std::vector<store::CycleRow>& cycles, const ReportScope& scope) {
    const lifecycle::Days days(scope.moment.zone);
    const Date today = days.of(scope.moment.now);
    const Date first = today - std::chrono::days{kDaysTold - 1};
    std::map<Date, Day> found;
    for (const store::CycleRow& cycle : cycles) {
        const Date day = days.of(std::chrono::floor<std::chrono::milliseconds>(cycle.started));
        if (day < first || day > today) continue;
        Day& sum = found[day];
        sum.cycles += 1;
        sum.failed += cycle.error.empty() ? 0 : 1;
        sum.pulled += static_cast<double>(cycle.pulled);
        sum.written += static_cast<double>(cycle.written);
        sum.put_aside += static_cast<double>(cycle.quarantined);
    }
    Table table{"activity",
                "What Duet did",
                fmt::format("Writes that both systems acknowledged, on those of the last {} days "
                            "on which Duet ran.",
                            kDaysTold),
                {{"day", "Day", Kind::Date},
                 rows_of("cycles", "Passes", "passes"),
                 rows_of("failed", "Of these failed", "passes"),
                 rows_of("pulled", "Read", "records"),
                 rows_of("written", "Written", "writes"),
                 rows_of("put_aside", "Put aside", "records")}};
    for (const auto& [day, sum] : found)
        table.rows.push_back(
            {format_date(day), sum.cycles, sum.failed, sum.pulled, sum.written, sum.put_aside});
    return table;
}

/// By what the vendor said and where, never in its words: they may quote a person.
Status add_put_aside(sync::Org& org, Table& table) {
    auto counts = org.store.quarantine_counts(org.name);
    if (!counts) return std::move(counts).error();
    std::map<std::string, std::int64_t> found;
    for (const auto& [name, number] : *counts) {
        if (number.waiting == 0) continue;
        auto cause = org.store.cause(org.name, name);
        if (!cause) return std::move(cause).error();
        std::string what = "Put aside";
        if (*cause) {
            const store::Cause& known = **cause;
            what += ": " + org.system(known.side) + " " + known.object;
            if (!known.field.empty()) what += "." + known.field;
            what += ", " + (known.remote_code.empty() ? known.code : known.remote_code);
        }
        found[what] += number.waiting;
    }
    for (const auto& [what, number] : found) table.rows.push_back({what, count(number)});
    return Done{};
}

Status add_queues(sync::Org& org, Table& table) {
    auto reviews = org.store.review_counts(org.name);
    if (!reviews) return std::move(reviews).error();
    std::int64_t in_doubt = 0;
    for (const auto& [doubt, number] : *reviews) in_doubt += number;
    if (in_doubt > 0) table.rows.push_back({"Whose record it is, is in doubt", count(in_doubt)});
    auto held = org.store.held(org.name);
    if (!held) return std::move(held).error();
    for (const store::Held& one : *held) {
        if (!one.released)
            table.rows.push_back({"Held by the brake: " + one.kind, count(one.count)});
    }
    auto pauses = sync::Pauses::load(org.store, org.name);
    if (!pauses) return std::move(pauses).error();
    for (const sync::Pause& pause : pauses->all())
        table.rows.push_back(
            {"Paused: " + sync::sentence(pause, org.model.documents().names), report::Cell()});
    return Done{};
}

/// The store keeps a row for a day on which something changed: days between are as those before,
/// and today is as it is now.
Status add_list_sizes(sync::Org& org, const ReportScope& scope,
                      const std::map<std::string, std::int64_t>& now, report::Report& report) {
    const lifecycle::Days days(scope.moment.zone);
    const Date last = days.of(scope.asked.period.until - std::chrono::milliseconds{1});
    const Date first =
        std::max(days.of(scope.asked.period.from), last - std::chrono::days{kMostListDays - 1});
    auto kept = org.store.list_sizes(org.name, "", first.time_since_epoch().count(),
                                     last.time_since_epoch().count());
    if (!kept) return std::move(kept).error();
    std::map<std::string, std::map<std::int64_t, std::int64_t>> sizes;
    for (const store::ListDay& day : *kept) sizes[day.list][day.day] = day.size;
    for (const auto& [list, size] : now)
        sizes[list][days.of(scope.moment.now).time_since_epoch().count()] = size;
    Table table{"list_sizes",
                "Lists over time",
                "People on each list at the end of each day since Duet keeps count.",
                {{"day", "Day", Kind::Date},
                 {"list", "List"},
                 {"people", "People", Kind::Count, "people"}}};
    for (Date day = first; day <= last; day += std::chrono::days{1}) {
        for (const document::ListRule& rule : org.model.documents().lists) {
            const auto found = sizes.find(rule.list);
            if (found == sizes.end()) continue;
            const auto next = found->second.upper_bound(day.time_since_epoch().count());
            if (next == found->second.begin()) continue;  // before the first that is known
            table.rows.push_back({format_date(day), rule.list, count(std::prev(next)->second)});
        }
    }
    report.tables.push_back(std::move(table));
    return Done{};
}

/// When the last pass that read both sides ended.
std::string read_at(const std::vector<store::CycleRow>& cycles) {
    for (const store::CycleRow& cycle : cycles) {
        if (cycle.ended != Instant{} && cycle.error.empty())
            return format_instant(std::chrono::floor<std::chrono::milliseconds>(cycle.ended));
    }
    return {};
}

}  // namespace

Status add_lists(sync::Org& org, const ReportScope& scope, report::Report& report) {
    const auto& rules = org.model.documents().lists;
    if (rules.empty()) return Done{};
    auto members = members_by_list(org);
    if (!members) return std::move(members).error();
    Table table{"lists",
                "Lists now",
                "People on each list that a rule of the documents keeps.",
                {{"list", "List"}, {"people", "People", Kind::Count, "people"}}};
    for (const document::ListRule& rule : rules) {
        const auto found = members->find(rule.list);
        if (found != members->end()) table.rows.push_back({rule.list, count(found->second)});
    }
    report.tables.push_back(std::move(table));
    return add_list_sizes(org, scope, *members, report);
}

Status add_work(sync::Org& org, const ReportScope& scope, report::Report& report) {
    auto cycles = org.store.cycles(org.name, kMostCycles);
    if (!cycles) return std::move(cycles).error();
    report.read_at = read_at(*cycles);
    Table waiting{"waiting",
                  "What waits for a person",
                  "What Duet does not decide by itself.",
                  {{"what", "What"}, rows_of("count", "Waiting", "records")}};
    if (auto added = add_put_aside(org, waiting); !added) return added;
    if (auto added = add_queues(org, waiting); !added) return added;
    double waits = 0;
    for (std::size_t i = 0; i < waiting.rows.size(); ++i) waits += waiting.number(i, "count");
    report.figures.push_back({rows_of("waiting", "Waiting for a person", "records"), waits});
    report.tables.push_back(activity_table(*cycles, scope));
    report.tables.push_back(std::move(waiting));
    return Done{};
}

}  // namespace duet::service
