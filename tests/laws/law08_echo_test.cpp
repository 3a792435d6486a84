// Law 8: Duet's own writes do not come back as changes.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

class Law08OwnWritesAreEchoes : public SettledWorld {};

TEST_F(Law08OwnWritesAreEchoes, AnUpdateIsPulledAsAnEchoAndPlansNothing) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    const auto entity = world.entity_of(kCrm, contact);
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    const auto next = world.run_cycle();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->sent.done, 0);
    EXPECT_EQ(next->counts.planned, 0);
    EXPECT_EQ(next->counts.waiting, 0);
    EXPECT_EQ(next->counts.pulled, next->counts.repeats + next->counts.echoes);
}

TEST_F(Law08OwnWritesAreEchoes, WithNoStampInTheAnswerTheEchoIsKnownByItsValues) {
    // The CRM of this world tells no stamps.
    world.marketing().edit(prospect, "phone", text("5550100"));
    world.clock.pass(60s);
    world.run_cycle();
    EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text("5550100"));
    const auto next = world.run_cycle();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->counts.echoes, 1);
    EXPECT_EQ(next->sent.done, 0);
}

TEST_F(Law08OwnWritesAreEchoes, AReadFromBeforeOurWriteIsStaleAndIgnored) {
    world.marketing().edit(prospect, "jobTitle", text("Analyst"));
    world.clock.pass(59s);
    world.crm().edit(contact, "Phone", text("5550100"));
    // Our phone is written now; the vendor's reads still show the record of a minute ago.
    world.run_cycle();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text("5550100"));
    EXPECT_EQ(world.value(kCrm, kAda, "Title"), text("Analyst"));
}

TEST_F(Law08OwnWritesAreEchoes, AReadFromBeforeADeleteOfOursDoesNotBringTheRecordBack) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    ASSERT_EQ(world.marketing().records("list-membership").size(), 1U);
    world.clock.pass(2min);
    world.crm().edit(contact, "Title", text("Analyst"));
    world.run_cycle();
    EXPECT_TRUE(world.marketing().records("list-membership").empty());
    // Pardot's reads show the membership for another minute.
    for (int cycle = 0; cycle < 3; ++cycle) {
        const auto next = world.run_cycle();
        ASSERT_TRUE(next);
        EXPECT_EQ(next->sent.done, 0);
    }
    world.clock.pass(2min);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().deletes("list-membership"), 1);
}

TEST_F(Law08OwnWritesAreEchoes, AnUndeleteByPeopleAfterADeleteOfOursIsSeen) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    const RecordId member{"list-membership",
                          world.marketing().records("list-membership").begin()->first};
    world.clock.pass(2min);
    world.crm().edit(contact, "Title", text("Analyst"));
    world.run_cycle();
    ASSERT_EQ(world.marketing().find_record(member), nullptr);
    world.clock.pass(1s);
    world.marketing().undelete(member);
    world.clock.pass(2min);
    world.run_until_quiet();
    // The list is corrected to what its rule says, which takes a second delete.
    EXPECT_EQ(world.marketing().deletes("list-membership"), 2);
}

TEST_F(Law08OwnWritesAreEchoes, SomeoneElsesChangeOnTopOfOursIsNone) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    world.marketing().edit(prospect, "phone", text("5550122"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text("5550122"));
}

}  // namespace
}  // namespace duet::world
