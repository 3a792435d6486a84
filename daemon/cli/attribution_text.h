#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace duet::cli {

/// What the running org answers about attribution, for people: coverage of its deals, what its
/// documents credit campaigns with, what those cost, and the new names they brought.
[[nodiscard]] std::string attribution_text(const nlohmann::json& answer);
/// Of each attribution its campaigns, one line each, and one for those with others below them.
[[nodiscard]] std::string attribution_csv(const nlohmann::json& answer);
/// How the credit of the attributions' models is to be read, where one of them learns: sentences.
[[nodiscard]] std::vector<std::string> attribution_notes(const nlohmann::json& answer);
/// The last part of the text alone.
[[nodiscard]] std::string new_names_text(const nlohmann::json& names);

}  // namespace duet::cli
