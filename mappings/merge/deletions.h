#pragma once

#include "mappings/merge/decide.h"

namespace duet::merge {

/// Under which name `Agreed` remembers, on the side of the record that is left, what its deletion
/// rule did to it. No field rule has this name.
inline constexpr const char* kDeletionNote = "(deletion)";

/// Carries out the document's rule for a record that people deleted: marks or deletes the one that
/// is left, and takes a mark back when both live again. What Duet deleted itself is no deletion by
/// people: it never comes back to the side where it began.
void follow_deletions(const Inputs& inputs, Decision& decision);

}  // namespace duet::merge
