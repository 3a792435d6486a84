#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mappings/edges/edge.h"
#include "mappings/record.h"
#include "mappings/value.h"

/// What a decision sees of tasks, and what it says about them.
namespace duet::tasks {

/// A task of Duet's own as last seen in the CRM.
struct Task {
    std::string key;  // ours: "<rule>:<record>:<number>"
    std::string id;   // the CRM's
    bool open = true;
    DateTime modified{};  // of a closed or deleted one: when that was seen
    Value status;
    Value owner{};  // blank where no rule asks for it
};

/// All of one task rule about one entity.
struct Known {
    std::size_t rule = 0;  // index into Documents::tasks
    std::optional<edges::Edge> edge;
    std::vector<Task> tasks;  // those of this rule, deleted ones too
};

/// A task to make.
struct PlannedTask {
    std::size_t rule = 0;
    std::string key;
    Fields fields;
    int cap_per_cycle = 0;
};

/// One field of a task of Duet's own to change: to close it, because it became moot, or to give it
/// to whom its record was given.
struct PlannedEdit {
    std::size_t rule = 0;
    std::string id;
    std::string field;
    Value before;
    Value after;
};

}  // namespace duet::tasks
