#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mappings/formula/vectors.h"

namespace duet::cli {

/// What became of a file of vectors.
struct VectorsReport {
    std::size_t vectors = 0;  // lines; passed + failed + skipped + both kinds of disputed ones
    std::size_t passed = 0;
    std::size_t disputed_passed = 0;
    std::vector<formula::VectorResult> failures{};
    std::vector<formula::VectorResult> skipped{};
    std::vector<formula::VectorResult> disputed_failures{};
};

/// Runs every line that is not empty. A line without an id is called "line N".
[[nodiscard]] VectorsReport run_vectors(std::istream& file, const formula::ZoneOffset& zone_offset);

[[nodiscard]] std::string to_text(const VectorsReport& report);
[[nodiscard]] nlohmann::json to_json(const VectorsReport& report);

}  // namespace duet::cli
