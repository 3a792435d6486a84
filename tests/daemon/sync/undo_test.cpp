#include "daemon/sync/undo.h"

#include "daemon/sync/apply_writes.h"
#include "daemon/sync/pins.h"
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

using sync::Fate;

class UndoTest : public SettledWorld {
protected:
    sync::UndoPlan plan(const sync::UndoSelection& selection) {
        auto made = sync::plan_undo(world.org(), selection, {});
        if (!made) {
            ADD_FAILURE() << made.error().message;
            return {};
        }
        return *std::move(made);
    }
    /// Plans and applies; how many writes were done.
    std::int64_t undo(const sync::UndoSelection& selection) {
        sync::UndoPlan planned = plan(selection);
        auto applied = sync::apply_writes(world.org(), std::move(planned.writes), "undo", {});
        if (!applied) {
            ADD_FAILURE() << applied.error().message;
            return -1;
        }
        for (const sync::Outcome& outcome : applied->outcomes)
            EXPECT_EQ(outcome.fate, Fate::Done) << outcome.why;
        world.clock.pass(90s);
        return applied->count(Fate::Done);
    }
    sync::UndoSelection of_ada(const std::string& field) {
        sync::UndoSelection selection;
        selection.entities = std::vector{ada()};
        selection.field = field;
        selection.by = "test";
        return selection;
    }
    store::EntityId ada() { return world.entity_of(kCrm, contact).id; }
    std::size_t pins() { return world.store().pins_of("acme", ada())->size(); }
    void set_phone(const std::string& phone) {
        world.crm().edit(contact, "Phone", text(phone));
        world.run_until_quiet();
        ASSERT_EQ(world.value(kMarketing, kAda, "phone"), text(phone));
    }
    void expect_phones(const std::string& crm, const std::string& marketing) {
        EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text(crm));
        EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text(marketing));
    }
    store::CycleId last_cycle_of(const std::string& field) {
        const auto rows = world.store().audit_of_field("acme", field, 1);
        return rows->empty() ? 0 : rows->front().cycle;
    }
};

TEST_F(UndoTest, PutsBackWhatACycleWroteAndTheNextCycleNeitherRedoesItNorCarriesItBack) {
    set_phone("1");
    set_phone("2");
    sync::UndoSelection selection;
    selection.cycle = last_cycle_of("phone");
    EXPECT_EQ(undo(selection), 1);
    expect_phones("2", "1");
    world.run_until_quiet();
    expect_phones("2", "1");
    EXPECT_EQ(pins(), 1U);
    const auto audit = world.store().audit_of("acme", ada(), 1);
    EXPECT_EQ(audit->front().before, text("2"));
    EXPECT_EQ(audit->front().after, text("1"));
    EXPECT_TRUE(audit->front().cause.starts_with("undo of cycle ")) << audit->front().cause;
}

TEST_F(UndoTest, ANewValueOfEitherSideTravelsAndEndsThePin) {
    set_phone("1");
    set_phone("2");
    undo(of_ada("phone"));  // of both writes: what stood before the first is blank
    expect_phones("2", "");
    set_phone("3");
    EXPECT_EQ(pins(), 0U);
    sync::UndoSelection last = of_ada("phone");
    last.cycle = last_cycle_of("phone");
    undo(last);
    world.run_until_quiet();
    world.marketing().edit(prospect, "phone", text("7"));
    world.run_until_quiet();
    expect_phones("7", "7");
    EXPECT_EQ(pins(), 0U);
}

TEST_F(UndoTest, AReleasedPinLetsTheRefusedValueTravelAgain) {
    set_phone("1");
    set_phone("2");
    sync::UndoSelection last = of_ada("phone");
    last.cycle = last_cycle_of("phone");
    undo(last);
    world.run_until_quiet();
    const auto released = sync::release_pins(world.org(), ada(), "phone");
    ASSERT_TRUE(released);
    EXPECT_EQ(released->size(), 1U);
    world.run_until_quiet();
    expect_phones("2", "2");
}

TEST_F(UndoTest, WhatSomebodyChangedSinceStaysAndIsTold) {
    set_phone("1");
    set_phone("2");
    world.marketing().edit(prospect, "phone", text("5"));
    world.run_until_quiet();
    sync::UndoSelection selection = of_ada("phone");
    const auto planned = plan(selection);
    EXPECT_TRUE(planned.writes.empty() || planned.writes.front().in_flight.side == kCrm);
    ASSERT_FALSE(planned.kept.empty());
    EXPECT_EQ(planned.kept.front().why, "somebody changed it since");
}

TEST_F(UndoTest, WhatDuetWroteOverSinceStaysAndNamesTheCycle) {
    set_phone("1");
    sync::UndoSelection first = of_ada("phone");
    first.cycle = last_cycle_of("phone");
    set_phone("2");
    const auto planned = plan(first);
    EXPECT_TRUE(planned.writes.empty());
    ASSERT_EQ(planned.kept.size(), 1U);
    EXPECT_EQ(planned.kept.front().why,
              "Duet wrote it once more, in cycle " + std::to_string(last_cycle_of("phone")));
}

TEST_F(UndoTest, NeverLoosensConsent) {
    world.crm().edit(contact, "HasOptedOutOfEmail", World::yes());
    world.run_until_quiet();
    ASSERT_EQ(world.value(kMarketing, kAda, "optedOut"), World::yes());
    const auto planned = plan(of_ada("optedOut"));
    EXPECT_TRUE(planned.writes.empty());
    ASSERT_EQ(planned.kept.size(), 1U);
    EXPECT_NE(planned.kept.front().why.find("loosen consent"), std::string::npos);
}

TEST_F(UndoTest, OfAComputedFieldStandsUntilTheRuleGivesAnother) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    ASSERT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("BUYER"));
    sync::UndoSelection last = of_ada("stage");
    last.cycle = last_cycle_of("duet_stage__c");
    EXPECT_EQ(undo(last), 2);
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("KNOWN"));
    EXPECT_EQ(pins(), 2U);
    world.crm().edit(contact, "Title", text("Seller"));
    world.run_until_quiet();
    EXPECT_EQ(pins(), 0U);
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("BUYER"));
}

TEST_F(UndoTest, OfAJoinTakesThePersonOffAndTheRuleDoesNotPutThemBack) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    ASSERT_EQ(world.marketing().records("list-membership").size(), 1U);
    EXPECT_EQ(undo(of_ada("list Buyers")), 1);
    world.run_until_quiet();
    EXPECT_TRUE(world.marketing().records("list-membership").empty());
    EXPECT_EQ(pins(), 1U);
}

TEST_F(UndoTest, OfALeavePutsNobodyBackWhoOptedOutSince) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    world.crm().edit(contact, "Title", text("Seller"));
    world.run_until_quiet();
    ASSERT_TRUE(world.marketing().records("list-membership").empty());
    sync::UndoSelection last = of_ada("list Buyers");
    last.cycle = world.store().audit_of("acme", ada(), 1)->front().cycle;
    EXPECT_EQ(plan(last).writes.size(), 1U);
    world.crm().edit(contact, "HasOptedOutOfEmail", World::yes());
    world.run_until_quiet();
    const auto planned = plan(last);
    EXPECT_TRUE(planned.writes.empty());
    ASSERT_FALSE(planned.kept.empty());
    EXPECT_EQ(planned.kept.front().why, "the person opted out");
}

TEST_F(UndoTest, OfACreateDeletesWhatNobodyTouched) {
    sync::UndoSelection made;
    made.entities = std::vector{ada()};
    made.record_key = prospect.key;
    EXPECT_EQ(undo(made), 1);
    world.run_until_quiet();
    EXPECT_TRUE(world.marketing().records("prospect").empty());
    EXPECT_NE(world.crm().find_record(contact), nullptr);
    EXPECT_EQ(world.marketing().creates("prospect"), 1) << "it is not made anew";
}

TEST_F(UndoTest, OfACreateKeepsWhatSomebodyTouched) {
    sync::UndoSelection made;
    made.entities = std::vector{ada()};
    made.record_key = prospect.key;
    // A field that no rule reads: only the record's stamp tells.
    world.marketing().edit(prospect, "score", Value{Decimal{7}});
    world.clock.pass(120s);  // reads lag behind
    auto planned = plan(made);
    EXPECT_TRUE(planned.writes.empty()) << "the side was asked once more";
    world.run_until_quiet();
    planned = plan(made);
    EXPECT_TRUE(planned.writes.empty());
    ASSERT_FALSE(planned.kept.empty());
    EXPECT_NE(planned.kept.front().why.find("somebody has touched it"), std::string::npos)
        << planned.kept.front().why;
}

TEST_F(UndoTest, OfACreateKeepsWhatPeopleBuiltOn) {
    Fields joined;
    joined.set("listId", text(world.add_list("Of somebody's own")));
    joined.set("prospectId", text(prospect.key));
    world.marketing().add("list-membership", std::move(joined));
    world.run_until_quiet();
    sync::UndoSelection made;
    made.entities = std::vector{ada()};
    made.record_key = prospect.key;
    const auto planned = plan(made);
    EXPECT_TRUE(planned.writes.empty());
    ASSERT_FALSE(planned.kept.empty());
    EXPECT_NE(planned.kept.front().why.find("that Duet did not make"), std::string::npos)
        << planned.kept.front().why;
}

TEST_F(UndoTest, NothingNamedIsRefused) {
    const auto planned = sync::plan_undo(world.org(), {}, {});
    ASSERT_FALSE(planned);
    EXPECT_EQ(planned.error().code, "DUET-5031");
}

TEST_F(UndoTest, ByTimeTakesEverythingSince) {
    set_phone("1");
    world.clock.pass(1h);
    sync::UndoSelection since;
    since.since = world.clock.now();
    set_phone("2");
    world.crm().edit(contact, "FirstName", text("Augusta"));
    world.run_until_quiet();
    const auto planned = plan(since);
    ASSERT_EQ(planned.writes.size(), 1U);
    EXPECT_EQ(planned.writes.front().in_flight.write.fields.size(), 2U);
    EXPECT_EQ(undo(since), 1);
    expect_phones("2", "1");
}

/// The process dies after each durable step of an undo in turn.
TEST(UndoCrash, LeavesEitherTheValueAndItsPinOrNeither) {
    constexpr const char* kAda = "ada@example.com";
    bool finished = false;
    for (int steps = 1; !finished; ++steps) {
        SCOPED_TRACE(testing::Message() << "crash after step " << steps);
        ASSERT_LT(steps, 100);
        World world;
        world.add_contact(kAda);
        world.run_until_quiet();
        const RecordId contact = world.with_email(kCrm, kAda);
        for (const char* phone : {"1", "2"}) {
            world.crm().edit(contact, "Phone", text(phone));
            world.run_until_quiet();
        }
        const store::EntityId ada = world.entity_of(kCrm, contact).id;
        sync::UndoSelection last;
        last.entities = std::vector{ada};
        last.field = "phone";
        last.cycle = world.store().audit_of_field("acme", "phone", 1)->front().cycle;
        world.store().crashes_after(steps);
        try {
            auto plan = sync::plan_undo(world.org(), last, {});
            ASSERT_TRUE(plan);
            auto applied = sync::apply_writes(world.org(), std::move(plan->writes), "undo", {});
            EXPECT_TRUE(applied);
            finished = true;
            world.store().crashes_after(0);
        } catch (const Crash&) {
            world.clock.pass(5s);
            world.restart();
        }
        world.run_until_quiet();
        const bool is_undone = world.value(kMarketing, kAda, "phone") == text("1");
        EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text(is_undone ? "1" : "2"));
        EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text("2"));
        EXPECT_EQ(world.store().pins_of("acme", ada)->size(), is_undone ? 1U : 0U);
        if (finished) {
            EXPECT_TRUE(is_undone);
        }
    }
}

TEST_F(UndoTest, WhoseAnswerIsLostIsSettledWithItsPin) {
    set_phone("1");
    set_phone("2");
    sync::UndoSelection last = of_ada("phone");
    last.cycle = last_cycle_of("phone");
    world.marketing().loses_next_answer();
    const auto before = world.marketing().updates("prospect");
    auto applied = sync::apply_writes(world.org(), plan(last).writes, "undo", {});
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->count(Fate::InDoubt), 1);
    world.run_until_quiet();
    expect_phones("2", "1");
    EXPECT_EQ(pins(), 1U);
    EXPECT_EQ(world.marketing().updates("prospect"), before + 1);
}

TEST_F(UndoTest, ThatNeverArrivedLeavesNoPinAndCanBeAskedForAgain) {
    set_phone("1");
    set_phone("2");
    sync::UndoSelection last = of_ada("phone");
    last.cycle = last_cycle_of("phone");
    world.marketing().loses_next_request();
    auto applied = sync::apply_writes(world.org(), plan(last).writes, "undo", {});
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->count(Fate::InDoubt), 1);
    world.run_until_quiet();
    expect_phones("2", "2");
    EXPECT_EQ(pins(), 0U);
    EXPECT_EQ(undo(last), 1);
    expect_phones("2", "1");
    EXPECT_EQ(pins(), 1U);
}

TEST_F(UndoTest, OfACreateWhoseAnswerIsLostDeletesOnce) {
    world.add_contact(kBob, "Babbage");
    world.run_until_quiet();
    sync::UndoSelection made;
    made.entities = std::vector{world.entity_of(kMarketing, world.with_email(kMarketing, kBob)).id};
    world.marketing().loses_next_answer();
    auto applied = sync::apply_writes(world.org(), plan(made).writes, "undo", {});
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->count(Fate::InDoubt), 1);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().deletes("prospect"), 1);
    EXPECT_EQ(world.marketing().records("prospect").size(), 1U) << "and it is not made anew";
}

}  // namespace
}  // namespace duet::world
