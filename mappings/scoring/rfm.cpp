#include "mappings/scoring/rfm.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "mappings/formula/calendar.h"

namespace duet::scoring {
namespace {

constexpr std::size_t kRecency = static_cast<std::size_t>(Measure::Recency);

ByMeasure<double> values_of(const Customer& customer) {
    return {customer.recency_days, customer.frequency, customer.monetary};
}

/// Nothing where the customers say nothing about each other in this measure.
std::vector<double> thresholds_of(std::vector<double> values, const RfmSettings& settings) {
    std::sort(values.begin(), values.end());
    if (values.size() < settings.few_customers || values.empty() ||
        values.front() == values.back()) {
        return {};
    }
    std::vector<double> thresholds;
    for (const double share : settings.quantiles) thresholds.push_back(quantile(values, share));
    return thresholds;
}

/// How many thresholds the value has passed.
int passed(double value, const std::vector<double>& thresholds, bool rfm_compat) {
    return static_cast<int>(std::ranges::count_if(thresholds, [&](double threshold) {
        return rfm_compat ? value >= threshold + 1 : value > threshold;
    }));
}

bool fits(const Segment& segment, const ByMeasure<int>& scores) {
    for (std::size_t i = 0; i < kMeasures; ++i) {
        if (scores[i] < segment.scores[i].low || scores[i] > segment.scores[i].high) return false;
    }
    return true;
}

}  // namespace

std::vector<Segment> usual_segments() {
    return {{"Champions", {{{5, 5}, {5, 5}, {5, 5}}}},
            {"Potential Loyalist", {{{3, 5}, {3, 5}, {2, 5}}}},
            {"Loyal Customers", {{{2, 4}, {2, 4}, {2, 4}}}},
            {"Promising", {{{3, 4}, {1, 3}, {3, 5}}}},
            {"New Customers", {{{4, 5}, {1, 3}, {1, 5}}}},
            {"Can't Lose Them", {{{1, 2}, {3, 4}, {4, 5}}}},
            {"At Risk", {{{1, 2}, {2, 5}, {4, 5}}}},
            {"Need Attention", {{{1, 3}, {3, 5}, {3, 5}}}},
            {"About To Sleep", {{{2, 3}, {1, 3}, {1, 4}}}},
            {"Lost", {{{1, 1}, {1, 5}, {1, 5}}}}};
}

std::vector<Customer> customers_of(std::span<const Purchase> purchases, Date as_of,
                                   std::optional<int> window_months) {
    std::optional<Date> before;
    if (window_months) before = formula::add_months(as_of, -*window_months);
    struct Bought {
        std::optional<Date> last;
        double count = 0;
        double sum = 0;
    };
    std::map<std::string, Bought> all;
    for (const Purchase& purchase : purchases) {
        if (purchase.day > as_of || (before && purchase.day <= *before)) continue;
        Bought& bought = all[purchase.customer];
        bought.sum += purchase.amount;
        if (purchase.amount < 0) continue;
        ++bought.count;
        if (!bought.last || purchase.day > *bought.last) bought.last = purchase.day;
    }
    std::vector<Customer> customers;
    for (const auto& [id, bought] : all) {
        if (!bought.last) continue;
        customers.push_back(
            {id, static_cast<double>((as_of - *bought.last).count()), bought.count, bought.sum});
    }
    return customers;
}

double quantile(std::span<const double> sorted, double share) {
    const double position = static_cast<double>(sorted.size() - 1) * share;
    const auto below = static_cast<std::size_t>(position);
    if (below + 1 >= sorted.size()) return sorted.back();
    const double part = position - static_cast<double>(below);
    return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

RfmResult rfm(std::span<const Customer> customers, const RfmSettings& settings) {
    RfmResult result;
    for (std::size_t i = 0; i < kMeasures; ++i) {
        std::vector<double> values;
        for (const Customer& customer : customers) values.push_back(values_of(customer)[i]);
        result.thresholds[i] =
            settings.fixed[i] ? *settings.fixed[i] : thresholds_of(std::move(values), settings);
    }
    const int middle = static_cast<int>(settings.quantiles.size()) / 2 + 1;
    for (const Customer& customer : customers) {
        RfmScore score;
        score.customer = customer.id;
        const auto values = values_of(customer);
        for (std::size_t i = 0; i < kMeasures; ++i) {
            const auto& thresholds = result.thresholds[i];
            const int steps = passed(values[i], thresholds, settings.rfm_compat);
            // Of recency less is better.
            score.scores[i] = thresholds.empty() ? middle
                              : i == kRecency    ? static_cast<int>(thresholds.size()) + 1 - steps
                                                 : 1 + steps;
            score.weighted += settings.weights[i] * score.scores[i];
            score.code = 10 * score.code + score.scores[i];
        }
        const auto segment = std::ranges::find_if(
            settings.segments, [&](const Segment& one) { return fits(one, score.scores); });
        score.segment = segment == settings.segments.end() ? settings.other_segment : segment->name;
        result.scores.push_back(std::move(score));
    }
    return result;
}

Movements movements(std::span<const RfmScore> before, std::span<const RfmScore> after) {
    std::map<std::string_view, std::string_view> was;
    for (const RfmScore& score : before) was.emplace(score.customer, score.segment);
    Movements moved;
    for (const RfmScore& score : after) {
        const auto found = was.find(score.customer);
        ++moved[found == was.end() ? "" : std::string(found->second)][score.segment];
        if (found != was.end()) was.erase(found);
    }
    for (const auto& [customer, segment] : was) ++moved[std::string(segment)][""];
    return moved;
}

}  // namespace duet::scoring
