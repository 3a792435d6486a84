#include "daemon/sync/plan.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace duet::sync {
namespace {

constexpr std::size_t kMostWarnings = 20;

/// How an entity is left when nothing of it is written.
std::string reason_of(const EntityPlan& plan) {
    if (plan.in_doubt) return "in doubt";
    if (!plan.entity.ambiguous.empty()) return "ambiguous";
    switch (plan.decision.state) {
        case merge::State::Filtered:
            return "filtered";
        case merge::State::Quarantined:
            return "quarantined";
        case merge::State::Waiting:
            return "waiting";
        case merge::State::Clean:
        case merge::State::Planned:
            break;
    }
    return "unchanged";
}

}  // namespace

PlanMaker::PlanMaker(const Org& org, Pauses pauses, std::size_t samples)
    : org_(org), pauses_(std::move(pauses)), samples_(samples) {
    plan_.org = org.name;
    plan_.documents = org.model.documents().version;
    plan_.names = org.model.documents().names;
}

void PlanMaker::add(const EntityPlan& plan) {
    ++stored_states_[plan.entity.state];
    ++plan_.states[plan.in_doubt ? "in_doubt" : merge::to_string(plan.decision.state)];
    Looked looked;
    looked.id = plan.entity.id;
    looked.reason = reason_of(plan);
    looked.why = plan.in_doubt ? "a write of it is in doubt" : plan.decision.reason;
    looked.first_line = plan_.lines.size();
    for (const PlannedWrite& write : plan.writes) {
        const Side side = write.in_flight.side;
        const Pause* pause = pauses_.of_write(side, write.in_flight.write.id.object);
        PlanLine line{write, {}};
        std::string stop;
        if (pause != nullptr) {
            stop = "paused";
            line.waits = sentence(*pause, plan_.names);
        } else if (!limits_.admits(write, plan_.names[side])) {
            stop = "capped";
            line.waits = "others of its kind go first: a rule's cap, or one key";
        }
        const ObjectInfo* object =
            org_.model.catalogs()[side].find(write.in_flight.write.id.object);
        for (Rejection& found : foresee(write.in_flight.write, object)) {
            plan_.rejections.push_back(
                {looked.id, plan_.names[side], write.in_flight.write.id.object, std::move(found)});
        }
        plan_.lines.push_back(std::move(line));
        stops_.push_back(std::move(stop));
    }
    looked.last_line = plan_.lines.size();
    looked_.push_back(std::move(looked));
    if (plan.in_doubt) return;
    for (Rejection& found : foresee(plan.decision))
        plan_.rejections.push_back({plan.entity.id, "", "", std::move(found)});
    for (const merge::LeftAlone& left : plan.decision.left_alone)
        ++plan_.fields_kept[merge::to_string(left.reason)];
    for (const std::string& warning : plan.decision.warnings) {
        auto& all = plan_.warnings;
        if (all.size() < kMostWarnings && std::find(all.begin(), all.end(), warning) == all.end())
            all.push_back(warning);
    }
}

Result<Plan> PlanMaker::finish() {
    if (auto judged = judge_lines(); !judged) return std::move(judged).error();
    name_left_aside();
    add_cost();
    if (auto counted = count_others(); !counted) return std::move(counted).error();
    return std::move(plan_);
}

Status PlanMaker::judge_lines() {
    std::vector<PlannedWrite> open;
    for (std::size_t i = 0; i < plan_.lines.size(); ++i) {
        if (stops_[i].empty()) open.push_back(plan_.lines[i].write);
    }
    KindCounts counts;
    count_kinds(open, counts);
    auto population = org_.store.seen_counts(org_.name);
    if (!population) return std::move(population).error();
    auto held = find_held(counts, org_.settings.brake, *population);
    auto known = org_.store.held(org_.name);
    if (!known) return std::move(known).error();
    for (store::Held& row : held) {
        for (const store::Held& old : *known) {
            if (old.kind == row.kind) follow_release(row, old);
        }
    }
    for (std::size_t i = 0; i < plan_.lines.size(); ++i) {
        if (!stops_[i].empty()) continue;
        const std::string kind = held_kind(plan_.lines[i].write, held);
        if (kind.empty()) continue;
        plan_.lines[i].waits = "the brake holds writes of kind " + kind;
        PlannedWrite rest = plan_.lines[i].write;
        if (leave_out_held(rest, held)) {
            plan_.lines[i].waits += "; its other fields go";
        } else {
            stops_[i] = "braked";
        }
    }
    return Done{};
}

void PlanMaker::name_left_aside() {
    std::map<std::string, LeftAside> by_reason;
    for (const Looked& looked : looked_) {
        std::string reason = looked.reason;
        std::string why = looked.why;
        for (std::size_t i = looked.first_line; i < looked.last_line; ++i) {
            reason = stops_[i];
            why = plan_.lines[i].waits;
            if (!reason.empty()) break;
        }
        if (reason.empty()) continue;
        LeftAside& left = by_reason[reason];
        ++left.count;
        if (left.samples.size() < samples_) left.samples.emplace_back(looked.id, std::move(why));
    }
    for (const char* reason : kLeftAside) {
        const auto found = by_reason.find(reason);
        if (found == by_reason.end()) continue;
        found->second.reason = reason;
        plan_.left_aside.push_back(std::move(found->second));
    }
}

void PlanMaker::add_cost() {
    std::map<std::tuple<Side, std::string, WriteKind>, std::size_t> groups;
    for (std::size_t i = 0; i < plan_.lines.size(); ++i) {
        if (!stops_[i].empty()) continue;
        const store::InFlight& flight = plan_.lines[i].write.in_flight;
        ++groups[{flight.side, flight.write.id.object, flight.write.kind}];
    }
    for (const auto& [group, count] : groups) {
        const auto& [side, object, kind] = group;
        Cost& cost = plan_.cost[side];
        cost.writes += static_cast<std::int64_t>(count);
        cost.calls +=
            static_cast<std::int64_t>(org_.connectors[side]->calls_for(object, kind, count));
    }
}

Status PlanMaker::count_others() {
    std::map<std::string, std::int64_t> all;
    std::set<EntityKind> kinds;
    for (const auto& document : org_.model.documents().entities) {
        if (!kinds.insert(document.entity).second) continue;
        auto states = org_.store.entity_states(org_.name, document.entity);
        if (!states) return std::move(states).error();
        for (const auto& [state, count] : *states) all[state] += count;
    }
    for (const auto& [state, count] : all) {
        const auto looked = stored_states_.find(state);
        const std::int64_t left = count - (looked == stored_states_.end() ? 0 : looked->second);
        if (left > 0) plan_.not_looked[state.empty() ? "not decided" : state] = left;
    }
    return Done{};
}

}  // namespace duet::sync
