// Each write, sync and truncate that the store asks of its disk fails, in each scenario, for every
// one that a fault-free run makes: the daemon reports it, goes on, and ends where it would have
// ended; nothing is lost, nothing done twice. DUET_EVERY_DISK_CALL=1 tries them all; else a few of
// each scenario, spread evenly, the first and the last among them.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>

#include "tests/laws/disturbed_scenario.h"

namespace duet::world {
namespace {

/// So many calls of one kind and scenario are tried when not all are.
std::int64_t most_tries() {
    constexpr std::int64_t kFew = 6;
    return std::getenv("DUET_EVERY_DISK_CALL") == nullptr ? kFew : 1'000'000;
}

class EveryDiskCallTest : public testing::TestWithParam<std::size_t> {
protected:
    [[nodiscard]] static const Scenario& scenario() { return scenarios()[GetParam()]; }

    /// How many such calls the steps make when nothing fails.
    static std::int64_t count(DiskCall call) {
        FaultDisk disk;
        Stage stage(scenario(), &disk);
        const std::int64_t before = disk.calls(call);
        std::int64_t after = 0;
        const Outcome run =
            finish(stage.world, scenario(), "", {{}, [&] { after = disk.calls(call); }});
        EXPECT_EQ(run.reported, 0);
        return after - before;
    }

    /// The n-th such call fails. How often somebody was told.
    static int fail(const Outcome& calm, DiskCall call, std::int64_t n, DiskFault fault) {
        SeededRandom luck(static_cast<std::uint64_t>(n));
        FaultDisk disk;
        Stage stage(scenario(), &disk);
        Meanwhile meanwhile;
        // Half of the processes that must end are killed; the others close the file.
        if (n % 2 == 0) meanwhile.before_restart = [&] { disk.ends_process(); };
        // What never reached the disk is missed only once the machine has forgotten it too.
        meanwhile.when_steps_are_done = [&] {
            EXPECT_EQ(disk.failed(), 1) << "the call never came";
            disk.cut_power(luck);
            stage.world.restart();
        };
        disk.fails(call, n, fault);
        const char* code = fault == DiskFault::Full ? "DUET-4006" : "DUET-4007";
        const Outcome run = finish(stage.world, scenario(), code, meanwhile);
        // What SQLite makes good by itself, such as a checkpoint, nobody is told.
        EXPECT_LE(run.reported, 1) << "one failure is told twice";
        expect_as_if_nothing_had_happened(calm, run);
        return run.reported;
    }

    void fail_each(DiskCall call, DiskFault fault) {
        const Outcome calm = calm_run(scenario());
        const std::int64_t calls = count(call);
        EXPECT_EQ(count(call), calls) << "what fails would not be what was counted";
        const std::int64_t tries = std::min(calls, most_tries());
        std::int64_t tried = 0;
        for (std::int64_t i = 0; i < tries; ++i) {
            const std::int64_t n = tries == calls ? i + 1 : 1 + i * (calls - 1) / (tries - 1);
            SCOPED_TRACE(testing::Message() << scenario().name << ", " << to_string(call) << " "
                                            << n << " of " << calls << ", " << to_string(fault));
            reported_ += fail(calm, call, n, fault);
            ++tried;
            if (HasFailure()) return;
        }
        EXPECT_EQ(tried, tries);
        calls_ = calls;
        RecordProperty("calls", std::to_string(calls));
    }

    std::int64_t calls_ = 0;
    std::int64_t reported_ = 0;
};

TEST_P(EveryDiskCallTest, AWriteCanFail) {
    fail_each(DiskCall::Write, DiskFault::Error);
    EXPECT_GT(calls_, 10);
    EXPECT_GT(reported_, 0);
}

TEST_P(EveryDiskCallTest, AWriteCanBeTorn) {
    fail_each(DiskCall::Write, DiskFault::Torn);
    EXPECT_GT(reported_, 0);
}

TEST_P(EveryDiskCallTest, AWriteCanFindTheDiskFull) {
    fail_each(DiskCall::Write, DiskFault::Full);
    EXPECT_GT(reported_, 0);
}

TEST_P(EveryDiskCallTest, ASyncCanFail) {
    fail_each(DiskCall::Sync, DiskFault::Error);
    EXPECT_GT(calls_, 2);
    EXPECT_GT(reported_, 0);
}

TEST_P(EveryDiskCallTest, ASyncCanLoseWhatItWasToKeep) {
    fail_each(DiskCall::Sync, DiskFault::Dropped);
    EXPECT_GT(reported_, 0);
}

TEST_P(EveryDiskCallTest, ATruncateCanFail) { fail_each(DiskCall::Truncate, DiskFault::Error); }

INSTANTIATE_TEST_SUITE_P(Scenarios, EveryDiskCallTest,
                         testing::Range(std::size_t{0}, scenarios().size()),
                         [](const testing::TestParamInfo<std::size_t>& which) {
                             return scenarios()[which.param].name;
                         });

TEST(EveryDiskCall, IsMadeBySomeScenario) {
    std::map<DiskCall, std::int64_t> calls;
    for (const Scenario& scenario : scenarios()) {
        FaultDisk disk;
        Stage stage(scenario, &disk);
        for (const DiskCall call : {DiskCall::Write, DiskCall::Sync, DiskCall::Truncate})
            calls[call] -= disk.calls(call);
        const auto note = [&] {
            for (auto& [call, count] : calls) count += disk.calls(call);
        };
        static_cast<void>(finish(stage.world, scenario, "", {{}, note}));
    }
    for (const auto& [call, count] : calls) {
        EXPECT_GT(count, 0) << to_string(call);
        std::cout << to_string(call) << ": " << count << " calls of the disk\n";
    }
}

}  // namespace
}  // namespace duet::world
