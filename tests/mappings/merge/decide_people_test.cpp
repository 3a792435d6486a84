#include <gtest/gtest.h>

#include "mappings/merge/decide.h"
#include "tests/mappings/merge/decide_help.h"

namespace duet::merge {
namespace {

constexpr const char* kFields =
    "fields:\n"
    "  - salesforce: Email\n"
    "    pardot: email\n"
    "  - salesforce: LastName\n"
    "    pardot: lastName\n"
    "  - salesforce: LeadSource\n"
    "    pardot: source\n"
    "    direction: to_salesforce\n"
    "  - pardot: jobTitle\n"
    "    value: UPPER(Title)\n";

constexpr const char* kCreates =
    "create:\n"
    "  pardot:\n"
    "    when: NOT(HasOptedOutOfEmail)\n"
    "    object: prospect\n"
    "    key: email\n"
    "    cap_per_cycle: 5\n"
    "  salesforce:\n"
    "    when: NOT(ISBLANK(Prospect.lastName))\n"
    "    object: Lead\n"
    "    key: Duet_Key__c\n";

TEST(DecideCreate, ACreateCarriesEveryValueThatMayTravel) {
    Case one(std::string(kFields) + kCreates);
    one.without(Side::Marketing);
    one.facts.values = {{"Email", text("ada@example.com")},
                        {"LastName", text("Lovelace")},
                        {"LeadSource", text("Web")},
                        {"Title", text("Dr")}};
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Planned);
    ASSERT_EQ(decision.creates.size(), 1U);
    const PlannedCreate& made = decision.creates.front();
    EXPECT_EQ(made.side, Side::Marketing);
    EXPECT_EQ(made.object, "prospect");
    EXPECT_EQ(made.key_field, "email");
    EXPECT_EQ(made.key_value, "ada@example.com");
    EXPECT_EQ(made.cap_per_cycle, 5);
    EXPECT_EQ(made.fields.get("lastName"), text("Lovelace"));
    EXPECT_EQ(made.fields.get("jobTitle"), text("DR"));
    EXPECT_EQ(made.fields.find("source"), nullptr);  // it travels the other way only
}

TEST(DecideCreate, ACreateWithoutAKeyValueIsKeyedByTheEntity) {
    Case one(std::string(kFields) + kCreates);
    one.without(Side::Crm);
    one.facts.values = {{"Prospect.email", text("ada@example.com")},
                        {"Prospect.lastName", text("Lovelace")},
                        {"Prospect.source", text("Web")}};
    const Decision decision = one.decide();
    ASSERT_EQ(decision.creates.size(), 1U);
    EXPECT_EQ(decision.creates.front().object, "Lead");
    EXPECT_EQ(decision.creates.front().key_value, "duet-17");
    EXPECT_EQ(decision.creates.front().fields.get("Duet_Key__c"), text("duet-17"));
    EXPECT_EQ(decision.creates.front().fields.get("LeadSource"), text("Web"));
}

TEST(DecideCreate, NothingIsCreatedUntilBothSidesAreLoaded) {
    Case one(std::string(kFields) + kCreates);
    one.without(Side::Marketing);
    one.inputs.sides.marketing.ready = false;
    EXPECT_EQ(one.decide().state, State::Waiting);
    EXPECT_TRUE(one.decide().creates.empty());

    one.inputs.sides.marketing.ready = true;
    one.inputs.sides.crm.ready = false;
    EXPECT_EQ(one.decide().state, State::Waiting);
    EXPECT_TRUE(one.decide().creates.empty());
}

TEST(DecideCreate, NothingIsCreatedWhenTheRuleSaysNo) {
    Case one(std::string(kFields) + kCreates);
    one.without(Side::Marketing);
    one.facts.values["HasOptedOutOfEmail"] = true;
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Clean);
    EXPECT_TRUE(decision.creates.empty());
}

TEST(DecideCreate, NothingIsCreatedWhenTheRuleFails) {
    Case one(std::string(kFields) + kCreates);
    one.without(Side::Marketing);
    one.facts.broken["HasOptedOutOfEmail"] = "no access";
    const Decision decision = one.decide();
    EXPECT_TRUE(decision.creates.empty());
    EXPECT_TRUE(warns_of(decision, "create on pardot: no access"));
}

TEST(DecideCreate, WhatPeopleDeletedIsNotMadeAnew) {
    Case one(std::string(kFields) + kCreates);
    one.without(Side::Marketing);
    one.inputs.sides.marketing.was_deleted = true;
    const Decision decision = one.decide();
    EXPECT_TRUE(decision.creates.empty());
    EXPECT_NE(decision.reason.find("not made anew"), std::string::npos);
}

TEST(DecideCreate, AFieldWhoseFormulaFailsIsLeftOutWithAWarning) {
    Case one(std::string(kFields) + kCreates);
    one.without(Side::Marketing);
    one.facts.values["Email"] = text("ada@example.com");
    one.facts.broken["Title"] = "no access to Title";
    const Decision decision = one.decide();
    ASSERT_EQ(decision.creates.size(), 1U);
    EXPECT_EQ(decision.creates.front().fields.find("jobTitle"), nullptr);
    EXPECT_TRUE(warns_of(decision, "no access to Title"));
}

constexpr const char* kStages =
    "lifecycle:\n"
    "  stages:\n"
    "    - name: MQL\n"
    "      rank: 20\n"
    "      when: Prospect.score >= 100\n"
    "    - name: KNOWN\n"
    "      rank: 10\n"
    "      when: \"TRUE\"\n";

constexpr const char* kStageField =
    "fields:\n"
    "  - name: stage\n"
    "    salesforce: Duet_Stage__c\n"
    "    pardot: duet_stage__c\n"
    "    direction: both\n"
    "    value: Duet.Stage\n";

TEST(DecideStage, TheHighestStageThatHoldsIsWrittenToBothSides) {
    Case one(kStageField, kStages);
    one.inputs.stage = "KNOWN";
    one.facts.values["Prospect.score"] = Decimal{120};
    const Decision decision = one.decide();
    EXPECT_EQ(decision.stage, "MQL");
    ASSERT_NE(write_of(decision, Side::Crm, "Duet_Stage__c"), nullptr);
    EXPECT_TRUE(write_of(decision, Side::Crm, "Duet_Stage__c")->stage);
    ASSERT_NE(write_of(decision, Side::Marketing, "duet_stage__c"), nullptr);
    EXPECT_EQ(write_of(decision, Side::Marketing, "duet_stage__c")->after, text("MQL"));
}

TEST(DecideStage, TheStageStaysWhenARuleFails) {
    Case one(kStageField, kStages);
    one.inputs.stage = "MQL";
    one.facts.values["Duet_Stage__c"] = one.facts.values["Prospect.duet_stage__c"] = text("MQL");
    one.facts.broken["Prospect.score"] = "score cannot be read";
    const Decision decision = one.decide();
    EXPECT_EQ(decision.stage, "MQL");
    EXPECT_TRUE(decision.writes.empty());
    EXPECT_TRUE(warns_of(decision, "stage MQL: score cannot be read"));
}

constexpr const char* kList =
    "lists:\n"
    "  - pardot_list: Upsell\n"
    "    member_when: Prospect.score > 10\n"
    "    suppress_when: DoNotCall\n";

/// A person whom the rule wants (or not) on the list, and who is on it (or not).
struct ListCase : Case {
    ListCase(bool wanted, bool member)
        : Case("fields:\n  - salesforce: Phone\n    pardot: phone\n", kList) {
        facts.values["Prospect.score"] = wanted ? Decimal{20} : Decimal{0};
        facts.values["DoNotCall"] = false;
        inputs.memberships = {{0, "L1", member ? "M1" : "", false}};
    }
};

TEST(DecideList, JoinsAndLeavesAsTheRuleSays) {
    const Decision joins = ListCase(true, false).decide();
    EXPECT_EQ(joins.state, State::Planned);
    ASSERT_EQ(joins.memberships.size(), 1U);
    EXPECT_TRUE(joins.memberships.front().join);
    EXPECT_EQ(joins.memberships.front().list_id, "L1");

    const Decision leaves = ListCase(false, true).decide();
    ASSERT_EQ(leaves.memberships.size(), 1U);
    EXPECT_FALSE(leaves.memberships.front().join);
    EXPECT_EQ(leaves.memberships.front().membership_id, "M1");

    EXPECT_EQ(ListCase(true, true).decide().state, State::Clean);
    EXPECT_EQ(ListCase(false, false).decide().state, State::Clean);
}

TEST(DecideList, SuppressionTakesAMemberOff) {
    ListCase one(true, true);
    one.facts.values["DoNotCall"] = true;
    const Decision decision = one.decide();
    ASSERT_EQ(decision.memberships.size(), 1U);
    EXPECT_FALSE(decision.memberships.front().join);
}

TEST(DecideList, AFailingRuleLeavesTheMembership) {
    for (const bool member : {false, true}) {
        ListCase one(true, member);
        one.facts.broken["Prospect.score"] = "score cannot be read";
        const Decision decision = one.decide();
        EXPECT_TRUE(decision.memberships.empty()) << member;
        EXPECT_TRUE(warns_of(decision, "list Upsell, member_when: score cannot be read"));
    }
}

TEST(DecideList, AFailingSuppressionSuppresses) {
    ListCase off(true, false);
    off.facts.broken["DoNotCall"] = "no access";
    EXPECT_TRUE(off.decide().memberships.empty());

    ListCase on(true, true);
    on.facts.broken["DoNotCall"] = "no access";
    const Decision decision = on.decide();
    ASSERT_EQ(decision.memberships.size(), 1U);
    EXPECT_FALSE(decision.memberships.front().join);
    EXPECT_TRUE(warns_of(decision, "list Upsell, suppress_when: no access"));
}

TEST(DecideList, AMembershipThatThePersonLeftIsNeverTouched) {
    for (const bool wanted : {false, true}) {
        ListCase one(wanted, true);
        one.inputs.memberships.front().opted_out = true;
        EXPECT_TRUE(one.decide().memberships.empty()) << wanted;
    }
}

TEST(DecideList, WaitsWhileASideIsAway) {
    ListCase one(true, false);
    one.inputs.sides.crm.ready = false;
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Waiting);
    EXPECT_TRUE(decision.memberships.empty());
}

TEST(DecideList, WarnsWhenThereIsNoSuchList) {
    ListCase one(true, false);
    one.inputs.memberships.front().list_id.clear();
    const Decision decision = one.decide();
    EXPECT_TRUE(decision.memberships.empty());
    EXPECT_TRUE(warns_of(decision, "there is no such list in pardot"));
}

TEST(DecideList, SomebodyWithoutAProspectJoinsNothing) {
    ListCase one(true, false);
    one.without(Side::Marketing);
    EXPECT_TRUE(one.decide().memberships.empty());
}

}  // namespace
}  // namespace duet::merge
