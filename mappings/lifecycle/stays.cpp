#include "mappings/lifecycle/stays.h"

#include <algorithm>
#include <chrono>

#include "mappings/lifecycle/statistics.h"

namespace duet::lifecycle {

Value stage_median(const Deal& deal, const StageMedians& medians, DateTime at) {
    const std::string* stage = &deal.stage;
    DateTime latest = DateTime::min();
    for (const auto& change : deal.stage_changes) {
        if (change.at > at || change.at < latest) continue;
        latest = change.at;
        stage = &change.stage;
    }
    const auto found = medians.find(*stage);
    const auto exact = found == medians.end() ? std::nullopt : Decimal::from_double(found->second);
    const auto shown = exact ? exact->rounded(1) : std::nullopt;
    return shown ? Value{*shown} : Value{};
}

void StageStays::add(const Deal& deal) {
    if (!deal.closed_at) return;
    std::vector<Deal::StageChange> changes;
    for (const auto& change : deal.stage_changes) {
        const bool is_inside = change.at >= deal.created && change.at < *deal.closed_at;
        if (is_inside && !change.stage.empty()) changes.push_back(change);
    }
    std::stable_sort(changes.begin(), changes.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    // Told twice, by the deal and by its history, it is one change.
    changes.erase(std::unique(changes.begin(), changes.end(),
                              [](const auto& a, const auto& b) { return a.stage == b.stage; }),
                  changes.end());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const DateTime end = i + 1 < changes.size() ? changes[i + 1].at : *deal.closed_at;
        using FractionalDays = std::chrono::duration<double, std::ratio<86'400>>;
        days_[changes[i].stage].push_back(FractionalDays(end - changes[i].at).count());
    }
}

StageMedians StageStays::medians(std::size_t fewest) const {
    StageMedians found;
    for (const auto& [stage, days] : days_) {
        if (days.size() < fewest) continue;
        if (const auto middle = median(days)) found.emplace(stage, *middle);
    }
    return found;
}

}  // namespace duet::lifecycle
