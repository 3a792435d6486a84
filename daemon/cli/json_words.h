#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

/// What an answer of the daemon holds under a key; what is missing or of another kind is empty.
namespace duet::cli {

[[nodiscard]] std::string word(const nlohmann::json& object, const char* key);
[[nodiscard]] std::int64_t number(const nlohmann::json& object, const char* key);
[[nodiscard]] nlohmann::json list_of(const nlohmann::json& object, const char* key);
[[nodiscard]] bool flag(const nlohmann::json& object, const char* key);

}  // namespace duet::cli
