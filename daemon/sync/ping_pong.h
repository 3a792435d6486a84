#pragma once

#include "daemon/sync/planner.h"

namespace duet::sync {

/// Freezes each field of an acknowledged update that Duet wrote too often between the same two
/// values (`ping_pong_times` within `ping_pong_within`): something carries it back each time. A
/// frozen field is put aside like a refused write, until a person says so, the documents change,
/// or the field takes a third value. An opt-out is never frozen. Call once the write's audit rows
/// are stored, in the same transaction.
Status watch_for_ping_pong(Org& org, const store::InFlight& write);

/// What a frozen field does to a plan.
enum class Frost : std::uint8_t {
    Holds,  // the field was taken out of the plan, or is at rest between its two values
    Thaws,  // it goes on: the row is to be forgotten
};

/// Takes the frozen field of `row` (its code is kFrozenCode) out of the plan's writes. `now_held`:
/// what the record's field holds, nullptr when it has none.
[[nodiscard]] Frost apply_frost(const store::Quarantined& row, const Value* now_held, Instant now,
                                EntityPlan& plan);

}  // namespace duet::sync
