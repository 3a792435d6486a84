#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sync/org.h"
#include "daemon/sync/planner.h"

namespace duet::sync {

/// Which kinds of write one plan has too much of. Pure.
/// `population`: live records of both sides, which shares are of.
[[nodiscard]] std::vector<store::Held> find_held(const std::map<std::string, std::int64_t>& counts,
                                                 const std::map<std::string, BrakeLimit>& limits,
                                                 std::int64_t population);

/// How many writes of each brake kind there are.
void count_kinds(const std::vector<PlannedWrite>& writes,
                 std::map<std::string, std::int64_t>& counts);

/// True when the write is of a held kind that nobody released.
[[nodiscard]] bool is_held(const PlannedWrite& write, const std::vector<store::Held>& held);

}  // namespace duet::sync
