// Law 5: a change on one side alone always travels. When both changed, the field's rule decides,
// and the losing value is kept in the audit.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

class Law05ChangeOnOneSideTravels : public SettledWorld {
protected:
    /// Both sides hold `phone` and know it of each other.
    void agree_on_phone(const std::string& phone) {
        world.crm().edit(contact, "Phone", text(phone));
        world.run_until_quiet();
        ASSERT_EQ(world.value(kMarketing, kAda, "phone"), text(phone));
    }
    void expect_both(const std::string& crm, const std::string& marketing, const Value& value) {
        EXPECT_EQ(world.value(kCrm, kAda, crm), value);
        EXPECT_EQ(world.value(kMarketing, kAda, marketing), value);
    }
};

TEST_F(Law05ChangeOnOneSideTravels, AgainstTheWinnerToo) {
    // LastName is won by marketing and FirstName by the CRM; that is for conflicts only.
    world.crm().edit(contact, "LastName", text("Byron"));
    world.marketing().edit(prospect, "firstName", text("Augusta"));
    world.run_until_quiet();
    expect_both("LastName", "lastName", text("Byron"));
    expect_both("FirstName", "firstName", text("Augusta"));
}

TEST_F(Law05ChangeOnOneSideTravels, AClearedValueWhereTheRuleLetsIt) {
    agree_on_phone("5550100");
    world.marketing().edit(prospect, "phone", Value{});
    world.run_until_quiet();
    expect_both("Phone", "phone", Value{});
}

TEST_F(Law05ChangeOnOneSideTravels, AConflictIsDecidedByTheRuleAndTheLoserIsInTheAudit) {
    agree_on_phone("5550100");
    world.crm().edit(contact, "Phone", text("5550111"));
    world.clock.pass(5s);
    world.marketing().edit(prospect, "phone", text("5550122"));
    world.clock.pass(60s);
    world.run_until_quiet();
    // Both changed between two looks, so nobody can tell the later one: the CRM's is the fallback.
    expect_both("Phone", "phone", text("5550111"));
    const auto entity = world.entity_of(kCrm, contact);
    const auto audit = world.store().audit_of("acme", entity.id, 10);
    ASSERT_FALSE(audit->empty());
    EXPECT_EQ(audit->front().field, "phone");
    EXPECT_EQ(audit->front().before, text("5550122"));
    EXPECT_EQ(audit->front().after, text("5550111"));
    EXPECT_EQ(audit->front().rule, "phone");
}

TEST_F(Law05ChangeOnOneSideTravels, AChangeMadeWhileTheOtherSideIsDownArrivesLater) {
    world.marketing().goes_down(true);
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    world.run_cycle();
    world.marketing().goes_down(false);
    world.run_until_quiet();
    expect_both("Phone", "phone", text("5550100"));
}

TEST_F(Law05ChangeOnOneSideTravels, ADeletedRecordIsNotMadeAnew) {
    world.marketing().remove(prospect);
    world.run_until_quiet();
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_until_quiet();
    EXPECT_TRUE(world.marketing().records("prospect").empty());
    EXPECT_NE(world.crm().find_record(contact), nullptr);
    EXPECT_NE(world.entity_of(kCrm, contact).reason, "") << "nobody could say why";
}

TEST_F(Law05ChangeOnOneSideTravels, AnUndeletedRecordIsTakenUpWhereItStood) {
    agree_on_phone("5550100");
    world.marketing().remove(prospect);
    world.run_until_quiet();
    world.crm().edit(contact, "Phone", Value{});
    world.run_until_quiet();
    world.marketing().undelete(prospect);
    world.run_until_quiet();
    expect_both("Phone", "phone", Value{});
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
}

TEST_F(Law05ChangeOnOneSideTravels, AListChangesOnTheDayAlone) {
    world.crm().edit(contact, "Title", text("Seller"));
    world.run_until_quiet();
    EXPECT_TRUE(world.marketing().records("list-membership").empty());
    world.clock.set_day(std::chrono::year{2018} / 3 / 1);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("list-membership").size(), 1u);
}

TEST_F(Law05ChangeOnOneSideTravels, ARefusedChangeIsTriedAgainOnceTheCauseIsGone) {
    world.marketing().rejects_field("phone", "13");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    world.run_cycle();
    EXPECT_EQ(world.store().quarantine("acme", 10)->size(), 1u);
    EXPECT_EQ(world.entity_of(kCrm, contact).state, "quarantined");
    world.marketing().accepts_all();
    world.run_until_quiet();
    expect_both("Phone", "phone", text("5550100"));
    EXPECT_TRUE(world.store().quarantine("acme", 10)->empty());
}

TEST_F(Law05ChangeOnOneSideTravels, AnEditOutlivesTheConversionOfItsLead) {
    world.add_prospect("eve@example.com", "Eve");
    world.run_until_quiet();
    const RecordId lead = world.with_email(kCrm, "eve@example.com");
    ASSERT_EQ(lead.object, "Lead");
    // Either side may be the one whose edit the rule would drop were it a first meeting.
    world.crm().convert(lead.key);
    world.marketing().edit(world.with_email(kMarketing, "eve@example.com"), "firstName",
                           text("Evelyn"));
    world.crm().edit(world.with_email(kCrm, "eve@example.com"), "LastName", text("Smith"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, "eve@example.com", "FirstName"), text("Evelyn"));
    EXPECT_EQ(world.value(kMarketing, "eve@example.com", "lastName"), text("Smith"));
}

TEST_F(Law05ChangeOnOneSideTravels, AnEditAfterALostAnswerIsNoConflictWithOurOwnWrite) {
    world.crm().edit(contact, "LastName", text("Byron"));
    world.marketing().crashes_after_next_write();
    world.run_cycle();
    ASSERT_EQ(world.value(kMarketing, kAda, "lastName"), text("Byron"));
    // Of two changes the rule would let marketing win; but nobody changed anything there.
    world.crm().edit(contact, "LastName", text("King"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, kAda, "LastName"), text("King"));
    EXPECT_EQ(world.value(kMarketing, kAda, "lastName"), text("King"));
}

TEST_F(Law05ChangeOnOneSideTravels, AnEditAfterACreateThatWasNotAnsweredIsNoConflictEither) {
    world.add_contact("eve@example.com", "Eve");
    world.marketing().crashes_after_next_write();
    world.run_cycle();
    world.crm().edit(world.with_email(kCrm, "eve@example.com"), "LastName", text("Adams"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, "eve@example.com", "LastName"), text("Adams"));
    EXPECT_EQ(world.value(kMarketing, "eve@example.com", "lastName"), text("Adams"));
}

}  // namespace
}  // namespace duet::world
