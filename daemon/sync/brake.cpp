#include "daemon/sync/brake.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "daemon/sync/remarks.h"

namespace duet::sync {

namespace {

/// The brake kinds of a write; taking somebody off a list is no deletion of a record.
std::vector<std::string> kinds_of(const PlannedWrite& write) {
    std::vector<std::string> kinds = write.kinds;
    if (write.in_flight.write.kind == WriteKind::Delete && write.list.empty())
        kinds.emplace_back("delete");
    return kinds;
}

bool is_any_held(const std::vector<std::string>& kinds, const std::vector<store::Held>& held) {
    return std::any_of(held.begin(), held.end(), [&](const store::Held& row) {
        return !row.released && std::find(kinds.begin(), kinds.end(), row.kind) != kinds.end();
    });
}

}  // namespace

std::int64_t allowed(const BrakeLimit& limit, std::int64_t population) noexcept {
    const auto by_share = static_cast<std::int64_t>(limit.share * static_cast<double>(population));
    return std::max(limit.count, by_share);
}

std::vector<store::Held> find_held(const std::map<std::string, std::int64_t>& counts,
                                   const std::map<std::string, BrakeLimit>& limits,
                                   std::int64_t population) {
    std::vector<store::Held> held;
    for (const auto& [kind, count] : counts) {
        const auto limit = limits.find(kind);
        if (limit == limits.end()) continue;
        const std::int64_t most = allowed(limit->second, population);
        if (count <= most) continue;
        store::Held row;
        row.kind = kind;
        row.count = count;
        row.limit = most;
        held.push_back(std::move(row));
    }
    return held;
}

void count_kinds(const std::vector<PlannedWrite>& writes,
                 std::map<std::string, std::int64_t>& counts) {
    for (const PlannedWrite& write : writes) {
        for (const std::string& kind : kinds_of(write)) ++counts[kind];
    }
}

std::string held_kind(const PlannedWrite& write, const std::vector<store::Held>& held) {
    for (const std::string& kind : kinds_of(write)) {
        const bool is_held = std::any_of(held.begin(), held.end(), [&](const store::Held& row) {
            return !row.released && row.kind == kind;
        });
        if (is_held) return kind;
    }
    return {};
}

bool leave_out_held(PlannedWrite& write, const std::vector<store::Held>& held) {
    if (write.field_kinds.empty()) return false;
    std::vector<std::string> kinds;
    for (auto field = write.field_kinds.begin(); field != write.field_kinds.end();) {
        if (is_any_held(field->second, held)) {
            write.in_flight.write.fields.erase(field->first);
            field = write.field_kinds.erase(field);
            continue;
        }
        for (const std::string& kind : field->second) {
            if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
        }
        ++field;
    }
    write.kinds = std::move(kinds);
    return !write.in_flight.write.fields.empty();
}

bool is_opt_out(const PlannedWrite& write) {
    return write.in_flight.reasons.find(merge::to_string(merge::Reason::ConsentTightened)) !=
           std::string::npos;
}

Result<std::int64_t> population_of(const Org& org) {
    auto counts = org.store.seen_counts(org.name);
    if (!counts) return std::move(counts).error();
    std::int64_t population = 0;
    for (const auto& [object, count] : *counts) {
        const ObjectModel* model = org.model.find(object.first, object.second);
        if (model != nullptr && model->entity != nullptr) population += count;
    }
    return population;
}

void Gate::count(const PlannedWrite& write) {
    const store::InFlight& in_flight = write.in_flight;
    if (!of_plan_ || pauses_.of_write(in_flight.side, in_flight.write.id.object) != nullptr) return;
    for (const std::string& kind : kinds_of(write)) ++(*of_plan_)[kind];
}

Result<std::vector<Judged>> Gate::judge(std::vector<PlannedWrite>& writes, bool is_whole_plan) {
    is_whole_ = is_whole_plan;
    std::vector<Judged> judged(writes.size());
    auto counts = of_plan_ ? *of_plan_ : passed_;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const store::InFlight& write = writes[i].in_flight;
        if (const Pause* pause = pauses_.of_write(write.side, write.write.id.object)) {
            judged[i] = {Stop::Paused, sentence(*pause, org_.model.documents().names)};
            if (is_opt_out(writes[i])) paused_opt_outs_.insert(write.entity);
        } else if (!of_plan_) {
            for (const std::string& kind : kinds_of(writes[i])) ++counts[kind];
        }
    }
    auto population = population_of(org_);
    if (!population) return std::move(population).error();
    population_ = *population;
    held_ = find_held(counts, org_.settings.brake, population_);
    if (auto kept = remember_held(is_whole_plan); !kept) return std::move(kept).error();
    // The first step of an entity's that is held: those after it wait with it.
    std::map<store::EntityId, int> held_steps;
    for (const PlannedWrite& write : writes) {
        if (write.step == 0 || !is_held(write, held_)) continue;
        int& step = held_steps.emplace(write.in_flight.entity, write.step).first->second;
        step = std::min(step, write.step);
    }
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (judged[i].stop != Stop::None) continue;
        const auto earlier = held_steps.find(writes[i].in_flight.entity);
        if (earlier != held_steps.end() && writes[i].step > earlier->second) {
            judged[i] = {Stop::Braked, "it waits for others of its rows, which the brake holds"};
            continue;
        }
        if (const std::string kind = held_kind(writes[i], held_); !kind.empty()) {
            judged[i].why =
                "the brake holds its writes of kind " + kind + " until a person says yes";
            if (!leave_out_held(writes[i], held_)) {
                judged[i].stop = Stop::Braked;
                continue;
            }
        }
        for (const std::string& kind : kinds_of(writes[i])) ++passed_[kind];
        if (is_opt_out(writes[i])) opted_out_.insert(writes[i].in_flight.entity);
    }
    return judged;
}

Status Gate::remember_held(bool is_whole_plan) {
    auto known = org_.store.held(org_.name);
    if (!known) return std::move(known).error();
    for (store::Held& row : held_) {
        row.cycle = cycle_;
        row.since = now_;
        for (const store::Held& old : *known) {
            if (old.kind != row.kind) continue;
            row.since = old.since;
            row.released = old.released;
        }
        if (auto put = org_.store.put_held(org_.name, row); !put) return put;
    }
    if (!is_whole_plan) return Done{};
    for (const store::Held& old : *known) {
        const bool still = std::any_of(held_.begin(), held_.end(),
                                       [&](const auto& row) { return row.kind == old.kind; });
        if (still) continue;
        if (auto gone = org_.store.remove_held(org_.name, old.kind); !gone) return gone;
    }
    return Done{};
}

Status Gate::settle_alarms() {
    const auto raise = [&](const char* code, std::size_t count, std::int64_t limit) -> Status {
        alarms_.push_back({code, static_cast<std::int64_t>(count), limit, cycle_, now_});
        return raise_alarm(org_.store, org_.name, alarms_.back());
    };
    if (const auto limit = org_.settings.brake.find("opt_out");
        limit != org_.settings.brake.end()) {
        const std::int64_t most = allowed(limit->second, population_);
        if (static_cast<std::int64_t>(opted_out_.size()) > most) {
            if (auto raised = raise(kManyOptOutsCode, opted_out_.size(), most); !raised)
                return raised;
        }
    }
    if (!paused_opt_outs_.empty()) return raise(kPausedOptOutsCode, paused_opt_outs_.size(), 0);
    if (!is_whole_) return Done{};
    auto cleared = clear_alarm(org_.store, org_.name, kPausedOptOutsCode);
    return cleared ? Status{Done{}} : Status{std::move(cleared).error()};
}

bool CreateLimits::admits(const PlannedWrite& planned, const std::string& system) {
    const Write& write = planned.in_flight.write;
    if (write.kind != WriteKind::Create || !planned.list.empty()) return true;
    // Rows of Duet's own have a cap only where their rule says so.
    if (planned.step > 0 && planned.cap_per_cycle == 0) return true;
    std::string key = write.key_value;
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    const std::string object = system + "\n" + write.id.object;
    if (creates_[object] >= planned.cap_per_cycle) return false;
    if (!keys_.insert(object + "\n" + key).second) return false;
    ++creates_[object];
    return true;
}

Status save_waiting(Org& org, const std::map<store::EntityId, std::string>& waiting,
                    store::CycleId cycle, Instant now) {
    if (waiting.empty()) return Done{};
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    for (const auto& [id, reason] : waiting) {
        auto entity = org.store.entity(org.name, id);
        if (!entity) return std::move(entity).error();
        if (!*entity) continue;
        const Remark before{(*entity)->state, (*entity)->reason};
        (*entity)->state = merge::to_string(merge::State::Waiting);
        (*entity)->reason = reason;
        auto noted =
            note_decision(org, id, cycle, now, before, {(*entity)->state, (*entity)->reason});
        if (!noted) return noted;
        if (auto saved = org.store.save_entity(org.name, **entity); !saved) return saved;
    }
    return transaction->commit();
}

}  // namespace duet::sync
