#include "mappings/lifecycle/statistics.h"

#include <algorithm>
#include <numeric>

namespace duet::lifecycle {
namespace {

double middle(const std::vector<double>& sorted) {
    const std::size_t half = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

}  // namespace

Summary summarize(std::vector<double> values) {
    Summary summary;
    summary.count = values.size();
    if (values.empty()) return summary;
    std::sort(values.begin(), values.end());
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    summary.mean = sum / static_cast<double>(values.size());
    summary.median = middle(values);
    // In whole numbers: 0.9 n in binary may come out a little above a whole number.
    const std::size_t rank = (values.size() * 9 + 9) / 10;
    summary.p90 = values[rank - 1];
    return summary;
}

std::optional<double> median(std::vector<double> values) {
    if (values.empty()) return std::nullopt;
    std::sort(values.begin(), values.end());
    return middle(values);
}

std::optional<double> ratio(double part, double whole) noexcept {
    if (whole == 0) return std::nullopt;
    return part / whole;
}

}  // namespace duet::lifecycle
