// Merges, conversions and what comes back: the link and its history go with the person.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "daemon/sync/review.h"
#include "tests/world/world.h"

namespace duet::world {
namespace {

class SurvivorsTest : public testing::Test {
protected:
    RecordId contact(const std::string& email, const std::string& name = "Doe") {
        return {"Contact", world.add_contact(email, name)};
    }
    bool are_one(const RecordId& crm, const RecordId& marketing) {
        return world.entity_of(kCrm, crm).id == world.entity_of(kMarketing, marketing).id;
    }
    std::string doubt(Side side, const RecordId& id) {
        const auto found = *world.store().review_of("acme", {side, id});
        return found ? found->doubt : "";
    }
    bool has_history(const RecordId& crm, const std::string& field) {
        const auto audit = *world.store().audit_of("acme", world.entity_of(kCrm, crm).id, 100);
        return std::any_of(audit.begin(), audit.end(),
                           [&](const store::AuditRow& row) { return row.field == field; });
    }
    /// A lead that Duet made for a prospect, with a phone that travelled.
    RecordId lead_of(const RecordId& prospect) {
        world.run_until_quiet();
        const RecordId lead = world.with_email(kCrm, kAda);
        world.marketing().edit(prospect, "phone", text("7"));
        world.run_until_quiet();
        return lead;
    }
    World world;
};

TEST_F(SurvivorsTest, AConvertedLeadsLinkAndHistoryGoToTheContact) {
    const RecordId prospect{"prospect", world.add_prospect(kAda)};
    const RecordId lead = lead_of(prospect);
    ASSERT_EQ(lead.object, "Lead");
    const RecordId made{"Contact", world.crm().convert(lead.key)};
    world.run_until_quiet();
    EXPECT_TRUE(are_one(made, prospect));
    EXPECT_TRUE(has_history(made, "Phone"));
    world.crm().edit(made, "Phone", text("8"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().value(prospect, "phone"), text("8"));
    EXPECT_EQ(world.crm().creates("Lead"), 1);
    EXPECT_TRUE(world.store().reviews("acme", 0, 9)->empty());
}

TEST_F(SurvivorsTest, AnOptedOutLeadConvertedIntoAContactTakesItsOptOutThere) {
    const RecordId prospect{"prospect", world.add_prospect(kAda)};
    const RecordId lead = lead_of(prospect);
    const RecordId kept = contact(kEve, "Kept");
    world.run_until_quiet();
    const RecordId partner = world.with_email(kMarketing, kEve);
    world.crm().edit(lead, "HasOptedOutOfEmail", World::yes());
    // The vendor leaves the contact opted in.
    world.crm().merge(lead, kept);
    world.run_until_quiet();
    EXPECT_EQ(world.crm().value(kept, "HasOptedOutOfEmail"), World::yes());
    EXPECT_EQ(world.marketing().value(partner, "optedOut"), World::yes());
}

TEST_F(SurvivorsTest, AConversionIntoAContactWithNoPartnerBringsThePartnerAlong) {
    const RecordId prospect{"prospect", world.add_prospect(kAda)};
    const RecordId lead = lead_of(prospect);
    world.crm().hides_next_change_for(std::chrono::seconds{0});
    const RecordId kept = contact("", "Kept");
    world.run_until_quiet();
    world.crm().merge(lead, kept);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(kept, prospect));
    EXPECT_TRUE(has_history(kept, "Phone"));
}

TEST_F(SurvivorsTest, OfTwoMergedContactsTheLosersProspectWaitsForAPerson) {
    const RecordId lost = contact(kAda), kept = contact(kEve);
    world.run_until_quiet();
    const RecordId one = world.with_email(kMarketing, kAda);
    const RecordId two = world.with_email(kMarketing, kEve);
    world.crm().edit(lost, "HasOptedOutOfEmail", World::yes());
    world.crm().merge(lost, kept);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(kept, two));
    EXPECT_EQ(world.marketing().value(two, "optedOut"), World::yes());
    EXPECT_EQ(doubt(kMarketing, one), "merged");
    EXPECT_EQ(world.crm().creates("Lead"), 0);
    // A late event on the loser reaches nobody.
    world.crm().edit(kept, "Phone", text("1"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().value(one, "phone"), Value{});
    // A person may say that the loser's prospect is the right one.
    const auto entry = *world.store().review_of("acme", {kMarketing, one});
    ASSERT_TRUE(sync::choose(world.org(), entry->id, kept.key, {"bob", "asked"}));
    world.run_until_quiet();
    EXPECT_TRUE(are_one(kept, one));
    EXPECT_FALSE(are_one(kept, two));
    EXPECT_EQ(world.marketing().value(one, "phone"), text("1"));
}

TEST_F(SurvivorsTest, TheLosersProspectThatWasBinnedAndRestoredWaitsAsBefore) {
    const RecordId lost = contact(kAda), kept = contact(kEve);
    world.run_until_quiet();
    const RecordId one = world.with_email(kMarketing, kAda);
    world.crm().merge(lost, kept);
    world.run_until_quiet();
    world.marketing().remove(one);
    world.run_until_quiet();
    EXPECT_EQ(doubt(kMarketing, one), "");
    world.marketing().undelete(one);
    world.run_until_quiet();
    EXPECT_EQ(doubt(kMarketing, one), "merged");
    EXPECT_EQ(world.crm().creates("Lead"), 0);
}

TEST_F(SurvivorsTest, TheLosersProspectIsLinkedOnceTheSurvivorsIsGone) {
    const RecordId lost = contact(kAda), kept = contact(kEve);
    world.run_until_quiet();
    const RecordId one = world.with_email(kMarketing, kAda);
    const RecordId two = world.with_email(kMarketing, kEve);
    world.crm().merge(lost, kept);
    world.run_until_quiet();
    ASSERT_EQ(doubt(kMarketing, one), "merged");
    world.marketing().remove(two);  // people cleaned up, as the entry proposed
    world.run_until_quiet();
    EXPECT_EQ(doubt(kMarketing, one), "");
    EXPECT_TRUE(are_one(kept, one));
}

TEST_F(SurvivorsTest, WhatWasAgreedWithADeletedProspectSaysNothingOfTheLosers) {
    const RecordId lost = contact(kAda), kept = contact(kEve);
    world.run_until_quiet();
    const RecordId one = world.with_email(kMarketing, kAda);
    world.marketing().remove(world.with_email(kMarketing, kEve));
    world.run_until_quiet();
    world.crm().merge(lost, kept);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(kept, one));
    EXPECT_EQ(world.crm().value(kept, "Email"), text(kEve)) << "it had not changed";
    EXPECT_EQ(world.marketing().value(one, "email"), text(kEve));
}

TEST_F(SurvivorsTest, AMergeWhoseLoserComesBackIsNoGuess) {
    const RecordId lost = contact(kAda);
    world.run_until_quiet();
    const RecordId one = world.with_email(kMarketing, kAda);
    const RecordId kept = contact("", "Kept");
    world.run_until_quiet();
    world.crm().merge(lost, kept);
    world.run_until_quiet();
    ASSERT_TRUE(are_one(kept, one));
    world.crm().undelete(lost);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(kept, one));
    EXPECT_FALSE(are_one(lost, one));
    EXPECT_EQ(doubt(kCrm, lost), "shared") << "the survivor has its address by now";
    EXPECT_EQ(world.marketing().records("prospect").size(), 1U);
}

TEST_F(SurvivorsTest, WhatTookTheDeletedOnesPlaceKeepsItWhenThatComesBack) {
    const RecordId first = contact(kAda);
    world.run_until_quiet();
    const RecordId one = world.with_email(kMarketing, kAda);
    world.crm().remove(first);
    world.run_until_quiet();
    const RecordId next = contact(kAda);
    world.run_until_quiet();
    ASSERT_TRUE(are_one(next, one));
    world.crm().undelete(first);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(next, one));
    EXPECT_FALSE(are_one(first, one));
    EXPECT_EQ(doubt(kCrm, first), "shared");
}

TEST_F(SurvivorsTest, AProspectThatWasBinnedAndRestoredIsLinkedAsBefore) {
    const RecordId person = contact(kAda);
    world.run_until_quiet();
    const RecordId one = world.with_email(kMarketing, kAda);
    world.marketing().remove(one);
    world.run_until_quiet();
    EXPECT_TRUE(world.marketing().records("prospect").empty()) << "it is not made anew";
    world.crm().edit(person, "Phone", text("3"));
    world.run_until_quiet();
    world.marketing().undelete(one);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(person, one));
    EXPECT_EQ(world.marketing().value(one, "phone"), text("3"));
}

/// A merge of prospects: Pardot's API only says that the loser is in the bin.
class MergedProspects : public SurvivorsTest {
protected:
    /// A contact with its prospect, which holds its id, and a prospect that is linked with nobody.
    void SetUp() override {
        person = contact(kAda);
        world.run_until_quiet();
        loser = world.with_email(kMarketing, kAda);
        world.marketing().edit(loser, "salesforceContactId", text(person.key));
        world.marketing().edit(loser, "phone", text("7"));
        // Nobody is made in the CRM without a last name.
        survivor = {"prospect", world.add_prospect(kEve, "")};
        world.run_until_quiet();
    }
    void expect_linked() {
        EXPECT_TRUE(are_one(person, survivor));
        EXPECT_TRUE(world.store().reviews("acme", 0, 9)->empty());
        EXPECT_EQ(world.crm().creates("Lead"), 0);
        EXPECT_EQ(world.marketing().creates("prospect"), 1);
        EXPECT_EQ(world.value(kMarketing, kAda, "lastName"), text("Doe"));
        world.crm().edit(person, "Phone", text("8"));
        world.run_until_quiet();
        EXPECT_EQ(world.marketing().value(survivor, "phone"), text("8"));
    }
    RecordId person, loser, survivor;
};

TEST_F(MergedProspects, TheSurvivorThatTookTheContactsIdIsItsPartner) {
    world.marketing().merge(loser, survivor);
    world.run_until_quiet();
    expect_linked();
    EXPECT_TRUE(has_history(person, "Phone")) << "what was before the merge is told too";
}

TEST_F(MergedProspects, TheSurvivorThatIsReadBeforeTheBinIsLinkedOnceThatIsKnown) {
    world.marketing().hides_next_change_for(std::chrono::minutes{10});
    world.marketing().merge(loser, survivor);
    world.clock.pass(std::chrono::minutes{2});
    world.run_cycle();
    EXPECT_FALSE(are_one(person, survivor));
    EXPECT_EQ(doubt(kMarketing, survivor), "shared") << "two prospects hold the contact's id";
    world.clock.pass(std::chrono::minutes{10});
    world.run_until_quiet();
    expect_linked();
}

TEST_F(MergedProspects, TheBinThatIsReadFirstLeavesTheContactUntilTheSurvivorIsRead) {
    world.marketing().merge(loser, survivor);
    world.marketing().hides_next_change_for(std::chrono::minutes{10});
    world.marketing().edit(survivor, "phone", text("1"));
    world.clock.pass(std::chrono::minutes{2});
    world.run_cycle();
    world.run_cycle();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
    world.clock.pass(std::chrono::minutes{10});
    world.run_until_quiet();
    expect_linked();
}

TEST_F(MergedProspects, TheSurvivorThatTookTheAddressIsItsPartner) {
    world.marketing().edit(loser, "salesforceContactId", {});
    world.run_until_quiet();
    world.marketing().merge(loser, survivor);
    world.marketing().edit(survivor, "email", text(kAda));
    world.run_until_quiet();
    expect_linked();
}

TEST_F(MergedProspects, AnOptOutOutlivesTheLoser) {
    world.marketing().edit(loser, "optedOut", World::yes());
    world.run_until_quiet();
    world.marketing().merge(loser, survivor);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(person, survivor));
    EXPECT_EQ(world.marketing().value(survivor, "optedOut"), World::yes());
    EXPECT_EQ(world.crm().value(person, "HasOptedOutOfEmail"), World::yes());
}

TEST_F(MergedProspects, ASurvivorThatHasAPartnerKeepsItAndAPersonIsAsked) {
    const RecordId other = contact(kEve);
    world.run_until_quiet();
    ASSERT_TRUE(are_one(other, survivor));
    world.marketing().merge(loser, survivor);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(other, survivor));
    EXPECT_EQ(doubt(kMarketing, survivor), "changed") << "it holds the id of the other contact";
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
    const auto entry = *world.store().review_of("acme", {kMarketing, survivor});
    ASSERT_TRUE(sync::choose(world.org(), entry->id, person.key, {"bob", "asked"}));
    world.run_until_quiet();
    EXPECT_TRUE(are_one(person, survivor));
}

TEST_F(MergedProspects, AnOptOutPassesBetweenThoseOfWhomAPersonIsAsked) {
    const RecordId other = contact(kEve);
    world.run_until_quiet();
    world.marketing().merge(loser, survivor);
    world.marketing().edit(survivor, "optedOut", World::yes());
    world.clock.pass(std::chrono::minutes{2});
    world.crm().goes_down(true);
    world.run_cycle();
    world.crm().goes_down(false);
    world.run_until_quiet();
    EXPECT_EQ(doubt(kMarketing, survivor), "changed");
    EXPECT_EQ(world.crm().value(other, "HasOptedOutOfEmail"), World::yes());
}

TEST_F(MergedProspects, ASurvivorWithNothingOfTheLosersIsAStranger) {
    world.marketing().edit(loser, "salesforceContactId", {});
    world.run_until_quiet();
    world.marketing().merge(loser, survivor);
    world.run_until_quiet();
    EXPECT_FALSE(are_one(person, survivor));
    EXPECT_EQ(world.marketing().creates("prospect"), 1) << "and none is made for the contact";
}

TEST_F(SurvivorsTest, AWriteInDoubtOutlivesTheConversionOfItsLead) {
    const RecordId prospect{"prospect", world.add_prospect(kAda)};
    const RecordId lead = lead_of(prospect);
    const RecordId kept = contact("", "Kept");
    world.run_until_quiet();
    world.crm().edit(lead, "Phone", text("9"));
    world.marketing().loses_next_answer();
    world.run_cycle();
    world.crm().merge(lead, kept);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(kept, prospect));
    EXPECT_TRUE(world.store().in_flight("acme")->empty());
}

TEST_F(SurvivorsTest, ALeadConvertedWhileItsProspectChangesKeepsWhatWasAgreed) {
    const RecordId prospect{"prospect", world.add_prospect(kAda)};
    const RecordId lead = lead_of(prospect);
    // The prospect is asked first, and finds the contact by way of its lead.
    world.marketing().edit(prospect, "phone", text("8"));
    const RecordId made{"Contact", world.crm().convert(lead.key)};
    world.run_until_quiet();
    EXPECT_TRUE(are_one(made, prospect));
    EXPECT_EQ(world.crm().value(made, "Phone"), text("8")) << "only the prospect's had changed";
}

TEST_F(SurvivorsTest, AnOptOutOfTheMergedRecordIsTheSurvivorsWhoeverIsAskedFirst) {
    const RecordId lost = contact(kAda);
    world.run_until_quiet();
    const RecordId prospect = world.with_email(kMarketing, kAda);
    const RecordId kept = contact("", "Kept");
    world.run_until_quiet();
    world.marketing().edit(prospect, "phone", text("8"));
    world.crm().edit(lost, "HasOptedOutOfEmail", true);
    world.crm().merge(lost, kept);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(kept, prospect));
    EXPECT_EQ(world.crm().value(kept, "HasOptedOutOfEmail"), Value{true});
    EXPECT_EQ(world.marketing().value(prospect, "optedOut"), Value{true});
}

/// Each changed row is matched once: asking the match rules twice cost a tenth of a first load.
TEST_F(SurvivorsTest, AChangedRowIsAskedOnce) {
    for (int i = 0; i < 20; ++i) contact("c" + std::to_string(i) + "@example.com");
    world.org().settings = world.settings;
    ASSERT_TRUE(world.store().set_mode("acme", store::Mode::Observe));
    const auto before = world.store().calls();
    world.run_cycle();
    const auto asked = [&](const char* function) {
        const auto& after = world.store().calls();
        const auto now = after.find(function), then = before.find(function);
        return (now == after.end() ? 0 : now->second) - (then == before.end() ? 0 : then->second);
    };
    EXPECT_EQ(asked("choice_of"), 20) << "one question a record for a person's word";
    EXPECT_EQ(asked("add_entity"), 20);
}

}  // namespace
}  // namespace duet::world
