#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

WorldOptions options(const std::string& more = "") {
    WorldOptions made;
    made.documents = {{"people.yaml", R"(entity: person
match: [email]
fields:
  - { salesforce: Email, pardot: email }
  - { salesforce: LastName, pardot: lastName }
  - { salesforce: Phone, pardot: phone, winner: most_recent, otherwise: salesforce }
  - { salesforce: Title, pardot: jobTitle, blank: propagate }
  - { salesforce: { contact: Account.Name }, pardot: company, direction: to_pardot, blank: propagate }
)" + more}};
    return made;
}

class Evidence : public testing::Test {
protected:
    explicit Evidence(WorldOptions with = options()) : world(std::move(with)) {
        contact = {"Contact", world.add_contact(kAda, "Lovelace")};
        prospect = {"prospect", world.add_prospect(kAda, "Lovelace")};
        world.crm().edit(contact, "Phone", text("1"));
        world.marketing().edit(prospect, "phone", text("1"));
        world.run_until_quiet();
    }
    /// Reads, plans, and writes nothing: a conflict may grow.
    void look() {
        EXPECT_TRUE(world.store().set_mode("acme", store::Mode::Plan));
        world.clock.pass(10min);
        world.run_cycle();
        world.clock.pass(10min);
        world.run_cycle();
    }
    void settle() {
        EXPECT_TRUE(world.store().set_mode("acme", store::Mode::Apply));
        world.run_until_quiet();
    }
    std::string cause() {
        const auto id = world.store().entity_of("acme", kCrm, contact);
        const auto rows = world.store().audit_of("acme", **id, 50);
        for (const store::AuditRow& row : *rows) {
            if (row.rule == "phone") return row.cause;
        }
        return "";
    }

    static constexpr const char* kAda = "ada@example.com";
    World world;
    RecordId contact;
    RecordId prospect;
};

TEST_F(Evidence, TheLaterOfTwoChangesThatReadsTellApartWins) {
    world.crm().edit(contact, "Phone", text("2"));
    look();
    world.marketing().edit(prospect, "phone", text("3"));
    look();
    settle();
    EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text("3"));
    EXPECT_NE(cause().find("the later one"), std::string::npos) << cause();
    EXPECT_NE(cause().find("by Duet's clock"), std::string::npos) << cause();
}

TEST_F(Evidence, ChangesBetweenTheSameReadsFallToTheNamedSideWhateverTheirStamps) {
    world.crm().edit(contact, "Phone", text("2"));
    world.clock.pass(60s);
    world.marketing().edit(prospect, "phone", text("3"));
    world.clock.pass(2min);  // reads lag behind
    settle();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("2"));
    EXPECT_NE(cause().find("cannot be told"), std::string::npos) << cause();
    EXPECT_NE(cause().find("the rule lets salesforce win"), std::string::npos) << cause();
}

TEST_F(Evidence, AnotherFieldsChangeAndDuetsOwnWriteAreNone) {
    world.marketing().edit(prospect, "phone", text("3"));
    look();
    world.crm().edit(contact, "Phone", text("2"));
    look();
    // The prospect gets a new stamp from somebody's edit of another field.
    world.marketing().edit(prospect, "firstName", text("Ada"));
    look();
    settle();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("2"));
    EXPECT_NE(cause().find("the later one"), std::string::npos) << cause();
}

TEST_F(Evidence, SurvivesARestart) {
    world.crm().edit(contact, "Phone", text("2"));
    look();
    world.restart();
    world.marketing().edit(prospect, "phone", text("3"));
    look();
    world.restart();
    settle();
    EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text("3"));
}

TEST_F(Evidence, AFieldThatBecomesUnreadableClearsNothingAndTheOthersGoOn) {
    world.crm().edit(contact, "Title", text("Countess"));
    settle();
    ASSERT_EQ(world.value(kMarketing, kAda, "jobTitle"), text("Countess"));
    world.crm().hides_field("Title");
    world.crm().edit(contact, "Phone", text("5"));
    settle();
    EXPECT_EQ(world.value(kMarketing, kAda, "jobTitle"), text("Countess"));
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5"));
    // It can be read again, and somebody cleared it meanwhile.
    world.crm().hides_field("");
    world.crm().edit(contact, "Title", Value{});
    settle();
    EXPECT_EQ(world.value(kMarketing, kAda, "jobTitle"), Value{});
}

TEST_F(Evidence, AParentThatDuetCannotSeeClearsNothing) {
    Fields fields;
    fields.set("Name", text("Analytical Engines"));
    const std::string account = world.crm().add("Account", std::move(fields));
    world.crm().edit(contact, "AccountId", text(account));
    settle();
    ASSERT_EQ(world.value(kMarketing, kAda, "company"), text("Analytical Engines"));
    world.crm().edit(contact, "AccountId", text("001000000000999AAA"));
    settle();
    EXPECT_EQ(world.value(kMarketing, kAda, "company"), text("Analytical Engines"));
    world.crm().edit(contact, "AccountId", Value{});
    settle();
    EXPECT_EQ(world.value(kMarketing, kAda, "company"), Value{}) << "taken off its account";
}

/// The CRM tells who changed a record last.
class MachineEvidence : public Evidence {
protected:
    MachineEvidence() : Evidence(with_users()) {}
    static WorldOptions with_users() {
        WorldOptions made = options("integration_users: { salesforce: [\"0051\"] }\n");
        made.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
            for (ObjectInfo& object : catalogs.crm.objects) {
                FieldInfo user;
                user.name = "LastModifiedById";
                object.fields.push_back(user);
            }
        };
        return made;
    }
};

TEST_F(MachineEvidence, WhatAnIntegrationUserChangedProvesNothing) {
    world.marketing().edit(prospect, "phone", text("3"));
    look();
    // Reads tell that the CRM's change was later, but the native connector made it.
    world.crm().edit(contact, "LastModifiedById", text("0051"));
    world.crm().edit(contact, "Phone", text("2"));
    look();
    settle();
    EXPECT_NE(cause().find("an integration user"), std::string::npos) << cause();
    EXPECT_NE(cause().find("cannot be told"), std::string::npos) << cause();
}

TEST_F(MachineEvidence, WhoChangedARecordIsNoChangeOfIt) {
    world.crm().edit(contact, "LastModifiedById", text("0052"));
    const auto report = world.run_cycle();
    EXPECT_EQ(report->counts.planned, 0);
    EXPECT_EQ(report->counts.pulled, report->counts.repeats + report->counts.unchanged);
    const auto seen = world.store().seen("acme", kCrm, contact);
    EXPECT_EQ((*seen)->record.fields.find("LastModifiedById"), nullptr);
}

}  // namespace
}  // namespace duet::world
