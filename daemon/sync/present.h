#pragma once

#include "daemon/sync/apply_writes.h"

namespace duet::sync {

/// Compares one write with what was seen last, and takes out of it the fields that are as wanted
/// already. Later with no reason: it may go out. An Error is the store's.
Result<Outcome> check_present(Org& org, PlannedWrite& planned);

}  // namespace duet::sync
