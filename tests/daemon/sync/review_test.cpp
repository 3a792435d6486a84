#include "daemon/sync/review.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace duet::world {
namespace {

const sync::Permission kByBob{"bob", "asked her"};

class ReviewTest : public testing::Test {
protected:
    RecordId contact(const std::string& email, const std::string& name = "Doe") {
        return {"Contact", world.add_contact(email, name)};
    }
    RecordId prospect(const std::string& email, const std::string& contact_id = "") {
        const RecordId id{"prospect", world.add_prospect(email)};
        if (!contact_id.empty())
            world.marketing().edit(id, "salesforceContactId", text(contact_id));
        world.clock.pass(std::chrono::minutes{2});  // reads lag behind what people do there
        return id;
    }
    std::vector<store::Review> queue() { return *world.store().reviews("acme", 0, 100); }
    std::optional<store::Review> entry(Side side, const RecordId& id) {
        return *world.store().review_of("acme", {side, id});
    }
    std::string doubt(Side side, const RecordId& id) {
        const auto found = entry(side, id);
        return found ? found->doubt : "";
    }
    void choose(Side side, const RecordId& id, const std::string& record) {
        const auto found = entry(side, id);
        ASSERT_TRUE(found);
        const auto chosen = sync::choose(world.org(), found->id, record, kByBob);
        ASSERT_TRUE(chosen) << chosen.error().message;
    }
    bool are_one(const RecordId& crm, const RecordId& marketing) {
        return world.entity_of(kCrm, crm).id == world.entity_of(kMarketing, marketing).id;
    }
    std::size_t writes() { return world.crm().writes().size() + world.marketing().writes().size(); }
    /// An edit in the CRM, and what the prospect shows of it.
    Value after_edit(const RecordId& crm, const RecordId& marketing, const std::string& phone) {
        world.crm().edit(crm, "Phone", text(phone));
        world.run_until_quiet();
        return world.marketing().value(marketing, "phone");
    }
    World world;
};

TEST_F(ReviewTest, TwoContactsForOneProspectAreNeverGuessed) {
    const RecordId a = contact(kAda), b = contact(kAda);
    const RecordId one = prospect(kAda);
    world.run_until_quiet();
    EXPECT_EQ(writes(), 0U) << "nothing is written about people who may be somebody else";
    const auto asked = entry(kMarketing, one);
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->doubt, "several");
    EXPECT_EQ(asked->candidates, (std::vector<store::Link>{{kCrm, a}, {kCrm, b}}));
    EXPECT_EQ(doubt(kCrm, a), "shared");
    EXPECT_EQ(doubt(kCrm, b), "shared");
    EXPECT_FALSE(are_one(a, one));
    EXPECT_FALSE(are_one(b, one));
}

TEST_F(ReviewTest, AChoiceLinksIsAuditedAndSurvivesRestartsAndPulls) {
    const RecordId a = contact(kAda), b = contact(kAda);
    const RecordId one = prospect(kAda);
    world.run_until_quiet();
    choose(kMarketing, one, b.key);
    world.run_until_quiet();
    EXPECT_TRUE(queue().empty());
    EXPECT_TRUE(are_one(b, one));
    EXPECT_EQ(world.marketing().records("prospect").size(), 1U);
    EXPECT_EQ(world.crm().records("Lead").size(), 0U);
    const auto audit = *world.store().audit_of("acme", world.entity_of(kCrm, b).id, 100);
    EXPECT_TRUE(std::any_of(audit.begin(), audit.end(), [](const store::AuditRow& row) {
        return row.rule == "match" && row.cause.starts_with("bob said that prospect ") &&
               row.cause.ends_with(": asked her");
    }));
    world.restart();
    EXPECT_EQ(after_edit(b, one, "1"), text("1"));
    EXPECT_EQ(after_edit(a, one, "2"), text("1")) << "the other contact is somebody else";
    world.marketing().edit(one, "jobTitle", text("Buyer"));
    world.run_until_quiet();
    EXPECT_EQ(world.crm().value(b, "Title"), text("Buyer"));
    EXPECT_TRUE(queue().empty());
}

TEST_F(ReviewTest, AChoiceIsAskedBeforeTheMatchRulesOfEveryLaterChange) {
    const RecordId a = contact(kAda), b = contact(kAda);
    const RecordId one = prospect(kAda);
    world.run_until_quiet();
    choose(kMarketing, one, b.key);
    world.run_until_quiet();
    // Alone, the rules would now find that the prospect is the other contact.
    world.crm().edit(b, "Email", text(kEve));
    world.run_until_quiet();
    world.marketing().edit(one, "jobTitle", text("Buyer"));
    world.run_until_quiet();
    EXPECT_TRUE(are_one(b, one));
    EXPECT_EQ(doubt(kMarketing, one), "");
    EXPECT_EQ(world.crm().value(b, "Title"), text("Buyer"));
    EXPECT_EQ(world.crm().value(a, "Title"), Value{});
}

TEST_F(ReviewTest, NoneLetsItStandAloneUntilSomebodyElseMayBeMeant) {
    const RecordId a = contact(kAda), b = contact(kAda);
    const RecordId one = prospect(kAda);
    world.run_until_quiet();
    choose(kMarketing, one, "none");
    EXPECT_EQ(doubt(kMarketing, one), "");
    EXPECT_FALSE(are_one(a, one));
    // Nobody made a lead for it meanwhile: the documents create one for a prospect that is alone.
    world.run_until_quiet();
    EXPECT_EQ(world.crm().creates("Lead"), 1);
    const auto told = sync::forget_choice(world.org(), one.key, kByBob);
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_EQ(sync::forget_choice(world.org(), one.key, kByBob).error().code, "DUET-5052");
}

TEST_F(ReviewTest, AnEntryGoesByItselfWhenTheDoubtDoes) {
    const RecordId a = contact(kAda), b = contact(kAda);
    const RecordId one = prospect(kAda);
    world.run_until_quiet();
    ASSERT_EQ(queue().size(), 3U);
    world.crm().edit(b, "Email", text(kEve));
    world.run_until_quiet();
    EXPECT_TRUE(queue().empty());
    EXPECT_TRUE(are_one(a, one));
    EXPECT_EQ(world.entity_of(kCrm, a).ambiguous, "");
}

TEST_F(ReviewTest, ADuplicateStandsAsideAndTheOtherOneIsMatched) {
    const RecordId a = contact(kAda), b = contact(kAda);
    const RecordId one = prospect(kAda);
    world.run_until_quiet();
    choose(kCrm, b, a.key);
    world.run_until_quiet();
    EXPECT_TRUE(queue().empty());
    EXPECT_TRUE(are_one(a, one));
    EXPECT_EQ(after_edit(b, one, "7"), Value{});
    EXPECT_EQ(world.entity_of(kCrm, b).state, "waiting");
    EXPECT_EQ(world.marketing().creates("prospect"), 0);
}

TEST_F(ReviewTest, WhatIsChosenMustBeACandidateAndHaveAReason) {
    contact(kAda), contact(kAda);
    const RecordId other = contact(kEve);
    const RecordId one = prospect(kAda);
    world.run_until_quiet();
    const auto id = entry(kMarketing, one)->id;
    EXPECT_EQ(sync::choose(world.org(), id, other.key, kByBob).error().code, "DUET-5051");
    EXPECT_EQ(sync::choose(world.org(), id, "none", {"bob", ""}).error().code, "DUET-5051");
    EXPECT_EQ(sync::choose(world.org(), 999, "none", kByBob).error().code, "DUET-5050");
    EXPECT_TRUE(entry(kMarketing, one));
}

TEST_F(ReviewTest, AChangedAddressThatMeetsAnotherRecordWaitsButAnOptOutDoesNot) {
    const RecordId a = contact(kAda), b = contact(kEve);
    const RecordId one = prospect(kAda), two = prospect(kEve);
    world.run_until_quiet();
    ASSERT_TRUE(are_one(a, one));
    world.crm().edit(a, "Email", text(kEve));
    world.crm().edit(a, "HasOptedOutOfEmail", World::yes());
    world.run_until_quiet();
    EXPECT_EQ(doubt(kCrm, a), "changed");
    EXPECT_EQ(world.marketing().value(one, "email"), text(kAda));
    EXPECT_EQ(world.marketing().value(one, "optedOut"), World::yes());
    EXPECT_EQ(world.marketing().value(two, "optedOut"), Value{false});
    EXPECT_TRUE(are_one(b, two));
    // Back to what it was: nothing is in doubt any more.
    world.crm().edit(a, "Email", text(kAda));
    world.run_until_quiet();
    EXPECT_TRUE(queue().empty());
    // Once more, and this time a person says that it is right so.
    world.crm().edit(a, "Email", text(kEve));
    world.run_until_quiet();
    choose(kCrm, a, "none");
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().value(one, "email"), text(kEve));
}

TEST_F(ReviewTest, OneIdOfTheCrmOnTwoProspectsIsInDoubtAndAChoiceMayMoveTheLink) {
    const RecordId a = contact(kAda);
    const RecordId one = prospect("one@example.com", a.key);
    world.run_until_quiet();
    ASSERT_TRUE(are_one(a, one));
    const RecordId two = prospect("two@example.com", a.key);
    world.run_until_quiet();
    EXPECT_EQ(doubt(kMarketing, two), "shared");
    EXPECT_TRUE(are_one(a, one));
    EXPECT_EQ(world.crm().creates("Lead"), 0);
    choose(kMarketing, two, a.key);
    EXPECT_TRUE(are_one(a, two));
    EXPECT_FALSE(are_one(a, one));
    world.run_until_quiet();
    EXPECT_EQ(after_edit(a, two, "5"), text("5"));
    EXPECT_EQ(world.marketing().value(one, "phone"), Value{});
}

TEST_F(ReviewTest, ARecordThatIsTakenIsNoFreeCandidate) {
    const RecordId a = contact(kAda);
    prospect(kAda);
    world.run_until_quiet();
    // A prospect whose only match is somebody's partner is not made anew as a lead.
    const RecordId two = prospect("other@example.com", a.key);
    world.run_until_quiet();
    EXPECT_EQ(doubt(kMarketing, two), "taken");
    EXPECT_EQ(world.crm().creates("Lead"), 0);
}

TEST_F(ReviewTest, AMarkerOfADeletedCrmRecordIsNoIdAndNobodyIsMadeAnewForIt) {
    const RecordId one = prospect("one@example.com", "[[crm_deleted]]");
    const RecordId two = prospect("two@example.com", "[[crm_deleted]]");
    const RecordId b = contact("two@example.com");
    world.run_until_quiet();
    EXPECT_TRUE(queue().empty()) << "a marker on two prospects is no key that they share";
    EXPECT_EQ(world.crm().creates("Lead"), 0);
    EXPECT_TRUE(are_one(b, two));
    EXPECT_NE(world.entity_of(kMarketing, one).reason.find("not made anew"), std::string::npos);
}

TEST_F(ReviewTest, TheQueueIsTheSameWhicheverRecordCameFirst) {
    const RecordId one = prospect(kAda);
    world.run_until_quiet();  // alone: a lead is made for it
    ASSERT_EQ(world.crm().creates("Lead"), 1);
    const RecordId a = contact(kAda), b = contact(kAda);
    world.run_until_quiet();
    EXPECT_EQ(doubt(kCrm, a), "shared");
    EXPECT_EQ(doubt(kCrm, b), "shared");
    EXPECT_EQ(world.marketing().creates("prospect"), 0);
    EXPECT_EQ(world.entity_of(kMarketing, one).ambiguous, "");
}

TEST_F(ReviewTest, OtherMatchRulesAskEverybodyWhoStandsAlone) {
    auto by_id = acme_documents(), by_address = acme_documents();
    const std::string people = by_id[0].text;
    const std::string alone = people.substr(0, people.find("create:"));
    by_address[0].text = alone;
    by_id[0].text = alone;
    by_id[0].text.replace(alone.find("match: [crm_id, email]"), 22, "match: [crm_id]       ");
    world.change_documents(by_id);
    const RecordId a = contact(kAda);
    const RecordId one = prospect(kAda);
    world.run_until_quiet();
    EXPECT_FALSE(are_one(a, one));
    world.change_documents(by_address);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(a, one));
    EXPECT_EQ(after_edit(a, one, "4"), text("4"));
}

}  // namespace
}  // namespace duet::world
