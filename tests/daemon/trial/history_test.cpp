// Test documents that expect a way through the stages.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/cli/standard_catalogs.h"
#include "daemon/trial/run_tests.h"
#include "tests/daemon/trial/reports.h"

namespace duet::trial {
namespace {

const std::vector<document::Source> kMoveDocuments{{"people.yaml", R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: LastName, pardot: lastName }
)",
                                                    false},
                                                   {"lifecycle.yaml", R"(lifecycle:
  cycle_starts_at: Warm
  stages:
    - { name: Cold, rank: 1 }
    - { name: Warm, rank: 2 }
    - { name: Hot, rank: 3 }
  events:
    - { name: met, object: Contact, at: CreatedDate, owner: OwnerId }
    - { name: answered, object: CampaignMember, at: CreatedDate, campaign: CampaignId, reason: TEXT(Status) }
    - { name: called, object: Task, at: CompletedDateTime }
  transitions:
    - { on: met, from: new, to: Cold }
    - { on: answered, from: Cold, to: Warm }
    - { on: called, from: Cold, to: Hot }
)",
                                                    false}};

/// Ada answered a campaign, and was called after that: a call leads somewhere only before.
TestReport moved(const std::string& expectation) {
    const std::string test = R"(now: 2018-04-20T09:00:00Z
tests:
  - name: one
    given:
      salesforce:
        User:
          - { Id: ann, Name: Ann, IsActive: true }
        Campaign:
          - { Id: fair, Name: Fair }
        Contact:
          - { Id: ada, LastName: Ahl, Email: ada@x.example, OwnerId: ann, CreatedDate: 2018-04-01T08:00:00Z }
        CampaignMember:
          - { Id: m1, CampaignId: fair, ContactId: ada, Status: Came, CreatedDate: 2018-04-02T08:00:00Z }
        Task:
          - { Id: t1, WhoId: ada, IsClosed: true, CompletedDateTime: 2018-04-03T08:00:00Z }
    expect:
      - of: ada
        )" + expectation + "\n";
    return run(kMoveDocuments, test);
}

TEST(TrialHistory, MovesAreAsTheyAreExpectedInWhatIsGivenOfThem) {
    for (const char* right :
         {"moves: [Cold, Warm]", "moves: [{ to: Cold, by: met, owner: ann }, Warm]",
          "moves: [Cold, { to: Warm, from: Cold, by: answered, at: 2018-04-02T08:00:00Z, campaign: "
          "fair, reason: Came }]"}) {
        const auto report = moved(right);
        EXPECT_EQ(findings_of(report), "") << right;
        EXPECT_EQ(failures_of(report), "") << right;
    }
}

TEST(TrialHistory, EachPartOfAMoveCanFail) {
    for (const char* wrong :
         {"moves: []", "moves: [Warm, Cold]", "moves: [Cold]", "moves: [Cold, Warm, Cold]",
          "moves: [Cold, { to: Warm, from: Warm }]", "moves: [Cold, { to: Warm, by: met }]",
          "moves: [Cold, { to: Warm, at: 2018-04-03T08:00:00Z }]",
          "moves: [Cold, { to: Warm, campaign: mail }]", "moves: [Cold, { to: Warm, owner: ann }]",
          "moves: [Cold, { to: Warm, reason: Left }]"}) {
        const auto report = moved(wrong);
        EXPECT_EQ(findings_of(report), "") << wrong;
        EXPECT_EQ(report.failed(), 1U) << wrong;
    }
    EXPECT_NE(failures_of(moved("moves: [Cold, { to: Warm, reason: Left }]")).find("reason Came"),
              std::string::npos);
}

TEST(TrialHistory, EventsThatFindNoWayAreTold) {
    EXPECT_EQ(failures_of(moved("refused: [called]")), "");
    for (const char* wrong : {"refused: []", "refused: [met]", "refused: [called, called]"})
        EXPECT_EQ(moved(wrong).failed(), 1U) << wrong;
    EXPECT_NE(failures_of(moved("refused: []")).find("called in Warm: no transition leads there"),
              std::string::npos);
}

TEST(TrialHistory, MistakesHaveTheNearestName) {
    EXPECT_NE(findings_of(moved("moves: [Cold, Worm]")).find("did you mean \"Warm\"?"),
              std::string::npos);
    EXPECT_NE(findings_of(moved("moves: [{ to: Cold, campain: fair }]")).find("campaign"),
              std::string::npos);
}

}  // namespace
}  // namespace duet::trial
