#include "mappings/merge/fields.h"

#include <algorithm>
#include <utility>

#include "mappings/merge/evaluate.h"
#include "mappings/merge/say.h"
#include "mappings/validation/held.h"

namespace duet::merge {
namespace {

using document::FieldRule;
using document::Policy;

std::string between(const std::string& side, const std::optional<Evidence>& changed) {
    if (!changed) return side + " at a time that no read tells";
    std::string words = side + " between ";
    words += changed->after == DateTime{} ? "an unknown time" : format_instant(changed->after);
    words += " and " + format_instant(changed->until);
    if (changed->by_machine) words += " (by an integration user, which proves nothing)";
    return words;
}

bool was_opted_out(const PerSide<Value>& agreed) noexcept {
    const auto is_true = [](const Value& value) {
        const bool* flag = std::get_if<bool>(&value);
        return flag != nullptr && *flag;
    };
    return is_true(agreed.crm) || is_true(agreed.marketing);
}

}  // namespace

bool writes_stage(const FieldRule& rule) {
    return rule.value && rule.value->formula.fields().size() == 1 &&
           same_name(rule.value->formula.fields().front(), "Duet.Stage");
}

void FieldDecider::all() {
    for (const FieldRule& rule : inputs_.document->fields) {
        if (rule.consent != document::Consent::None) {
            flags(rule);
        } else if (is_held_back(rule)) {
            keep_agreed(rule);
        } else if (rule.is_computed()) {
            computed(rule);
        } else if (inputs_.sides.crm.record != nullptr &&
                   inputs_.sides.marketing.record != nullptr) {
            merged(rule);
        } else {
            // A record that is deleted may come back: what was agreed is remembered for it.
            keep_agreed(rule);
        }
    }
}

bool FieldDecider::is_held_back(const FieldRule& rule) {
    if (inputs_.held == nullptr) return false;
    const std::string* why = inputs_.held->why(
        rule,
        {path_on(rule.fields.crm, Side::Crm), path_on(rule.fields.marketing, Side::Marketing)});
    if (why != nullptr) decision_.left_alone.push_back({rule.name, Reason::HeldBack, *why});
    return why != nullptr;
}

bool is_held_back(const FieldRule& rule, Side here, const Inputs& inputs) {
    const Record* record = inputs.sides[here].record;
    if (inputs.held == nullptr || record == nullptr) return false;
    PerSide<std::string_view> paths;
    paths[here] = rule.fields[here].on(record->id.object);
    return inputs.held->why(rule, paths) != nullptr;
}

void FieldDecider::consent() {
    for (const FieldRule& rule : inputs_.document->fields) {
        if (rule.consent != document::Consent::None) flags(rule);
    }
}

const FieldInfo* FieldDecider::info(Side side, std::string_view field) const {
    const ObjectInfo* object = inputs_.sides[side].object;
    return object == nullptr ? nullptr : object->find(field);
}

std::string_view FieldDecider::path_on(const document::FieldRef& ref, Side side) const {
    const SideRecord& record = inputs_.sides[side];
    return record.record == nullptr ? std::string_view{} : ref.on(record.record->id.object);
}

void FieldDecider::keep_agreed(const FieldRule& rule) {
    const auto known = inputs_.agreed->find(rule.name);
    if (known != inputs_.agreed->end()) decision_.agreed.insert(*known);
}

/// Tightening of consent alone may be written while the other side is behind: it is always right.
bool FieldDecider::may_write(Side side, Reason reason) const {
    if (inputs_.sides.crm.ready && inputs_.sides.marketing.ready) return true;
    return inputs_.sides[side].ready && reason == Reason::ConsentTightened;
}

void FieldDecider::unreadable(const FieldRule& rule, std::string_view field) {
    const std::string words = "the field " + std::string(field) + " cannot be read";
    decision_.warnings.push_back(rule.name + ": " + words);
    decision_.left_alone.push_back({rule.name, Reason::NotSayable, words});
}

void FieldDecider::hold_back(const FieldRule& rule, Reason reason) {
    keep_agreed(rule);
    if (decision_.state == State::Quarantined) return;
    decision_.state = State::Waiting;
    decision_.reason = "one side is not fully loaded or not reachable";
    decision_.left_alone.push_back({rule.name, reason, "waiting for both sides"});
}

void FieldDecider::plan(const FieldRule& rule, PlannedField planned) {
    if (!may_write(planned.side, planned.reason)) return hold_back(rule, planned.reason);
    planned.rule = rule.name;
    planned.stage = writes_stage(rule);
    decision_.writes.push_back(std::move(planned));
}

/// Nothing is written, and the rule's policy may want more than that.
void FieldDecider::leave(const FieldRule& rule, const FieldDecision& decided,
                         const FieldInfo* target) {
    std::string why = to_string(decided.fault, target);
    decision_.is_unfit = decision_.is_unfit || is_of_target(decided.fault);
    if (decided.fault != Fault::None && decided.policy == Policy::Error) {
        decision_.warnings.push_back(rule.name + ": " + why);
    }
    if (decided.fault != Fault::None && decided.policy == Policy::Quarantine && refusal_.empty()) {
        refusal_ = "by the rule \"" + rule.name + "\" it is put aside: " + why;
        refusing_rule_ = rule.name;
    }
    decision_.left_alone.push_back({rule.name, decided.reason, std::move(why)});
}

Value as_stored(const Value& computed, const FieldInfo* target, const Inputs& inputs) {
    return target == nullptr
               ? computed
               : formula::as_stored(computed, target->type, inputs.moment.zone_offset);
}

void FieldDecider::computed(const FieldRule& rule) {
    std::optional<Value> result = rule.constant;
    for (const Side side : kSides) {
        const std::string_view path = path_on(rule.fields[side], side);
        if (path.empty()) continue;
        if (!result) {
            auto outcome = evaluate(*rule.value, facts_, inputs_.moment, decision_.next_change);
            if (const auto* failure = std::get_if<std::string>(&outcome)) {
                decision_.warnings.push_back(rule.name + ": " + *failure);
                decision_.left_alone.push_back({rule.name, Reason::NotSayable, *failure});
                return;
            }
            result = std::get<Value>(std::move(outcome));
        }
        computed_on(rule, side, path, *result);
    }
}

void FieldDecider::computed_on(const FieldRule& rule, Side side, std::string_view path,
                               const Value& result) {
    const Value* current = facts_.side_value(side, path);
    if (current == nullptr) return;
    const FieldInfo* target = info(side, path);
    auto decided = merge_computed(rule, side, as_stored(result, target, inputs_), *current, target);
    if (is_pinned(rule, side, *current, decided)) return;
    auto& write = side == Side::Crm ? decided.to_crm : decided.to_marketing;
    if (!write) return leave(rule, decided, target);
    PlannedField planned{side, std::string(path), *current, std::move(*write)};
    planned.reason = decided.reason;
    planned.detail = to_string(decided.fault, target);
    plan(rule, std::move(planned));
}

/// Addresses that differ in case only are one person's, and no reason to write.
bool FieldDecider::is_matched_by(std::string_view crm_path) const {
    const auto& match = inputs_.document->match;
    return std::any_of(match.begin(), match.end(), [&](const document::MatchRule& rule) {
        return rule.kind == document::MatchRule::Kind::Equal && same_name(rule.crm_field, crm_path);
    });
}

std::optional<Evidence> FieldDecider::evidence(Side side, std::string_view field) const {
    const auto* changed = inputs_.sides[side].changed;
    if (changed == nullptr) return std::nullopt;
    auto found = changed->find(field);
    if (found == changed->end()) found = changed->find(std::string_view{});
    if (found == changed->end()) return std::nullopt;
    return found->second;
}

/// How the most recent side was found, for whoever asks why it won.
std::string FieldDecider::how_it_was_found(const FieldRule& rule, const FieldState& state,
                                           Reason reason) const {
    if (reason != Reason::ConflictLater && reason != Reason::ConflictUnclear) return {};
    const SideNames& names = inputs_.documents->names;
    std::string words = "by Duet's clock it changed in " + between(names.crm, state.changed.crm) +
                        ", and in " + between(names.marketing, state.changed.marketing);
    if (reason == Reason::ConflictUnclear) {
        words += "; where these do not tell, the rule lets " + names[rule.otherwise] + " win";
    }
    return words;
}

void FieldDecider::merged(const FieldRule& rule) {
    const PerSide<std::string_view> paths{path_on(rule.fields.crm, Side::Crm),
                                          path_on(rule.fields.marketing, Side::Marketing)};
    if (paths.crm.empty() || paths.marketing.empty()) return;
    const PerSide<const Value*> held{facts_.side_value(Side::Crm, paths.crm),
                                     facts_.side_value(Side::Marketing, paths.marketing)};
    // What cannot be read is not known to be blank: nothing is decided from it.
    if (held.crm == nullptr || held.marketing == nullptr) {
        keep_agreed(rule);
        return unreadable(rule, held.crm == nullptr ? paths.crm : paths.marketing);
    }
    const auto known = inputs_.agreed->find(rule.name);
    FieldState state;
    state.crm = *held.crm;
    state.marketing = *held.marketing;
    state.agreed = known == inputs_.agreed->end() ? nullptr : &known->second;
    state.crm_field = info(Side::Crm, paths.crm);
    state.marketing_field = info(Side::Marketing, paths.marketing);
    state.changed = {evidence(Side::Crm, paths.crm), evidence(Side::Marketing, paths.marketing)};
    state.ignores_case = rule.ignores_case || is_matched_by(paths.crm);
    auto decided = merge_field(rule, state);
    if (is_pinned(rule, state, decided)) return keep_agreed(rule);
    if (decided.agree) {
        decision_.agreed.insert_or_assign(rule.name, std::move(*decided.agree));
    } else {
        keep_agreed(rule);
    }
    if (!decided.to_crm && !decided.to_marketing) {
        const bool to_crm = decided.toward == Side::Crm;
        return leave(rule, decided, to_crm ? state.crm_field : state.marketing_field);
    }
    const Side side = decided.to_crm ? Side::Crm : Side::Marketing;
    const FieldInfo* target = side == Side::Crm ? state.crm_field : state.marketing_field;
    PlannedField planned{side, std::string(paths[side]), *held[side],
                         std::move(side == Side::Crm ? *decided.to_crm : *decided.to_marketing)};
    planned.from = *held[other(side)];
    planned.reason = decided.reason;
    planned.detail = how_it_was_found(rule, state, decided.reason);
    if (const std::string fault = to_string(decided.fault, target); !fault.empty()) {
        planned.detail += (planned.detail.empty() ? "" : "; ") + fault;
    }
    if (decided.loser) planned.lost = *held[side];
    plan(rule, std::move(planned));
}

/// A pin of the rule stands while both sides hold what they held then and do not agree.
bool FieldDecider::is_pinned(const FieldRule& rule, const FieldState& state,
                             const FieldDecision& decided) {
    const auto pins = inputs_.pins.find(rule.name);
    if (pins == inputs_.pins.end()) return false;
    bool stands = false;
    for (const Side side : kSides) {
        const auto& pin = pins->second[side];
        if (!pin) continue;
        PerSide<Value> pair;
        pair[side] = pin->held;
        pair[other(side)] = pin->refused;
        if (decided.agree || !holds(state, pair)) {
            decision_.ended_pins.emplace_back(rule.name, side);
        } else {
            stands = true;
        }
    }
    if (stands) decision_.left_alone.push_back({rule.name, Reason::Pinned, {}});
    return stands;
}

/// Of a computed field, while the rule gives what was refused.
bool FieldDecider::is_pinned(const FieldRule& rule, Side side, const Value& current,
                             const FieldDecision& decided) {
    const auto pins = inputs_.pins.find(rule.name);
    if (pins == inputs_.pins.end() || !pins->second[side]) return false;
    const Pin& pin = *pins->second[side];
    const auto& write = side == Side::Crm ? decided.to_crm : decided.to_marketing;
    const bool stands = write && same(current, pin.held) && same(*write, pin.refused);
    if (stands) {
        decision_.left_alone.push_back({rule.name, Reason::Pinned, {}});
    } else if (write || decided.reason == Reason::AlreadyEqual) {
        decision_.ended_pins.emplace_back(rule.name, side);
    }
    return stands;
}

std::vector<Flag> FieldDecider::flags_of(const FieldRule& rule) {
    std::vector<Flag> found;
    for (const Side side : kSides) {
        for (const document::ConsentField& consent : rule.consents[side]) {
            const std::string_view path = path_on(consent.field, side);
            if (path.empty()) continue;
            found.push_back(
                {side, std::string(path), consent.inverted, facts_.side_value(side, path)});
        }
    }
    return found;
}

void FieldDecider::remember(const FieldRule& rule, const ConsentDecision& decided,
                            const Allowance* allowance) {
    const bool are_both_here =
        inputs_.sides.crm.record != nullptr && inputs_.sides.marketing.record != nullptr;
    if (allowance != nullptr || (decided.writes.empty() && are_both_here)) {
        // An allowance that a new opt-out ended leaves that opt-out.
        decision_.agreed.insert_or_assign(
            rule.name, PerSide<Value>{Value{decided.is_out}, Value{decided.is_out}});
    } else {
        keep_agreed(rule);
    }
    if (decided.allowance) decision_.allowances.insert_or_assign(rule.name, *decided.allowance);
}

void FieldDecider::flags(const FieldRule& rule) {
    const auto found = flags_of(rule);
    for (const Flag& flag : found) {
        if (flag.held == nullptr) unreadable(rule, flag.field);
    }
    const auto known = inputs_.agreed->find(rule.name);
    const bool was_out = known != inputs_.agreed->end() && was_opted_out(known->second);
    const auto allowed = inputs_.allowances.find(rule.name);
    const Allowance* allowance = allowed == inputs_.allowances.end() ? nullptr : &allowed->second;
    const auto decided = decide_consent(found, was_out, allowance);
    remember(rule, decided, allowance);
    if (decided.writes.empty() && !found.empty()) {
        decision_.left_alone.push_back({rule.name, decided.reason, {}});
    }
    for (const auto& [index, value] : decided.writes) {
        const Flag& flag = found[index];
        PlannedField planned{flag.side, flag.field, *flag.held, value};
        planned.reason = decided.reason;
        plan(rule, std::move(planned));
    }
}

}  // namespace duet::merge
