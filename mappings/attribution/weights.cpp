#include "mappings/attribution/weights.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <utility>
#include <variant>

namespace duet::attribution {
namespace {

using Weights = std::vector<double>;

Weights all_on(std::size_t touches, std::size_t index) {
    Weights weights(touches, 0.0);
    weights[index] = 1;
    return weights;
}

Weights equal(std::size_t touches) { return Weights(touches, 1.0 / static_cast<double>(touches)); }

/// Divided by their sum; equal where all are 0.
Weights normalised(Weights weights) {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (!(sum > 0)) return equal(weights.size());
    for (double& weight : weights) weight /= sum;
    return weights;
}

Weights decayed(const Course& course, double half_life) {
    // Counted from the youngest touch, so that old journeys do not come to 0 / 0.
    const double youngest = *std::min_element(course.ages.begin(), course.ages.end());
    Weights weights;
    weights.reserve(course.touches);
    for (const double age : course.ages) weights.push_back(std::exp2((youngest - age) / half_life));
    return normalised(std::move(weights));
}

Weights by_position(std::size_t touches, const PositionShares& shares) {
    if (touches == 1) return {1.0};
    if (touches == 2) return normalised({shares.first, shares.last});
    const double rest = std::max(0.0, 1 - shares.first - shares.last);
    Weights weights(touches, rest / static_cast<double>(touches - 2));
    weights.front() = shares.first;
    weights.back() = shares.last;
    return weights;
}

Weights by_milestone(const Course& course, const MilestoneShares& shares) {
    const std::initializer_list<std::pair<std::size_t, double>> milestones{
        {course.milestones.first, shares.first},
        {course.milestones.lead, shares.lead},
        {course.milestones.opportunity, shares.opportunity},
        {course.milestones.close, shares.close}};
    Weights weights(course.touches, 0.0);
    std::vector<bool> is_milestone(course.touches, false);
    std::size_t last = 0;
    for (const auto& [index, share] : milestones) {
        if (!(share > 0)) continue;
        weights[index] += share;
        is_milestone[index] = true;
        last = std::max(last, index);
    }
    const auto others = std::count(is_milestone.begin(),
                                   is_milestone.begin() + static_cast<std::ptrdiff_t>(last), false);
    for (std::size_t i = 0; i < last; ++i) {
        if (!is_milestone[i]) weights[i] = shares.others / static_cast<double>(others);
    }
    return normalised(std::move(weights));
}

}  // namespace

std::optional<Weights> weights_of(const ModelKind& model, const Course& course) {
    if (course.touches == 0) return std::nullopt;
    if (std::holds_alternative<First>(model)) return all_on(course.touches, 0);
    if (std::holds_alternative<Last>(model)) return all_on(course.touches, course.touches - 1);
    if (std::holds_alternative<Linear>(model)) return equal(course.touches);
    if (const auto* decay = std::get_if<Decay>(&model)) {
        if (course.ages.size() != course.touches) return std::nullopt;
        return decayed(course, decay->half_life);
    }
    if (const auto* position = std::get_if<PositionBased>(&model))
        return by_position(course.touches, position->shares);
    if (const auto* milestones = std::get_if<MilestoneBased>(&model))
        return by_milestone(course, milestones->shares);
    if (std::holds_alternative<Custom>(model)) {
        if (course.importance.size() != course.touches) return std::nullopt;
        return normalised({course.importance.begin(), course.importance.end()});
    }
    return std::nullopt;
}

std::vector<int> hundredths_of(std::span<const double> weights) {
    constexpr double kGrid = 1e10;                         // parts of the whole that are told apart
    constexpr std::int64_t kGridPerHundredth = 1'000'000;  // kGrid / 10,000
    constexpr int kWhole = 10'000;
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<int> hundredths;
    std::vector<std::pair<std::int64_t, std::size_t>> remainders;
    int missing = kWhole;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::int64_t parts = std::llround(weights[i] / sum * kGrid);
        hundredths.push_back(static_cast<int>(parts / kGridPerHundredth));
        missing -= hundredths.back();
        remainders.emplace_back(parts % kGridPerHundredth, i);
    }
    std::sort(remainders.begin(), remainders.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    for (std::size_t i = 0; missing > 0 && !remainders.empty(); ++i, --missing)
        ++hundredths[remainders[i % remainders.size()].second];
    return hundredths;
}

}  // namespace duet::attribution
