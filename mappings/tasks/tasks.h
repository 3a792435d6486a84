#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappings/merge/decide.h"

namespace duet::tasks {

/// Adds to `decision` the tasks that the rules of the entity's kind ask for, those that became
/// moot, and what is to be remembered of each rule. A rule of which a formula fails changes
/// nothing. While a side is not up to date nothing is decided or remembered: the entity waits.
void decide_tasks(const merge::Inputs& inputs, merge::FactSource& facts, merge::Decision& decision);

/// The key of the rule's next task about a record: one that none of `known` has.
[[nodiscard]] std::string next_key(std::string_view rule, std::string_view record,
                                   const std::vector<Task>& known);

/// Whether `key` is that of a task which the rule made about any record.
[[nodiscard]] bool is_key_of(std::string_view key, std::string_view rule) noexcept;

}  // namespace duet::tasks
