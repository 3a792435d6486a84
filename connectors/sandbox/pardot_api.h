#pragma once

#include <string>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

/// Makes Pardot's tables where they are missing. Called once at start, in a transaction, after
/// Salesforce's tables were made and filled.
void create_pardot_tables(SandboxState& state);

/// Loads `folder` (the seed's pardot/) into fresh tables; a folder that is missing is no error.
void seed_pardot(SandboxState& state, const std::string& folder);

/// Everything under /api. Runs inside one transaction: a thrown exception rolls it back and
/// becomes a 500.
[[nodiscard]] ApiResponse handle_pardot(SandboxState& state, const ApiRequest& request);

}  // namespace duet::sandbox
