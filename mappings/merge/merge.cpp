#include "mappings/merge/merge.h"

#include <utility>

#include "mappings/merge/convert.h"

namespace duet::merge {
namespace {

using document::BlankRule;
using document::Consent;
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

bool alike(const FieldState& state, const Value& a, const Value& b) noexcept {
    if (same(a, b)) return true;
    const std::string* left = as_text(a);
    const std::string* right = as_text(b);
    return state.ignores_case && left != nullptr && right != nullptr && same_name(*left, *right);
}

bool has_changed(const FieldState& state, Side side) noexcept {
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

/// Whether `to` already says what `from` holds, in its own spelling.
bool says_the_same(const FieldState& state, Side from) {
    const Side to = other(from);
    const auto said = convert(held(state, from), info(state, to));
    return said && alike(state, *said, held(state, to));
}

bool are_equal(const FieldRule& rule, const FieldState& state) {
    // Either spelling may be the coarser one (a cut text, a rounded number), so a two-way field
    // is equal when one of the directions says so.
    switch (rule.direction) {
        case Direction::ToMarketing:
            return says_the_same(state, Side::Crm);
        case Direction::ToCrm:
            return says_the_same(state, Side::Marketing);
        case Direction::Both:
            break;
    }
    return says_the_same(state, Side::Crm) || says_the_same(state, Side::Marketing);
}

FieldDecision carry(const FieldRule& rule, const FieldState& state, Side from, Reason reason) {
    const Side to = other(from);
    auto said = convert(held(state, from), info(state, to));
    if (!said) return left_alone(Reason::NotSayable);
    if (rule.blank == BlankRule::FillOnly && !is_empty(held(state, to))) {
        return left_alone(Reason::FillOnlyKept);
    }
    FieldDecision decision;
    decision.reason = reason;
    (to == Side::Crm ? decision.to_crm : decision.to_marketing) = std::move(*said);
    return decision;
}

Side winning_side(const FieldRule& rule, const FieldState& state) noexcept {
    switch (rule.winner) {
        case Winner::Crm:
            return Side::Crm;
        case Winner::Marketing:
            return Side::Marketing;
        case Winner::MostRecent:
            break;
    }
    return state.marketing_modified > state.crm_modified ? Side::Marketing : Side::Crm;
}

FieldDecision resolve_conflict(const FieldRule& rule, const FieldState& state, Reason reason) {
    const Side winner = winning_side(rule, state);
    FieldDecision decision = carry(rule, state, winner, reason);
    if (decision.to_crm || decision.to_marketing) decision.loser = other(winner);
    return decision;
}

FieldDecision tighten(const FieldState& state) {
    const auto is_out = [](const Value& value) {
        const bool* flag = std::get_if<bool>(&value);
        return flag != nullptr && *flag;
    };
    const bool crm_out = is_out(state.crm);
    const bool marketing_out = is_out(state.marketing);
    if (crm_out == marketing_out) return matched(state, Reason::AlreadyEqual);
    FieldDecision decision;
    decision.reason = Reason::ConsentTightened;
    (crm_out ? decision.to_marketing : decision.to_crm) = Value{true};
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
    return resolve_conflict(rule, state, Reason::FirstMeetingWinner);
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
    return resolve_conflict(rule, state, Reason::ConflictWinner);
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
        case Reason::OneWay:
            return "a one-way rule keeps the target equal to its source";
        case Reason::Computed:
            return "the rule's formula gives this value";
        case Reason::ConsentTightened:
            return "an opt-out on either side wins";
        case Reason::BlankKept:
            return "a blank does not erase a value under this rule";
        case Reason::FillOnlyKept:
            return "the rule only fills blanks and the target has a value";
        case Reason::NotSayable:
            return "the value cannot be said in the target field's type";
    }
    return "";
}

FieldDecision merge_field(const FieldRule& rule, const FieldState& state) {
    if (rule.consent == Consent::Strictest) return tighten(state);
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
    auto said = convert(computed, field);
    if (!said) return left_alone(Reason::NotSayable);
    if (same(*said, current)) return left_alone(Reason::AlreadyEqual);
    if (is_empty(*said) && rule.blank != BlankRule::Propagate) return left_alone(Reason::BlankKept);
    if (rule.blank == BlankRule::FillOnly && !is_empty(current)) {
        return left_alone(Reason::FillOnlyKept);
    }
    FieldDecision decision;
    decision.reason = Reason::Computed;
    (side == Side::Crm ? decision.to_crm : decision.to_marketing) = std::move(*said);
    return decision;
}

}  // namespace duet::merge
