#pragma once

#include <string>

#include "daemon/report/report.h"

namespace duet::report {

/// The report as one HTML file that asks no network and runs no script: charts, the tables behind
/// them, and the report itself as JSON in a data block (`id="report"`). A policy in the page
/// allows our own style sheet and nothing else. Every figure stands in an element with `data-v`
/// (its value as in JSON) and `data-at` ("stages/3/people": table, row, column).
[[nodiscard]] std::string html_page(const Report& report);

}  // namespace duet::report
