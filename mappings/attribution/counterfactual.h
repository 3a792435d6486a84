#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mappings/attribution/journeys.h"
#include "mappings/attribution/model.h"
#include "mappings/attribution/sequences.h"

namespace duet::attribution {

/// Counterfactual form (Google's Fractribution): a touch is credited with what the rate of its path
/// loses without it, as seen on the journeys that took the path without it. A path of one touch
/// keeps all; where nothing is lost the last touch gets all.
class Fractions {
public:
    Fractions(const Journeys& journeys, Transform transform);

    /// Of the journeys that it was made from.
    [[nodiscard]] Credits credits() const;
    /// The weight of each touch of one journey, together 1. Where a transform makes one of several
    /// touches, each of them has an equal part. Channels are those of the journeys learnt from.
    [[nodiscard]] std::vector<double> weights(std::span<const std::uint32_t> steps) const;

    /// How many channels it has learnt about; higher numbers are unknown to it.
    [[nodiscard]] std::size_t channels() const noexcept { return channels_; }

private:
    [[nodiscard]] std::vector<double> of_path(std::span<const std::uint32_t> path) const;
    [[nodiscard]] std::vector<double> gains(std::span<const std::uint32_t> path) const;

    Transform transform_;
    Sequences paths_;  // transformed
    std::vector<Outcome> outcomes_;
    std::vector<bool> lengths_;  // which lengths those paths have
    std::uint32_t channels_ = 0;
};

}  // namespace duet::attribution
