#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/planner.h"
#include "mappings/document/conventions.h"

namespace duet::sync {
namespace {

PlannedWrite write_of(const EntityPlan& plan, const document::TaskRule& rule, const char* cause) {
    PlannedWrite made;
    made.entity_kind = plan.entity.kind;
    made.in_flight.entity = plan.entity.id;
    made.in_flight.side = Side::Crm;
    made.in_flight.reasons =
        nlohmann::json{
            {"", {{"rule", "task " + rule.name}, {"cause", cause}, {"stamps", stamps_of(plan)}}}}
            .dump();
    return made;
}

}  // namespace

void add_task_writes(EntityPlan& plan, const document::Documents& documents) {
    const document::TaskWords* words = document::task_words(documents.names.crm);
    if (words == nullptr) return;
    for (tasks::PlannedTask& task : plan.decision.tasks) {
        const document::TaskRule& rule = documents.tasks[task.rule];
        PlannedWrite made = write_of(plan, rule, "the task rule came true");
        made.kinds = {"create"};
        made.cap_per_cycle = task.cap_per_cycle;
        Write& write = made.in_flight.write;
        write.kind = WriteKind::Create;
        write.id.object = words->object;
        write.key_field = words->key;
        write.key_value = task.key;
        write.fields = std::move(task.fields);
        plan.writes.push_back(std::move(made));
    }
    for (const tasks::PlannedEdit& edit : plan.decision.task_edits) {
        PlannedWrite made =
            write_of(plan, documents.tasks[edit.rule],
                     edit.field == words->owner
                         ? "the record has another owner, and its task goes along: when_reassigned"
                         : "the task became moot: close_when holds");
        Write& write = made.in_flight.write;
        write.kind = WriteKind::Update;
        write.id = {std::string(words->object), edit.id};
        write.fields.set(edit.field, edit.after);
        made.in_flight.before.set(edit.field, edit.before);
        plan.writes.push_back(std::move(made));
    }
}

}  // namespace duet::sync
