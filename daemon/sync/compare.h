#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/sync/observe.h"
#include "daemon/sync/org.h"

namespace duet::sync {

/// Records of one object that a full compare found other than they were seen, though the side told
/// of no change.
struct Drift {
    std::string system;
    std::string object;
    std::int64_t found = 0;
};

/// Goes on a little with the full compare of each object that is loaded: everything is read once
/// more over days, evenly, and what was met nowhere is asked for by its key. Differences are
/// stored and queued as changes are, so that the same rules heal them. Takes at most
/// `compare_share` of a side's calls of the day, and nothing of a side that could not be read.
/// A connector's fault puts it off; an Error is the store's. Safe to repeat.
Result<std::vector<Drift>> compare_some(Org& org, const PerSide<Observed>& observed,
                                        store::CycleRow& counts, std::stop_token stop);

/// What came of asking for records that a pass met nowhere.
enum class Asked : std::uint8_t {
    Ended,  // the pass is over: what was seen equals the side's records as of its beginning
    More,   // there is more to ask for
    Not,    // the side cannot be asked now; nothing moved
};

/// Looks at the object's next rows, asks the side for those that its pass met nowhere, and moves
/// the comparison on, in one transaction with what came.
Result<Asked> ask_for_untold(Org& org, const ObjectModel& object, store::Comparison comparison,
                             store::CycleRow& counts, std::stop_token stop);

}  // namespace duet::sync
