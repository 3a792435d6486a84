#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mappings/formula/formula.h"

namespace duet::formula {

/// A vector is one evaluation with its known result, as one JSON object in one line; README.md
/// lists its keys. Anyone can write them from what their own org answers.
enum class VectorState : std::uint8_t {
    Passed,
    Failed,
    Skipped,  // it uses a function that Duet does not have
};

/// What became of one vector.
struct VectorResult {
    std::string id;  // empty when the line has none
    std::string formula;
    VectorState state = VectorState::Failed;
    bool disputed = false;  // marked `contested` or `quirk`: reported, not counted
    std::string expected;   // as `show` writes it; "error" when it must fail
    std::string got;        // the same; "error: ..." when it failed, or what is wrong with the line
};

/// How far the zone of that name is ahead of UTC at `at`; nothing when there is no such zone.
using ZoneOffset = std::function<std::optional<std::chrono::minutes>(std::string_view, DateTime)>;

/// Runs one line. Never throws: a line that is no vector is a failed one that says why. The clock
/// of a row with a zone stands at 2025-01-01.
[[nodiscard]] VectorResult run_vector(std::string_view line, const ZoneOffset& zone_offset);

/// The comparison that the vectors ask for: numbers within 1e-12 relative, texts after trimming,
/// an empty text is null. `false_is_null` where the source folded null booleans to false.
[[nodiscard]] bool same_result(const Value& got, const Value& expected, bool false_is_null);

/// A result in one line, so that different values of any types look different: texts in quotes,
/// "null" for none.
[[nodiscard]] std::string show(const Value& value);

}  // namespace duet::formula
