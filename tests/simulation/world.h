#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/sync/cycle.h"
#include "tests/simulation/documents.h"
#include "tests/world/crashing_store.h"
#include "tests/world/fake_side.h"
#include "tests/world/world.h"

namespace duet::simulation {

/// Two vendors, the store and the cycle. A restart is a new process on the same store: in memory
/// the connection stays and what was not committed is gone; in a file the store is opened anew.
class SimulatedOrg {
public:
    SimulatedOrg(std::uint64_t seed, bool store_in_file);
    SimulatedOrg(const SimulatedOrg&) = delete;
    SimulatedOrg& operator=(const SimulatedOrg&) = delete;
    ~SimulatedOrg();

    world::WorldClock clock;
    [[nodiscard]] world::FakeSide& side(Side which) { return *sides_[which]; }
    [[nodiscard]] world::CrashingStore& store() { return *crashing_; }
    [[nodiscard]] int rule_set() const noexcept { return rule_set_; }

    /// One cycle; nothing when the process died in it. A fault of the store is an Error.
    std::optional<Result<sync::CycleReport>> run_cycle();
    void restart();
    /// A restart with other documents.
    void reload(int rule_set);
    /// For a test of the judge: what was sent and not answered is no longer known.
    void forget_in_flight();
    /// Writes that a plan of everybody holds now; nothing is sent.
    [[nodiscard]] Result<std::vector<std::string>> plan_of_everybody();

private:
    void open_store();
    void make_org();

    std::uint64_t seed_;
    world::SeededRandom random_;
    std::filesystem::path folder_;
    int rule_set_ = 0;
    PerSide<std::unique_ptr<world::FakeSide>> sides_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<world::CrashingStore> crashing_;
    std::unique_ptr<sync::Org> org_;
};

}  // namespace duet::simulation
