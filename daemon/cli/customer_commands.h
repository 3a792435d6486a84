#pragma once

#include "daemon/cli/common.h"

namespace duet::cli {

/// `duet rfm`: classes of customers, and who went from one to another. `duet behaviour`: what was
/// told of deals against what came of them.
void add_customer_commands(CLI::App& app, Common& common, int& result);

}  // namespace duet::cli
