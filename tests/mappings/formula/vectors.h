#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mappings/formula/formula.h"

namespace duet::formula {

/// What a vector's formula gave: a value, or nothing when it failed.
using Outcome = std::optional<Value>;

/// One line of the vectors, run.
struct Row {
    std::string id;
    std::string formula;
    bool counted = true;  // neither contested nor a quirk of the reference
    bool known = true;    // all its functions are implemented
    bool passed = false;
    std::string got;  // for messages
    std::string expected;
};

[[nodiscard]] std::vector<Row> run_vectors();

/// Formulas and their trees.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_vectors();

/// Ids that the list of exceptions names.
[[nodiscard]] std::set<std::string> exceptions();

/// The comparison that the vectors ask for: numbers within 1e-12 relative, texts after trimming,
/// an empty text is null. `false_is_null` where the source folded null booleans to false.
[[nodiscard]] bool same_result(const Value& got, const Value& expected, bool false_is_null);

}  // namespace duet::formula
