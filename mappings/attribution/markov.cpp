#include "mappings/attribution/markov.h"

#include <cstdint>
#include <numeric>
#include <utility>

#include "mappings/attribution/chain.h"
#include "mappings/attribution/path_rules.h"

namespace duet::attribution {
namespace {

/// `effects` as parts of `total`; nothing when they come to nothing.
bool share_out(const std::vector<double>& effects, double total, std::vector<double>& credit) {
    const double sum = std::accumulate(effects.begin(), effects.end(), 0.0);
    if (!(sum > 0)) return false;
    for (const double effect : effects) credit.push_back(effect / sum * total);
    return true;
}

}  // namespace

MarkovResult markov(const Journeys& journeys, int order) {
    const Chain chain(journeys, order);
    std::vector<std::uint32_t> channels(journeys.channels().size());
    std::iota(channels.begin(), channels.end(), 0U);
    MarkovResult result;
    result.conversion_probability = chain.ends().conversion;
    result.expected_value = chain.ends().value;
    result.states = chain.states();
    for (const Chain::Ends& loss : chain.losses(channels)) {
        const Chain::Ends& ends = chain.ends();
        result.removal_effect.push_back(ends.conversion > 0 ? loss.conversion / ends.conversion
                                                            : 0);
        result.removal_effect_value.push_back(ends.value != 0 ? loss.value / ends.value : 0);
    }
    auto linear = credit_by_rule(journeys, Linear{});
    const double conversions = journeys.total().conversions - journeys.untouched().conversions;
    const double value = journeys.total().value - journeys.untouched().value;
    if (!share_out(result.removal_effect, conversions, result.credits.conversions)) {
        result.credits.conversions = std::move(linear->conversions);
        result.fell_back = true;
    }
    if (!share_out(result.removal_effect_value, value, result.credits.value))
        result.credits.value = std::move(linear->value);
    return result;
}

}  // namespace duet::attribution
