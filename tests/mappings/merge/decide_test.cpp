#include "mappings/merge/decide.h"

#include <gtest/gtest.h>

#include "tests/mappings/merge/decide_help.h"

namespace duet::merge {
namespace {

constexpr const char* kPhone =
    "fields:\n"
    "  - salesforce: Phone\n"
    "    pardot: phone\n"
    "    winner: salesforce\n";

/// The phone changed in the CRM alone: a decision that goes on writes it.
void change_phone(Case& one) {
    one.facts.values["Phone"] = text("2");
    one.facts.values["Prospect.phone"] = text("1");
    one.agreed["phone"] = {text("1"), text("1")};
}

TEST(Decide, WritesAChangeOfOneSideToTheOther) {
    Case one(kPhone);
    change_phone(one);
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Planned);
    const PlannedField* write = write_of(decision, Side::Marketing, "phone");
    ASSERT_NE(write, nullptr);
    EXPECT_EQ(write->before, text("1"));
    EXPECT_EQ(write->after, text("2"));
    EXPECT_EQ(write->rule, "phone");
    EXPECT_EQ(write->reason, Reason::ChangedHere);
    EXPECT_FALSE(write->lost);
}

TEST(Decide, HasNothingLeftToDecideOnceItWasApplied) {
    Case one(kPhone);
    change_phone(one);
    const Decision first = one.decide();
    one.facts.values["Prospect.phone"] = first.writes.front().after;
    one.agreed = first.agreed;
    const Decision second = one.decide();
    EXPECT_EQ(second.state, State::Clean);
    EXPECT_TRUE(second.writes.empty());
    ASSERT_TRUE(second.agreed.contains("phone"));
    EXPECT_EQ(second.agreed.at("phone").crm, text("2"));
    EXPECT_EQ(second.agreed.at("phone").marketing, text("2"));
}

TEST(Decide, KeepsTheValueThatAConflictOverwrites) {
    Case one(kPhone);
    change_phone(one);
    one.facts.values["Prospect.phone"] = text("3");
    const Decision decision = one.decide();
    const PlannedField* write = write_of(decision, Side::Marketing, "phone");
    ASSERT_NE(write, nullptr);
    EXPECT_EQ(write->reason, Reason::ConflictWinner);
    EXPECT_EQ(write->lost, std::optional{text("3")});
}

TEST(Decide, FiltersWhatIsOutsideTheScope) {
    Case one(std::string("scope: NOT(DoNotCall)\n") + kPhone);
    change_phone(one);
    one.facts.values["DoNotCall"] = true;
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Filtered);
    EXPECT_FALSE(decision.reason.empty());
    EXPECT_TRUE(decision.writes.empty());
    EXPECT_TRUE(is_as_agreed(decision, one));

    one.facts.values["DoNotCall"] = false;
    EXPECT_EQ(one.decide().state, State::Planned);
}

TEST(Decide, WaitsWhenTheScopeCannotBeKnown) {
    Case one(std::string("scope: NOT(DoNotCall)\n") + kPhone);
    change_phone(one);
    one.facts.broken["DoNotCall"] = "DoNotCall cannot be read";
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Waiting);
    EXPECT_NE(decision.reason.find("DoNotCall cannot be read"), std::string::npos);
    EXPECT_TRUE(warns_of(decision, "scope: DoNotCall"));
    EXPECT_TRUE(decision.writes.empty());
    EXPECT_TRUE(is_as_agreed(decision, one));
}

std::string with_validation(const char* severity, const char* object = "Contact") {
    return std::string(kPhone) +
           "validations:\n"
           "  - name: needs_title\n"
           "    object: " +
           object +
           "\n"
           "    error_when: ISBLANK(Title)\n"
           "    message: A contact needs a title.\n"
           "    severity: " +
           severity + "\n";
}

TEST(Decide, TellsHowTheMostRecentSideWasFound) {
    Case one(
        "fields:\n"
        "  - salesforce: Phone\n"
        "    pardot: phone\n"
        "    winner: most_recent\n"
        "    otherwise: pardot\n");
    one.facts.values["Phone"] = text("2");
    one.facts.values["Prospect.phone"] = text("3");
    one.agreed["phone"] = {text("1"), text("1")};
    const auto at = [](const char* hour) {
        return *parse_instant("2018-01-02T" + std::string(hour) + ":00:00Z");
    };
    std::map<std::string, Evidence, std::less<>> crm{{"Phone", {at("08"), at("09")}}};
    const std::map<std::string, Evidence, std::less<>> marketing{{"", {at("06"), at("07")}}};
    one.inputs.sides.crm.changed = &crm;
    one.inputs.sides.marketing.changed = &marketing;
    const Decision later = one.decide();
    ASSERT_EQ(later.writes.size(), 1U);
    EXPECT_EQ(later.writes.front().reason, Reason::ConflictLater);
    EXPECT_EQ(later.writes.front().after, text("2"));
    EXPECT_EQ(later.writes.front().detail,
              "by Duet's clock it changed in salesforce between 2018-01-02T08:00:00.000Z and "
              "2018-01-02T09:00:00.000Z, and in pardot between 2018-01-02T06:00:00.000Z and "
              "2018-01-02T07:00:00.000Z");

    crm["Phone"].by_machine = true;
    const Decision unclear = one.decide();
    ASSERT_EQ(unclear.writes.size(), 1U);
    EXPECT_EQ(unclear.writes.front().reason, Reason::ConflictUnclear);
    EXPECT_EQ(unclear.writes.front().after, text("3"));
    EXPECT_NE(unclear.writes.front().detail.find("integration user"), std::string::npos);
    EXPECT_NE(unclear.writes.front().detail.find("the rule lets pardot win"), std::string::npos);
}

TEST(Decide, AFieldThatBecameUnreadableClearsNothing) {
    Case one(
        "fields:\n"
        "  - salesforce: Phone\n"
        "    pardot: phone\n"
        "    blank: propagate\n"
        "  - salesforce: Title\n"
        "    pardot: jobTitle\n");
    one.facts.values["Prospect.phone"] = text("1");
    one.facts.values["Title"] = text("Buyer");
    one.agreed["phone"] = {text("1"), text("1")};
    one.facts.broken["Phone"] = "no access";
    const Decision hidden = one.decide();
    EXPECT_EQ(write_of(hidden, Side::Marketing, "phone"), nullptr);
    EXPECT_TRUE(warns_of(hidden, "phone: the field Phone cannot be read"));
    EXPECT_TRUE(hidden.agreed.contains("phone"));
    EXPECT_NE(write_of(hidden, Side::Marketing, "jobTitle"), nullptr) << "other fields go on";

    // It can be read again and is blank: somebody cleared it.
    one.facts.broken.clear();
    const PlannedField* cleared = write_of(one.decide(), Side::Marketing, "phone");
    EXPECT_NE(cleared, nullptr);
}

TEST(Decide, PutsAsideWhatAValidationRefuses) {
    Case one(with_validation("quarantine"));
    change_phone(one);
    const Decision refused = one.decide();
    EXPECT_EQ(refused.state, State::Quarantined);
    EXPECT_EQ(refused.validation, "needs_title");
    EXPECT_EQ(refused.reason, "A contact needs a title.");
    EXPECT_TRUE(refused.writes.empty());
    EXPECT_TRUE(is_as_agreed(refused, one));

    one.facts.values["Title"] = text("Buyer");
    EXPECT_EQ(one.decide().state, State::Planned);
}

TEST(Decide, LetsAnOptOutThroughForSomeoneWhoIsPutAside) {
    Case one(std::string("fields:\n"
                         "  - salesforce: HasOptedOutOfEmail\n"
                         "    pardot: optedOut\n"
                         "    consent: strictest\n") +
             with_validation("quarantine").substr(std::string(kPhone).size()));
    one.facts.values["Prospect.optedOut"] = Value{true};
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Quarantined);
    ASSERT_EQ(decision.writes.size(), 1u);
    EXPECT_EQ(decision.writes.front().field, "HasOptedOutOfEmail");
    EXPECT_EQ(decision.writes.front().after, Value{true});
}

TEST(Decide, PutsAsideWhatAValidationCannotJudge) {
    Case one(with_validation("quarantine"));
    change_phone(one);
    one.facts.broken["Title"] = "Title cannot be read";
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Quarantined);
    EXPECT_EQ(decision.validation, "needs_title");
    EXPECT_NE(decision.reason.find("Title cannot be read"), std::string::npos);
    EXPECT_TRUE(decision.writes.empty());
}

TEST(Decide, GoesOnAfterAValidationThatOnlyWarns) {
    Case one(with_validation("warn"));
    change_phone(one);
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Planned);
    ASSERT_EQ(decision.broken.size(), 1u);
    EXPECT_EQ(decision.broken.front().name, "needs_title");
    EXPECT_EQ(decision.broken.front().message, "A contact needs a title.");
    EXPECT_TRUE(decision.warnings.empty());
}

TEST(Decide, AsksOnlyTheValidationsOfTheRecordsOwnObject) {
    Case one(with_validation("quarantine", "Lead"));
    change_phone(one);
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Planned);
    EXPECT_TRUE(decision.warnings.empty());
}

TEST(Decide, LeavesAFieldThatCannotBeReadAndWritesTheOthers) {
    Case one(std::string(kPhone) + "  - salesforce: Title\n    pardot: jobTitle\n");
    change_phone(one);
    one.facts.broken["Title"] = "no access";
    one.facts.values["Prospect.jobTitle"] = text("Buyer");
    one.agreed["jobTitle"] = {text("Buyer"), text("Buyer")};
    const Decision decision = one.decide();
    EXPECT_NE(write_of(decision, Side::Marketing, "phone"), nullptr);
    EXPECT_EQ(decision.writes.size(), 1U);
    EXPECT_TRUE(warns_of(decision, "jobTitle"));
    EXPECT_EQ(decision.agreed.at("jobTitle").marketing, text("Buyer"));
}

constexpr const char* kGreeting =
    "  - name: greeting\n"
    "    salesforce: Title\n"
    "    pardot: jobTitle\n"
    "    direction: both\n"
    "    value: UPPER(FirstName)\n";

TEST(Decide, WritesAComputedValueToEverySideThatItNames) {
    Case one(std::string(kPhone) + kGreeting);
    one.facts.values["FirstName"] = text("Ada");
    one.facts.values["Prospect.jobTitle"] = text("ADA");
    const Decision decision = one.decide();
    ASSERT_NE(write_of(decision, Side::Crm, "Title"), nullptr);
    EXPECT_EQ(write_of(decision, Side::Crm, "Title")->after, text("ADA"));
    EXPECT_EQ(write_of(decision, Side::Marketing, "jobTitle"), nullptr);
}

TEST(Decide, LeavesAFieldWhoseFormulaFailsAndWritesTheOthers) {
    Case one(std::string(kPhone) + kGreeting);
    change_phone(one);
    one.facts.values["Title"] = text("Dr");
    one.facts.broken["FirstName"] = "no access to FirstName";
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Planned);
    ASSERT_EQ(decision.writes.size(), 1U);
    EXPECT_EQ(decision.writes.front().field, "phone");
    EXPECT_TRUE(warns_of(decision, "greeting: no access to FirstName"));
}

TEST(Decide, AFormulasHalfIsFiftyInAPercentField) {
    Case one(
        "fields:\n  - salesforce: { contact: Fit__c }\n    value: IF(Prospect.score > 50, 0.5, "
        "0.125)\n");
    one.facts.values["Prospect.score"] = Decimal{80};
    const Decision half = one.decide();
    ASSERT_NE(write_of(half, Side::Crm, "Fit__c"), nullptr);
    EXPECT_EQ(write_of(half, Side::Crm, "Fit__c")->after, Value{Decimal{50}});

    one.facts.values["Fit__c"] = Decimal{50};
    EXPECT_EQ(one.decide().state, State::Clean);

    one.facts.values["Prospect.score"] = Decimal{10};
    const Decision eighth = one.decide();
    ASSERT_NE(write_of(eighth, Side::Crm, "Fit__c"), nullptr);
    EXPECT_EQ(write_of(eighth, Side::Crm, "Fit__c")->after, Value{*Decimal::parse("12.5")});
}

constexpr const char* kStrictConsent =
    "  - salesforce: HasOptedOutOfEmail\n"
    "    pardot: optedOut\n"
    "    consent: strictest\n";

TEST(Decide, OnlyAnOptOutIsSentWhileTheOtherSideIsAway) {
    Case one(std::string(kPhone) + kStrictConsent);
    change_phone(one);
    one.facts.values["HasOptedOutOfEmail"] = true;
    one.facts.values["Prospect.optedOut"] = false;
    one.agreed["optedOut"] = {false, false};
    one.inputs.sides.crm.ready = false;
    const Decision decision = one.decide();
    ASSERT_EQ(decision.writes.size(), 1U);
    EXPECT_EQ(decision.writes.front().field, "optedOut");
    EXPECT_EQ(decision.writes.front().after, Value{true});
    EXPECT_EQ(decision.writes.front().reason, Reason::ConsentTightened);
    ASSERT_EQ(decision.left_alone.size(), 1U);
    EXPECT_EQ(decision.left_alone.front().rule, "phone");
    EXPECT_EQ(decision.agreed.at("phone").crm, text("1"));
}

TEST(Decide, AnOptOutForTheSideThatIsAwayWaits) {
    Case one(std::string(kPhone) + kStrictConsent);
    one.facts.values["HasOptedOutOfEmail"] = true;
    one.facts.values["Prospect.optedOut"] = false;
    one.agreed["optedOut"] = {false, false};
    one.inputs.sides.marketing.ready = false;
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Waiting);
    EXPECT_TRUE(decision.writes.empty());
    EXPECT_FALSE(decision.reason.empty());
    // What is remembered is as before, so that the opt-out still travels later.
    EXPECT_EQ(decision.agreed.at("optedOut").crm, Value{false});
    EXPECT_EQ(decision.agreed.at("optedOut").marketing, Value{false});
}

TEST(Decide, AsksAgainWhenTheEarliestRuleMayChange) {
    Case one("fields:\n  - salesforce: Title\n    value: TEXT(TODAY())\n");
    const Decision own = one.decide();
    EXPECT_EQ(own.next_change, parse_instant("2018-01-03T00:00:00Z"));
    one.facts.next = parse_instant("2018-01-02T10:00:00Z");
    EXPECT_EQ(one.decide().next_change, one.facts.next);
}

}  // namespace
}  // namespace duet::merge
