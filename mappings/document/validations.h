#pragma once

#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// Reads `validations:` of one entity: one Validation for each rule and object, in order.
[[nodiscard]] std::vector<Validation> read_validations(const Node& node,
                                                       const EntityOutline& outline,
                                                       const Context& context);

}  // namespace duet::document
