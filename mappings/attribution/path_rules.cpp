#include "mappings/attribution/path_rules.h"

#include <utility>
#include <vector>

#include "mappings/attribution/weights.h"

namespace duet::attribution {
namespace {

/// The weights of a journey follow from its length alone; the usual lengths are asked for once.
class WeightsByLength {
public:
    explicit WeightsByLength(const ModelKind& model) : model_(model) {}

    /// Empty when the model is no rule for journeys.
    const std::vector<double>& of(std::size_t touches) {
        if (touches >= kKept) return rare_ = compute(touches);
        if (kept_.size() <= touches) kept_.resize(touches + 1);
        if (kept_[touches].empty()) kept_[touches] = compute(touches);
        return kept_[touches];
    }

private:
    static constexpr std::size_t kKept = 1'024;  // 4 MB when all lengths below it come

    [[nodiscard]] std::vector<double> compute(std::size_t touches) const {
        std::vector<double> ages(touches);
        for (std::size_t i = 0; i < touches; ++i) ages[i] = static_cast<double>(touches - 1 - i);
        return weights_of(model_, {.touches = touches, .ages = ages})
            .value_or(std::vector<double>{});
    }

    const ModelKind& model_;
    std::vector<std::vector<double>> kept_;
    std::vector<double> rare_;
};

}  // namespace

std::optional<Credits> credit_by_rule(const Journeys& journeys, const ModelKind& model) {
    if (!is_for_journeys(model)) return std::nullopt;
    WeightsByLength table(model);
    if (table.of(1).empty()) return std::nullopt;
    const std::size_t channels = journeys.channels().size();
    Credits credits{std::vector<double>(channels, 0.0), std::vector<double>(channels, 0.0)};
    for (std::size_t row = 0; row < journeys.size(); ++row) {
        const Outcome& outcome = journeys.outcome(row);
        const auto steps = journeys.steps(row);
        if (steps.empty() || (outcome.conversions == 0 && outcome.value == 0)) continue;
        const std::vector<double>& weights = table.of(steps.size());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            credits.conversions[steps[i]] += weights[i] * outcome.conversions;
            credits.value[steps[i]] += weights[i] * outcome.value;
        }
    }
    return credits;
}

}  // namespace duet::attribution
