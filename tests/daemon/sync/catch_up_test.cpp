#include "daemon/sync/catch_up.h"

#include <string>

#include <gtest/gtest.h>

#include "daemon/store/maintenance.h"
#include "daemon/sync/apply_plan.h"
#include "daemon/sync/apply_writes.h"
#include "daemon/sync/undo.h"
#include "tests/world/world.h"

namespace duet::world {
namespace {

WorldOptions in_a_file() {
    WorldOptions options;
    options.store_in_file = true;
    return options;
}

/// Two people in step, a copy of the state, and what happens after the copy was made.
class AfterRestore : public testing::Test {
protected:
    AfterRestore() : world(in_a_file()) {
        ada = {"Contact", world.add_contact("ada@example.com")};
        bea = {"Contact", world.add_contact("bea@example.com")};
        world.run_until_quiet();
        copy = world.state_file() + ".copy";
        EXPECT_TRUE(store::back_up(world.state_file(), copy));
    }
    std::size_t writes() { return world.crm().writes().size() + world.marketing().writes().size(); }
    bool catches_up() { return !world.store().fact("acme", store::kRestoredFact)->empty(); }

    World world;
    RecordId ada;
    RecordId bea;
    std::string copy;
};

TEST_F(AfterRestore, NothingIsWrittenUntilBothSidesWereReadOnceMore) {
    world.crm().edit(ada, "Phone", text("5550100"));
    world.puts_back(copy);
    const auto before = writes();
    world.marketing().goes_down(true);
    world.run_cycle();
    EXPECT_TRUE(catches_up());
    world.marketing().goes_down(false);
    world.run_cycle();
    EXPECT_FALSE(catches_up());
    EXPECT_EQ(writes(), before);
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, "ada@example.com", "phone"), text("5550100"));
}

TEST_F(AfterRestore, AWriteSentSinceIsNeitherRepeatedNorCarriedBack) {
    world.crm().edit(ada, "Phone", text("5550100"));
    world.marketing().edit(world.with_email(kMarketing, "bea@example.com"), "jobTitle",
                           text("Seller"));
    world.run_until_quiet();
    const auto before = writes();
    world.puts_back(copy);
    world.run_until_quiet();
    EXPECT_EQ(writes(), before) << "both sides changed since the copy, and already agree";
    // What they agree on is healed: a change of one side travels, the other way round too.
    world.marketing().edit(world.with_email(kMarketing, "ada@example.com"), "phone", Value{});
    world.crm().edit(bea, "Title", text("Buyer"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, "ada@example.com", "Phone"), Value{});
    EXPECT_EQ(world.value(kMarketing, "bea@example.com", "jobTitle"), text("Buyer"));
}

TEST_F(AfterRestore, AWriteThatReadsDoNotTellYetIsWaitedFor) {
    world.crm().edit(ada, "Phone", text("5550100"));
    world.run_cycle();  // the write is done, and told only after the lag
    const auto before = writes();
    world.puts_back(copy);
    world.run_until_quiet();
    EXPECT_EQ(writes(), before);
    EXPECT_EQ(world.value(kMarketing, "ada@example.com", "phone"), text("5550100"));
}

TEST_F(AfterRestore, TheNumberOfRowsAndTheLawOfCountsHold) {
    world.puts_back(copy);
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_GE(report->counts.pulled, 4);
    EXPECT_EQ(report->counts.pulled, report->counts.repeats) << "nothing changed since the copy";
}

TEST_F(AfterRestore, WhatWasMadeSinceIsFoundAndNotMadeTwice) {
    world.add_contact("cleo@example.com");
    world.add_prospect("dora@example.com");
    world.run_until_quiet();
    const auto prospects = world.marketing().creates("prospect");
    const auto leads = world.crm().creates("Lead");
    world.puts_back(copy);
    world.add_prospect("eve@example.com");
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), prospects);
    // Only the new one; its key is none that was given out before.
    EXPECT_EQ(world.crm().creates("Lead"), leads + 1);
    EXPECT_EQ(world.entity_of(kCrm, world.with_email(kCrm, "dora@example.com")).id,
              world.entity_of(kMarketing, world.with_email(kMarketing, "dora@example.com")).id);
}

TEST_F(AfterRestore, WhatLeftWithoutATraceCountsAsDeleted) {
    world.crm().purge(bea);
    world.puts_back(copy);
    world.run_until_quiet();
    EXPECT_TRUE((*world.store().seen("acme", kCrm, bea))->deleted);
    EXPECT_FALSE((*world.store().seen("acme", kCrm, ada))->deleted);
    EXPECT_EQ(world.crm().creates("Contact") + world.crm().creates("Lead"), 0);
}

TEST_F(AfterRestore, AnOptOutMadeSinceStays) {
    world.marketing().edit(world.with_email(kMarketing, "ada@example.com"), "optedOut",
                           World::yes());
    world.run_until_quiet();
    world.puts_back(copy);
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, "ada@example.com", "HasOptedOutOfEmail"), World::yes());
    EXPECT_EQ(world.value(kMarketing, "ada@example.com", "optedOut"), World::yes());
}

TEST_F(AfterRestore, NothingIsUndoneOrAppliedBeforeThatEither) {
    world.crm().edit(ada, "Phone", text("5550100"));
    world.run_until_quiet();
    const std::string later = world.state_file() + ".later";
    ASSERT_TRUE(store::back_up(world.state_file(), later));
    world.puts_back(later);
    sync::UndoSelection phones;
    phones.field = "phone";
    auto planned = sync::plan_undo(world.org(), phones, {});
    ASSERT_TRUE(planned);
    ASSERT_EQ(planned->writes.size(), 1U);
    const auto before = writes();
    const auto undone = sync::apply_writes(world.org(), planned->writes, "undo", {});
    ASSERT_FALSE(undone);
    EXPECT_EQ(undone.error().code, "DUET-5044");
    sync::Plan plan;
    plan.org = "acme";
    plan.documents = world.org().model.documents().version;
    world.marketing().goes_down(true);
    const auto applied = sync::apply_plan(world.org(), plan, {});
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code, "DUET-5044");
    EXPECT_EQ(writes(), before);
    world.marketing().goes_down(false);
    world.run_until_quiet();
    EXPECT_FALSE(catches_up());
    EXPECT_TRUE(sync::apply_writes(world.org(), planned->writes, "undo", {}));
    EXPECT_EQ(writes(), before + 1);
}

}  // namespace
}  // namespace duet::world
