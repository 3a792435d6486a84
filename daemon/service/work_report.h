#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"

namespace duet::service {

/// The work queue: one row a person, the first to work on first, by exact percentiles of the score
/// and grade of those in it. `body`: "owner" (an id, or a user's name, login or address; absent:
/// everybody's), "limit". Rejected when the documents have no queue. Its time grows with the queue
/// and with what is to be decided yet, not with the number of people.
Result<nlohmann::json> queue_report(sync::Org& org, const nlohmann::json& body);

/// How many timers were met, by timer and kind: MET / (MET + MET_LATE + BREACHED). `body`: "since"
/// and "until" (dates or instants) bound when a timer began. Rejected when the documents have no
/// timers. Looks once at each record that may begin a timer, and at the persons of those that do
/// within the bounds.
Result<nlohmann::json> answers_report(sync::Org& org, const nlohmann::json& body);

}  // namespace duet::service
