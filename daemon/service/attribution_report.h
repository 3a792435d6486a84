#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"

namespace duet::service {

/// How well the org's deals are covered by touches, and which campaigns get the credit, for each
/// attribution of the documents: won deals and revenue with no eligible touch, deals without a
/// contact role, with the reasons; revenue by campaign. Money is in the corporate currency
/// ("currency": its code, empty: not known), over
/// all opportunities whatever `when` says of coverage, and those of `when` for credit. Rejected
/// when the documents have no attribution. `body`: "deals", how many of those uncovered are
/// listed (default 100).
Result<nlohmann::json> attribution_report(sync::Org& org, const nlohmann::json& body);

}  // namespace duet::service
