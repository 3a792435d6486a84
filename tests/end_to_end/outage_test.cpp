// The network goes away and comes back while the daemon runs by its own schedule: nobody touches
// it, and everything arrives in the end, once.
#include <csignal>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;
using std::chrono::seconds;

class OutageTest : public testing::Test {
protected:
    OutageTest() {
        write_small_seed(folder_.path() + "/seed", "acme");
        RehearsalOrg org;
        org.poll_interval_seconds = 5;  // the shortest there is
        world_ = std::make_unique<Rehearsal>(folder_.path() + "/seed", org);
        world_->daemon.start();
        world_->daemon.sync_until_quiet();
    }

    VendorClient& vendors() { return world_->vendors; }

    void set_title(const std::string& title) {
        const auto rows =
            vendors().query(std::string("SELECT Id FROM Contact WHERE Email = '") + kWho + "'");
        vendors().must(
            "PATCH", "/services/data/v62.0/sobjects/Contact/" + rows.at(0)["Id"].get<std::string>(),
            {{"Title", title}});
    }

    bool has_arrived(const std::string& title) {
        const auto rows =
            vendors().collection("prospects", "id,jobTitle", std::string("email=") + kWho);
        return rows.size() == 1 && rows[0]["jobTitle"] == title;
    }

    std::string activity() {
        return world_->daemon.ask("status").value("activity", std::string("no answer"));
    }

    static constexpr const char* kWho = "contact1@acme.example";
    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world_;
};

TEST_F(OutageTest, AVendorThatHangsIsWaitedForAndStatusStillAnswers) {
    set_title("Before");
    world_->sandbox.process().send(SIGSTOP);
    // Its next cycle hangs in a call; people can still ask.
    ASSERT_TRUE(eventually([&] { return activity() != "idle"; }, seconds{20})) << activity();
    for (int i = 0; i < 3; ++i) EXPECT_NE(activity(), "no answer");
    world_->sandbox.process().send(SIGCONT);
    EXPECT_TRUE(eventually([&] { return has_arrived("Before"); })) << world_->daemon.log();
    EXPECT_TRUE(world_->daemon.process().runs());
}

TEST_F(OutageTest, AStopIsNotHeldUpByAVendorThatHangs) {
    world_->sandbox.process().send(SIGSTOP);
    ASSERT_TRUE(eventually([&] { return activity() != "idle"; }, seconds{20})) << activity();
    world_->daemon.process().send(SIGTERM);
    const auto ended = world_->daemon.process().wait(seconds{20});
    world_->sandbox.process().send(SIGCONT);
    EXPECT_EQ(ended, 0) << world_->daemon.log();
}

TEST_F(OutageTest, ConnectionsThatHangBreakAndAreRefusedDelayAChangeAndLoseNothing) {
    // One write is done and its answer never comes; then the whole network is gone for a while.
    vendors().must("POST", "/sandbox/faults",
                   {{"method", "PATCH"}, {"path", "/objects/prospects/"}, {"hang", true}});
    set_title("During");
    ASSERT_TRUE(
        eventually([&] { return vendors().must("GET", "/sandbox/faults")["waiting"] == 0; }));
    world_->sandbox.kill_now();
    ASSERT_TRUE(eventually([&] {
        return world_->daemon.log().find("could not be read") != std::string::npos;
    })) << world_->daemon.log();
    EXPECT_TRUE(world_->daemon.process().runs());
    const Finished asked = world_->daemon.duet({"sync", "--once"});
    EXPECT_EQ(asked.code, 75) << asked.out;
    EXPECT_NE(asked.out.find("what to do: Duet tries again by itself."), std::string::npos)
        << asked.out;
    world_->sandbox.start();
    EXPECT_TRUE(eventually([&] { return has_arrived("During"); })) << world_->daemon.log();
    world_->daemon.sync_until_quiet();
    EXPECT_EQ(world_->daemon.ask("status")["orgs"][0]["in_flight"], 0);
    set_title("After");
    EXPECT_TRUE(eventually([&] { return has_arrived("After"); })) << world_->daemon.log();
}

}  // namespace
}  // namespace duet::world
