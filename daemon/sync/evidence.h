#pragma once

#include "daemon/store/store.h"
#include "daemon/sync/org.h"

namespace duet::sync {

/// Takes note in `now` of when the fields that most recent rules compare took their values: after
/// `polled`, when the last complete read of the object began, and not after this moment. What
/// differs from `before` only in how the vendor spells it took its value before. Also takes out
/// who changed the record last, where no rule reads it. `before`: the row as stored; nullptr: it
/// is new.
void note_changes(const Org& org, const ObjectModel& object, const store::SeenRow* before,
                  Instant polled, store::SeenRow& now);

/// A value that Duet itself wrote proves nothing about people.
void note_own_write(const Org& org, const ObjectModel& object, const Fields& written,
                    store::SeenRow& row);

}  // namespace duet::sync
