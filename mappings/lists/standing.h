#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mappings/value.h"

namespace duet::lists {

/// Where a person belongs, with regard to one list.
enum class Standing : std::uint8_t {
    Off,         // the rule is false
    On,          // the rule is true
    Grace,       // it became false not long ago: stays on until then
    Soon,        // it became true not long ago: joins then
    Queued,      // it is true, and the list is full
    HeldOut,     // it is true, and the person is of the control group
    Suppressed,  // it is true, or was, and `suppress_when` too
    ByHand,      // people put them on, which is respected
    Removed,     // it is true, and people took them off, which is respected
    Left,        // the person left the list, which is never undone
    Unknown,     // the rule failed: the membership stays as it is
};
[[nodiscard]] const char* to_string(Standing standing) noexcept;  // "off", "on", "held_out", ...
[[nodiscard]] std::optional<Standing> standing_named(std::string_view name) noexcept;

/// Whether somebody who stands there belongs on the list; nothing: as it is.
[[nodiscard]] std::optional<bool> belongs_on(Standing standing) noexcept;

/// A place on a list that has only so many. Given and taken between decisions, because who is to
/// have one depends on everybody.
enum class Seat : std::uint8_t {
    None,     // wants none
    Waiting,  // wants one
    Given,    // may join, or is on the list
    Over,     // is on the list and must leave it
};

/// What is known of one person and one list, from one decision to the next.
struct Known {
    Standing standing = Standing::Off;
    bool wanted = false;              // what the rule answered
    std::optional<DateTime> since{};  // since when, as Duet saw it
    bool member = false;              // on the list, as seen
    bool by_hand = false;             // people put them on, and that is respected
    bool removed = false;             // people took them off, and that is respected
    bool covered = false;             // `among` is true and the rule is not
    Seat seat = Seat::None;
    std::optional<double> order{};    // who comes first, the larger; nothing: last
    std::optional<DateTime> until{};  // the standing ends then with no new data
    bool operator==(const Known&) const = default;

    /// Whether there is anything to remember.
    [[nodiscard]] bool is_worth_keeping() const noexcept;
};

/// Whether a person of this key is of the control group of `percent` of a hundred. The same key
/// and group give the same answer for ever, and a higher percentage holds whom a lower one held.
[[nodiscard]] bool is_held_out(std::string_view group, std::string_view person, int percent);

}  // namespace duet::lists
