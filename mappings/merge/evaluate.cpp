#include "mappings/merge/evaluate.h"

#include <utility>
#include <vector>

namespace duet::merge {

void lower(std::optional<DateTime>& next, const std::optional<DateTime>& other) noexcept {
    if (other && (!next || *other < *next)) next = other;
}

std::variant<Value, std::string> evaluate(const document::Rule& rule, FactSource& facts,
                                          const formula::Moment& moment,
                                          std::optional<DateTime>& next) {
    const formula::Formula& formula = rule.formula;
    std::vector<const Value*> inputs;
    inputs.reserve(formula.fields().size());
    for (const std::string& path : formula.fields()) {
        auto found = facts.value(path);
        if (auto* why = std::get_if<std::string>(&found)) return std::move(*why);
        inputs.push_back(std::get<const Value*>(found));
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
