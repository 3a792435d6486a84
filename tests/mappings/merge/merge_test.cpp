#include "mappings/merge/merge.h"

#include <chrono>
#include <utility>

#include "mappings/merge/convert.h"

namespace duet::merge {
namespace {

using document::BlankRule;
using document::Direction;
using document::FieldRule;
using document::Winner;

FieldRule rule(Direction direction = Direction::Both, Winner winner = Winner::Crm,
               BlankRule blank = BlankRule::Keep) {
    FieldRule made;
    made.name = "phone";
    made.direction = direction;
    made.winner = winner;
    made.blank = blank;
    return made;
}

FieldState state(Value crm, Value marketing, const PerSide<Value>* agreed = nullptr) {
    FieldState made;
    made.crm = std::move(crm);
    made.marketing = std::move(marketing);
    made.agreed = agreed;
    return made;
}

bool writes(const FieldDecision& decision) { return decision.to_crm || decision.to_marketing; }

TEST(Merge, AChangeOnOneSideAloneTravels) {
    const PerSide<Value> agreed{text("1"), text("1")};
    EXPECT_EQ(merge_field(rule(), state(text("2"), text("1"), &agreed)).to_marketing, text("2"));
    EXPECT_EQ(merge_field(rule(), state(text("1"), text("3"), &agreed)).to_crm, text("3"));
}

TEST(Merge, WhenBothChangedTheRuleDecidesAndTheLoserIsNamed) {
    const PerSide<Value> agreed{text("1"), text("1")};
    const auto decided =
        merge_field(rule(Direction::Both, Winner::Marketing), state(text("2"), text("3"), &agreed));
    EXPECT_EQ(decided.to_crm, text("3"));
    EXPECT_EQ(decided.loser, Side::Crm);
    EXPECT_EQ(decided.reason, Reason::ConflictWinner);
}

TEST(Merge, AClearedValueTravelsOnlyWhereTheRuleLetsIt) {
    const PerSide<Value> agreed{text("1"), text("1")};
    const auto kept = merge_field(rule(), state(Value{}, text("1"), &agreed));
    EXPECT_FALSE(writes(kept));
    EXPECT_EQ(kept.reason, Reason::BlankKept);
    const auto cleared = merge_field(rule(Direction::Both, Winner::Crm, BlankRule::Propagate),
                                     state(Value{}, text("1"), &agreed));
    EXPECT_EQ(cleared.to_marketing, Value{});
}

TEST(Merge, AtFirstMeetingAValueBeatsABlankWhateverTheRule) {
    for (const BlankRule blank : {BlankRule::Keep, BlankRule::Propagate, BlankRule::FillOnly}) {
        const auto decided =
            merge_field(rule(Direction::Both, Winner::Crm, blank), state(Value{}, text("1")));
        EXPECT_EQ(decided.to_crm, text("1"));
    }
}

TEST(Merge, CaseAloneIsNoDifferenceInWhatPeopleAreMatchedBy) {
    FieldState addresses = state(text("A@B.example"), text("a@b.example"));
    EXPECT_TRUE(writes(merge_field(rule(), addresses)));
    addresses.ignores_case = true;
    const auto decided = merge_field(rule(), addresses);
    EXPECT_FALSE(writes(decided));
    EXPECT_TRUE(decided.agree);
}

TEST(Merge, AOneWayRuleNeverClearsOrChangesItsSource) {
    const auto decided = merge_field(rule(Direction::ToMarketing), state(Value{}, text("1")));
    EXPECT_FALSE(writes(decided));
    const PerSide<Value> agreed{text("1"), text("1")};
    const auto restored =
        merge_field(rule(Direction::ToMarketing), state(text("1"), text("2"), &agreed));
    EXPECT_EQ(restored.to_marketing, text("1"));
    EXPECT_FALSE(restored.to_crm);
}

TEST(Merge, MostRecentWinsOnlyWhereReadsProveIt) {
    using std::chrono::hours;
    const PerSide<Value> agreed{text("1"), text("1")};
    FieldRule recent = rule(Direction::Both, Winner::MostRecent);
    recent.otherwise = Side::Crm;
    FieldState now = state(text("2"), text("3"), &agreed);
    now.changed.crm = Evidence{DateTime{hours{1}}, DateTime{hours{2}}};
    now.changed.marketing = Evidence{DateTime{hours{2}}, DateTime{hours{3}}};
    const auto later = merge_field(recent, now);
    EXPECT_EQ(later.to_crm, text("3"));
    EXPECT_EQ(later.reason, Reason::ConflictLater);
    EXPECT_EQ(later.loser, Side::Crm);

    // A minute of overlap proves nothing: the rule's fallback side wins.
    now.changed.marketing->after -= std::chrono::minutes{1};
    const auto unclear = merge_field(recent, now);
    EXPECT_EQ(unclear.to_marketing, text("2"));
    EXPECT_EQ(unclear.reason, Reason::ConflictUnclear);
    recent.otherwise = Side::Marketing;
    EXPECT_EQ(merge_field(recent, now).to_crm, text("3"));
}

TEST(Merge, AMachinesChangeIsNoEvidenceOfBeingLater) {
    using std::chrono::hours;
    const PerSide<Value> agreed{text("1"), text("1")};
    const FieldRule recent = rule(Direction::Both, Winner::MostRecent);
    FieldState now = state(text("2"), text("3"), &agreed);
    now.changed.crm = Evidence{DateTime{hours{1}}, DateTime{hours{2}}};
    now.changed.marketing = Evidence{DateTime{hours{8}}, DateTime{hours{9}}, true};
    EXPECT_EQ(merge_field(recent, now).reason, Reason::ConflictUnclear);
    now.changed.marketing.reset();  // no read tells
    EXPECT_EQ(merge_field(recent, now).reason, Reason::ConflictUnclear);
}

TEST(Merge, TheOrderOfAMultiSelectListIsNoDifference) {
    FieldInfo list;
    list.type = FieldType::MultiPicklist;
    const PerSide<Value> agreed{text("a;b"), text("b;a")};
    FieldState now = state(text("b; a"), text("b;a"), &agreed);
    now.crm_field = &list;
    EXPECT_FALSE(writes(merge_field(rule(), now)));
    now.crm = text("b;a;c");
    EXPECT_EQ(merge_field(rule(), now).to_marketing, text("b;a;c"));
}

TEST(Merge, APhoneIsKeptAsItWasTyped) {
    const PerSide<Value> agreed{text("555 0100"), text("555 0100")};
    const auto decided =
        merge_field(rule(), state(text("+1 (555) 0100 ext. 7"), text("555 0100"), &agreed));
    EXPECT_EQ(decided.to_marketing, text("+1 (555) 0100 ext. 7"));
    // The same digits in other clothes are another value: somebody typed them so.
    EXPECT_TRUE(writes(merge_field(rule(), state(text("5550100"), text("555 0100"), &agreed))));
}

}  // namespace
}  // namespace duet::merge
