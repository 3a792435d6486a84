#include "daemon/sync/consent.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

class ConsentAllowed : public testing::Test {
protected:
    ConsentAllowed() {
        contact = {"Contact", world.add_contact(kAda, "Lovelace")};
        world.run_until_quiet();
        prospect = world.with_email(kMarketing, kAda);
        world.marketing().edit(prospect, "optedOut", World::yes());
        world.run_until_quiet();
        entity = world.entity_of(kCrm, contact).id;
    }
    Result<std::string> allow(const std::string& field = "optedOut") {
        return sync::allow_back_in(world.org(), entity, field,
                                   {"ada", "she wrote to us on 2 January"});
    }
    void expect_both(bool out) {
        EXPECT_EQ(world.value(kCrm, kAda, "HasOptedOutOfEmail"), Value{out});
        EXPECT_EQ(world.value(kMarketing, kAda, "optedOut"), Value{out});
    }
    std::vector<store::AuditRow> audit() { return *world.store().audit_of("acme", entity, 100); }

    static constexpr const char* kAda = "ada@example.com";
    World world;
    RecordId contact;
    RecordId prospect;
    store::EntityId entity = 0;
};

TEST_F(ConsentAllowed, NothingElseTakesAnOptOutBack) {
    world.crm().edit(contact, "HasOptedOutOfEmail", Value{false});
    world.marketing().edit(prospect, "optedOut", Value{false});
    world.run_until_quiet();
    expect_both(true);
}

TEST_F(ConsentAllowed, LetsThePersonBackInOnBothSidesAndTheAuditSaysWhoAndWhy) {
    ASSERT_TRUE(allow());
    world.run_until_quiet();
    expect_both(false);
    bool is_told = false;
    for (const store::AuditRow& row : audit()) {
        is_told =
            is_told || (row.rule == "consent optedOut" &&
                        row.cause == "ada let the person back in: she wrote to us on 2 January");
    }
    EXPECT_TRUE(is_told);
    EXPECT_TRUE(world.store().allowances("acme", entity)->empty());
    // And the next opt-out wins as the first did.
    world.crm().edit(contact, "HasOptedOutOfEmail", World::yes());
    world.run_until_quiet();
    expect_both(true);
}

TEST_F(ConsentAllowed, AnOptOutThatComesBeforeTheAllowanceIsCarriedOutWins) {
    ASSERT_TRUE(allow());
    world.marketing().goes_down(true);
    world.run_cycle();
    world.marketing().goes_down(false);
    world.run_cycle();
    // Both were let back in; before Duet looks again she leaves once more.
    world.marketing().edit(prospect, "optedOut", World::yes());
    world.run_until_quiet();
    expect_both(true);
    EXPECT_TRUE(world.store().allowances("acme", entity)->empty());
}

TEST_F(ConsentAllowed, AnAttemptThatWasLostIsNotRepeated) {
    ASSERT_TRUE(allow());
    world.clock.pass(5min);
    world.crm().loses_next_request();
    world.run_cycle();
    world.run_until_quiet();
    // Nobody knows whether the flag was set anew meanwhile, so everybody is out again.
    expect_both(true);
}

TEST_F(ConsentAllowed, SurvivesARestartAtAnyStep) {
    for (int step = 1; step < 12; ++step) {
        SCOPED_TRACE(step);
        ASSERT_TRUE(allow());
        world.store().crashes_after(step);
        world.run_cycle();
        world.store().crashes_after(0);
        world.run_until_quiet();
        const bool crm_out = world.value(kCrm, kAda, "HasOptedOutOfEmail") == World::yes();
        EXPECT_EQ(world.value(kMarketing, kAda, "optedOut"), Value{crm_out});
        EXPECT_TRUE(world.store().allowances("acme", entity)->empty());
        world.crm().edit(contact, "HasOptedOutOfEmail", World::yes());
        world.run_until_quiet();
        expect_both(true);
    }
}

TEST_F(ConsentAllowed, IsRefusedWithoutAReasonAFieldOrAnOptOut) {
    EXPECT_EQ(allow("Phone").error().code, "DUET-5030");
    EXPECT_FALSE(sync::allow_back_in(world.org(), entity, "optedOut", {"ada", ""}));
    EXPECT_EQ(allow("HasOptedOutOfEmail") ? "allowed" : "", std::string("allowed"));
    world.run_until_quiet();
    EXPECT_FALSE(allow()) << "nobody is opted out any more";
}

}  // namespace
}  // namespace duet::world
