// The lifecycle that ships, with rows of every move, through the real programs: rows read back by
// API beside what the daemon tells.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kOff = "  # event_rows: ";

void write_documents(const std::string& folder) {
    std::filesystem::create_directories(folder);
    const std::string preset = default_documents() + "/../lifecycle/";
    for (const char* name : {"people", "accounts", "opportunities", "lifecycle"}) {
        std::string text = read_text(preset + name + ".yaml");
        if (const auto line = text.find(kOff); line != std::string::npos)
            text.replace(line, std::string(kOff).size(), "  event_rows: ");
        write_text(folder + "/" + name + ".yaml", text);
    }
}

/// One form about a demo.
void add_form(const std::string& seed) {
    write_text(seed + "/pardot/visitor-activities.csv",
               "id,prospectId,type,details,createdAt,updatedAt\n"
               "1,6001,4,Demo request,2017-12-10T10:00:00Z,2017-12-10T10:00:00Z\n");
}

using Rows = std::multiset<std::string>;

std::string or_nothing(const json& value) {
    return value.is_string() ? value.get<std::string>() : "";
}

class EventRowsEndToEnd : public testing::Test {
protected:
    EventRowsEndToEnd() {
        const std::string seed = folder_.path() + "/seed";
        write_small_seed(seed, "acme");
        add_form(seed);
        RehearsalOrg org;
        org.documents = folder_.path() + "/documents";
        org.more = "    brake:\n      create: {count: 5000, percent: 100}\n";
        write_documents(org.documents);
        world = std::make_unique<Rehearsal>(seed, org);
    }

    /// Of everybody: "contact lead from > to at trigger record cycle skipped".
    std::map<std::string, Rows> rows() {
        std::map<std::string, Rows> found;
        for (const json& row : world->vendors.query(
                 "SELECT Duet_Contact__c, Duet_Lead__c, Duet_From__c, Duet_To__c, Duet_At__c, "
                 "Duet_Trigger__c, Duet_Record__c, Duet_Cycle__c, Duet_Skipped__c FROM "
                 "Duet_Lifecycle_Event__c")) {
            const std::string contact = or_nothing(row["Duet_Contact__c"]);
            const std::string lead = or_nothing(row["Duet_Lead__c"]);
            EXPECT_NE(contact.empty(), lead.empty()) << row.dump();
            found[contact + lead].insert(fmt::format(
                "{} > {} {} {} {} {} {}", or_nothing(row["Duet_From__c"]),
                or_nothing(row["Duet_To__c"]), or_nothing(row["Duet_At__c"]).substr(0, 19),
                or_nothing(row["Duet_Trigger__c"]), or_nothing(row["Duet_Record__c"]),
                row["Duet_Cycle__c"].get<int>(), row["Duet_Skipped__c"].get<bool>()));
        }
        return found;
    }

    Rows told(const std::string& person) {
        Rows found;
        const json answer = world->daemon.ask("explain", {{"who", person}});
        EXPECT_EQ(answer["entities"].size(), 1U) << answer.dump();
        for (const json& row : answer["entities"][0]["stages"]) {
            found.insert(fmt::format("{} > {} {} {} {} {} {}", or_nothing(row["from"]),
                                     or_nothing(row["to"]), or_nothing(row["at"]).substr(0, 19),
                                     or_nothing(row["event"]), or_nothing(row["record"]),
                                     row["cycle"].get<int>(), row["skipped"].get<bool>()));
        }
        return found;
    }

    /// Entries by stage, as `duet lifecycle` prints them.
    std::map<std::string, int> entries(const std::string& until) {
        const Finished run =
            world->daemon.duet({"lifecycle", "--since", "2010-01-01", "--until", until, "--json"});
        EXPECT_EQ(run.code, 0) << run.error;
        std::map<std::string, int> found;
        const json report = json::parse(run.out);
        for (const json& stage : report["stages"]) {
            if (stage["entries"].get<int>() > 0)
                found[stage["stage"].get<std::string>()] = stage["entries"].get<int>();
        }
        return found;
    }

    void pass_to(const std::string& now) {
        world->vendors.must("POST", "/sandbox/clock", {{"now", now}});
        world->daemon.ask("clock", {{"now", now}});
    }

    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world;
};

TEST_F(EventRowsEndToEnd, RowsReadBackAreTheMovesAndALateFactChangesOnePersonsOnly) {
    world->daemon.start();
    world->daemon.sync_until_quiet();
    const auto first = rows();
    ASSERT_GE(first.size(), 24U) << "12 contacts and 12 leads";
    for (const auto& [person, of_person] : first) EXPECT_EQ(of_person, told(person)) << person;
    EXPECT_EQ(world->daemon.sync()["written"], 0);

    std::map<std::string, int> by_stage;
    for (const json& row : world->vendors.query(
             "SELECT Duet_To__c FROM Duet_Lifecycle_Event__c WHERE Duet_Skipped__c = false"))
        ++by_stage[row["Duet_To__c"].get<std::string>()];
    const auto printed = entries("2018-01-31");
    for (const auto& [stage, count] : by_stage) {
        ASSERT_EQ(printed.count(stage), 1U) << stage;
        EXPECT_GE(printed.at(stage), count) << stage << ": prospects without a record have no rows";
    }
    EXPECT_GT(by_stage["KNOWN"], 20);

    // Somebody writes today that the person was turned down two weeks ago.
    const auto found = world->vendors.query(
        "SELECT Id, Duet_Stage__c FROM Contact WHERE Email = 'contact1@acme.example'");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]["Duet_Stage__c"], "MQL");
    const auto contact = found[0]["Id"].get<std::string>();
    pass_to("2018-01-02T10:00:00Z");
    world->vendors.must(
        "PATCH", kObjects + std::string("Contact/") + contact,
        {{"Rejected_On__c", "2017-12-20T09:30:00Z"}, {"Reject_Reason__c", "Timing"}});
    world->daemon.sync_until_quiet();
    const auto second = rows();
    EXPECT_EQ(second.at(contact), told(contact));
    EXPECT_EQ(second.at(contact).size(), first.at(contact).size() + 1);
    EXPECT_EQ(second.at(contact).count("MQL > NURTURE 2017-12-20T09:30:00 rejected " + contact +
                                       " 1 false"),
              1U);
    for (const auto& [person, of_person] : first) {
        if (person != contact) {
            EXPECT_EQ(second.at(person), of_person) << person;
        }
    }
    EXPECT_EQ(world->daemon.sync()["written"], 0);
}

TEST_F(EventRowsEndToEnd, AConvertedLeadsRowsFollowToTheContact) {
    world->daemon.start();
    world->daemon.sync_until_quiet();
    const auto lead = world->vendors.query("SELECT Id FROM Lead ORDER BY Id LIMIT 1")
                          .at(0)["Id"]
                          .get<std::string>();
    ASSERT_EQ(rows().count(lead), 1U);
    pass_to("2018-01-02T10:00:00Z");
    world->vendors.soap("<convertLead><leadConverts><leadId>" + lead +
                        "</leadId><convertedStatus>Closed - Converted</convertedStatus>"
                        "<doNotCreateOpportunity>true</doNotCreateOpportunity>"
                        "</leadConverts></convertLead>");
    world->daemon.sync_until_quiet();
    const auto after = rows();
    const auto contact =
        world->vendors.query("SELECT ConvertedContactId FROM Lead WHERE Id = '" + lead + "'")
            .at(0)["ConvertedContactId"]
            .get<std::string>();
    EXPECT_EQ(after.count(lead), 0U);
    ASSERT_EQ(after.count(contact), 1U);
    EXPECT_EQ(after.at(contact), told(contact));
    EXPECT_EQ(world->daemon.sync()["written"], 0);
}

}  // namespace
}  // namespace duet::world
