#include <filesystem>
#include <map>
#include <memory>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kTasks = R"(tasks:
  - name: score_passes_100
    when: Prospect.score >= 100
    rearm_when: Prospect.score <= 80
    close_when: Prospect.score < 50
    subject: Call {!FirstName} {!LastName}
    due_in_days: 1
    priority: High
)";

constexpr const char* kRouting = R"(routing:
  - name: leads
    at_create: act
    rules:
      - name: turns
        round_robin: [{ user: sync@acme.example, weight: 2 }, second@acme.example]
)";

/// Tasks and routing beside the default documents.
class ActionsTest : public testing::Test {
protected:
    ActionsTest() {
        write_small_seed(folder_.path() + "/seed", "acme");
        const std::string documents = folder_.path() + "/documents";
        std::filesystem::copy(default_documents(), documents);
        write_text(documents + "/tasks.yaml", kTasks);
        write_text(documents + "/routing.yaml", kRouting);
        RehearsalOrg org;
        org.documents = documents;
        world = std::make_unique<Rehearsal>(folder_.path() + "/seed", org);
        world->vendors.must("POST", kObjects + std::string("User"),
                            {{"LastName", "Second"},
                             {"Username", "second@acme.example"},
                             {"Email", "second@acme.example"},
                             {"Alias", "second"},
                             {"CommunityNickname", "second"}});
    }

    void score(int points) {
        minutes_ += 10;
        const std::string now = "2018-01-02T" + std::to_string(10 + minutes_ / 60) + ":" +
                                std::to_string(10 + minutes_ % 60 / 10 * 5) + ":00Z";
        world->vendors.must("POST", "/sandbox/clock", {{"now", now}});
        ASSERT_EQ(world->daemon.ask("clock", {{"now", now}}).value("done", false), true);
        world->vendors.must("PATCH", "/api/v5/objects/prospects/6001?fields=id",
                            {{"score", points}});
    }

    std::vector<json> tasks() {
        return world->vendors.query(
            "SELECT Id, Subject, WhoId, OwnerId, ActivityDate, Priority, Status, IsClosed, "
            "Duet_Key__c FROM Task");
    }

    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world;
    int minutes_ = 0;
};

TEST_F(ActionsTest, AScoreThatPassesTheLevelMakesOneTaskAndItsClosingOne) {
    world->daemon.start();
    world->daemon.sync_until_quiet();
    EXPECT_TRUE(tasks().empty());
    // The answer to the create is lost on its way.
    world->vendors.must(
        "POST", "/sandbox/faults",
        {{"method", "PATCH"}, {"path", "/composite/sobjects/Task/"}, {"drop_after", true}});
    score(104);
    world->daemon.sync_until_quiet();
    EXPECT_EQ(world->vendors.must("GET", "/sandbox/faults")["waiting"], 0) << "never sent";
    score(96);
    world->daemon.sync_until_quiet();
    score(110);
    world->daemon.sync_until_quiet();
    const auto made = tasks();
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0]["Subject"], "Call Cora1 Contact acme");
    EXPECT_EQ(made[0]["ActivityDate"], "2018-01-03");
    EXPECT_EQ(made[0]["Priority"], "High");
    EXPECT_EQ(made[0]["IsClosed"], false);
    EXPECT_EQ(made[0]["Duet_Key__c"],
              "score_passes_100:" + made[0]["WhoId"].get<std::string>() + ":1");

    const Finished told = world->daemon.duet({"explain", "contact1@acme.example"});
    EXPECT_NE(told.out.find("created salesforce Task"), std::string::npos) << told.out;
    score(40);
    world->daemon.sync_until_quiet();
    EXPECT_EQ(tasks()[0]["IsClosed"], true);
    // A task of Duet's own is no activity of sales: the stage stays what it was.
    const auto contact = world->vendors.query(
        "SELECT Duet_Stage__c FROM Contact WHERE Email = 'contact1@acme.example'");
    EXPECT_NE(contact[0]["Duet_Stage__c"], "SAL");
    EXPECT_EQ(world->daemon.sync()["written"], 0);
}

TEST_F(ActionsTest, LeadsThatDuetMakesTakeTurns) {
    world->daemon.start();
    world->daemon.sync_until_quiet();
    std::map<std::string, std::string> names;
    for (const json& user : world->vendors.query("SELECT Id, Username FROM User"))
        names[user["Id"].get<std::string>()] = user["Username"].get<std::string>();
    const auto leads =
        world->vendors.query("SELECT OwnerId FROM Lead WHERE Email LIKE 'prospect%@acme.example'");
    ASSERT_EQ(leads.size(), 6u);
    std::map<std::string, int> taken;
    for (const json& lead : leads) ++taken[names[lead["OwnerId"].get<std::string>()]];
    EXPECT_EQ(taken,
              (std::map<std::string, int>{{"sync@acme.example", 4}, {"second@acme.example", 2}}));
    EXPECT_EQ(world->daemon.sync()["written"], 0);
}

}  // namespace
}  // namespace duet::world
