#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "mappings/result.h"

namespace duet::csv {

/// Settings of the csv connector. JSON keys are the member names; durations end in `_seconds`.
struct Config {
    std::string folder;                      // required; an absolute path
    std::string key_field = "id";            // the column that names a row
    std::string stamp_field = "updated_at";  // the column of its last edit, an instant
    std::string deleted_field = "deleted";   // the column that marks tombstones, where there is one
    /// How far back rows are read again when the file has changed. 60 s: programs that stamp whole
    /// seconds or minutes, or whose clock lags, write rows older than what was read already.
    std::chrono::seconds overlap{60};
};

/// Reads the settings; one error names all that is wrong.
[[nodiscard]] Result<Config> read_config(const nlohmann::json& settings);

}  // namespace duet::csv
