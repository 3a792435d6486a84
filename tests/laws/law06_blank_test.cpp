// Law 6: blank never erases a value unless the rule says so; at first meeting a value beats a
// blank whatever the rule, two values are a conflict, and an opt-out wins.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

class Law06BlankNeverErases : public SettledWorld {};

TEST_F(Law06BlankNeverErases, WhereTheRuleKeepsValues) {
    world.crm().edit(contact, "Title", text("Analyst"));
    world.run_until_quiet();
    world.crm().edit(contact, "Title", Value{});
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "jobTitle"), text("Analyst"));
    EXPECT_TRUE(is_blank(world.value(kCrm, kAda, "Title")));
}

TEST_F(Law06BlankNeverErases, WhereTheRuleOnlyFills) {
    world.crm().edit(contact, "Department", text("Mathematics"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "department"), text("Mathematics"));
    world.crm().edit(contact, "Department", text("Engines"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "department"), text("Mathematics"));
}

TEST(Law06FirstMeeting, AValueBeatsABlankWhateverTheRule) {
    World world;
    const std::string prospect = world.add_prospect("ada@example.com");
    world.marketing().edit({"prospect", prospect}, "phone", text("5550100"));
    world.marketing().edit({"prospect", prospect}, "firstName", text("Ada"));
    world.clock.pass(60s);
    world.add_contact("ada@example.com");
    world.run_until_quiet();
    // Phone propagates blanks and falls to the CRM; FirstName is the CRM's.
    EXPECT_EQ(world.value(kCrm, "ada@example.com", "Phone"), text("5550100"));
    EXPECT_EQ(world.value(kCrm, "ada@example.com", "FirstName"), text("Ada"));
    EXPECT_EQ(world.crm().creates("Lead"), 0);
}

TEST(Law06FirstMeeting, TwoValuesAreAConflictAndAnOptOutWins) {
    World world;
    const RecordId prospect{"prospect", world.add_prospect("ada@example.com", "Byron")};
    world.marketing().edit(prospect, "firstName", text("Augusta"));
    world.marketing().edit(prospect, "optedOut", World::yes());
    world.clock.pass(60s);
    const RecordId contact{"Contact", world.add_contact("ada@example.com", "King")};
    world.crm().edit(contact, "FirstName", text("Ada"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().value(prospect, "firstName"), text("Ada"));
    EXPECT_EQ(world.crm().value(contact, "LastName"), text("Byron"));
    EXPECT_EQ(world.crm().value(contact, "HasOptedOutOfEmail"), World::yes());
}

TEST_F(Law06BlankNeverErases, ANewRecordInADeletedOnesPlaceMeetsForTheFirstTime) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_until_quiet();
    world.crm().remove(contact);
    world.run_until_quiet();
    world.add_contact(kAda, "Lovelace");
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text("5550100"));
}

}  // namespace
}  // namespace duet::world
