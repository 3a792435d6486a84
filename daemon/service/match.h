#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"

namespace duet::service {

/// `duet match`: the first meeting of both sides, the review queue, and people's words on it.
/// `body`: "action" (report | list | show | choose | forget) and what it takes, as
/// daemon/admin/README.md lists it. Only the last two write, and never to a vendor.
Result<nlohmann::json> match(sync::Org& org, const nlohmann::json& body);

}  // namespace duet::service
