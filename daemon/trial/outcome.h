#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/trial/expectations.h"

/// Questions about an outcome that expectations ask.
namespace duet::trial {

[[nodiscard]] std::string shown_value(const Value& value);  // "(blank)" for none
/// Whether `wanted`, as a person writes it, says the value: instants in any spelling.
[[nodiscard]] bool says(const std::string& wanted, const Value& value);

/// The create planned on one side, or nullptr.
[[nodiscard]] const Write* find_create(const Outcome& outcome, Side side);
/// The field writes planned on one side.
[[nodiscard]] std::vector<const merge::PlannedField*> writes_on(const Outcome& outcome, Side side);
/// What the record of one side holds once the plan is done; nothing: no document reads the field.
[[nodiscard]] std::optional<Value> value_after(const Outcome& outcome, Side side,
                                               std::string_view field);
/// The rule-owned lists the person is on once the plan is done, sorted.
[[nodiscard]] std::vector<std::string> lists_after(Outcome& outcome);
/// Why a field was or was not written: "rule \"phone\": ..."; empty when no rule names it.
[[nodiscard]] std::string reason_for(const Outcome& outcome, Side side, std::string_view field);
/// The reason of a field rule by its name; empty: the rule was not asked.
[[nodiscard]] std::string reason_of_rule(const Outcome& outcome, std::string_view rule);

}  // namespace duet::trial
