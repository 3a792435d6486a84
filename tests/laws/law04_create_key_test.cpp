// Law 4: a create carries a key by which it can be found again. No crash makes a duplicate.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

TEST(Law04CreateCarriesAKey, AProspectIsFoundAgainByItsAddress) {
    World world;
    world.add_contact("ada@example.com");
    world.marketing().loses_next_answer();
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
    EXPECT_EQ(world.marketing().records("prospect").size(), 1u);
}

TEST(Law04CreateCarriesAKey, ALeadIsFoundAgainByDuetsOwnKey) {
    World world;
    world.add_prospect("ada@example.com");
    world.crm().loses_next_answer();
    world.run_until_quiet();
    EXPECT_EQ(world.crm().creates("Lead"), 1);
    EXPECT_FALSE(is_blank(world.value(kCrm, "ada@example.com", "Duet_Key__c")));
}

// Reading what is new finds a lost create too, mostly; the key is what finds it always.
TEST(Law04CreateCarriesAKey, WhatIsInDoubtNamesExactlyOneRecordByItsKey) {
    World world;
    world.add_contact("ada@example.com");
    world.add_contact("eve@example.com");
    world.marketing().loses_next_answer();
    world.run_cycle();
    const auto left = world.store().in_flight("acme");
    ASSERT_EQ(left->size(), 2u);
    world.clock.pass(60s);
    for (const store::InFlight& write : *left) {
        const auto found = world.marketing().find({"prospect", {"email"}}, write.write.key_field,
                                                  write.write.key_value, {});
        ASSERT_EQ(found->size(), 1u) << write.write.key_field;
        EXPECT_EQ(found->front().fields.get("email"), write.write.fields.get("email"));
    }
}

TEST(Law04CreateCarriesAKey, ACreateThatWasLostIsSentOnceMore) {
    World world;
    world.add_contact("ada@example.com");
    world.marketing().loses_next_request();
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
}

TEST(Law04CreateCarriesAKey, ReadsThatLagAndRestartsInARowMakeNoDuplicate) {
    WorldOptions options;
    options.marketing_lag = 120s;
    World world(std::move(options));
    world.add_contact("ada@example.com");
    world.marketing().crashes_after_next_write();
    EXPECT_FALSE(world.run_cycle());
    // Each new process looks, and the vendor's reads are still behind.
    for (int i = 0; i < 5; ++i) {
        world.restart();
        world.org();
        sync::Cycle cycle(world.org(), "test");
        ASSERT_TRUE(cycle.run({}));
        world.clock.pass(1s);
    }
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
}

}  // namespace
}  // namespace duet::world
