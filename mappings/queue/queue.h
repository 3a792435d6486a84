#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mappings/value.h"

/// In which order people are to be worked on.
namespace duet::queue {

/// One person in the queue.
struct Entry {
    std::string id;
    bool breached = false;  // its response timer ran out
    std::optional<DateTime> due{};
    double score = 0;
    double grade = 0;
};

/// How much the two percentiles count; both are shares from 0 to 1.
struct Weights {
    double score = 0.6;
    double grade = 0.4;
};

/// Of each value the share of the others that are lower, 0 to 1. One alone has 0. O(n log n).
[[nodiscard]] std::vector<double> percentiles(std::span<const double> values);

/// Indices of the entries, the first to work on first: breached before the others, then by due
/// instant (none comes last), then the higher of score and grade percentile weighed, then by id.
[[nodiscard]] std::vector<std::size_t> order(std::span<const Entry> entries,
                                             const Weights& weights);

/// The share of `bands` (rising) that `value` reaches: a percentile by thresholds that stand in a
/// document, so that nobody's place hangs on anybody else's score. 0 without bands.
[[nodiscard]] double banded(double value, std::span<const int> bands) noexcept;

/// A number that sorts as `order` does, the smaller the earlier, down to a thousandth of priority;
/// ids aside. At most 14 digits. `priority`: 0 to 1.
[[nodiscard]] double rank_of(bool breached, const std::optional<DateTime>& due,
                             double priority) noexcept;

/// The share of scored people that each of the nine tenths parts: bands for `banded`, rising,
/// each once.
[[nodiscard]] std::vector<int> tenths(std::span<const double> values);

}  // namespace duet::queue
