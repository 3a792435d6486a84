#include "daemon/sync/cycle.h"

#include <algorithm>

#include "daemon/sync/brake.h"
#include "daemon/sync/catch_up.h"
#include "daemon/sync/consent.h"
#include "daemon/sync/expand.h"
#include "daemon/sync/identity.h"
#include "daemon/sync/learning.h"
#include "daemon/sync/pace.h"
#include "daemon/sync/pins.h"
#include "daemon/sync/remarks.h"
#include "daemon/sync/rematch.h"
#include "daemon/sync/rfm.h"
#include "daemon/sync/scope.h"
#include "daemon/sync/settle.h"

namespace duet::sync {
namespace {

using store::EntityId;

constexpr std::size_t kChangesPerStep = 2'000;  // changed rows a transaction
constexpr std::size_t kEntitiesPerStep = 500;   // entities read at a time

/// Others are looked at because a row that was pulled gave up what they share.
bool is_pulled(const store::ChangedRow& row) { return row.cycle != 0; }

}  // namespace

PerSide<bool> readiness(const CycleReport& report) {
    return {report.observed.crm.ready, report.observed.marketing.ready};
}

Error paused_error(const std::string& org) {
    return {
        ErrorKind::Rejected, "Everything of org \"" + org + "\" is paused.", "DUET-5040", "", {}};
}

Result<CycleReport> Cycle::run(std::stop_token stop, const PlanVisitor& visit) {
    now_ = org_.clock.now();
    auto mode = org_.store.mode(org_.name);
    if (!mode) return std::move(mode).error();
    auto catching_up = find_catch_up(org_);
    if (!catching_up) return std::move(catching_up).error();
    org_.catching_up = catching_up->is_on;
    mode_ = org_.catching_up ? store::Mode::Observe : as_.value_or(*mode);
    auto pauses = Pauses::load(org_.store, org_.name);
    if (!pauses) return std::move(pauses).error();
    if (pauses->of_org() != nullptr) return paused_error(org_.name);
    for (const Side side : kSides) org_.reads_paused[side] = pauses->stops_reads(side);
    auto id = org_.store.start_cycle(org_.name, now_, trigger_);
    if (!id) return std::move(id).error();
    report_.counts.id = *id;
    report_.counts.started = now_;
    report_.counts.trigger = trigger_;
    gate_.emplace(org_, *id, now_, std::move(*pauses));
    lists_.emplace(org_, now_);

    // Nothing of ours is under way now: what is still in flight belongs to a cycle that ended in
    // the midst of a step (a full disk), and its answer was lost.
    if (auto doubted = org_.store.doubt_all(org_.name); !doubted) return std::move(doubted).error();
    if (auto done = resolve_doubts(org_, stop); !done) return std::move(done).error();
    if (auto done = observe_both(stop); !done) return std::move(done).error();
    if (auto done = compare(catching_up->since, stop); !done) return std::move(done).error();
    if (auto done = find_entities(); !done) return std::move(done).error();
    if (auto done = expand_changes(); !done) return std::move(done).error();
    if (auto fired = org_.store.fire_timers(org_.name, now_); !fired)
        return std::move(fired).error();
    if (auto done = retry_put_aside(); !done) return std::move(done).error();
    if (mode_ != store::Mode::Observe) {
        if (report_.observed.crm.ready) {
            if (auto taken = take_thresholds(org_, now_); !taken) return std::move(taken).error();
        }
        if (auto done = learn_attribution(); !done) return std::move(done).error();
        if (auto done = plan_and_send(stop, visit); !done) return std::move(done).error();
        if (auto done = gate_->settle_alarms(); !done) return std::move(done).error();
        report_.alarms = gate_->alarms();
    }
    if (!learnt_) {
        const auto decided = static_cast<std::int64_t>(deals_.size());
        if (auto noted = note_decided(org_, decided); !noted) return std::move(noted).error();
    }
    if (auto done = count_changed_rows(); !done) return std::move(done).error();
    return std::move(report_);
}

/// Once everything is there to learn from.
Status Cycle::learn_attribution() {
    if (!report_.observed.crm.ready || !report_.observed.marketing.ready) return Done{};
    auto learning = learn(org_, now_);
    if (!learning) return std::move(learning).error();
    learnt_ = learning->took_place;
    report_.warnings = std::move(learning->warnings);
    return Done{};
}

Status Cycle::observe_both(std::stop_token stop) {
    for (const Side side : kSides) {
        if (org_.reads_paused[side]) continue;
        org_.observed_at[side] = org_.clock.steady();
        auto observed = [&] {
            const Paced paced(org_, side);
            return observe(org_, side, report_.counts, stop);
        }();
        if (!observed) return std::move(observed).error();
        report_.is_loading = report_.is_loading || !observed->loading.empty();
        report_.observed[side] = std::move(*observed);
    }
    return Done{};
}

/// After a restore all of both sides is compared at once, otherwise a little in each cycle.
Status Cycle::compare(Instant since, std::stop_token stop) {
    if (org_.catching_up) {
        if (!report_.observed.crm.ready || !report_.observed.marketing.ready) return Done{};
        return catch_up(org_, since, report_.counts, stop);
    }
    auto drifts = compare_some(org_, report_.observed, report_.counts, stop);
    if (!drifts) return std::move(drifts).error();
    report_.drifts = std::move(*drifts);
    return Done{};
}

/// Every changed record gets its entity before anyone asks who depends on whom.
Status Cycle::find_entities() {
    if (auto asked = match_anew(org_); !asked) return asked;
    Identity identity(org_.store, org_.name, org_.model, now_);
    std::int64_t after = 0;
    while (true) {
        auto rows = org_.store.changed(org_.name, after, kChangesPerStep);
        if (!rows) return std::move(rows).error();
        if (rows->empty()) break;
        auto transaction = org_.store.begin();
        if (!transaction) return std::move(transaction).error();
        for (const store::ChangedRow& row : *rows) {
            auto entity = identity.settle(row.side, row.id);
            if (!entity) return std::move(entity).error();
            // A row left over from a cycle that never ended is decided, and counted, by this one.
            if (is_pulled(row) && row.cycle != report_.counts.id) ++report_.counts.pulled;
        }
        if (auto done = transaction->commit(); !done) return done;
        after = rows->back().sequence;
    }
    last_changed_ = after;
    return Done{};
}

Status Cycle::expand_changes() {
    Expander expander(org_);
    std::int64_t after = 0;
    while (true) {
        auto rows = org_.store.changed(org_.name, after, kChangesPerStep);
        if (!rows) return std::move(rows).error();
        if (rows->empty()) return Done{};
        auto transaction = org_.store.begin();
        if (!transaction) return std::move(transaction).error();
        for (const store::ChangedRow& row : *rows) {
            auto entities = expander.expand(row);
            if (!entities) return std::move(entities).error();
            if (is_pulled(row)) pulled_rows_.add(*entities, row.backfill);
        }
        if (auto done = transaction->commit(); !done) return done;
        after = rows->back().sequence;
    }
}

/// What was put aside and whose time has come is decided once more.
Status Cycle::retry_put_aside() {
    if (auto freed = free_mended(org_, now_); !freed) return freed;
    if (auto freed = unfit_.load(); !freed) return freed;
    auto due = org_.store.quarantine_due(org_.name, now_, org_.settings.tries_per_cause);
    if (!due) return std::move(due).error();
    if (due->empty()) return Done{};
    auto transaction = org_.store.begin();
    if (!transaction) return std::move(transaction).error();
    for (const EntityId id : *due) {
        if (auto marked = org_.store.mark_dirty(org_.name, id, "put aside, tried again"); !marked)
            return marked;
    }
    return transaction->commit();
}

/// Gives every changed row of the cycle its class, by what became of the entities it touches, and
/// forgets the rows, in one transaction with the counts.
Status Cycle::count_changed_rows() {
    auto transaction = org_.store.begin();
    if (!transaction) return std::move(transaction).error();
    store::CycleRow& counts = report_.counts;
    // Also those that a timer planned, and those of a cycle that never ended.
    auto counted = pulled_rows_.count(org_.store, org_.name, first_load_waits_, counts, written_);
    if (!counted) return counted;
    for (const EntityId id : written_) {
        auto entity = org_.store.entity(org_.name, id);
        if (!entity) return std::move(entity).error();
        if (!*entity || (*entity)->state != "written") continue;
        (*entity)->state = "clean";
        if (auto saved = org_.store.save_entity(org_.name, **entity); !saved) return saved;
    }
    counts.written = report_.sent.done;
    counts.ended = org_.clock.now();
    for (const Side side : kSides) {
        const auto& unread = report_.observed[side].error;
        const auto& unsent = report_.sent.closed[side];
        if (unread || unsent) counts.error = unread ? unread->message : unsent->message;
    }
    if (auto saved = org_.store.save_cycle(org_.name, counts); !saved) return saved;
    if (auto removed = org_.store.remove_changed(org_.name, last_changed_); !removed)
        return removed;
    auto dirty = org_.store.dirty_count(org_.name);
    if (!dirty) return std::move(dirty).error();
    report_.still_dirty = *dirty;
    const bool is_settled = *dirty == 0 && mode_ == store::Mode::Apply && !report_.is_loading &&
                            report_.observed.crm.ready && report_.observed.marketing.ready;
    if (auto closed = lists_->close(is_settled); !closed) return closed;
    return transaction->commit();
}

Status plan_only(Org& org, const PlanVisitor& visit, std::stop_token stop, PerSide<bool> ready) {
    EntityId after = 0;
    Planner planner(org, ready, org.clock.now());
    while (!stop.stop_requested()) {
        auto ids = org.store.dirty(org.name, after, kEntitiesPerStep);
        if (!ids) return std::move(ids).error();
        if (ids->empty()) return Done{};
        if (auto expected = planner.expect(*ids); !expected) return expected;
        for (const EntityId id : *ids) {
            auto plan = planner.plan(id);
            if (!plan) return std::move(plan).error();
            visit(*plan);
        }
        after = ids->back();
    }
    return Done{};
}

}  // namespace duet::sync
