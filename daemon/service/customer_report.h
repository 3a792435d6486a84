#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"

/// What is known of customers, and how well what was told of deals came true.
namespace duet::service {

/// The thresholds that hold and when they were taken, how many customers are of each class at the
/// end of each month, and how many went from one class to another between two of them. `body`:
/// "months" (1 to 60, default 12). Rejected when the documents have no rfm. Reads what was kept of
/// every customer.
Result<nlohmann::json> rfm_report(sync::Org& org, const nlohmann::json& body);

/// Probabilities that were told of deals against what came of them, in tenths, with the Brier
/// score: each deal by what was told of it last before the day on which it ended. Rejected when
/// the documents have no behaviour. Reads every deal of which something was told.
Result<nlohmann::json> behaviour_report(sync::Org& org);

}  // namespace duet::service
