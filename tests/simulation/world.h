#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/sync/cycle.h"
#include "tests/simulation/documents.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/vendors.h"
#include "tests/world/crashing_store.h"
#include "tests/world/fault_disk.h"
#include "tests/world/world.h"

namespace duet::simulation {

/// Two vendors, the store and the cycle. The store lies on a disk in memory. A restart is a new
/// process that opens it; after a crash the power failed too, and of what was not synced the seed
/// says what is left. A store that is `kept_open` (SQLite's own memory) outlives both, for tests
/// that compare or that need no disk: what was not committed is rolled back.
class SimulatedOrg {
public:
    /// `make_vendors`: empty: two in memory.
    SimulatedOrg(std::uint64_t seed, bool kept_open, const MakeVendors& make_vendors = {});
    SimulatedOrg(const SimulatedOrg&) = delete;
    SimulatedOrg& operator=(const SimulatedOrg&) = delete;
    ~SimulatedOrg();

    world::WorldClock clock;
    [[nodiscard]] world::WatchedSide& side(Side which) { return vendors_->side(which); }
    [[nodiscard]] world::CrashingStore& store() { return *crashing_; }
    [[nodiscard]] int rule_set() const noexcept { return rule_set_; }

    /// One cycle; nothing when the process died in it. A fault of the store is an Error.
    std::optional<Result<sync::CycleReport>> run_cycle();
    /// What comes after run_cycle() said that the process died.
    void restart_after_crash();
    /// A restart, in good order, with other documents.
    void reload(int rule_set);
    /// For a test of the judge: what was sent and not answered is no longer known.
    void forget_in_flight();
    /// Writes that a plan of everybody holds now; nothing is sent.
    [[nodiscard]] Result<std::vector<std::string>> plan_of_everybody();
    [[nodiscard]] Result<std::vector<Doubt>> review_queue();
    /// What does not hold in the state file (`duet store check`).
    [[nodiscard]] Result<std::vector<std::string>> broken_invariants();
    /// What `duet status`, the metrics and `duet quarantine list` would tell, as one text.
    [[nodiscard]] Result<std::string> told_to_people();

private:
    void restart();
    void open_store();
    void make_org();

    std::uint64_t seed_;
    world::SeededRandom random_;
    world::SeededRandom luck_;                // of what a power cut leaves
    std::unique_ptr<world::FaultDisk> disk_;  // none: kept open
    int rule_set_ = 0;
    std::unique_ptr<Vendors> vendors_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<world::CrashingStore> crashing_;
    std::unique_ptr<sync::Org> org_;
};

}  // namespace duet::simulation
