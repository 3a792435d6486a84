#pragma once

#include "daemon/cli/common.h"

namespace duet::cli {

/// `duet explain`, `undo`, `pin`, `erase` and `export`: people and their history.
void add_person_commands(CLI::App& app, Common& common, int& result);

}  // namespace duet::cli
