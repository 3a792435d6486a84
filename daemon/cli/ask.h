#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/service/config.h"
#include "mappings/result.h"

namespace duet::cli {

/// Asks the running daemon, over its socket; with none running, takes the lock and does it here.
/// Never both: the store has one writer. `start_here` false: an Error when no daemon runs.
/// The answer's JSON, or why there is none; on a configuration error `exit_code` becomes 78.
Result<nlohmann::json> ask(const service::Config& config, const std::string& command,
                           const nlohmann::json& body, bool start_here, int& exit_code);

}  // namespace duet::cli
