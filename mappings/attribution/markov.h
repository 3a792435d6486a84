#pragma once

#include <cstddef>
#include <vector>

#include "mappings/attribution/journeys.h"

namespace duet::attribution {

/// Credit by removal effect: what share of the conversions (and of their value) would be lost if
/// every journey ended where it meets the channel (Anderl and others 2016). Exact: no walk is
/// simulated.
struct MarkovResult {
    Credits credits;
    std::vector<double> removal_effect;        // by channel, 0 to 1
    std::vector<double> removal_effect_value;  // the same of the expected value
    double conversion_probability = 0;         // of a journey; conversions / journeys
    double expected_value = 0;                 // of a journey
    std::size_t states = 0;
    bool fell_back = false;  // no removal loses anything: the credit is linear
};

/// `order` 1 to 4: how many touches back the chain remembers. Journeys without a touch are left
/// out. The result lacks at most 1e-12 of the solution of the chain's equations; the work is
/// channels x moves x sweeps.
[[nodiscard]] MarkovResult markov(const Journeys& journeys, int order);

}  // namespace duet::attribution
