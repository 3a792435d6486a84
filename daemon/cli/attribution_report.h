#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/attribution_org.h"
#include "daemon/cli/figures.h"
#include "mappings/attribution/report.h"

namespace duet::cli {

/// All figures of an org. Its form is documented in daemon/cli/README.md.
[[nodiscard]] nlohmann::json credit_org(const OrgFolder& org,
                                        const attribution::ReportRequest& request);

/// What such an answer says, for people. `view`: "revenue", "pipeline" or "expected".
[[nodiscard]] std::string org_as_text(const nlohmann::json& answer, const std::string& view);

/// One table of it: campaigns, influence, builtin, roi or coverage.
[[nodiscard]] Grid org_as_table(const nlohmann::json& answer, const std::string& view,
                                const std::string& table);

}  // namespace duet::cli
