#pragma once

#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// Reads `deleted:`; `fields` are the entity's rules, which must not write a field that is marked.
[[nodiscard]] std::vector<DeletionRule> read_deletions(const Node& node,
                                                       const EntityOutline& outline,
                                                       const std::vector<FieldRule>& fields,
                                                       const Context& context);

}  // namespace duet::document
