#include "daemon/sync/undo_checks.h"

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/lists.h"
#include "daemon/sync/settle_done.h"
#include "mappings/merge/convert.h"
#include "mappings/merge/fields.h"

namespace duet::sync {
namespace {

using document::FieldRule;
using nlohmann::json;
using store::AuditRow;

constexpr std::size_t kAuditRows = 10'000;     // of one entity
constexpr std::size_t kUndoKeysPerCall = 200;  // what both vendors take in one read

const FieldRule* rule_of(const Org& org, const UndoContext& context, const AuditRow& row) {
    const auto* document = org.model.documents().find(context.plan.entity.kind);
    if (document == nullptr) return nullptr;
    for (const FieldRule& rule : document->fields) {
        if (rule.consent != document::Consent::None) continue;
        if (same_name(rule.fields[row.side].on(row.record.object), row.field)) return &rule;
    }
    return nullptr;
}

bool is_true(const Value& value) {
    const bool* flag = std::get_if<bool>(&value);
    return flag != nullptr && *flag;
}

}  // namespace

UndoChecks::UndoChecks(Org& org)
    : org_(org),
      planner_(org, {true, true}, org.clock.now()),
      cache_(org.store, org.name),
      paths_(org.model, cache_) {}

Result<UndoContext> UndoChecks::look_at(Side side, const RecordId& record, store::EntityId about) {
    UndoContext context;
    auto row = org_.store.seen(org_.name, side, record);
    if (!row) return std::move(row).error();
    context.row = std::move(*row);
    auto entity = org_.store.entity_of(org_.name, side, record);
    if (!entity) return std::move(entity).error();
    std::optional<store::EntityId> id = *entity;
    if (!id) {
        // Memberships and tasks belong to whoever they are about.
        auto known = org_.store.entity(org_.name, about);
        if (!known) return std::move(known).error();
        if (*known) id = about;
    }
    if (!id) {
        context.refusal = "nobody Duet knows has this record now";
        return context;
    }
    auto plan = planner_.plan(*id);
    if (!plan) return std::move(plan).error();
    context.plan = std::move(*plan);
    if (context.plan.in_doubt)
        context.refusal = "a write of this person or record is in doubt; try again later";
    return context;
}

bool UndoChecks::loosens(const AuditRow& row, const Value& wanted,
                         const UndoContext& context) const {
    const auto* document = org_.model.documents().find(context.plan.entity.kind);
    if (document == nullptr) return false;
    for (const FieldRule& rule : document->fields) {
        for (const document::ConsentField& flag : rule.consents[row.side]) {
            if (!same_name(flag.field.on(row.record.object), row.field)) continue;
            return !merge::Flag{row.side, row.field, flag.inverted, &wanted}.is_strict();
        }
    }
    return false;
}

/// By any consent rule: what was agreed, or a flag of either record.
bool UndoChecks::is_out(const UndoContext& context) {
    const auto* document = org_.model.documents().find(context.plan.entity.kind);
    if (document == nullptr) return false;
    for (const FieldRule& rule : document->fields) {
        if (rule.consent == document::Consent::None) continue;
        const auto agreed = context.plan.entity.agreed.find(rule.name);
        if (agreed != context.plan.entity.agreed.end() &&
            (is_true(agreed->second.crm) || is_true(agreed->second.marketing))) {
            return true;
        }
        for (const Side side : kSides) {
            const auto& id = context.plan.records[side];
            const store::SeenRow* row = id ? cache_.get(side, *id) : nullptr;
            if (row == nullptr) continue;
            for (const document::ConsentField& flag : rule.consents[side]) {
                const auto held = paths_.read(side, row->record, flag.field.on(id->object));
                if (merge::Flag{side, {}, flag.inverted, held.value}.is_out()) return true;
            }
        }
    }
    return false;
}

Result<std::string> UndoChecks::why_not_set(const AuditRow& newest, const Value& wanted,
                                            const UndoContext& context) {
    if (!context.row || context.row->deleted) return std::string("the record is gone");
    if (!context.row->survivor.key.empty())
        return std::string("the record went into another by a merge or conversion");
    if (loosens(newest, wanted, context))
        return std::string(
            "it would loosen consent; only `duet consent allow` takes back an opt-out");
    const Value* now = context.row->record.fields.find(newest.field);
    if (now == nullptr) return std::string("the documents no longer read this field");
    if (merge::same(*now, wanted)) return std::string("it already holds what it held before");
    if (merge::same(*now, newest.after)) return std::string{};
    auto later = org_.store.audit_of(org_.name, newest.entity, kAuditRows);
    if (!later) return std::move(later).error();
    for (const AuditRow& row : *later) {
        if (row.id <= newest.id) break;
        if (row.side == newest.side && row.record == newest.record && row.field == newest.field)
            return "Duet wrote it once more, in cycle " + std::to_string(row.cycle);
    }
    return std::string("somebody changed it since");
}

std::vector<std::string> UndoChecks::brake_kinds(const AuditRow& newest,
                                                 const UndoContext& context) const {
    if (newest.rule.starts_with("routing ")) return {"reown"};
    if (newest.rule == kClosingRule) return {"restage"};
    const FieldRule* rule = rule_of(org_, context, newest);
    if (rule != nullptr && merge::writes_stage(*rule)) return {"restage"};
    return {};
}

json UndoChecks::pin_for(const AuditRow& newest, const UndoContext& context) {
    if (newest.rule == kClosingRule) {
        return {{"rule", newest.rule + " " + newest.field}, {"refused", encode(newest.after)}};
    }
    const FieldRule* rule = rule_of(org_, context, newest);
    if (rule == nullptr) return nullptr;
    json pin{{"rule", rule->name}, {"refused", encode(newest.after)}};
    if (rule->is_computed()) return pin;
    const Side there = other(newest.side);
    const auto& id = context.plan.records[there];
    const store::SeenRow* source = id ? cache_.get(there, *id) : nullptr;
    if (source == nullptr) return nullptr;
    const auto held = paths_.read(there, source->record, rule->fields[there].on(id->object));
    if (held.value == nullptr) return nullptr;
    pin["refused"] = encode(*held.value);
    pin["pair"] = true;
    return pin;
}

/// A record that refers to this one and that Duet did not make: people have built on it.
Result<std::string> UndoChecks::stranger_to(const AuditRow& row, const UndoContext& context) {
    auto audit = org_.store.audit_of(org_.name, context.plan.entity.id, kAuditRows);
    if (!audit) return std::move(audit).error();
    std::set<RecordId> ours;
    for (const AuditRow& one : *audit) {
        if (one.field.empty() && one.kind == WriteKind::Create) ours.insert(one.record);
    }
    for (const ObjectModel& object : org_.model.objects()) {
        if (object.side != row.side) continue;
        for (const std::string& field : object.references) {
            auto keys =
                org_.store.referring(org_.name, row.side, object.info->name, field, row.record.key);
            if (!keys) return std::move(keys).error();
            for (const std::string& key : *keys) {
                const store::SeenRow* child = cache_.get(row.side, {object.info->name, key});
                if (child == nullptr || child->deleted || ours.contains(child->record.id)) continue;
                return "a record of " + object.info->name + " that Duet did not make refers to it";
            }
        }
    }
    return std::string{};
}

Result<std::string> UndoChecks::why_not_deleted(const AuditRow& row, const UndoContext& context) {
    if (!context.row || context.row->deleted) return std::string("the record is gone already");
    if (!context.row->survivor.key.empty())
        return std::string("the record went into another by a merge or conversion");
    if (row.cause.find(kWasThere) != std::string::npos)
        return std::string("somebody else may have made it");
    if (context.row->own_stamp == DateTime{})
        return std::string("Duet has not read it back yet; try again after the next cycle");
    if (context.row->own_stamp != context.row->record.modified)
        return std::string("somebody has touched it since Duet made it");
    return stranger_to(row, context);
}

std::string UndoChecks::why_not_left(const AuditRow& row, const UndoContext& context) {
    const ListObjects& lists = org_.model.lists(row.side);
    if (lists.membership == nullptr) return "the documents have no lists any more";
    if (!context.row || context.row->deleted) return "the membership is gone already";
    if (lists.is_left(context.row->record))
        return "the person opted out of the list; that record stays";
    return row.record.key.empty() ? "the membership is not known" : "";
}

std::string UndoChecks::why_not_joined(const AuditRow& row, const UndoContext& context,
                                       Write& write) {
    const ListObjects& lists = org_.model.lists(row.side);
    if (lists.membership == nullptr || !context.row)
        return "Duet no longer knows whose membership it was";
    const auto& person = context.plan.records[row.side];
    const std::string member_field = person ? lists.member_field_of(person->object) : "";
    const Value& list = context.row->record.fields.get(lists.list_field);
    if (!person || context.row->record.fields.get(member_field) != text(person->key))
        return "the person's record is gone";
    if (lists.is_left(context.row->record) || is_out(context)) return "the person opted out";
    const auto& rules = org_.model.documents().lists;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const auto& suppressed = context.plan.decision.suppressed;
        if (rules[i].list == display(row.after) &&
            std::find(suppressed.begin(), suppressed.end(), i) != suppressed.end()) {
            return "the list suppresses the person now";
        }
    }
    for (const store::SeenRow* other :
         cache_.children(row.side, lists.membership->name, member_field, person->key)) {
        if (!other->deleted && other->record.fields.get(lists.list_field) == list) {
            return "the person is on the list again";
        }
    }
    const auto rule = std::find_if(rules.begin(), rules.end(),
                                   [&](const auto& one) { return one.list == display(row.after); });
    write = joining(lists, *person, display(list), rule == rules.end() ? nullptr : &*rule);
    return "";
}

Status drop_touched(Org& org, const std::vector<AuditRow>& rows, UndoPlan& plan,
                    std::stop_token stop) {
    std::map<std::pair<Side, std::string>, std::vector<std::string>> keys;
    for (const PlannedWrite& planned : plan.writes) {
        const Write& write = planned.in_flight.write;
        if (write.kind == WriteKind::Delete && planned.list.empty())
            keys[{planned.in_flight.side, write.id.object}].push_back(write.id.key);
    }
    std::set<std::pair<Side, RecordId>> untouched;
    for (const auto& [object, all] : keys) {
        const ObjectModel* model = org.model.find(object.first, object.second);
        for (std::size_t from = 0; model != nullptr && from < all.size();
             from += kUndoKeysPerCall) {
            const std::vector<std::string> some(
                all.begin() + static_cast<std::ptrdiff_t>(from),
                all.begin() +
                    static_cast<std::ptrdiff_t>(std::min(all.size(), from + kUndoKeysPerCall)));
            auto read = org.connectors[object.first]->read(model->selection, some, stop);
            if (!read) continue;
            for (const Change& change : *read) {
                auto seen = org.store.seen(org.name, object.first, change.record.id);
                if (!seen) return std::move(seen).error();
                if (change.kind == ChangeKind::Upserted && *seen &&
                    (*seen)->record.modified == change.record.modified) {
                    untouched.emplace(object.first, change.record.id);
                }
            }
        }
    }
    std::erase_if(plan.writes, [&](const PlannedWrite& planned) {
        const Write& write = planned.in_flight.write;
        if (write.kind != WriteKind::Delete || !planned.list.empty()) return false;
        if (untouched.contains({planned.in_flight.side, write.id})) return false;
        for (const AuditRow& row : rows) {
            if (row.record == write.id && row.side == planned.in_flight.side && row.field.empty())
                plan.kept.push_back({row,
                                     "it is not as Duet last saw it, or cannot be read now; try "
                                     "again after the next cycle"});
        }
        return true;
    });
    return Done{};
}

}  // namespace duet::sync
