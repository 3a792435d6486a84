#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace re2 {
class RE2;
}

namespace duet::formula {

/// Patterns in one formula; each may take 1 MiB.
constexpr std::size_t kMostPatterns = 100;

/// A regular expression as the vendor's formulas write it: Java's, so far as RE2 can follow. Named
/// ASCII classes (\p{Alpha}), \h, \R and \Z are translated; what needs backtracking (look-around,
/// back references, possessive repetition) is refused. Ask `ok()`; safe to share between threads.
[[nodiscard]] std::shared_ptr<const re2::RE2> make_pattern(std::string_view source);

}  // namespace duet::formula
