#include "daemon/sync/brake.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <sstream>
#include <utility>

#include "daemon/sync/remarks.h"

namespace duet::sync {

namespace {

/// The fact that names the kinds whose row in `held` is of a list that people applied.
constexpr const char* kHeldOfLists = "held_of_lists";
constexpr std::chrono::hours kListsAreShown{24};

Result<std::set<std::string>> held_of_lists(const Org& org) {
    auto fact = org.store.fact(org.name, kHeldOfLists);
    if (!fact) return std::move(fact).error();
    std::istringstream words(*fact);
    return std::set<std::string>(std::istream_iterator<std::string>(words), {});
}

/// The brake kinds of a write; taking somebody off a list is no deletion of a record.
std::vector<std::string> kinds_of(const PlannedWrite& write) {
    std::vector<std::string> kinds = write.kinds;
    if (write.in_flight.write.kind == WriteKind::Delete && write.list.empty())
        kinds.emplace_back("delete");
    return kinds;
}

void count_kinds(const PlannedWrite& write, KindCounts& counts) {
    const store::InFlight& in_flight = write.in_flight;
    for (const std::string& kind : kinds_of(write))
        ++counts[kind][{in_flight.side, in_flight.write.id.object}];
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

std::vector<store::Held> find_held(const KindCounts& counts,
                                   const std::map<std::string, BrakeLimit>& limits,
                                   const Population& population) {
    std::vector<store::Held> held;
    for (const auto& [kind, objects] : counts) {
        const auto limit = limits.find(kind);
        if (limit == limits.end()) continue;
        store::Held row;
        row.kind = kind;
        bool is_over_share = false;
        for (const auto& [object, count] : objects) {
            row.count += count;
            const auto live = population.find(object);
            const std::int64_t share =
                allowed({0, limit->second.share}, live == population.end() ? 0 : live->second);
            if (count <= share) continue;
            row.limit = std::max(row.limit, share);
            is_over_share = true;
        }
        row.limit = std::max(row.limit, limit->second.count);
        if (is_over_share && row.count > limit->second.count) held.push_back(std::move(row));
    }
    return held;
}

void follow_release(store::Held& row, const store::Held& shown) noexcept {
    row.released = shown.released && row.count - shown.count <= row.limit;
    // What was released does not grow by what came after it.
    if (row.released) row.count = std::min(row.count, shown.count);
    if (row.released == shown.released) row.since = shown.since;
}

void count_kinds(const std::vector<PlannedWrite>& writes, KindCounts& counts) {
    for (const PlannedWrite& write : writes) count_kinds(write, counts);
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

std::int64_t people_of(const Org& org, const Population& population) {
    PerSide<std::int64_t> people{};
    for (const auto& [object, count] : population) {
        const ObjectModel* model = org.model.find(object.first, object.second);
        if (model == nullptr || model->entity == nullptr) continue;
        if (model->entity->entity == EntityKind::Person) people[object.first] += count;
    }
    return std::max(people.crm, people.marketing);
}

void Gate::count(const PlannedWrite& write) {
    const store::InFlight& in_flight = write.in_flight;
    if (!of_plan_ || pauses_.of_write(in_flight.side, in_flight.write.id.object) != nullptr) return;
    count_kinds(write, *of_plan_);
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
            count_kinds(writes[i], counts);
        }
    }
    auto population = org_.store.seen_counts(org_.name);
    if (!population) return std::move(population).error();
    population_ = *std::move(population);
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
        count_kinds(writes[i], passed_);
        if (is_opt_out(writes[i])) opted_out_.insert(writes[i].in_flight.entity);
    }
    return judged;
}

bool Gate::is_over(const std::string& kind) const {
    return std::any_of(held_.begin(), held_.end(),
                       [&](const store::Held& row) { return row.kind == kind; });
}

Status Gate::remember_held(bool is_whole_plan) {
    auto known = org_.store.held(org_.name);
    if (!known) return std::move(known).error();
    auto lists = held_of_lists(org_);
    if (!lists) return std::move(lists).error();
    std::set<std::string> of_lists = *lists;
    for (store::Held& row : held_) {
        row.cycle = cycle_;
        row.since = now_;
        for (const store::Held& old : *known) {
            if (old.kind == row.kind) follow_release(row, old);
        }
        // A release is used up by the list that goes by it.
        const bool is_used = !is_whole_plan && row.released;
        auto kept = is_used ? org_.store.remove_held(org_.name, row.kind)
                            : org_.store.put_held(org_.name, row);
        if (!kept) return kept;
        if (is_used || (is_whole_plan && !row.released)) {
            of_lists.erase(row.kind);
        } else if (!is_whole_plan) {
            of_lists.insert(row.kind);
        }
    }
    if (is_whole_plan) {
        if (auto ended = end_what_passes(*known, of_lists); !ended) return ended;
    }
    if (of_lists == *lists) return Done{};
    std::string words;
    for (const std::string& kind : of_lists) words += kind + " ";
    return org_.store.set_fact(org_.name, kHeldOfLists, words);
}

/// A whole plan ends what it has not too much of, but for what was held of somebody's list.
Status Gate::end_what_passes(const std::vector<store::Held>& known,
                             std::set<std::string>& of_lists) {
    for (const store::Held& old : known) {
        if (is_over(old.kind)) continue;
        if (of_lists.contains(old.kind) && now_ - old.since < kListsAreShown) continue;
        of_lists.erase(old.kind);
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
        const std::int64_t most = allowed(limit->second, people_of(org_, population_));
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
