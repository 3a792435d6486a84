#include <chrono>
#include <csignal>
#include <string>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

class IdentityEndToEnd : public testing::Test {
protected:
    static std::string seeded(const std::string& folder) {
        write_small_seed(folder, "acme");
        return folder;
    }
    static RehearsalOrg in_mode(const char* mode) {
        RehearsalOrg org;
        org.mode = mode;
        return org;
    }
    json record(const std::string& object, const std::string& email) {
        const auto rows =
            world.vendors.query("SELECT Id, Phone, HasOptedOutOfEmail FROM " + object +
                                " WHERE Email = '" + email + "@acme.example'");
        return rows.empty() ? json() : rows.front();
    }
    std::string id(const std::string& object, const std::string& email) {
        return record(object, email)["Id"].get<std::string>();
    }
    json prospect(const std::string& email) {
        const auto rows =
            world.vendors.collection("prospects", "id,email,phone,optedOut,isDeleted,salesforceId",
                                     "email=" + email + "@acme.example");
        return rows.empty() ? json() : rows.front();
    }
    void later() {
        minutes_ += 10;
        const std::string now = "2018-01-02T1" + std::to_string(minutes_ / 60) + ":" +
                                std::to_string(10 + minutes_ % 60 / 2) + ":00Z";
        world.vendors.must("POST", "/sandbox/clock", {{"now", now}});
        ASSERT_EQ(world.daemon.ask("clock", {{"now", now}}).value("done", false), true);
    }
    json match(const json& body) { return world.daemon.ask("match", body); }
    std::int64_t queued() { return match({{"action", "list"}})["total"].get<std::int64_t>(); }
    void set(const std::string& object, const std::string& record_id, const json& fields) {
        world.vendors.must("PATCH", kObjects + object + "/" + record_id, fields);
    }

    TemporaryFolder seed_;
    Rehearsal world{seeded(seed_.path() + "/seed"), in_mode("observe")};
    int minutes_ = 0;
};

TEST_F(IdentityEndToEnd, PeopleAreMetBeforeAnyWriteAndKeptThroughMergesConversionsAndBins) {
    world.vendors.must("POST", kObjects + std::string("Contact"),
                       {{"LastName", "Twin"}, {"Email", "prospect1@acme.example"}});
    world.vendors.must("POST", kObjects + std::string("Contact"),
                       {{"LastName", "Other"}, {"Email", "prospect1@acme.example"}});
    world.daemon.start();
    world.daemon.sync();

    // The first meeting, in mode observe: counts and samples, and nothing was written.
    const Finished shown = world.daemon.duet({"match", "report"});
    EXPECT_EQ(shown.code, 0) << shown.error;
    EXPECT_NE(shown.out.find("wait for a person"), std::string::npos) << shown.out;
    const json report = match({{"action", "report"}});
    EXPECT_EQ(report["mode"], "observe");
    EXPECT_EQ(report["loaded"], true);
    const json people = [&] {
        for (const json& entity : report["entities"])
            if (entity["entity"] == "person") return entity;
        return json();
    }();
    EXPECT_EQ(people["counts"]["linked"], 14) << people["counts"];
    EXPECT_EQ(people["counts"]["waiting"], 3);
    EXPECT_EQ(people["counts"]["salesforce"], 10);
    EXPECT_EQ(people["counts"]["pardot"], 5);
    EXPECT_EQ(people["samples"]["linked"].size(), 5u);
    EXPECT_EQ(world.daemon.ask("status")["orgs"][0]["last_cycle"]["written"], 0);

    // The queue, decided by the command; the word survives a restart and the next pull.
    const json list = json::parse(world.daemon.duet({"match", "list", "--json"}).out);
    ASSERT_EQ(list["total"], 3);
    std::string number;
    for (const json& entry : list["reviews"]) {
        if (entry["record"]["system"] == "pardot") number = std::to_string(entry["id"].get<int>());
    }
    const std::string twin = [&] {
        return world.vendors.query("SELECT Id FROM Contact WHERE LastName = 'Twin'")[0]["Id"]
            .get<std::string>();
    }();
    EXPECT_EQ(world.daemon.duet({"match", "show", number}).code, 0);
    EXPECT_EQ(world.daemon.duet({"match", "show", "999"}).code, 1);
    EXPECT_EQ(world.daemon.duet({"match", "choose", number, twin}).code, 64) << "no reason given";
    EXPECT_EQ(world.daemon.duet({"match", "choose", number, "17", "--because", "x"}).code, 1);
    const Finished chosen =
        world.daemon.duet({"match", "choose", number, twin, "--because", "called her"});
    EXPECT_EQ(chosen.code, 0) << chosen.error;
    world.daemon.process().send(SIGTERM);
    ASSERT_TRUE(world.daemon.process().wait(std::chrono::seconds{20}));
    const Finished alone = world.daemon.duet({"match", "list"});
    EXPECT_EQ(alone.code, 0) << alone.error;
    EXPECT_EQ(alone.out, "Nobody waits for a person's word.\n");
    world.org.mode = "apply";
    world.daemon.write_config({world.org});
    world.daemon.start();
    world.daemon.sync_until_quiet();
    later();
    set("Contact", twin, {{"Phone", "555-1"}});
    world.daemon.sync_until_quiet();
    EXPECT_EQ(prospect("prospect1")["phone"], "555-1");
    const Finished told = world.daemon.duet({"explain", twin});
    EXPECT_NE(told.out.find("called her"), std::string::npos) << told.out;

    // An opted-out lead is converted into a contact that the vendor leaves opted in.
    later();
    const std::string lead = id("Lead", "lead1"), contact3 = id("Contact", "contact3");
    const std::string account =
        world.vendors
            .query("SELECT AccountId FROM Contact WHERE Id = '" + contact3 + "'")[0]["AccountId"]
            .get<std::string>();
    set("Lead", lead, {{"HasOptedOutOfEmail", true}});
    world.vendors.soap("<convertLead><leadConverts><accountId>" + account +
                       "</accountId><contactId>" + contact3 +
                       "</contactId><convertedStatus>Closed - Converted</convertedStatus>"
                       "<doNotCreateOpportunity>true</doNotCreateOpportunity><leadId>" +
                       lead + "</leadId></leadConverts></convertLead>");
    EXPECT_EQ(record("Contact", "contact3")["HasOptedOutOfEmail"], false);
    // Two contacts are merged; one is deleted; a prospect goes to the bin.
    world.vendors.soap("<merge><request><masterRecord><type>Contact</type><Id>" +
                       id("Contact", "contact1") + "</Id></masterRecord><recordToMergeIds>" +
                       id("Contact", "contact2") + "</recordToMergeIds></request></merge>");
    const std::string contact4 = id("Contact", "contact4");
    world.vendors.must("DELETE", kObjects + ("Contact/" + contact4));
    const std::string binned = prospect("contact5")["id"].dump();
    world.vendors.must("DELETE", "/api/v5/objects/prospects/" + binned);
    world.daemon.sync_until_quiet();
    EXPECT_EQ(record("Contact", "contact3")["HasOptedOutOfEmail"], true);
    EXPECT_EQ(prospect("contact3")["optedOut"], true);
    EXPECT_EQ(prospect("contact5")["isDeleted"], true) << "it is not made anew";
    // The loser's prospect and the converted lead's wait: their survivors have partners.
    EXPECT_EQ(queued(), 2);

    // What was deleted comes back, and is one with its partner as before.
    later();
    set("Contact", id("Contact", "contact5"), {{"Phone", "555-5"}});
    world.vendors.must(
        "PATCH", "/api/v5/objects/prospects/" + prospect("contact4")["id"].dump() + "?fields=id",
        {{"phone", "555-4"}});
    world.vendors.soap("<undelete><ids>" + contact4 + "</ids></undelete>");
    world.vendors.must("POST", "/sandbox/pardot/undelete", {{"prospect", std::stoll(binned)}});
    world.daemon.sync_until_quiet();
    EXPECT_EQ(record("Contact", "contact4")["Phone"], "555-4");
    EXPECT_EQ(prospect("contact5")["phone"], "555-5");

    // The vendor's own connector puts a marker in place of a deleted contact's id.
    later();
    world.vendors.must("DELETE", kObjects + ("Contact/" + id("Contact", "contact6")));
    world.vendors.must("POST", "/sandbox/settings", {{"pardot.crm_deletes_bin", false}});
    world.vendors.must("POST", "/sandbox/pardot/follow-crm", json::object());
    world.daemon.sync_until_quiet();
    EXPECT_EQ(prospect("contact6")["salesforceId"], "[[crm_deleted]]");
    EXPECT_TRUE(record("Lead", "contact6").is_null()) << "no lead is made for it";
    EXPECT_EQ(world.daemon.sync()["written"], 0);
}

}  // namespace
}  // namespace duet::world
