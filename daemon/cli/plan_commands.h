#pragma once

#include "daemon/cli/common.h"

namespace duet::cli {

/// `plan`, `apply`, `mode`, `pause`, `resume`, `brake`, `metrics`.
void add_plan_commands(CLI::App& app, Common& common, int& result);

}  // namespace duet::cli
