#include "daemon/sync/cycle.h"

#include <algorithm>

#include "daemon/sync/brake.h"
#include "daemon/sync/catch_up.h"
#include "daemon/sync/consent.h"
#include "daemon/sync/expand.h"
#include "daemon/sync/identity.h"
#include "daemon/sync/pins.h"
#include "daemon/sync/remarks.h"
#include "daemon/sync/rematch.h"
#include "daemon/sync/scope.h"
#include "daemon/sync/settle.h"

namespace duet::sync {
namespace {

using store::EntityId;

constexpr std::size_t kRowsPerStep = 2'000;    // changed rows a transaction
constexpr std::size_t kEntitiesPerStep = 500;  // decisions a transaction
constexpr int kMaxPasses = 8;                  // create, then fields, then lists: three in practice
constexpr std::size_t kMaxWarnings = 20;

/// What came of each broken validation; a rule over both sides has one outcome, the gravest.
std::map<std::string, std::string> outcomes(const merge::Decision& decision) {
    std::map<std::string, std::string> all;
    for (const merge::BrokenRule& rule : decision.broken) {
        std::string& outcome = all[rule.name];
        if (outcome == "failed") continue;
        outcome = !rule.failure.empty() ? "failed" : rule.holds() ? "held" : "warned";
    }
    return all;
}

/// Sides that were read; what depends on an object that is still loading is another matter.
PerSide<bool> are_read(const CycleReport& report) {
    const auto is_read = [](const Observed& side) { return side.ready || !side.loading.empty(); };
    return {is_read(report.observed.crm), is_read(report.observed.marketing)};
}

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
        if (auto done = plan_and_send(stop, visit); !done) return std::move(done).error();
        if (auto done = gate_->settle_alarms(); !done) return std::move(done).error();
        report_.alarms = gate_->alarms();
    }
    if (auto done = count_changed_rows(); !done) return std::move(done).error();
    return std::move(report_);
}

Status Cycle::observe_both(std::stop_token stop) {
    for (const Side side : kSides) {
        if (org_.reads_paused[side]) continue;
        org_.observed_at[side] = org_.clock.steady();
        auto observed = observe(org_, side, report_.counts, stop);
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
        auto rows = org_.store.changed(org_.name, after, kRowsPerStep);
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
        auto rows = org_.store.changed(org_.name, after, kRowsPerStep);
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

/// What is new goes first, whatever a first load or new documents left to decide.
Status Cycle::plan_and_send(std::stop_token stop, const PlanVisitor& visit) {
    first_load_waits_ = report_.is_loading;
    if (mode_ != store::Mode::Apply && !first_load_waits_) return plan_lane(Lane::All, stop, visit);
    if (auto done = plan_lane(Lane::Fresh, stop, visit); !done) return done;
    if (first_load_waits_ || mode_ != store::Mode::Apply) return Done{};
    auto later = org_.store.dirty_later_count(org_.name);
    if (!later) return std::move(later).error();
    return *later == 0 ? Status{Done{}} : plan_lane(Lane::All, stop, visit);
}

/// Plans what is dirty and sends it, until a pass finds nothing to send: what was written is
/// decided once more, and a decision that was applied leaves nothing to decide.
Status Cycle::plan_lane(Lane lane, std::stop_token stop, const PlanVisitor& visit) {
    for (int pass = 0; pass < kMaxPasses && !stop.stop_requested(); ++pass) {
        std::vector<PlannedWrite> writes;
        const PlanVisitor visitor = pass == 0 ? visit : PlanVisitor{};
        if (auto done = plan_pass(lane, writes, visitor, stop); !done) return done;
        if (auto done = hold_back(writes); !done) return done;
        if (mode_ != store::Mode::Apply || writes.empty()) return Done{};
        auto sent = send(org_, std::move(writes), report_.counts.id, stop);
        if (!sent) return std::move(sent).error();
        report_.sent.done += sent->done;
        report_.sent.refused += sent->refused;
        report_.sent.later += sent->later;
        report_.sent.in_doubt += sent->in_doubt;
        report_.sent.not_sent += sent->not_sent;
        for (const Side side : kSides) {
            if (sent->closed[side]) report_.sent.closed[side] = sent->closed[side];
        }
        if (auto saved = save_waiting(org_, sent->waiting, report_.counts.id, now_); !saved)
            return saved;
        if (sent->done + sent->refused == 0) return Done{};
    }
    return Done{};
}

Status Cycle::plan_pass(Lane lane, std::vector<PlannedWrite>& writes, const PlanVisitor& visit,
                        std::stop_token stop) {
    EntityId after = 0;
    create_limits_.begin_pass();
    while (!stop.stop_requested()) {
        auto ids = lane == Lane::Fresh ? org_.store.dirty_fresh(org_.name, after, kEntitiesPerStep)
                                       : org_.store.dirty(org_.name, after, kEntitiesPerStep);
        if (!ids) return std::move(ids).error();
        if (ids->empty()) return Done{};
        Planner planner(org_, are_read(report_), now_);
        planner.wait_for({report_.observed.crm.loading, report_.observed.marketing.loading});
        auto transaction = org_.store.begin();
        if (!transaction) return std::move(transaction).error();
        for (const EntityId id : *ids) {
            auto plan = planner.plan(id);
            if (!plan) return std::move(plan).error();
            if (visit) visit(*plan);
            if (plan->in_doubt) {
                plan->entity.state = merge::to_string(merge::State::Waiting);
                plan->entity.reason = "a write of it is in doubt and must be looked at first";
                if (auto saved = org_.store.save_entity(org_.name, plan->entity); !saved)
                    return saved;
                continue;
            }
            note_warnings(*plan);
            limit_creates(*plan);
            const bool stays_dirty = !plan->writes.empty() || plan->waits_for_side;
            if (auto saved = save_decision(*plan, stays_dirty); !saved) return saved;
            std::move(plan->writes.begin(), plan->writes.end(), std::back_inserter(writes));
        }
        if (auto done = transaction->commit(); !done) return done;
        after = ids->back();
    }
    return Done{};
}

/// What is over a rule's cap, or shares a key with another create, waits.
void Cycle::limit_creates(EntityPlan& plan) {
    const auto over = std::erase_if(plan.writes, [&](const PlannedWrite& write) {
        return !create_limits_.admits(write, org_.system(write.in_flight.side));
    });
    if (over > 0) plan.waits_for_side = true;
}

Status Cycle::save_decision(EntityPlan& plan, bool stays_dirty) {
    store::Entity& entity = plan.entity;
    merge::Decision& decision = plan.decision;
    const Remark before{entity.state, entity.reason};
    entity.agreed = std::move(decision.agreed);
    if (decision.stage != entity.stage) {
        entity.stage = decision.stage;
        entity.stage_since = now_;
    }
    if (auto kept = save_actions(org_, entity.id, decision); !kept) return kept;
    if (auto kept = save_scope(org_, plan); !kept) return kept;
    entity.out_since = plan.out_since;
    entity.parted = plan.parted;
    entity.timer.reset();
    if (decision.next_change) entity.timer = Instant{*decision.next_change};
    // Once written in this cycle, "planned" is how the entity's rows are counted; the pass that
    // finds it settled must not turn that into "clean" before they are.
    const bool was_planned_now = entity.state == "planned" && decision.state == merge::State::Clean;
    entity.state = was_planned_now ? "written" : merge::to_string(decision.state);
    if (was_planned_now) written_.insert(entity.id);
    entity.reason = decision.reason;
    entity.broken = outcomes(decision);
    if (auto saved = org_.store.save_entity(org_.name, entity); !saved) return saved;
    if (auto kept = save_allowances(org_, plan); !kept) return kept;
    for (const store::Quarantined& row : plan.moot) {
        auto gone = org_.store.remove_quarantine(org_.name, row.entity, row.side, row.slot);
        if (!gone) return gone;
    }
    if (auto kept = save_pins(org_, entity.id, decision); !kept) return kept;
    // That a side is behind is the cycle's own story, not one of each entity.
    if (!plan.waits_for_side) {
        auto noted = note_decision(org_, entity.id, report_.counts.id, now_, before,
                                   {entity.state, entity.reason});
        if (!noted) return noted;
    }
    if (stays_dirty) return Done{};
    return org_.store.clear_dirty(org_.name, entity.id);
}

/// What is paused or held by the brake waits; the rest goes on.
Status Cycle::hold_back(std::vector<PlannedWrite>& writes) {
    auto judged = gate_->judge(writes, true);
    if (!judged) return std::move(judged).error();
    std::map<EntityId, std::string> waiting;
    std::vector<PlannedWrite> pass;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (!(*judged)[i].why.empty())
            waiting[writes[i].in_flight.entity] = std::move((*judged)[i].why);
        if ((*judged)[i].stop == Stop::None) pass.push_back(std::move(writes[i]));
    }
    writes = std::move(pass);
    report_.held = gate_->held();
    return save_waiting(org_, waiting, report_.counts.id, now_);
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
    return transaction->commit();
}

void Cycle::note_warnings(const EntityPlan& plan) {
    auto& warnings = report_.warnings;
    for (const std::string& warning : plan.decision.warnings) {
        if (warnings.size() >= kMaxWarnings) return;
        if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end())
            warnings.push_back(warning);
    }
}

Status plan_only(Org& org, const PlanVisitor& visit, std::stop_token stop, PerSide<bool> ready) {
    EntityId after = 0;
    while (!stop.stop_requested()) {
        auto ids = org.store.dirty(org.name, after, kEntitiesPerStep);
        if (!ids) return std::move(ids).error();
        if (ids->empty()) return Done{};
        Planner planner(org, ready, org.clock.now());
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
