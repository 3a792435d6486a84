#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace duet::attribution {

/// A chain's moves: those of state s are [begins[s], begins[s + 1]). Work is least when each state
/// stands after those that it leads to, circles aside.
struct Moves {
    std::vector<std::size_t> begins{0};
    std::vector<std::uint32_t> targets;
    std::vector<double> shares;  // probability of each move; of one state together below 1
    std::vector<double> starts;  // of each state: probability to start there
    std::vector<double> visits;  // how often a walk from the start comes to the state, on average

    [[nodiscard]] std::size_t states() const noexcept { return starts.size(); }
};

inline constexpr std::size_t kLanes = 16;
/// A number of sixteen questions about one state, side by side: each move is fetched once for all,
/// and the compiler adds several at a time.
using Lanes = std::array<double, kLanes>;

/// Sixteen questions: x = gain + moves * x, but for states whose x is known beforehand.
struct Questions {
    std::vector<Lanes> gain;           // of each state; empty: none gains
    std::vector<Lanes> known;          // of each state
    std::vector<std::uint32_t> fixed;  // of each state, a bit for each lane whose x is `known`
};

/// The x of every state, by Gauss-Seidel sweeps; where those come slowly to an end, because
/// journeys repeat a circle for long, by reduced rank extrapolation between them (Eddy 1979).
/// Sweeps end when what is missing from the sum of starts * x, which the residuals and `visits`
/// bound strictly, is below 1e-12 of it, or below what rounding leaves.
[[nodiscard]] std::vector<Lanes> relax(const Moves& moves, const Questions& questions);

}  // namespace duet::attribution
