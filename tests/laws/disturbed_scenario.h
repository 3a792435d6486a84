#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/laws/scenarios.h"
#include "tests/world/fault_disk.h"

/// Scenarios in which something fails: how they are played to their end, and that they end as if
/// nothing had failed.
namespace duet::world {

struct Outcome {
    std::int64_t calls = 0;  // of the store, by the steps
    std::map<std::string, std::int64_t, std::less<>> functions{};
    std::vector<std::int64_t> durable{};  // numbers of the calls that made something durable
    int reported = 0;                     // failures that somebody was told of
    std::string failed{};                 // the function whose call was failed
    std::vector<std::string> story{};
    Deeds deeds{};
};

/// A world in which a scenario's steps are about to run: calls are counted from here.
struct Stage {
    /// `disk`: a tight store lies on it; null: the store is in SQLite's own memory.
    explicit Stage(const Scenario& scenario, FaultDisk* disk = nullptr);
    World world;
};

/// What a test does besides; each may be empty.
struct Meanwhile {
    std::function<void()> before_restart{};  // the process is about to end
    std::function<void()> when_steps_are_done{};
};

/// Runs the steps, each again when it failed, and then on until all is quiet. `code`: of failures;
/// the test fails at another, and when a step fails time and again.
[[nodiscard]] Outcome finish(World& world, const Scenario& scenario, const char* code,
                             const Meanwhile& meanwhile = {});

/// The fault-free run: everything else is compared with it.
[[nodiscard]] Outcome calm_run(const Scenario& scenario);

/// The test fails unless people see the same on both sides and nothing was done to them twice.
void expect_as_if_nothing_had_happened(const Outcome& calm, Outcome run);

}  // namespace duet::world
