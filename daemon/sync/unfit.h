#pragma once

#include <string>

#include "daemon/sync/org.h"

/// Decisions that left a value out because a field, as its side describes it, cannot take it: a
/// picklist lacks the option, a text is too long, the type is another. No vendor refused anything,
/// so nothing is put aside; another description is reason enough to decide again.
namespace duet::sync {

/// Remembers it of an entity. Inside the caller's transaction.
Status note_unfit(Org& org, const store::Entity& entity);

/// Whether it is remembered of anybody; false too where the store cannot tell.
[[nodiscard]] bool is_anybody_unfit(store::Store& store, const std::string& org);

/// Has those looked at again of whose kind an object is described otherwise now. In a transaction
/// of its own; costs one look where nobody is unfit.
Status free_unfit(Org& org);

}  // namespace duet::sync
