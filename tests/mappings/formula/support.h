#pragma once

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mappings/formula/formula.h"

namespace duet::formula {

/// Names with their bindings and, for evaluations, their values.
class TestScope : public Scope {
public:
    TestScope& field(const std::string& name, std::optional<FieldType> type, Value value = {},
                     std::vector<std::string> options = {}) {
        bindings_[name] = Binding{type, std::move(options)};
        values_[name] = std::move(value);
        return *this;
    }
    Value value(std::string_view path) const {
        for (const auto& [name, value] : values_) {
            if (same_name(name, path)) return value;
        }
        return {};
    }
    void set(const std::string& name, Value value) { values_[name] = std::move(value); }

    std::optional<Binding> resolve(std::string_view path) const override {
        for (const auto& [name, binding] : bindings_) {
            if (same_name(name, path)) return binding;
        }
        return std::nullopt;
    }
    std::vector<std::string> names() const override {
        std::vector<std::string> all;
        for (const auto& entry : bindings_) all.push_back(entry.first);
        return all;
    }

    /// The inputs of `formula`, in its order.
    std::vector<const Value*> inputs(const Formula& formula) const {
        std::vector<const Value*> all;
        for (const std::string& path : formula.fields()) {
            for (const auto& [name, value] : values_) {
                if (same_name(name, path)) all.push_back(&value);
            }
        }
        return all;
    }

private:
    std::map<std::string, Binding> bindings_;
    std::map<std::string, Value> values_;
};

inline std::vector<CompileError> errors_of(std::string_view text, const Scope& scope = TestScope(),
                                           const Options& options = {}) {
    auto compiled = Formula::compile(text, scope, options);
    if (auto* errors = std::get_if<std::vector<CompileError>>(&compiled)) return *errors;
    return {};
}

/// The formula; a failed test and a formula that is null when it does not compile.
inline Formula compiled(std::string_view text, const Scope& scope = TestScope(),
                        const Options& options = {}) {
    auto result = Formula::compile(text, scope, options);
    if (auto* errors = std::get_if<std::vector<CompileError>>(&result)) {
        ADD_FAILURE() << text << ": " << errors->front().message;
        result = Formula::compile("NULL", scope, options);
    }
    return std::get<Formula>(std::move(result));
}

inline Moment moment_at(std::string_view now, std::chrono::minutes offset = {}) {
    const DateTime time = parse_instant(now).value();
    return {time, std::chrono::floor<std::chrono::days>(time + offset), offset};
}

/// The result in its encoded form, or "error: ..." with the reason.
inline std::string result_of(std::string_view text, const TestScope& scope = {},
                             const Options& options = {}, const Moment& moment = {}) {
    const Formula formula = compiled(text, scope, options);
    const auto result = formula.evaluate(scope.inputs(formula), moment);
    if (const auto* error = std::get_if<EvalError>(&result)) return "error: " + error->message;
    return encode(std::get<Value>(result));
}

}  // namespace duet::formula
