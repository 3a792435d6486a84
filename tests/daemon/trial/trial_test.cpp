#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/standard_catalogs.h"
#include "daemon/trial/run_tests.h"
#include "tests/daemon/trial/reports.h"

namespace duet::trial {
namespace {

const std::vector<document::Source> kTrialDocuments{{"people.yaml", R"(entity: person
scope: NOT(ISPICKVAL(LeadSource, "Purchased List"))
match: [crm_id, email]
fields:
  - salesforce: Phone
    pardot: phone
    winner: most_recent
  - salesforce: Title
    pardot: jobTitle
  - { name: employees, salesforce: { contact: Account.NumberOfEmployees, lead: NumberOfEmployees }, pardot: employees, direction: to_pardot }
  - salesforce: HasOptedOutOfEmail
    pardot: optedOut
    consent: strictest
validations:
  - { name: needs_title, object: Contact, error_when: 'AND(Email = "vip@x.example", ISBLANK(Title))', message: A VIP has a title. }
create:
  pardot: { when: 'NOT(ISBLANK(Email))', object: prospect, key: email }
lifecycle:
  stages:
    - { name: BUYER, rank: 20, when: 'CONTAINS(Title, "Buyer")' }
    - { name: KNOWN, rank: 10, when: "TRUE" }
lists:
  - { pardot_list: Buyers, member_when: 'CONTAINS(Title, "Buyer")' }
)",
                                                     false}};

constexpr const char* kGiven = R"(today: 2018-03-01
tests:
  - name: one
    given:
      salesforce:
        Account:
          - { Id: acme, NumberOfEmployees: 7 }
        Contact:
          - { Id: ada, Email: ada@x.example, Phone: "1", Title: Buyer, AccountId: acme }
      pardot:
        prospect:
          - { id: 1, email: ADA@x.example, phone: "2" }
        list:
          - { id: 5, name: Buyers }
)";

TEST(TestDocuments, AnExpectationThatHoldsPasses) {
    const auto report = run(kTrialDocuments, std::string(kGiven) + R"(    agreed:
      - { of: ada, stage: KNOWN, values: { phone: "1", jobTitle: { salesforce: Clerk } } }
    expect:
      - of: ada
        records: [ada, 1]
        state: planned
        stage: BUYER
        writes: { salesforce: { Phone: "2" }, pardot: { jobTitle: Buyer, employees: 7 } }
        values: { salesforce: { Phone: "2", Title: Buyer }, pardot: { phone: "2" } }
        creates: none
        lists: [Buyers]
        why: { phone: one side changed }
        warnings: []
        next_change: never
)");
    EXPECT_EQ(findings_of(report), "");
    EXPECT_EQ(failures_of(report), "");
    EXPECT_EQ(report.tests.size(), 1U);
    EXPECT_TRUE(report.is_good());
}

TEST(TestDocuments, AFailureShowsItsLineWhatWasExpectedWhatCameAndWhy) {
    const auto report = run(kTrialDocuments, std::string(kGiven) + R"(    expect:
      - of: ada
        values: { pardot: { jobTitle: Chief } }
)");
    EXPECT_EQ(failures_of(report),
              "t.test.yaml:17:39: failed: one: pardot jobTitle\n"
              "   17 |         values: { pardot: { jobTitle: Chief } }\n"
              "      |                                       ^~~~~\n"
              "  - Chief\n"
              "  + Buyer\n"
              "    rule \"jobTitle\": first meeting: a value beats a blank\n");
    EXPECT_EQ(report.failed(), 1U);
    const auto json = to_json(report);
    EXPECT_EQ(json["failed"], 1);
    EXPECT_EQ(json["failures"][0]["line"], 17);
    EXPECT_EQ(json["failures"][0]["column"], 39);
    EXPECT_EQ(json["failures"][0]["expected"], "Chief");
    EXPECT_EQ(json["failures"][0]["got"], "Buyer");
}

/// Every kind of expectation fails when it does not hold: else it would prove nothing.
TEST(TestDocuments, EachKindOfExpectationCanFail) {
    for (const char* wrong :
         {"state: clean", "stage: KNOWN", "reason: outside", "quarantine: needs_title",
          "records: [ada]", "values: { salesforce: { Phone: \"3\" } }",
          "values: { pardot: { jobTitle: } }", "writes: none", "writes: { pardot: {} }",
          "writes: { salesforce: { Phone: \"2\" } }", "creates: { pardot: {} }", "lists: []",
          "why: { phone: unchanged }", "warnings: [sky]", "next_change: 2018-03-02"}) {
        const auto report =
            run(kTrialDocuments,
                std::string(kGiven) + "    expect:\n      - of: ada\n        " + wrong + "\n");
        EXPECT_EQ(findings_of(report), "") << wrong;
        EXPECT_EQ(report.failed(), 1U) << wrong;
    }
    const auto alone = run(
        kTrialDocuments,
        "today: 2018-03-01\ntests:\n  - name: one\n    given: { salesforce: { Contact: [{ Id: a, "
        "Email: a@x.example }] } }\n    expect:\n      - { of: a, creates: none }\n      - { of: "
        "a, "
        "creates: { pardot: { email: b@x.example } } }\n");
    EXPECT_EQ(alone.failures.size(), 2U) << findings_of(alone);
}

TEST(TestDocuments, ScopeValidationAndAwaySidesAreSeen) {
    const auto report = run(kTrialDocuments, R"(today: 2018-03-01
tests:
  - name: out of scope
    given: { salesforce: { Contact: [{ Id: a, LeadSource: Purchased List }] } }
    expect: [{ of: a, state: filtered, reason: outside the scope, writes: none }]
  - name: put aside
    given: { salesforce: { Contact: [{ Id: a, Email: vip@x.example }] } }
    expect: [{ of: a, state: quarantined, quarantine: needs_title, reason: A VIP has a title }]
  - name: a side is away
    away: pardot
    given: { salesforce: { Contact: [{ Id: a, Email: a@x.example }] } }
    expect: [{ of: a, state: waiting, creates: none }]
)");
    EXPECT_EQ(findings_of(report), "");
    EXPECT_EQ(failures_of(report), "");
    EXPECT_EQ(report.tests.size(), 3U);
}

TEST(TestDocuments, EachMistakeHasItsPlaceAndTheNearestName) {
    struct Case {
        const char* text;
        const char* message;
        const char* hint;
    };
    const std::string head = "today: 2018-03-01\ntests:\n  - name: one\n    given:\n";
    const Case cases[] = {
        {"      salesforec: {}\n", ":5:7: error: there is no side \"salesforec\"",
         "\"salesforce\""},
        {"      salesforce: { Contakt: [{ Id: a }] }\n",
         ":5:21: error: salesforce has no object \"Contakt\"", "\"Contact\""},
        {"      salesforce: { Contact: [{ Id: a, Phonee: 1 }] }\n",
         ":5:40: error: Contact has no field \"Phonee\"", "\"Phone\""},
        {"      salesforce: { Contact: [{ Phone: 1 }] }\n", "a record of Contact needs an Id", ""},
        {"      salesforce: { Contact: [{ Id: a }, { Id: a }] }\n", "Contact a is already given",
         ""},
        {"      salesforce: { Contact: [{ Id: a, HasOptedOutOfEmail: yes }] }\n",
         ":5:60: error: \"HasOptedOutOfEmail\" must be true or false", ""},
        {"      salesforce: { Account: [{ Id: b, NumberOfEmployees: many }] }\n",
         "\"NumberOfEmployees\" must be a number", ""},
        {"      salesforce: { Account: [{ Id: acme }], Contact: [{ Id: a, AccountId: acne }] }\n",
         "AccountId names \"acne\", which is not given", "\"acme\""},
    };
    for (const Case& one : cases) {
        const auto report = run(kTrialDocuments, head + one.text + "    expect: []\n");
        const std::string found = findings_of(report);
        EXPECT_NE(found.find(one.message), std::string::npos) << one.text << found;
        EXPECT_NE(found.find(one.hint), std::string::npos) << one.text << found;
        EXPECT_TRUE(report.tests.empty());
    }
}

TEST(TestDocuments, MistakesInExpectationsHaveTheirPlaceToo) {
    const std::pair<const char*, const char*> cases[] = {
        {"- { of: eda, state: clean }", "the record \"eda\" is not given"},
        {"- { of: acme, state: clean }", "no document describes Account"},
        {"- { of: ada, sate: clean }", "unknown key \"sate\" in an expectation"},
        {"- { of: ada, state: cleen }", "\"state\" is \"cleen\""},
        {"- { of: ada, stage: BYER }", "there is no stage \"BYER\""},
        {"- { of: ada, quarantine: need_title }", "there is no validation \"need_title\""},
        {"- { of: ada, lists: [Byers] }", "there is no list rule \"Byers\""},
        {"- { of: ada, values: { pardot: { fone: 1 } } }", "pardot has no field \"fone\""},
        {"- { of: ada, why: { fone: x } }", "there is no field rule \"fone\""},
        {"- { of: ada, rollups: { Wins: 1 } }", "there is no Rollup \"Wins\""},
        {"- { of: ada }", "an expectation expects something"},
    };
    for (const auto& [text, message] : cases) {
        const auto report =
            run(kTrialDocuments, std::string(kGiven) + "    expect:\n      " + text + "\n");
        const std::string found = findings_of(report);
        EXPECT_NE(found.find(message), std::string::npos) << text << "\n" << found;
        EXPECT_NE(found.find("t.test.yaml:16:"), std::string::npos) << found;
    }
    EXPECT_NE(
        findings_of(run(kTrialDocuments, "tests:\n  - name: x\n    given: {}\n    expect: []\n"))
            .find("needs the key \"today\" or \"now\""),
        std::string::npos);
    EXPECT_NE(findings_of(run(kTrialDocuments, "today: 2018-03-01\ntests: []\ntset: []\n"))
                  .find("unknown key"),
              std::string::npos);
}

TEST(TestDocuments, MistakesInTheDocumentsAreReportedInsteadOfARun) {
    const std::vector<document::Source> broken{{"people.yaml", "entity: persons\n", false}};
    const std::vector<document::Source> tests{{"t.test.yaml", kGiven, false}};
    const auto report = run_tests(broken, tests, kNames, cli::standard_catalogs());
    EXPECT_NE(findings_of(report).find("people.yaml:1:9: error"), std::string::npos);
    EXPECT_TRUE(report.tests.empty());
}

TEST(TestDocuments, ADeclarationCountsForAllFilesAndMustNotContradict) {
    const std::vector<document::Source> documents{
        {"people.yaml",
         "entity: person\nmatch: [email]\nfields:\n  - { "
         "salesforce: { contact: Level__c }, pardot: level__c }\n",
         false}};
    const std::string test =
        "today: 2018-03-01\ntests:\n  - name: x\n    given:\n      salesforce: { Contact: [{ Id: "
        "a, "
        "Email: a@x.example, Level__c: Gold }] }\n      pardot: { prospect: [{ id: 1, email: "
        "a@x.example }] }\n    expect: [{ of: a, values: { pardot: { level__c: Gold } } }]\n";
    const std::vector<document::Source> tests{
        {"a.test.yaml", test, false},
        {"fields.test.yaml",
         "fields:\n  salesforce: { Contact: { Level__c: { type: picklist, values: [Gold] } } }\n  "
         "pardot: { prospect: { level__c: text } }\n",
         false}};
    auto report = run_tests(documents, tests, kNames, cli::standard_catalogs());
    EXPECT_EQ(findings_of(report) + failures_of(report), "");
    EXPECT_EQ(report.tests.size(), 1U);
    const std::vector<document::Source> wrong{
        {"a.test.yaml", "fields:\n  salesforce: { Contact: { Phone: number } }\n", false},
        {"b.test.yaml", "fields:\n  salesforce: { Contact: { X__c: nummer } }\n", false}};
    report = run_tests(documents, wrong, kNames, cli::standard_catalogs());
    EXPECT_NE(findings_of(report).find("Phone of Contact is a text field already"),
              std::string::npos);
    EXPECT_NE(findings_of(report).find("did you mean \"number\"?"), std::string::npos);
}

TEST(TestDocuments, TheManualsExampleRuns) {
    std::ifstream file(std::string(DUET_SOURCE_DIR) + "/daemon/trial/README.md");
    std::stringstream page;
    page << file.rdbuf();
    const std::string text = page.str();
    const auto from = text.find("```yaml\n") + 8;
    const std::string example = text.substr(from, text.find("```\n", from) - from);
    const std::vector<document::Source> tests{{"manual.test.yaml", example, false}};
    const auto report = run_tests(kTrialDocuments, tests, kNames, cli::standard_catalogs());
    EXPECT_EQ(findings_of(report), "");
    EXPECT_EQ(report.tests.size(), 1U);
    EXPECT_EQ(failures_of(report), "");
}

}  // namespace
}  // namespace duet::trial
