#pragma once

#include <stop_token>

#include "daemon/sync/org.h"

namespace duet::sync {

/// What became of one write that was in flight.
enum class Settled : std::uint8_t {
    Done,     // the vendor has it: laid over what was seen, audited
    Refused,  // never as it is: put aside in the vendor's own words
    Later,    // not now: tried again after a delay
    InDoubt,  // nobody knows: looked at before anything more is planned for that entity
};

/// Stores the outcome of one write: inside the caller's transaction, everything or nothing.
Result<Settled> settle(Org& org, const store::InFlight& write, const Result<Written>& outcome);

/// Looks at every write in doubt whose time has come, and settles it by what the vendor holds:
/// done, not done (planned anew), or changed by someone else (planned anew).
Status resolve_doubts(Org& org, std::stop_token stop);

/// Whether an outcome says nothing of its record: the whole side is closed or cannot be reached.
[[nodiscard]] bool concerns_whole_side(const Error& error);

/// Whether it cost a whole wait and brought no word: the next call may well wait in vain, too.
[[nodiscard]] bool has_no_answer(const Error& error);

}  // namespace duet::sync
