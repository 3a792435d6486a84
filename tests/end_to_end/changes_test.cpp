#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

/// Both clocks move on together: the vendors' and the daemon's.
void move_clock(Rehearsal& world, const std::string& now) {
    world.vendors.must("POST", "/sandbox/clock", {{"now", now}});
    ASSERT_EQ(world.daemon.ask("clock", {{"now", now}}).value("done", false), true);
}

json contact(VendorClient& vendors, const std::string& email) {
    const auto rows = vendors.query(
        "SELECT Id, Title, Phone, HasOptedOutOfEmail FROM Contact WHERE Email = '" + email + "'");
    return rows.size() == 1 ? rows.front() : json(rows);
}

std::vector<json> prospects(VendorClient& vendors, const std::string& email) {
    return vendors.collection("prospects", "id,email,jobTitle,phone,optedOut,isDeleted",
                              "email=" + email);
}

json prospect(VendorClient& vendors, const std::string& email) {
    const auto rows = prospects(vendors, email);
    return rows.size() == 1 ? rows.front() : json(rows);
}

void set_contact(VendorClient& vendors, const std::string& email, const json& fields) {
    vendors.must("PATCH",
                 kObjects + ("Contact/" + contact(vendors, email)["Id"].get<std::string>()),
                 fields);
}

void set_prospect(VendorClient& vendors, const std::string& email, const json& fields) {
    vendors.must(
        "PATCH",
        "/api/v5/objects/prospects/" + prospect(vendors, email)["id"].dump() + "?fields=id",
        fields);
}

class ChangesTest : public testing::Test {
protected:
    ChangesTest() { write_small_seed(seed(), "acme"); }
    [[nodiscard]] std::string seed() const { return folder_.path() + "/seed"; }

    /// The default documents, with one text of people.yaml replaced by another.
    std::string documents_with(const std::string& before, const std::string& after) {
        const std::string documents = folder_.path() + "/documents";
        std::filesystem::copy(default_documents(), documents);
        std::string text = read_text(documents + "/people.yaml");
        const auto at = text.find(before);
        EXPECT_NE(at, std::string::npos);
        write_text(documents + "/people.yaml", text.replace(at, before.size(), after));
        return documents;
    }

    TemporaryFolder folder_;
};

TEST_F(ChangesTest, EditsOnEitherSideArriveInOneSyncAndAreExplained) {
    Rehearsal world(seed());
    world.daemon.start();
    world.daemon.sync_until_quiet();
    move_clock(world, "2018-01-02T09:30:00Z");
    set_contact(world.vendors, "contact1@acme.example", {{"Title", "Head of Tests"}});
    set_prospect(world.vendors, "contact2@acme.example", {{"phone", "555-7777"}});
    const json report = world.daemon.sync();
    EXPECT_EQ(report["planned"], 2) << report;
    EXPECT_EQ(prospect(world.vendors, "contact1@acme.example")["jobTitle"], "Head of Tests");
    EXPECT_EQ(contact(world.vendors, "contact2@acme.example")["Phone"], "555-7777");

    const Finished told = world.daemon.duet({"explain", "contact1@acme.example"});
    EXPECT_EQ(told.code, 0) << told.error;
    EXPECT_NE(told.out.find("jobTitle of pardot prospect 6001 was set from \"Buyer\" to \"Head of "
                            "Tests\" by rule"),
              std::string::npos)
        << told.out;
    const Finished nobody = world.daemon.duet({"explain", "nobody@acme.example"});
    EXPECT_EQ(nobody.code, 1);
    EXPECT_NE(nobody.error.find("DUET-6010"), std::string::npos) << nobody.error;

    const json after = world.daemon.sync();
    EXPECT_EQ(after["written"], 0) << "our own writes came back as changes: " << after;
}

TEST_F(ChangesTest, ClearedValuesTravelOnlyWhereTheRuleLetsThem) {
    RehearsalOrg org;
    org.documents =
        documents_with("pardot: jobTitle\n", "pardot: jobTitle\n    blank: propagate\n");
    Rehearsal world(seed(), org);
    world.daemon.start();
    world.daemon.sync_until_quiet();
    const json before = prospect(world.vendors, "contact1@acme.example");
    ASSERT_EQ(before["jobTitle"], "Buyer");
    ASSERT_EQ(before["phone"], "555-0101");
    move_clock(world, "2018-01-02T09:30:00Z");
    set_contact(world.vendors, "contact1@acme.example", {{"Title", nullptr}, {"Phone", nullptr}});
    world.daemon.sync_until_quiet();
    const json after = prospect(world.vendors, "contact1@acme.example");
    EXPECT_TRUE(after["jobTitle"].is_null()) << after;
    EXPECT_EQ(after["phone"], "555-0101");
}

TEST_F(ChangesTest, DeletedPeopleAreNeitherRevivedNorTakenFromTheOtherSide) {
    Rehearsal world(seed());
    world.daemon.start();
    world.daemon.sync_until_quiet();
    move_clock(world, "2018-01-02T09:30:00Z");
    const std::string gone_contact = "contact3@acme.example";
    const std::string gone_prospect = "contact4@acme.example";
    const json id = contact(world.vendors, gone_contact)["Id"];
    world.vendors.must("DELETE", kObjects + ("Contact/" + id.get<std::string>()));
    world.vendors.must("DELETE", "/api/v5/objects/prospects/" +
                                     prospect(world.vendors, gone_prospect)["id"].dump());
    world.daemon.sync_until_quiet();
    EXPECT_EQ(prospect(world.vendors, gone_contact)["isDeleted"], false);
    EXPECT_TRUE(
        world.vendors.query("SELECT Id FROM Lead WHERE Email = '" + gone_contact + "'").empty());
    EXPECT_TRUE(contact(world.vendors, gone_prospect).is_object());
    for (const json& row : prospects(world.vendors, gone_prospect))
        EXPECT_EQ(row["isDeleted"], true) << row;
}

TEST_F(ChangesTest, AnOptOutOnEitherSideIsOneOnBothAndStaysSo) {
    Rehearsal world(seed());
    world.daemon.start();
    world.daemon.sync_until_quiet();
    move_clock(world, "2018-01-02T09:30:00Z");
    set_contact(world.vendors, "contact1@acme.example", {{"HasOptedOutOfEmail", true}});
    set_prospect(world.vendors, "contact2@acme.example", {{"optedOut", true}});
    world.daemon.sync_until_quiet();
    for (const char* email : {"contact1@acme.example", "contact2@acme.example"}) {
        EXPECT_EQ(contact(world.vendors, email)["HasOptedOutOfEmail"], true) << email;
        EXPECT_EQ(prospect(world.vendors, email)["optedOut"], true) << email;
    }

    // The one way back, and its story.
    const Finished allowed =
        world.daemon.duet({"consent", "allow", "contact1@acme.example", "--field",
                           "HasOptedOutOfEmail", "--because", "wrote to us on 2 January"});
    EXPECT_EQ(allowed.code, 0) << allowed.error;
    world.daemon.sync_until_quiet();
    EXPECT_EQ(contact(world.vendors, "contact1@acme.example")["HasOptedOutOfEmail"], false);
    EXPECT_EQ(prospect(world.vendors, "contact1@acme.example")["optedOut"], false);
    EXPECT_EQ(prospect(world.vendors, "contact2@acme.example")["optedOut"], true);
    const Finished told = world.daemon.duet({"explain", "contact1@acme.example"});
    EXPECT_NE(told.out.find("let the person back in: wrote to us on 2 January"), std::string::npos)
        << told.out;
}

/// What comes of the small seed when nothing disturbs Duet, beside a world that was disturbed.
class DisturbedTest : public ChangesTest {
protected:
    const Everything& expected() {
        if (expected_.empty()) {
            Rehearsal quiet(seed());
            seeded_ = all_ids(quiet.vendors);
            quiet.daemon.start();
            quiet.daemon.sync_until_quiet();
            expected_ = everything(quiet.vendors, seeded_);
        }
        return expected_;
    }
    std::string what_differs(Rehearsal& world) {
        const Everything& wanted = expected();
        return differences(wanted, everything(world.vendors, seeded_));
    }

    Everything expected_;
    SeededIds seeded_;
};

TEST_F(DisturbedTest, ALostAnswerLeavesExactlyOneRecord) {
    const std::pair<const char*, const char*> kWrites[] = {
        {"POST", "/prospects/do/upsertLatestByEmail"},
        {"PATCH", "/composite/sobjects"},
        {"PATCH", "/composite/sobjects/Lead/"},
        {"PATCH", "/objects/prospects/"},
        {"POST", "/objects/list-memberships"}};
    for (const auto& [method, path] : kWrites) {
        SCOPED_TRACE(testing::Message() << method << " " << path);
        Rehearsal world(seed());
        world.vendors.must("POST", "/sandbox/faults",
                           {{"method", method}, {"path", path}, {"drop_after", true}});
        world.daemon.start();
        const json last = world.daemon.sync_until_quiet();
        EXPECT_EQ(world.vendors.must("GET", "/sandbox/faults")["waiting"], 0) << "never sent";
        EXPECT_EQ(last["still_dirty"], 0) << last;
        EXPECT_EQ(what_differs(world), "");
    }
}

TEST_F(DisturbedTest, ExpiredTokensCostNothingButASignIn) {
    Rehearsal world(seed());
    world.vendors.must("POST", "/sandbox/faults",
                       {{"path", "/"}, {"times", 1000}, {"delay_ms", 10}});
    world.daemon.start();
    const std::int64_t first = world.vendors.calls();
    for (int i = 1; i <= 3; ++i) {
        eventually([&] { return world.vendors.calls() >= first + 15 * i; });
        world.vendors.must("POST", "/sandbox/expire-tokens");
    }
    world.vendors.must("DELETE", "/sandbox/faults");
    world.daemon.sync_until_quiet();
    EXPECT_EQ(what_differs(world), "");
}

TEST_F(DisturbedTest, AnOutageInMidCycleLosesNothingAndIsReported) {
    Rehearsal world(seed());
    world.vendors.must("POST", "/sandbox/faults",
                       {{"method", "PATCH"}, {"path", "/objects/prospects/"}, {"delay_ms", 5000}});
    world.daemon.start();
    ASSERT_TRUE(
        eventually([&] { return world.vendors.must("GET", "/sandbox/faults")["waiting"] == 0; }));
    world.sandbox.kill_now();
    const json down = world.daemon.ask("sync");
    ASSERT_TRUE(down.is_object()) << world.daemon.log();
    EXPECT_NE(down.dump().find("refused"), std::string::npos) << down;
    EXPECT_NE(world.daemon.log().find("A side took no more writes"), std::string::npos);
    EXPECT_TRUE(world.daemon.process().runs());
    world.sandbox.start();
    world.daemon.sync_until_quiet();
    EXPECT_EQ(what_differs(world), "");
}

TEST_F(ChangesTest, TwoOrgsWithEqualIdsShareNothing) {
    const std::string other_seed = folder_.path() + "/other-seed";
    write_small_seed(other_seed, "bolt");
    Rehearsal world(seed());
    SandboxProcess other(folder_.path() + "/other", other_seed);
    VendorClient other_vendors(other.port());
    const SeededIds seeded = all_ids(other_vendors);
    RehearsalOrg acme = world.org;
    RehearsalOrg bolt = world.org;
    acme.name = "acme";
    bolt.name = "bolt";
    bolt.sandbox_url = other.url();
    world.daemon.write_config({acme, bolt});
    world.daemon.start();
    for (const char* org : {"acme", "bolt"}) world.daemon.sync_until_quiet(org);

    const auto all_text = [](const Everything& all) {
        std::string text;
        for (const auto& [object, rows] : all) {
            for (const auto& [name, fields] : rows) {
                text += name + "\n";
                for (const auto& [field, value] : fields) text += value + "\n";
            }
        }
        return text;
    };
    const std::string ours = all_text(everything(world.vendors, seeded));
    const std::string theirs = all_text(everything(other_vendors, seeded));
    EXPECT_NE(ours.find("prospect6@acme.example"), std::string::npos);
    EXPECT_NE(theirs.find("prospect6@bolt.example"), std::string::npos);
    EXPECT_EQ(ours.find("bolt"), std::string::npos);
    EXPECT_EQ(theirs.find("acme"), std::string::npos);
    EXPECT_EQ(world.daemon.duet({"explain", "contact1@bolt.example", "--org", "acme"}).code, 1);
    EXPECT_EQ(world.daemon.duet({"explain", "contact1@bolt.example", "--org", "bolt"}).code, 0);
}

}  // namespace
}  // namespace duet::world
