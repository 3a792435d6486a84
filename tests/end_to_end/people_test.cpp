// People and their history through the real programs: explain, undo, export, erase.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kAda = "contact1@acme.example";
constexpr const char* kDiary = "DEAR-DIARY-OF-NO-RULE";

json prospect(VendorClient& vendors) {
    const auto rows = vendors.collection("prospects", "id,email,jobTitle,phone,isDeleted",
                                         std::string("email=") + kAda);
    return rows.size() == 1 ? rows.front() : json(rows);
}

std::string contact_id(VendorClient& vendors) {
    return vendors.query(std::string("SELECT Id FROM Contact WHERE Email = '") + kAda + "'")
        .at(0)["Id"];
}

void set_contact(VendorClient& vendors, const json& fields) {
    vendors.must("PATCH", "/services/data/v62.0/sobjects/Contact/" + contact_id(vendors), fields);
}

/// The files in the folder of the state, whole.
std::string stored_bytes(const DaemonProcess& daemon) {
    std::string all;
    const auto folder = std::filesystem::path(daemon.state_path()).parent_path();
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        std::ifstream in(file.path(), std::ios::binary);
        all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
}

class PeopleTest : public testing::Test {
protected:
    PeopleTest() {
        write_small_seed(folder_.path() + "/seed", "acme");
        world = std::make_unique<Rehearsal>(folder_.path() + "/seed");
        set_contact(world->vendors, {{"Description", kDiary}});
        world->daemon.start();
        world->daemon.sync_until_quiet();
    }
    /// The command must end well; what it prints as JSON.
    json duet(std::vector<std::string> arguments) {
        arguments.emplace_back("--json");
        const Finished done = world->daemon.duet(arguments);
        EXPECT_EQ(done.code, 0) << done.error << done.out;
        return json::parse(done.out, nullptr, false);
    }
    void move_clock(const std::string& now) {
        world->vendors.must("POST", "/sandbox/clock", {{"now", now}});
        ASSERT_EQ(world->daemon.ask("clock", {{"now", now}}).value("done", false), true);
    }
    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world;
};

TEST_F(PeopleTest, AChangeIsExplainedUndoneExportedAndThePersonErased) {
    ASSERT_EQ(prospect(world->vendors)["jobTitle"], "Buyer");
    move_clock("2018-01-02T09:30:00Z");
    set_contact(world->vendors, {{"Title", "Head of Tests"}});
    const std::string cycle = std::to_string(world->daemon.sync()["cycle"].get<int>());
    ASSERT_EQ(prospect(world->vendors)["jobTitle"], "Head of Tests");

    const json before =
        duet({"explain", kAda, "--field", "jobTitle", "--at", "2018-01-02T09:10:00Z"});
    EXPECT_EQ(before["entities"][0]["then"]["fields"][0]["value"], "Buyer") << before;

    move_clock("2018-01-02T09:40:00Z");
    EXPECT_GE(duet({"undo", cycle, "--dry-run"})["writes"].size(), 1U);
    EXPECT_EQ(prospect(world->vendors)["jobTitle"], "Head of Tests") << "a dry run writes nothing";
    const Finished unasked = world->daemon.duet({"undo", cycle});
    EXPECT_EQ(unasked.code, 1) << "nobody could be asked";
    const json undone = duet({"undo", cycle, "--field", "jobTitle", "--yes"});
    EXPECT_EQ(undone["done"], 1) << undone;
    EXPECT_EQ(prospect(world->vendors)["jobTitle"], "Buyer");
    move_clock("2018-01-02T09:50:00Z");
    world->daemon.sync_until_quiet();
    EXPECT_EQ(prospect(world->vendors)["jobTitle"], "Buyer");
    EXPECT_EQ(duet({"pin", "list", kAda})["pins"].size(), 1U);
    EXPECT_EQ(duet({"pin", "release", kAda})["released"].size(), 1U);
    world->daemon.sync_until_quiet();
    EXPECT_EQ(prospect(world->vendors)["jobTitle"], "Head of Tests");

    const json all = duet({"export", kAda});
    EXPECT_EQ(all["entities"][0]["records"].size(), 2U);
    EXPECT_GE(all["entities"][0]["audit"].size(), 3U);
    EXPECT_EQ(all.dump().find(kDiary), std::string::npos);
    EXPECT_EQ(stored_bytes(world->daemon).find(kDiary), std::string::npos);

    ASSERT_NE(stored_bytes(world->daemon).find(kAda), std::string::npos);
    const json receipt = duet({"erase", kAda, "--yes"});
    EXPECT_EQ(receipt["bytes_gone"], true) << receipt;
    EXPECT_NE(receipt["by"].get<std::string>().find("uid "), std::string::npos) << receipt;
    for (const std::string& part :
         {std::string(kAda), std::string("Head of Tests"), contact_id(world->vendors)}) {
        EXPECT_EQ(stored_bytes(world->daemon).find(part), std::string::npos) << part;
        EXPECT_EQ(world->daemon.log().find(kAda), std::string::npos);
    }
    move_clock("2018-01-02T10:30:00Z");
    set_contact(world->vendors, {{"Title", "Still Here"}});
    EXPECT_GE(world->daemon.sync()["filtered"].get<int>(), 1);
    EXPECT_EQ(stored_bytes(world->daemon).find("Still Here"), std::string::npos);
    EXPECT_EQ(prospect(world->vendors)["jobTitle"], "Head of Tests");
    EXPECT_EQ(duet({"erase", "--receipts"})["receipts"].size(), 1U);
}

TEST_F(PeopleTest, WritesOfOneRecordOrSinceAMomentAreUndone) {
    const auto title_of = [&](const char* email) {
        return world->vendors
            .collection("prospects", "id,email,jobTitle", std::string("email=") + email)
            .at(0)["jobTitle"];
    };
    const auto edit = [&](const char* email, const char* title) {
        const std::string id =
            world->vendors
                .query(std::string("SELECT Id FROM Contact WHERE Email = '") + email + "'")
                .at(0)["Id"];
        world->vendors.must("PATCH", "/services/data/v62.0/sobjects/Contact/" + id,
                            {{"Title", title}});
    };
    constexpr const char* kBea = "contact2@acme.example";
    const json before = title_of(kBea);
    move_clock("2018-01-02T09:30:00Z");
    edit(kAda, "Captain");
    edit(kBea, "Captain");
    world->daemon.sync_until_quiet();
    ASSERT_EQ(title_of(kAda), "Captain");
    ASSERT_EQ(title_of(kBea), "Captain");

    move_clock("2018-01-02T09:40:00Z");
    const json of_ada =
        duet({"undo", "--record", kAda, "--since", "2018-01-02T09:20:00Z", "--yes"});
    EXPECT_EQ(of_ada["done"], 1) << of_ada;
    EXPECT_EQ(title_of(kAda), "Buyer");
    EXPECT_EQ(title_of(kBea), "Captain") << "another's record stays";

    EXPECT_EQ(duet({"undo", "--since", "2018-01-02T09:50:00Z"})["writes"].size(), 0U);
    const json since =
        duet({"undo", "--since", "2018-01-02T09:20:00Z", "--field", "jobTitle", "--dry-run"});
    EXPECT_FALSE(since["writes"].empty()) << since;
    const json undone =
        duet({"undo", "--record", kBea, "--since", "2018-01-02T09:20:00Z", "--yes"});
    EXPECT_EQ(undone["done"], 1) << undone;
    EXPECT_EQ(title_of(kBea), before);
    EXPECT_EQ(world->daemon.duet({"undo", "--since", "yesterday", "--yes"}).code, 1);
    EXPECT_EQ(world->daemon.duet({"undo", "--record", "nobody@acme.example", "--yes"}).code, 1);
}

TEST_F(PeopleTest, AnUndoWaitsWhereNothingIsWritten) {
    move_clock("2018-01-02T09:30:00Z");
    set_contact(world->vendors, {{"Title", "Captain"}});
    world->daemon.sync_until_quiet();
    const std::vector<std::string> undo{"undo", "--record", kAda, "--since", "2018-01-02T09:20:00Z",
                                        "--yes"};
    ASSERT_EQ(world->daemon.duet({"mode", "observe"}).code, 1) << "the configuration names one";
    ASSERT_EQ(world->daemon.duet({"pause", "pardot", "--because", "a move"}).code, 0);
    const json paused = duet(undo);
    EXPECT_EQ(paused["done"], 0) << paused;
    EXPECT_EQ(paused["writes"][0]["outcome"], "paused") << paused;
    EXPECT_EQ(prospect(world->vendors)["jobTitle"], "Captain");
    ASSERT_EQ(world->daemon.duet({"resume", "pardot"}).code, 0);
    ASSERT_EQ(world->daemon.duet({"pause", "demo", "--because", "a move"}).code, 0);
    EXPECT_NE(world->daemon.duet(undo).code, 0) << "the whole org is paused";
    ASSERT_EQ(world->daemon.duet({"resume", "demo"}).code, 0);
    EXPECT_EQ(duet(undo)["done"], 1);
    EXPECT_EQ(prospect(world->vendors)["jobTitle"], "Buyer");
}

TEST_F(PeopleTest, WithoutADaemonTheyAreAnsweredFromTheStateAlone) {
    world->daemon.process().kill_now();
    EXPECT_EQ(duet({"explain", kAda})["entities"].size(), 1U);
    EXPECT_EQ(duet({"export", kAda})["entities"].size(), 1U);
    EXPECT_EQ(duet({"pin", "list"})["pins"].size(), 0U);
    EXPECT_EQ(duet({"erase", kAda, "--yes"})["bytes_gone"], true);
    EXPECT_EQ(stored_bytes(world->daemon).find(kAda), std::string::npos);
}

}  // namespace
}  // namespace duet::world
