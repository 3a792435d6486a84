#pragma once

#include "daemon/cli/common.h"

namespace duet::cli {

/// `duet report`: where an org stands, as text, JSON, CSV files or one page.
void add_report(CLI::App& app, Common& common, int& result);

}  // namespace duet::cli
