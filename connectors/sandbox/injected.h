#pragma once

#include <cstdint>
#include <random>
#include <set>
#include <string>

namespace duet::sandbox {

/// What a fault changes within the work of one request; the default changes nothing.
struct InjectedFaults {
    std::set<std::int64_t> rows;  // rows of the request that fail, counted from 0
    double row_probability = 0;   // of each other row, drawn from `random`
    std::mt19937_64 random{1};
    std::string row_code, row_words;
    std::int64_t next_row = 0;
    std::int64_t stamp_behind_ms = 0;  // writes are stamped that far in the past
    std::string job_state;             // what a Bulk job that is made comes to: "Failed", ...
    std::int64_t lose_rows = 0;        // rows that a Bulk query counts and does not give

    [[nodiscard]] bool breaks_rows() const noexcept { return !rows.empty() || row_probability > 0; }
    /// Whether the row that comes next fails.
    [[nodiscard]] bool next_row_fails();
};

}  // namespace duet::sandbox
