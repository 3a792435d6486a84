#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "daemon/sync/org.h"

namespace duet::sync {

/// Reads the records that `writes` would update once more, when their side was read longer ago
/// than `stale_after`, and says for each write whether it may still go out: false where somebody
/// changed the record meanwhile. Such a record is stored as it is now and decided anew.
/// All true when nothing is stale, for creates and deletes, and when the side cannot be read
/// (then the write itself will say so). An Error is the store's.
Result<std::vector<char>> freshen(Org& org, Side side, std::span<const store::InFlight> writes,
                                  std::stop_token stop);

}  // namespace duet::sync
