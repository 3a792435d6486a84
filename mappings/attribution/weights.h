#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "mappings/attribution/model.h"

namespace duet::attribution {

/// Which touch of a deal each milestone is; indexes into its touches in order.
struct Milestones {
    std::size_t first = 0;
    std::size_t lead = 0;         // the last touch at or before the lead's moment
    std::size_t opportunity = 0;  // the last at or before the opportunity's creation
    std::size_t close = 0;        // the last of all
};

/// What a rule may look at in one journey. Spans may be empty where the rule does not ask for them.
struct Course {
    std::size_t touches = 0;
    std::span<const double> ages{};        // of each touch, in the unit of the half-life
    Milestones milestones{};               // each below `touches`
    std::span<const double> importance{};  // of each touch, not below 0; for `Custom`
};

/// The weight of each touch: not below 0, together 1. Nothing for a model that is no rule of this
/// kind, and for a journey without touches.
[[nodiscard]] std::optional<std::vector<double>> weights_of(const ModelKind& model,
                                                            const Course& course);

/// The weights as percent to two decimals, in hundredths: together exactly 10,000. Each is cut, and
/// what is missing goes to the largest remainders, at a tie to the earlier one. `weights` are not
/// below 0 and not all 0. Differences below 1e-10 of the whole are no differences.
[[nodiscard]] std::vector<int> hundredths_of(std::span<const double> weights);

}  // namespace duet::attribution
