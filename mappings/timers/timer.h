#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/timers/clock.h"
#include "mappings/value.h"

namespace duet::timers {

/// How soon one kind of event is to be answered.
struct Target {
    std::string kind;  // "hand_raise", "mql": named by the configuration
    std::chrono::seconds within{0};
    int warn_percent = 75;       // of the time that counts; 100: no warning
    int reassign_percent = 200;  // from here somebody else is to answer; 0: never
};

/// The target of that kind, or of the kind "any"; nullptr when there is neither.
[[nodiscard]] const Target* find_target(std::span<const Target> targets,
                                        std::string_view kind) noexcept;

/// What has happened to one event that wants an answer. Instants after the moment of the question
/// are not known to it yet.
struct Happened {
    DateTime start{};
    /// What people did for this person, in any order; what lies before the start answers nothing.
    std::vector<DateTime> answers;
    std::optional<DateTime> cancelled;  // disqualified, merged away
};

enum class State : std::uint8_t { Running, Warning, Breached, Met, MetLate, Cancelled };

/// "RUNNING", "WARNING", "BREACHED", "MET", "MET_LATE", "CANCELLED".
[[nodiscard]] const char* to_string(State state) noexcept;

/// How a timer stands at a moment.
struct Reading {
    State state = State::Running;
    DateTime due{};                       // an answer up to here, to the second, is in time
    std::optional<DateTime> answered;     // the first answer
    bool reassign = false;                // no answer, and the time is up by far
    std::optional<DateTime> next_change;  // when this may differ with no new data
};

/// Nothing when the clock has no working hours to run in. An owner's change has no part in it: a
/// timer is about the person, and does not start again.
[[nodiscard]] std::optional<Reading> read(const Happened& happened, const Target& target,
                                          const ResponseClock& clock, DateTime now);

/// Of several timers of one person the one to look at: of those without an answer the one that is
/// due first, else the one that was due last. The index; nothing for none.
[[nodiscard]] std::optional<std::size_t> most_urgent(std::span<const Reading> readings) noexcept;

/// MET / (MET + MET_LATE + BREACHED); running and cancelled ones are left out. Nothing when no
/// timer has come to an end.
[[nodiscard]] std::optional<double> attainment(std::span<const State> states) noexcept;

}  // namespace duet::timers
