// Leads that count to the account with their domain: over the real store, against two fakes.
#include <gtest/gtest.h>

#include "tests/world/lifecycle_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kLeadPeople = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: LastName, pardot: lastName, winner: pardot }
  - { salesforce: Email, pardot: email, winner: salesforce }
  - { name: stage, salesforce: Duet_Stage__c, value: Duet.Stage }
create:
  pardot: { when: NOT(ISBLANK(Email)), object: prospect, key: email }
)";

constexpr const char* kLeadAccounts = R"(entity: account
match: []
objects: { salesforce: Account, pardot: [] }
fields:
  - { salesforce: Duet_Stage__c, value: Duet.Stage }
  - { salesforce: People__c, value: Duet.People }
  - { salesforce: Engagement__c, value: Score.Engagement }
)";

constexpr const char* kLeadLifecycle = R"(lifecycle:
  stages:
    - { name: Cold, rank: 1 }
    - { name: Warm, rank: 2 }
  events:
    - { name: met, object: [Lead, Contact], at: CreatedDate }
    - { name: came_by, object: { pardot: visitor-activity }, where: type = 4, at: createdAt }
  transitions:
    - { on: met, from: new, to: Cold, elsewhere: ignore }
    - { on: came_by, from: Cold, to: Warm, elsewhere: ignore }
  account:
    customer: Warm
    leads_by_domain: { lead: Lead, email: Email, website: Website, public_domains: [mail.example] }
scoring:
  points:
    - { type: form, object: { pardot: visitor-activity }, where: type = 4, time: createdAt, points: 50 }
  account:
    leads_by_domain: { lead: Lead, email: Email, website: Website, public_domains: [mail.example] }
)";

void add_websites(PerSide<Catalog>& catalogs) {
    add_lifecycle_objects(catalogs);
    for (ObjectInfo& known : catalogs.crm.objects) {
        if (known.name != "Account") continue;
        known.fields.push_back(made_field("Website"));
        known.fields.push_back(made_field("People__c", FieldType::Number));
        known.fields.push_back(made_field("Engagement__c", FieldType::Number));
    }
}

WorldOptions website_options() {
    WorldOptions options;
    options.documents = {{"people.yaml", kLeadPeople},
                         {"accounts.yaml", kLeadAccounts},
                         {"lifecycle.yaml", kLeadLifecycle}};
    options.adjust_catalogs = add_websites;
    return options;
}

class LeadsOfAccounts : public testing::Test {
protected:
    LeadsOfAccounts() : world(website_options()) {}

    std::string account(const std::string& website) {
        Fields fields;
        fields.set("Name", text("Acme"));
        fields.set("Website", text(website));
        return world.crm().add("Account", std::move(fields));
    }
    std::string lead(const std::string& email) {
        Fields fields;
        fields.set("Email", text(email));
        fields.set("LastName", text("Lind"));
        fields.set("Company", text("Acme"));
        fields.set("CreatedDate", Value{at("2017-12-01T09:00")});
        return world.crm().add("Lead", std::move(fields));
    }
    void visit(const std::string& email, const char* when) {
        Fields fields;
        fields.set("prospectId", text(world.with_email(Side::Marketing, email).key));
        fields.set("type", Value{Decimal{4}});
        fields.set("createdAt", Value{at(when)});
        world.marketing().add("visitor-activity", std::move(fields));
    }
    void settle() {
        world.clock.pass(180s);
        world.run_until_quiet();
    }
    /// Runs to the end and gives what the cycles warned of.
    std::string warnings() {
        world.clock.pass(180s);
        std::string told;
        for (int i = 0; i < 4; ++i) {
            const auto report = world.run_cycle();
            if (!report) return "died";
            for (const std::string& warning : report->warnings) told += warning + "\n";
        }
        return told;
    }
    std::string people(const std::string& account) {
        return display(world.crm().value({"Account", account}, "People__c"));
    }
    std::string stage(const std::string& account) {
        return display(world.crm().value({"Account", account}, "Duet_Stage__c"));
    }
    std::string engagement(const std::string& account) {
        return display(world.crm().value({"Account", account}, "Engagement__c"));
    }

    World world;
};

TEST_F(LeadsOfAccounts, ALeadThatComesLaterCountsAndSoDoesWhatItDoes) {
    const std::string acme = account("https://www.acme.example/");
    const std::string other = account("other.example");
    settle();
    EXPECT_EQ(people(acme), "0");
    lead("lea@ACME.example");
    settle();
    EXPECT_EQ(people(acme), "1");
    EXPECT_EQ(stage(acme), "Cold");
    EXPECT_EQ(people(other), "0");
    EXPECT_EQ(engagement(acme), "0");
    visit("lea@ACME.example", "2018-01-01T10:00");
    settle();
    EXPECT_EQ(stage(acme), "Warm");
    EXPECT_EQ(engagement(acme), "25") << "60 % of 48, in steps of five";
    EXPECT_EQ(engagement(other), "0");
}

TEST_F(LeadsOfAccounts, ALeadWithAnotherAddressCountsElsewhereAtOnce) {
    const std::string acme = account("acme.example");
    const std::string other = account("other.example");
    const std::string lea = lead("lea@acme.example");
    settle();
    ASSERT_EQ(people(acme), "1");
    world.crm().edit({"Lead", lea}, "Email", text("lea@other.example"));
    settle();
    EXPECT_EQ(people(acme), "0");
    EXPECT_EQ(people(other), "1");
    world.crm().edit({"Lead", lea}, "Email", text("lea@mail.example"));
    settle();
    EXPECT_EQ(people(other), "0") << "a public domain is nobody's";
}

TEST_F(LeadsOfAccounts, ASecondAccountWithTheDomainTakesTheLeadFromBothAndItIsTold) {
    const std::string acme = account("acme.example");
    lead("lea@acme.example");
    settle();
    ASSERT_EQ(people(acme), "1");
    const std::string twin = account("www.acme.example");
    const std::string told = warnings();
    settle();
    EXPECT_EQ(people(acme), "0");
    EXPECT_EQ(people(twin), "0");
    EXPECT_NE(told.find("DUET-5070: 2 accounts have the domain acme.example"), std::string::npos)
        << told;
    EXPECT_EQ(told.find("lea@"), std::string::npos);
    world.crm().edit({"Account", twin}, "Website", text("twin.example"));
    settle();
    EXPECT_EQ(people(acme), "1") << "the domain is one account's again";
}

TEST_F(LeadsOfAccounts, AConvertedLeadCountsOnce) {
    const std::string acme = account("acme.example");
    const std::string lea = lead("lea@acme.example");
    settle();
    ASSERT_EQ(people(acme), "1");
    const std::string contact = world.crm().convert(lea);
    world.crm().edit({"Contact", contact}, "AccountId", text(acme));
    world.crm().edit({"Contact", contact}, "CreatedDate", Value{at("2018-01-02T00:00")});
    settle();
    EXPECT_EQ(people(acme), "1");
}

}  // namespace
}  // namespace duet::world
