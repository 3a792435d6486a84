#include <cstdlib>
#include <iostream>
#include <random>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

// A first load of the demo takes about 2,200 calls, of which about 100 read.
constexpr std::int64_t kLoadCalls = 60;
constexpr int kLoadKills = 1;
constexpr int kKillsWithRowsInFlight = 5;

/// A write whose answer is held back until the daemon is dead: the vendor did it, nobody knows.
struct Moment {
    const char* method;
    const char* path;
    int most_skipped;  // writes of this kind that may pass before
};
/// A first load sends about 1,700 updates; the others make prospects and leads, and join and leave
/// lists. Each kill comes at the first of these that is due.
const std::vector<Moment> kMoments{{"PATCH", "/", 200},
                                   {"POST", "/prospects/do/upsertLatestByEmail", 60},
                                   {"DELETE", "/objects/list-memberships/", 20},
                                   {"POST", "/objects/list-memberships", 30},
                                   {"PATCH", "/composite/sobjects/Lead/", 0}};
constexpr int kSendKills = 6;

RehearsalOrg demo_org() {
    RehearsalOrg org;
    org.more = "    brake:\n      create: {count: 5000, percent: 100}\n";
    return org;
}

/// One world takes seven kills; DUET_CRASH_KILLS asks for more worlds.
int wanted_kills() {
    const char* asked = std::getenv("DUET_CRASH_KILLS");
    return asked == nullptr ? 1 : std::max(1, std::atoi(asked));
}

unsigned seed_of_this_run() {
    const char* asked = std::getenv("DUET_CRASH_SEED");
    return asked == nullptr ? std::random_device{}() : static_cast<unsigned>(std::stoul(asked));
}

bool is_idle(DaemonProcess& daemon) {
    const json status = daemon.ask("status");
    return status.is_object() && status.value("activity", "") == "idle";
}

int pick(std::mt19937& random, int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
}

/// Kills the daemon; how many rows were in flight then.
int kill_and_look(Rehearsal& world, const std::string& moment) {
    world.daemon.process().kill_now();
    const int rows = world.daemon.rows_in_flight();
    EXPECT_GE(rows, 0) << "the state could not be read after a kill " << moment;
    std::cout << "killed " << moment << " with " << rows << " rows in flight\n";
    return rows;
}

struct Kills {
    int all = 0;
    int with_rows_in_flight = 0;
};

Kills kill_again_and_again(Rehearsal& world, std::mt19937& random) {
    Kills kills;
    for (; kills.all < kLoadKills; ++kills.all) {
        const std::int64_t target = world.vendors.calls() + pick(random, 1, kLoadCalls);
        world.daemon.start();
        eventually([&] { return world.vendors.calls() >= target; });
        kill_and_look(world, "in the load");
    }
    for (int round = 0; round < kSendKills; ++round) {
        for (const Moment& moment : kMoments) {
            world.vendors.must("POST", "/sandbox/faults",
                               {{"method", moment.method},
                                {"path", moment.path},
                                {"skip", pick(random, 0, moment.most_skipped)},
                                {"delay_ms", 2000}});
        }
        const auto one_is_due = [&] {
            return world.vendors.must("GET", "/sandbox/faults")["waiting"] < kMoments.size();
        };
        world.daemon.start();
        eventually([&] { return one_is_due() || is_idle(world.daemon); });
        kills.with_rows_in_flight += kill_and_look(world, "in the sends") > 0 ? 1 : 0;
        ++kills.all;
        world.vendors.must("DELETE", "/sandbox/faults");
    }
    return kills;
}

/// Rows that stand there twice under one name.
std::string duplicates(const Everything& all) {
    std::string text;
    for (const auto& [object, rows] : all) {
        for (const auto& [name, fields] : rows) {
            if (name.ends_with(" again")) text += object + " " + name + "\n";
        }
    }
    return text;
}

std::size_t made_rows(const Everything& all, const std::string& object) {
    std::size_t made = 0;
    for (const auto& [name, fields] : all.at(object)) made += name.starts_with("new ") ? 1 : 0;
    return made;
}

TEST(CrashTest, KillNineAtRandomMomentsChangesNothing) {
    const unsigned seed = seed_of_this_run();
    SCOPED_TRACE(testing::Message() << "DUET_CRASH_SEED=" << seed);
    std::cout << "DUET_CRASH_SEED=" << seed << "\n";
    std::mt19937 random(seed);

    Rehearsal quiet(demo_seed(), demo_org());
    const SeededIds seeded = all_ids(quiet.vendors);
    quiet.daemon.start();
    const json last = quiet.daemon.sync_until_quiet();
    EXPECT_EQ(last["still_dirty"], 0) << last;
    const Everything expected = everything(quiet.vendors, seeded);
    quiet.daemon.process().kill_now();
    ASSERT_EQ(duplicates(expected), "");
    ASSERT_GT(made_rows(expected, "prospects"), 100U);
    ASSERT_GT(made_rows(expected, "list-memberships"), 50U);
    ASSERT_GT(made_rows(expected, "Lead"), 50U);

    for (int done = 0; done < wanted_kills();) {
        Rehearsal world(demo_seed(), demo_org());
        const Kills kills = kill_again_and_again(world, random);
        EXPECT_GE(kills.with_rows_in_flight, kKillsWithRowsInFlight);
        done += kills.all;
        world.daemon.start();
        const json settled = world.daemon.sync_until_quiet();
        EXPECT_EQ(settled["still_dirty"], 0) << settled;
        EXPECT_EQ(differences(expected, everything(world.vendors, seeded)), "");
    }
}

}  // namespace
}  // namespace duet::world
