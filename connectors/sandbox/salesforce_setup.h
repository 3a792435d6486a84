#pragma once

#include <optional>
#include <set>
#include <string>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/salesforce_rows.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

/// Stores a row as a seed gives it: id and stamps taken where given, `given` as the fields that
/// are, nothing settled. The reason when it cannot be.
[[nodiscard]] std::optional<std::string> store_seeded(SandboxState& state, Row& row,
                                                      std::set<std::string> given,
                                                      const std::string& now,
                                                      const std::string& user);

/// The first user's id; "" when there is none.
[[nodiscard]] std::string first_user(SandboxState& state);

// salesforce_stock.cpp
/// The stages of an org whose seed gives none.
void add_stock_stages(SandboxState& state);
/// The rows that no org is without.
void add_stock_rows(SandboxState& state);

/// When an administrator last changed a field; absent: never.
inline constexpr const char* kDescribedSetting = "described";

/// POST /sandbox/salesforce/<action>: what administrators and people do in Salesforce's pages, and
/// what an import loads with moments of its own. README.md has the table.
[[nodiscard]] ApiResponse salesforce_setup(SandboxState& state, const ApiRequest& request,
                                           const std::string& action);

}  // namespace duet::sandbox
