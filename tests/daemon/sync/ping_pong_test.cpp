// A field that something carries back each time is frozen, and thawed by a person or a third value.
#include "daemon/sync/ping_pong.h"

#include "tests/laws/laws.h"

namespace duet::world {
namespace {

class PingPong : public SettledWorld {
protected:
    PingPong() {
        world.settings.ping_pong_times = 4;
        world.crm().edit(contact, "Title", text("Chief"));
        world.run_until_quiet();
    }
    /// A flow of the vendor's puts the prospect's stage back, as often as Duet writes it.
    void fights(int rounds) {
        for (int i = 0; i < rounds; ++i) {
            if (world.value(kMarketing, kAda, "duet_stage__c") != text("theirs"))
                world.marketing().edit(prospect, "duet_stage__c", text("theirs"));
            world.clock.pass(90s);
            world.run_cycle();
        }
    }
    std::int64_t updates() { return world.marketing().updates("prospect"); }
    std::vector<store::Quarantined> rows() { return *world.store().quarantine("acme", 10); }
};

TEST_F(PingPong, IsFrozenAfterSoManyWritesAndTheRestOfTheRecordGoesOn) {
    fights(4);
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_EQ(rows()[0].field, "duet_stage__c");
    EXPECT_EQ(rows()[0].code, sync::kFrozenCode);
    EXPECT_NE(rows()[0].message.find("rule \"stage\""), std::string::npos) << rows()[0].message;
    EXPECT_EQ(rows()[0].message.find("theirs"), std::string::npos) << "no value in a message";
    const auto before = updates();
    fights(5);
    EXPECT_EQ(updates(), before);
    EXPECT_EQ(world.entity_of(kCrm, contact).state, "quarantined");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    EXPECT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("theirs"));
}

TEST_F(PingPong, FewerWritesOrOverALongTimeFreezeNothing) {
    fights(3);
    EXPECT_TRUE(rows().empty());
    for (int i = 0; i < 6; ++i) {
        world.clock.pass(1h);
        fights(1);
    }
    EXPECT_TRUE(rows().empty());
}

TEST_F(PingPong, AThirdValueThaws) {
    fights(5);
    ASSERT_EQ(rows().size(), 1u);
    world.crm().edit(contact, "Title", text("Chief Buyer"));  // another stage
    world.clock.pass(90s);
    world.run_cycle();
    world.run_cycle();
    EXPECT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("BUYER"));
    EXPECT_TRUE(rows().empty());
}

TEST_F(PingPong, OtherDocumentsThaw) {
    fights(5);
    ASSERT_EQ(rows().size(), 1u);
    auto documents = acme_documents();
    documents[2].text += "# another version\n";
    world.change_documents(std::move(documents));
    world.settings.ping_pong_times = 0;
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("KNOWN"));
    EXPECT_TRUE(rows().empty());
}

TEST_F(PingPong, AnOptOutIsNeverFrozen) {
    world.crm().edit(contact, "HasOptedOutOfEmail", World::yes());
    world.run_until_quiet();
    for (int i = 0; i < 8; ++i) {
        world.marketing().edit(prospect, "optedOut", Value{false});
        world.clock.pass(90s);
        world.run_cycle();
    }
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "optedOut"), World::yes());
}

/// What stays frozen is either of the two values, not one that begins or ends like them.
TEST_F(PingPong, AThirdValueThawsWhereNothingIsPlanned) {
    fights(5);
    ASSERT_EQ(rows().size(), 1U);
    const store::Quarantined row = rows()[0];
    const auto frost_of = [&](const Value& held) {
        sync::EntityPlan nothing;
        return sync::apply_frost(row, &held, world.clock.now(), nothing);
    };
    EXPECT_EQ(frost_of(text("theirs")), sync::Frost::Holds);
    EXPECT_EQ(frost_of(text("KNOWN")), sync::Frost::Holds);
    EXPECT_EQ(frost_of(Value{}), sync::Frost::Thaws);
    EXPECT_EQ(frost_of(text("KNOW")), sync::Frost::Thaws);
    EXPECT_EQ(frost_of(text("heirs")), sync::Frost::Thaws);
}

}  // namespace
}  // namespace duet::world
