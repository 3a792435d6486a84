// What an administrator mends at the vendor frees what was refused for it, by itself.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kAda = "contact1@acme.example";
constexpr const char* kPeople = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: Email, pardot: email }
  - { salesforce: LastName, pardot: lastName }
  - { salesforce: { contact: Duet_Dev_Team__c }, pardot: jobTitle, direction: to_salesforce }
)";

class Mended : public testing::Test {
protected:
    Mended() {
        write_small_seed(folder_.path() + "/seed", "acme");
        std::filesystem::create_directories(folder_.path() + "/rules");
        write_text(folder_.path() + "/rules/people.yaml", kPeople);
        RehearsalOrg org;
        org.documents = folder_.path() + "/rules";
        // No try falls due by itself while the test looks.
        org.more =
            "    retry: { first_seconds: 86000, refused_first_seconds: 86400, longest_seconds: "
            "604800, cause_longest_seconds: 604800 }\n";
        world = std::make_unique<Rehearsal>(folder_.path() + "/seed", org);
        world->daemon.start();
        world->daemon.sync_until_quiet();
    }
    /// What an administrator does in Setup; the sandbox stands meanwhile.
    void set_length(int length) {
        world->sandbox.kill_now();
        sqlite3* file = nullptr;
        const std::string path = world->folder.path() + "/vendors/sandbox.db";
        ASSERT_EQ(sqlite3_open_v2(path.c_str(), &file, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
        const std::string sql =
            "UPDATE sandbox_custom_field SET length = " + std::to_string(length) +
            " WHERE object = 'Contact' AND name = 'Duet_Dev_Team__c'";
        EXPECT_EQ(sqlite3_exec(file, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        EXPECT_EQ(sqlite3_changes(file), 1);
        sqlite3_close(file);
        world->sandbox.start();
        move_clock(now_);
    }
    void move_clock(const std::string& now) {
        now_ = now;
        world->vendors.must("POST", "/sandbox/clock", {{"now", now}});
        ASSERT_EQ(world->daemon.ask("clock", {{"now", now}}).value("done", false), true);
    }
    void set_job_title(const char* title) {
        const auto rows =
            world->vendors.collection("prospects", "id,email", std::string("email=") + kAda);
        const std::string id = rows.at(0)["id"].is_string() ? rows.at(0)["id"].get<std::string>()
                                                            : rows.at(0)["id"].dump();
        world->vendors.must("PATCH", "/api/v5/objects/prospects/" + id, {{"jobTitle", title}});
    }
    json team() {
        return world->vendors
            .query(std::string("SELECT Duet_Dev_Team__c FROM Contact WHERE Email = '") + kAda + "'")
            .at(0)["Duet_Dev_Team__c"];
    }
    int put_aside() { return world->daemon.ask("status")["orgs"][0]["quarantine"]; }

    TemporaryFolder folder_;
    std::string now_ = kRehearsalStart;
    std::unique_ptr<Rehearsal> world;
};

TEST_F(Mended, AFieldThatWasTooShortIsWrittenWithinTheHourAfterItWasMadeLonger) {
    ASSERT_EQ(team(), "Buyer");
    set_length(8);
    move_clock("2018-01-02T09:10:00Z");
    set_job_title("Team Phoenix");
    world->daemon.sync();
    ASSERT_EQ(put_aside(), 1);
    EXPECT_EQ(team(), "Buyer");

    set_length(100);
    move_clock("2018-01-02T09:30:00Z");
    world->daemon.sync();
    EXPECT_EQ(put_aside(), 1) << "it is described once an hour";
    move_clock("2018-01-02T10:15:00Z");
    world->daemon.sync_until_quiet();
    EXPECT_EQ(put_aside(), 0);
    EXPECT_EQ(team(), "Team Phoenix");
}

}  // namespace
}  // namespace duet::world
