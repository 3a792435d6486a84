// The power fails between any two changes of the disk: what was not synced is gone, or there in
// part. The file opens, passes its check, and holds all that commit() acknowledged.
// DUET_POWER_CUT_SEEDS sets how many seeds are run, DUET_POWER_CUT_SEED runs one.
#include <cstdlib>

#include "tests/daemon/store/disk_fixture.h"

namespace duet::store {
namespace {

constexpr std::int64_t kStepsALife = 24;
constexpr int kMostCuts = 12;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* set = std::getenv(name);
    return set == nullptr ? otherwise : std::strtoull(set, nullptr, 10);
}

/// Where the next cut falls: mostly within a few transactions, sometimes while the file is opened.
std::int64_t changes_until_cut(Dice& dice) { return 1 + dice.below(dice.below(3) == 0 ? 12 : 90); }

struct Totals {
    int cuts = 0;
    int while_opening = 0;
    int unacknowledged_kept = 0;
};

/// One file, of some seeds from its first open on; returns once all is written.
void live(std::uint64_t seed, Totals& totals) {
    Dice dice(seed);
    FaultDisk disk;
    Workload workload;
    if (seed % 8 == 0) {
        disk.make_file(kDiskPath);
    } else {
        disk.copy_from(left_open());
        workload.start_at(kBefore);
    }
    std::int64_t left = changes_until_cut(dice);
    disk.before_each_change([&] {
        if (--left == 0) disk.cut_power(dice);
    });
    for (int cuts = 0; cuts < kMostCuts; ++cuts) {
        auto session = open_on(disk, true);
        const bool is_open = session && left > 0;
        if (is_open) {
            const std::int64_t known = workload.acknowledged();
            good(workload.resume(*session->store));
            workload.judge(*session);
            if (testing::Test::HasFailure()) return;
            totals.unacknowledged_kept += workload.acknowledged() > known ? 1 : 0;
            if (!workload.run(*session->store, kStepsALife) && left > 0) return;
        }
        ASSERT_LE(left, 0) << "a failure without a cut: "
                           << (session ? "" : session.error().message);
        ++totals.cuts;
        totals.while_opening += is_open ? 0 : 1;
        left = changes_until_cut(dice);
    }
    // The power stays from here on.
    disk.before_each_change({});
    const Session session = good(open_on(disk, true));
    good(workload.resume(*session.store));
    workload.judge(session);
    EXPECT_FALSE(workload.run(*session.store, kStepsALife));
}

TEST(PowerCutTest, WhatWasAcknowledgedSurvivesEveryCut) {
    const std::uint64_t one = from_environment("DUET_POWER_CUT_SEED", 0);
    const std::uint64_t count = from_environment("DUET_POWER_CUT_SEEDS", 300);
    Totals totals;
    for (std::uint64_t seed = one != 0 ? one : 1; seed <= (one != 0 ? one : count); ++seed) {
        SCOPED_TRACE(testing::Message() << "DUET_POWER_CUT_SEED=" << seed);
        live(seed, totals);
        if (HasFailure()) return;
    }
    RecordProperty("cuts", totals.cuts);
    if (one != 0) return;
    EXPECT_GT(totals.cuts, static_cast<int>(count));
    // The model bites: cuts fall everywhere, and both ends of a doubtful commit come up.
    EXPECT_GT(totals.while_opening, 10);
    EXPECT_GT(totals.unacknowledged_kept, 10);
}

/// A connection that never syncs, for which the model must find that it loses rows.
TEST(PowerCutTest, AConnectionThatDoesNotSyncIsFoundOut) {
    int lost = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        Dice dice(seed);
        FaultDisk disk;
        disk.make_file(kDiskPath);
        Workload workload;
        {
            const Session session = good(open_on(disk, false));
            good(session.database->script("PRAGMA synchronous = OFF"));
            EXPECT_FALSE(workload.run(*session.store, 30));
            disk.cut_power(dice);
        }
        auto after = open_on(disk, true);
        if (!after) {
            ++lost;
            continue;
        }
        const auto state = after->store->object_state("acme", Side::Crm, "Contact");
        if (!state || state->cursor.text != "30") ++lost;
    }
    EXPECT_GT(lost, 20);
}

TEST(PowerCutTest, AfterASyncThatFailedTheNextProcessDependsOnItNoMore) {
    // The kernel forgets what a failed sync was to write; the log's later pages would hang on it.
    for (std::int64_t sync = 1; sync <= 3; ++sync) {
        SCOPED_TRACE(testing::Message() << "sync " << sync);
        FaultDisk disk;
        disk.make_file(kDiskPath);
        Workload workload;
        {
            const Session session = good(open_on(disk, false));
            disk.fails(DiskCall::Sync, sync, DiskFault::Dropped);
            const auto error = workload.run(*session.store, 30);
            ASSERT_TRUE(error);
            EXPECT_EQ(error->code, "DUET-4007");
            disk.ends_process();
        }
        {
            const Session next = good(open_on(disk, true));
            good(workload.resume(*next.store));
            workload.judge(next);
            // One more only: a checkpoint would make the log's pages safe.
            EXPECT_FALSE(workload.run(*next.store, workload.acknowledged() + 1));
            disk.ends_process();
        }
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            FaultDisk cut;
            cut.copy_from(disk);
            Dice dice(seed);
            cut.cut_power(dice);
            Workload seen = workload;
            const Session after = good(open_on(cut, true));
            good(seen.resume(*after.store));
            EXPECT_EQ(seen.acknowledged(), workload.acknowledged());
            seen.judge(after);
        }
    }
}

}  // namespace
}  // namespace duet::store
