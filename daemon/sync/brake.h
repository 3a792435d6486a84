#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sync/alarms.h"
#include "daemon/sync/org.h"
#include "daemon/sync/pause.h"
#include "daemon/sync/planner.h"

namespace duet::sync {

/// Which kinds of write one plan has too much of. Pure.
/// `population`: live records of both sides, which shares are of.
[[nodiscard]] std::vector<store::Held> find_held(const std::map<std::string, std::int64_t>& counts,
                                                 const std::map<std::string, BrakeLimit>& limits,
                                                 std::int64_t population);

/// How many writes of a kind may pass at once: the larger of number and share.
[[nodiscard]] std::int64_t allowed(const BrakeLimit& limit, std::int64_t population) noexcept;

/// How many writes of each brake kind there are.
void count_kinds(const std::vector<PlannedWrite>& writes,
                 std::map<std::string, std::int64_t>& counts);

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

/// Live records of both sides that stand for an entity.
Result<std::int64_t> population_of(const Org& org);

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
    /// `is_whole_plan` false says that these writes are but a part of what there is to write, and
    /// that a kind which they do not have too much of stays as it is. An Error is the store's.
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

    Org& org_;
    store::CycleId cycle_;
    Instant now_;
    Pauses pauses_;
    std::map<std::string, std::int64_t> passed_;                  // by kind, in this cycle
    std::optional<std::map<std::string, std::int64_t>> of_plan_;  // with what passed before it
    std::vector<store::Held> held_;
    std::int64_t population_ = 0;
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
