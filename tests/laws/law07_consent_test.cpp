// Law 7: consent only tightens, and survives every merge, retry and restart. Suppression never
// writes a consent field; a membership a person opted out of is never deleted or made anew.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

class Law07ConsentOnlyTightens : public SettledWorld {
protected:
    void expect_out() {
        EXPECT_EQ(world.value(kCrm, kAda, "HasOptedOutOfEmail"), World::yes());
        EXPECT_EQ(world.value(kMarketing, kAda, "optedOut"), World::yes());
    }
    /// Writes that Duet made of a consent field with another value than true.
    std::size_t loosened() {
        std::size_t count = 0;
        for (const Side side : kSides) {
            for (const Executed& write : world.side(side).writes()) {
                if (write.kind == WriteKind::Create) continue;
                for (const char* field : {"HasOptedOutOfEmail", "optedOut"}) {
                    const Value* value = write.fields.find(field);
                    if (value != nullptr && *value != World::yes()) ++count;
                }
            }
        }
        return count;
    }
    void TearDown() override { EXPECT_EQ(loosened(), 0u); }

    /// The membership that a person is given by a rule and then opts out of.
    RecordId joins_and_leaves(const RecordId& person) {
        world.crm().edit(person, "Title", text("Buyer"));
        world.run_until_quiet();
        const auto members = world.marketing().records("list-membership");
        EXPECT_EQ(members.size(), 1u);
        if (members.empty()) return {};
        const RecordId membership{"list-membership", members.begin()->first};
        world.marketing().edit(membership, "optedOut", World::yes());
        world.run_until_quiet();
        return membership;
    }
};

TEST_F(Law07ConsentOnlyTightens, AnOptOutOnEitherSideWins) {
    world.marketing().edit(prospect, "optedOut", World::yes());
    world.run_until_quiet();
    expect_out();
}

TEST_F(Law07ConsentOnlyTightens, ANewerOptInOnOneSideDoesNotBringItBack) {
    world.marketing().edit(prospect, "optedOut", World::yes());
    world.run_until_quiet();
    world.crm().edit(contact, "HasOptedOutOfEmail", Value{false});
    world.run_until_quiet();
    expect_out();
}

TEST_F(Law07ConsentOnlyTightens, ItSurvivesRefusalsAndRestarts) {
    world.marketing().edit(prospect, "optedOut", World::yes());
    world.clock.pass(60s);
    world.crm().fails_next(1, ErrorKind::Transient, "UNABLE_TO_LOCK_ROW");
    world.crm().crashes_after_next_write();
    world.run_cycle();
    world.restart();
    world.run_until_quiet();
    expect_out();
}

TEST_F(Law07ConsentOnlyTightens, OnlyTighteningIsSentWhileTheOtherSideIsDown) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.marketing().edit(prospect, "optedOut", World::yes());
    world.marketing().edit(prospect, "phone", text("5550122"));
    world.clock.pass(60s);
    // The opt-out was read, but not yet sent, when marketing went down.
    world.crm().goes_down(true);
    world.run_cycle();
    world.crm().goes_down(false);
    world.marketing().goes_down(true);
    world.run_cycle();
    EXPECT_EQ(world.value(kCrm, kAda, "HasOptedOutOfEmail"), World::yes());
    EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text("5550100")) << "more than consent was sent";
    world.marketing().goes_down(false);
    world.run_until_quiet();
    expect_out();
    EXPECT_EQ(world.value(kCrm, kAda, "Phone"), world.value(kMarketing, kAda, "phone"));
}

TEST_F(Law07ConsentOnlyTightens, AnOptOutOfAMergedRecordOutlivesIt) {
    const std::string twin = world.add_contact("ada@example.org", "Lovelace");
    world.run_until_quiet();
    world.crm().edit({"Contact", twin}, "HasOptedOutOfEmail", World::yes());
    world.run_until_quiet();
    world.crm().merge({"Contact", twin}, contact);
    world.run_until_quiet();
    expect_out();
}

TEST_F(Law07ConsentOnlyTightens, AnOptOutOutlivesALeadsConversion) {
    world.add_prospect("eve@example.com", "Eve");
    world.run_until_quiet();
    const RecordId lead = world.with_email(kCrm, "eve@example.com");
    ASSERT_EQ(lead.object, "Lead");
    world.marketing().edit(world.with_email(kMarketing, "eve@example.com"), "optedOut",
                           World::yes());
    world.crm().convert(lead.key);
    world.run_until_quiet();
    EXPECT_EQ(world.with_email(kCrm, "eve@example.com").object, "Contact");
    EXPECT_EQ(world.value(kCrm, "eve@example.com", "HasOptedOutOfEmail"), World::yes());
    EXPECT_EQ(world.marketing().records("prospect").size(), 2u);
}

TEST_F(Law07ConsentOnlyTightens, SuppressionIsMembershipAndTouchesNoConsent) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    ASSERT_EQ(world.marketing().records("list-membership").size(), 1u);
    world.crm().edit(contact, "HasOptedOutOfEmail", World::yes());
    world.run_until_quiet();
    EXPECT_TRUE(world.marketing().records("list-membership").empty());
    expect_out();
}

TEST_F(Law07ConsentOnlyTightens, AMembershipThePersonLeftIsNeitherDeletedNorMadeAnew) {
    const RecordId membership = joins_and_leaves(contact);
    world.crm().edit(contact, "Title", text("Seller"));
    world.run_until_quiet();
    EXPECT_NE(world.marketing().find_record(membership), nullptr);
    EXPECT_EQ(world.marketing().deletes("list-membership"), 0);
    world.marketing().remove(membership);
    world.crm().edit(contact, "Title", text("Chief Buyer"));
    world.run_until_quiet();
    EXPECT_TRUE(world.marketing().records("list-membership").empty()) << "made anew";
}

TEST_F(Law07ConsentOnlyTightens, AMembershipThatIsFirstSeenDeletedAndLeftIsNotMadeAnew) {
    SideWatch watch;
    watch.on_write = [this](const Write& write, const RecordId&) {
        if (write.id.object == "list-membership") world.marketing().crashes_after_next_write();
    };
    world.marketing().watch(std::move(watch));
    world.crm().edit(contact, "Title", text("Buyer"));
    while (world.marketing().records("list-membership").empty()) world.run_cycle();
    world.marketing().watch({});
    const auto members = world.marketing().records("list-membership");
    const RecordId membership{"list-membership", members.begin()->first};
    ASSERT_EQ(world.marketing().told(membership), nullptr) << "Duet read it too early";
    world.marketing().edit(membership, "optedOut", World::yes());
    world.marketing().remove(membership);
    world.run_until_quiet();
    EXPECT_TRUE(world.marketing().records("list-membership").empty()) << "made anew";
}

TEST_F(Law07ConsentOnlyTightens, AListThatAMergedProspectLeftStaysLeftByTheSurvivor) {
    const RecordId twin{"Contact", world.add_contact("ada@example.org", "Lovelace")};
    const RecordId membership = joins_and_leaves(twin);
    world.marketing().merge(world.with_email(kMarketing, "ada@example.org"), prospect);
    world.run_until_quiet();
    ASSERT_EQ(world.marketing().value(membership, "prospectId"), text(prospect.key));
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("list-membership").size(), 1u) << "made anew";
    world.crm().edit(contact, "Title", text("Seller"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().deletes("list-membership"), 0);
}

TEST_F(Law07ConsentOnlyTightens, ThePersonsOptOutPassesTheBrake) {
    world.settings.brake["blank"] = {0, 0};
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_until_quiet();
    world.crm().edit(contact, "Phone", Value{});
    world.crm().edit(contact, "HasOptedOutOfEmail", World::yes());
    world.run_cycle();
    world.run_cycle();
    EXPECT_EQ(world.value(kMarketing, kAda, "optedOut"), World::yes());
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100")) << "the brake let go";
}

}  // namespace
}  // namespace duet::world
