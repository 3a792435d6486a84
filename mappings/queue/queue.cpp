#include "mappings/queue/queue.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <tuple>

namespace duet::queue {
namespace {

// Ranks are breached (1 digit), due (10 digits: seconds), priority (3 digits), in this order.
constexpr double kPriorities = 1000;
constexpr double kDues = 1e10;
constexpr double kNoDue = 9'999'999'999;  // the year 2286

}  // namespace

std::vector<double> percentiles(std::span<const double> values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> shares;
    shares.reserve(values.size());
    const double others = values.size() < 2 ? 1 : static_cast<double>(values.size() - 1);
    for (const double value : values) {
        const auto lower = std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin();
        shares.push_back(static_cast<double>(lower) / others);
    }
    return shares;
}

std::vector<std::size_t> order(std::span<const Entry> entries, const Weights& weights) {
    std::vector<double> scores;
    std::vector<double> grades;
    for (const Entry& entry : entries) {
        scores.push_back(entry.score);
        grades.push_back(entry.grade);
    }
    const std::vector<double> by_score = percentiles(scores);
    const std::vector<double> by_grade = percentiles(grades);
    const auto key = [&](std::size_t at) {
        const Entry& entry = entries[at];
        const double priority = weights.score * by_score[at] + weights.grade * by_grade[at];
        return std::tuple{!entry.breached, entry.due.value_or(DateTime::max()), -priority,
                          std::string_view(entry.id)};
    };
    std::vector<std::size_t> indices(entries.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    std::sort(indices.begin(), indices.end(),
              [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    return indices;
}

double banded(double value, std::span<const int> bands) noexcept {
    if (bands.empty()) return 0;
    const auto reached =
        std::count_if(bands.begin(), bands.end(), [&](int band) { return value >= band; });
    return static_cast<double>(reached) / static_cast<double>(bands.size());
}

double rank_of(bool breached, const std::optional<DateTime>& due, double priority) noexcept {
    double seconds = kNoDue;
    if (due) {
        const auto since = std::chrono::floor<std::chrono::seconds>(*due).time_since_epoch();
        seconds = std::clamp(static_cast<double>(since.count()), 0.0, kNoDue);
    }
    const double places = std::round((1 - std::clamp(priority, 0.0, 1.0)) * (kPriorities - 1));
    return ((breached ? 0 : kDues) + seconds) * kPriorities + places;
}

std::vector<int> tenths(std::span<const double> values) {
    std::vector<int> bands;
    if (values.empty()) return bands;
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t tenth = 1; tenth < 10; ++tenth) {
        const int band = static_cast<int>(std::ceil(sorted[sorted.size() * tenth / 10]));
        if (bands.empty() || band > bands.back()) bands.push_back(band);
    }
    return bands;
}

}  // namespace duet::queue
