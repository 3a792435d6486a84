// Whom the steps of a routing find: over the real store, against two fakes.
#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/world/lifecycle_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kPeopleOfSteps = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: LastName, pardot: lastName, winner: pardot }
  - { salesforce: Email, pardot: email, winner: salesforce }
rollups:
  - name: Deal_Owner
    of: OpportunityContactRole
    where: NOT(Opportunity.IsClosed)
    function: LAST
    field: Opportunity.OwnerId
    order_by: Opportunity.CreatedDate
create:
  pardot: { when: NOT(ISBLANK(Email)), object: prospect, key: email }
)";

constexpr const char* kAccountsOfSteps = R"(entity: account
match: []
objects: { salesforce: Account, pardot: [] }
)";

constexpr const char* kRoutingSteps = R"(routing:
  - name: hot
    objects: [Lead, Contact]
    trigger: Prospect.score >= 100
    away_when: On_Leave__c
    open_when: NOT(ISBLANK(Company))
    rules:
      - { name: account, owner_from: Account.OwnerId, owner_when: 'Role__c <> "CSM"' }
      - { name: deal, owner_from: Rollup.Deal_Owner }
      - name: domain
        leads_by_domain: { lead: Lead, email: Email, website: Website, public_domains: [mail.example] }
      - name: turns
        round_robin: [{ user: ann@example.com, capacity: 1 }, bo@example.com]
)";

void add_fields_of_steps(PerSide<Catalog>& catalogs) {
    add_lifecycle_objects(catalogs);
    for (ObjectInfo& known : catalogs.crm.objects) {
        if (known.name == "Account" || known.name == "Opportunity")
            known.fields.push_back(made_field("OwnerId", FieldType::Id, "User", "Owner"));
        if (known.name == "Account") known.fields.push_back(made_field("Website"));
        if (known.name != "User") continue;
        known.fields.push_back(made_field("On_Leave__c", FieldType::Boolean));
        known.fields.push_back(made_field("Role__c"));
    }
}

WorldOptions with_steps() {
    WorldOptions made;
    made.documents = {{"people.yaml", kPeopleOfSteps},
                      {"accounts.yaml", kAccountsOfSteps},
                      {"routing.yaml", kRoutingSteps}};
    made.adjust_catalogs = add_fields_of_steps;
    return made;
}

class RoutingSteps : public testing::Test {
protected:
    RoutingSteps() : world(with_steps()) {
        for (const char* name : {"ann", "bo", "cy", "di"}) {
            Fields fields;
            fields.set("Name", text(name));
            fields.set("Email", text(std::string(name) + "@example.com"));
            fields.set("IsActive", Value{true});
            fields.set("On_Leave__c", Value{false});
            users[name] = world.crm().add("User", std::move(fields));
        }
    }

    std::string account(const std::string& owner, const std::string& website) {
        Fields fields;
        fields.set("Name", text("Acme"));
        fields.set("Website", text(website));
        fields.set("OwnerId", text(users.at(owner)));
        return world.crm().add("Account", std::move(fields));
    }

    RecordId person(const std::string& object, const std::string& email,
                    const std::string& account = {}) {
        Fields fields;
        fields.set("Email", text(email));
        fields.set("LastName", text("Doe"));
        if (object == "Lead") fields.set("Company", text("Acme"));
        if (!account.empty()) fields.set("AccountId", text(account));
        fields.set("OwnerId", text("005000000000009AAA"));
        return {object, world.crm().add(object, std::move(fields))};
    }

    void deal(const RecordId& contact, const std::string& owner, const char* made,
              bool closed = false) {
        Fields fields;
        fields.set("OwnerId", text(users.at(owner)));
        fields.set("IsClosed", Value{closed});
        fields.set("CreatedDate", Value{*parse_instant(made)});
        const std::string key = world.crm().add("Opportunity", std::move(fields));
        Fields role;
        role.set("OpportunityId", text(key));
        role.set("ContactId", text(contact.key));
        world.crm().add("OpportunityContactRole", std::move(role));
    }

    /// Who has the record once its score passed the level.
    std::string routed(const RecordId& who) {
        const std::string email = display(world.crm().value(who, "Email"));
        settle();
        world.marketing().edit(world.with_email(Side::Marketing, email), "score",
                               Value{Decimal{10}});
        settle();
        world.marketing().edit(world.with_email(Side::Marketing, email), "score",
                               Value{Decimal{120}});
        settle();
        const Value id = world.crm().value(who, "OwnerId");
        for (const auto& [name, key] : users) {
            if (id == text(key)) return name;
        }
        return "as before";
    }

    void settle() {
        world.clock.pass(180s);
        world.run_until_quiet();
    }

    World world;
    std::map<std::string, std::string> users;
};

TEST_F(RoutingSteps, AContactGoesToTheAccountsOwnerUnlessTheRoleMayNotWorkIt) {
    const std::string acme = account("cy", "acme.example");
    EXPECT_EQ(routed(person("Contact", "ada@acme.example", acme)), "cy");
    world.crm().edit({"User", users["cy"]}, "Role__c", text("CSM"));
    EXPECT_EQ(routed(person("Contact", "eve@acme.example", acme)), "ann");
}

TEST_F(RoutingSteps, ThenToWhoHasTheLatestOpenDeal) {
    const RecordId ada = person("Contact", "ada@acme.example");
    deal(ada, "bo", "2017-05-01T09:00:00Z");
    deal(ada, "cy", "2017-06-01T09:00:00Z");
    deal(ada, "di", "2017-07-01T09:00:00Z", true);
    EXPECT_EQ(routed(ada), "cy");
}

TEST_F(RoutingSteps, ALeadGoesToTheOwnerOfTheOnlyAccountWithItsDomain) {
    account("cy", "https://www.acme.example/home");
    account("cy", "mail.example");
    EXPECT_EQ(routed(person("Lead", "lee@acme.example")), "cy");
    EXPECT_EQ(routed(person("Lead", "lee@mail.example")), "ann") << "a public domain";
    account("di", "acme.example");
    EXPECT_EQ(routed(person("Lead", "lou@acme.example")), "bo") << "two accounts have it";
}

TEST_F(RoutingSteps, WhoIsOnLeaveGetsNothingAndComesBackInTurn) {
    world.crm().edit({"User", users["ann"]}, "On_Leave__c", Value{true});
    EXPECT_EQ(routed(person("Lead", "a@other.example")), "bo");
    EXPECT_EQ(routed(person("Lead", "b@other.example")), "bo");
    world.crm().edit({"User", users["ann"]}, "On_Leave__c", Value{false});
    EXPECT_EQ(routed(person("Lead", "c@other.example")), "ann");
}

// A contact has no company of its own: what decides over a capacity is blank there.
TEST_F(RoutingSteps, OneCapacityIsCountedOverLeadsAndContacts) {
    const RecordId contact = person("Contact", "ada@other.example");
    EXPECT_EQ(routed(contact), "ann");
    EXPECT_EQ(routed(person("Lead", "a@other.example")), "bo");
    EXPECT_EQ(routed(person("Lead", "b@other.example")), "ann") << "the contact does not count";
    EXPECT_EQ(routed(person("Lead", "c@other.example")), "bo") << "one lead is all that ann has";
    EXPECT_EQ(routed(person("Lead", "d@other.example")), "bo");
}

}  // namespace
}  // namespace duet::world
