#pragma once

#include "daemon/cli/common.h"

namespace duet::cli {

/// `duet preview` and `duet test`. `result`: the exit code of what was run.
void add_document_commands(CLI::App& app, Common& common, int& result);

}  // namespace duet::cli
