#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace duet::lifecycle {

/// What a set of durations comes to. Without any all figures are absent, never 0.
struct Summary {
    std::size_t count = 0;
    std::optional<double> mean{};
    std::optional<double> median{};  // of an even count the mean of the two in the middle
    std::optional<double> p90{};     // nearest rank: the ceil(0.9 n)-th smallest
};

[[nodiscard]] Summary summarize(std::vector<double> values);
[[nodiscard]] std::optional<double> median(std::vector<double> values);
/// part / whole; nothing when whole is 0.
[[nodiscard]] std::optional<double> ratio(double part, double whole) noexcept;

}  // namespace duet::lifecycle
