#include "daemon/sync/consent.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace duet::sync {
namespace {

using document::ConsentField;
using document::FieldRule;

Error refused(std::string message) {
    return Error{ErrorKind::Rejected, std::move(message), "DUET-5030", "", {}};
}

bool names(const document::FieldRef& ref, std::string_view field) {
    if (same_name(ref.path, field)) return true;
    return std::any_of(ref.by_object.begin(), ref.by_object.end(),
                       [&](const auto& one) { return same_name(one.second, field); });
}

const FieldRule* find_rule(const document::EntityDocument& document, std::string_view field) {
    for (const FieldRule& rule : document.fields) {
        if (rule.consent == document::Consent::None) continue;
        if (same_name(rule.name, field)) return &rule;
        for (const Side side : kSides) {
            for (const ConsentField& flag : rule.consents[side]) {
                if (names(flag.field, field)) return &rule;
            }
        }
    }
    return nullptr;
}

/// The flags of both records that say "out" now.
Result<merge::Allowance> flags_out(Org& org, const FieldRule& rule,
                                   const PerSide<std::optional<RecordId>>& records) {
    merge::Allowance out;
    for (const Side side : kSides) {
        if (!records[side]) continue;
        auto row = org.store.seen(org.name, side, *records[side]);
        if (!row) return std::move(row).error();
        if (!*row) continue;
        const ObjectModel* object = org.model.find(side, records[side]->object);
        for (const ConsentField& flag : rule.consents[side]) {
            const std::string path{flag.field.on(records[side]->object)};
            const FieldInfo* field = object == nullptr ? nullptr : object->info->find(path);
            if (field == nullptr) continue;
            const merge::Flag held{side, path, flag.inverted,
                                   (*row)->record.fields.find(field->name)};
            if (held.is_out()) out.insert(held.key());
        }
    }
    return out;
}

Status note_in_audit(Org& org, const EntityPlan& plan, const FieldRule& rule,
                     const Permission& permission) {
    store::AuditRow row;
    row.at = org.clock.now();
    row.entity = plan.entity.id;
    row.side = plan.records.crm ? Side::Crm : Side::Marketing;
    if (plan.records[row.side]) row.record = *plan.records[row.side];
    row.before = Value{true};
    row.after = Value{false};
    row.rule = "consent " + rule.name;
    row.cause = permission.by + " let the person back in: " + permission.because;
    row.documents = org.model.documents().version;
    row.stamps = plan.stamps;
    row.evidence = true;
    return org.store.add_audit(org.name, row);
}

bool lets_in(const store::InFlight& write) {
    return write.reasons.find(merge::to_string(merge::Reason::ConsentAllowed)) != std::string::npos;
}

}  // namespace

Result<std::string> allow_back_in(Org& org, store::EntityId id, std::string_view field,
                                  const Permission& permission) {
    if (permission.because.empty() || permission.by.empty())
        return refused("Say who lets the person back in, and why.");
    Planner planner(org, {true, true}, org.clock.now());
    auto plan = planner.plan(id);
    if (!plan) return std::move(plan).error();
    if (plan->in_doubt) return refused("A write of it is in doubt; try again in a few minutes.");
    const auto* document = org.model.documents().find(plan->entity.kind);
    const FieldRule* rule = document == nullptr ? nullptr : find_rule(*document, field);
    if (rule == nullptr)
        return refused("\"" + std::string(field) + "\" is no consent field of the documents.");
    auto flags = flags_out(org, *rule, plan->records);
    if (!flags) return std::move(flags).error();
    store::Entity entity = plan->entity;
    const auto agreed = entity.agreed.find(rule->name);
    const bool was_out = agreed != entity.agreed.end() && (agreed->second.crm == Value{true} ||
                                                           agreed->second.marketing == Value{true});
    if (flags->empty() && !was_out) return refused("Nobody is opted out there.");

    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    entity.agreed.insert_or_assign(rule->name, PerSide<Value>{Value{false}, Value{false}});
    if (auto saved = org.store.save_entity(org.name, entity); !saved)
        return std::move(saved).error();
    if (!flags->empty()) {
        auto put =
            org.store.put_allowance(org.name, {id, rule->name, std::move(*flags), org.clock.now(),
                                               permission.by, permission.because});
        if (!put) return std::move(put).error();
    }
    if (auto noted = note_in_audit(org, *plan, *rule, permission); !noted)
        return std::move(noted).error();
    if (auto marked = org.store.mark_dirty(org.name, id, "somebody let the person back in");
        !marked)
        return std::move(marked).error();
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    return rule->name;
}

Status save_allowances(Org& org, const EntityPlan& plan) {
    for (const store::Allowance& stored : plan.allowances) {
        const auto left = plan.decision.allowances.find(stored.rule);
        if (left == plan.decision.allowances.end()) {
            auto gone = org.store.remove_allowance(org.name, stored.entity, stored.rule);
            if (!gone) return gone;
        } else if (left->second != stored.flags) {
            store::Allowance kept = stored;
            kept.flags = left->second;
            if (auto put = org.store.put_allowance(org.name, kept); !put) return put;
        }
    }
    return Done{};
}

Status end_allowances(Org& org, const store::InFlight& write) {
    if (!lets_in(write)) return Done{};
    auto stored = org.store.allowances(org.name, write.entity);
    if (!stored) return std::move(stored).error();
    for (store::Allowance& allowance : *stored) {
        const std::size_t before = allowance.flags.size();
        for (const auto& [field, value] : write.write.fields)
            allowance.flags.erase(merge::Flag{write.side, field}.key());
        if (allowance.flags.size() == before) continue;
        // The next decision ends one that waits for nothing more.
        if (auto put = org.store.put_allowance(org.name, allowance); !put) return put;
    }
    return Done{};
}

}  // namespace duet::sync
