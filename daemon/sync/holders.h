#pragma once

#include <span>
#include <stop_token>

#include "daemon/sync/freshen.h"
#include "daemon/sync/org.h"

namespace duet::sync {

/// Whether the create makes a record of its own entity: not a task, a membership or another record
/// about it.
Result<char> makes_entity(const Org& org, const store::InFlight& create);

/// Whether the create could write over somebody's record, as connectors create by key: its key is a
/// value of people's (an address), which others can hold, not one that Duet made.
Result<char> may_write_over(const Org& org, const store::InFlight& create);

/// Asks the side who holds the key of each create that could write over them: the store knows only
/// what was read so far. Nobody: it goes. Somebody: they are read and stored, to be met as any
/// stranger by the match rules, and the create does not go. Takes a call a create, and one more
/// where somebody is found. An Error is the store's.
Result<Freshness> find_holders(Org& org, Side side, std::span<const store::InFlight> creates,
                               std::stop_token stop);

}  // namespace duet::sync
