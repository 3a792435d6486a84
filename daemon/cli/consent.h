#pragma once

#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace CLI {
class App;
}

namespace duet::cli {

/// Sends a command with its body and prints the answer; the exit code.
using AskAndPrint =
    std::function<int(const std::string& command, nlohmann::json body,
                      const std::function<std::string(const nlohmann::json&)>& text)>;

/// `duet consent allow`: a person's way back from an opt-out.
void add_consent_command(CLI::App& app, const std::function<void(CLI::App&)>& add_common,
                         const AskAndPrint& ask, int& result);

}  // namespace duet::cli
