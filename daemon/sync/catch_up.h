#pragma once

#include <stop_token>

#include "daemon/sync/org.h"

namespace duet::sync {

/// Whether an org that was restored from a copy has not read all of both sides again, and since
/// when it does.
struct CatchUp {
    bool is_on = false;
    Instant since{};
};
[[nodiscard]] Result<CatchUp> find_catch_up(Org& org);

/// Ends the catching up once both sides were read again, and as long ago as a read may lag behind
/// a write: what a copy knew and the side no longer told is asked for by its key, 200 a call, and
/// counted as pulled. A side that cannot be asked leaves the org catching up; an Error is the
/// store's. Safe to repeat.
Status catch_up(Org& org, Instant since, store::CycleRow& counts, std::stop_token stop);

}  // namespace duet::sync
