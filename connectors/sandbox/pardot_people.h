#pragma once

#include <string>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

/// What people do in Pardot's pages and its API does not offer, and one pass of the vendor's own
/// connector: POST /sandbox/pardot/<action>.
///
///     merge           {"prospect": 17, "others": [18, 19], "fields": {"phone": "1"}}
///     undelete        {"prospect": 18}
///     erase           {"prospects": [18]}: out of the bin, without trace
///     follow-crm      {}: what happened to linked leads and contacts reaches their prospects
[[nodiscard]] ApiResponse pardot_person(SandboxState& state, const ApiRequest& request,
                                        const std::string& action);

/// pardot_follow.cpp. How many prospects it changed.
[[nodiscard]] std::int64_t follow_crm(SandboxState& state);

}  // namespace duet::sandbox
