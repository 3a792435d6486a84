#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/demo_script.h"

namespace duet::cli {

/// Edits records on both sides through the vendors' APIs, lets Duet run one cycle, reads the
/// other side and prints what arrived, with Duet's own explanation. True when all of it did.
bool play_changes(DemoOrg& org, DemoWatch& watch, const DemoPrinter& print,
                  nlohmann::json& figures);

}  // namespace duet::cli
