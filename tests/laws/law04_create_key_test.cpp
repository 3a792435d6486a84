// Law 4: a create carries a key by which it can be found again. No crash makes a duplicate.
#include <algorithm>

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

TEST(Law04CreateCarriesAKey, IsSentAgainOnlyAfterTwoLooksSixtySecondsApart) {
    World world;
    const RecordId ada{"Contact", world.add_contact("ada@example.com")};
    world.marketing().loses_next_request();
    world.run_cycle();
    const Instant sent = world.store().in_flight("acme")->front().sent_at;
    const auto cycle = [&] {
        world.clock.pass(10s);
        sync::Cycle next(world.org(), "test");
        ASSERT_TRUE(next.run({}));
    };
    while (world.store().in_flight("acme")->front().lookups == 0) cycle();
    const Instant looked = world.clock.now();
    EXPECT_GE(looked - sent, 60s);
    EXPECT_EQ(world.marketing().creates("prospect"), 0) << "one look is not enough";
    while (world.marketing().creates("prospect") == 0 && world.clock.now() - sent < 10min) cycle();
    EXPECT_GE(world.clock.now() - looked, 60s);
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
}

/// Bob's create was sent, and neither he nor its answer ever came.
class Law04CreateInDoubt : public SettledWorld {
protected:
    static constexpr const char* kBob = "bob@example.com";
    Law04CreateInDoubt() {
        bob = {"Contact", world.add_contact(kBob, "Bee")};
        world.crm().edit(bob, "FirstName", text("Bob"));
        made = world.marketing().creates("prospect");
    }
    void send() {
        world.run_cycle();
        ASSERT_EQ(world.store().in_flight("acme")->size(), 1U);
    }
    /// Somebody who came by a form.
    RecordId form(const char* name) {
        const RecordId id{"prospect", world.add_prospect(kBob, "Bee")};
        world.marketing().edit(id, "firstName", text(name));
        return id;
    }
    store::EntityId entity(Side side, const RecordId& id) { return world.entity_of(side, id).id; }

    RecordId bob;
    std::int64_t made = 0;
};

TEST_F(Law04CreateInDoubt, TwoFoundAreNoAnswer) {
    world.marketing().loses_next_request();
    send();
    const RecordId one = form("Rob"), two = form("Bobby");
    world.run_until_quiet();
    EXPECT_NE(entity(kCrm, bob), entity(kMarketing, one));
    EXPECT_NE(entity(kCrm, bob), entity(kMarketing, two));
    EXPECT_EQ(world.marketing().creates("prospect"), made);
    EXPECT_EQ(world.marketing().value(one, "firstName"), text("Rob"));
    EXPECT_EQ(world.marketing().value(two, "firstName"), text("Bobby"));
    const auto asked = *world.store().review_of("acme", {kCrm, bob});
    ASSERT_TRUE(asked) << "a person must say who it is";
    EXPECT_EQ(asked->doubt, "several");
    EXPECT_EQ(asked->candidates, (std::vector<store::Link>{{kMarketing, one}, {kMarketing, two}}));
}

TEST_F(Law04CreateInDoubt, SomebodysPartnerIsNotTaken) {
    world.marketing().loses_next_request();
    send();
    world.marketing().edit(prospect, "email", text(kBob));
    world.run_until_quiet();
    EXPECT_EQ(entity(kMarketing, prospect), entity(kCrm, contact));
    EXPECT_NE(entity(kCrm, bob), entity(kCrm, contact));
    EXPECT_EQ(world.marketing().creates("prospect"), made);
    const auto asked = *world.store().review_of("acme", {kCrm, bob});
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->doubt, "taken");
    EXPECT_EQ(asked->candidates, (std::vector<store::Link>{{kMarketing, prospect}}));
}

TEST_F(Law04CreateInDoubt, WhatTheIdOfTheCrmNamesIsFoundUnderAnyAddress) {
    world.marketing().loses_next_answer();
    send();
    const RecordId his = world.with_email(kMarketing, kBob);
    world.marketing().edit(his, "salesforceContactId", text(bob.key));
    world.marketing().edit(his, "email", text("robert@example.com"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), made + 1);
    EXPECT_EQ(entity(kMarketing, his), entity(kCrm, bob));
    const auto audit = *world.store().audit_of("acme", entity(kCrm, bob), 100);
    EXPECT_TRUE(std::any_of(audit.begin(), audit.end(), [&](const store::AuditRow& row) {
        return row.kind == WriteKind::Create && row.record == his;
    })) << "it was done, and is told so";
}

TEST_F(Law04CreateInDoubt, WhoStoodAloneIsTakenWithAllThatIsKnownOfIt) {
    world.marketing().loses_next_request();
    send();
    const RecordId alone = form("Rob");
    world.marketing().edit(alone, "optedOut", Value{true});
    world.run_until_quiet();
    EXPECT_EQ(entity(kMarketing, alone), entity(kCrm, bob));
    EXPECT_EQ(world.crm().value(bob, "HasOptedOutOfEmail"), Value{true});
    EXPECT_EQ(world.marketing().value(alone, "firstName"), text("Bob"));
    EXPECT_TRUE(world.store().reviews("acme", 0, 9)->empty());
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
