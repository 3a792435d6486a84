#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace duet::cli {

/// What the running org answers about attribution, for people: coverage of its deals, what its
/// documents credit campaigns with, what those cost, and the new names they brought.
[[nodiscard]] std::string attribution_text(const nlohmann::json& answer);
/// The last part alone.
[[nodiscard]] std::string new_names_text(const nlohmann::json& names);

}  // namespace duet::cli
