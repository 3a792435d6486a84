// What an administrator mends at the vendor frees what waited for it, by itself.
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kEmail = "contact1@acme.example";

/// `unknown_option`: what the rule does with a reason that the picklist does not have.
std::string people(const char* unknown_option) {
    return fmt::format(R"(entity: person
match: [crm_id, email]
fields:
  - {{ salesforce: Email, pardot: email }}
  - {{ salesforce: LastName, pardot: lastName }}
  - {{ salesforce: {{ contact: Reject_Reason__c }}, pardot: jobTitle, direction: to_salesforce, unknown_option: {} }}
)",
                       unknown_option);
}

class Mended : public testing::TestWithParam<const char*> {
protected:
    Mended() {
        write_small_seed(folder_.path() + "/seed", "acme");
        RehearsalOrg org;
        org.documents = folder_.path() + "/rules";
        std::filesystem::create_directories(org.documents);
        write_text(org.documents + "/people.yaml", people(GetParam()));
        // No try falls due by itself while the test looks.
        org.more =
            "    retry: { first_seconds: 86000, refused_first_seconds: 86400, longest_seconds: "
            "604800, cause_longest_seconds: 604800 }\n";
        world = std::make_unique<Rehearsal>(folder_.path() + "/seed", org);
        world->daemon.start();
        world->daemon.sync_until_quiet();
    }
    void pass_to(const char* now) {
        world->vendors.must("POST", "/sandbox/clock", {{"now", now}});
        ASSERT_EQ(world->daemon.ask("clock", {{"now", now}}).value("done", false), true);
        world->daemon.sync_until_quiet();
    }
    void allow(const json& reasons) {
        world->vendors.must(
            "POST", "/sandbox/salesforce/field",
            {{"object", "Contact"}, {"name", "Reject_Reason__c"}, {"options", reasons}});
    }
    void set_title(const char* title) {
        const auto rows =
            world->vendors.collection("prospects", "id,email", std::string("email=") + kEmail);
        const json& id = rows.at(0).at("id");
        world->vendors.must("PATCH",
                            "/api/v5/objects/prospects/" +
                                (id.is_string() ? id.get<std::string>() : id.dump()) + "?fields=id",
                            {{"jobTitle", title}});
    }
    json reason() {
        return world->vendors
            .query(std::string("SELECT Reject_Reason__c FROM Contact WHERE Email = '") + kEmail +
                   "'")
            .at(0)["Reject_Reason__c"];
    }
    json org() { return world->daemon.ask("status")["orgs"][0]; }

    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world;
};

TEST_P(Mended, AnOptionThatWasMissingGoesOutWithinTheHourAfterItIsThere) {
    const bool is_sent = std::string(GetParam()) == "pass";
    set_title("No budget");
    pass_to("2018-01-02T09:10:00Z");
    EXPECT_TRUE(reason().is_null());
    EXPECT_EQ(org()["quarantine"], is_sent ? 1 : 0) << org();

    allow(json::array({"Not a fit", "No need", "Timing", "No budget"}));
    pass_to("2018-01-02T09:30:00Z");
    EXPECT_TRUE(reason().is_null()) << "both sides are described once an hour";
    pass_to("2018-01-02T10:15:00Z");
    EXPECT_EQ(reason(), "No budget");
    EXPECT_EQ(org()["quarantine"], 0);
}

INSTANTIATE_TEST_SUITE_P(WhatTheRuleSays, Mended, testing::Values("pass", "error", "quarantine"),
                         [](const auto& policy) { return std::string(policy.param); });

}  // namespace
}  // namespace duet::world
