#include "daemon/sync/actions.h"

#include <algorithm>
#include <utility>

#include "daemon/store/errors.h"
#include "mappings/document/conventions.h"
#include "mappings/tasks/tasks.h"

namespace duet::sync {
namespace {

using store::SeenRow;

std::optional<DateTime> time_of(Instant at) {
    if (at == Instant{}) return std::nullopt;
    return std::chrono::floor<std::chrono::milliseconds>(at);
}

Instant instant_of(const std::optional<DateTime>& at) { return at ? Instant{*at} : Instant{}; }

std::optional<edges::Edge> edge_of(const std::vector<store::Edge>& stored, const std::string& rule,
                                   Status& status) {
    const auto found = std::find_if(stored.begin(), stored.end(),
                                    [&](const store::Edge& edge) { return edge.rule == rule; });
    if (found == stored.end()) return std::nullopt;
    const auto phase = edges::phase(found->phase);
    if (!phase) {
        status = store::unreadable("edges.phase");
        return std::nullopt;
    }
    return edges::Edge{.rule = found->rule,
                       .version = found->version,
                       .phase = *phase,
                       .was_true = found->was_true,
                       .target = found->target,
                       .before = found->before,
                       .passed_at = time_of(found->passed_at),
                       .closed_at = time_of(found->closed_at)};
}

}  // namespace

Status Actions::gather(const store::Entity& entity, const Edges& edges, merge::Inputs& inputs) {
    const auto& documents = org_.model.documents();
    const bool has_tasks =
        std::any_of(documents.tasks.begin(), documents.tasks.end(),
                    [&](const document::TaskRule& task) { return task.entity == entity.kind; });
    const bool has_routing = entity.kind == EntityKind::Person && !documents.routings.empty();
    has_queue_ = entity.kind == EntityKind::Person && documents.queue != nullptr;
    if (!has_tasks && !has_routing && !has_queue_) return Done{};
    was_queued_ = std::any_of(edges.begin(), edges.end(), [](const store::Edge& edge) {
        return edge.rule == kQueueEdge && edge.was_true;
    });
    if (has_tasks) {
        if (auto added = add_tasks(entity, edges, inputs); !added) return added;
    }
    if (!has_routing) return Done{};
    Status status = Done{};
    for (std::size_t i = 0; i < documents.routings.size(); ++i) {
        inputs.routings.push_back(
            {i, edge_of(edges, "routing " + documents.routings[i].name, status)});
    }
    inputs.owners = &owners_;
    return status;
}

Status Actions::add_tasks(const store::Entity& entity, const Edges& edges, merge::Inputs& inputs) {
    const auto& documents = org_.model.documents();
    const document::TaskWords* words = document::task_words(documents.names.crm);
    const ObjectModel* model =
        words == nullptr ? nullptr : org_.model.find(Side::Crm, words->object);
    if (model == nullptr) return Done{};
    const bool is_person = entity.kind == EntityKind::Person;
    Status status = Done{};
    for (std::size_t i = 0; i < documents.tasks.size(); ++i) {
        if (documents.tasks[i].entity != entity.kind) continue;
        tasks::Known known;
        known.rule = i;
        known.edge = edge_of(edges, "task " + documents.tasks[i].name, status);
        if (!status) return status;
        if (inputs.sides.crm.record != nullptr) {
            add_known_tasks(*inputs.sides.crm.record, *model,
                            is_person ? words->person : words->about, known);
        }
        if (known.edge && !known.edge->target.empty()) {
            auto keys = org_.store.with_key(org_.name, Side::Crm, model->info->name,
                                            model->keys.front(), known.edge->target);
            if (!keys) return std::move(keys).error();
            for (const std::string& key : *keys) {
                const SeenRow* row = cache_.get(Side::Crm, {model->info->name, key});
                if (row != nullptr) add_task(*row, known);
            }
        }
        inputs.tasks.push_back(std::move(known));
    }
    return Done{};
}

/// Tasks about a record that was merged into this one come with it, under the other one's key.
void Actions::add_known_tasks(const Record& record, const ObjectModel& model,
                              std::string_view reference, tasks::Known& known) {
    const std::string& rule = org_.model.documents().tasks[known.rule].name;
    for (const SeenRow* row :
         cache_.children(Side::Crm, model.info->name, std::string(reference), record.id.key)) {
        const std::string* own = as_text(row->record.fields.get(model.keys.front()));
        if (own != nullptr && tasks::is_key_of(*own, rule)) add_task(*row, known);
    }
}

void Actions::add_task(const SeenRow& row, tasks::Known& known) {
    const auto& documents = org_.model.documents();
    const document::TaskWords& words = *document::task_words(documents.names.crm);
    const auto is_known =
        std::any_of(known.tasks.begin(), known.tasks.end(),
                    [&](const auto& task) { return task.id == row.record.id.key; });
    const std::string* key = as_text(row.record.fields.get(words.key));
    if (is_known || key == nullptr) return;
    tasks::Task task;
    task.key = *key;
    task.id = row.record.id.key;
    task.status = row.record.fields.get(words.status);
    task.owner = row.record.fields.get(words.owner);
    task.modified = row.record.modified;
    const bool* closed = std::get_if<bool>(&row.record.fields.get(words.closed));
    // One that Duet has just closed says so by its status before it is read again.
    const bool is_done = (closed != nullptr && *closed) ||
                         task.status == text(documents.tasks[known.rule].closed_status);
    task.open = !row.deleted && !is_done;
    known.tasks.push_back(std::move(task));
}

void Actions::note_queue(merge::Decision& decision) const {
    const bool is_queued = decision.place && decision.place->member;
    if (!has_queue_ || is_queued == was_queued_) return;
    edges::Edge edge;
    edge.rule = edge.target = kQueueEdge;
    edge.phase = is_queued ? edges::Phase::Pending : edges::Phase::Armed;
    edge.was_true = is_queued;
    decision.edges.push_back(std::move(edge));
}

void Actions::take(const merge::Decision& decision, store::EntityId entity) {
    for (const routing::Turn& turn : decision.turns) owners_.take(turn, entity);
}

void Actions::forget(merge::Decision& decision) {
    decision.tasks.clear();
    decision.task_edits.clear();
    decision.turns.clear();
    decision.edges.clear();
}

Status save_actions(Org& org, store::EntityId entity, const merge::Decision& decision) {
    for (const edges::Edge& edge : decision.edges) {
        store::Edge row;
        row.rule = edge.rule;
        row.version = edge.version;
        row.phase = edges::to_string(edge.phase);
        row.was_true = edge.was_true;
        row.target = edge.target;
        row.before = edge.before;
        row.passed_at = instant_of(edge.passed_at);
        row.closed_at = instant_of(edge.closed_at);
        if (auto saved = org.store.save_edge(org.name, entity, row); !saved) return saved;
    }
    for (const routing::Turn& turn : decision.turns) {
        if (auto saved = save_turn(org, turn); !saved) return saved;
    }
    return Done{};
}

}  // namespace duet::sync
