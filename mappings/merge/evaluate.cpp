#include "mappings/merge/evaluate.h"

#include <array>
#include <span>
#include <utility>
#include <vector>

namespace duet::merge {
namespace {

// Read by nearly every rule at most; room for them is taken from no heap.
constexpr std::size_t kFewFields = 16;

}  // namespace

void lower(std::optional<DateTime>& next, const std::optional<DateTime>& other) noexcept {
    if (other && (!next || *other < *next)) next = other;
}

std::variant<Value, std::string> evaluate(const document::Rule& rule, FactSource& facts,
                                          const formula::Moment& moment,
                                          std::optional<DateTime>& next) {
    const formula::Formula& formula = rule.formula;
    const std::size_t count = formula.fields().size();
    std::array<const Value*, kFewFields> few;
    std::vector<const Value*> many(count > few.size() ? count : 0);
    const std::span<const Value*> inputs(many.empty() ? few.data() : many.data(), count);
    for (std::size_t i = 0; i < count; ++i) {
        auto found = facts.value(formula.fields()[i]);
        if (auto* why = std::get_if<std::string>(&found)) return std::move(*why);
        inputs[i] = std::get<const Value*>(found);
    }
    if (formula.reads_clock()) lower(next, formula.next_change(inputs, moment));
    auto outcome = formula.evaluate(inputs, moment);
    if (auto* failure = std::get_if<formula::EvalError>(&outcome))
        return std::move(failure->message);
    return std::get<Value>(std::move(outcome));
}

Answer ask(const document::Rule& rule, FactSource& facts, const formula::Moment& moment,
           std::optional<DateTime>& next) {
    auto outcome = evaluate(rule, facts, moment, next);
    if (auto* failure = std::get_if<std::string>(&outcome))
        return Answer{false, std::move(*failure)};
    const bool* flag = std::get_if<bool>(&std::get<Value>(outcome));
    return Answer{flag != nullptr && *flag, std::nullopt};
}

}  // namespace duet::merge
