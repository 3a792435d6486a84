#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/attribution_org.h"
#include "daemon/cli/figures.h"
#include "mappings/attribution/report.h"

namespace duet::cli {

/// Which campaigns of the folder brought new names: deals by the touches until they were created,
/// and contacts that were qualified, each for the first time.
[[nodiscard]] nlohmann::json names_in(const OrgFolder& org,
                                      const attribution::ReportRequest& request);
[[nodiscard]] Grid names_grid(const nlohmann::json& names);

/// Of every model and campaign what it cost, alone and with those below it.
[[nodiscard]] Grid trees_grid(const nlohmann::json& models);

}  // namespace duet::cli
