#include "mappings/attribution/weigher.h"

#include <map>
#include <memory>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "mappings/attribution/counterfactual.h"

namespace duet::attribution {
namespace {

std::vector<double> alike(std::size_t touches) {
    return std::vector<double>(touches, 1.0 / static_cast<double>(touches));
}

/// Each distinct campaign of the deal equally, split over its touches. Both forms of Shapley's
/// value weigh a touch so; the ordered one is also told by the place of the touch.
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

Weigher by_effects(Effects effects) {
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

Weigher by_path(const Journeys& journeys, Transform transform) {
    struct Learnt {
        std::map<std::string, std::uint32_t, std::less<>> numbers;
        Fractions fractions;
    };
    auto learnt = std::make_shared<Learnt>(Learnt{{}, Fractions(journeys, transform)});
    for (const std::string& name : journeys.channels())
        learnt->numbers.emplace(name, static_cast<std::uint32_t>(learnt->numbers.size()));
    return [learnt](const Deal& deal) {
        std::vector<std::uint32_t> steps;
        for (const Touch& touch : deal.touches) {
            const auto known = learnt->numbers.find(touch.campaign);
            if (known == learnt->numbers.end()) return alike(deal.touches.size());
            steps.push_back(known->second);
        }
        return learnt->fractions.weights(steps);
    };
}

}  // namespace

Weigher weigher_by(const ModelKind& model, Lesson lesson) {
    const auto* paths = std::get_if<Journeys>(&lesson);
    if (const auto* kind = std::get_if<Counterfactual>(&model))
        return by_path(paths == nullptr ? Journeys{} : *paths, kind->transform);
    auto* effects = std::get_if<Effects>(&lesson);
    return by_effects(effects == nullptr ? Effects{} : std::move(*effects));
}

Weigher weigher_of(const ModelKind& model, const Journeys& journeys) {
    if (std::holds_alternative<Markov>(model)) return weigher_by(model, lesson_of(model, journeys));
    if (const auto* paths = std::get_if<Counterfactual>(&model))
        return by_path(journeys, paths->transform);
    if (std::holds_alternative<ShapleySet>(model) || std::holds_alternative<ShapleyOrdered>(model))
        return by_set;
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
