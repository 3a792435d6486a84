#pragma once

namespace CLI {
class App;
}

namespace duet::cli {

/// Adds `duet formula`: one formula on one record, or a file of vectors; no daemon, no org.
/// `result` receives the exit code: 0, 1 when the formula or a vector fails, 64 when what was
/// given cannot be read.
void add_formula(CLI::App& app, int& result);

}  // namespace duet::cli
