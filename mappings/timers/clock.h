#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "mappings/formula/formula.h"
#include "mappings/value.h"

/// How long people take to answer: response timers and the clocks they run by.
namespace duet::timers {

/// Open from `from` to `to` of a day, local time; `to` may be midnight, 24 h. from < to.
struct Hours {
    std::chrono::minutes from{0};
    std::chrono::minutes to{0};
};

/// When a team works. Invariant: the hours of a day are in order and do not overlap; is_sound asks.
struct WorkingHours {
    std::array<std::vector<Hours>, 7> days;  // Monday first
    std::vector<Date> holidays;              // closed, whatever the weekday; in order
    formula::Zone zone{};                    // of the hours and holidays; without a function: UTC
};

[[nodiscard]] bool is_sound(const WorkingHours& hours) noexcept;

/// Monday to Friday, the same hours.
[[nodiscard]] WorkingHours weekdays(Hours hours, formula::Zone zone = {});

/// Counts time: every second of the calendar, or those in which a team works. Immutable.
///
/// A second that exists twice in local time, when summer time ends, counts twice; opening hours
/// that begin in the hour that summer time skips begin with the next that exists.
class ResponseClock {
public:
    ResponseClock() = default;  // the calendar
    /// `hours` must be sound.
    explicit ResponseClock(WorkingHours hours);

    /// When `length` has gone by since `start`; the end of the working day itself when it is used
    /// up exactly there. Nothing when that is over ten years away: there are no working hours then.
    [[nodiscard]] std::optional<DateTime> after(DateTime start, std::chrono::seconds length) const;

    /// How much of the time from `start` to `end` counts; zero when `end` is not later.
    [[nodiscard]] std::chrono::milliseconds between(DateTime start, DateTime end) const;

private:
    struct Open {
        DateTime from;
        DateTime to;
    };
    [[nodiscard]] std::vector<Open> open_on(Date day) const;
    [[nodiscard]] Date local_day(DateTime time) const;
    [[nodiscard]] DateTime to_utc(Date day, std::chrono::minutes time) const;

    std::optional<WorkingHours> hours_;
};

}  // namespace duet::timers
