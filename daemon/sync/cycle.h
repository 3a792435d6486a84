#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sync/brake.h"
#include "daemon/sync/compare.h"
#include "daemon/sync/lists.h"
#include "daemon/sync/observe.h"
#include "daemon/sync/org.h"
#include "daemon/sync/planner.h"
#include "daemon/sync/pulled_rows.h"
#include "daemon/sync/send.h"
#include "daemon/sync/unfit.h"

namespace duet::sync {

/// What one cycle did, for logs, `duet sync` and `duet status`.
struct CycleReport {
    store::CycleRow counts;
    PerSide<Observed> observed;
    Sent sent;
    std::vector<store::Held> held;
    std::vector<Alarm> alarms;          // that this cycle raised
    bool is_loading = false;            // a first load goes on in the next cycle
    std::vector<Drift> drifts;          // that the full compare met
    std::int64_t still_dirty = 0;       // entities that wait for the next cycle
    std::int64_t decisions = 0;         // entities looked at, each time counted
    std::vector<std::string> warnings;  // rules that failed, each once, at most 20
};

/// Called for each entity that a plan looked at; for `duet plan` and tests.
using PlanVisitor = std::function<void(const EntityPlan&)>;

/// One pass of one org: observe, plan, brake, send, settle. May stop, crash or be repeated at any
/// line: what is durable is always enough to go on.
class Cycle {
public:
    /// `as`: run in this mode, whatever the org's own is.
    Cycle(Org& org, std::string trigger, std::optional<store::Mode> as = {})
        : org_(org), trigger_(std::move(trigger)), as_(as) {}

    /// An Error is the store's, a contract of ours that was broken, or that everything of the org
    /// is paused (DUET-5040); vendors' faults are in the report. In mode observe nothing is
    /// planned; in mode plan nothing is sent.
    Result<CycleReport> run(std::stop_token stop, const PlanVisitor& visit = {});

private:
    enum class Lane : std::uint8_t {
        Fresh,  // what something new made dirty
        All,    // first loads and new documents too
    };
    Status observe_both(std::stop_token stop);
    Status compare(Instant since, std::stop_token stop);
    Status find_entities();
    Status expand_changes();
    Status retry_put_aside();
    Status learn_attribution();
    Status plan_and_send(std::stop_token stop, const PlanVisitor& visit);
    Status plan_lane(Lane lane, std::stop_token stop, const PlanVisitor& visit);
    /// Writes that are sent together, of as many entities as memory is meant for.
    struct Batch {
        store::EntityId after = 0;
        bool is_first = true;  // of a pass
        std::vector<PlannedWrite> writes{};
        std::optional<store::EntityId> resume{};  // more to write after this entity
    };
    Status plan_batch(Lane lane, Batch& batch, const PlanVisitor& visit, std::stop_token stop);
    static void keep(EntityPlan& plan, Batch& batch);
    Status give_seats(Lane lane, Batch& batch);
    Status decide_seat(Planner& planner, store::EntityId id, const ListKeeper::Turns& turns,
                       Batch& batch);
    Status decide_one(EntityPlan& plan, CreateLimits& limits);
    Result<std::int64_t> send_batch(std::vector<PlannedWrite> writes, std::stop_token stop);
    void limit_creates(EntityPlan& plan, CreateLimits& limits);
    Status save_decision(EntityPlan& plan, bool stays_dirty);
    Status keep_standing(EntityPlan& plan);
    Status hold_back(std::vector<PlannedWrite>& writes);
    Status count_changed_rows();
    void note_warnings(const EntityPlan& plan);

    Org& org_;
    std::string trigger_;
    std::optional<store::Mode> as_;
    Instant now_{};  // the cycle's one moment
    store::Mode mode_ = store::Mode::Observe;
    CycleReport report_;
    std::int64_t last_changed_ = 0;  // sequence of the newest changed row of this cycle
    PulledRows pulled_rows_;
    bool first_load_waits_ = false;  // its rows are decided once all of it is there
    std::optional<Gate> gate_;
    std::optional<ListKeeper> lists_;
    UnfitMarks unfit_{org_};
    CreateLimits create_limits_;
    bool learnt_ = false;                // a model learnt in this cycle
    std::set<store::EntityId> deals_;    // opportunities that this cycle decided
    std::set<store::EntityId> written_;  // of this cycle: planned, and settled since
};

/// Why nothing is done for an org that people paused.
[[nodiscard]] Error paused_error(const std::string& org);

/// Which sides a cycle found loaded and up to date.
[[nodiscard]] PerSide<bool> readiness(const CycleReport& report);

/// Plans every dirty entity without touching anything: what `duet plan` shows. `ready`: which
/// sides are loaded and up to date, as far as that is known.
Status plan_only(Org& org, const PlanVisitor& visit, std::stop_token stop,
                 PerSide<bool> ready = {true, true});

}  // namespace duet::sync
