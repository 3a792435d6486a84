#pragma once

#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/sync/org.h"

namespace duet::sync {

/// What reading records once more came to.
struct Refreshed {
    std::set<std::string> changed;  // keys of those that somebody changed since they were seen
    std::optional<Error> error{};   // why the side could not be read
};

/// Reads the records of `keys` by key. One that somebody changed is stored as it is now and decided
/// anew; a read that is older than what was seen, or that may miss a write of ours, says nothing.
/// An Error is the store's.
Result<Refreshed> refresh(Org& org, const ObjectModel& object, std::span<const std::string> keys,
                          std::stop_token stop);

/// Reads the records that `writes` would update once more, when their side was read longer ago
/// than `stale_after`, and says for each write whether it may still go out: false where somebody
/// changed the record meanwhile. Such a record is stored as it is now and decided anew.
/// All true when nothing is stale, for creates and deletes, and when the side cannot be read
/// (then the write itself will say so). An Error is the store's.
Result<std::vector<char>> freshen(Org& org, Side side, std::span<const store::InFlight> writes,
                                  std::stop_token stop);

}  // namespace duet::sync
