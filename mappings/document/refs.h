#pragma once

#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// A field of one side: a path for all of the entity's objects, or one an object
/// (`{ contact: Account.Name, lead: Company }`). Reports objects and fields that do not exist.
[[nodiscard]] FieldRef read_ref(const Node& node, Side side, const EntityOutline& outline,
                                const Context& context);

/// The fields of a consent rule on one side: a field or a list of them, each either as above or
/// under `not:`, which turns it round.
[[nodiscard]] std::vector<ConsentField> read_consent_fields(const Node& node, Side side,
                                                            const EntityOutline& outline,
                                                            const Context& context);

}  // namespace duet::document
