// Rows of campaign influence through the whole cycle: over the real store, against two fakes.
#include "tests/daemon/sync/influence_cycle.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "daemon/sync/undo.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

TEST_F(InfluenceCycle, AWonDealGetsRowsThatComeToTheWholeAndTheNextCycleSendsNothing) {
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(spring, ada), 50}, {by(fair, ada), 50}}));
    const auto before = writes();
    world.clock.pass(90s);
    world.run_until_quiet();
    EXPECT_EQ(writes(), before);
}

TEST_F(InfluenceCycle, ADealThatIsNotWonGetsNoRows) {
    const std::string lost = won_deal(false);
    role(lost, ada);
    settle();
    EXPECT_TRUE(rows(lost).empty());
}

TEST_F(InfluenceCycle, ALateContactRoleRecomputesItsOwnDealAndNoOther) {
    const std::string other = won_deal();
    role(other, ada);
    touch(fair, bo, "2017-10-03");
    settle();
    std::set<store::EntityId> decided;
    role(deal, bo);
    world.clock.pass(90s);
    sync::Cycle cycle(world.org(), "test");
    world.org().settings = world.settings;
    const auto report =
        cycle.run({}, [&](const sync::EntityPlan& plan) { decided.insert(plan.entity.id); });
    ASSERT_TRUE(report);
    EXPECT_EQ(decided,
              std::set<store::EntityId>{world.entity_of(Side::Crm, {"Opportunity", deal}).id});
    EXPECT_EQ(rows(),
              (std::map<std::string, double>{
                  {by(spring, ada), 33.34}, {by(fair, ada), 33.33}, {by(fair, bo), 33.33}}));
    EXPECT_EQ(rows(other).size(), 2U);
}

TEST_F(InfluenceCycle, AMemberWhoDidNotRespondAfterAllTakesTheRowAway) {
    const std::string member = touch(fair, bo, "2017-10-03");
    role(deal, bo);
    settle();
    EXPECT_EQ(rows().size(), 3U);
    world.crm().edit({"CampaignMember", member}, "HasResponded", Value{false});
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(spring, ada), 50}, {by(fair, ada), 50}}));
}

TEST_F(InfluenceCycle, AMergedCampaignMovesItsShare) {
    settle();
    for (const auto& [key, fields] : world.crm().records("CampaignMember")) {
        if (fields.get("CampaignId") == text(fair))
            world.crm().edit({"CampaignMember", key}, "CampaignId", text(campaign("Autumn")));
    }
    world.crm().remove({"Campaign", fair});
    settle();
    EXPECT_EQ(rows().size(), 2U);
    EXPECT_EQ(rows().count(by(fair, ada)), 0U);
    EXPECT_DOUBLE_EQ(sum(rows()), 100);
}

TEST_F(InfluenceCycle, SomebodyElsesHandIsCorrected) {
    settle();
    std::string first;
    for (const auto& [key, fields] : world.crm().records("CampaignInfluence")) {
        if (first.empty()) first = key;
    }
    world.crm().edit({"CampaignInfluence", first}, "Influence", Value{Decimal{10}});
    row(spring, ada, "5", model);  // the same key once more
    row(spring, bo, "5", model);   // nobody's touch
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(spring, ada), 50}, {by(fair, ada), 50}}));
    EXPECT_NE(world.crm().find_record({"CampaignInfluence", first}), nullptr);
}

TEST_F(InfluenceCycle, RowsOfOtherModelsAreNotTouched) {
    const std::string primary =
        add("CampaignInfluenceModel",
            {{"DeveloperName", text("Primary")}, {"ModelType", text("PrimaryCampaignSource")}});
    const std::string theirs = row(spring, ada, "100", primary);
    settle();
    EXPECT_EQ(world.crm().versions({"CampaignInfluence", theirs}), 1U);
    EXPECT_EQ(rows().size(), 2U);
}

TEST_F(InfluenceCycle, ADealWhoseRolesVanishLosesItsRows) {
    const std::string late = role(deal, bo);
    settle();
    for (const auto& [key, fields] : world.crm().records("OpportunityContactRole"))
        world.crm().remove({"OpportunityContactRole", key});
    settle();
    EXPECT_TRUE(rows().empty());
}

/// At no moment do the rows of a deal come to more than the whole, whoever watches.
TEST_F(InfluenceCycle, NoMomentExceedsTheWhole) {
    settle();
    double most = 0;
    SideWatch watch;
    watch.on_write = [&](const Write&, const RecordId&) { most = std::max(most, sum(rows())); };
    watch.on_call = [&] { most = std::max(most, sum(rows())); };
    world.crm().watch(watch);
    role(deal, bo);
    touch(campaign("Autumn"), bo, "2017-10-05");
    settle();
    for (const auto& [key, fields] : world.crm().records("CampaignMember")) {
        if (fields.get("CampaignId") == text(spring)) world.crm().remove({"CampaignMember", key});
    }
    touch(spring, bo, "2017-10-06");
    settle();
    EXPECT_LE(most, 100 + 1e-9);
    EXPECT_DOUBLE_EQ(sum(rows()), 100);
    world.crm().watch({});
}

TEST_F(InfluenceCycle, WhereADeleteIsRefusedTheRestWaits) {
    settle();
    std::string doomed;
    for (const auto& [key, fields] : world.crm().records("CampaignInfluence")) {
        if (fields.get("CampaignId") == text(spring)) doomed = key;
    }
    world.crm().rejects_record(doomed, "INSUFFICIENT_ACCESS");
    for (const auto& [key, fields] : world.crm().records("CampaignMember")) {
        if (fields.get("CampaignId") == text(spring)) world.crm().remove({"CampaignMember", key});
    }
    world.clock.pass(90s);
    for (int i = 0; i < 3; ++i) {
        world.run_cycle();
        EXPECT_LE(sum(rows()), 100);
    }
    EXPECT_EQ(rows().size(), 2U);
    world.crm().accepts_all();
    world.clock.pass(25h);
    world.run_until_quiet();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(fair, ada), 100}}));
}

TEST_F(InfluenceCycle, WhatTheBrakeHoldsHoldsTheRestOfItsDeal) {
    settle();
    world.settings.brake["delete"] = {0, 0};
    for (const auto& [key, fields] : world.crm().records("CampaignMember")) {
        if (fields.get("CampaignId") == text(spring)) world.crm().remove({"CampaignMember", key});
    }
    world.clock.pass(90s);
    world.run_cycle();
    EXPECT_EQ(rows().size(), 2U);
    EXPECT_DOUBLE_EQ(sum(rows()), 100);
    world.settings.brake["delete"] = {100, 1};
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(fair, ada), 100}}));
}

TEST_F(InfluenceCycle, ALostAnswerMakesNoSecondRow) {
    for (const auto& [key, fields] : world.crm().records("OpportunityContactRole"))
        world.crm().remove({"OpportunityContactRole", key});
    world.crm().edit({"Opportunity", deal}, "Credited__c", text(spring));
    settle();
    ASSERT_TRUE(rows().empty());
    role(deal, ada);
    world.clock.pass(90s);
    world.crm().loses_next_answer();
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.in_doubt, 2);
    settle();
    EXPECT_EQ(rows().size(), 2U);
    EXPECT_DOUBLE_EQ(sum(rows()), 100);
    EXPECT_EQ(world.crm().creates("CampaignInfluence"), 2);
}

TEST_F(InfluenceCycle, AnUndoLeavesRowsThatFollowFromTouches) {
    settle();
    sync::UndoSelection selection;
    selection.since = Instant{};
    selection.entities = {world.entity_of(Side::Crm, {"Opportunity", deal}).id};
    const auto plan = sync::plan_undo(world.org(), selection, {});
    ASSERT_TRUE(plan);
    for (const auto& write : plan->writes)
        EXPECT_NE(write.in_flight.write.id.object, "CampaignInfluence");
    const bool is_told = std::any_of(plan->kept.begin(), plan->kept.end(), [](const auto& kept) {
        return kept.why.find("follow from touches") != std::string::npos;
    });
    EXPECT_TRUE(is_told);
}

TEST_F(InfluenceCycle, WithoutTheModelOnlyTheRowsWaitAndItIsSaid) {
    world.crm().edit({"CampaignInfluenceModel", model}, "DeveloperName", text("Another"));
    world.clock.pass(90s);
    std::string told;
    for (int i = 0; i < 4; ++i) {
        const auto report = world.run_cycle();
        for (const std::string& warning : report->warnings) told += warning + "\n";
    }
    EXPECT_TRUE(world.crm().records("CampaignInfluence").empty());
    EXPECT_NE(told.find("DUET-5060"), std::string::npos) << told;
    EXPECT_EQ(world.crm().value({"Opportunity", deal}, "Credited__c"), text(spring))
        << "everything else goes on";
    world.crm().edit({"CampaignInfluenceModel", model}, "DeveloperName", text("Ours_Model"));
    settle();
    EXPECT_EQ(rows().size(), 2U) << "the rows follow when the model appears";
}

TEST_F(InfluenceCycle, TheCrmsOwnModelIsNeverWritten) {
    world.crm().edit({"CampaignInfluenceModel", model}, "ModelType", text("FirstTouch"));
    settle();
    EXPECT_TRUE(world.crm().records("CampaignInfluence").empty());
}

}  // namespace
}  // namespace duet::world
