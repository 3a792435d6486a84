#pragma once

#include <string_view>
#include <variant>

#include "mappings/formula/formula.h"
#include "mappings/formula/tree.h"

namespace duet::formula {

/// Reads a formula's text into a tree; the first fault ends the reading.
///
/// Precedence, loosest first: || ; && ; = == <> != ; < <= > >= ; + - & ; * / ; ^ ; prefix
/// + - ! NOT. All binary operators group from the left. `^` binds tighter than `*`, as the
/// product's own sample of compound interest needs.
[[nodiscard]] std::variant<Tree, CompileError> parse(std::string_view text, const Options& options);

}  // namespace duet::formula
