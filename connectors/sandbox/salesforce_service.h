#pragma once

#include "connectors/sandbox/salesforce_derive.h"

namespace duet::sandbox {

/// "00000001": what an auto-number of that name gives next.
[[nodiscard]] std::string next_number(SandboxState& state, const std::string& name);

/// Number, end, activation. A contract is made as a draft and activated by an update, for good.
[[nodiscard]] std::optional<Refusal> derive_contract(SandboxState& state, Row& row,
                                                     const Write& write);

/// Number, whether it is closed and since when, the contact's account where none is given.
[[nodiscard]] std::optional<Refusal> derive_case(SandboxState& state, Row& row, const Write& write);

/// The last day of a contract of so many months: "2025-01-01", 12 -> "2025-12-31"; "" for dates
/// that do not exist. A start that the last month lacks counts as that month's last day.
[[nodiscard]] std::string contract_end(std::string_view start, int months);

}  // namespace duet::sandbox
