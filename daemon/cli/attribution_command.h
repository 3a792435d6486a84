#pragma once

namespace CLI {
class App;
}

namespace duet::cli {

/// Adds `duet attribution`: campaign credit by any model, on recorded journeys or on an org's rows
/// in CSV files; no daemon, no org. `result` receives the exit code: 0, or 64 when what was given
/// cannot be read.
void add_attribution(CLI::App& app, int& result);

}  // namespace duet::cli
