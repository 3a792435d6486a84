// The seeded worlds of tests/simulation, script for script and with their judge, over the real
// connectors and the sandbox's own handlers, by command: DUET_WORLD_SEEDS sets how many seeds are
// run, DUET_WORLD_SEED runs one and tells what happened in it.
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

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* set = std::getenv(name);
    return set == nullptr ? otherwise : std::strtoull(set, nullptr, 10);
}

Played play(std::uint64_t seed, bool keeps_log) {
    PlayOptions options;
    options.vendors = make_sandbox_vendors;
    options.keeps_log = keeps_log;
    try {
        return simulation::play(simulation::script_of(seed), options);
    } catch (const std::exception& odd) {
        Played played;
        played.failures.push_back({"odd", odd.what()});
        return played;
    }
}

class SeededWorlds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SeededWorlds, OverRealConnectorsTheLawsHold) {
    const std::uint64_t one = from_environment("DUET_WORLD_SEED", 0);
    const std::uint64_t seeds = from_environment("DUET_WORLD_SEEDS", 0);
    if (one == 0 && seeds == 0) GTEST_SKIP() << "DUET_WORLD_SEEDS says how many";
    Played sum;
    for (std::uint64_t seed = one != 0 ? one : 1 + GetParam(); seed <= (one != 0 ? one : seeds);
         seed += kShares) {
        const Played played = play(seed, one != 0);
        for (const std::string& line : played.log) std::cout << line << '\n';
        for (const Failure& failure : played.failures)
            ADD_FAILURE() << "DUET_WORLD_SEED=" << seed << " tells more: " << failure.kind << ": "
                          << failure.what;
        if (HasFailure()) return;
        sum.events += played.events;
        sum.faults += played.faults;
        sum.cycles += played.cycles;
        sum.writes += played.writes;
        sum.people += played.people;
        sum.blurred += played.blurred;
    }
    std::cout << sum.people << " people (" << sum.blurred << " judged by consent only), "
              << sum.events << " events, " << sum.faults << " faults met, " << sum.cycles
              << " cycles, " << sum.writes << " writes\n";
    EXPECT_GT(sum.faults, 0U);
}

INSTANTIATE_TEST_SUITE_P(Share, SeededWorlds, testing::Range(std::uint64_t{0}, kShares));

}  // namespace
}  // namespace duet::wire
