#pragma once

#include <vector>

#include "mappings/document/findings.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// One line for each row of its `for_each:`, with every {name} of a text replaced by the row's
/// value; the line as it is when it has none. Reports rows of different names, values that would
/// break a formula, and names that no row has. In texts that were replaced, places are where the
/// text begins.
[[nodiscard]] std::vector<Node> expand_each(const Node& line, Findings& findings);

}  // namespace duet::document
