// Law 3: a write whose outcome is unknown is never blindly repeated.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

class Law03WriteInDoubtIsLookedAtFirst : public SettledWorld {};

TEST_F(Law03WriteInDoubtIsLookedAtFirst, AnUpdateThatWasDoneIsNotRepeated) {
    world.crm().edit(contact, "Phone", text("5550100"));
    const auto before = world.marketing().updates("prospect");
    world.marketing().loses_next_answer();
    world.run_cycle();
    EXPECT_EQ(world.store().in_flight("acme")->size(), 1u);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().updates("prospect"), before + 1);
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
}

TEST_F(Law03WriteInDoubtIsLookedAtFirst, AnUpdateThatWasLostIsSentAgain) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.marketing().loses_next_request();
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
}

TEST_F(Law03WriteInDoubtIsLookedAtFirst, NothingIsPlannedForItUntilItWasLookedAt) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.marketing().loses_next_answer();
    world.run_cycle();
    const auto before = world.marketing().updates("prospect");
    // The vendor cannot be asked, so the doubt stays.
    world.marketing().goes_down(true);
    world.crm().edit(contact, "Phone", text("5550199"));
    world.run_cycle();
    EXPECT_EQ(world.store().in_flight("acme")->size(), 1u);
    EXPECT_EQ(world.entity_of(kCrm, contact).state, "waiting");
    EXPECT_EQ(world.marketing().updates("prospect"), before);
    world.marketing().goes_down(false);
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550199"));
    EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text("5550199"));
}

TEST_F(Law03WriteInDoubtIsLookedAtFirst, AMembershipIsNotMadeTwice) {
    world.crm().edit(contact, "Title", text("Buyer"));
    // The title comes first, the membership second.
    world.run_cycle();
    world.run_until_quiet();
    const auto made = world.marketing().creates("list-membership");
    world.crm().edit(contact, "Title", text("Seller"));
    world.run_until_quiet();
    world.crm().edit(contact, "Title", text("Buyer"));
    world.marketing().edit(prospect, "jobTitle", text("Buyer"));
    world.marketing().loses_next_answer();
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("list-membership"), made + 1);
    EXPECT_EQ(world.marketing().records("list-membership").size(), 1u);
}

TEST(Law03AfterACrash, AWriteIsLookedAtNoSoonerThanReadsCanShowIt) {
    World world;
    world.add_contact("ada@example.com");
    world.run_until_quiet();
    const RecordId contact = world.with_email(kCrm, "ada@example.com");
    const RecordId prospect = world.with_email(kMarketing, "ada@example.com");
    const auto before = world.marketing().updates("prospect");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.clock.pass(60s);
    world.marketing().crashes_after_next_write();
    EXPECT_FALSE(world.run_cycle());
    // Reads do not show it yet: a look would take it for not done, and send it once more.
    EXPECT_EQ(world.store().in_flight("acme")->size(), 1u);
    world.run_cycle();
    EXPECT_EQ(world.store().in_flight("acme")->size(), 1u);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().value(prospect, "phone"), text("5550100"));
    EXPECT_EQ(world.marketing().updates("prospect"), before + 1);
}

TEST(Law03AfterTwoLostAnswers, TheSideIsLeftAloneUntilThePassEnds) {
    World world;
    for (int i = 0; i < 40; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    const auto lose = [&] { world.marketing().loses_next_answer(); };
    world.marketing().watch({{}, [&](const Write&, const RecordId&) { lose(); }, {}});
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    // Calls of five, each waited for until its deadline: two in each of two passes, of which the
    // first had work for the other side too.
    EXPECT_EQ(world.marketing().creates("prospect"), 20);
    ASSERT_TRUE(report->sent.closed.marketing);
    EXPECT_EQ(report->sent.closed.marketing->kind, ErrorKind::InDoubt);
    EXPECT_GE(report->sent.not_sent, 20);
    world.marketing().watch({});
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 40);
    EXPECT_EQ(world.marketing().records("prospect").size(), 40u);
}

TEST_F(Law03WriteInDoubtIsLookedAtFirst, ARecordOfSomebodyElseIsMetAsAnyOther) {
    const RecordId bob{"Contact", world.add_contact("bob@example.com", "Bee")};
    world.crm().edit(bob, "FirstName", text("Bob"));
    world.marketing().loses_next_request();
    world.run_cycle();
    ASSERT_EQ(world.store().in_flight("acme")->size(), 1u);
    // Ours was lost; a form made this one meanwhile, with another name.
    const std::string made = world.add_prospect("bob@example.com", "Bee");
    world.marketing().edit({"prospect", made}, "firstName", text("Rob"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("prospect").size(), 2u);
    EXPECT_EQ(world.value(kCrm, "bob@example.com", "FirstName"), text("Bob")) << "the CRM wins";
    EXPECT_EQ(world.value(kMarketing, "bob@example.com", "firstName"), text("Bob"));
}

TEST_F(Law03WriteInDoubtIsLookedAtFirst, AnUpdateThatSomebodyChangedSinceWasDoneAndTheirsTravels) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.crm().edit(contact, "FirstName", text("Ada"));
    world.marketing().loses_next_answer();
    world.run_cycle();
    ASSERT_EQ(world.store().in_flight("acme")->size(), 1U);
    world.clock.pass(5s);
    // Were the write not known to be done, this would be a conflict, which the CRM wins.
    world.marketing().edit(prospect, "firstName", text("Augusta"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    EXPECT_EQ(world.value(kMarketing, kAda, "firstName"), text("Augusta"));
    EXPECT_EQ(world.value(kCrm, kAda, "FirstName"), text("Augusta"));
    // What was done can be asked about and undone.
    const auto phones = world.store().audit_of_field("acme", "phone", 10);
    ASSERT_EQ(phones->size(), 1U);
    EXPECT_EQ(phones->front().after, text("5550100"));
    const auto names = world.store().audit_of_field("acme", "firstName", 10);
    ASSERT_FALSE(names->empty());
    EXPECT_EQ(names->back().after, text("Ada"));
}

TEST_F(Law03WriteInDoubtIsLookedAtFirst, AnUpdateOfWhichOneFieldIsAsItWasWasNotDone) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.crm().edit(contact, "FirstName", text("Ada"));
    world.marketing().loses_next_request();
    world.run_cycle();
    ASSERT_EQ(world.store().in_flight("acme")->size(), 1U);
    world.marketing().edit(prospect, "phone", text("5550100"));  // somebody typed the same
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "firstName"), text("Ada"));
    EXPECT_EQ(world.value(kCrm, kAda, "FirstName"), text("Ada"));
    EXPECT_EQ(world.store().audit_of_field("acme", "firstName", 10)->size(), 1U);
}

}  // namespace
}  // namespace duet::world
