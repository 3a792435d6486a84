// Rows of campaign influence by other models, of other people and other deals.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/daemon/sync/influence_cycle.h"
#include "tests/world/report_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

class LapsedInfluence : public InfluenceCycle {
protected:
    LapsedInfluence()
        : InfluenceCycle(influence_document("linear", "    keep_when: Lapsed__c\n")) {}
};

TEST_F(LapsedInfluence, ALapsedDealKeepsItsRowsAndAReopenedOneLosesThem) {
    settle();
    ASSERT_EQ(rows().size(), 2U);
    world.crm().edit({"Opportunity", deal}, "Lapsed__c", Value{true});
    world.crm().edit({"Opportunity", deal}, "IsWon", Value{false});
    settle();
    EXPECT_EQ(rows().size(), 2U);
    world.crm().edit({"Opportunity", deal}, "Lapsed__c", Value{false});
    settle();
    EXPECT_TRUE(rows().empty());
}

class LearntInfluence : public InfluenceCycle {
protected:
    explicit LearntInfluence(const char* learnt_by = "markov:1")
        : InfluenceCycle(influence_document(learnt_by, "    learn_days: 2\n")) {
        // C1>C2>C3 converts, C1 does not, C2>C3 does not: removal effects 1/2, 1, 1.
        autumn = campaign("Autumn");
        touch(autumn, ada, "2017-10-03");
        for (const bool both : {false, true}) {
            const std::string who = world.add_contact(both ? "cy@example.com" : "di@example.com");
            role(won_deal(false), who);
            touch(both ? fair : spring, who, "2017-10-01");
            if (both) touch(autumn, who, "2017-10-02");
        }
    }
    std::string autumn;
};

TEST_F(LearntInfluence, SharesFollowFromAllJourneysAndNewOnesAreLearntInTheirTime) {
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{
                          {by(spring, ada), 20}, {by(fair, ada), 40}, {by(autumn, ada), 40}}));
    // Another journey converts with the first campaign alone.
    const std::string next = won_deal();
    role(next, bo);
    touch(spring, bo, "2017-10-04");
    settle();
    EXPECT_EQ(rows(next), (std::map<std::string, double>{{by(spring, bo), 100}}));
    EXPECT_DOUBLE_EQ(rows()[by(spring, ada)], 20) << "its time has not come";
    world.clock.pass(49h);
    settle();
    EXPECT_GT(rows()[by(spring, ada)], 20);
    EXPECT_DOUBLE_EQ(sum(rows()), 100);
    const auto before = writes();
    const auto lesson = world.store().fact("acme", "attribution.lessons");
    world.clock.pass(49h);
    settle();
    EXPECT_EQ(writes(), before);
    EXPECT_EQ(*world.store().fact("acme", "attribution.lessons"), *lesson)
        << "nothing happened, so nothing is learnt";
}

TEST_F(LearntInfluence, TheReportSaysHowLearntCreditIsToBeRead) {
    settle();
    const auto notes = told_report(world).notes;
    EXPECT_TRUE(std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
        return note.starts_with("markov:1") && note.find("removal effects") != std::string::npos;
    })) << testing::PrintToString(notes);
}

class LearntPaths : public LearntInfluence {
protected:
    LearntPaths() : LearntInfluence("counterfactual") {}
};

TEST_F(LearntPaths, ATouchHasWhatItsPathLosesWithoutIt) {
    settle();
    EXPECT_EQ(rows(),
              (std::map<std::string, double>{
                  {by(spring, ada), 33.34}, {by(fair, ada), 33.33}, {by(autumn, ada), 33.33}}))
        << "no deal was won on any part of the path";
    // Another is won without the third campaign.
    const std::string next = won_deal();
    role(next, bo);
    touch(spring, bo, "2017-10-04");
    touch(fair, bo, "2017-10-05");
    settle();
    EXPECT_EQ(rows(next), (std::map<std::string, double>{{by(fair, bo), 100}}))
        << "nothing is learnt of that path yet: the last touch";
    EXPECT_EQ(rows().size(), 3U) << "its time has not come";
    world.clock.pass(49h);
    settle();
    EXPECT_EQ(rows(next),
              (std::map<std::string, double>{{by(spring, bo), 50}, {by(fair, bo), 50}}));
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(spring, ada), 50}, {by(fair, ada), 50}}));
    const auto before = writes();
    const auto lesson = world.store().fact("acme", "attribution.lessons");
    world.clock.pass(49h);
    settle();
    EXPECT_EQ(writes(), before);
    EXPECT_EQ(*world.store().fact("acme", "attribution.lessons"), *lesson);
}

TEST_F(LearntPaths, ALessonThatCannotBeReadIsLearntAnew) {
    settle();
    const auto before = writes();
    ASSERT_TRUE(world.store().set_fact(
        "acme", "attribution.lessons",
        R"({"Ours": {"model": "counterfactual", "learnt": {"campaigns": ["a"], "paths": [[[1], 1, 0]]}}})"));
    settle();
    EXPECT_EQ(writes(), before);
    EXPECT_EQ(rows().size(), 3U);
    EXPECT_NE(world.store().fact("acme", "attribution.lessons")->find(spring), std::string::npos);
}

class MilestoneInfluence : public InfluenceCycle {
protected:
    MilestoneInfluence()
        : InfluenceCycle(
              influence_document("w", "    qualified: Qualified__c\n    known: CreatedDate\n")) {}
};

TEST_F(MilestoneInfluence, TheFirstWhoQualifiedIsTheLeadsMilestone) {
    const std::string late = campaign("Late");
    touch(late, ada, "2017-11-20");
    settle();
    // First Spring; nobody's lead moment is known: Spring, too; created after Fair.
    EXPECT_EQ(rows(),
              (std::map<std::string, double>{{by(spring, ada), 66.67}, {by(fair, ada), 33.33}}));
    world.crm().edit({"Contact", ada}, "Qualified__c", Value{*parse_date("2017-10-20")});
    settle();
    EXPECT_EQ(rows(),
              (std::map<std::string, double>{{by(spring, ada), 33.33}, {by(fair, ada), 66.67}}));
}

class AccountInfluence : public InfluenceCycle {
protected:
    AccountInfluence()
        : InfluenceCycle(influence_document("linear", "    people_of: role_else_account\n")) {}
};

TEST_F(AccountInfluence, WhereNobodyHasARoleTheAccountsPeopleCount) {
    const std::string account = add("Account", {{"Name", text("Acme")}});
    world.crm().edit({"Contact", bo}, "AccountId", text(account));
    world.crm().edit({"Opportunity", deal}, "AccountId", text(account));
    touch(fair, bo, "2017-10-09");
    settle();
    EXPECT_EQ(rows().size(), 2U) << "Ada has a role, so only she counts";
    for (const auto& [key, fields] : world.crm().records("OpportunityContactRole"))
        world.crm().remove({"OpportunityContactRole", key});
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(fair, bo), 100}}));
    // Somebody who joins the account brings her touches along.
    world.crm().edit({"Contact", ada}, "AccountId", text(account));
    settle();
    EXPECT_EQ(rows().size(), 3U);
}

class WeighedInfluence : public InfluenceCycle {
protected:
    WeighedInfluence()
        : InfluenceCycle(
              influence_document("custom",
                                 "    weights: { campaign_type: { Webinar: 3 }, position: "
                                 "{ first: 2 } }\n")) {}
};

TEST_F(WeighedInfluence, NumbersByTypeAndPlaceAreMultiplied) {
    world.crm().edit({"Campaign", fair}, "Type", text("Webinar"));
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(spring, ada), 40}, {by(fair, ada), 60}}));
}

}  // namespace
}  // namespace duet::world
