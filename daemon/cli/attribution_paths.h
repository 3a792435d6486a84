#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/input_table.h"
#include "mappings/attribution/journeys.h"
#include "mappings/attribution/model.h"

namespace duet::cli {

/// A file of recorded journeys.
struct JourneyFile {
    attribution::Journeys journeys;
    bool has_value = false;
    bool has_null = false;
    std::vector<std::string> warnings;
};

/// Reads path, total_conversions, total_conversion_value and total_null; the last two may be
/// missing, the order of columns does not matter, others are passed over.
[[nodiscard]] JourneyFile read_journeys(const std::string& path, const std::string& separator,
                                        Problems& problems);

/// What each model credits each channel with, channels by name. Its form is documented in
/// daemon/cli/README.md.
[[nodiscard]] nlohmann::json credit_journeys(JourneyFile file,
                                             const std::vector<attribution::Model>& models,
                                             const attribution::LearningSettings& settings);

[[nodiscard]] std::string journeys_as_text(const nlohmann::json& answer);
[[nodiscard]] std::string journeys_as_csv(const nlohmann::json& answer);

}  // namespace duet::cli
