#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace duet::salesforce {

/// The text under a key of an object of the vendor's answer; empty: there is none.
[[nodiscard]] std::string text_at(const nlohmann::json& object, const char* key);

}  // namespace duet::salesforce
