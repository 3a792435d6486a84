#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/sync/planner.h"
#include "daemon/sync/settle.h"

namespace duet::sync {

struct Sent {
    std::int64_t done = 0;
    std::int64_t refused = 0;
    std::int64_t later = 0;
    std::int64_t in_doubt = 0;
    std::int64_t not_sent = 0;               // the side was closed, the budget used, or a stop came
    PerSide<std::optional<Error>> closed{};  // why a side took no more
    std::map<store::EntityId, std::string> waiting;  // whose write is not done, and why
};

/// Told of each write what became of it; nothing: it was not sent. `why`: of all but done ones.
using SendVisitor =
    std::function<void(const store::InFlight&, std::optional<Settled>, const std::string& why)>;

/// Sends the writes in batches of one side, object and kind, those that tighten consent first.
/// Each batch is stored as in flight before it is sent and settled in one transaction after.
/// (What depends on a create is planned only once the create was acknowledged.)
/// An Error is the store's; vendors' faults are outcomes.
Result<Sent> send(Org& org, std::vector<PlannedWrite> writes, store::CycleId cycle,
                  std::stop_token stop, const SendVisitor& visit = {});

}  // namespace duet::sync
