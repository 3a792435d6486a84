// What operators do with the real programs: quarantine, backup, store check, restore.
#include <csignal>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kAda = "contact1@acme.example";
constexpr const char* kBea = "contact2@acme.example";

class OperationsTest : public testing::Test {
protected:
    OperationsTest() {
        write_small_seed(folder_.path() + "/seed", "acme");
        world = std::make_unique<Rehearsal>(folder_.path() + "/seed");
        world->daemon.start();
        world->daemon.sync_until_quiet();
    }
    Finished duet(std::vector<std::string> arguments, int code = 0) {
        Finished done = world->daemon.duet(std::move(arguments));
        EXPECT_EQ(done.code, code) << done.error << done.out;
        return done;
    }
    json duet_json(std::vector<std::string> arguments, int code = 0) {
        arguments.emplace_back("--json");
        return json::parse(duet(std::move(arguments), code).out, nullptr, false);
    }
    void set_title(const char* title, const char* email = kAda) {
        const std::string id =
            world->vendors
                .query(std::string("SELECT Id FROM Contact WHERE Email = '") + email + "'")
                .at(0)["Id"];
        world->vendors.must("PATCH", "/services/data/v62.0/sobjects/Contact/" + id,
                            {{"Title", title}});
    }
    std::string job_title() {
        const auto rows = world->vendors.collection("prospects", "id,email,jobTitle",
                                                    std::string("email=") + kAda);
        return rows.at(0).value("jobTitle", json()).is_string() ? rows.at(0)["jobTitle"] : json("");
    }
    /// The files in the folder of the state, whole.
    std::string state_bytes() {
        std::string all;
        const auto folder = std::filesystem::path(world->daemon.state_path()).parent_path();
        for (const auto& file : std::filesystem::directory_iterator(folder))
            all += read_text(file.path().string());
        return all;
    }
    json causes() { return duet_json({"quarantine", "list", "--by", "cause"})["causes"]; }
    void stop_daemon() {
        world->daemon.process().send(SIGTERM);
        EXPECT_EQ(world->daemon.process().wait(std::chrono::seconds{30}), 0);
    }

    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world;
};

TEST_F(OperationsTest, QuarantineIsListedRetriedAndDroppedWithAndWithoutADaemon) {
    world->vendors.must("POST", "/sandbox/faults",
                        {{"operation", "pardot.prospects.update"}, {"times", 0}, {"error", 154}});
    set_title("Secret Title");
    world->daemon.sync();
    ASSERT_EQ(causes().size(), 1U) << causes();
    const json cause = causes()[0];
    EXPECT_EQ(cause["count"], 1);
    EXPECT_EQ(cause["remote_code"], "154");
    EXPECT_NE(cause["hint"], "");
    EXPECT_EQ(cause.dump().find("Secret"), std::string::npos);
    const std::string text = duet({"quarantine", "list"}).out;
    EXPECT_NE(text.find("tried 1 times"), std::string::npos) << text;
    EXPECT_EQ(text.find("Secret"), std::string::npos) << text;
    EXPECT_EQ(duet_json({"status"})["orgs"][0]["quarantine"], 1);

    duet({"quarantine", "drop", kAda});
    world->vendors.must("DELETE", "/sandbox/faults");
    world->daemon.sync();
    EXPECT_EQ(job_title().find("Secret"), std::string::npos);
    EXPECT_EQ(causes()[0]["dropped"], 1);

    stop_daemon();
    EXPECT_EQ(duet_json({"quarantine", "list"})["rows"].size(), 1U);
    duet({"quarantine", "retry", "--cause", cause["cause"]});
    duet({"quarantine", "retry", "--cause", "no/such"}, 1);
    world->daemon.start();
    world->daemon.sync_until_quiet();
    EXPECT_EQ(job_title(), "Secret Title");
    EXPECT_TRUE(causes().empty());
}

TEST_F(OperationsTest, WhatOneCauseHoldsIsCountedAndDroppedTogether) {
    world->vendors.must("POST", "/sandbox/faults",
                        {{"operation", "pardot.prospects.update"}, {"times", 0}, {"error", 154}});
    set_title("Secret One");
    set_title("Secret Two", kBea);
    world->daemon.sync();
    ASSERT_EQ(causes().size(), 1U) << causes();
    EXPECT_EQ(causes()[0]["count"], 2);
    EXPECT_EQ(causes()[0]["dropped"], 0);
    const std::string cause = causes()[0]["cause"];
    const std::string text = duet({"quarantine", "list", "--by", "cause"}).out;
    EXPECT_NE(text.find(cause), std::string::npos) << text;
    EXPECT_NE(duet({"status"}).out.find("     2  " + cause + "\n"), std::string::npos);
    EXPECT_EQ(duet_json({"quarantine", "list", "--cause", cause})["rows"].size(), 2U);

    EXPECT_EQ(duet_json({"quarantine", "drop", "--cause", cause})["count"], 2);
    world->vendors.must("DELETE", "/sandbox/faults");
    world->daemon.sync();
    EXPECT_EQ(causes()[0]["count"], 0);
    EXPECT_EQ(causes()[0]["dropped"], 2);
    EXPECT_NE(job_title(), "Secret One") << "it was dropped";
    EXPECT_EQ(duet_json({"quarantine", "retry", "--cause", cause})["count"], 2);
    world->daemon.sync_until_quiet();
    EXPECT_EQ(job_title(), "Secret One");
    EXPECT_TRUE(causes().empty());
}

TEST_F(OperationsTest, AHeldKindIsShownReleasedAndGoesOn) {
    world->org.more = "    brake:\n      create: {count: 1, percent: 0}\n";
    world->daemon.write_config({world->org}, "fixed_clock: 2018-01-02T09:00:00Z\n");
    ASSERT_EQ(duet({"reload"}).code, 0);
    const auto add = [&](const char* name) {
        world->vendors.must("POST", "/services/data/v62.0/sobjects/Contact",
                            {{"LastName", name}, {"Email", std::string(name) + "@new.example"}});
    };
    const auto made = [&] {
        return world->vendors.collection("prospects", "id", "email=one@new.example").size() +
               world->vendors.collection("prospects", "id", "email=two@new.example").size();
    };
    add("one");
    add("two");
    world->daemon.sync();
    ASSERT_EQ(made(), 0U);
    const json held = duet_json({"status"})["orgs"][0]["held"];
    ASSERT_EQ(held.size(), 1U) << held;
    EXPECT_EQ(held[0]["kind"], "create");
    EXPECT_EQ(held[0]["count"], 2);
    const std::string text = duet({"status"}).out;
    EXPECT_NE(text.find("held by the brake: 2 writes of kind \"create\" (limit 1)"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("duet brake release create\n"), std::string::npos) << text;
    EXPECT_NE(duet({"brake", "list"}).out.find("held: 2 writes in cycle"), std::string::npos);

    duet({"brake", "release", "blank"}, 1);
    duet({"brake", "release", "create", "--up-to", "1"}, 1);
    world->daemon.sync();
    EXPECT_EQ(made(), 0U) << "nothing was released";
    EXPECT_EQ(duet_json({"brake", "release", "create", "--up-to", "2"})["count"], 2);
    world->daemon.sync_until_quiet();
    EXPECT_EQ(made(), 2U);
    EXPECT_TRUE(duet_json({"status"})["orgs"][0]["held"].empty());
}

TEST_F(OperationsTest, WhoWasErasedSinceIsInNoFileAfterARestore) {
    const std::string copy = world->daemon.folder() + "/copy.db";
    duet({"backup", copy});
    duet({"erase", kAda, "--yes"});
    stop_daemon();
    const json restored = duet_json({"restore", copy});
    EXPECT_EQ(restored["erased_again"], 1) << restored;
    EXPECT_EQ(state_bytes().find(kAda), std::string::npos);
    ASSERT_NE(state_bytes().find(kBea), std::string::npos);
    world->daemon.start();
    world->daemon.sync_until_quiet();
    EXPECT_EQ(state_bytes().find(kAda), std::string::npos) << "all was read once more";
    EXPECT_EQ(duet_json({"erase", "--receipts"})["receipts"].size(), 1U);
    duet({"erase", kBea, "--yes"});
    EXPECT_EQ(state_bytes().find(kBea), std::string::npos) << "the state that was replaced too";
}

TEST_F(OperationsTest, ACopyMadeWhileTheDaemonRunsIsPutBackAndNothingIsLost) {
    const std::string copy = world->daemon.folder() + "/copy.db";
    duet({"backup", copy});
    EXPECT_TRUE(duet_json({"store", "check"})["findings"].empty());
    duet({"backup", copy}, 1);  // a copy never overwrites another
    set_title("After the copy");
    world->daemon.sync_until_quiet();
    EXPECT_EQ(job_title(), "After the copy");
    duet({"restore", copy}, 70);  // the daemon runs
    stop_daemon();
    duet({"restore", copy});
    EXPECT_TRUE(std::filesystem::exists(world->daemon.state_path() + ".replaced"));
    EXPECT_TRUE(duet_json({"store", "check"})["findings"].empty());
    const SeededIds nobody;
    const Everything before = everything(world->vendors, nobody);
    world->daemon.start();
    EXPECT_EQ(world->daemon.sync()["written"], 0) << "it only observes";
    EXPECT_TRUE(duet_json({"status"})["orgs"][0]["catching_up"].is_boolean());
    const char* const later = "2018-01-02T10:00:00Z";  // reads tell what was written by then
    world->vendors.must("POST", "/sandbox/clock", {{"now", later}});
    world->daemon.ask("clock", {{"now", later}});
    world->daemon.sync_until_quiet();
    EXPECT_EQ(duet_json({"status"})["orgs"][0]["catching_up"], false);
    EXPECT_EQ(differences(before, everything(world->vendors, nobody)), "");
}

}  // namespace
}  // namespace duet::world
