// Each call of the store fails, in each scenario, for every call that a fault-free run makes: the
// daemon reports it, goes on, and ends where it would have ended; nothing is lost, nothing done
// twice. DUET_EVERY_CALL=all also fails the disk at every call; else at every commit.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "tests/laws/disturbed_scenario.h"

namespace duet::world {
namespace {

constexpr std::uint64_t kPowerCuts = 12;  // of each scenario

/// Functions of the store that no scenario leads the daemon to call yet, with the reason. Take one
/// off with the first scenario that does.
const std::map<std::string, std::string, std::less<>> kNotCalledYet{
    {"fence", "for the day when several daemons share the work"},
};

class EveryCallTest : public testing::TestWithParam<std::size_t> {
protected:
    [[nodiscard]] static const Scenario& scenario() { return scenarios()[GetParam()]; }

    /// Nothing is counted or cut later.
    static Meanwhile until_the_steps_are_done(FaultDisk& disk) {
        return {{}, [&disk] { disk.before_each_change({}); }};
    }

    void fail(const Outcome& calm, std::int64_t n, StoreFault fault) {
        Stage stage(scenario());
        stage.world.store().fails_call(n, fault);
        const char* code = fault == StoreFault::NoRoom ? "DUET-4006" : "DUET-4007";
        const Outcome run = finish(stage.world, scenario(), code);
        SCOPED_TRACE(testing::Message() << scenario().name << ", call " << n << " of " << calm.calls
                                        << ", Store::" << run.failed << ", " << code);
        EXPECT_NE(run.failed, "") << "the call never came";
        EXPECT_EQ(run.reported, 1) << "nobody was told, or twice";
        expect_as_if_nothing_had_happened(calm, run);
    }
};

TEST_P(EveryCallTest, CanFindNoRoom) {
    const Outcome calm = calm_run(scenario());
    ASSERT_GT(calm.calls, 10);
    std::int64_t tried = 0;
    for (std::int64_t n = 1; n <= calm.calls; ++n) {
        fail(calm, n, StoreFault::NoRoom);
        ++tried;
        if (HasFailure()) return;
    }
    EXPECT_EQ(tried, calm.calls);
}

TEST_P(EveryCallTest, CanBeTheLastBeforeTheProcessDies) {
    const Outcome calm = calm_run(scenario());
    ASSERT_FALSE(calm.durable.empty());
    for (std::size_t step = 1; step <= calm.durable.size(); ++step) {
        SCOPED_TRACE(testing::Message() << scenario().name << ", dies after durable step " << step
                                        << " of " << calm.durable.size());
        Stage stage(scenario());
        stage.world.store().crashes_after(static_cast<std::int64_t>(step));
        const Outcome run = finish(stage.world, scenario(), "");
        EXPECT_EQ(run.reported, 1) << "it did not die";
        expect_as_if_nothing_had_happened(calm, run);
        if (HasFailure()) return;
    }
}

TEST_P(EveryCallTest, CanBeWhereTheDiskFails) {
    const Outcome calm = calm_run(scenario());
    for (const std::int64_t n : calm.durable) {
        fail(calm, n, StoreFault::DoneThenFailed);
        fail(calm, n, StoreFault::DiskFailed);
        if (HasFailure()) return;
    }
    if (std::getenv("DUET_EVERY_CALL") == nullptr) return;
    for (std::int64_t n = 1; n <= calm.calls; ++n) {
        fail(calm, n, StoreFault::DiskFailed);
        if (HasFailure()) return;
    }
}

TEST_P(EveryCallTest, CanBeWhereThePowerFails) {
    const Outcome calm = calm_run(scenario());
    std::int64_t changes = 0;
    {
        FaultDisk disk;
        Stage stage(scenario(), &disk);
        disk.before_each_change([&] { ++changes; });
        static_cast<void>(finish(stage.world, scenario(), "", until_the_steps_are_done(disk)));
    }
    for (std::uint64_t seed = 1; seed <= kPowerCuts; ++seed) {
        SeededRandom dice(seed);
        FaultDisk disk;
        Stage stage(scenario(), &disk);
        const auto cut = static_cast<std::int64_t>(dice.below(static_cast<std::size_t>(changes)));
        SCOPED_TRACE(testing::Message()
                     << scenario().name << ", seed " << seed << ", the power fails before change "
                     << cut + 1 << " of " << changes << " of the disk");
        std::int64_t left = cut + 1;
        bool is_dead = false;
        disk.before_each_change([&] {
            if (--left != 0) return;
            disk.cut_power(dice);
            is_dead = true;
        });
        Meanwhile meanwhile = until_the_steps_are_done(disk);
        meanwhile.before_restart = [&] { is_dead = false; };
        // A commit that was durable is no failed step, though the checkpoint after it met the cut:
        // the process is dead all the same.
        meanwhile.when_steps_are_done = [&, ends = meanwhile.when_steps_are_done] {
            ends();
            if (is_dead) stage.world.restart();
        };
        const Outcome run = finish(stage.world, scenario(), "DUET-4007", meanwhile);
        EXPECT_LE(left, 0);
        expect_as_if_nothing_had_happened(calm, run);
        if (HasFailure()) return;
    }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, EveryCallTest,
                         testing::Range(std::size_t{0}, scenarios().size()),
                         [](const testing::TestParamInfo<std::size_t>& which) {
                             return scenarios()[which.param].name;
                         });

/// Every pure virtual function that the headers of the store declare.
std::set<std::string> store_functions() {
    std::set<std::string> names{"begin", "commit"};
    const std::regex declaration(R"(virtual\s[^;{}]*?\b(\w+)\([^;{}]*\)\s*=\s*0;)");
    for (const auto& file : std::filesystem::directory_iterator(DUET_SOURCE_DIR "/daemon/store")) {
        if (file.path().extension() != ".h") continue;
        std::ifstream in(file.path());
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        for (std::sregex_iterator found(text.begin(), text.end(), declaration), end; found != end;
             ++found) {
            names.insert((*found)[1]);
        }
    }
    // What Transaction calls is counted as "begin" and "commit"; a rollback cannot fail.
    for (const char* own : {"commit_now", "rollback"}) names.erase(own);
    return names;
}

TEST(EveryFunctionOfTheStore, IsCalledByAScenario) {
    std::set<std::string, std::less<>> called;
    for (const Scenario& scenario : scenarios()) {
        for (const auto& [function, count] : calm_run(scenario).functions) called.insert(function);
    }
    const auto functions = store_functions();
    ASSERT_GT(functions.size(), 50U) << "the headers of daemon/store are not read as they are now";
    for (const std::string& function : functions) {
        const bool is_excused = kNotCalledYet.contains(function);
        EXPECT_FALSE(called.contains(function) && is_excused)
            << "Store::" << function << " is called by a scenario: take it off kNotCalledYet.";
        EXPECT_TRUE(called.contains(function) || is_excused)
            << "No scenario calls Store::" << function
            << ". Let one in tests/laws/scenarios*.cpp do what makes the daemon call it: a new "
               "scenario, or one more step. While nothing in the daemon calls it, name it in "
               "kNotCalledYet of this file with the reason.";
    }
    for (const auto& [function, reason] : kNotCalledYet)
        EXPECT_TRUE(functions.contains(function)) << function << " is no function of the store";
}

}  // namespace
}  // namespace duet::world
