#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

/// What an answer of the daemon holds under a key; what is missing or of another kind is empty.
namespace duet::cli {

inline std::string word(const nlohmann::json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

inline std::int64_t number(const nlohmann::json& object, const char* key) {
    if (!object.is_object()) return 0;
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

inline nlohmann::json list_of(const nlohmann::json& object, const char* key) {
    if (!object.is_object()) return nlohmann::json::array();
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? *found : nlohmann::json::array();
}

inline bool flag(const nlohmann::json& object, const char* key) {
    if (!object.is_object()) return false;
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

}  // namespace duet::cli
