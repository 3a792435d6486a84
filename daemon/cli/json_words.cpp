#include "daemon/cli/json_words.h"

#include <nlohmann/json.hpp>

namespace duet::cli {

using nlohmann::json;

std::string word(const json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::int64_t number(const json& object, const char* key) {
    if (!object.is_object()) return 0;
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

json list_of(const json& object, const char* key) {
    if (!object.is_object()) return json::array();
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? *found : json::array();
}

bool flag(const json& object, const char* key) {
    if (!object.is_object()) return false;
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

}  // namespace duet::cli
