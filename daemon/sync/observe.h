#pragma once

#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>

#include "daemon/sync/org.h"

namespace duet::sync {

/// How the reading of one side went.
struct Observed {
    bool ready = false;               // every object is loaded and up to date
    std::set<std::string> loading{};  // objects whose first load goes on in the next cycle
    std::optional<Error> error{};     // why it is not, when something failed
};

/// Reads what is new on one side and adds to `counts`. A page and the cursor past it are stored in
/// one transaction, so a crash repeats a page and never skips one. A first load that takes long
/// goes on in the next cycle, so that what is new of other objects does not wait. A connector's
/// fault ends the reading of that side and is told in the outcome; a fault of the store is an
/// Error.
Result<Observed> observe(Org& org, Side side, store::CycleRow& counts, std::stop_token stop);

/// Stores one page: each row is compared with what was seen, counted in its class, and queued to
/// be looked at when it changed. In one transaction with the cursor. `began`: when the read that
/// the page belongs to began.
Status store_page(Org& org, const ObjectModel& object, const ChangePage& page, Instant began,
                  store::CycleRow& counts);

/// How a record that a full compare read stands to what was seen.
enum class Met : std::uint8_t {
    AsSeen,
    Newer,    // changed since the last read: nothing to wonder at
    Drifted,  // other than seen, and no change was told
};

/// Stores a record that a full compare read, or asked for by key, as a page's row is, and notes
/// that `pass` met it. Inside the caller's transaction.
Result<Met> store_compared_change(Org& org, const ObjectModel& object, const Change& change,
                                  std::int64_t pass, store::CycleRow& counts);

}  // namespace duet::sync
