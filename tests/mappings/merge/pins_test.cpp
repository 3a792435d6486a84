#include <gtest/gtest.h>

#include "tests/mappings/merge/decide_help.h"

namespace duet::merge {
namespace {

constexpr const char* kTwoWay =
    "fields:\n  - { salesforce: Phone, pardot: phone, winner: salesforce, blank: propagate }\n";
constexpr const char* kOneWay =
    "fields:\n  - { salesforce: Phone, pardot: phone, direction: to_pardot }\n";
constexpr const char* kComputed =
    "fields:\n  - { name: phone, pardot: phone, direction: to_pardot, value: Phone }\n";

const LeftAlone* left(const Decision& decision, std::string_view rule) {
    for (const LeftAlone& one : decision.left_alone) {
        if (one.rule == rule) return &one;
    }
    return nullptr;
}

/// "2" was carried to the prospect, and an undo put "1" back.
struct Undone : Case {
    explicit Undone(const char* rule) : Case(rule) {
        facts.values["Phone"] = text("2");
        facts.values["Prospect.phone"] = text("1");
        agreed["phone"] = {text("2"), text("1")};
        inputs.pins["phone"].marketing = Pin{text("1"), text("2")};
    }
};

class PinnedRule : public testing::TestWithParam<const char*> {};

TEST_P(PinnedRule, IsNeitherDoneAgainNorCarriedBack) {
    Undone one(GetParam());
    const Decision decision = one.decide();
    EXPECT_TRUE(decision.writes.empty());
    EXPECT_TRUE(decision.ended_pins.empty());
    ASSERT_NE(left(decision, "phone"), nullptr);
    EXPECT_EQ(left(decision, "phone")->reason, Reason::Pinned);
    // Of a computed field nothing is agreed on.
    if (GetParam() != std::string_view(kComputed)) {
        EXPECT_TRUE(is_as_agreed(decision, one));
    }
}

TEST_P(PinnedRule, LetsANewValueOfTheSourceTravel) {
    Undone one(GetParam());
    one.facts.values["Phone"] = text("3");
    const Decision decision = one.decide();
    const PlannedField* write = write_of(decision, Side::Marketing, "phone");
    ASSERT_NE(write, nullptr);
    EXPECT_EQ(write->after, text("3"));
    EXPECT_EQ(decision.ended_pins,
              (std::vector<std::pair<std::string, Side>>{{"phone", Side::Marketing}}));
}

TEST_P(PinnedRule, IsOverWhenBothSidesAgree) {
    Undone one(GetParam());
    one.facts.values["Phone"] = text("1");
    const Decision decision = one.decide();
    EXPECT_TRUE(decision.writes.empty());
    EXPECT_EQ(decision.ended_pins.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(OfEachKind, PinnedRule, testing::Values(kTwoWay, kOneWay, kComputed));

TEST(Pin, ANewValueOfTheTargetTravelsToTheSource) {
    Undone one(kTwoWay);
    one.facts.values["Prospect.phone"] = text("7");
    const Decision decision = one.decide();
    const PlannedField* write = write_of(decision, Side::Crm, "Phone");
    ASSERT_NE(write, nullptr) << "the winner decides conflicts only";
    EXPECT_EQ(write->after, text("7"));
    EXPECT_EQ(decision.ended_pins.size(), 1U);
}

TEST(Pin, AClearedSourceTravels) {
    Undone one(kTwoWay);
    one.facts.values["Phone"] = Value{};
    const Decision decision = one.decide();
    ASSERT_NE(write_of(decision, Side::Marketing, "phone"), nullptr);
    EXPECT_EQ(write_of(decision, Side::Marketing, "phone")->after, Value{});
}

TEST(Pin, OfAnotherSpellingOfAnAddressStands) {
    Case one("fields:\n  - { salesforce: Email, pardot: email, winner: salesforce }\n");
    one.facts.values["Email"] = text("Ann@example.com");
    one.facts.values["Prospect.email"] = text("bob@example.com");
    one.agreed["email"] = {text("ann@example.com"), text("bob@example.com")};
    one.inputs.pins["email"].marketing = Pin{text("bob@example.com"), text("ann@example.com")};
    const Decision decision = one.decide();
    EXPECT_TRUE(decision.writes.empty());
    EXPECT_TRUE(decision.ended_pins.empty());
}

/// Ann is on the list, and its rule does not want her there, or the other way round.
struct Listed : Case {
    Listed(bool is_member, const std::string& member_when, const std::string& suppress_when)
        : Case("fields:\n  - { salesforce: Phone, pardot: phone }\n",
               "lists:\n  - pardot_list: Hot\n    member_when: " + member_when +
                   "\n    suppress_when: " + suppress_when + "\n") {
        inputs.memberships = {{0, "5", is_member ? "77" : "", false}};
        inputs.pins["list Hot"].marketing = Pin{Value{is_member}, Value{!is_member}};
    }
};

TEST(Pin, OfAMembershipKeepsItAgainstTheRule) {
    for (const bool is_member : {true, false}) {
        const Listed one(is_member, is_member ? "\"FALSE\"" : "\"TRUE\"", "\"FALSE\"");
        const Decision decision = one.decide();
        EXPECT_TRUE(decision.memberships.empty());
        ASSERT_NE(left(decision, "list Hot"), nullptr);
        EXPECT_EQ(left(decision, "list Hot")->reason, Reason::Pinned);
    }
}

TEST(Pin, OfAMembershipEndsWhenTheRuleTurns) {
    const Listed one(false, "\"FALSE\"", "\"FALSE\"");
    EXPECT_EQ(one.decide().ended_pins.size(), 1U);
}

TEST(Pin, KeepsNobodyOnAListThatSuppresses) {
    const Listed one(true, "\"TRUE\"", "\"TRUE\"");
    const Decision decision = one.decide();
    ASSERT_EQ(decision.memberships.size(), 1U);
    EXPECT_FALSE(decision.memberships.front().join);
    EXPECT_EQ(decision.suppressed, std::vector<std::size_t>{0});
}

}  // namespace
}  // namespace duet::merge
