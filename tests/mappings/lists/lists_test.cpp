#include "mappings/lists/lists.h"

#include <gtest/gtest.h>

#include "mappings/lists/standing.h"
#include "tests/mappings/merge/decide_help.h"

namespace duet::lists {
namespace {

using namespace std::chrono_literals;

/// One person and one list; a decision is remembered as the daemon remembers it.
struct ListCase : merge::Case {
    explicit ListCase(const std::string& keys)
        : Case("fields: []\n",
               "lists:\n  - pardot_list: Drip\n    member_when: Title = \"Buyer\"\n" + keys) {
        inputs.memberships.resize(1);
        inputs.memberships[0].list_id = "5";
        inputs.memberships[0].person = "7";
        wanted(true);
    }
    void wanted(bool is_wanted) { facts.values["Title"] = text(is_wanted ? "Buyer" : "Clerk"); }
    void suppressed(bool is) { facts.values["HasOptedOutOfEmail"] = Value{is}; }
    void on(bool is_on, bool by_duet = true) {
        inputs.memberships[0].membership_id = is_on ? "77" : "";
        inputs.memberships[0].ours = is_on && by_duet;
    }
    void pass(std::chrono::milliseconds time) {
        inputs.moment = inputs.moment.at(inputs.moment.now + time);
    }

    /// What is to be done: '+' joins, '-' leaves, '=' nothing.
    char step() {
        last = decide();
        if (last.lists && !last.lists->empty()) {
            const Known& now = last.lists->front().now;
            inputs.memberships[0].known =
                now.is_worth_keeping() ? std::optional<Known>(now) : std::nullopt;
        }
        if (last.memberships.empty()) return '=';
        return last.memberships.front().join ? '+' : '-';
    }
    /// The same, and done by Duet at once.
    char carried() {
        const char done = step();
        if (done != '=') on(done == '+');
        if (done != '=') step();
        return done;
    }
    [[nodiscard]] std::string where() const { return to_string(last.lists->front().now.standing); }
    [[nodiscard]] std::optional<Known>& known() { return inputs.memberships[0].known; }
    merge::Decision last;
};

TEST(Lists, AKeptStatusIsSetAgainOfMembersThatDuetMade) {
    ListCase one("");
    document::ListRule& rule = one.documents.lists.front();
    rule.status = "Sent";
    rule.keeps_status = true;
    one.on(true);
    one.inputs.memberships[0].status = "Sent";
    EXPECT_EQ(one.step(), '=');
    one.inputs.memberships[0].status = "Responded";
    EXPECT_EQ(one.step(), '+');
    EXPECT_TRUE(one.last.memberships.front().sets_status);
    EXPECT_EQ(one.last.memberships.front().membership_id, "77");
    one.on(true, false);
    EXPECT_EQ(one.step(), '=') << "people made this one";
    one.on(true);
    one.wanted(false);
    EXPECT_EQ(one.step(), '-');
    EXPECT_FALSE(one.last.memberships.front().sets_status);
    rule.keeps_status = false;
    one.wanted(true);
    EXPECT_EQ(one.step(), '=');
}

const char* const kSuppress = "    suppress_when: HasOptedOutOfEmail\n";

TEST(Lists, AMemberStaysForTheGraceAfterTheRuleBecameFalse) {
    ListCase one("    grace_hours: 24\n");
    EXPECT_EQ(one.carried(), '+');
    one.pass(1h);
    one.wanted(false);
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.where(), "grace");
    ASSERT_TRUE(one.last.next_change);
    EXPECT_EQ(*one.last.next_change, one.inputs.moment.now + 24h);
    one.pass(24h - 1ms);
    EXPECT_EQ(one.step(), '=');
    one.pass(1ms);
    EXPECT_EQ(one.step(), '-');
}

TEST(Lists, ARuleThatBecomesTrueAgainEndsTheGraceAndBeginsItAnewLater) {
    ListCase one("    grace_hours: 24\n");
    one.carried();
    one.wanted(false);
    one.step();
    one.pass(20h);
    one.wanted(true);
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.where(), "on");
    one.pass(1h);
    one.wanted(false);
    EXPECT_EQ(one.step(), '=');
    one.pass(23h);
    EXPECT_EQ(one.step(), '=');
    one.pass(1h);
    EXPECT_EQ(one.step(), '-');
}

TEST(Lists, SuppressionWaitsForNoGrace) {
    ListCase one(std::string("    grace_hours: 24\n") + kSuppress);
    one.carried();
    one.suppressed(true);
    EXPECT_EQ(one.step(), '-');
    EXPECT_EQ(one.where(), "suppressed");
    EXPECT_EQ(one.last.memberships.front().cause, "the list suppresses the person");
}

TEST(Lists, SomebodyJoinsWhenTheRuleHasBeenTrueLongEnough) {
    ListCase one("    join_after_hours: 24\n");
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.where(), "soon");
    EXPECT_EQ(one.last.next_change, one.inputs.moment.now + 24h);
    one.pass(23h);
    one.wanted(false);
    EXPECT_EQ(one.step(), '=');
    one.wanted(true);
    EXPECT_EQ(one.step(), '=');
    one.pass(24h - 1ms);
    EXPECT_EQ(one.step(), '=');
    one.pass(1ms);
    EXPECT_EQ(one.step(), '+');
}

TEST(Lists, WhoIsHeldOutStaysOffAndFallsTheSameWayEveryTime) {
    int held = 0;
    for (int i = 0; i < 10'000; ++i) {
        const std::string person = std::to_string(i);
        const bool is_held = is_held_out("Drip", person, 10);
        EXPECT_EQ(is_held, is_held_out("Drip", person, 10));
        if (is_held) {
            EXPECT_TRUE(is_held_out("Drip", person, 25)) << person;
            ++held;
        }
    }
    EXPECT_GT(held, 900);
    EXPECT_LT(held, 1100);
    // What was drawn once is drawn so for ever: other versions and machines agree.
    std::string drawn;
    for (int i = 0; i < 20; ++i) drawn += is_held_out("Drip", std::to_string(i), 50) ? 'x' : '.';
    EXPECT_EQ(drawn, "..xxx....x.xx...xx.x");
}

TEST(Lists, AControlGroupOfOneNameIsTheSameOnTwoLists) {
    int differ = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::string person = std::to_string(i);
        differ += is_held_out("Spring", person, 20) != is_held_out("Autumn", person, 20) ? 1 : 0;
    }
    EXPECT_GT(differ, 200) << "groups of other names are drawn anew";
    ListCase one("    hold_out: { percent: 90, group: Spring }\n");
    while (!is_held_out("Spring", one.inputs.memberships[0].person, 90))
        one.inputs.memberships[0].person += "1";
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.where(), "held_out");
    one.on(true);
    EXPECT_EQ(one.step(), '-') << "who was on it before the share was held out leaves";
}

TEST(Lists, WhoWasPutOnByHandStaysWhereThatIsRespected) {
    ListCase one(std::string("    by_hand: respect\n") + kSuppress);
    one.wanted(false);
    one.step();
    one.on(true, false);
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.where(), "by_hand");
    one.suppressed(true);
    EXPECT_EQ(one.step(), '=') << "suppression removes no manual membership";
    EXPECT_EQ(one.where(), "by_hand");
    one.wanted(true);
    one.suppressed(false);
    EXPECT_EQ(one.step(), '=');
    one.wanted(false);
    EXPECT_EQ(one.step(), '=') << "it is still the one of people";
}

TEST(Lists, WhoWasPutOnByHandLeavesWhereThatIsCorrected) {
    ListCase one("");
    one.wanted(false);
    one.step();
    one.on(true, false);
    EXPECT_EQ(one.step(), '-');
}

TEST(Lists, WhoWasTakenOffByHandStaysOffUntilPeoplePutThemOnAgain) {
    ListCase one("    by_hand: { added: correct, removed: respect }\n");
    one.carried();
    one.on(false);
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.where(), "removed");
    one.wanted(false);
    one.step();
    one.wanted(true);
    EXPECT_EQ(one.step(), '=') << "also when the rule was false in between";
    one.on(true, false);
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.where(), "on");
    one.on(false);
    one.step();
    EXPECT_EQ(one.where(), "removed");
}

TEST(Lists, WhoWasTakenOffByHandJoinsAgainWhereThatIsCorrected) {
    ListCase one("    by_hand: { added: respect, removed: correct }\n");
    one.carried();
    one.on(false);
    EXPECT_EQ(one.step(), '+');
}

TEST(Lists, DuetsOwnRemovalIsNotOneByHand) {
    ListCase one("    by_hand: respect\n");
    one.carried();
    one.wanted(false);
    EXPECT_EQ(one.step(), '-');
    one.on(false);
    one.step();
    one.wanted(true);
    EXPECT_EQ(one.step(), '+');
}

TEST(Lists, AMembershipThatWasLeftIsNeitherMadeNorEndedWhateverThePolicy) {
    for (const char* keys :
         {"", "    by_hand: respect\n", "    cap: 3\n", "    grace_hours: 1\n"}) {
        ListCase one(keys);
        one.inputs.memberships[0].opted_out = true;
        EXPECT_EQ(one.step(), '=') << keys;
        EXPECT_EQ(one.where(), "left");
        one.on(true);
        one.wanted(false);
        EXPECT_EQ(one.step(), '=') << keys;
    }
}

TEST(Lists, OnAListWithACapOneJoinsWithASeatOnly) {
    ListCase one("    cap: 2\n    order: { highest: Prospect.score }\n");
    one.facts.values["Prospect.score"] = Value{Decimal{40}};
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.where(), "queued");
    EXPECT_EQ(one.known()->order, 40.0);
    one.known()->seat = Seat::Given;
    EXPECT_EQ(one.carried(), '+');
    EXPECT_EQ(one.known()->seat, Seat::Given);
    one.known()->seat = Seat::Over;
    EXPECT_EQ(one.step(), '-');
    EXPECT_EQ(one.known()->seat, Seat::Over);
    one.on(false);
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.known()->seat, Seat::Waiting);
}

TEST(Lists, WhoLeavesHoldsTheSeatUntilTheyAreOff) {
    ListCase one("    cap: 2\n");
    one.step();
    one.known()->seat = Seat::Given;
    one.carried();
    one.wanted(false);
    EXPECT_EQ(one.step(), '-');
    EXPECT_EQ(one.known()->seat, Seat::Over);
    one.wanted(true);
    EXPECT_EQ(one.step(), '=') << "before the removal was sent: the seat is theirs";
    EXPECT_EQ(one.known()->seat, Seat::Given);
}

TEST(Lists, OfWhomNothingMayBeDecidedOnlyAMemberHasAPlace) {
    ListCase one("    cap: 2\n    by_hand: respect\n");
    one.step();
    one.known()->seat = Seat::Given;
    merge::Decision held;
    hold_memberships(one.inputs, held);
    EXPECT_EQ(held.lists->front().now.standing, Standing::Unknown);
    EXPECT_EQ(held.lists->front().now.seat, Seat::None) << "somebody else may have it";
    EXPECT_TRUE(held.memberships.empty());

    one.on(true, false);
    hold_memberships(one.inputs, held);
    EXPECT_EQ(held.lists->front().now.seat, Seat::Given);
    EXPECT_TRUE(held.lists->front().now.by_hand);
}

TEST(Lists, TheLowestComesFirstWhereTheOrderSaysSoAndABlankLast) {
    ListCase one("    cap: 2\n    order: { lowest: Prospect.score }\n");
    one.facts.values["Prospect.score"] = Value{Decimal{40}};
    one.step();
    EXPECT_EQ(one.known()->order, -40.0);
    one.facts.values.erase("Prospect.score");
    one.step();
    EXPECT_EQ(one.known()->order, std::nullopt);
}

TEST(Lists, WhoIsAmongThemAndNotWantedIsCovered) {
    ListCase one("    among: Prospect.score > 0\n");
    one.facts.values["Prospect.score"] = Value{Decimal{1}};
    one.wanted(false);
    one.step();
    EXPECT_TRUE(one.known()->covered);
    one.wanted(true);
    one.step();
    EXPECT_FALSE(one.known()->covered);
    one.wanted(false);
    one.facts.values["Prospect.score"] = Value{Decimal{0}};
    one.step();
    EXPECT_FALSE(one.known()) << "nothing is to be remembered";
}

TEST(Lists, ARuleThatFailsLeavesTheMembershipAndWhatIsKnown) {
    ListCase one("    grace_hours: 24\n");
    one.carried();
    one.facts.broken["Title"] = "may not be read";
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.where(), "unknown");
    one.facts.broken.clear();
    one.wanted(false);
    EXPECT_EQ(one.step(), '=');
    EXPECT_EQ(one.where(), "grace");
}

TEST(Lists, ADecisionThatIsCarriedOutLeavesNothingToDecide) {
    for (const char* keys : {"", "    grace_hours: 5\n", "    by_hand: respect\n",
                             "    hold_out: { percent: 50 }\n", "    join_after_hours: 2\n"}) {
        ListCase one(keys);
        for (int turn = 0; turn < 40; ++turn) {
            one.wanted(turn % 5 != 0);
            if (turn % 7 == 0) one.on(turn % 2 == 0, false);
            one.carried();
            const auto known = one.known();
            EXPECT_EQ(one.step(), '=') << keys << turn;
            EXPECT_EQ(one.known(), known) << keys << turn;
            one.pass(1h);
        }
    }
}

TEST(Standing, NamesAreReadAsTheyAreWritten) {
    for (const Standing one :
         {Standing::Off, Standing::On, Standing::Grace, Standing::Soon, Standing::Queued,
          Standing::HeldOut, Standing::Suppressed, Standing::ByHand, Standing::Removed,
          Standing::Left, Standing::Unknown})
        EXPECT_EQ(standing_named(to_string(one)), one);
    EXPECT_EQ(standing_named("elsewhere"), std::nullopt);
}

}  // namespace
}  // namespace duet::lists
