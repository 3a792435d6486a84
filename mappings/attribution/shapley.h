#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mappings/attribution/journeys.h"

namespace duet::attribution {

/// Set form (Zhao, Mahboobi, Bagheri 2018): each conversion is shared equally by the distinct
/// channels of its journey. Exact for any number of channels. O(touches).
[[nodiscard]] Credits shapley_set(const Journeys& journeys);

/// Ordered form: a channel's share of a journey is split equally over the positions where it
/// occurs. Over all positions it is the set form.
struct OrderedCredits {
    std::vector<std::vector<double>> conversions;  // by channel, by position from 0
    std::vector<std::vector<double>> value;        // as long as `conversions` of the channel
};
[[nodiscard]] OrderedCredits shapley_ordered(const Journeys& journeys);

inline constexpr unsigned kMostExactPlayers = 20;  // 2^20 worths are 8 MB

/// Shapley values of any game: `worth[S]` is what the players whose bits are set in S are worth
/// together, 2^players of them, at most kMostExactPlayers players. O(players * 2^players).
[[nodiscard]] std::vector<double> shapley_game(unsigned players, std::span<const double> worth);

/// Shapley values of the game in which a set of channels is worth the conversion rate (and value
/// per journey) of the journeys that touch no other channel, scaled so that they come to all
/// conversions (all value). May be below 0 for a channel that lowers the rate of others. Exact up
/// to kMostExactPlayers channels; else `permutations` orders of the channels are sampled, and the
/// same seed gives the same result.
struct RateGame {
    Credits credits;
    bool sampled = false;
};
[[nodiscard]] RateGame shapley_rate(const Journeys& journeys, std::size_t permutations,
                                    std::uint64_t seed);

}  // namespace duet::attribution
