#pragma once

#include <functional>
#include <optional>
#include <string>

#include "daemon/store/store.h"
#include "daemon/sync/cycle.h"
#include "daemon/sync/org.h"

namespace duet::world {

class WorldClock;

/// What a world lends to its cycles; all of it outlives the call.
struct CycleSetting {
    sync::Org& org;
    WorldClock& clock;
    std::string& errors;            // what sides said when they could not be read, a line each
    bool checks_balance;            // the counts of a cycle must add up
    std::function<void()> restart;  // makes a new process of the one that died
};

/// One cycle, after which 90 s pass. None when the process died in it, or when it failed, which
/// fails the test.
[[nodiscard]] std::optional<sync::CycleReport> run_one_cycle(const CycleSetting& setting);

/// Runs `cycle` until two in a row find nothing to do, and once more a day later when something
/// is quarantined. Fails the test after 120 cycles. `store` is asked anew each time: a restart may
/// have opened another. Its failures are thrown as std::runtime_error.
void run_cycles_until_quiet(const std::function<std::optional<sync::CycleReport>()>& cycle,
                            const std::function<store::Store&()>& store, const std::string& org,
                            WorldClock& clock, const std::string& errors);

}  // namespace duet::world
