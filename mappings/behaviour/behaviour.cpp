#include "mappings/behaviour/behaviour.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mappings/lifecycle/statistics.h"

namespace duet::behaviour {
namespace {

double days_between(Date from, Date to) { return static_cast<double>((to - from).count()); }

std::optional<double> median(const std::vector<double>& values) {
    return lifecycle::summarize(values).median;
}

}  // namespace

double win_probability(double won, double deals, double prior, double weight) noexcept {
    return deals + weight > 0 ? (won + weight * prior) / (deals + weight) : prior;
}

Date next_purchase(Date last, double gap_days) noexcept {
    return last + std::chrono::days{static_cast<int>(std::floor(gap_days + 0.5))};
}

Table::Table(std::span<const Deal> deals, const Settings& settings) : settings_(settings) {
    std::vector<const Deal*> sorted;
    sorted.reserve(deals.size());
    for (const Deal& deal : deals) sorted.push_back(&deal);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Deal* a, const Deal* b) { return a->closed < b->closed; });
    std::map<std::string, Date> last_won;
    for (const Deal* deal : sorted) {
        std::optional<Date> before;
        if (deal->won && !deal->account.empty()) {
            const auto [known, is_first] = last_won.try_emplace(deal->account, deal->closed);
            // What one account bought on one day is one purchase.
            if (!is_first && known->second < deal->closed) before = known->second;
            known->second = deal->closed;
        }
        add(*deal, before);
    }
    for (auto& [type, kind] : kinds_) {
        kind.median_value = median(std::exchange(kind.values, {}));
        kind.median_cycle = median(std::exchange(kind.cycles, {}));
        kind.median_gap = median(std::exchange(kind.gaps, {}));
    }
    if (const auto all = kinds_.find({}); all != kinds_.end())
        prior_ = all->second.won / all->second.deals;
}

void Table::add(const Deal& deal, const std::optional<Date>& won_before) {
    Type type = deal.type;
    for (;;) {
        Kind& kind = kinds_[type];
        ++kind.deals;
        if (deal.won) {
            ++kind.won;
            kind.values.push_back(deal.value);
            kind.cycles.push_back(days_between(deal.created, deal.closed));
        }
        if (won_before) kind.gaps.push_back(days_between(*won_before, deal.closed));
        if (type.empty()) return;
        type.pop_back();
    }
}

Prediction Table::of(const Type& type) const {
    Prediction told;
    told.type = type;
    auto kind = kinds_.find(told.type);
    while (
        !told.type.empty() &&
        (kind == kinds_.end() || kind->second.deals < static_cast<double>(settings_.least_deals))) {
        told.type.pop_back();
        kind = kinds_.find(told.type);
    }
    if (kind == kinds_.end()) return told;
    told.deals = static_cast<std::size_t>(kind->second.deals);
    told.win_probability =
        win_probability(kind->second.won, kind->second.deals, prior_, settings_.prior_weight);
    told.expected_acv = kind->second.median_value;
    told.cycle_days = kind->second.median_cycle;
    told.gap_days = kind->second.median_gap;
    return told;
}

Calibration calibrate(std::span<const Scored> deals) {
    constexpr std::size_t kBands = 10;
    Calibration result;
    result.bands.resize(kBands);
    std::vector<double> told(kBands, 0);
    std::vector<double> won(kBands, 0);
    double squares = 0;
    double counted = 0;
    for (const Scored& deal : deals) {
        if (deal.closed <= deal.told) {
            ++result.left_out;
            continue;
        }
        const auto at = std::min<std::size_t>(
            kBands - 1, static_cast<std::size_t>(std::max(0.0, deal.probability) * kBands));
        const double came = deal.won ? 1 : 0;
        ++result.bands[at].deals;
        told[at] += deal.probability;
        won[at] += came;
        squares += (deal.probability - came) * (deal.probability - came);
        ++counted;
    }
    for (std::size_t i = 0; i < kBands; ++i) {
        const auto count = static_cast<double>(result.bands[i].deals);
        if (count <= 0) continue;
        result.bands[i].told = told[i] / count;
        result.bands[i].observed = won[i] / count;
    }
    if (counted > 0) result.brier = squares / counted;
    return result;
}

}  // namespace duet::behaviour
