#pragma once

#include "daemon/cli/common.h"

namespace duet::cli {

/// `duet queue`: who is to be worked on first. `duet answers`: how many answers were in time.
void add_work_commands(CLI::App& app, Common& common, int& result);

}  // namespace duet::cli
