#include "daemon/cli/commands.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/admin/server.h"
#include "daemon/sync/plan_json.h"
#include "daemon/version.h"
#include "tests/daemon/cli/run_duet.h"
#include "tests/daemon/help/temporary_folder.h"

namespace duet::cli {
namespace {

using nlohmann::json;

const std::vector<std::vector<std::string>> kCommands{
    {"status"},  {"plan"},    {"sync"},     {"consent", "allow"}, {"explain"}, {"reload"},
    {"preview"}, {"test"},    {"formula"},  {"brake", "release"}, {"demo"},    {"sandbox"},
    {"apply"},   {"mode"},    {"pause"},    {"brake", "list"},    {"resume"},  {"brake", "status"},
    {"metrics"}, {"version"}, {"validate"}, {"attribution"}};

TEST(Commands, HelpIsNoError) {
    const Outcome help = duet({"--help"});
    EXPECT_EQ(help.exit_code, 0);
    for (const auto& command : kCommands)
        EXPECT_TRUE(holds(help.out, "\n  " + command.front() + " ")) << command.front();
    EXPECT_TRUE(holds(help.out, "64 wrong usage"));
    EXPECT_TRUE(holds(help.out, "78 the configuration is wrong"));
}

TEST(Commands, EveryCommandHasHelpAndJson) {
    for (auto command : kCommands) {
        command.emplace_back("--help");
        const Outcome help = duet(command);
        EXPECT_EQ(help.exit_code, 0) << command.front();
        EXPECT_TRUE(holds(help.out, "--json")) << command.front() << "\n" << help.out;
    }
}

TEST(Commands, WrongUsageIsSixtyFour) {
    for (const std::vector<std::string>& wrong :
         std::vector<std::vector<std::string>>{{},
                                               {"nonsense"},
                                               {"status", "--nonsense"},
                                               {"explain"},
                                               {"brake"},
                                               {"brake", "release"},
                                               {"consent"},
                                               {"consent", "allow", "ada", "--field", "optedOut"},
                                               {"preview"},
                                               {"preview", "duet-1", "--set", "Phone"},
                                               {"plan", "--samples", "-1"},
                                               {"plan", "--documents", "x", "--out", "y"},
                                               {"apply"},
                                               {"mode", "a", "b", "c"},
                                               {"pause"},
                                               {"resume"},
                                               {"status", "--config"},
                                               {"sandbox", "--port", "many"}}) {
        const Outcome outcome = duet(wrong);
        EXPECT_EQ(outcome.exit_code, 64) << (wrong.empty() ? "no command" : wrong.front());
        EXPECT_FALSE(outcome.err.empty());
        EXPECT_TRUE(outcome.out.empty()) << outcome.out;
    }
}

TEST(Commands, AnUnknownCommandIsToldWithTheNearestOne) {
    EXPECT_EQ(duet({"statsu"}).err,
              "There is no command \"duet statsu\". Did you mean \"duet status\"?\n"
              "List the commands with: duet --help\n");
    EXPECT_EQ(duet({"frob"}).err,
              "There is no command \"duet frob\".\nList the commands with: duet --help\n");
    const Outcome below = duet({"brake", "relase", "create"});
    EXPECT_EQ(below.exit_code, 64);
    EXPECT_TRUE(holds(below.err, "Did you mean \"duet brake release\"?")) << below.err;
    EXPECT_TRUE(holds(below.err, "duet brake --help")) << below.err;
    EXPECT_TRUE(holds(duet({"status", "--frob"}).err, "--frob"));
}

constexpr const char* kPeople =
    "entity: person\nmatch: [crm_id, email]\nfields:\n  - { salesforce: Phone, pardot: phone }\n";
constexpr const char* kGiven =
    "    given:\n      salesforce: { Contact: [{ Id: ada, Email: a@x.example, Phone: \"1\" }] }\n"
    "      pardot: { prospect: [{ id: 7, email: a@x.example }] }\n";

TEST(TestCommand, PassesFailsAndSaysWhere) {
    const TemporaryFolder folder;
    folder.write("rules/people.yaml", kPeople);
    const std::string head = std::string("today: 2018-01-02\ntests:\n  - name: a phone\n") + kGiven;
    folder.write("rules/people.test.yaml",
                 head + "    expect: [{ of: ada, values: { pardot: { phone: \"1\" } } }]\n");
    const Outcome good = duet({"test", folder.path("rules")});
    EXPECT_EQ(good.exit_code, 0) << good.err;
    EXPECT_EQ(good.out, "1 test: 1 passed, 0 failed\n");
    EXPECT_EQ(json::parse(duet({"test", folder.path(), "--json"}).out)["passed"], 1);

    folder.write("rules/more.test.yaml",
                 head + "    expect: [{ of: ada, values: { pardot: { phone: \"2\" } } }]\n");
    const Outcome bad = duet({"test", folder.path("rules")});
    EXPECT_EQ(bad.exit_code, 1);
    EXPECT_TRUE(holds(bad.out, "more.test.yaml:7:52: failed: a phone: pardot phone")) << bad.out;
    EXPECT_TRUE(holds(bad.out, "  - 2\n  + 1\n")) << bad.out;
    EXPECT_TRUE(holds(bad.out, "2 tests: 1 passed, 1 failed\n")) << bad.out;
    EXPECT_EQ(duet({"test", folder.path("rules/people.test.yaml")}).exit_code, 0);
    EXPECT_EQ(duet({"test", folder.path("rules/more.test.yaml")}).exit_code, 1);
}

TEST(TestCommand, MistakesAreFindingsAndNothingIsRun) {
    const TemporaryFolder folder;
    folder.write("people.yaml", kPeople);
    const std::string test = folder.write("people.test.yaml", "tests: []\ntestss: 1\n");
    const Outcome wrong = duet({"test", folder.path()});
    EXPECT_EQ(wrong.exit_code, 78);
    EXPECT_TRUE(holds(wrong.err, "people.test.yaml:2:1: error: unknown key \"testss\""))
        << wrong.err;
    EXPECT_TRUE(holds(wrong.err, "did you mean \"tests\"?")) << wrong.err;
    EXPECT_TRUE(holds(wrong.err, "No test was run.")) << wrong.err;
    const json findings = json::parse(duet({"test", folder.path(), "--json"}).out)["findings"];
    EXPECT_EQ(findings[0]["line"], 2);
    EXPECT_EQ(duet({"test", folder.path("nowhere")}).exit_code, 78);
    folder.write("people.test.yaml", "tests: []\n");
    const Outcome none = duet({"test", folder.path()});
    EXPECT_EQ(none.exit_code, 1);
    EXPECT_TRUE(holds(none.err, "DUET-6013")) << none.err;
}

TEST(PreviewCommand, TellsWhatEachRuleDoesForARecordFile) {
    const TemporaryFolder folder;
    folder.write("rules/people.yaml", kPeople);
    const std::string file = folder.write(
        "ada.yaml",
        "today: 2018-01-02\nof: ada\ngiven:\n  salesforce: { Contact: [{ Id: ada, Email: "
        "a@x.example, "
        "Phone: \"1\" }] }\n  pardot: { prospect: [{ id: 7, email: a@x.example }] }\n");
    std::vector<std::string> command{"preview", file, "--documents", folder.path("rules")};
    const Outcome text = duet(command);
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_TRUE(holds(text.out, "field phone: writes phone of pardot: (blank) -> 1\n")) << text.out;
    EXPECT_TRUE(holds(text.out, "because first meeting: a value beats a blank")) << text.out;
    EXPECT_TRUE(holds(text.out, "Nothing was written.\n"));
    command.insert(command.end(), {"--set", "Phone=", "--set", "Prospect.phone=2", "--json"});
    const json other = json::parse(duet(command).out)["entities"][0];
    EXPECT_EQ(other["rules"][0]["does"], "writes Phone of salesforce: (blank) -> 2");
    EXPECT_EQ(other["assumed"]["Prospect.phone"], "2");
    const Outcome odd =
        duet({"preview", file, "--documents", folder.path("rules"), "--set", "Fone=1"});
    EXPECT_EQ(odd.exit_code, 1);
    EXPECT_TRUE(holds(odd.err, "DUET-6012")) << odd.err;
    folder.write("ada.yaml",
                 "today: 2018-01-02\ngiven: { salesforce: { Contact: [{ Idd: a }] } }\n");
    const Outcome wrong = duet({"preview", file, "--documents", folder.path("rules")});
    EXPECT_EQ(wrong.exit_code, 78);
    EXPECT_TRUE(holds(wrong.err, "ada.yaml:2:36: error: Contact has no field \"Idd\""))
        << wrong.err;
}

TEST(Commands, VersionIsPrinted) {
    EXPECT_EQ(duet({"version"}).out, "duet " + std::string(version()) + "\n");
    EXPECT_EQ(json::parse(duet({"version", "--json"}).out)["version"], version());
}

TEST(Commands, AMissingConfigurationIsSeventyEight) {
    const TemporaryFolder folder;
    const std::string path = folder.path("none.yaml");
    for (std::vector<std::string> command :
         std::vector<std::vector<std::string>>{{"status"},
                                               {"plan"},
                                               {"sync"},
                                               {"explain", "ada@example.com"},
                                               {"reload"},
                                               {"brake", "release", "create"},
                                               {"validate"}}) {
        command.insert(command.end(), {"--config", path});
        const Outcome outcome = duet(command);
        EXPECT_EQ(outcome.exit_code, 78) << command.front();
        EXPECT_TRUE(holds(outcome.err, path + ":1:1: error: cannot read")) << outcome.err;
        command.emplace_back("--json");
        const json findings = json::parse(duet(command).out)["findings"];
        ASSERT_EQ(findings.size(), 1U) << command.front();
        EXPECT_EQ(findings[0]["code"], "DUET-1001");
        EXPECT_EQ(findings[0]["line"], 1);
    }
}

/// A folder with a configuration whose vendors nobody plays.
class CommandsWithConfig : public testing::Test {
protected:
    CommandsWithConfig() {
        folder_.write("secret", "s");
        folder_.write("rules/people.yaml",
                      "entity: person\nmatch: [crm_id, email]\nfields:\n"
                      "  - salesforce: Phone\n    pardot: phone\n");
        const std::string auth =
            "      login_url: http://127.0.0.1:9\n"
            "      auth: {flow: client_credentials, client_id: app, client_secret_file: secret}\n";
        path_ = folder_.write("duet.yaml",
                              "state_directory: state\nruntime_directory: .\norgs:\n  acme:\n"
                              "    documents: [rules]\n    crm:\n      connector: salesforce\n" +
                                  auth +
                                  "    marketing:\n      connector: pardot\n"
                                  "      business_unit_id: 0Uv000000000001AAA\n" +
                                  auth);
    }
    Outcome ask(std::vector<std::string> command) {
        command.insert(command.end(), {"--config", path_});
        return duet(std::move(command));
    }
    const TemporaryFolder& folder() const { return folder_; }

private:
    TemporaryFolder folder_;
    std::string path_;
};

TEST_F(CommandsWithConfig, ValidateReadsEverythingAndLeavesNoTrace) {
    const Outcome good = ask({"validate"});
    EXPECT_EQ(good.exit_code, 0) << good.err;
    EXPECT_TRUE(holds(good.out, "good. 1 org;")) << good.out;
    EXPECT_EQ(json::parse(ask({"validate", "--json"}).out)["valid"], true);
    EXPECT_FALSE(std::filesystem::exists(folder().path("state")));
}

TEST_F(CommandsWithConfig, ValidateShowsWhatIsWrongInADocument) {
    folder().write("rules/people.yaml", "entity: persons\n");
    const Outcome wrong = ask({"validate"});
    EXPECT_EQ(wrong.exit_code, 78);
    EXPECT_TRUE(holds(wrong.err, "people.yaml:1:9: error: ")) << wrong.err;
    EXPECT_TRUE(wrong.out.empty());
}

TEST_F(CommandsWithConfig, ValidateLiveSaysTryAgainWhenAVendorIsAway) {
    EXPECT_EQ(ask({"validate", "--live"}).exit_code, 75);
}

TEST_F(CommandsWithConfig, WithoutADaemonStatusIsReadFromTheState) {
    const Outcome status = ask({"status", "--json"});
    EXPECT_EQ(status.exit_code, 0) << status.err;
    EXPECT_EQ(json::parse(status.out)["orgs"][0]["mode"], "observe");
}

TEST_F(CommandsWithConfig, WithoutADaemonAVendorThatIsAwayIsSeventyFive) {
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {"sync"}, {"plan"}, {"plan", "--stored"}, {"explain", "duet-1"}, {"reload"}}) {
        const Outcome outcome = ask(command);
        EXPECT_EQ(outcome.exit_code, 75) << command.front() << "\n" << outcome.err;
        EXPECT_TRUE(outcome.out.empty());
        EXPECT_TRUE(holds(outcome.err, "error DUET-")) << outcome.err;
    }
}

TEST_F(CommandsWithConfig, ADamagedPlanIsRefusedBeforeAnybodyIsAsked) {
    sync::Plan plan;
    plan.org = "acme";
    json form = sync::plan_json(plan);
    form["documents"] = "other";
    folder().write("damaged.json", form.dump());
    folder().write("no.json", "no plan");
    const Outcome damaged = ask({"apply", folder().path("damaged.json")});
    EXPECT_EQ(damaged.exit_code, 1);
    EXPECT_TRUE(holds(damaged.err, "error DUET-6062")) << damaged.err;
    for (const char* file : {"no.json", "absent.json"}) {
        const Outcome none = ask({"apply", folder().path(file)});
        EXPECT_EQ(none.exit_code, 1);
        EXPECT_TRUE(holds(none.err, "error DUET-6060")) << none.err;
    }
}

TEST_F(CommandsWithConfig, ModesAndPausesOutliveTheCommand) {
    EXPECT_EQ(ask({"mode"}).out, "org acme: mode observe\n");
    EXPECT_EQ(ask({"mode", "acme", "plan"}).exit_code, 0);
    EXPECT_EQ(ask({"mode"}).out, "org acme: mode plan\n");
    EXPECT_EQ(ask({"mode", "acme", "aply"}).exit_code, 1);
    EXPECT_EQ(ask({"mode", "globex", "plan"}).exit_code, 1);
    EXPECT_EQ(ask({"pause", "acme", "--pull"}).exit_code, 1);
    EXPECT_EQ(ask({"pause", "acme", "--because", "a move"}).exit_code, 0);
    EXPECT_TRUE(holds(ask({"status"}).out, "everything is paused since ")) << ask({"status"}).out;
    const Outcome cycle = ask({"sync"});
    EXPECT_EQ(cycle.exit_code, 1);
    EXPECT_TRUE(holds(cycle.err, "error DUET-5040")) << cycle.err;
    EXPECT_EQ(ask({"resume", "acme"}).exit_code, 0);
    EXPECT_EQ(ask({"resume", "acme"}).exit_code, 1);
    EXPECT_EQ(ask({"sync"}).exit_code, 75) << "its vendors are away, and it is not paused";
}

TEST_F(CommandsWithConfig, TheBrakeIsListedWithItsLimits) {
    const Outcome list = ask({"brake", "list"});
    EXPECT_EQ(list.exit_code, 0) << list.err;
    EXPECT_TRUE(holds(list.out, "unsubscribe        50        1  passes\n")) << list.out;
    EXPECT_EQ(ask({"brake", "status"}).out, list.out);
    EXPECT_TRUE(holds(ask({"metrics"}).out, "# TYPE duet_paused gauge\n"));
}

TEST_F(CommandsWithConfig, WhatIsNotThereIsOne) {
    EXPECT_EQ(ask({"sync", "--org", "globex"}).exit_code, 1);
    EXPECT_EQ(ask({"brake", "release", "create"}).exit_code, 1);
    const Outcome json_error = ask({"sync", "--org", "globex", "--json"});
    EXPECT_EQ(json_error.exit_code, 1);
    EXPECT_EQ(json::parse(json_error.out)["error"]["code"], "DUET-6001");
}

TEST_F(CommandsWithConfig, ADaemonIsAskedAndTheStateLeftAlone) {
    std::string asked;
    const auto server = admin::Server::listen(
        folder().path("duet.sock"), [&](const std::string& command, const std::string& body) {
            asked = command + " " + body;
            if (command == "sync")
                return admin::Answer{400, R"({"code":"DUET-6001","message":"No such org."})"};
            if (command == "explain") return admin::Answer{200, "no json"};
            sync::Plan plan;
            plan.org = "acme";
            plan.documents = "d";
            return admin::Answer{200, sync::plan_json(plan).dump()};
        });
    ASSERT_TRUE(server);
    const Outcome plan = ask({"plan", "--org", "acme"});
    EXPECT_EQ(plan.exit_code, 0) << plan.err;
    EXPECT_EQ(asked, R"(plan {"org":"acme","pull":true})");
    EXPECT_TRUE(holds(plan.out, "Plan of org acme by documents d: 0 writes."));
    EXPECT_EQ(json::parse(ask({"plan", "--stored", "--json"}).out)["documents"], "d");
    EXPECT_EQ(asked, R"(plan {"org":"","pull":false})");

    const std::string file = folder().path("plan.json");
    const Outcome kept = ask({"plan", "--out", file});
    EXPECT_EQ(kept.exit_code, 0) << kept.err;
    EXPECT_TRUE(holds(kept.out, "duet apply " + file)) << kept.out;
    EXPECT_EQ(ask({"apply", file}).exit_code, 0);
    EXPECT_TRUE(asked.starts_with("apply {\"org\":\"\",\"plan\":{")) << asked;
    EXPECT_EQ(ask({"plan", "--out", folder().path("none/plan.json")}).exit_code, 1);
    EXPECT_EQ(ask({"pause", "pardot", "--pull", "--because", "a move"}).exit_code, 0);
    EXPECT_TRUE(holds(asked, R"("pull":true,"what":"pardot"})")) << asked;
    EXPECT_EQ(ask({"mode", "acme", "plan"}).exit_code, 0);
    EXPECT_EQ(asked, R"(mode {"mode":"plan","org":"acme"})");

    const Outcome refused = ask({"sync"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(holds(refused.err, "error DUET-6001: No such org."));
    const Outcome other = ask({"plan", "--documents", folder().path("rules"), "--samples", "7"});
    EXPECT_EQ(other.exit_code, 0) << other.err;
    EXPECT_TRUE(asked.starts_with("plan_documents {")) << asked;
    EXPECT_TRUE(holds(asked, "\"samples\":7"));
    EXPECT_TRUE(holds(asked, "people.yaml\",\"part\":false,\"text\":\"entity: person")) << asked;
    EXPECT_EQ(ask({"preview", "ada@example.com", "--set", "Phone=1=2"}).exit_code, 0);
    EXPECT_EQ(asked, R"(preview {"org":"","set":{"Phone":"1=2"},"who":"ada@example.com"})");
    const Outcome garbled = ask({"explain", "ada@example.com"});
    EXPECT_EQ(garbled.exit_code, 70);
    EXPECT_TRUE(holds(garbled.err, "DUET-6031"));
    EXPECT_FALSE(std::filesystem::exists(folder().path("state")));
}

}  // namespace
}  // namespace duet::cli
