#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/common.h"

namespace duet::cli {

/// `duet match report|list|show|choose|forget`. `result`: the exit code of what was run.
void add_match_commands(CLI::App& app, Common& common, int& result);

/// The answers as a person reads them.
[[nodiscard]] std::string print_match_report(const nlohmann::json& report);
[[nodiscard]] std::string print_reviews(const nlohmann::json& list);
[[nodiscard]] std::string print_review(const nlohmann::json& review);

}  // namespace duet::cli
