#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/report/report.h"

namespace duet::cli {

/// The report for a terminal: figures, then each table.
[[nodiscard]] std::string report_text(const report::Report& report);

/// The report as CSV files: name ("stages.csv") and content, and `columns.csv`, which says what
/// each column of the others is and in which unit. A text that a spreadsheet would take for a
/// formula has an apostrophe before it.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> report_csv(
    const report::Report& report);

}  // namespace duet::cli
