#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"

namespace duet::service {

/// The report about an org, in the form that daemon/report/README.md documents: from what the store
/// holds; asks no vendor and writes nothing. Counts and sums alone: nobody can be told from it.
/// `body`: "as_of", "since", "until", "horizon_days" as `lifecycle_report` takes them; "models":
/// a list of names of attribution models; "currency": the corporate one, where the org does not
/// say. Rejected (DUET-6092, DUET-6095) when one of them is wrong.
Result<nlohmann::json> report_of(sync::Org& org, const nlohmann::json& body);

}  // namespace duet::service
