#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "connectors/sandbox/schema.h"

namespace duet::sandbox {

/// The object's entry of describe global. `root`: "/services/data/v66.0".
[[nodiscard]] nlohmann::json global_entry(const Object& object, const std::string& root);
/// The whole describe: every key that a v59 answer has.
[[nodiscard]] nlohmann::json describe_json(const Schema& schema, const Object& object,
                                           const std::string& root);

}  // namespace duet::sandbox
