// The seeded worlds of tests/simulation, script for script and with their judge, over the real
// connectors and the sandbox's own handlers. DUET_WORLD_SEEDS sets how many seeds are run,
// DUET_WORLD_SEED runs one and tells what happened in it.
#include <chrono>
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "tests/simulation/player.h"
#include "tests/wire/sandbox_vendors.h"

namespace duet::wire {
namespace {

using simulation::Failure;
using simulation::Played;
using simulation::PlayOptions;

constexpr std::uint64_t kShares = 4;  // which may run beside each other
constexpr std::uint64_t kSeeds = 200;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* set = std::getenv(name);
    return set == nullptr ? otherwise : std::strtoull(set, nullptr, 10);
}

Played play(std::uint64_t seed, bool keeps_log) {
    PlayOptions options;
    options.vendors = make_sandbox_vendors;
    options.keeps_log = keeps_log;
    return simulation::play(simulation::script_of(seed), options);
}

/// Plays one of the worlds, and says what was wrong in it.
Played judge(std::uint64_t seed, bool keeps_log) {
    Played played = play(seed, keeps_log);
    for (const std::string& line : played.log) std::cout << line << '\n';
    for (const Failure& failure : played.failures)
        ADD_FAILURE() << "DUET_WORLD_SEED=" << seed << " tells more: " << failure.kind << ": "
                      << failure.what;
    return played;
}

class SeededWorlds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SeededWorlds, OverRealConnectorsTheLawsHold) {
    const std::uint64_t first = 1 + GetParam();
    if (const std::uint64_t one = from_environment("DUET_WORLD_SEED", 0); one != 0) {
        if (one % kShares == first % kShares) judge(one, true);
        return;
    }
    const auto began = std::chrono::steady_clock::now();
    const std::uint64_t last = from_environment("DUET_WORLD_SEEDS", kSeeds);
    Played sum;
    std::uint64_t seeds = 0;
    for (std::uint64_t seed = first; seed <= last; seed += kShares) {
        const Played played = judge(seed, false);
        ++seeds;
        sum.events += played.events;
        sum.faults += played.faults;
        sum.cycles += played.cycles;
        sum.writes += played.writes;
        sum.people += played.people;
        sum.blurred += played.blurred;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::cout << seeds << " seeds in " << took.count() << " s: " << sum.people << " people ("
              << sum.blurred << " judged by consent only), " << sum.events << " events, "
              << sum.faults << " faults met, " << sum.cycles << " cycles, " << sum.writes
              << " writes\n";
    EXPECT_GT(sum.faults, 0U);
}

INSTANTIATE_TEST_SUITE_P(Share, SeededWorlds, testing::Range(std::uint64_t{0}, kShares));

}  // namespace
}  // namespace duet::wire
