#include <csignal>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/mount.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

/// A file system in memory of a given size; root alone may mount one.
class SmallDisk {
public:
    SmallDisk(std::string path, const char* size) : path_(std::move(path)) {
        std::filesystem::create_directories(path_);
        mounted_ = mount("tmpfs", path_.c_str(), "tmpfs", 0, size) == 0;
    }
    ~SmallDisk() {
        if (mounted_) umount2(path_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    [[nodiscard]] bool is_mounted() const noexcept { return mounted_; }
    [[nodiscard]] bool resize(const std::string& size) const {
        return mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, size.c_str()) == 0;
    }
    /// Leaves so much room beside what is there by now.
    [[nodiscard]] bool leave_kilobytes(std::uint64_t kilobytes) const {
        const std::filesystem::space_info space = std::filesystem::space(path_);
        const std::uint64_t used = (space.capacity - space.free) >> 10U;
        return resize("size=" + std::to_string(used + kilobytes) + "k");
    }

private:
    std::string path_;
    bool mounted_ = false;
};

/// The small seed's end when nothing disturbs Duet.
struct Undisturbed {
    explicit Undisturbed(const std::string& seed) {
        write_small_seed(seed, "acme");
        Rehearsal quiet(seed);
        seeded = all_ids(quiet.vendors);
        quiet.daemon.start();
        quiet.daemon.sync_until_quiet();
        expected = everything(quiet.vendors, seeded);
    }
    SeededIds seeded{};
    Everything expected{};
};

TEST(RoomTest, AFullDiskStopsTheCycleAndRoomLetsItGoOn) {
    TemporaryFolder folder;
    const Undisturbed quiet(folder.path() + "/seed");
    // The first is full while rows are read, the last when the plan is to be sent.
    for (const std::uint64_t kilobytes : {60U, 300U, 500U}) {
        SCOPED_TRACE(testing::Message() << kilobytes << " KiB left");
        Rehearsal world(folder.path() + "/seed");
        const SmallDisk disk(world.folder.path() + "/small", "size=64m");
        if (!disk.is_mounted()) GTEST_SKIP() << "only root can mount a small disk";
        world.daemon.set_state_directory(world.folder.path() + "/small");
        world.daemon.write_config({world.org});
        world.daemon.start();
        ASSERT_TRUE(disk.leave_kilobytes(kilobytes));
        const json refused = world.daemon.ask("sync");
        EXPECT_EQ(refused.value("code", ""), "DUET-4006") << refused;
        EXPECT_NE(world.daemon.log().find("No room is left to write"), std::string::npos)
            << world.daemon.log();
        EXPECT_TRUE(world.daemon.process().runs()) << world.daemon.log();

        ASSERT_TRUE(disk.resize("size=64m"));
        world.daemon.sync_until_quiet();
        EXPECT_EQ(differences(quiet.expected, everything(world.vendors, quiet.seeded)), "");
    }
}

TEST(RoomTest, AnAnswerThatFindsNoRoomIsLookedAtOnceThereIsSome) {
    TemporaryFolder folder;
    const Undisturbed quiet(folder.path() + "/seed");
    Rehearsal world(folder.path() + "/seed");
    const std::string state = world.folder.path() + "/small";
    const SmallDisk disk(state, "size=16m");
    if (!disk.is_mounted()) GTEST_SKIP() << "only root can mount a small disk";
    world.daemon.set_state_directory(state);
    world.daemon.write_config({world.org});
    world.vendors.must(
        "POST", "/sandbox/faults",
        {{"method", "POST"}, {"path", "/prospects/do/upsertLatestByEmail"}, {"delay_ms", 1000}});
    world.daemon.start();
    ASSERT_TRUE(
        eventually([&] { return world.vendors.must("GET", "/sandbox/faults")["waiting"] == 0; }));
    std::ofstream(state + "/filler") << std::string(std::size_t{16} << 20U, 'x');
    const json refused = world.daemon.ask("sync");
    EXPECT_EQ(refused.value("code", ""), "DUET-4006") << refused;

    std::filesystem::remove(state + "/filler");
    world.daemon.sync_until_quiet();
    EXPECT_EQ(world.daemon.ask("status")["orgs"][0]["in_flight"], 0);
    EXPECT_EQ(differences(quiet.expected, everything(world.vendors, quiet.seeded)), "");
}

// A file that may not grow is as good as a full disk, and anybody may make one.
TEST(FileLimitTest, AFileThatMayNotGrowStopsTheCycleAndRoomLetsItGoOn) {
    TemporaryFolder folder;
    const Undisturbed quiet(folder.path() + "/seed");
    for (const std::uint64_t kilobytes : {20U, 150U, 400U}) {
        SCOPED_TRACE(testing::Message() << kilobytes << " KiB left");
        Rehearsal world(folder.path() + "/seed");
        world.daemon.start();
        const auto grown = std::filesystem::file_size(world.daemon.state_path() + "-wal");
        ASSERT_TRUE(world.daemon.process().limit_files(grown + (kilobytes << 10U)));
        const json refused = world.daemon.ask("sync");
        EXPECT_EQ(refused.value("code", ""), "DUET-4006") << refused;
        EXPECT_NE(world.daemon.log().find("No room is left to write"), std::string::npos)
            << world.daemon.log();
        EXPECT_TRUE(world.daemon.process().runs()) << world.daemon.log();
        // It answers who asked first, and shows it everywhere right after.
        EXPECT_TRUE(eventually([&] {
            return world.daemon.ask("status").dump().find("No room is left") != std::string::npos;
        }));

        ASSERT_TRUE(world.daemon.process().limit_files({}));
        world.daemon.sync_until_quiet();
        EXPECT_EQ(differences(quiet.expected, everything(world.vendors, quiet.seeded)), "");
    }
}

TEST(FileLimitTest, AnAnswerThatFindsNoRoomIsLookedAtOnceThereIsSome) {
    TemporaryFolder folder;
    const Undisturbed quiet(folder.path() + "/seed");
    Rehearsal world(folder.path() + "/seed");
    world.vendors.must(
        "POST", "/sandbox/faults",
        {{"method", "POST"}, {"path", "/prospects/do/upsertLatestByEmail"}, {"delay_ms", 1000}});
    world.daemon.start();
    ASSERT_TRUE(
        eventually([&] { return world.vendors.must("GET", "/sandbox/faults")["waiting"] == 0; }));
    // Its log is longer than that already.
    ASSERT_TRUE(world.daemon.process().limit_files(64U << 10U));
    const json refused = world.daemon.ask("sync");
    EXPECT_EQ(refused.value("code", ""), "DUET-4006") << refused;

    ASSERT_TRUE(world.daemon.process().limit_files({}));
    world.daemon.sync_until_quiet();
    EXPECT_EQ(world.daemon.ask("status")["orgs"][0]["in_flight"], 0);
    EXPECT_EQ(differences(quiet.expected, everything(world.vendors, quiet.seeded)), "");
}

constexpr const char* kWaits = "Cannot start yet; waiting for room.";

TEST(FileLimitTest, AStartWithoutRoomWaitsForSome) {
    TemporaryFolder folder;
    write_small_seed(folder.path() + "/seed", "acme");
    Rehearsal world(folder.path() + "/seed");
    // Each process says so once.
    const auto waiting = [&] {
        const std::string log = world.daemon.log();
        int times = 0;
        for (auto at = log.find(kWaits); at != std::string::npos; at = log.find(kWaits, at + 1))
            ++times;
        return times;
    };
    world.daemon.limit_files(16U << 10U);
    world.daemon.launch();
    ASSERT_TRUE(eventually([&] { return waiting() == 1; })) << world.daemon.log();
    EXPECT_TRUE(world.daemon.process().runs());
    // A stop is heard meanwhile.
    world.daemon.process().send(SIGTERM);
    EXPECT_EQ(world.daemon.process().wait(std::chrono::seconds{10}), 0) << world.daemon.log();

    world.daemon.launch();
    ASSERT_TRUE(eventually([&] { return waiting() == 2; })) << world.daemon.log();
    ASSERT_TRUE(world.daemon.process().limit_files({}));
    ASSERT_TRUE(eventually([&] { return world.daemon.ask("status").is_object(); }))
        << world.daemon.log();
    EXPECT_EQ(world.daemon.sync_until_quiet()["still_dirty"], 0);
}

TEST(DemoTest, EndsWithEverythingInPlace) {
    // Some two minutes on two cores that others use as well.
    const Finished demo =
        run_program(duet_program(), {"demo", "--json"}, std::chrono::seconds{800});
    ASSERT_EQ(demo.code, 0) << demo.error << demo.out.substr(0, 2000);
    const json figures = json::parse(demo.out);
    EXPECT_EQ(figures["good"], true);
    for (const char* part :
         {"stages", "lists", "tasks", "routing", "answers", "queue", "rfm", "influence"})
        EXPECT_EQ(figures[part]["good"], true) << part << figures[part];
    EXPECT_GT(figures["lists"]["sizes"]["Upsell - three months after win"], 0);
    EXPECT_FALSE(figures["influence"]["campaigns"].empty());
    for (const json& change : figures["changes"]) EXPECT_EQ(change["arrived"], true) << change;
    const std::string page = figures["report"]["page"];
    const std::string html = read_text(page);
    EXPECT_NE(html.find("The funnel"), std::string::npos) << page;
    EXPECT_NE(html.find("Won revenue by campaign and model"), std::string::npos);
    std::filesystem::remove(page);
}

}  // namespace
}  // namespace duet::world
