#include "mappings/merge/merge.h"

#include <utility>

#include "mappings/merge/say.h"

namespace duet::merge {
namespace {

using document::BlankRule;
using document::Direction;
using document::FieldRule;
using document::Winner;

const Value& held(const FieldState& state, Side side) noexcept {
    return side == Side::Crm ? state.crm : state.marketing;
}

const FieldInfo* info(const FieldState& state, Side side) noexcept {
    return side == Side::Crm ? state.crm_field : state.marketing_field;
}

bool is_empty(const Value& value) noexcept {
    return same(value, Value{}) && !std::holds_alternative<bool>(value);
}

bool is_list(const FieldInfo* field) noexcept {
    return field != nullptr && field->type == FieldType::MultiPicklist;
}

bool alike(const FieldState& state, const Value& a, const Value& b) {
    if (same(a, b)) return true;
    if (is_list(state.crm_field) || is_list(state.marketing_field)) return same_options(a, b);
    return state.ignores_case && same_address(a, b);
}

bool has_changed(const FieldState& state, Side side) {
    return !alike(state, held(state, side), (*state.agreed)[side]);
}

FieldDecision matched(const FieldState& state, Reason reason) {
    FieldDecision decision;
    decision.agree = PerSide<Value>{state.crm, state.marketing};
    decision.reason = reason;
    return decision;
}

FieldDecision left_alone(Reason reason) {
    FieldDecision decision;
    decision.reason = reason;
    return decision;
}

Said said_by(const FieldRule& rule, const FieldState& state, Side from) {
    const Side to = other(from);
    return say(rule, held(state, from), to, info(state, from), info(state, to));
}

/// Whether `to` already says what `from` holds, in its own spelling.
bool says_the_same(const FieldRule& rule, const FieldState& state, Side from) {
    const auto said = said_by(rule, state, from).value;
    return said && alike(state, *said, held(state, other(from)));
}

bool are_equal(const FieldRule& rule, const FieldState& state) {
    // Either spelling may be the coarser one (a cut text, a rounded number), so a two-way field
    // is equal when one of the directions says so.
    switch (rule.direction) {
        case Direction::ToMarketing:
            return says_the_same(rule, state, Side::Crm);
        case Direction::ToCrm:
            return says_the_same(rule, state, Side::Marketing);
        case Direction::Both:
            break;
    }
    return says_the_same(rule, state, Side::Crm) || says_the_same(rule, state, Side::Marketing);
}

FieldDecision carry(const FieldRule& rule, const FieldState& state, Side from, Reason reason) {
    const Side to = other(from);
    Said said = said_by(rule, state, from);
    if (rule.blank == BlankRule::FillOnly && !is_empty(held(state, to))) {
        return left_alone(Reason::FillOnlyKept);
    }
    FieldDecision decision;
    decision.reason = said.value ? reason : Reason::NotSayable;
    decision.fault = said.fault;
    decision.policy = said.policy;
    decision.toward = to;
    (to == Side::Crm ? decision.to_crm : decision.to_marketing) = std::move(said.value);
    return decision;
}

/// Who wins, and how that is known.
struct Verdict {
    Side winner = Side::Crm;
    Reason reason = Reason::ConflictWinner;
};

/// The side whose change is the later one by what reads prove. Times that overlap prove nothing,
/// nor does a record that a machine was the last to change.
Verdict most_recent(const FieldRule& rule, const FieldState& state) noexcept {
    const auto& crm = state.changed.crm;
    const auto& marketing = state.changed.marketing;
    if (crm && marketing && !crm->by_machine && !marketing->by_machine) {
        const bool crm_is_later = crm->after >= marketing->until;
        const bool marketing_is_later = marketing->after >= crm->until;
        if (crm_is_later != marketing_is_later) {
            return {crm_is_later ? Side::Crm : Side::Marketing, Reason::ConflictLater};
        }
    }
    return {rule.otherwise, Reason::ConflictUnclear};
}

Verdict verdict(const FieldRule& rule, const FieldState& state) noexcept {
    switch (rule.winner) {
        case Winner::Crm:
            return {Side::Crm, Reason::ConflictWinner};
        case Winner::Marketing:
            return {Side::Marketing, Reason::ConflictWinner};
        case Winner::MostRecent:
            break;
    }
    return most_recent(rule, state);
}

FieldDecision resolve_conflict(const FieldRule& rule, const FieldState& state, bool is_first) {
    const Verdict found = verdict(rule, state);
    const bool is_plain = is_first && found.reason == Reason::ConflictWinner;
    FieldDecision decision =
        carry(rule, state, found.winner, is_plain ? Reason::FirstMeetingWinner : found.reason);
    if (decision.to_crm || decision.to_marketing) decision.loser = other(found.winner);
    return decision;
}

FieldDecision keep_one_way(const FieldRule& rule, const FieldState& state, Side from) {
    if (is_empty(held(state, from))) {
        const bool was_cleared = state.agreed != nullptr && !is_empty((*state.agreed)[from]);
        if (rule.blank != BlankRule::Propagate || !was_cleared)
            return left_alone(Reason::BlankKept);
    }
    return carry(rule, state, from, Reason::OneWay);
}

FieldDecision first_meeting(const FieldRule& rule, const FieldState& state) {
    if (is_empty(state.crm)) return carry(rule, state, Side::Marketing, Reason::FirstMeetingFilled);
    if (is_empty(state.marketing)) return carry(rule, state, Side::Crm, Reason::FirstMeetingFilled);
    return resolve_conflict(rule, state, true);
}

FieldDecision travel(const FieldRule& rule, const FieldState& state, Side from) {
    if (is_empty(held(state, from)) && rule.blank != BlankRule::Propagate) {
        return left_alone(Reason::BlankKept);
    }
    return carry(rule, state, from, Reason::ChangedHere);
}

FieldDecision both_changed(const FieldRule& rule, const FieldState& state) {
    if (rule.blank != BlankRule::Propagate) {
        // A blank never erases here, so whoever still holds a value has it.
        if (is_empty(state.crm)) return carry(rule, state, Side::Marketing, Reason::ChangedHere);
        if (is_empty(state.marketing)) return carry(rule, state, Side::Crm, Reason::ChangedHere);
    }
    return resolve_conflict(rule, state, false);
}

}  // namespace

const char* to_string(Reason reason) noexcept {
    switch (reason) {
        case Reason::Unchanged:
            return "neither side changed since they agreed";
        case Reason::AlreadyEqual:
            return "both sides already hold the same value";
        case Reason::ChangedHere:
            return "one side changed and the other did not, so the change travels";
        case Reason::FirstMeetingFilled:
            return "first meeting: a value beats a blank";
        case Reason::FirstMeetingWinner:
            return "first meeting with two values: the rule's winner decides";
        case Reason::ConflictWinner:
            return "both sides changed: the rule's winner decides";
        case Reason::ConflictLater:
            return "both sides changed: this value is the later one";
        case Reason::ConflictUnclear:
            return "each side has a value of its own, and which is the later one cannot be told: "
                   "the rule's fallback side decides";
        case Reason::OneWay:
            return "a one-way rule keeps the target equal to its source";
        case Reason::Computed:
            return "the rule's formula or constant gives this value";
        case Reason::ConsentTightened:
            return "an opt-out on either side wins";
        case Reason::ConsentAllowed:
            return "the person is let back in, as somebody said with `duet consent allow`";
        case Reason::BlankKept:
            return "a blank does not erase a value under this rule";
        case Reason::FillOnlyKept:
            return "the rule only fills blanks and the target has a value";
        case Reason::NotSayable:
            return "the target cannot take the value as it is";
        case Reason::HeldBack:
            return "a validation holds it back";
        case Reason::Routed:
            return "the routing rules chose this owner";
        case Reason::Pinned:
            return "an undo put this value back: it stays until either side changes, or until "
                   "`duet pin release`";
        case Reason::DeletedThere:
            return "people deleted the record on the other side";
        case Reason::BackThere:
            return "the record on the other side is back";
    }
    return "";
}

bool holds(const FieldState& state, const PerSide<Value>& pair) {
    return alike(state, state.crm, pair.crm) && alike(state, state.marketing, pair.marketing);
}

FieldDecision merge_field(const FieldRule& rule, const FieldState& state) {
    if (are_equal(rule, state)) return matched(state, Reason::AlreadyEqual);
    if (rule.direction == Direction::ToMarketing) return keep_one_way(rule, state, Side::Crm);
    if (rule.direction == Direction::ToCrm) return keep_one_way(rule, state, Side::Marketing);
    if (state.agreed == nullptr) return first_meeting(rule, state);

    const bool crm_changed = has_changed(state, Side::Crm);
    const bool marketing_changed = has_changed(state, Side::Marketing);
    if (crm_changed && marketing_changed) return both_changed(rule, state);
    if (crm_changed) return travel(rule, state, Side::Crm);
    if (marketing_changed) return travel(rule, state, Side::Marketing);
    return left_alone(Reason::Unchanged);
}

FieldDecision merge_computed(const FieldRule& rule, Side side, const Value& computed,
                             const Value& current, const FieldInfo* field) {
    Said said = rule.constant ? say_constant(rule, field) : say(rule, computed, side, {}, field);
    if (!said.value) {
        FieldDecision failed = left_alone(Reason::NotSayable);
        failed.fault = said.fault;
        failed.policy = said.policy;
        return failed;
    }
    const bool is_equal =
        is_list(field) ? same_options(*said.value, current) : same(*said.value, current);
    if (is_equal) return left_alone(Reason::AlreadyEqual);
    if (is_empty(*said.value) && rule.blank != BlankRule::Propagate)
        return left_alone(Reason::BlankKept);
    if (rule.blank == BlankRule::FillOnly && !is_empty(current)) {
        return left_alone(Reason::FillOnlyKept);
    }
    FieldDecision decision;
    decision.reason = Reason::Computed;
    decision.fault = said.fault;
    decision.policy = said.policy;
    (side == Side::Crm ? decision.to_crm : decision.to_marketing) = std::move(said.value);
    return decision;
}

}  // namespace duet::merge
