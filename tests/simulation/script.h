#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What happens in one simulated world, as a list that is made from a seed before anything runs:
/// so it can be replayed, and shortened.
namespace duet::simulation {

enum class Kind : std::uint8_t {
    // What people do.
    EditCrm,
    EditMarketing,
    EditBoth,  // the same field on both sides at the same time
    OptOutCrm,
    OptOutMarketing,
    AddCrm,
    AddMarketing,
    DeleteCrm,
    DeleteMarketing,
    UndeleteCrm,
    UndeleteMarketing,
    Convert,      // a lead into a new contact
    ConvertInto,  // a lead into somebody's contact
    MergeCrm,
    MergeMarketing,
    JoinList,   // a marketer puts a prospect on a list that Duet keeps
    LeaveList,  // or takes it off
    QuitList,   // the person opts out of the list
    MoveCrm,    // another address
    MoveMarketing,
    ReloadRules,
    // What fails.
    CrashAfterStep,
    CrashAfterWrite,
    LoseAnswer,
    LoseRequest,
    FailSome,  // one record of a batch is refused
    LockRow,
    SpendQuota,
    HideRow,  // becomes visible late
    SameStamp,
    SkewClock,
    StaleReads,
    CutPage,
    GoDown,
    BeSlow,  // calls take long, so that people act in the midst of a cycle
    // What the test does.
    Cycle,
    Rest,  // everything heals, cycles run until all is quiet, the judge looks
};

inline constexpr std::size_t kEvents = static_cast<std::size_t>(Kind::CrashAfterStep);
inline constexpr std::size_t kFaults = static_cast<std::size_t>(Kind::Cycle) - kEvents;
[[nodiscard]] constexpr bool is_event(Kind kind) { return kind < Kind::CrashAfterStep; }
[[nodiscard]] constexpr bool is_fault(Kind kind) { return !is_event(kind) && kind < Kind::Cycle; }
[[nodiscard]] const char* to_string(Kind kind);

/// `a`, `b` and `c` choose whom and what, among those that are there when it happens.
struct Step {
    Kind kind = Kind::Cycle;
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t c = 0;
    std::uint32_t wait_seconds = 0;  // after it
    std::uint16_t at_call = 0;       // of an event: 0 now, else before that call of the next cycle
    std::uint16_t at_cycle = 0;      // or of the one that is so many cycles later
};

struct Script {
    std::uint64_t seed = 0;
    std::size_t people = 0;
    std::vector<Step> steps;
};

/// 20 to 200 people, 50 events or more, 3 faults or more. Pure.
[[nodiscard]] Script script_of(std::uint64_t seed);

/// Steps that are events.
[[nodiscard]] std::size_t count_events(const Script& script);

}  // namespace duet::simulation
