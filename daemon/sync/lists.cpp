#include "daemon/sync/lists.h"

#include <algorithm>
#include <bit>
#include <limits>

#include <fmt/format.h>

#include "daemon/store/errors.h"
#include "mappings/document/conventions.h"

namespace duet::sync {
namespace {

using document::ListRule;
using lists::Known;
using store::ListMember;

std::optional<DateTime> seat_time(Instant at) {
    if (at == Instant{}) return std::nullopt;
    return std::chrono::floor<std::chrono::milliseconds>(at);
}

Instant seat_instant(const std::optional<DateTime>& at) { return at ? Instant{*at} : Instant{}; }

// The bits of doubles sort as integers once those of negative ones are turned around.
constexpr std::int64_t kAllButTheSign = std::numeric_limits<std::int64_t>::max();

std::int64_t order_key(const std::optional<double>& order) {
    if (!order) return store::kNoOrder;
    const auto bits = std::bit_cast<std::int64_t>(*order + 0.0);
    return bits < 0 ? bits ^ kAllButTheSign : bits;
}

std::optional<double> order_of(std::int64_t key) {
    if (key == store::kNoOrder) return std::nullopt;
    return std::bit_cast<double>(key < 0 ? key ^ kAllButTheSign : key);
}

store::Seat seat_of(lists::Seat seat) { return static_cast<store::Seat>(seat); }
lists::Seat seat_of(store::Seat seat) { return static_cast<lists::Seat>(seat); }

ListMember row_of(const Known& known, store::EntityId entity, const std::string& list) {
    ListMember row;
    row.entity = entity;
    row.list = list;
    row.standing = lists::to_string(known.standing);
    row.covered = known.covered;
    row.wanted = known.wanted;
    row.since = seat_instant(known.since);
    row.member = known.member;
    row.by_hand = known.by_hand;
    row.removed = known.removed;
    row.seat = seat_of(known.seat);
    row.order = order_key(known.order);
    row.until = seat_instant(known.until);
    return row;
}

/// The business day of an instant.
std::int64_t day_of(Instant now, const std::string& time_zone) {
    return moment_of(now, time_zone).today.time_since_epoch().count();
}

/// Everybody who is not where they belong.
std::int64_t pending_in(const store::ListCounts& counts) {
    std::int64_t pending = 0;
    for (const auto& [name, people] : counts.standings) {
        const auto standing = lists::standing_named(name);
        const auto belongs = standing ? lists::belongs_on(*standing) : std::nullopt;
        if (!belongs) continue;
        const auto on = counts.on_it.find(name);
        const std::int64_t members = on == counts.on_it.end() ? 0 : on->second;
        pending += *belongs ? people - members : members;
    }
    return pending;
}

std::int64_t people_at(const store::ListCounts& counts, lists::Standing standing) {
    const auto found = counts.standings.find(lists::to_string(standing));
    return found == counts.standings.end() ? 0 : found->second;
}

}  // namespace

Result<Known> known_of(const ListMember& row) {
    const auto standing = lists::standing_named(row.standing);
    if (!standing) return store::unreadable("list_members.standing");
    Known known;
    known.standing = *standing;
    known.covered = row.covered;
    known.wanted = row.wanted;
    known.since = seat_time(row.since);
    known.member = row.member;
    known.by_hand = row.by_hand;
    known.removed = row.removed;
    known.seat = seat_of(row.seat);
    known.order = order_of(row.order);
    known.until = seat_time(row.until);
    return known;
}

Write joining(const ListObjects& lists, const RecordId& person, const std::string& list_id,
              const ListRule* rule) {
    Write write;
    write.kind = WriteKind::Create;
    write.id.object = lists.membership->name;
    const std::string member_field = lists.member_field_of(person.object);
    write.fields.set(lists.list_field, text(list_id));
    write.fields.set(member_field, text(person.key));
    if (lists.key_field.empty()) {
        // A membership is found again by its person and its list.
        write.key_field = member_field;
        write.key_value = person.key;
    } else {
        write.key_field = lists.key_field;
        write.key_value = fmt::format("{}{}:{}", document::kMemberKeyPrefix, list_id, person.key);
        write.fields.set(write.key_field, text(write.key_value));
        if (rule != nullptr && !rule->status.empty())
            write.fields.set(lists.status_field, text(rule->status));
    }
    return write;
}

Status ListKeeper::save(const EntityPlan& plan) {
    if (!plan.decision.lists) return Done{};
    const auto& rules = org_.model.documents().lists;
    std::set<std::string, std::less<>> kept;
    for (const merge::ListStanding& one : *plan.decision.lists) {
        const ListRule& rule = rules[one.rule];
        touched_[rule.list];
        const auto before =
            std::find_if(plan.list_rows.begin(), plan.list_rows.end(),
                         [&](const ListMember& row) { return row.list == rule.list; });
        const bool is_known = before != plan.list_rows.end();
        if (auto saved = keep(plan, rule, one.now, is_known ? &*before : nullptr); !saved)
            return saved;
        kept.insert(rule.list);
    }
    // Of lists that no rule owns any more, or while the person has no record there.
    for (const ListMember& row : plan.list_rows) {
        if (kept.contains(row.list)) continue;
        if (row.seat != store::Seat::None) touched_[row.list].has_new_seats = true;
        auto gone = org_.store.remove_list_member(org_.name, row.list, row.entity);
        if (!gone) return gone;
    }
    return Done{};
}

Status ListKeeper::keep(const EntityPlan& plan, const ListRule& rule, const Known& now,
                        const ListMember* before) {
    Change& change = touched_[rule.list];
    const bool was_member = before != nullptr && before->member;
    if (now.member && !was_member) ++change.joined;
    if (!now.member && was_member) ++change.left;
    if (rule.cap > 0) change.has_new_seats = true;
    if (!now.is_worth_keeping()) {
        if (before == nullptr) return Done{};
        return org_.store.remove_list_member(org_.name, rule.list, plan.entity.id);
    }
    ListMember row = row_of(now, plan.entity.id, rule.list);
    const bool stands_as_before =
        before != nullptr && before->standing == row.standing && before->member == row.member;
    row.changed_at = stands_as_before ? before->changed_at : now_;
    if (before != nullptr && *before == row) return Done{};
    return org_.store.save_list_member(org_.name, row);
}

Result<ListKeeper::Turns> ListKeeper::turn_seats(std::size_t limit) {
    Turns turns;
    const bool looks_at_all = !std::exchange(has_looked_at_all_, true);
    for (const ListRule& rule : org_.model.documents().lists) {
        const auto touched = touched_.find(rule.list);
        const bool has_new = touched != touched_.end() && touched->second.has_new_seats;
        if (rule.cap == 0 || !(looks_at_all || has_new)) continue;
        if (touched != touched_.end()) touched->second.has_new_seats = false;
        auto seats = org_.store.seats(org_.name, rule.list);
        if (!seats) return std::move(seats).error();
        const std::int64_t given = (*seats)[store::Seat::Given];
        const std::int64_t free = rule.cap - given - (*seats)[store::Seat::Over];
        const auto turn = [&](Result<std::vector<store::EntityId>> people,
                              store::Seat seat) -> Status {
            if (!people) return std::move(people).error();
            for (const store::EntityId id : *people) {
                if (auto set = org_.store.set_seat(org_.name, rule.list, id, seat); !set)
                    return set;
                turns.emplace(id, rule.list);
            }
            return Done{};
        };
        const auto at_most = [&](std::int64_t number) {
            return std::min(limit, static_cast<std::size_t>(number));
        };
        if (given > rule.cap) {
            auto turned =
                turn(org_.store.last_seated(org_.name, rule.list, at_most(given - rule.cap)),
                     store::Seat::Over);
            if (!turned) return std::move(turned).error();
        } else if (free > 0) {
            auto turned = turn(org_.store.first_waiting(org_.name, rule.list, at_most(free)),
                               store::Seat::Given);
            if (!turned) return std::move(turned).error();
        }
    }
    return turns;
}

Status ListKeeper::close(bool is_settled) {
    const auto& rules = org_.model.documents().lists;
    if (rules.empty()) return Done{};
    auto states = org_.store.list_states(org_.name);
    if (!states) return std::move(states).error();
    for (const ListRule& rule : rules) {
        const auto found =
            std::find_if(states->begin(), states->end(),
                         [&](const store::ListState& state) { return state.list == rule.list; });
        store::ListState state{rule.list, {}, {}, {}, 0};
        if (found != states->end()) state = *found;
        if (auto closed = close_list(rule, std::move(state), is_settled); !closed) return closed;
    }
    return Done{};
}

Status ListKeeper::close_list(const ListRule& rule, store::ListState state, bool is_settled) {
    const store::ListState before = state;
    const auto touched = touched_.find(rule.list);
    if (touched != touched_.end()) {
        auto counts = org_.store.list_counts(org_.name, rule.list);
        if (!counts) return std::move(counts).error();
        const std::int64_t today = day_of(now_, org_.model.documents().time_zone);
        auto stored = org_.store.list_sizes(org_.name, rule.list, today, today);
        if (!stored) return std::move(stored).error();
        store::ListDay day{rule.list, today};
        if (!stored->empty()) day = stored->front();
        day.size = counts->members;
        day.wanted = counts->wanted;
        day.covered = counts->covered;
        day.queued = people_at(*counts, lists::Standing::Queued);
        day.held_out = people_at(*counts, lists::Standing::HeldOut);
        day.suppressed = people_at(*counts, lists::Standing::Suppressed);
        const Change& change = touched->second;
        // Who was on it when Duet first looked did not join on that day.
        if (before.evaluated_at != Instant{}) {
            day.joined += change.joined;
            day.left += change.left;
        }
        if (stored->empty() || !(day == stored->front())) {
            if (auto saved = org_.store.save_list_day(org_.name, day); !saved) return saved;
        }
        if (change.joined + change.left > 0) state.changed_at = now_;
        state.evaluated_at = now_;
        state.pending = pending_in(*counts);
    }
    if (is_settled && state.pending == 0 && state.evaluated_at != Instant{}) state.agreed_at = now_;
    if (state == before) return Done{};
    return org_.store.save_list_state(org_.name, state);
}

}  // namespace duet::sync
