#pragma once

#include <string>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

/// Makes Salesforce's tables where they are missing, standard and custom fields, and the rows
/// every org has (one organization, users, stages, standard price book).
///
/// `folder`: the seed's salesforce/, or "" for none. A fresh file is filled from it. Throws
/// std::runtime_error naming file and line when a seed file is wrong.
void prepare_salesforce(SandboxState& state, const std::string& folder);

/// The usage header that every answer of the data API carries, errors too, and indenting where it
/// was asked for.
void finish_salesforce(SandboxState& state, const ApiRequest& request, ApiResponse& answer);

/// Everything under /services and /id, OAuth included. Runs inside one transaction.
[[nodiscard]] ApiResponse handle_salesforce(SandboxState& state, const ApiRequest& request);

}  // namespace duet::sandbox
