// A lifecycle that follows from what happened, through the real programs: three stages of other
// names, and the figures that `duet lifecycle` prints.
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kLifecycle = R"(lifecycle:
  cycle_starts_at: Talking
  stages:
    - { name: Met, rank: 1 }
    - { name: Talking, rank: 2 }
    - { name: Bought, rank: 3 }
  events:
    - { name: met, object: [Lead, Contact], at: CreatedDate }
    - { name: met, object: { pardot: prospect }, at: createdAt }
    - { name: called, object: Task, where: ISBLANK(Duet_Key__c), at: CreatedDate }
  deals:
    through: OpportunityContactRole
    deal: Opportunity
    joined: CreatedDate
    created: CreatedDate
    closed: IF(IsClosed, LastStageChangeDate, NULL)
    won: IsWon
  transitions:
    - { on: met, from: new, to: Met, elsewhere: ignore }
    - { on: called, from: Met, to: Talking, elsewhere: ignore }
    - { on: deal_won, from: { ranks: [1, 2] }, to: Bought, elsewhere: ignore }
)";

constexpr const char* kWork = R"(timers:
  - name: Answer
    starts: [{ kind: call, object: Task, where: 'Subject = "Call"', time: CreatedDate, within_minutes: 60 }]
    answers: [{ object: Task, where: 'Subject = "Answer"', time: CreatedDate }]
queue:
  reasons: [{ name: called, when: 'Timer.Answer = "RUNNING"' }]
  due: Timer.Answer_Due
  owner: OwnerId
)";

TEST(LifecycleEndToEnd, WhatHappenedInTheOrgIsCountedByTheCommand) {
    const TemporaryFolder folder;
    write_small_seed(folder.path() + "/seed", "acme");
    RehearsalOrg org;
    org.documents = folder.path() + "/documents";
    std::filesystem::copy(default_documents(), org.documents);
    write_text(org.documents + "/lifecycle.yaml", kLifecycle);
    write_text(org.documents + "/work.yaml", kWork);
    Rehearsal world(folder.path() + "/seed", org);
    world.daemon.start();
    world.daemon.sync_until_quiet();
    const std::string before = world.daemon.ask("status")["orgs"][0]["stages"].dump();
    EXPECT_NE(before.find("Met"), std::string::npos) << before;

    const auto people = world.vendors.query("SELECT Id, Email FROM Contact ORDER BY Id LIMIT 1");
    ASSERT_EQ(people.size(), 1U);
    const auto contact = people[0]["Id"].get<std::string>();
    const std::string later = "2018-01-03T09:00:00Z";
    world.vendors.must("POST", "/sandbox/clock", {{"now", later}});
    world.daemon.ask("clock", {{"now", later}});
    world.vendors.must("POST", "/services/data/v62.0/sobjects/Task",
                       {{"WhoId", contact}, {"Subject", "Call"}, {"Status", "Completed"}});
    world.daemon.sync_until_quiet();

    const Finished run = world.daemon.duet(
        {"lifecycle", "--since", "2017-01-01", "--until", "2018-01-31", "--json"});
    ASSERT_EQ(run.code, 0) << run.error;
    const json answer = json::parse(run.out);
    const auto& met = answer["stages"][0];
    const auto& talking = answer["stages"][1];
    EXPECT_EQ(met["stage"], "Met");
    EXPECT_EQ(met["entries"], answer["people"]) << run.out;
    EXPECT_GE(talking["people"].get<int>(), 1);
    EXPECT_EQ(met["people"].get<int>() + talking["people"].get<int>() +
                  answer["stages"][2]["people"].get<int>(),
              answer["people"].get<int>())
        << "everyone has one place";
    EXPECT_EQ(answer["steps"][0]["days"]["count"], talking["entries"]);
    const auto stage =
        world.vendors.query("SELECT Duet_Stage__c FROM Contact WHERE Id = '" + contact + "'");
    EXPECT_EQ(stage.at(0)["Duet_Stage__c"], "Talking");

    const Finished text = world.daemon.duet({"lifecycle"});
    EXPECT_NE(text.out.find("Met -> Talking"), std::string::npos) << text.out;
    const Finished csv = world.daemon.duet({"lifecycle", "--csv"});
    EXPECT_EQ(csv.out.rfind("stage,people,entries", 0), 0U) << csv.out;
    const Finished queue = world.daemon.duet({"queue"});
    EXPECT_NE(queue.out.find("Contact " + contact), std::string::npos) << queue.out;
    EXPECT_NE(queue.out.find("1 shown of 1 in the queue"), std::string::npos) << queue.out;
    const Finished nobody = world.daemon.duet({"queue", "--owner", "nobody", "--json"});
    EXPECT_EQ(json::parse(nobody.out)["queue"].size(), 0U) << nobody.out;
    const Finished answers = world.daemon.duet({"answers", "--csv"});
    EXPECT_NE(answers.out.find("Answer,call,-,0,0,0,0,1,0"), std::string::npos) << answers.out;
    const Finished wrong = world.daemon.duet({"lifecycle", "--since", "soon"});
    EXPECT_EQ(wrong.code, 1);
    EXPECT_NE(wrong.error.find("DUET-6092"), std::string::npos) << wrong.error;
}

TEST(LifecycleEndToEnd, DocumentsWithoutOneSaySo) {
    const TemporaryFolder folder;
    write_small_seed(folder.path() + "/seed", "acme");
    Rehearsal world(folder.path() + "/seed");
    world.daemon.start();
    world.daemon.sync_until_quiet();
    const Finished run = world.daemon.duet({"lifecycle"});
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.error.find("DUET-6091"), std::string::npos) << run.error;
    EXPECT_NE(world.daemon.duet({"queue"}).error.find("DUET-6097"), std::string::npos);
    EXPECT_NE(world.daemon.duet({"answers"}).error.find("DUET-6098"), std::string::npos);
}

}  // namespace
}  // namespace duet::world
