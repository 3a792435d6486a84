#include "mappings/validation/validation.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/mappings/merge/decide_help.h"

namespace duet::merge {
namespace {

using document::findings_of;
using document::test_catalogs;

constexpr const char* kFields =
    "fields:\n"
    "  - { salesforce: Phone, pardot: phone }\n"
    "  - { salesforce: Title, pardot: jobTitle }\n"
    "  - { salesforce: HasOptedOutOfEmail, pardot: optedOut, consent: strictest }\n"
    "  - { name: greeting, pardot: company, value: '\"Dear \" & Title' }\n";

std::string with(const std::string& more) {
    return std::string(kFields) +
           "validations:\n"
           "  - name: has_phone\n"
           "    error_when: ISBLANK(Phone)\n"
           "    message: \"{!LastName} needs a phone.\"\n" +
           more;
}

std::string findings(const std::string& validation) {
    return findings_of(
        {{"people.yaml", "entity: person\nmatch: [crm_id]\nvalidations:\n" + validation}},
        &test_catalogs());
}

const LeftAlone* left(const Decision& decision, std::string_view rule) {
    for (const LeftAlone& one : decision.left_alone) {
        if (one.rule == rule && one.reason == Reason::HeldBack) return &one;
    }
    return nullptr;
}

TEST(Validation, TheMessageHoldsTheRecordsValues) {
    Case one(with(""));
    one.facts.values["LastName"] = text("Lovelace");
    EXPECT_EQ(one.decide().reason, "Lovelace needs a phone.");
    one.facts.broken["LastName"] = "no access";
    EXPECT_EQ(one.decide().reason, "{!LastName} needs a phone.") << "as written, if need be";
}

TEST(Validation, EveryBrokenRuleIsToldAndTheFirstOneIsTheReason) {
    Case one(
        with("  - { name: has_title, error_when: ISBLANK(Title), message: No title. }\n"
             "  - { name: other, error_when: ISBLANK(Title), message: Hm., severity: warn }\n"
             "  - { name: good, error_when: \"FALSE\", message: Never. }\n"));
    const Decision decision = one.decide();
    ASSERT_EQ(decision.broken.size(), 3u);
    EXPECT_EQ(decision.validation, "has_phone");
    EXPECT_EQ(decision.broken[1].name, "has_title");
    EXPECT_TRUE(decision.broken[1].holds());
    EXPECT_FALSE(decision.broken[2].holds());
}

TEST(Validation, HeldFieldsAreNeitherReadNorWritten) {
    Case one(with("    fields: [Title]\n    hold: fields\n"));
    one.facts.values["Title"] = text("Buyer");
    one.facts.values["Prospect.phone"] = text("555");
    one.agreed["phone"] = {Value{}, Value{}};
    one.agreed["jobTitle"] = {text("old"), text("old")};
    one.facts.values["Prospect.jobTitle"] = text("new");
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Planned);
    EXPECT_NE(write_of(decision, Side::Crm, "Phone"), nullptr) << "other fields travel";
    EXPECT_EQ(decision.writes.size(), 1u);
    ASSERT_NE(left(decision, "jobTitle"), nullptr);
    EXPECT_EQ(left(decision, "jobTitle")->detail, "Title is held back by the validation has_phone");
    EXPECT_NE(left(decision, "greeting"), nullptr) << "a formula over a held field";
    EXPECT_EQ(decision.agreed.at("jobTitle").crm, text("old")) << "what was agreed is kept";
    EXPECT_TRUE(decision.warnings.empty());
}

TEST(Validation, WithNothingElseToWriteTheRecordIsQuarantined) {
    Case one(with("    fields: [Title]\n    hold: fields\n"));
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Quarantined);
    EXPECT_EQ(decision.validation, "has_phone");
    EXPECT_TRUE(decision.writes.empty());
}

TEST(Validation, AConsentFieldIsNeverHeld) {
    Case one(with("    fields: [Title, HasOptedOutOfEmail]\n    hold: fields\n"));
    one.facts.values["Prospect.optedOut"] = Value{true};
    const Decision decision = one.decide();
    ASSERT_EQ(decision.writes.size(), 1u);
    EXPECT_EQ(decision.writes.front().field, "HasOptedOutOfEmail");
}

TEST(Validation, RulesThatReadAHeldFieldChangeNothing) {
    Case one(with("    fields: [Title]\n    hold: fields\n"),
             "lists:\n"
             "  - { pardot_list: Buyers, member_when: 'CONTAINS(Title, \"Buyer\")' }\n"
             "lifecycle:\n"
             "  stages:\n"
             "    - { name: BUYER, rank: 2, when: 'CONTAINS(Title, \"Buyer\")' }\n"
             "    - { name: KNOWN, rank: 1, when: \"TRUE\" }\n");
    one.inputs.stage = "BUYER";
    one.inputs.memberships = {{0, "7", "70", false}};
    const Decision decision = one.decide();
    EXPECT_EQ(decision.stage, "BUYER");
    EXPECT_TRUE(decision.memberships.empty());
}

TEST(Validation, ARuleThatOnlyWarnsHoldsNothingEvenWhenItFails) {
    Case one(std::string(kFields) +
             "validations:\n"
             "  - { name: w, error_when: VALUE(Title) > 1, message: m, severity: warn }\n");
    one.facts.values["Title"] = text("two");
    one.facts.values["Phone"] = text("555");
    const Decision decision = one.decide();
    EXPECT_EQ(decision.state, State::Planned);
    ASSERT_EQ(decision.broken.size(), 1u);
    EXPECT_FALSE(decision.broken.front().failure.empty());
    EXPECT_EQ(decision.warnings.size(), 1u);
}

TEST(Validation, ARuleCanBeOverSeveralObjectsAndOverTheOtherSide) {
    const std::string rules =
        std::string(kFields) +
        "validations:\n"
        "  - { name: both, object: [Contact, Lead], error_when: ISBLANK(Phone), message: m }\n"
        "  - { name: there, object: { pardot: prospect }, error_when: ISBLANK(email), "
        "message: \"{!firstName}\", fields: email }\n";
    Case one(rules);
    one.facts.values["Prospect.firstName"] = text("Ada");
    const Decision decision = one.decide();
    ASSERT_EQ(decision.broken.size(), 2u);
    EXPECT_EQ(decision.broken[0].name, "both");
    EXPECT_EQ(decision.broken[1].message, "Ada");
    one.without(Side::Marketing);
    EXPECT_EQ(one.decide().broken.size(), 1u) << "no record, nothing to check";
    one.facts.values["Phone"] = text("555");
    EXPECT_TRUE(one.decide().broken.empty());
}

TEST(Validation, SetsATimerForTheDayOnWhichItAnswersOtherwise) {
    Case one(std::string(kFields) +
             "validations:\n"
             "  - { name: late, error_when: 'TODAY() > DATE(2018, 1, 9)', message: m }\n");
    EXPECT_EQ(one.decide().next_change, parse_instant("2018-01-10T00:00:00Z"));
}

TEST(Validation, MistakesInADocumentHaveTheirPlace) {
    EXPECT_EQ(findings("  - { name: v, error_when: ISBLANK(Phone), message: m }\n"), "");
    const std::string merge_field =
        findings("  - name: v\n    error_when: ISBLANK(Phone)\n    message: Dear {!FristName}.\n");
    EXPECT_NE(merge_field.find("people.yaml:6:21"), std::string::npos) << merge_field;
    EXPECT_NE(merge_field.find("FirstName"), std::string::npos) << merge_field;
    const auto expect = [](const std::string& validation, const char* code) {
        const std::string found = findings(validation);
        EXPECT_NE(found.find(code), std::string::npos) << validation << found;
    };
    const std::string start = "  - { name: v, error_when: ISBLANK(Phone), message: m, ";
    expect(start + "hold: fields }\n", "DUET-2007");
    expect(start + "fields: [Phone], hold: fields, severity: warn }\n", "DUET-2008");
    expect(start + "hold: nothing }\n", "DUET-2006");
    expect(start + "fields: [Fone] }\n", "DUET-2013");
    expect("  - { name: v, object: Opportunity, error_when: IsWon, message: m }\n", "DUET-2013");
    expect("  - { name: v, object: [Contact, Lead], error_when: ISBLANK(Company), message: m }\n",
           "DUET-2011");
}

TEST(Validation, IsToldInASentence) {
    BrokenRule rule;
    rule.name = "v";
    rule.message = "m.";
    rule.fields = {"A", "B"};
    EXPECT_EQ(validation::sentence(rule),
              "Validation \"v\" holds the whole record back until that is mended: m.");
    rule.hold = document::Hold::Fields;
    EXPECT_EQ(validation::sentence(rule),
              "Validation \"v\" holds A, B back until that is mended: m.");
    rule.severity = document::Severity::Warn;
    EXPECT_EQ(validation::sentence(rule), "Validation \"v\" warns about A, B: m.");
}

}  // namespace
}  // namespace duet::merge
