#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"
#include "mappings/result.h"

namespace duet::service {

/// `duet quarantine`: what was put aside, and what people decide about it. `body`:
///   action     "list", "retry" or "drop"
///   by_cause   of list: grouped, each cause with its count
///   cause      only what this cause holds, by its name
///   record     only that of one person or record, as find_entities() takes it
///   by         who asks, for the audit
/// retry tries again in the next cycle; drop puts aside for good, until the record changes. Both
/// need a cause or a record, and are audited. No answer holds a value of a field.
Result<nlohmann::json> quarantine(sync::Org& org, const nlohmann::json& body);

}  // namespace duet::service
