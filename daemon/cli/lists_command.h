#pragma once

#include "daemon/cli/common.h"

namespace CLI {
class App;
}

namespace duet::cli {

/// `duet lists`: how large the lists that rules own are, how fresh, and why somebody is on one.
void add_lists(CLI::App& app, Common& common, int& result);

}  // namespace duet::cli
