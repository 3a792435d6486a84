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

}  // namespace
}  // namespace duet::world
