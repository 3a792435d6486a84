// The middle of a cycle: decides what is dirty, batch by batch, and sends it.
#include <algorithm>
#include <tuple>
#include <utility>

#include "daemon/sync/brake.h"
#include "daemon/sync/consent.h"
#include "daemon/sync/cycle.h"
#include "daemon/sync/pins.h"
#include "daemon/sync/remarks.h"
#include "daemon/sync/scope.h"
#include "daemon/sync/told.h"

namespace duet::sync {
namespace {

using store::EntityId;

constexpr std::size_t kDecisionsPerStep = 500;  // decisions a transaction
constexpr int kMaxPasses = 8;  // create, then fields, then lists: three in practice
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

bool is_same(const merge::Agreed& a, const merge::Agreed& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.first == y.first && x.second.crm == y.second.crm &&
               x.second.marketing == y.second.marketing;
    });
}

/// What a decision may change of an entity, beside what is agreed.
auto standing_of(const store::Entity& entity) {
    return std::tuple(entity.stage, entity.stage_since, entity.timer, entity.state, entity.reason,
                      entity.broken, entity.out_since, entity.parted);
}

/// Sides that were read; what depends on an object that is still loading is another matter.
PerSide<bool> are_read(const CycleReport& report) {
    const auto is_read = [](const Observed& side) { return side.ready || !side.loading.empty(); };
    return {is_read(report.observed.crm), is_read(report.observed.marketing)};
}

}  // namespace

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
        create_limits_.begin_pass();
        gate_->begin_plan();
        Batch batch;
        if (auto done = plan_batch(lane, batch, pass == 0 ? visit : PlanVisitor{}, stop); !done)
            return done;
        if (auto done = give_seats(lane, batch); !done) return done;
        std::int64_t answered = 0;
        while (true) {
            if (auto done = hold_back(batch.writes); !done) return done;
            auto sent = send_batch(std::move(batch.writes), stop);
            if (!sent) return std::move(sent).error();
            answered += *sent;
            // A plan that is only shown goes on for the remarks on what is held.
            const bool goes_on = mode_ == store::Mode::Apply ? *sent > 0 : !gate_->held().empty();
            if (!batch.resume || !goes_on || stop.stop_requested()) break;
            batch = Batch{*batch.resume, false, {}, {}};
            if (auto done = plan_batch(lane, batch, {}, stop); !done) return done;
        }
        if (mode_ != store::Mode::Apply || answered == 0) return Done{};
    }
    return Done{};
}

/// What the vendors answered, for or against.
Result<std::int64_t> Cycle::send_batch(std::vector<PlannedWrite> writes, std::stop_token stop) {
    if (mode_ != store::Mode::Apply || writes.empty()) return std::int64_t{0};
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
        return std::move(saved).error();
    return sent->done + sent->refused;
}

/// Keeps no more writes than fit into memory; the first batch of a pass goes on deciding, because
/// the brake must know the whole plan.
Status Cycle::plan_batch(Lane lane, Batch& batch, const PlanVisitor& visit, std::stop_token stop) {
    EntityId after = batch.after;
    // One for all steps: nothing that it reads changes before something is sent.
    Planner planner(org_, are_read(report_), now_);
    planner.wait_for({report_.observed.crm.loading, report_.observed.marketing.loading});
    CreateLimits beyond;  // of what is decided again in a later batch
    std::size_t so_far = 0;
    while (!stop.stop_requested() && (batch.is_first || !batch.resume)) {
        auto ids = lane == Lane::Fresh ? org_.store.dirty_fresh(org_.name, after, kDecisionsPerStep)
                                       : org_.store.dirty(org_.name, after, kDecisionsPerStep);
        if (!ids) return std::move(ids).error();
        if (ids->empty()) return Done{};
        auto transaction = org_.store.begin();
        if (!transaction) return std::move(transaction).error();
        if (auto expected = planner.expect(*ids); !expected) return expected;
        for (const EntityId id : *ids) {
            auto plan = planner.plan(id);
            if (!plan) return std::move(plan).error();
            if (visit) visit(*plan);
            auto decided = decide_one(*plan, batch.resume ? beyond : create_limits_);
            if (!decided) return decided;
            if (batch.is_first) {
                for (const PlannedWrite& write : plan->writes) gate_->count(write);
            }
            keep(*plan, batch);
            if (batch.resume || batch.writes.size() < org_.settings.writes_at_once) continue;
            batch.resume = id;
            beyond = create_limits_;
            if (!batch.is_first) break;
        }
        if (auto done = transaction->commit(); !done) return done;
        after = ids->back();
        so_far += ids->size();
        if (org_.on_progress)
            org_.on_progress({.system = {}, .rows = so_far, .work = Progress::Work::Deciding});
    }
    return Done{};
}

/// Who is to have a place on a list that has only so many is known once everybody is decided.
Status Cycle::give_seats(Lane lane, Batch& batch) {
    auto later = org_.store.dirty_later_count(org_.name);
    if (!later) return std::move(later).error();
    if (lane == Lane::Fresh && *later > 0) return Done{};
    auto transaction = org_.store.begin();
    if (!transaction) return std::move(transaction).error();
    auto turns = lists_->turn_seats(org_.settings.writes_at_once);
    if (!turns) return std::move(turns).error();
    Planner planner(org_, are_read(report_), now_);
    planner.wait_for({report_.observed.crm.loading, report_.observed.marketing.loading});
    store::EntityId last = 0;
    for (const auto& [id, list] : *turns) {
        if (id == last) continue;
        last = id;
        if (auto done = decide_seat(planner, id, *turns, batch); !done) return done;
    }
    return transaction->commit();
}

/// Decides somebody anew who got a place or lost it; the other writes are in the batch already, or
/// wait for a later one.
Status Cycle::decide_seat(Planner& planner, EntityId id, const ListKeeper::Turns& turns,
                          Batch& batch) {
    auto marked = org_.store.mark_dirty(org_.name, id, "a place on a list came free or went");
    if (!marked) return marked;
    auto plan = planner.plan(id);
    if (!plan) return std::move(plan).error();
    // Its creates were admitted when it was decided first.
    CreateLimits limits;
    if (auto decided = decide_one(*plan, limits); !decided) return decided;
    for (PlannedWrite& write : plan->writes) {
        if (!turns.contains({id, write.list})) continue;
        gate_->count(write);
        batch.writes.push_back(std::move(write));
    }
    return Done{};
}

/// Opt-outs wait for no batch.
void Cycle::keep(EntityPlan& plan, Batch& batch) {
    for (PlannedWrite& write : plan.writes) {
        if (!batch.resume || is_opt_out(write)) batch.writes.push_back(std::move(write));
    }
}

Status Cycle::decide_one(EntityPlan& plan, CreateLimits& limits) {
    ++report_.decisions;
    if (plan.in_doubt) {
        plan.entity.state = merge::to_string(merge::State::Waiting);
        plan.entity.reason = "a write of it is in doubt and must be looked at first";
        plan.writes.clear();
        return org_.store.save_entity(org_.name, plan.entity);
    }
    note_warnings(plan);
    if (plan.entity.kind == EntityKind::Opportunity && !org_.model.documents().attributions.empty())
        deals_.insert(plan.entity.id);
    limit_creates(plan, limits);
    return save_decision(plan, !plan.writes.empty() || plan.waits_for_side);
}

/// What is over a rule's cap, or shares a key with another create, waits.
void Cycle::limit_creates(EntityPlan& plan, CreateLimits& limits) {
    const auto over = std::erase_if(plan.writes, [&](const PlannedWrite& write) {
        return !limits.admits(write, org_.system(write.in_flight.side));
    });
    if (over > 0) plan.waits_for_side = true;
}

Status Cycle::save_decision(EntityPlan& plan, bool stays_dirty) {
    store::Entity& entity = plan.entity;
    merge::Decision& decision = plan.decision;
    const Remark before{entity.state, entity.reason};
    const auto stood = standing_of(entity);
    const bool agrees_anew = !is_same(entity.agreed, decision.agreed);
    entity.agreed = std::move(decision.agreed);
    if (decision.stage != entity.stage) {
        entity.stage = decision.stage;
        entity.stage_since = now_;
    }
    if (auto kept = keep_standing(plan); !kept) return kept;
    if (auto kept = save_actions(org_, entity.id, decision); !kept) return kept;
    if (auto noted = unfit_.keep(entity, decision.is_unfit); !noted) return noted;
    if (auto kept = save_scope(org_, plan); !kept) return kept;
    if (auto kept = lists_->save(plan); !kept) return kept;
    const bool is_known = decision.state != merge::State::Filtered && !plan.waits_for_side;
    if (is_known) {
        if (auto kept = keep_told(org_, plan.told); !kept) return kept;
    }
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
    if (agrees_anew || standing_of(entity) != stood) {
        if (auto saved = org_.store.save_entity(org_.name, entity); !saved) return saved;
    }
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

/// The history that the decision went by, and the accounts that follow from it.
Status Cycle::keep_standing(EntityPlan& plan) {
    if (!plan.standing || plan.entity.kind != EntityKind::Person) return Done{};
    const Standing& standing = *plan.standing;
    if (!standing.failure.empty()) return Done{};
    if (!standing.stage.empty()) plan.entity.stage_since = Instant{standing.history.since};
    return save_lifecycle(org_, plan.entity.id, plan.moves, standing);
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

void Cycle::note_warnings(const EntityPlan& plan) {
    auto& warnings = report_.warnings;
    for (const std::string& warning : plan.decision.warnings) {
        if (warnings.size() >= kMaxWarnings) return;
        if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end())
            warnings.push_back(warning);
    }
}

}  // namespace duet::sync
