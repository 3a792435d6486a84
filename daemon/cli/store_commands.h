#pragma once

#include "daemon/cli/common.h"

namespace duet::cli {

/// `duet backup`, `duet restore`, `duet store check`: what operators do with the state file. The
/// first and the last work beside a running daemon, which is not asked.
void add_store_commands(CLI::App& app, Common& common, int& result);

}  // namespace duet::cli
