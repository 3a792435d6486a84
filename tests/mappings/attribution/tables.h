#pragma once

#include <map>
#include <string>
#include <vector>

#include "mappings/attribution/journeys.h"

namespace duet::attribution {

/// A row of a CSV file without quotes, by column.
using TableRow = std::map<std::string, std::string>;

/// All rows of a file below tests/payloads/attribution; it must exist.
[[nodiscard]] std::vector<TableRow> read_table(const std::string& name);

/// "A > B > C" as the numbers of its channels.
[[nodiscard]] std::vector<std::uint32_t> steps_of(Journeys& journeys, const std::string& path);

/// path_data.csv
[[nodiscard]] Journeys reference_journeys();

}  // namespace duet::attribution
