#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mappings/scoring/engagement.h"

/// Engagement that is told in steps, and when time alone moves it to another step.
namespace duet::scoring {

/// One person with what it did; of a person alone there is one, and its role counts whole.
struct Course {
    std::string role;
    std::vector<Activity> activities;  // without repetitions
};

/// What they come to together at a moment; never below 0.
[[nodiscard]] double engagement_at(std::span<const Course> people, DateTime at,
                                   const EngagementSettings& settings,
                                   const AccountSettings& account);

/// Rounded down to a multiple of `step`, which is above 0; what is below 0 is 0.
[[nodiscard]] double told(double engagement, double step) noexcept;

/// The first instant after `now` at which `told` differs although nothing new happens; nothing:
/// never. Exact to a millisecond, but at most 1,000 turns of the course ahead (activities that are
/// dropped, people who cool down): then the last of those, to be asked again.
[[nodiscard]] std::optional<DateTime> next_step(std::span<const Course> people, DateTime now,
                                                double step, const EngagementSettings& settings,
                                                const AccountSettings& account);

/// Settings by which one person alone counts whole.
[[nodiscard]] AccountSettings alone();

/// Points of all people's activities of the last days, as they are: no decay, no roles.
struct Gain {
    double points = 0;
    std::optional<DateTime> changes{};  // when what `told` makes of them is another by time alone
};
/// An activity counts from its time until so many days later, that moment excluded.
[[nodiscard]] Gain gained(std::span<const Course> people, DateTime now, double days, double step);

}  // namespace duet::scoring
