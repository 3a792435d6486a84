// A plan in a file is applied as it was read, once, and refuses what has changed since.
#include "tests/daemon/sync/plan_world.h"

namespace duet::world {
namespace {

using sync::Fate;

class Applying : public PlanWorld {
protected:
    Applying() {
        grace = {"Contact", world.add_contact("grace@example.com", "Hopper")};
        world.run_until_quiet();
        const auto fates_of_nothing = fates({});
        EXPECT_TRUE(fates_of_nothing.empty());
    }
    static std::vector<Fate> fates(const sync::Applied& applied) {
        std::vector<Fate> all;
        for (const sync::Outcome& outcome : applied.outcomes) all.push_back(outcome.fate);
        return all;
    }
    Value phone(const char* email) { return world.value(kMarketing, email, "phone"); }
    /// Both phones change, and nothing is written yet.
    sync::Plan plan_of_two() {
        world.crm().edit(contact, "Phone", text("5550100"));
        world.crm().edit(grace, "Phone", text("5550200"));
        const sync::Plan plan = new_plan();
        EXPECT_EQ(plan.lines.size(), 2u) << sync::plan_text(plan);
        return plan;
    }
    /// A new person, and of the plan for her the create alone.
    sync::Plan plan_of_create() {
        world.add_contact("new@example.com", "New");
        sync::Plan plan = new_plan();
        std::erase_if(plan.lines, [](const sync::PlanLine& line) {
            return line.write.in_flight.write.kind != WriteKind::Create;
        });
        EXPECT_EQ(plan.lines.size(), 1u);
        return plan;
    }
    static constexpr const char* kGrace = "grace@example.com";
    RecordId grace;
};

TEST_F(Applying, WritesJustWhatThePlanSaysAndNothingThatCameSince) {
    const sync::Plan plan = plan_of_two();
    world.add_contact("new@example.com", "New");
    const sync::Applied done = applied(plan);
    EXPECT_EQ(fates(done), (std::vector{Fate::Done, Fate::Done}));
    EXPECT_EQ(phone(kAda), text("5550100"));
    EXPECT_EQ(phone(kGrace), text("5550200"));
    EXPECT_EQ(world.marketing().records("prospect").size(), 2u);
    const auto audit = world.store().audit_of_cycle("acme", done.cycle, 100);
    ASSERT_EQ(audit->size(), 2u);
    EXPECT_EQ((*audit)[0].field, "phone");
    set_mode(store::Mode::Apply);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("prospect").size(), 3u);
}

TEST_F(Applying, TwiceWritesOnce) {
    const sync::Plan plan = plan_of_two();
    applied(plan);
    const auto written = world.marketing().writes().size();
    EXPECT_EQ(fates(applied(plan)), (std::vector{Fate::Already, Fate::Already}));
    EXPECT_EQ(world.marketing().writes().size(), written);
}

TEST_F(Applying, OfCreatesTwiceMakesNobodyTwice) {
    const sync::Plan plan = plan_of_create();
    EXPECT_EQ(fates(applied(plan)), std::vector{Fate::Done});
    EXPECT_EQ(fates(applied(plan)), std::vector{Fate::Already});
    EXPECT_EQ(world.marketing().creates("prospect"), 3);
}

TEST_F(Applying, RefusesTheLineWhoseValueChangedSinceAndWritesTheRest) {
    const sync::Plan plan = plan_of_two();
    world.marketing().edit(prospect, "phone", text("5559999"));
    world.clock.pass(120s);
    const sync::Applied done = applied(plan);
    ASSERT_EQ(fates(done), (std::vector{Fate::Changed, Fate::Done}));
    EXPECT_EQ(done.outcomes[0].why, "phone was changed since");
    EXPECT_EQ(phone(kAda), text("5559999"));
    EXPECT_EQ(phone(kGrace), text("5550200"));
}

TEST_F(Applying, RefusesTheLineWhoseRecordIsGone) {
    const sync::Plan plan = plan_of_two();
    world.marketing().remove(prospect);
    world.clock.pass(120s);
    const sync::Applied done = applied(plan);
    ASSERT_EQ(fates(done), (std::vector{Fate::Changed, Fate::Done}));
    EXPECT_EQ(done.outcomes[0].why, "the record is gone");
}

TEST_F(Applying, RefusesTheLineThatTheRulesDecideOtherwiseNow) {
    const sync::Plan plan = plan_of_two();
    world.crm().edit(contact, "Phone", text("5550101"));
    const sync::Applied done = applied(plan);
    ASSERT_EQ(fates(done), (std::vector{Fate::Changed, Fate::Done}));
    EXPECT_EQ(done.outcomes[0].why, "the rules give phone another value now");
    EXPECT_EQ(phone(kAda), Value{});
}

TEST_F(Applying, LetsAnOptOutThatCameSinceGoFirst) {
    const sync::Plan plan = plan_of_two();
    world.crm().edit(contact, "HasOptedOutOfEmail", Value{true});
    const sync::Applied done = applied(plan);
    ASSERT_EQ(fates(done), (std::vector{Fate::Changed, Fate::Done}));
    EXPECT_EQ(phone(kAda), Value{});
}

TEST_F(Applying, AfterOtherDocumentsIsRefusedWhole) {
    const sync::Plan plan = plan_of_two();
    auto documents = acme_documents();
    documents[0].text += "# another version\n";
    world.change_documents(documents);
    const auto done = sync::apply_plan(world.org(), plan, {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, "DUET-6063");
    EXPECT_EQ(phone(kGrace), Value{});
    sync::Plan elsewhere = plan;
    elsewhere.org = "globex";
    EXPECT_EQ(sync::apply_plan(world.org(), elsewhere, {}).error().code, "DUET-6064");
}

TEST_F(Applying, IsRefusedInModeObserveAndWhilePaused) {
    const sync::Plan plan = plan_of_two();
    set_mode(store::Mode::Observe);
    EXPECT_EQ(sync::apply_plan(world.org(), plan, {}).error().code, "DUET-5043");
    set_mode(store::Mode::Plan);
    pause({});
    EXPECT_EQ(sync::apply_plan(world.org(), plan, {}).error().code, "DUET-5040");
    resume({});
    pause(of_object(kMarketing, "prospect"));
    EXPECT_EQ(fates(applied(plan)), (std::vector{Fate::Paused, Fate::Paused}));
    EXPECT_EQ(phone(kAda), Value{});
    resume(of_object(kMarketing, "prospect"));
    EXPECT_EQ(fates(applied(plan)), (std::vector{Fate::Done, Fate::Done}));
}

TEST_F(Applying, GoesThroughTheBrake) {
    const sync::Plan plan = plan_of_create();
    world.settings.brake["create"] = {0, 0};
    const sync::Applied held = applied(plan);
    EXPECT_EQ(fates(held), std::vector{Fate::Braked});
    EXPECT_EQ(world.marketing().creates("prospect"), 2);
    release("create");
    EXPECT_EQ(fates(applied(plan)), std::vector{Fate::Done});
}

TEST_F(Applying, AWriteWhoseAnswerIsLostIsInDoubtAndNotRepeated) {
    const sync::Plan plan = plan_of_create();
    world.marketing().loses_next_answer();
    EXPECT_EQ(fates(applied(plan)), std::vector{Fate::InDoubt});
    for (int i = 0; i < 3; ++i) applied(plan);
    EXPECT_EQ(world.marketing().creates("prospect"), 3);
    EXPECT_EQ(fates(applied(plan)), std::vector{Fate::Already});
}

TEST_F(Applying, ARefusalOfTheVendorIsToldInItsWordsAndTheRestIsWritten) {
    const sync::Plan plan = plan_of_two();
    world.marketing().locks_record(prospect.key, "UNABLE_TO_LOCK_ROW");
    const sync::Applied done = applied(plan);
    EXPECT_EQ(fates(done), (std::vector{Fate::Later, Fate::Done}));
    EXPECT_NE(done.outcomes[0].why, "");
}

TEST_F(Applying, WithASideThatIsAwayItsLinesWait) {
    const sync::Plan plan = plan_of_create();
    world.crm().goes_down(true);
    EXPECT_EQ(fates(applied(plan)), std::vector{Fate::Later});
    EXPECT_EQ(world.marketing().creates("prospect"), 2);
    world.crm().goes_down(false);
    EXPECT_EQ(fates(applied(plan)), std::vector{Fate::Done});
}

TEST_F(Applying, AnyDurableStepCanBeTheLast) {
    bool finished = false;
    for (int steps = 1; !finished; ++steps) {
        SCOPED_TRACE(steps);
        ASSERT_LT(steps, 300) << "it never finishes";
        World fresh;
        fresh.add_contact("a@example.com", "A");
        fresh.add_contact("b@example.com", "B");
        ASSERT_TRUE(fresh.store().set_mode("acme", store::Mode::Plan));
        fresh.run_cycle();
        sync::PlanMaker maker(fresh.org(), {});
        ASSERT_TRUE(sync::plan_only(fresh.org(),
                                    [&](const sync::EntityPlan& plan) { maker.add(plan); }, {}));
        const auto plan = maker.finish();
        ASSERT_EQ(plan->lines.size(), 4u) << "two creates, and two stages";
        fresh.store().crashes_after(steps);
        try {
            finished = static_cast<bool>(sync::apply_plan(fresh.org(), *plan, {}));
        } catch (const Crash&) {
            fresh.clock.pass(5s);
            fresh.restart();
        }
        fresh.store().crashes_after(0);
        fresh.clock.pass(120s);
        for (int i = 0; i < 4; ++i) {
            ASSERT_TRUE(sync::apply_plan(fresh.org(), *plan, {}));
            fresh.clock.pass(120s);
        }
        EXPECT_EQ(fresh.marketing().creates("prospect"), 2);
        EXPECT_EQ(fresh.marketing().records("prospect").size(), 2u);
    }
}

class Writes : public Applying {
protected:
    sync::PlannedWrite update(const char* field, Value before, Value after) {
        sync::PlannedWrite planned;
        planned.in_flight.entity = world.entity_of(kMarketing, prospect).id;
        planned.in_flight.side = kMarketing;
        planned.in_flight.write.id = prospect;
        planned.in_flight.write.fields.set(field, std::move(after));
        planned.in_flight.before.set(field, std::move(before));
        planned.in_flight.reasons = R"({"":{"rule":"undo","cause":"a test"}})";
        return planned;
    }
    sync::Outcome one(sync::PlannedWrite write) {
        world.clock.pass(120s);
        auto done = sync::apply_writes(world.org(), {std::move(write)}, "undo", {});
        EXPECT_TRUE(done);
        return done ? done->outcomes[0] : sync::Outcome{};
    }
};

TEST_F(Writes, AreComparedWithTheRecordAsItIsNowNotAsItWasSeen) {
    world.marketing().edit(prospect, "department", text("Engines"));  // nobody looked since
    EXPECT_EQ(one(update("department", Value{}, text("Poetry"))).fate, Fate::Changed);
    EXPECT_EQ(world.value(kMarketing, kAda, "department"), text("Engines"));
}

TEST_F(Writes, NeverTakeBackAnOptOut) {
    world.marketing().edit(prospect, "optedOut", Value{true});
    world.run_until_quiet();
    const auto outcome = one(update("optedOut", Value{true}, Value{false}));
    EXPECT_EQ(outcome.fate, Fate::Refused);
    EXPECT_EQ(world.value(kMarketing, kAda, "optedOut"), Value{true});
}

TEST_F(Writes, OfAListNeverBringBackWhoLeftIt) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    const auto members = world.marketing().records("list-membership");
    ASSERT_EQ(members.size(), 1u);
    const RecordId membership{"list-membership", members.begin()->first};
    world.marketing().edit(membership, "optedOut", Value{true});
    world.run_until_quiet();
    sync::PlannedWrite leave = update("x", {}, {});
    leave.list = "Buyers";
    leave.in_flight.write = {};
    leave.in_flight.before = {};
    leave.in_flight.write.kind = WriteKind::Delete;
    leave.in_flight.write.id = membership;
    EXPECT_EQ(one(leave).fate, Fate::Refused);
    EXPECT_EQ(world.marketing().records("list-membership").size(), 1u);
}

TEST_F(Writes, OfASideThatCannotBeReadWait) {
    world.marketing().goes_down(true);
    EXPECT_EQ(one(update("department", Value{}, text("Poetry"))).fate, Fate::Later);
    world.marketing().goes_down(false);
    EXPECT_EQ(one(update("department", Value{}, text("Poetry"))).fate, Fate::Done);
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, kAda, "Department"), text("Poetry"));
}

}  // namespace
}  // namespace duet::world
