#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/report/report.h"

namespace duet::cli {

/// What `lifecycle_of_folder` gave, as a report: leads and wins by origin. No lead is named.
[[nodiscard]] report::Report lifecycle_page(const nlohmann::json& answer,
                                            const std::string& folder);

}  // namespace duet::cli
