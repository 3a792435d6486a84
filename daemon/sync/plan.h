#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sync/brake.h"
#include "daemon/sync/planner.h"
#include "daemon/sync/rejections.h"

namespace duet::sync {

/// One write of a plan, and whether it would go out now.
struct PlanLine {
    PlannedWrite write;
    std::string waits;  // why it would not: of the brake, a pause, a cap; empty: it would
};

/// Something that would be refused, and whose it is.
struct Foreseen {
    store::EntityId entity = 0;
    std::string system;
    std::string object;
    Rejection rejection;
};

/// Entities that are left as they are, or with a write that waits, for one reason.
struct LeftAside {
    std::string reason;  // "unchanged", "filtered", ...: one of kLeftAside
    std::int64_t count = 0;
    std::vector<std::pair<store::EntityId, std::string>> samples;  // the first, each with its why
};

/// The reasons, in the order of every plan.
inline constexpr const char* kLeftAside[] = {"unchanged",   "filtered", "ambiguous",
                                             "braked",      "paused",   "capped",
                                             "quarantined", "waiting",  "in doubt"};

struct Cost {
    std::int64_t writes = 0;
    std::int64_t calls = 0;  // as the connector would batch them; reads not counted
};

/// What would be written now, and what would not: the same for the same store, documents and
/// moment, whoever asks and however often. Holds people's data.
struct Plan {
    std::string org;
    std::string documents;  // their version
    SideNames names;
    std::vector<PlanLine> lines;  // by entity
    PerSide<Cost> cost;           // of the lines that would go out
    std::vector<Foreseen> rejections;
    std::vector<LeftAside> left_aside;                // of the entities that were looked at
    std::map<std::string, std::int64_t> not_looked;   // those that were not: by their last state
    std::map<std::string, std::int64_t> fields_kept;  // fields not written, by reason
    std::map<std::string, std::int64_t> states;       // of the entities that were looked at
    std::vector<std::string> warnings;                // rules that failed, each once, at most 20
};

/// Gathers a plan from what the planner said of each entity, in order.
class PlanMaker {
public:
    /// `samples`: how many entities are named for each reason to be left aside.
    PlanMaker(const Org& org, Pauses pauses, std::size_t samples = 5);

    void add(const EntityPlan& plan);
    /// Asks the store what is held and what was not looked at; writes nothing.
    Result<Plan> finish();

private:
    struct Looked {
        store::EntityId id = 0;
        std::string reason;  // of the decision; empty: it has something to write
        std::string why;
        std::size_t first_line = 0, last_line = 0;
    };
    Status judge_lines();
    void name_left_aside();
    void add_cost();
    Status count_others();

    const Org& org_;
    Pauses pauses_;
    std::size_t samples_;
    CreateLimits limits_;
    Plan plan_;
    std::vector<std::string> stops_;  // one a line: "braked", "paused", "capped", empty
    std::vector<Looked> looked_;
    std::map<std::string, std::int64_t> stored_states_;  // of those looked at, as stored
};

}  // namespace duet::sync
