#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/service/config.h"
#include "daemon/sync/apply_plan.h"
#include "daemon/sync/org.h"

/// What people are told of plans, pauses, the brake and alarms, as JSON.
namespace duet::service {

/// What became of each line of a plan, and the counts by fate.
[[nodiscard]] nlohmann::json to_json(const sync::Applied& applied, const sync::Plan& plan);

[[nodiscard]] nlohmann::json to_json(const std::vector<sync::Alarm>& alarms);
[[nodiscard]] nlohmann::json to_json(const sync::Pauses& pauses, const SideNames& names);
[[nodiscard]] nlohmann::json to_json(const store::Held& held);

/// Adds "paused", "alarms" and "held" of an org to its status; an Error is the store's.
Status add_stops(store::Store& store, const std::string& org, const SideNames& names,
                 nlohmann::json& answer);

/// Each kind that the brake knows with its limit, and what is held; the alarms.
Result<nlohmann::json> brake_json(store::Store& store, const OrgConfig& org);

/// What `what` names: the org ("" or its name), a side ("pardot", "crm"), or an object of a side
/// ("prospect", "pardot.prospect"; `model` may be nullptr, then no object is known). Rejected
/// (DUET-6070) when it names nothing, or several.
Result<sync::Pause> what_to_pause(const std::string& what, const std::string& org,
                                  const SideNames& names, const sync::Model* model);

/// The gauges of a status, in the text form that Prometheus reads.
[[nodiscard]] std::string metrics_text(const nlohmann::json& status);

}  // namespace duet::service
