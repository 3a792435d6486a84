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

/// What a look just before a write says of it.
enum class Fresh : std::uint8_t {
    Goes,
    Changed,  // the record, or who holds the create's key, is another than was known: stored as it
              // is now, and decided anew
    Held,     // of a create: nothing new, and yet its key is held there
    Unread,   // nobody could look: the write waits
};

struct Freshness {
    std::vector<Fresh> of;         // each write, in the order given
    std::optional<Error> error{};  // why those that are Unread could not be looked at
};

/// Looks at the side once more just before `writes`, all of one object and kind, go out:
/// - records that would be updated or deleted are read by key, when their side was read longer ago
///   than `stale_after`. Where that fails only opt-outs go all the same: they loosen nothing;
/// - who holds the key of a create is asked, where the create would write over them and the key is
///   people's own (holders.h).
/// An Error is the store's.
Result<Freshness> freshen(Org& org, Side side, std::span<const store::InFlight> writes,
                          std::stop_token stop);

}  // namespace duet::sync
