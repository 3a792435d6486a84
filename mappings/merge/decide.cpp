#include "mappings/merge/decide.h"

#include <algorithm>
#include <utility>

#include "mappings/lifecycle/lifecycle.h"
#include "mappings/lists/lists.h"
#include "mappings/merge/deletions.h"
#include "mappings/merge/evaluate.h"
#include "mappings/merge/fields.h"
#include "mappings/merge/with_stage.h"
#include "mappings/queue/with_queue.h"
#include "mappings/routing/routing.h"
#include "mappings/tasks/tasks.h"
#include "mappings/validation/held.h"
#include "mappings/validation/validation.h"

namespace duet::merge {
namespace {

/// Creates of one entity, and what stands in their way.
class Creator {
public:
    Creator(const Inputs& inputs, Decision& decision, FactSource& facts)
        : inputs_(inputs), decision_(decision), facts_(facts) {}

    /// The reason to put the record aside instead; empty: none.
    std::string run() {
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
        return std::move(refusal_);
    }

private:
    void create(const document::CreateRule& rule) {
        const Answer wanted = ask(rule.when, facts_, inputs_.moment, decision_.next_change);
        if (wanted.failure) {
            decision_.warnings.push_back("create on " + inputs_.documents->names[rule.on] + ": " +
                                         *wanted.failure);
            return;
        }
        if (!wanted.yes || is_key_held_back(rule)) return;
        if (!inputs_.sides.crm.ready || !inputs_.sides.marketing.ready) {
            decision_.state = State::Waiting;
            decision_.reason = "no create until both sides are fully loaded";
            return;
        }
        PlannedCreate made{rule.on, rule.object, rule.key_field, {}, {}, rule.cap_per_cycle};
        made.fields = created_fields(rule, inputs_, facts_, decision_, refusal_, made.agreed);
        const Value& key = made.fields.get(rule.key_field);
        made.key_value = is_blank(key) ? inputs_.entity_key : display(key);
        if (is_blank(key)) made.fields.set(rule.key_field, text(made.key_value));
        decision_.creates.push_back(std::move(made));
    }

    /// Without its key a new record could not be found again.
    [[nodiscard]] bool is_key_held_back(const document::CreateRule& create) const {
        const auto& rules = inputs_.document->fields;
        return std::any_of(rules.begin(), rules.end(), [&](const document::FieldRule& rule) {
            return same_name(rule.fields[create.on].on(create.object), create.key_field) &&
                   is_held_back(rule, other(create.on), inputs_);
        });
    }

    const Inputs& inputs_;
    Decision& decision_;
    FactSource& facts_;
    std::string refusal_;
};

/// Nothing about the record is carried out but its consent.
void put_aside(const Inputs& inputs, Decision& decision, std::string reason, std::string rule) {
    Decision held;
    held.state = State::Quarantined;
    held.reason = std::move(reason);
    held.validation = std::move(rule);
    held.broken = std::move(decision.broken);
    held.warnings = std::move(decision.warnings);
    held.left_alone = std::move(decision.left_alone);
    held.next_change = decision.next_change;
    held.stage = inputs.stage;
    held.in_scope = decision.in_scope;
    held.is_unfit = decision.is_unfit;
    held.agreed = *inputs.agreed;
    decision = std::move(held);
    FieldDecider(inputs, decision, *inputs.facts).consent();
    if (inputs.document->entity == EntityKind::Person) lists::hold_memberships(inputs, decision);
}

bool is_in_scope(const Inputs& inputs, Decision& decision) {
    decision.in_scope = true;
    if (!inputs.document->scope) return true;
    decision.in_scope.reset();
    const Answer scope =
        ask(*inputs.document->scope, *inputs.facts, inputs.moment, decision.next_change);
    if (scope.failure) {
        decision.warnings.push_back("scope: " + *scope.failure);
        decision.state = State::Waiting;
        decision.reason = "its scope rule failed: " + *scope.failure;
        return false;
    }
    decision.in_scope = scope.yes;
    if (!scope.yes) {
        decision.state = State::Filtered;
        decision.reason = "outside the scope of the documents";
    }
    return scope.yes;
}

void decide_stage(const Inputs& inputs, Decision& decision) {
    const bool is_person = inputs.document->entity == EntityKind::Person;
    if (inputs.standing == nullptr) {
        if (is_person) decision.stage = lifecycle::stage_of(inputs, decision);
        return;
    }
    lower(decision.next_change, inputs.standing->next);
    if (!inputs.standing->failure.empty()) {
        decision.warnings.push_back("lifecycle: " + inputs.standing->failure);
    } else if (is_person) {
        decision.stage = inputs.standing->stage;
    }
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

Decision decide(const Inputs& given) {
    Decision decision;
    decision.stage = given.stage;
    const bool is_person = given.document->entity == EntityKind::Person;
    if (!is_in_scope(given, decision)) {
        decision.agreed = *given.agreed;
        decision.allowances = given.allowances;
        if (is_person) lists::hold_memberships(given, decision);
        return decision;
    }
    validation::ask_all(given, decision);
    if (validation::puts_aside(decision)) {
        put_aside(given, decision, decision.reason, decision.validation);
        return decision;
    }
    const validation::HeldFields held(given, decision.broken);
    validation::HeldFacts readable(*given.facts, held);
    Inputs inputs = given;
    inputs.facts = &readable;
    inputs.held = &held;
    decide_stage(inputs, decision);
    WithStage staged(readable, decision.stage, inputs.standing);
    const document::QueueRule* queue = is_person ? inputs.documents->queue.get() : nullptr;
    queue::WithQueue facts(staged, queue, inputs.moment);
    FieldDecider fields(inputs, decision, facts);
    fields.all();
    const std::string refusal = Creator(inputs, decision, facts).run();
    if (!fields.refusal().empty() || !refusal.empty()) {
        put_aside(inputs, decision, fields.refusal().empty() ? refusal : fields.refusal(),
                  fields.refusing_rule());
        return decision;
    }
    if (is_person) lists::decide_memberships(inputs, facts, decision);
    tasks::decide_tasks(inputs, facts, decision);
    routing::decide_routing(inputs, facts, decision);
    follow_deletions(inputs, decision);
    if (queue != nullptr) decision.place = facts.place();
    lower(decision.next_change, facts.next_change());
    if (decision.deletion || !decision.writes.empty() || !decision.creates.empty() ||
        !decision.memberships.empty() || !decision.tasks.empty() || !decision.task_edits.empty()) {
        decision.state = State::Planned;
    } else if (!held.empty() && decision.state == State::Clean) {
        validation::puts_fields_aside(decision);
    }
    return decision;
}

}  // namespace duet::merge
