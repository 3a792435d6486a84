#include "mappings/merge/decide.h"

#include <algorithm>
#include <utility>

#include "mappings/lifecycle/lifecycle.h"
#include "mappings/lists/lists.h"
#include "mappings/merge/convert.h"
#include "mappings/merge/evaluate.h"
#include "mappings/validation/validation.h"

namespace duet::merge {
namespace {

using document::FieldRule;

/// "Duet.Stage" is known only once the stage is decided, so rules see it through this layer.
class WithStage final : public FactSource {
public:
    WithStage(FactSource& below, const std::string& stage) : below_(below), stage_(text(stage)) {}
    std::variant<const Value*, std::string> value(std::string_view path) override {
        if (same_name(path, "Duet.Stage")) return &stage_;
        return below_.value(path);
    }
    const Value* side_value(Side side, std::string_view path) override {
        return below_.side_value(side, path);
    }
    std::optional<DateTime> next_change() const override { return below_.next_change(); }

private:
    FactSource& below_;
    Value stage_;
};

/// The work of one decision; `decision_` grows step by step.
class Decider {
public:
    Decider(const Inputs& inputs, Decision& decision, FactSource& facts)
        : inputs_(inputs), decision_(decision), facts_(facts) {}

    void fields() {
        for (const FieldRule& rule : inputs_.document->fields) {
            if (rule.value) {
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

    void consent() {
        if (inputs_.sides.crm.record == nullptr || inputs_.sides.marketing.record == nullptr)
            return;
        for (const FieldRule& rule : inputs_.document->fields) {
            if (rule.consent == document::Consent::Strictest) merged(rule);
        }
    }

    void creates() {
        for (const document::CreateRule& rule : inputs_.document->creates) {
            const SideRecord& there = inputs_.sides[rule.on];
            const SideRecord& here = inputs_.sides[other(rule.on)];
            if (there.record != nullptr || here.record == nullptr) continue;
            if (there.was_deleted) {
                decision_.reason = "people deleted its record in " +
                                   inputs_.documents->names[rule.on] + "; it is not made anew";
                continue;
            }
            create(rule);
        }
    }

private:
    [[nodiscard]] bool both_ready() const {
        return inputs_.sides.crm.ready && inputs_.sides.marketing.ready;
    }

    static DateTime edited(const SideRecord& side) {
        return side.edited.value_or(side.record->modified);
    }

    const FieldInfo* info(Side side, std::string_view field) const {
        const ObjectInfo* object = inputs_.sides[side].object;
        return object == nullptr ? nullptr : object->find(field);
    }

    std::string_view path_on(const FieldRule& rule, Side side) const {
        const SideRecord& record = inputs_.sides[side];
        return record.record == nullptr ? std::string_view{}
                                        : rule.fields[side].on(record.record->id.object);
    }

    void keep_agreed(const FieldRule& rule) {
        const auto known = inputs_.agreed->find(rule.name);
        if (known != inputs_.agreed->end()) decision_.agreed.insert(*known);
    }

    void plan(const FieldRule& rule, Side side, std::string_view field, const Value& before,
              Value after, const FieldDecision& decided) {
        PlannedField planned;
        planned.side = side;
        planned.field = std::string(field);
        planned.before = before;
        planned.after = std::move(after);
        planned.rule = rule.name;
        planned.reason = decided.reason;
        planned.stage = rule.value && rule.value->formula.fields().size() == 1 &&
                        same_name(rule.value->formula.fields().front(), "Duet.Stage");
        if (decided.loser) planned.lost = before;
        decision_.writes.push_back(std::move(planned));
    }

    /// Consent alone may be written while the other side is behind: tightening is always right.
    [[nodiscard]] bool may_write(Side side, Reason reason) const {
        return both_ready() || (inputs_.sides[side].ready && reason == Reason::ConsentTightened);
    }

    void hold_back(const FieldRule& rule, Reason reason) {
        keep_agreed(rule);
        if (decision_.state == State::Quarantined) return;
        decision_.state = State::Waiting;
        decision_.reason = "one side is not fully loaded or not reachable";
        decision_.left_alone.push_back({rule.name, reason, "waiting for both sides"});
    }

    void computed(const FieldRule& rule) {
        std::optional<Value> result;
        for (const Side side : kSides) {
            const std::string_view field = path_on(rule, side);
            if (field.empty()) continue;
            if (!result) {
                auto outcome = evaluate(*rule.value, facts_, inputs_.moment, decision_.next_change);
                if (const auto* failure = std::get_if<std::string>(&outcome)) {
                    decision_.warnings.push_back(rule.name + ": " + *failure);
                    decision_.left_alone.push_back({rule.name, Reason::NotSayable, *failure});
                    return;
                }
                result = std::get<Value>(std::move(outcome));
            }
            const Value* current = facts_.side_value(side, field);
            if (current == nullptr) continue;
            const FieldInfo* target = info(side, field);
            auto decided = merge_computed(rule, side, stored(*result, target), *current, target);
            auto& write = side == Side::Crm ? decided.to_crm : decided.to_marketing;
            if (!write) {
                decision_.left_alone.push_back({rule.name, decided.reason, {}});
            } else if (!may_write(side, decided.reason)) {
                hold_back(rule, decided.reason);
            } else {
                plan(rule, side, field, *current, std::move(*write), decided);
            }
        }
    }

    /// Addresses that differ in case only are one person's, and no reason to write.
    [[nodiscard]] bool is_matched_by(std::string_view crm_path) const {
        const auto& match = inputs_.document->match;
        return std::any_of(match.begin(), match.end(), [&](const document::MatchRule& rule) {
            return rule.kind == document::MatchRule::Kind::Equal &&
                   same_name(rule.crm_field, crm_path);
        });
    }

    void merged(const FieldRule& rule) {
        const PerSide<std::string_view> paths{path_on(rule, Side::Crm),
                                              path_on(rule, Side::Marketing)};
        if (paths.crm.empty() || paths.marketing.empty()) return;
        const Value* crm = facts_.side_value(Side::Crm, paths.crm);
        const Value* marketing = facts_.side_value(Side::Marketing, paths.marketing);
        if (crm == nullptr || marketing == nullptr) {
            keep_agreed(rule);
            decision_.warnings.push_back(rule.name + ": the field cannot be read");
            decision_.left_alone.push_back(
                {rule.name, Reason::NotSayable, "the field cannot be read"});
            return;
        }
        const auto known = inputs_.agreed->find(rule.name);
        FieldState state;
        state.crm = *crm;
        state.marketing = *marketing;
        state.agreed = known == inputs_.agreed->end() ? nullptr : &known->second;
        state.crm_field = info(Side::Crm, paths.crm);
        state.marketing_field = info(Side::Marketing, paths.marketing);
        state.crm_modified = edited(inputs_.sides.crm);
        state.marketing_modified = edited(inputs_.sides.marketing);
        state.ignores_case = is_matched_by(paths.crm);
        if (state.agreed != nullptr && is_left_behind(rule, *state.agreed)) {
            return tighten_both(rule, paths, {*crm, *marketing});
        }
        auto decided = merge_field(rule, state);
        if (decided.agree) {
            decision_.agreed.insert_or_assign(rule.name, std::move(*decided.agree));
        } else {
            keep_agreed(rule);
        }
        if (!decided.to_crm && !decided.to_marketing) {
            decision_.left_alone.push_back({rule.name, decided.reason, {}});
            return;
        }
        const Side side = decided.to_crm ? Side::Crm : Side::Marketing;
        if (!may_write(side, decided.reason)) return hold_back(rule, decided.reason);
        Value after = std::move(side == Side::Crm ? *decided.to_crm : *decided.to_marketing);
        plan(rule, side, paths[side], side == Side::Crm ? *crm : *marketing, std::move(after),
             decided);
    }

    static bool is_out(const Value& value) noexcept {
        const bool* flag = std::get_if<bool>(&value);
        return flag != nullptr && *flag;
    }

    /// Sides that match agree in both halves, so halves that differ are an opt-out that a merged
    /// record left behind.
    static bool is_left_behind(const FieldRule& rule, const PerSide<Value>& agreed) noexcept {
        return rule.consent == document::Consent::Strictest &&
               is_out(agreed.crm) != is_out(agreed.marketing);
    }

    void tighten_both(const FieldRule& rule, const PerSide<std::string_view>& paths,
                      const PerSide<Value>& held) {
        if (is_out(held.crm) && is_out(held.marketing)) {
            decision_.agreed.insert_or_assign(rule.name, held);
            return;
        }
        keep_agreed(rule);
        FieldDecision decided;
        decided.reason = Reason::ConsentTightened;
        for (const Side side : kSides) {
            if (is_out(held[side])) continue;
            if (!may_write(side, decided.reason)) {
                hold_back(rule, decided.reason);
            } else {
                plan(rule, side, paths[side], held[side], Value{true}, decided);
            }
        }
    }

    void create(const document::CreateRule& rule) {
        const Answer wanted = ask(rule.when, facts_, inputs_.moment, decision_.next_change);
        if (wanted.failure) {
            decision_.warnings.push_back("create on " + inputs_.documents->names[rule.on] + ": " +
                                         *wanted.failure);
            return;
        }
        if (!wanted.yes) return;
        if (!both_ready()) {
            decision_.state = State::Waiting;
            decision_.reason = "no create until both sides are fully loaded";
            return;
        }
        PlannedCreate made{rule.on, rule.object,          rule.key_field,
                           {},      created_fields(rule), rule.cap_per_cycle};
        const Value& key = made.fields.get(rule.key_field);
        made.key_value = is_blank(key) ? inputs_.entity_key : display(key);
        if (is_blank(key)) made.fields.set(rule.key_field, text(made.key_value));
        decision_.creates.push_back(std::move(made));
    }

    /// What the new record starts with: every mapped field that has a value here.
    Fields created_fields(const document::CreateRule& rule) {
        const Side here = other(rule.on);
        const ObjectInfo* object = (*inputs_.catalogs)[rule.on].find(rule.object);
        Fields fields;
        for (const FieldRule& field_rule : inputs_.document->fields) {
            const std::string target{field_rule.fields[rule.on].on(rule.object)};
            const FieldInfo* target_info = object == nullptr ? nullptr : object->find(target);
            if (target_info == nullptr || !target_info->creatable) continue;
            Value value;
            if (field_rule.value) {
                auto outcome =
                    evaluate(*field_rule.value, facts_, inputs_.moment, decision_.next_change);
                if (const auto* failure = std::get_if<std::string>(&outcome)) {
                    warn_once(field_rule.name + ": " + *failure);
                } else {
                    value = stored(std::get<Value>(outcome), target_info);
                }
            } else if (may_travel(field_rule, here)) {
                const std::string_view source = path_on(field_rule, here);
                const Value* held = source.empty() ? nullptr : facts_.side_value(here, source);
                if (held != nullptr) value = *held;
            }
            auto said = convert(value, target_info);
            if (said && !is_blank(*said)) fields.set(target_info->name, std::move(*said));
        }
        return fields;
    }

    /// A rule may have failed for the record that is there already.
    void warn_once(std::string warning) {
        auto& all = decision_.warnings;
        if (std::find(all.begin(), all.end(), warning) == all.end())
            all.push_back(std::move(warning));
    }

    /// A formula's 0.5 is 50 in a percent field, and its instant a day in a date field.
    Value stored(const Value& computed, const FieldInfo* target) const {
        return target == nullptr
                   ? computed
                   : formula::as_stored(computed, target->type, inputs_.moment.zone_offset);
    }

    static bool may_travel(const FieldRule& rule, Side from) {
        return rule.direction == document::Direction::Both ||
               rule.direction == (from == Side::Crm ? document::Direction::ToMarketing
                                                    : document::Direction::ToCrm);
    }

    const Inputs& inputs_;
    Decision& decision_;
    FactSource& facts_;
};

bool is_in_scope(const Inputs& inputs, Decision& decision) {
    if (!inputs.document->scope) return true;
    const Answer scope =
        ask(*inputs.document->scope, *inputs.facts, inputs.moment, decision.next_change);
    if (scope.failure) {
        decision.warnings.push_back("scope: " + *scope.failure);
        decision.state = State::Waiting;
        decision.reason = "its scope rule failed: " + *scope.failure;
        return false;
    }
    if (!scope.yes) {
        decision.state = State::Filtered;
        decision.reason = "outside the scope of the documents";
    }
    return scope.yes;
}

}  // namespace

const char* to_string(State state) noexcept {
    switch (state) {
        case State::Clean:
            return "clean";
        case State::Planned:
            return "planned";
        case State::Filtered:
            return "filtered";
        case State::Quarantined:
            return "quarantined";
        case State::Waiting:
            return "waiting";
    }
    return "";
}

Decision decide(const Inputs& inputs) {
    Decision decision;
    decision.stage = inputs.stage;
    if (!is_in_scope(inputs, decision)) {
        decision.agreed = *inputs.agreed;
        return decision;
    }
    if (validation::puts_aside(inputs, decision)) {
        decision.agreed = *inputs.agreed;
        // Whatever is wrong with the record, a person who left has left.
        Decider(inputs, decision, *inputs.facts).consent();
        return decision;
    }
    if (inputs.document->entity == EntityKind::Person) {
        decision.stage = lifecycle::stage_of(inputs, decision);
    }
    WithStage facts(*inputs.facts, decision.stage);
    Decider decider(inputs, decision, facts);
    decider.fields();
    decider.creates();
    if (inputs.document->entity == EntityKind::Person)
        lists::decide_memberships(inputs, facts, decision);
    lower(decision.next_change, inputs.facts->next_change());
    if (!decision.writes.empty() || !decision.creates.empty() || !decision.memberships.empty()) {
        decision.state = State::Planned;
    }
    return decision;
}

}  // namespace duet::merge
