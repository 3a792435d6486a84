#include "mappings/attribution/counterfactual.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace duet::attribution {
namespace {

/// A path and, for each touch of the journey, which of its parts the touch went into.
struct Transformed {
    std::vector<std::uint32_t> path;
    std::vector<std::size_t> part_of;
};

/// `frequency` tells parts with other counts apart: a part is channel + count * channels.
Transformed transformed(std::span<const std::uint32_t> steps, Transform transform,
                        std::uint32_t channels) {
    Transformed made;
    made.part_of.reserve(steps.size());
    std::map<std::uint32_t, std::size_t> parts;  // first part of each channel
    std::vector<std::uint32_t> counts;
    for (const std::uint32_t channel : steps) {
        const auto known = parts.find(channel);
        bool is_new = true;
        if (transform == Transform::Exposure)
            is_new = made.path.empty() || made.path.back() != channel;
        if (transform == Transform::First || transform == Transform::Frequency)
            is_new = known == parts.end();
        if (is_new) {
            parts[channel] = made.path.size();
            made.path.push_back(channel);
            counts.push_back(0);
        }
        made.part_of.push_back(parts[channel]);
        ++counts[parts[channel]];
    }
    if (transform == Transform::Frequency) {
        for (std::size_t i = 0; i < made.path.size(); ++i) made.path[i] += counts[i] * channels;
    }
    return made;
}

double rate(const Outcome& outcome) {
    const double journeys = outcome.conversions + outcome.nulls;
    return journeys > 0 ? outcome.conversions / journeys : 0;
}

}  // namespace

Fractions::Fractions(const Journeys& journeys, Transform transform)
    : transform_(transform), channels_(static_cast<std::uint32_t>(journeys.channels().size())) {
    for (std::size_t row = 0; row < journeys.size(); ++row) {
        if (journeys.steps(row).empty()) continue;
        const auto made = transformed(journeys.steps(row), transform_, channels_);
        const std::uint32_t number = paths_.number_of(made.path);
        if (lengths_.size() <= made.path.size()) lengths_.resize(made.path.size() + 1);
        lengths_[made.path.size()] = true;
        if (number == outcomes_.size()) outcomes_.emplace_back();
        const Outcome& outcome = journeys.outcome(row);
        outcomes_[number].conversions += outcome.conversions;
        outcomes_[number].value += outcome.value;
        outcomes_[number].nulls += outcome.nulls;
    }
}

/// What the rate of the path loses without each of its touches.
std::vector<double> Fractions::gains(std::span<const std::uint32_t> path) const {
    const auto known = paths_.find(path);
    const double with = known ? rate(outcomes_[*known]) : 0;
    // A path that nobody took without one of its touches need not be looked for: one of 100,000
    // touches would be copied and hashed so often.
    const std::size_t shorter = path.size() - 1;
    if (shorter >= lengths_.size() || !lengths_[shorter])
        return std::vector<double>(path.size(), with);
    std::vector<double> gains;
    std::vector<std::uint32_t> without(path.begin() + 1, path.end());
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (i > 0) without[i - 1] = path[i - 1];
        const auto other = paths_.find(without);
        gains.push_back(std::max(0.0, with - (other ? rate(outcomes_[*other]) : 0)));
    }
    return gains;
}

std::vector<double> Fractions::of_path(std::span<const std::uint32_t> path) const {
    if (path.size() == 1) return {1.0};
    std::vector<double> weights = gains(path);
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (sum > 0) {
        for (double& weight : weights) weight /= sum;
    } else {
        weights.back() = 1;
    }
    return weights;
}

Credits Fractions::credits() const {
    Credits credits{std::vector<double>(channels_, 0.0), std::vector<double>(channels_, 0.0)};
    for (std::uint32_t number = 0; number < paths_.size(); ++number) {
        if (outcomes_[number].conversions == 0 && outcomes_[number].value == 0) continue;
        const auto path = paths_.at(number);
        const auto weights = of_path(path);
        for (std::size_t i = 0; i < path.size(); ++i) {
            const std::uint32_t channel = path[i] % channels_;
            credits.conversions[channel] += weights[i] * outcomes_[number].conversions;
            credits.value[channel] += weights[i] * outcomes_[number].value;
        }
    }
    return credits;
}

std::vector<double> Fractions::weights(std::span<const std::uint32_t> steps) const {
    if (steps.empty()) return {};
    const auto made = transformed(steps, transform_, channels_);
    const auto of_parts = of_path(made.path);
    std::vector<double> touches_of(made.path.size(), 0.0);
    for (const std::size_t part : made.part_of) ++touches_of[part];
    std::vector<double> weights;
    for (const std::size_t part : made.part_of)
        weights.push_back(of_parts[part] / touches_of[part]);
    return weights;
}

}  // namespace duet::attribution
