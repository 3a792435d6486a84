#include "mappings/attribution/lesson.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "mappings/attribution/markov.h"
#include "mappings/attribution/sequences.h"

namespace duet::attribution {
namespace {

constexpr double kSame = 1e-9;  // effects nearer than this are the same

Effects effects_of(const Journeys& journeys, int order) {
    Effects effects;
    const MarkovResult result = markov(journeys, order);
    for (std::size_t i = 0; i < result.removal_effect.size(); ++i)
        effects.emplace(journeys.channels()[i], result.removal_effect[i]);
    return effects;
}

Journeys distinct(const Journeys& journeys) {
    Sequences paths;
    std::vector<Outcome> outcomes;
    for (std::size_t row = 0; row < journeys.size(); ++row) {
        if (journeys.steps(row).empty()) continue;
        const std::uint32_t number = paths.number_of(journeys.steps(row));
        if (number == outcomes.size()) outcomes.emplace_back();
        const Outcome& outcome = journeys.outcome(row);
        outcomes[number].conversions += outcome.conversions;
        outcomes[number].value += outcome.value;
        outcomes[number].nulls += outcome.nulls;
    }
    Journeys all;
    for (const std::string& name : journeys.channels()) all.channel(name);
    for (std::uint32_t number = 0; number < paths.size(); ++number)
        all.add(paths.at(number), outcomes[number]);
    return all;
}

using Paths = std::map<std::vector<std::string>, std::pair<double, double>>;

Paths paths_of(const Journeys& journeys) {
    Paths paths;
    for (std::size_t row = 0; row < journeys.size(); ++row) {
        std::vector<std::string> path;
        for (const std::uint32_t channel : journeys.steps(row))
            path.push_back(journeys.channels()[channel]);
        paths[std::move(path)] = {journeys.outcome(row).conversions, journeys.outcome(row).nulls};
    }
    return paths;
}

bool same_effects(const Effects& one, const Effects& other) {
    return one.size() == other.size() &&
           std::equal(one.begin(), one.end(), other.begin(), [](const auto& a, const auto& b) {
               return a.first == b.first && std::abs(a.second - b.second) < kSame;
           });
}

}  // namespace

Lesson lesson_of(const ModelKind& model, const Journeys& journeys) {
    if (const auto* chain = std::get_if<Markov>(&model)) return effects_of(journeys, chain->order);
    if (std::holds_alternative<Counterfactual>(model)) return distinct(journeys);
    return Effects{};
}

bool are_same(const Lesson& one, const Lesson& other) {
    if (one.index() != other.index()) return false;
    if (const auto* effects = std::get_if<Effects>(&one))
        return same_effects(*effects, std::get<Effects>(other));
    return paths_of(std::get<Journeys>(one)) == paths_of(std::get<Journeys>(other));
}

}  // namespace duet::attribution
