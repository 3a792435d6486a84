#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mappings/value.h"

/// Which touch of a campaign gets the credit for an opportunity.
namespace duet::attribution {

/// One contact between a person and a campaign.
struct Touch {
    DateTime time{};
    int order = 0;         // which line of `touches:` found it; earlier lines come first at a tie
    std::string campaign;  // id of the CRM's campaign, never empty
    std::string person;    // key of the person's record
};

/// The time in which touches count: first <= time < end.
struct Window {
    DateTime first{};
    DateTime end{};
};

/// The instant a value stands for: itself, or for a date its first instant in the zone that is
/// `zone_offset` ahead of UTC. Nothing for blanks and other types.
[[nodiscard]] std::optional<DateTime> instant_of(const Value& value,
                                                 std::chrono::minutes zone_offset);

/// From the first instant of the day `window_days` before the day of `from`, to the end of
/// `until` (a date counts with its whole day, an instant with itself). Days are those of one
/// fixed offset, so in a zone with summer time the edges may be an hour off. Nothing when either
/// is blank, or of another type, or when the window would end before it begins.
[[nodiscard]] std::optional<Window> window_of(const Value& from, const Value& until,
                                              int window_days, std::chrono::minutes zone_offset);

/// The touches inside the window that may get credit, ordered by time, then `order`, campaign and
/// person. Of several touches of one person with one campaign only the first inside the window
/// counts. The order of `touches` does not matter; the pointers are into them. O(n log n).
[[nodiscard]] std::vector<const Touch*> eligible(std::span<const Touch> touches,
                                                 const Window& window);

/// Whole days of the zone from the touch's day to the last day of the window.
[[nodiscard]] double age_of(const Touch& touch, const Window& window,
                            std::chrono::minutes zone_offset);

/// The touch of the campaign that has most of the weights, all its touches together; at a tie of
/// the campaign that was met first. It is the first of them that has a part. `touches` are in
/// order, `weights` one a touch. nullptr when there is none.
[[nodiscard]] const Touch* choose(std::span<const Touch> touches, std::span<const double> weights);

}  // namespace duet::attribution
