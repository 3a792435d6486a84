#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mappings/formula/vectors.h"

namespace duet::formula {

/// The lines of the vectors that ship with the tests, run.
[[nodiscard]] std::vector<VectorResult> run_vectors();

/// Formulas and their trees.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_vectors();

/// Ids that the list of exceptions names.
[[nodiscard]] std::set<std::string> exceptions();

}  // namespace duet::formula
