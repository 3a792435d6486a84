#include <filesystem>

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
    [[nodiscard]] bool resize(const char* size) const {
        return mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, size) == 0;
    }

private:
    std::string path_;
    bool mounted_ = false;
};

TEST(RoomTest, AFullDiskStopsTheCycleAndRoomLetsItGoOn) {
    TemporaryFolder folder;
    write_small_seed(folder.path() + "/seed", "acme");
    Rehearsal quiet(folder.path() + "/seed");
    const SeededIds seeded = all_ids(quiet.vendors);
    quiet.daemon.start();
    quiet.daemon.sync_until_quiet();
    const Everything expected = everything(quiet.vendors, seeded);

    Rehearsal world(folder.path() + "/seed");
    const SmallDisk disk(folder.path() + "/small", "size=700k");
    if (!disk.is_mounted()) GTEST_SKIP() << "only root can mount a small disk";
    world.daemon.set_state_directory(folder.path() + "/small");
    world.daemon.write_config({world.org});
    world.daemon.start();
    const json refused = world.daemon.ask("sync");
    EXPECT_EQ(refused.value("code", ""), "DUET-4006") << refused;
    EXPECT_NE(world.daemon.log().find("No room is left to write"), std::string::npos)
        << world.daemon.log();
    EXPECT_TRUE(world.daemon.process().runs()) << world.daemon.log();

    ASSERT_TRUE(disk.resize("size=64m"));
    world.daemon.sync_until_quiet();
    EXPECT_EQ(differences(expected, everything(world.vendors, seeded)), "");
}

TEST(DemoTest, EndsWithEverythingInPlace) {
    const Finished demo = run_program(duet_program(), {"demo", "--json"}, std::chrono::seconds{60});
    ASSERT_EQ(demo.code, 0) << demo.error << demo.out.substr(0, 2000);
    EXPECT_EQ(json::parse(demo.out)["good"], true);
}

}  // namespace
}  // namespace duet::world
