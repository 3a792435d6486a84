#pragma once

#include <string>
#include <vector>

#include "daemon/report/report.h"

/// Numbers as people read them: thousands parted by commas, decimals by a point.
namespace duet::report {

/// "1,234.5"; no "-0".
[[nodiscard]] std::string grouped(double value, int decimals);

/// A cell without its unit, but for the percent sign: "1,234", "12.3 %", "5.5"; "–" for nothing.
[[nodiscard]] std::string shown(const Cell& cell, Kind kind);

/// With its unit: "1,234 people", "EUR 1,234", "5.5 days", "12.3 %"; "–" for nothing.
[[nodiscard]] std::string shown_whole(const Cell& cell, const Column& column);

/// The column's heading with its unit: "Median stay (days)".
[[nodiscard]] std::string heading(const Column& column);

/// For an axis: "1.2 M", "350 k", "12".
[[nodiscard]] std::string compact(double value);

/// 0 and the round steps up to the first that is not below `most`: at most `parts` + 1 of them, and
/// at least two.
[[nodiscard]] std::vector<double> ticks(double most, int parts);

}  // namespace duet::report
