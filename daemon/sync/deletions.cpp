#include "daemon/sync/deletions.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/match.h"
#include "mappings/merge/deletions.h"

namespace duet::sync {

void add_deletion_write(EntityPlan& plan) {
    if (!plan.decision.deletion) return;
    const auto& [side, object] = *plan.decision.deletion;
    PlannedWrite made;
    made.entity_kind = plan.entity.kind;
    made.kinds = {"delete"};
    made.in_flight.entity = plan.entity.id;
    made.in_flight.side = side;
    made.in_flight.write.kind = WriteKind::Delete;
    made.in_flight.write.id = *plan.records[side];
    made.in_flight.reasons =
        nlohmann::json{{"",
                        {{"rule", "deleted " + object},
                         {"cause", merge::to_string(merge::Reason::DeletedThere)}}}}
            .dump();
    plan.writes.push_back(std::move(made));
}

void forget_deletion(EntityPlan& plan) {
    plan.decision.deletion.reset();
    plan.decision.agreed.erase(merge::kDeletionNote);
    const auto known = plan.entity.agreed.find(merge::kDeletionNote);
    if (known != plan.entity.agreed.end()) plan.decision.agreed.insert(*known);
}

bool is_marked_gone(const Model& model, const store::SeenRow* row,
                    const document::EntityDocument& document) {
    if (row == nullptr || row->side != Side::Marketing) return false;
    const ObjectModel* object = model.find(row->side, row->record.id.object);
    for (const document::MatchRule& rule : document.match) {
        if (rule.kind != document::MatchRule::Kind::CrmId || object == nullptr) continue;
        for (const std::string& name : rule.marketing_fields) {
            const FieldInfo* field = object->info->find(name);
            const std::string* held =
                field == nullptr ? nullptr : as_text(row->record.fields.get(field->name));
            if (held != nullptr && is_crm_marker(*held)) return true;
        }
    }
    return false;
}

}  // namespace duet::sync
