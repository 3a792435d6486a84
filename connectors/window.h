#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "mappings/value.h"

namespace duet {

/// The newest change time that was read, and the time up to which nothing late can come any more.
struct Covered {
    std::optional<DateTime> mark{};   // nothing: no row was ever seen
    std::optional<DateTime> floor{};  // everything at or before it was read for good
};

/// Where the next read of changes begins.
struct Start {
    std::optional<DateTime> at{};  // nothing: from the first row
    bool exclusive = false;        // true: strictly after `at`
};

/// The overlap: rows become visible up to `overlap` after rows with a later stamp, so every read
/// begins that far before the mark, but never at or before the floor.
[[nodiscard]] Start start_of(const Covered& covered, std::chrono::seconds overlap);

/// Decides when a mark has settled: when a whole read that began at least `overlap` after the mark
/// was first reached brought nothing newer, no late row can follow, and later reads need not
/// repeat the overlap. Without it, a million rows with one stamp would be read in every cycle.
/// Durations are of the steady clock and die with the process, so a changed wall clock does no
/// harm and a restart only repeats the overlap once more. One thread.
class Settling {
public:
    using Steady = std::chrono::steady_clock::time_point;

    /// `began` is when the read began that has just reached its end at `covered.mark`.
    [[nodiscard]] Covered after_read(const std::string& object, Covered covered, Steady began,
                                     Steady now, std::chrono::seconds overlap);

private:
    struct Reached {
        DateTime mark;
        Steady at;
    };
    std::map<std::string, Reached> reached_;
};

}  // namespace duet
