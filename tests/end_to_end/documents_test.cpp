#include <filesystem>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Changes in documents, tried on a whole org before they are put in force.
class DocumentsTest : public testing::Test {
protected:
    DocumentsTest() {
        write_small_seed(seed(), "acme");
        fs::copy(default_documents(), documents());
    }
    [[nodiscard]] std::string seed() const { return folder_.path() + "/seed"; }
    [[nodiscard]] std::string documents() const { return folder_.path() + "/documents"; }
    void change(const std::string& file, const std::string& from, const std::string& to) const {
        std::string text = read_text(documents() + "/" + file);
        const auto at = text.find(from);
        ASSERT_NE(at, std::string::npos) << file << ": " << from;
        write_text(documents() + "/" + file, text.replace(at, from.size(), to));
    }
    static json parsed(const Finished& finished) {
        EXPECT_EQ(finished.code, 0) << finished.error;
        return json::parse(finished.out, nullptr, false);
    }
    /// Rows of the audit that an explanation tells.
    static std::size_t story_rows(Rehearsal& world, const std::string& who) {
        std::size_t rows = 0;
        const json told = parsed(world.daemon.duet({"explain", who, "--json"}));
        for (const json& entity : told["entities"]) rows += entity["story"].size();
        return rows;
    }

    TemporaryFolder folder_;
};

TEST_F(DocumentsTest, ChangedDocumentsAreTriedOnTheWholeOrgAndNothingIsStored) {
    Rehearsal world(seed());
    world.daemon.start();
    world.daemon.sync_until_quiet();
    const json before = world.daemon.ask("status")["orgs"][0];
    ASSERT_EQ(before["dirty"], 0);
    change("people.yaml", "value: Duet.Stage", "value: '\"was \" & Duet.Stage'");

    const json plan =
        parsed(world.daemon.duet({"plan", "--documents", documents(), "--samples", "2", "--json"}));
    const auto people = before["entities"]["person"]["clean"].get<int>();
    EXPECT_GE(people, 20);
    EXPECT_EQ(plan["in_force"], before["documents"]);
    EXPECT_NE(plan["documents"], before["documents"]);
    EXPECT_GE(plan["considered"].get<int>(), people + 10) << "every kind, not people alone";
    const json& stages = plan["kinds"]["update pardot prospect duet_stage__c"];
    EXPECT_EQ(stages["count"], people) << plan.dump(1);
    EXPECT_EQ(stages["samples"].size(), 2U);
    const std::string sample = stages["samples"][0]["text"].get<std::string>();
    EXPECT_TRUE(has(sample, "-> was ")) << sample;
    EXPECT_FALSE(plan["kinds"].contains("update pardot prospect phone")) << plan.dump(1);

    const Finished text = world.daemon.duet({"plan", "--documents", documents()});
    EXPECT_TRUE(has(text.out, "Nothing was written, and the documents in force stay.")) << text.out;
    const json after = world.daemon.ask("status")["orgs"][0];
    EXPECT_EQ(after["dirty"], 0);
    EXPECT_EQ(after["documents"], before["documents"]);
    EXPECT_EQ(world.daemon.sync()["written"], 0);

    // Put in force, they do what the plan said, and the audit names their version.
    RehearsalOrg org = world.org;
    org.documents = documents();
    world.daemon.write_config({org});
    ASSERT_EQ(world.daemon.duet({"reload"}).code, 0);
    world.daemon.sync_until_quiet();
    const json contact = world.vendors.query("SELECT Email FROM Contact LIMIT 1")[0];
    const json rows =
        world.daemon.ask("explain", {{"who", contact["Email"]}})["entities"][0]["story"];
    bool is_named = false;
    for (const json& row : rows) {
        if (has(row["after"].get<std::string>(), "was ")) {
            EXPECT_EQ(row["documents"], plan["documents"]) << row.dump();
            is_named = true;
        }
    }
    EXPECT_TRUE(is_named) << rows.dump(1);
}

TEST_F(DocumentsTest, DocumentsThatAreWrongOrReadMoreThanWasPulledAreTold) {
    Rehearsal world(seed());
    ASSERT_EQ(world.daemon.duet({"sync"}).code, 0);
    change("people.yaml", "pardot: jobTitle", "pardot: department");
    // No daemon runs: the command looks at the state itself, and asks no vendor.
    world.sandbox.kill_now();
    const json plan = parsed(world.daemon.duet({"plan", "--documents", documents(), "--json"}));
    EXPECT_EQ(plan["not_pulled"], json::array({"pardot prospect department"})) << plan.dump(1);
    change("people.yaml", "winner: most_recent", "winner: mostrecent");
    const Finished wrong = world.daemon.duet({"plan", "--documents", documents()});
    EXPECT_EQ(wrong.code, 78);
    EXPECT_TRUE(has(wrong.error, "people.yaml:")) << wrong.error;
    EXPECT_TRUE(has(wrong.error, "did you mean \"most_recent\"?")) << wrong.error;
}

TEST_F(DocumentsTest, APreviewTellsEveryRuleAndWritesNothing) {
    Rehearsal world(seed());
    world.daemon.start();
    world.daemon.sync_until_quiet();
    const json contact = world.vendors.query("SELECT Id, Email, Phone FROM Contact LIMIT 1")[0];
    const std::string email = contact["Email"].get<std::string>();
    const std::size_t rows = story_rows(world, email);
    const auto rule = [](const json& preview, const std::string& name) {
        for (const json& one : preview["entities"][0]["rules"]) {
            if (one["rule"] == name && one["kind"] == "field") return one;
        }
        return json{};
    };
    const json plain = parsed(world.daemon.duet({"preview", email, "--json"}));
    EXPECT_EQ(rule(plain, "phone")["does"], "nothing") << plain.dump(1);
    EXPECT_FALSE(rule(plain, "phone")["why"].get<std::string>().empty());
    const json changed =
        parsed(world.daemon.duet({"preview", email, "--set", "Phone=+358 1", "--json"}));
    const std::string does = rule(changed, "phone")["does"].get<std::string>();
    EXPECT_TRUE(has(does, "writes phone of pardot")) << changed.dump(1);
    EXPECT_TRUE(has(does, "-> +358 1")) << does;
    EXPECT_EQ(world.daemon.duet({"preview", contact["Id"].get<std::string>()}).code, 0);
    EXPECT_EQ(world.daemon.duet({"preview", "nobody@x.example"}).code, 1);
    EXPECT_EQ(story_rows(world, email), rows);
    EXPECT_EQ(world.daemon.sync()["written"], 0);
}

TEST_F(DocumentsTest, StatusWithoutADaemonIsReadFromTheStateAlone) {
    Rehearsal world(seed());
    ASSERT_EQ(world.daemon.duet({"sync"}).code, 0);
    world.sandbox.kill_now();
    const json status = parsed(world.daemon.duet({"status", "--json"}))["orgs"][0];
    EXPECT_FALSE(status.contains("note")) << status.dump(1);
    EXPECT_EQ(status["last_cycle"]["cycle"], 1) << status.dump(1);
    EXPECT_GT(status["objects"].size(), 5U);
    EXPECT_EQ(world.daemon.duet({"explain", "duet-1"}).code, 0);
}

TEST_F(DocumentsTest, ASecretThatOthersCanReadEndsWithSeventyEight) {
    Rehearsal world(seed());
    fs::permissions(world.daemon.folder() + "/client-secret", fs::perms{0644});
    const Finished alone = world.daemon.duet({"sync"});
    EXPECT_EQ(alone.code, 78) << alone.error;
    EXPECT_TRUE(has(alone.error, "chmod 600")) << alone.error;
}

TEST_F(DocumentsTest, ValidateLiveNamesWhatDuetNeedsAndTheOrgDoesNotHave) {
    const std::string fields = seed() + "/salesforce/custom_fields.csv";
    std::string text;
    std::istringstream lines(read_text(fields));
    for (std::string line; std::getline(lines, line);) {
        const bool is_contact = line.starts_with("Contact,");
        if (is_contact && has(line, "Duet_Last_Engaged__c")) continue;
        if (is_contact && has(line, "Duet_Email_Clicks__c")) {
            line = "Contact,Duet_Email_Clicks__c,Clicks,string,40,,,false,false,";
        }
        text += line + "\n";
    }
    write_text(fields, text);
    Rehearsal world(seed());
    const Finished live = world.daemon.duet({"validate", "--live"});
    EXPECT_EQ(live.code, 78) << live.out;
    EXPECT_TRUE(has(live.error, "\"Duet_Last_Engaged__c\"")) << live.error;
    EXPECT_TRUE(has(live.error, "deploy packaging/salesforce")) << live.error;
    EXPECT_TRUE(has(live.error, "permission set Duet_Integration")) << live.error;
    EXPECT_TRUE(
        has(live.error,
            "Duet_Email_Clicks__c of Contact is a text field, but Duet needs a number field"))
        << live.error;
    EXPECT_EQ(world.daemon.duet({"validate"}).code, 0);
    const Finished told = world.daemon.duet({"validate", "--live", "--json"});
    EXPECT_EQ(told.code, 78);
    EXPECT_GE(json::parse(told.out)["findings"].size(), 2U);
}

TEST_F(DocumentsTest, ValidateLiveNamesListsThatAreMissingOrDynamicAndKeysThatAreNone) {
    const std::string lists = seed() + "/pardot/lists.csv";
    write_text(lists, read_text(lists) +
                          "4990,Moves by itself,Moves,,false,true,,false,2017-02-01T10:00:00Z,"
                          "2017-02-01T10:00:00Z\n");
    const std::string fields = seed() + "/salesforce/custom_fields.csv";
    std::string text;
    std::istringstream lines(read_text(fields));
    for (std::string line; std::getline(lines, line);) {
        const bool is_key = line.starts_with("CampaignMember,Duet_Key__c");
        text +=
            (is_key ? "CampaignMember,Duet_Key__c,Duet Key,string,80,,,false,false," : line) + "\n";
    }
    write_text(fields, text);
    write_text(documents() + "/lists.yaml", R"(lists:
  - { pardot_list: Upsell - three months after win, member_when: NOT(ISBLANK(Email)) }
  - { pardot_list: Renewal - before contract ent, member_when: NOT(ISBLANK(Email)) }
  - { pardot_list: Moves by itself, member_when: NOT(ISBLANK(Email)) }
  - { salesforce_campaign: No such fair, member_when: NOT(ISBLANK(Email)) }
)");
    RehearsalOrg org;
    org.documents = documents();
    Rehearsal world(seed(), org);
    const Finished live = world.daemon.duet({"validate", "--live"});
    EXPECT_EQ(live.code, 78) << live.out;
    EXPECT_TRUE(has(live.error, "lists.yaml:3:")) << live.error;
    EXPECT_TRUE(has(live.error, "pardot has no list \"Renewal - before contract ent\""))
        << live.error;
    EXPECT_TRUE(has(live.error, "did you mean \"Renewal - before contract end\"?")) << live.error;
    EXPECT_TRUE(has(live.error, "\"Moves by itself\" is a dynamic list")) << live.error;
    EXPECT_TRUE(has(live.error, "make a static list")) << live.error;
    EXPECT_TRUE(has(live.error, "salesforce has no campaign \"No such fair\"")) << live.error;
    EXPECT_TRUE(has(live.error, "Duet_Key__c of CampaignMember is no external id")) << live.error;
    EXPECT_FALSE(has(live.error, "no list \"Upsell")) << live.error;
    EXPECT_EQ(world.daemon.duet({"validate"}).code, 0) << "offline nobody is asked";
}

TEST_F(DocumentsTest, ValidateLiveIsContentWithTheOrgAsDeployed) {
    Rehearsal world(seed());
    const Finished live = world.daemon.duet({"validate", "--live"});
    EXPECT_EQ(live.code, 0) << live.error;
    EXPECT_FALSE(has(live.out, "warning")) << live.out;
}

}  // namespace
}  // namespace duet::world
