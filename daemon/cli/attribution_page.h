#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/report/report.h"

/// What `duet attribution` told, as reports for the page: campaigns by model, cost and return, what
/// no campaign touched and why, new names; of journeys the channels. No person and no deal is
/// named.
namespace duet::cli {

/// Of a running org: each attribution of the documents stands as a model.
[[nodiscard]] report::Report page_of_org(const nlohmann::json& answer);
[[nodiscard]] report::Report page_of_folder(const nlohmann::json& answer,
                                            const std::string& folder);
[[nodiscard]] report::Report page_of_journeys(const nlohmann::json& answer,
                                              const std::string& file);

}  // namespace duet::cli
