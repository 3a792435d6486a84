#pragma once

#include "daemon/cli/common.h"

namespace duet::cli {

/// `duet lifecycle`: figures of an org, or of a folder.
void add_lifecycle(CLI::App& app, Common& common, int& result);

}  // namespace duet::cli
