#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/sandbox/pardot_rows.h"
#include "connectors/sandbox/pardot_schema.h"
#include "connectors/sandbox/pardot_settings.h"

namespace duet::sandbox {

class SandboxState;

/// What `fields=id,email,campaign.name` asks of one collection.
struct PardotSelection {
    PardotCollection collection;
    std::vector<std::string> fields;
    std::map<std::string, PardotSelection> relations;  // by relation name
};

/// Refuses an unknown name (setting unknown_field_code), a multi-value field where `query`
/// (224), and a path through more than 3 objects (193). `fields` may not be empty.
[[nodiscard]] PardotSelection parse_selection(SandboxState& state, const PardotSettings& settings,
                                              const PardotCollection& collection,
                                              const std::vector<std::string>& fields, bool query);

/// Splits "id, email,,campaign.name" at the commas.
[[nodiscard]] std::vector<std::string> split_names(std::string_view text);

/// One record: id first, standard fields by name, custom fields by name; null fields are there.
/// Related records are read from the same copy.
[[nodiscard]] nlohmann::ordered_json project(SandboxState& state, const PardotSettings& settings,
                                             const PardotSelection& selection, const PardotRow& row,
                                             PardotCopy copy);

/// "2018-01-02T05:04:05+02:00" of a stored time, in the API user's offset.
[[nodiscard]] std::string shown_time(std::string_view stored, std::string_view offset);

}  // namespace duet::sandbox
