// Test documents that expect tasks and owners.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/cli/standard_catalogs.h"
#include "daemon/trial/run_tests.h"
#include "tests/daemon/trial/reports.h"

namespace duet::trial {
namespace {

const std::vector<document::Source> kActionDocuments{{"people.yaml", R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: LastName, pardot: lastName }
)",
                                                      false},
                                                     {"actions.yaml", R"(tasks:
  - name: hot
    when: Prospect.score >= 100
    close_when: Prospect.score < 50
    subject: Call {!LastName}
    due_in_days: 1
    when_reassigned: follow
  - { name: calm, when: Prospect.score >= 1000, subject: Sit down }
routing:
  - name: hot_leads
    trigger: Prospect.score >= 100
    rules: [{ name: bo, owner: bo@example.com }]
)",
                                                      false}};

/// The second example of the manual.
std::string manual() {
    std::ifstream file(DUET_SOURCE_DIR "/daemon/trial/README.md");
    std::stringstream page;
    page << file.rdbuf();
    const std::string text = page.str();
    const std::string begin = "```yaml\n";
    const auto from = text.find(begin, text.find(begin) + 1) + begin.size();
    return text.substr(from, text.find("```\n", from) - from);
}

/// The manual's example with another expectation.
std::string with(const std::string& expectation) {
    const std::string text = manual();
    return text.substr(0, text.find("    expect:")) + "    expect:\n      - of: lee\n        " +
           expectation + "\n";
}

TEST(TrialActions, TheManualsExampleRuns) {
    const auto report = run(kActionDocuments, manual());
    EXPECT_EQ(findings_of(report), "");
    EXPECT_EQ(failures_of(report), "");
    EXPECT_EQ(report.tests.size(), 1U);
}

TEST(TrialActions, WhatIsNotGivenMayBeAnything) {
    for (const char* right : {"tasks: [hot]", "tasks: [{ rule: hot, due: 2018-04-21 }]",
                              "owner: bo", "owner: Bo", "owner: bo@example.com"}) {
        const auto report = run(kActionDocuments, with(right));
        EXPECT_EQ(findings_of(report), "") << right;
        EXPECT_EQ(failures_of(report), "") << right;
    }
}

TEST(TrialActions, EachPartCanFail) {
    for (const char* wrong :
         {"tasks: []", "tasks: [hot, calm]", "tasks: [hot, hot]", "tasks: [calm]",
          "tasks: [{ rule: hot, done: closed }]", "tasks: [{ rule: hot, owner: bo }]",
          "tasks: [{ rule: hot, subject: Call Lund }]", "tasks: [{ rule: hot, due: 2018-04-22 }]",
          "owner: ann", "owner: Ann", "owner: nobody@example.com"}) {
        const auto report = run(kActionDocuments, with(wrong));
        EXPECT_EQ(findings_of(report), "") << wrong;
        EXPECT_EQ(report.failed(), 1U) << wrong;
    }
    EXPECT_NE(failures_of(run(kActionDocuments, with("tasks: [calm]")))
                  .find("+ hot made, owner ann, subject"),
              std::string::npos);
}

TEST(TrialActions, MistakesHaveTheNearestName) {
    EXPECT_NE(
        findings_of(run(kActionDocuments, with("tasks: [hut]"))).find("did you mean \"hot\"?"),
        std::string::npos);
    EXPECT_NE(
        findings_of(run(kActionDocuments, with("tasks: [{ rule: hot, done: mode }]"))).find("made"),
        std::string::npos);
    std::string wrong = manual();
    wrong.replace(wrong.find("hot: false"), 3, "hat");
    EXPECT_NE(findings_of(run(kActionDocuments, wrong)).find("there is no task rule \"hat\""),
              std::string::npos);
}

/// Ann owns Ada, and nothing is to be made about her, as a CRM is told that keeps no owners.
TestReport run_elsewhere(const std::string& expectation) {
    const std::vector<document::Source> documents{{"people.yaml", R"(entity: person
objects: { ledger: [Contact], pardot: [prospect] }
match: [{ email: { ledger: Email, pardot: email } }]
fields:
  - { ledger: LastName, pardot: lastName }
)",
                                                   false}};
    const std::vector<document::Source> tests{{"t.test.yaml", R"(today: 2018-04-20
tests:
  - name: one
    given:
      ledger:
        Contact: [{ Id: ada, LastName: Ahl, Email: ada@x.example, OwnerId: ann }]
    expect:
      - of: ada
        values: { ledger: { LastName: Ahl } }
)" + expectation,
                                               false}};
    return run_tests(documents, tests, {"ledger", "pardot"}, cli::standard_catalogs());
}

TEST(TrialActions, WhatDuetNeverDoesInACrmIsNotExpectedThere) {
    EXPECT_EQ(findings_of(run_elsewhere("")), "");
    EXPECT_EQ(run_elsewhere("").tests.size(), 1U);
    EXPECT_EQ(findings_of(run_elsewhere("        owner: ann\n")),
              "t.test.yaml:10:16: error: Duet sets no owners in ledger, so none can be expected "
              "[DUET-2018]\n"
              "   10 |         owner: ann\n"
              "      |                ^~~\n"
              "  remove \"owner\"; what a field holds is expected under \"values\"\n");
    const std::string tasks = findings_of(run_elsewhere("        tasks: []\n"));
    EXPECT_NE(tasks.find("Duet makes no tasks in ledger, so none can be expected"),
              std::string::npos)
        << tasks;
}

}  // namespace
}  // namespace duet::trial
