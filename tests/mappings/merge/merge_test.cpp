#include "mappings/merge/merge.h"

#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "mappings/merge/convert.h"

namespace duet::merge {
namespace {

using document::BlankRule;
using document::Consent;
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

TEST(Merge, OneSideOlderStampDoesNotStopItsChange) {
    const PerSide<Value> agreed{text("1"), text("1")};
    FieldState now = state(text("2"), text("1"), &agreed);
    now.marketing_modified = DateTime{std::chrono::hours{99}};  // another field changed later there
    EXPECT_EQ(merge_field(rule(Direction::Both, Winner::MostRecent), now).to_marketing, text("2"));
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

TEST(Merge, AnOptOutOnEitherSideWinsAndIsNeverTakenBack) {
    FieldRule consent = rule();
    consent.consent = Consent::Strictest;
    const PerSide<Value> agreed{Value{true}, Value{true}};
    EXPECT_EQ(merge_field(consent, state(Value{true}, Value{false})).to_marketing, Value{true});
    EXPECT_EQ(merge_field(consent, state(Value{false}, Value{true}, &agreed)).to_crm, Value{true});
    EXPECT_FALSE(writes(merge_field(consent, state(Value{false}, Value{}))));
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

/// A random field of a random pair of records under a random rule.
class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    FieldRule next_rule() {
        FieldRule made = rule(pick<Direction>(3), pick<Winner>(3), pick<BlankRule>(3));
        if (number(8) == 0) made.consent = Consent::Strictest;
        return made;
    }
    Value next_value(const FieldRule& for_rule) {
        if (for_rule.consent == Consent::Strictest) {
            return number(3) == 0 ? Value{} : Value{number(2) == 1};
        }
        static const std::vector<Value> kValues{
            Value{}, text("a"), text("b"), text(" b "), text("long"), text("lonely"), text("7")};
        return kValues[number(kValues.size())];
    }
    std::size_t number(std::size_t below) { return random_() % below; }

private:
    template <class T>
    T pick(std::size_t count) {
        return static_cast<T>(number(count));
    }
    std::mt19937_64 random_;
};

struct Case {
    FieldRule rule;
    FieldState state;
    PerSide<Value> agreed;
};

class MergeProperty : public testing::Test {
protected:
    void for_each_case(const std::function<void(Case&)>& check) {
        for (std::uint64_t seed = 1; seed <= 20'000 && !HasFatalFailure(); ++seed) {
            SCOPED_TRACE(testing::Message() << "seed " << seed);
            Generator generator{seed};
            Case made;
            made.rule = generator.next_rule();
            made.state = state(generator.next_value(made.rule), generator.next_value(made.rule));
            made.agreed = {generator.next_value(made.rule), generator.next_value(made.rule)};
            if (generator.number(3) != 0) made.state.agreed = &made.agreed;
            if (generator.number(2) != 0 && made.rule.consent == Consent::None) {
                made.state.marketing_field = &short_;
            }
            made.state.crm_modified = DateTime{std::chrono::hours{generator.number(3)}};
            made.state.marketing_modified = DateTime{std::chrono::hours{generator.number(3)}};
            check(made);
        }
    }
    MergeProperty() { short_.length = 4; }
    FieldInfo short_;
};

void apply(const FieldDecision& decision, Case& to) {
    if (decision.to_crm) to.state.crm = *decision.to_crm;
    if (decision.to_marketing) to.state.marketing = *decision.to_marketing;
    if (decision.agree) {
        to.agreed = *decision.agree;
        to.state.agreed = &to.agreed;
    }
}

// Whatever people typed into either system, one decision settles it.
TEST_F(MergeProperty, ApplyingADecisionLeavesNothingToDecide) {
    for_each_case([](Case& made) {
        apply(merge_field(made.rule, made.state), made);
        const auto again = merge_field(made.rule, made.state);
        EXPECT_FALSE(writes(again));
        apply(again, made);
        EXPECT_FALSE(writes(merge_field(made.rule, made.state)));
    });
}

TEST_F(MergeProperty, NoValueAppearsThatNeitherSideHeld) {
    for_each_case([](Case& made) {
        const auto decision = merge_field(made.rule, made.state);
        if (decision.to_marketing) {
            EXPECT_TRUE(
                same(*decision.to_marketing, *convert(made.state.crm, made.state.marketing_field)));
        }
        if (decision.to_crm) {
            EXPECT_TRUE(
                same(*decision.to_crm, *convert(made.state.marketing, made.state.crm_field)));
        }
    });
}

TEST_F(MergeProperty, SwappingTheSidesAndTheirRuleSwapsTheDecision) {
    for_each_case([](Case& made) {
        if (made.state.crm_modified == made.state.marketing_modified &&
            made.rule.winner == Winner::MostRecent) {
            return;  // a tie has to fall to one side, and falls to the CRM
        }
        FieldRule swapped_rule = made.rule;
        if (made.rule.winner != Winner::MostRecent) {
            swapped_rule.winner = made.rule.winner == Winner::Crm ? Winner::Marketing : Winner::Crm;
        }
        if (made.rule.direction != Direction::Both) {
            swapped_rule.direction =
                made.rule.direction == Direction::ToCrm ? Direction::ToMarketing : Direction::ToCrm;
        }
        const PerSide<Value> agreed{made.agreed.marketing, made.agreed.crm};
        FieldState swapped = made.state;
        std::swap(swapped.crm, swapped.marketing);
        std::swap(swapped.crm_field, swapped.marketing_field);
        std::swap(swapped.crm_modified, swapped.marketing_modified);
        if (swapped.agreed != nullptr) swapped.agreed = &agreed;
        const auto straight = merge_field(made.rule, made.state);
        const auto mirrored = merge_field(swapped_rule, swapped);
        EXPECT_EQ(straight.to_crm, mirrored.to_marketing);
        EXPECT_EQ(straight.to_marketing, mirrored.to_crm);
        EXPECT_EQ(straight.reason, mirrored.reason);
    });
}

TEST_F(MergeProperty, ConsentOnlyTightens) {
    for_each_case([](Case& made) {
        if (made.rule.consent != Consent::Strictest) return;
        const auto decision = merge_field(made.rule, made.state);
        for (const auto& written : {decision.to_crm, decision.to_marketing}) {
            if (written) {
                EXPECT_EQ(*written, Value{true});
            }
        }
    });
}

TEST_F(MergeProperty, ABlankErasesOnlyWhereTheRuleSaysSo) {
    for_each_case([](Case& made) {
        if (made.rule.blank == BlankRule::Propagate && made.state.agreed != nullptr) return;
        const auto decision = merge_field(made.rule, made.state);
        for (const auto& written : {decision.to_crm, decision.to_marketing}) {
            if (written) {
                EXPECT_FALSE(is_blank(*written));
            }
        }
    });
}

}  // namespace
}  // namespace duet::merge
