#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/sync/alarms.h"
#include "daemon/sync/org.h"
#include "daemon/sync/pause.h"
#include "daemon/sync/planner.h"

namespace duet::sync {

/// Writes of each brake kind, by the object that they are of.
using ObjectName = std::pair<Side, std::string>;
using KindCounts = std::map<std::string, std::map<ObjectName, std::int64_t>>;
/// Live records of each object, as Store::seen_counts tells them.
using Population = std::map<ObjectName, std::int64_t>;

/// Which kinds of write one plan has too much of: more in all than the limit's number, and of one
/// object more than the limit's share of its live records. Pure.
[[nodiscard]] std::vector<store::Held> find_held(const KindCounts& counts,
                                                 const std::map<std::string, BrakeLimit>& limits,
                                                 const Population& population);

/// How many writes of a kind may pass at once: the larger of number and share.
[[nodiscard]] std::int64_t allowed(const BrakeLimit& limit, std::int64_t population) noexcept;

/// Lets `row` pass where `shown`, the row of its kind before it, was released and this is no more:
/// so many writes as were shown then, and beside them as many as the limit lets pass anyway.
void follow_release(store::Held& row, const store::Held& shown) noexcept;

/// How many writes of each brake kind there are.
void count_kinds(const std::vector<PlannedWrite>& writes, KindCounts& counts);

/// The held kind that the write is of and that nobody released; empty: it may pass.
[[nodiscard]] std::string held_kind(const PlannedWrite& write,
                                    const std::vector<store::Held>& held);
[[nodiscard]] inline bool is_held(const PlannedWrite& write, const std::vector<store::Held>& held) {
    return !held_kind(write, held).empty();
}

/// Takes the fields that are of a held kind out of an update. False: nothing is left of it, or it
/// is not held because of fields.
[[nodiscard]] bool leave_out_held(PlannedWrite& write, const std::vector<store::Held>& held);

/// An opt-out that a person made, on its way to the other side. No brake holds it.
[[nodiscard]] bool is_opt_out(const PlannedWrite& write);

/// Live records of people on the side that has more of them.
[[nodiscard]] std::int64_t people_of(const Org& org, const Population& population);

/// Why a write does not go out now; empty: it does.
enum class Stop : std::uint8_t { None, Paused, Braked };
struct Judged {
    Stop stop = Stop::None;
    std::string why;  // of one that goes, too, when the brake held some of its fields
};

/// What stands between a plan and the vendors, for one cycle: pauses first, then the brake, of
/// which every pass of the cycle counts what the passes before let through.
class Gate {
public:
    Gate(Org& org, store::CycleId cycle, Instant now, Pauses pauses)
        : org_(org), cycle_(cycle), now_(now), pauses_(std::move(pauses)) {}

    /// A plan that is judged in parts: every write of it is counted before the first part is
    /// judged.
    void begin_plan() { of_plan_ = passed_; }
    void count(const PlannedWrite& write);

    /// One answer a write, in order; from an update of which some fields are of a held kind those
    /// are taken out, and the rest may go. Keeps the store's rows of held kinds up to date:
    /// `is_whole_plan` false says that these writes are a list of somebody's own (an undo, a plan
    /// that was read), and that a kind which they do not have too much of stays as it is. What is
    /// held of a list stays shown for a day, cycles or not, and a release is used up by the list
    /// that goes by it. An Error is the store's.
    Result<std::vector<Judged>> judge(std::vector<PlannedWrite>& writes, bool is_whole_plan);

    /// Raises the alarms about opt-outs, and after a whole plan ends what is over; once all passes
    /// were judged.
    Status settle_alarms();

    [[nodiscard]] const std::vector<store::Held>& held() const noexcept { return held_; }
    /// Raised by settle_alarms().
    [[nodiscard]] const std::vector<Alarm>& alarms() const noexcept { return alarms_; }
    [[nodiscard]] const Pauses& pauses() const noexcept { return pauses_; }

private:
    Status remember_held(bool is_whole_plan);
    Status end_what_passes(const std::vector<store::Held>& known, std::set<std::string>& of_lists);
    [[nodiscard]] bool is_over(const std::string& kind) const;

    Org& org_;
    store::CycleId cycle_;
    Instant now_;
    Pauses pauses_;
    KindCounts passed_;                  // in this cycle
    std::optional<KindCounts> of_plan_;  // with what passed before it
    std::vector<store::Held> held_;
    Population population_;
    bool is_whole_ = false;
    std::set<store::EntityId> opted_out_;        // whose opt-out passed in this cycle
    std::set<store::EntityId> paused_opt_outs_;  // whose opt-out a pause stops
    std::vector<Alarm> alarms_;
};

/// Lets at most so many creates of each kind of record through as their rules say, in all passes
/// of one cycle, and of two entities with one key only the first in each pass: the next one sees
/// whose it is.
class CreateLimits {
public:
    void begin_pass() { keys_.clear(); }
    [[nodiscard]] bool admits(const PlannedWrite& write, const std::string& system);

private:
    std::map<std::string, int> creates_;  // system and object -> creates planned
    std::set<std::string> keys_;          // system, object and key of each
};

/// What was planned and is not done yet is waiting: so people see it, and so its rows are counted.
Status save_waiting(Org& org, const std::map<store::EntityId, std::string>& waiting,
                    store::CycleId cycle, Instant now);

}  // namespace duet::sync
