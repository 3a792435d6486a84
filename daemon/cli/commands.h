#pragma once

namespace duet::cli {

/// The `duet` command. Exit codes: 0 done, 1 refused or not found, 64 wrong usage, 70 a fault of
/// Duet's own, 75 try again later (a vendor or the daemon is not reachable), 78 configuration.
int run(int argc, char** argv);

}  // namespace duet::cli
