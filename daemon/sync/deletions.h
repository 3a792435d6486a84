#pragma once

#include "daemon/sync/planner.h"

namespace duet::sync {

/// The record that goes because people deleted the other one, as a write that the brake counts.
void add_deletion_write(EntityPlan& plan);

/// Takes back what the decision would do for a deletion, and what it would remember of it.
void forget_deletion(EntityPlan& plan);

/// Whether a marketing record holds a marker where the id of its CRM record would stand: it had
/// one, and people deleted it or want none. `row` may be nullptr.
[[nodiscard]] bool is_marked_gone(const Model& model, const store::SeenRow* row,
                                  const document::EntityDocument& document);

}  // namespace duet::sync
