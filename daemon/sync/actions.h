#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sync/facts.h"
#include "daemon/sync/org.h"
#include "daemon/sync/owners.h"
#include "mappings/merge/decide.h"

namespace duet::sync {

/// The edge that says who is in the work queue, and its target: pending while somebody is.
inline constexpr std::string_view kQueueEdge = "queue";

/// What task rules and routings look at: what is remembered of them, the tasks that the CRM holds,
/// users and queues. Reads only; makes one batch, as its planner does.
class Actions {
public:
    Actions(Org& org, RecordCache& cache, PathReader& paths, formula::Moment moment)
        : org_(org), cache_(cache), owners_(org, cache, paths, moment) {}

    /// Adds it to `inputs`, whose records must be there already. `edges`: as stored.
    Status gather(const store::Entity& entity, const std::vector<store::Edge>& edges,
                  merge::Inputs& inputs);
    /// Remembers whether the person whose inputs were gathered last is in the work queue, where
    /// that changed.
    void note_queue(merge::Decision& decision) const;
    /// Lets later decisions of the batch know whose turn was taken.
    void take(const merge::Decision& decision, store::EntityId entity);
    /// Of an entity that nothing may be decided about.
    static void forget(merge::Decision& decision);

private:
    using Edges = std::vector<store::Edge>;
    Status add_tasks(const store::Entity& entity, const Edges& edges, merge::Inputs& inputs);
    void add_known_tasks(const Record& record, const ObjectModel& model, std::string_view reference,
                         tasks::Known& known);
    void add_task(const store::SeenRow& row, tasks::Known& known);

    Org& org_;
    RecordCache& cache_;
    OwnerBook owners_;
    bool has_queue_ = false;   // for the entity that was gathered last
    bool was_queued_ = false;  // likewise, as stored
};

/// Stores what a decision remembers of task rules and routings; inside the caller's transaction.
Status save_actions(Org& org, store::EntityId entity, const merge::Decision& decision);

}  // namespace duet::sync
