#pragma once

#include <optional>
#include <string>
#include <variant>

#include "mappings/document/document.h"
#include "mappings/merge/decide.h"

namespace duet::merge {

/// A rule's value, or why it has none. `next` is lowered to the rule's own next change.
[[nodiscard]] std::variant<Value, std::string> evaluate(const document::Rule& rule,
                                                        FactSource& facts,
                                                        const formula::Moment& moment,
                                                        std::optional<DateTime>& next);

/// A condition: true, false (blank counts as false), or why it failed.
struct Answer {
    bool yes = false;
    std::optional<std::string> failure{};
};
[[nodiscard]] Answer ask(const document::Rule& rule, FactSource& facts,
                         const formula::Moment& moment, std::optional<DateTime>& next);

/// The earlier of the two; nothing is later than everything.
void lower(std::optional<DateTime>& next, const std::optional<DateTime>& other) noexcept;

}  // namespace duet::merge
