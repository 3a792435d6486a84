#include "mappings/attribution/weigher.h"

#include <map>
#include <memory>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "mappings/attribution/counterfactual.h"
#include "mappings/attribution/markov.h"

namespace duet::attribution {
namespace {

std::vector<double> alike(std::size_t touches) {
    return std::vector<double>(touches, 1.0 / static_cast<double>(touches));
}

/// Each distinct campaign of the deal equally, split over its touches.
std::vector<double> by_set(const Deal& deal) {
    std::map<std::string_view, double> touches_of;
    for (const Touch& touch : deal.touches) ++touches_of[touch.campaign];
    std::vector<double> weights;
    for (const Touch& touch : deal.touches) {
        weights.push_back(1.0 /
                          (static_cast<double>(touches_of.size()) * touches_of[touch.campaign]));
    }
    return weights;
}

Weigher by_path(const Journeys& journeys, Transform transform) {
    struct Learnt {
        Journeys journeys;  // a channel that no journey had gets a number of its own here
        Fractions fractions;
    };
    auto learnt = std::make_shared<Learnt>(Learnt{journeys, Fractions(journeys, transform)});
    return [learnt](const Deal& deal) {
        std::vector<std::uint32_t> steps;
        bool all_known = true;
        const std::size_t known = learnt->fractions.channels();
        for (const Touch& touch : deal.touches) {
            steps.push_back(learnt->journeys.channel(touch.campaign));
            all_known = all_known && steps.back() < known;
        }
        return all_known ? learnt->fractions.weights(steps) : alike(steps.size());
    };
}

}  // namespace

Effects effects_of(const Journeys& journeys, int order) {
    Effects effects;
    const MarkovResult result = markov(journeys, order);
    for (std::size_t i = 0; i < result.removal_effect.size(); ++i)
        effects.emplace(journeys.channels()[i], result.removal_effect[i]);
    return effects;
}

Weigher weigher_by(Effects effects) {
    return [effects = std::move(effects)](const Deal& deal) {
        std::vector<double> weights;
        for (const Touch& touch : deal.touches) {
            const auto found = effects.find(touch.campaign);
            weights.push_back(found == effects.end() ? 0 : found->second);
        }
        const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
        if (!(sum > 0)) return alike(weights.size());
        for (double& weight : weights) weight /= sum;
        return weights;
    };
}

Weigher weigher_of(const ModelKind& model, const Journeys& journeys) {
    if (const auto* chain = std::get_if<Markov>(&model))
        return weigher_by(effects_of(journeys, chain->order));
    if (const auto* paths = std::get_if<Counterfactual>(&model))
        return by_path(journeys, paths->transform);
    if (std::holds_alternative<ShapleySet>(model)) return by_set;
    return [model](const Deal& deal) {
        return weights_of(model, deal.course()).value_or(alike(deal.touches.size()));
    };
}

std::vector<std::string> sparse_data(const Journeys& journeys, const LearningSettings& settings) {
    std::vector<std::string> warnings;
    const double conversions = journeys.total().conversions - journeys.untouched().conversions;
    if (conversions < settings.few_conversions) {
        warnings.push_back(fmt::format("only {} conversions to learn from, {} are wanted",
                                       conversions, settings.few_conversions));
    }
    std::vector<double> seen(journeys.channels().size(), 0.0);
    std::vector<std::size_t> last_row(seen.size(), 0);
    for (std::size_t row = 0; row < journeys.size(); ++row) {
        const Outcome& outcome = journeys.outcome(row);
        for (const std::uint32_t channel : journeys.steps(row)) {
            if (std::exchange(last_row[channel], row + 1) != row + 1)
                seen[channel] += outcome.conversions + outcome.nulls;
        }
    }
    std::size_t rare = 0;
    std::string names;
    constexpr std::size_t kNamed = 5;
    for (std::size_t channel = 0; channel < seen.size(); ++channel) {
        if (seen[channel] >= settings.few_journeys) continue;
        if (++rare <= kNamed) names += (names.empty() ? "" : ", ") + journeys.channels()[channel];
    }
    if (rare > 0) {
        warnings.push_back(fmt::format("{} channel{} in fewer than {} journeys: {}{}", rare,
                                       rare == 1 ? " is" : "s are", settings.few_journeys, names,
                                       rare > kNamed ? ", ..." : ""));
    }
    return warnings;
}

}  // namespace duet::attribution
