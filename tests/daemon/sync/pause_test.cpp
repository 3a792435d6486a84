// What people pause stands still, is counted as waiting, and goes on where it stood.
#include "tests/daemon/sync/plan_world.h"

namespace duet::world {
namespace {

class Pausing : public PlanWorld {
protected:
    Value phone() { return world.value(kMarketing, kAda, "phone"); }
    std::int64_t calls(Side side) { return world.side(side).calls(); }
};

TEST_F(Pausing, OfTheOrgStopsItsCyclesAlsoAfterARestart) {
    pause({});
    world.restart();
    const auto before = calls(kCrm) + calls(kMarketing);
    sync::Cycle cycle(world.org(), "test");
    const auto report = cycle.run({});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, "DUET-5040");
    EXPECT_EQ(calls(kCrm) + calls(kMarketing), before);
    resume({});
    world.run_until_quiet();
}

TEST_F(Pausing, OfASideStopsItsWritesAndNotItsReads) {
    pause(of_side(kMarketing));
    world.crm().edit(contact, "Phone", text("5550100"));
    world.marketing().edit(prospect, "jobTitle", text("Countess"));
    world.clock.pass(90s);  // until reads see it
    const auto report = world.run_cycle();
    EXPECT_EQ(report->counts.waiting, 2) << "both rows are of one person, whose write waits";
    EXPECT_NE(phone(), text("5550100"));
    EXPECT_EQ(world.value(kCrm, kAda, "Title"), text("Countess"));
    EXPECT_EQ(why(), "pardot is paused");
    world.restart();
    world.run_cycle();
    EXPECT_NE(phone(), text("5550100"));
    resume(of_side(kMarketing));
    world.run_until_quiet();
    EXPECT_EQ(phone(), text("5550100"));
}

TEST_F(Pausing, OfASidesReadsLeavesItAloneAltogether) {
    pause(of_side(kMarketing, true));
    world.marketing().edit(prospect, "jobTitle", text("Countess"));
    world.clock.pass(90s);
    const auto before = calls(kMarketing);
    world.run_cycle();
    EXPECT_EQ(calls(kMarketing), before);
    EXPECT_NE(world.value(kCrm, kAda, "Title"), text("Countess"));
    resume(of_side(kMarketing));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, kAda, "Title"), text("Countess"));
}

TEST_F(Pausing, OfAnObjectStopsOnlyWritesToIt) {
    pause(of_object(kMarketing, "list-membership"));
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_cycle();
    world.run_cycle();
    EXPECT_EQ(world.value(kMarketing, kAda, "jobTitle"), text("Buyer"));
    EXPECT_TRUE(world.marketing().records("list-membership").empty());
    EXPECT_EQ(why(), "pardot list-membership is paused");
    EXPECT_EQ(world.entity_of(kCrm, contact).state, "waiting");
    resume(of_object(kMarketing, "List-Membership"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("list-membership").size(), 1u);
}

TEST_F(Pausing, StopsOptOutsWithAnAlarmThatEndsWithIt) {
    pause(of_side(kMarketing));
    world.crm().edit(contact, "HasOptedOutOfEmail", Value{true});
    const auto report = world.run_cycle();
    EXPECT_NE(world.value(kMarketing, kAda, "optedOut"), Value{true});
    ASSERT_EQ(report->alarms.size(), 1u);
    EXPECT_EQ(report->alarms[0].code, sync::kPausedOptOutsCode);
    EXPECT_EQ(report->alarms[0].count, 1);
    resume(of_side(kMarketing));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "optedOut"), Value{true});
    EXPECT_TRUE(sync::load_alarms(world.store(), "acme")->empty());
}

TEST_F(Pausing, TheBrakeDoesNotCountWhatIsPaused) {
    world.settings.brake["create"] = {0, 0};
    pause(of_side(kMarketing));
    world.add_contact("grace@example.com", "Hopper");
    world.run_cycle();
    EXPECT_TRUE(held_kinds().empty());
    EXPECT_EQ(stored_plan().left_aside.back().reason, "paused");
}

TEST(Pauses, OneOfEachThingAndTheWidestIsTold) {
    sync::Pauses pauses;
    sync::Pause object;
    object.what = sync::Pause::What::Object;
    object.side = kMarketing;
    object.object = "prospect";
    pauses.put(object);
    object.because = "again";
    pauses.put(object);
    ASSERT_EQ(pauses.all().size(), 1u);
    EXPECT_EQ(pauses.all()[0].because, "again");
    EXPECT_EQ(pauses.of_write(kCrm, "prospect"), nullptr);
    EXPECT_EQ(pauses.of_write(kMarketing, "list"), nullptr);
    ASSERT_NE(pauses.of_write(kMarketing, "Prospect"), nullptr);
    sync::Pause side;
    side.what = sync::Pause::What::Side;
    side.side = kMarketing;
    pauses.put(side);
    EXPECT_EQ(pauses.of_write(kMarketing, "prospect")->what, sync::Pause::What::Side);
    EXPECT_FALSE(pauses.stops_reads(kMarketing));
    EXPECT_FALSE(pauses.remove(sync::Pause{}));
    EXPECT_TRUE(pauses.remove(side));
}

TEST_F(Pausing, WhatTheStoreHoldsComesBackAsItWas) {
    sync::Pause full = of_side(kMarketing, true);
    full.since = world.clock.now();
    full.by = "ada";
    full.because = "a \"move\"";
    pause(full);
    const auto read = sync::Pauses::load(world.store(), "acme");
    ASSERT_EQ(read->all().size(), 1u);
    EXPECT_EQ(read->all()[0].by, "ada");
    EXPECT_EQ(read->all()[0].because, "a \"move\"");
    EXPECT_EQ(read->all()[0].since, full.since);
    EXPECT_TRUE(read->stops_reads(kMarketing));
    EXPECT_FALSE(read->stops_reads(kCrm));
    ASSERT_TRUE(world.store().set_fact("acme", "paused", "[{"));
    EXPECT_EQ(sync::Pauses::load(world.store(), "acme").error().code, "DUET-4010");
    ASSERT_TRUE(world.store().set_fact("acme", "paused", ""));
}

}  // namespace
}  // namespace duet::world
