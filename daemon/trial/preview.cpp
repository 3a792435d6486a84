#include "daemon/trial/preview.h"

#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/identity.h"
#include "daemon/sync/planner.h"
#include "daemon/trial/situation.h"
#include "daemon/trial/story.h"

namespace duet::trial {
namespace {

constexpr std::string_view kMarketing = "Prospect.";

Error refused(std::string message) {
    return {ErrorKind::Rejected, std::move(message), "DUET-6012", "", {}};
}

Status assume(const sync::Org& org, const Assumption& assumption, PerSide<store::SeenRow>& rows) {
    std::string_view name = assumption.field;
    const bool is_marketing =
        name.size() > kMarketing.size() && same_name(name.substr(0, kMarketing.size()), kMarketing);
    if (is_marketing) name.remove_prefix(kMarketing.size());
    const Side side = is_marketing ? Side::Marketing : Side::Crm;
    store::SeenRow& row = rows[side];
    if (row.record.id.key.empty())
        return refused("There is no record in " + org.system(side) + " to set " + assumption.field +
                       " of.");
    const ObjectInfo* object = org.model.catalogs()[side].find(row.record.id.object);
    const FieldInfo* field = object == nullptr ? nullptr : object->find(name);
    if (field == nullptr) {
        std::vector<std::string> names;
        if (object != nullptr) {
            for (const FieldInfo& one : object->fields) names.push_back(one.name);
        }
        const std::string hint = document::did_you_mean(name, names);
        return refused(row.record.id.object + " has no field \"" + std::string(name) + "\"" +
                       (hint.empty() ? "." : "; " + hint));
    }
    std::string why;
    auto value = parse_value(assumption.value, *field, why);
    if (!value) return refused(field->name + " must be " + why + ".");
    row.record.fields.set(field->name, std::move(*value));
    row.record.modified = std::chrono::floor<std::chrono::milliseconds>(org.clock.now());
    row.changed[field->name] = {row.record.modified, row.record.modified};
    return Done{};
}

/// Stores the entity's records as they are taken to be; the entity that they then belong to.
Result<store::EntityId> lay_over(sync::Org& org, const sync::EntityPlan& plan,
                                 std::span<const Assumption> assumptions) {
    PerSide<store::SeenRow> rows;
    for (const Side side : kSides) {
        if (!plan.records[side]) continue;
        auto row = org.store.seen(org.name, side, *plan.records[side]);
        if (!row) return std::move(row).error();
        if (*row) rows[side] = std::move(**row);
    }
    for (const Assumption& assumption : assumptions) {
        if (auto assumed = assume(org, assumption, rows); !assumed)
            return std::move(assumed).error();
    }
    store::EntityId entity = plan.entity.id;
    sync::Identity identity(org.store, org.name, org.model);
    for (const Side side : kSides) {
        const RecordId& id = rows[side].record.id;
        const sync::ObjectModel* object = org.model.find(side, id.object);
        if (object == nullptr) continue;
        auto stored = org.store.put_seen(org.name, rows[side], object->references, object->keys);
        if (!stored) return std::move(stored).error();
        auto settled = identity.settle(side, id);
        if (!settled) return std::move(settled).error();
        if (*settled) entity = **settled;
    }
    return entity;
}

}  // namespace

Result<nlohmann::json> preview(sync::Org& org, store::EntityId entity,
                               std::span<const Assumption> assumptions, PerSide<bool> ready) {
    const auto moment = sync::moment_of(org.clock.now(), org.model.documents().time_zone);
    const auto transaction = org.store.begin();  // ends without effect
    if (!transaction) return transaction.error();
    auto plan = sync::Planner(org, ready, org.clock.now()).plan(entity);
    if (!plan) return std::move(plan).error();
    if (!assumptions.empty()) {
        auto changed = lay_over(org, *plan, assumptions);
        if (!changed) return std::move(changed).error();
        plan = sync::Planner(org, ready, org.clock.now()).plan(*changed);
        if (!plan) return std::move(plan).error();
    }
    auto story = story_of(org, *plan, moment);
    if (!story) return std::move(story).error();
    for (const Assumption& assumption : assumptions)
        (*story)["assumed"][assumption.field] = assumption.value;
    return story;
}

}  // namespace duet::trial
