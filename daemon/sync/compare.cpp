#include "daemon/sync/compare.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace duet::sync {
namespace {

using store::ComparePhase;
using store::Comparison;

constexpr std::size_t kKeysPerCall = 200;
// Rows that one step looks at: most were met, so that they cost a read of the store and no call.
constexpr std::size_t kRowsPerStep = 5'000;
constexpr int kPagesPerCycle = 20;  // after a pause, what is due is not done all at once

/// The calls that comparing spent today, by the side: "2018-01-02 41".
struct Spent {
    std::string day;
    std::int64_t calls = 0;
};

std::string fact_of(const Org& org, Side side) { return "compare.calls." + org.system(side); }

Result<Spent> spent_today(const Org& org, Side side) {
    auto text = org.store.fact(org.name, fact_of(org, side));
    if (!text) return std::move(text).error();
    Spent spent{format_date(std::chrono::floor<std::chrono::days>(org.clock.now())), 0};
    if (text->starts_with(spent.day + " ")) {
        const char* from = text->data() + spent.day.size() + 1;
        std::from_chars(from, text->data() + text->size(), spent.calls);
    }
    return spent;
}

/// Whether comparing may make another call.
bool has_calls(const Org& org, Side side, const Spent& spent) {
    if (is_over_budget(org, side)) return false;
    const auto limit = org.connectors[side]->budget().limit_per_day;
    return !limit || static_cast<double>(spent.calls) <
                         static_cast<double>(*limit) * org.settings.compare_share;
}

Status note_calls(Org& org, Side side, Spent spent, std::int64_t calls) {
    spent.calls += calls;
    return org.store.set_fact(org.name, fact_of(org, side),
                              fmt::format("{} {}", spent.day, spent.calls));
}

/// Rows that should have been read by now, so that a pass takes `compare_within`, evenly.
std::int64_t rows_due(const Org& org, const Comparison& comparison, std::int64_t rows) {
    const auto within = std::max(org.settings.compare_within, std::chrono::seconds{1});
    const auto gone =
        std::chrono::floor<std::chrono::seconds>(org.clock.now() - comparison.began_at);
    const double share = static_cast<double>(gone.count()) / static_cast<double>(within.count());
    if (share >= 1) return std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(share * static_cast<double>(rows + 1));
}

/// One page of the compare, with the place after it, in one transaction.
Status store_compared(Org& org, const ObjectModel& object, const ChangePage& page,
                      Comparison& comparison, const Spent& spent, std::int64_t calls,
                      store::CycleRow& counts) {
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    store::CycleRow after = counts;
    for (const Change& change : page.changes) {
        auto drifted = store_compared_change(org, object, change, comparison.pass, after);
        if (!drifted) return std::move(drifted).error();
        if (*drifted == Met::Drifted) ++comparison.found;
    }
    comparison.told += static_cast<std::int64_t>(page.changes.size());
    comparison.cursor = page.next.text;
    if (page.last) {
        comparison.phase = ComparePhase::Ask;
        comparison.cursor.clear();
    }
    if (auto noted = note_calls(org, object.side, spent, calls); !noted) return noted;
    auto set = org.store.set_comparison(org.name, object.side, object.info->name, comparison);
    if (!set) return set;
    if (auto done = transaction->commit(); !done) return done;
    counts = after;
    return Done{};
}

/// Reads the pages that are due. Stops where the side fails: the next cycle goes on there.
Status read_on(Org& org, const ObjectModel& object, Comparison& comparison, std::int64_t rows,
               store::CycleRow& counts, std::stop_token stop) {
    Connector& side = *org.connectors[object.side];
    for (int page_number = 0; page_number < kPagesPerCycle; ++page_number) {
        const bool is_behind = comparison.told < rows_due(org, comparison, rows);
        if (comparison.phase != ComparePhase::Read || !is_behind || stop.stop_requested())
            return Done{};
        auto spent = spent_today(org, object.side);
        if (!spent) return std::move(spent).error();
        if (!has_calls(org, object.side, *spent)) return Done{};
        const std::int64_t before = side.budget().calls_made;
        auto page =
            side.changes(object.selection, {comparison.cursor}, org.settings.page_size, stop);
        const std::int64_t calls = side.budget().calls_made - before;
        if (!page) {
            // A place that the side no longer knows is given up: the pass begins once more.
            if (page.error().kind == ErrorKind::Broken) comparison.cursor.clear();
            if (auto noted = note_calls(org, object.side, *spent, calls); !noted) return noted;
            return org.store.set_comparison(org.name, object.side, object.info->name, comparison);
        }
        const bool is_stuck = page->changes.empty() && !page->last;
        auto stored = store_compared(org, object, *page, comparison, *spent, calls, counts);
        if (!stored || is_stuck) return stored;
    }
    return Done{};
}

/// The first read of an object was one of all of it; the next is due a while later.
Comparison after_first_load(const Org& org, Instant loaded) {
    Comparison first;
    first.began_at = org.clock.now();
    first.agreed_at = loaded;
    return first;
}

void begin_pass(const Org& org, Comparison& comparison) {
    ++comparison.pass;
    comparison.phase = ComparePhase::Read;
    comparison.cursor.clear();
    comparison.began_at = org.clock.now();
    comparison.told = 0;
    comparison.last_found = std::exchange(comparison.found, 0);
}

/// The records found to differ; 0 for an object that is not loaded.
Result<std::int64_t> compare_object(Org& org, const ObjectModel& object, std::int64_t rows,
                                    store::CycleRow& counts, std::stop_token stop) {
    const std::string& name = object.info->name;
    auto state = org.store.object_state(org.name, object.side, name);
    if (!state) return std::move(state).error();
    if (!state->backfilled) return 0;
    auto known = org.store.comparison(org.name, object.side, name);
    if (!known) return std::move(known).error();
    Comparison comparison = std::move(*known);
    const std::int64_t found_before = comparison.phase == ComparePhase::None ? 0 : comparison.found;
    if (comparison.began_at == Instant{}) {
        auto set = org.store.set_comparison(org.name, object.side, name,
                                            after_first_load(org, state->polled_at));
        if (!set) return std::move(set).error();
        return 0;
    }
    if (comparison.phase == ComparePhase::None) {
        if (org.clock.now() - comparison.began_at < org.settings.compare_every) return 0;
        begin_pass(org, comparison);
        auto set = org.store.set_comparison(org.name, object.side, name, comparison);
        if (!set) return std::move(set).error();
    }
    if (comparison.phase == ComparePhase::Read) {
        if (auto read = read_on(org, object, comparison, rows, counts, stop); !read)
            return std::move(read).error();
    } else if (auto asked = ask_for_untold(org, object, comparison, counts, stop); !asked) {
        return std::move(asked).error();
    }
    known = org.store.comparison(org.name, object.side, name);
    if (!known) return std::move(known).error();
    return known->found - found_before;
}

/// A record that Duet wrote a moment ago, and that reads do not tell yet.
bool is_too_fresh(const Org& org, const store::SeenRow& seen, const Change& change) {
    constexpr std::chrono::minutes kMargin{5};
    return change.kind == ChangeKind::Deleted && seen.written_at != Instant{} &&
           org.clock.now() - seen.written_at < org.connectors[seen.side]->read_lag() + kMargin;
}

}  // namespace

Result<Asked> ask_for_untold(Org& org, const ObjectModel& object, Comparison comparison,
                             store::CycleRow& counts, std::stop_token stop) {
    const std::string& name = object.info->name;
    auto untold = org.store.untold(org.name, object.side, name, comparison.pass, comparison.cursor,
                                   kRowsPerStep);
    if (!untold) return std::move(untold).error();
    auto spent = spent_today(org, object.side);
    if (!spent) return std::move(spent).error();
    Connector& side = *org.connectors[object.side];
    const std::int64_t before = side.budget().calls_made;
    std::vector<Change> told;
    for (std::size_t from = 0; from < untold->keys.size(); from += kKeysPerCall) {
        const bool is_out = org.catching_up ? is_over_budget(org, object.side)
                                            : !has_calls(org, object.side, *spent);
        if (stop.stop_requested() || is_out) return Asked::Not;
        const auto some = std::span(untold->keys)
                              .subspan(from, std::min(kKeysPerCall, untold->keys.size() - from));
        auto records = side.read(object.selection, some, stop);
        if (!records) return Asked::Not;
        std::move(records->begin(), records->end(), std::back_inserter(told));
    }
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    store::CycleRow after = counts;
    for (Change& change : told) {
        auto seen = org.store.seen(org.name, object.side, change.record.id);
        if (!seen) return std::move(seen).error();
        if (*seen && is_too_fresh(org, **seen, change)) continue;
        // A tombstone may come without a stamp; it is as new as what was known.
        if (*seen)
            change.record.modified = std::max(change.record.modified, (*seen)->record.modified);
        auto met = store_compared_change(org, object, change, comparison.pass, after);
        if (!met) return std::move(met).error();
        if (*met == Met::Drifted) ++comparison.found;
    }
    comparison.cursor = untold->last;
    if (untold->last.empty()) {
        comparison.phase = ComparePhase::None;
        comparison.agreed_at = comparison.began_at;
    }
    auto noted = note_calls(org, object.side, *spent, side.budget().calls_made - before);
    if (!noted) return std::move(noted).error();
    if (auto set = org.store.set_comparison(org.name, object.side, name, comparison); !set)
        return std::move(set).error();
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    counts = after;
    return comparison.phase == ComparePhase::None ? Asked::Ended : Asked::More;
}

Result<std::vector<Drift>> compare_some(Org& org, const PerSide<Observed>& observed,
                                        store::CycleRow& counts, std::stop_token stop) {
    std::vector<Drift> drifts;
    if (org.settings.compare_every == std::chrono::seconds{0}) return drifts;
    auto rows = org.store.seen_counts(org.name);
    if (!rows) return std::move(rows).error();
    for (const ObjectModel& object : org.model.objects()) {
        const Observed& side = observed[object.side];
        const bool was_read = side.ready || !side.loading.empty();
        if (!was_read || stop.stop_requested()) continue;
        const auto live = rows->find({object.side, object.info->name});
        auto found =
            compare_object(org, object, live == rows->end() ? 0 : live->second, counts, stop);
        if (!found) return std::move(found).error();
        if (*found > 0) drifts.push_back({org.system(object.side), object.info->name, *found});
    }
    return drifts;
}

}  // namespace duet::sync
