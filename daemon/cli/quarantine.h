#pragma once

#include "daemon/cli/common.h"

namespace duet::cli {

/// `duet quarantine list | retry | drop`.
void add_quarantine_command(CLI::App& app, Common& common, int& result);

}  // namespace duet::cli
