// A plan is kept in a file, read by people, and applied as it was read; what is paused waits.
#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;
using std::chrono::seconds;

class PlanFile : public testing::Test {
protected:
    PlanFile() { write_small_seed(seed(), "acme"); }
    [[nodiscard]] std::string seed() const { return folder_.path() + "/seed"; }
    [[nodiscard]] std::string file(const char* name) const { return folder_.path() + "/" + name; }
    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }
    static RehearsalOrg no_mode() {
        RehearsalOrg org;
        org.mode.clear();
        return org;
    }
    static json counts_of(const Finished& applied) {
        const json answer = json::parse(applied.out, nullptr, false);
        return answer.is_object() ? answer.value("counts", json::object()) : json(applied.error);
    }
    static std::size_t writes_in(const std::string& path) {
        return json::parse(read_text(path))["writes"].size();
    }
    /// Both clocks move on together, also for daemons that start later.
    static void move_clock(Rehearsal& world, const std::string& now) {
        world.vendors.must("POST", "/sandbox/clock", {{"now", now}});
        world.daemon.write_config({world.org}, "fixed_clock: " + now + "\n");
        EXPECT_EQ(world.daemon.duet({"reload"}).code, 0);
    }
    static void stop(Rehearsal& world) {
        world.daemon.process().send(SIGTERM);
        EXPECT_EQ(world.daemon.process().wait(seconds{10}), 0) << world.daemon.log();
    }

    TemporaryFolder folder_;
};

TEST_F(PlanFile, IsTheSameForEveryProcessAndIsAppliedOnceAsItWasRead) {
    Rehearsal world(seed(), no_mode());
    world.daemon.start();
    EXPECT_EQ(world.daemon.sync()["written"], 0) << "every org starts in mode observe";
    EXPECT_TRUE(has(world.daemon.duet({"mode"}).out, "org demo: mode observe"));
    EXPECT_EQ(world.daemon.duet({"apply", file("none.json")}).code, 1);
    ASSERT_EQ(world.daemon.duet({"mode", "demo", "plan"}).code, 0);
    EXPECT_EQ(world.daemon.sync()["written"], 0);

    const Finished planned = world.daemon.duet({"plan", "--out", file("plan.json")});
    ASSERT_EQ(planned.code, 0) << planned.error;
    EXPECT_EQ(std::filesystem::status(file("plan.json")).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    ASSERT_GT(writes_in(file("plan.json")), 0u);
    stop(world);
    const Finished alone = world.daemon.duet({"plan", "--stored", "--out", file("alone.json")});
    ASSERT_EQ(alone.code, 0) << alone.error;
    EXPECT_EQ(read_text(file("alone.json")), read_text(file("plan.json")));

    std::string edited = read_text(file("plan.json"));
    const auto at = edited.find("example");
    ASSERT_NE(at, std::string::npos);
    edited[at] = 'E';
    write_text(file("edited.json"), edited);
    const Finished refused = world.daemon.duet({"apply", file("edited.json")});
    EXPECT_EQ(refused.code, 1);
    EXPECT_TRUE(has(refused.error, "DUET-6062")) << refused.error;

    // Without a daemon, and then by one: written once.
    const Finished applied = world.daemon.duet({"apply", file("plan.json"), "--json"});
    EXPECT_EQ(applied.code, 0) << applied.out << applied.error;
    EXPECT_EQ(counts_of(applied)["done"], writes_in(file("plan.json"))) << applied.out;
    const SeededIds seeded = all_ids(world.vendors);
    const Everything before = everything(world.vendors, seeded);
    world.daemon.start();
    const Finished again = world.daemon.duet({"apply", file("plan.json"), "--json"});
    EXPECT_EQ(again.code, 0) << again.out << again.error;
    EXPECT_EQ(counts_of(again), json({{"already so", writes_in(file("plan.json"))}}));
    EXPECT_EQ(differences(before, everything(world.vendors, seeded)), "");
}

TEST_F(PlanFile, ThatIsPausedWaitsAndRefusesWhatChangedSince) {
    RehearsalOrg org = no_mode();
    Rehearsal world(seed(), org);
    ASSERT_EQ(world.daemon.duet({"mode", "apply"}).code, 0);
    world.daemon.start();
    world.daemon.sync_until_quiet();
    ASSERT_EQ(world.daemon.duet({"mode", "plan"}).code, 0);
    const auto contacts = world.vendors.query("SELECT Id, Email FROM Contact ORDER BY Id");
    const auto set_phone = [&](std::size_t i, const char* phone) {
        world.vendors.must(
            "PATCH",
            "/services/data/v59.0/sobjects/Contact/" + contacts[i]["Id"].get<std::string>(),
            {{"Phone", phone}});
    };
    move_clock(world, "2018-01-02T09:15:00Z");
    set_phone(0, "5550100");
    set_phone(1, "5550101");
    ASSERT_EQ(world.daemon.duet({"plan", "--out", file("plan.json")}).code, 0);
    ASSERT_EQ(writes_in(file("plan.json")), 2u) << read_text(file("plan.json"));

    ASSERT_EQ(world.daemon.duet({"pause", "pardot", "--because", "a move"}).code, 0);
    EXPECT_TRUE(has(world.daemon.duet({"status"}).out, "pardot is paused")) << "at once";
    const Finished waits = world.daemon.duet({"apply", file("plan.json"), "--json"});
    EXPECT_EQ(waits.code, 75) << waits.out;
    EXPECT_EQ(counts_of(waits), json({{"paused", 2}}));

    // A start shows what the store knows before its first cycle has ended.
    stop(world);
    world.vendors.must("POST", "/sandbox/faults",
                       {{"method", "GET"}, {"path", "/services/data"}, {"delay_ms", 30'000}});
    world.daemon.start();
    const json status = world.daemon.ask("status")["orgs"][0];
    EXPECT_GT(status["last_cycle"]["cycle"], 0) << status;
    EXPECT_EQ(status["paused"][0]["because"], "a move") << "a pause outlives the process";
    stop(world);
    world.vendors.must("DELETE", "/sandbox/faults");
    world.daemon.start();

    ASSERT_EQ(world.daemon.duet({"resume", "pardot"}).code, 0);
    move_clock(world, "2018-01-02T09:30:00Z");
    set_phone(1, "5550199");
    const Finished applied = world.daemon.duet({"apply", file("plan.json"), "--json"});
    EXPECT_EQ(applied.code, 1) << applied.out << applied.error;
    EXPECT_EQ(counts_of(applied), json({{"done", 1}, {"changed since", 1}})) << applied.out;
    EXPECT_EQ(world.daemon.duet({"resume", "pardot"}).code, 1) << "it is not paused";
    EXPECT_EQ(world.daemon.duet({"pause", "nobody"}).code, 1);
}

}  // namespace
}  // namespace duet::world
