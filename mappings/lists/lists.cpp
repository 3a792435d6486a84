#include "mappings/lists/lists.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "mappings/merge/evaluate.h"

namespace duet::lists {
namespace {

using document::ByHand;
using document::ListRule;
using merge::Answer;
using merge::Decision;
using merge::FactSource;
using merge::Inputs;
using merge::Membership;

/// A number, a date or an instant as a number, the larger one later.
std::optional<double> as_number(const Value& value) {
    if (const auto* number = std::get_if<Decimal>(&value)) return number->to_double();
    if (const auto* date = std::get_if<Date>(&value))
        return static_cast<double>(DateTime{*date}.time_since_epoch().count());
    if (const auto* time = std::get_if<DateTime>(&value))
        return static_cast<double>(time->time_since_epoch().count());
    return std::nullopt;
}

/// One person and one list.
class ListDecider {
public:
    ListDecider(const Membership& membership, const Inputs& inputs, FactSource& facts,
                Decision& decision)
        : membership_(membership),
          rule_(inputs.documents->lists[membership.rule]),
          inputs_(inputs),
          facts_(facts),
          decision_(decision),
          before_(membership.known.value_or(Known{})) {
        now_.member = !membership.membership_id.empty() && !membership.opted_out;
        note_hands();
    }

    void hold() {
        now_.standing = membership_.opted_out ? Standing::Left : Standing::Unknown;
        now_.wanted = before_.wanted;
        now_.since = before_.since;
        now_.order = before_.order;
        if (rule_.cap > 0 && now_.member) now_.seat = Seat::Given;
        keep();
    }

    void decide() {
        if (!ask()) return;
        ask_among();
        now_.standing = stand();
        take_seat();
        merge::lower(decision_.next_change, now_.until);
        const auto wanted = belongs_on(now_.standing);
        if (wanted && is_pinned(*wanted)) return keep();
        keep();
        const bool belongs = wanted == true;
        const bool changes_status = belongs && now_.member && lacks_status();
        if (!changes_status && (!wanted || *wanted == now_.member)) return;
        if (!inputs_.sides.marketing.ready || !inputs_.sides.crm.ready) {
            decision_.state = merge::State::Waiting;
            decision_.reason = "one side is not fully loaded or not reachable";
            return;
        }
        decision_.memberships.push_back(
            {membership_.rule, belongs, membership_.list_id, membership_.membership_id,
             changes_status ? "the list keeps the status of its members" : cause(), changes_status,
             membership_.status});
    }

private:
    /// What people did since the last decision.
    void note_hands() {
        const bool was_to_be_on = belongs_on(before_.standing) == true;
        now_.removed = before_.removed;
        now_.by_hand = before_.by_hand && now_.member;
        if (now_.member && !before_.member) {
            const bool is_duets = membership_.ours && (!membership_.known || was_to_be_on);
            now_.by_hand = !is_duets;
            now_.removed = now_.removed && is_duets;
        }
        const bool is_gone = before_.member && !now_.member;
        if (is_gone && was_to_be_on && !membership_.opted_out && !has_pin()) now_.removed = true;
        if (rule_.added == ByHand::Correct) now_.by_hand = false;
        if (rule_.removed == ByHand::Correct) now_.removed = false;
    }

    /// Of members whom people put on the status is theirs.
    [[nodiscard]] bool lacks_status() const {
        return rule_.keeps_status && membership_.ours && membership_.status != rule_.status;
    }

    [[nodiscard]] bool has_pin() const { return inputs_.pins.contains("list " + rule_.list); }

    /// Asks both rules; false when the first one has no answer and the second lets them be.
    bool ask() {
        const Answer member =
            merge::ask(rule_.member_when, facts_, inputs_.moment, decision_.next_change);
        if (rule_.suppress_when) {
            const Answer suppressed =
                merge::ask(*rule_.suppress_when, facts_, inputs_.moment, decision_.next_change);
            if (suppressed.failure) {
                decision_.warnings.push_back("list " + rule_.list +
                                             ", suppress_when: " + *suppressed.failure);
            }
            is_suppressed_ = suppressed.yes || suppressed.failure.has_value();
            if (is_suppressed_) decision_.suppressed.push_back(membership_.rule);
        }
        if (member.failure) {
            decision_.warnings.push_back("list " + rule_.list +
                                         ", member_when: " + *member.failure);
        }
        if (member.failure && !is_suppressed_) {
            now_.standing = Standing::Unknown;
            now_.wanted = before_.wanted;
            now_.since = before_.since;
            now_.seat = before_.seat == Seat::Given || now_.member ? before_.seat : Seat::None;
            keep();
            return false;
        }
        now_.wanted = member.yes;
        now_.since = before_.since;
        const bool turned = now_.wanted != before_.wanted;
        if (turned) now_.since = inputs_.moment.now;
        return true;
    }

    void ask_among() {
        if (!rule_.among || now_.wanted) return;
        const Answer among =
            merge::ask(*rule_.among, facts_, inputs_.moment, decision_.next_change);
        if (among.failure) {
            decision_.warnings.push_back("list " + rule_.list + ", among: " + *among.failure);
        }
        now_.covered = among.yes;
    }

    /// Where they belong, were there room for everybody.
    Standing stand() {
        if (membership_.opted_out) return Standing::Left;
        if (now_.by_hand && (is_suppressed_ || !now_.wanted)) return Standing::ByHand;
        if (is_suppressed_)
            return now_.wanted || now_.member ? Standing::Suppressed : Standing::Off;
        if (!now_.wanted) return stand_unwanted();
        if (now_.by_hand) return Standing::On;
        if (is_held_out(rule_.hold_out.group, membership_.person, rule_.hold_out.percent))
            return Standing::HeldOut;
        if (now_.removed) return Standing::Removed;
        if (!now_.member && is_before_end(rule_.join_after)) return Standing::Soon;
        return Standing::On;
    }

    Standing stand_unwanted() {
        return now_.member && is_before_end(rule_.grace) ? Standing::Grace : Standing::Off;
    }

    /// Whether the rule has answered so for less than `length`; then notes until when.
    bool is_before_end(std::chrono::minutes length) {
        if (length.count() == 0 || !now_.since) return false;
        const DateTime end = *now_.since + length;
        if (inputs_.moment.now >= end) return false;
        now_.until = end;
        return true;
    }

    /// On a list with a cap who belongs on it needs a seat.
    void take_seat() {
        if (rule_.cap == 0) return;
        if (belongs_on(now_.standing) != true) {
            // Whoever is still on the list has the seat until they are off it.
            if (now_.member) now_.seat = Seat::Over;
            return;
        }
        if (rule_.order) now_.order = order();
        const bool was_to_be_on =
            belongs_on(before_.standing) == true || before_.standing == Standing::Queued;
        if (now_.member) {
            const bool is_over = before_.seat == Seat::Over && was_to_be_on && !now_.by_hand;
            now_.seat = is_over ? Seat::Over : Seat::Given;
        } else {
            now_.seat = before_.seat == Seat::Given ? Seat::Given : Seat::Waiting;
        }
        if (now_.seat != Seat::Given) now_.standing = Standing::Queued;
    }

    std::optional<double> order() {
        auto value =
            merge::evaluate(rule_.order->by, facts_, inputs_.moment, decision_.next_change);
        if (const auto* failure = std::get_if<std::string>(&value)) {
            decision_.warnings.push_back("list " + rule_.list + ", order: " + *failure);
            return std::nullopt;
        }
        const auto number = as_number(std::get<Value>(value));
        if (!number) return std::nullopt;
        return rule_.order->highest_first ? *number : -*number;
    }

    /// Whether an undo put the membership as it is against the rule. Nobody is kept on a list that
    /// suppresses.
    bool is_pinned(bool wanted) {
        if (membership_.opted_out) return false;
        const std::string name = "list " + rule_.list;
        const auto pins = inputs_.pins.find(name);
        if (pins == inputs_.pins.end() || !pins->second[rule_.side]) return false;
        const merge::Pin& pin = *pins->second[rule_.side];
        const bool stands = pin.held == Value{now_.member} && pin.refused == Value{wanted} &&
                            wanted != now_.member && !(now_.member && is_suppressed_);
        if (stands) {
            decision_.left_alone.push_back({name, merge::Reason::Pinned, {}});
        } else {
            decision_.ended_pins.emplace_back(name, rule_.side);
        }
        return stands;
    }

    [[nodiscard]] std::string cause() const {
        switch (now_.standing) {
            case Standing::On:
                return "the list's rule became true";
            case Standing::Suppressed:
                return "the list suppresses the person";
            case Standing::Queued:
                return "the list has more members than it may have";
            case Standing::HeldOut:
                return "the person is of the list's control group";
            default:
                return "the list's rule is no longer true";
        }
    }

    void keep() { decision_.lists->push_back({membership_.rule, now_}); }

    const Membership& membership_;
    const ListRule& rule_;
    const Inputs& inputs_;
    FactSource& facts_;
    Decision& decision_;
    Known before_;
    Known now_;
    bool is_suppressed_ = false;
};

/// Of each list where the person has a record.
template <class Do>
void for_each_list(const Inputs& inputs, Decision& decision, const Do& action) {
    decision.lists.emplace();
    for (const Membership& membership : inputs.memberships) {
        if (inputs.sides[inputs.documents->lists[membership.rule].side].record != nullptr)
            action(membership);
    }
}

}  // namespace

void hold_memberships(const Inputs& inputs, Decision& decision) {
    decision.memberships.clear();
    for_each_list(inputs, decision, [&](const Membership& membership) {
        if (!membership.list_id.empty())
            ListDecider(membership, inputs, *inputs.facts, decision).hold();
    });
}

void decide_memberships(const Inputs& inputs, FactSource& facts, Decision& decision) {
    for_each_list(inputs, decision, [&](const Membership& membership) {
        const ListRule& rule = inputs.documents->lists[membership.rule];
        if (membership.list_id.empty()) {
            decision.warnings.push_back(fmt::format(
                "{} {}: there is no such {} in {}", rule.side == Side::Crm ? "campaign" : "list",
                rule.list, rule.side == Side::Crm ? "campaign" : "list",
                inputs.documents->names[rule.side]));
            return;
        }
        ListDecider(membership, inputs, facts, decision).decide();
    });
}

}  // namespace duet::lists
