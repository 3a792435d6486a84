#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace duet::cli {

/// The daemon's answers about people and their history, for a person to read.
[[nodiscard]] std::string print_undo(const nlohmann::json& answer);
[[nodiscard]] std::string print_pins(const nlohmann::json& answer);
[[nodiscard]] std::string print_erase(const nlohmann::json& answer);

}  // namespace duet::cli
