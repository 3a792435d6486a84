#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mappings/attribution/journeys.h"
#include "mappings/attribution/relaxation.h"

namespace duet::attribution {

/// Journeys as a chain that ends in a conversion or in none. Its states are the runs of `order`
/// touches that follow each other (a shorter journey is one state). Moves of a state to itself are
/// left out: they change nothing about where it ends.
class Chain {
public:
    Chain(const Journeys& journeys, int order);

    [[nodiscard]] std::size_t states() const noexcept { return moves_.states(); }

    /// Probability, and expected value, that a walk from the start comes to.
    struct Ends {
        double conversion = 0;
        double value = 0;
    };
    [[nodiscard]] const Ends& ends() const noexcept { return ends_; }
    /// What each of `channels` takes from the ends when every move into a state with it leads to no
    /// conversion instead. Never below 0, up to the rounding of values of both signs.
    [[nodiscard]] std::vector<Ends> losses(std::span<const std::uint32_t> channels) const;

private:
    struct Count;
    void order_states(const Count& count);
    void solve();
    void lose(std::span<const std::uint32_t> channels, std::span<Ends> losses) const;

    Moves moves_;
    std::vector<Ends> leaves_;                           // from the state at once
    std::vector<Ends> reached_;                          // from the state in the end
    std::vector<std::vector<std::uint32_t>> states_of_;  // by channel: the states that contain it
    Ends ends_;
};

}  // namespace duet::attribution
