// In which order the writes of one pass go out.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

constexpr const char* kPeople = R"(entity: person
match: [email]
fields:
  - { salesforce: LastName, pardot: lastName, winner: pardot }
  - { salesforce: Email, pardot: email, winner: pardot }
create:
  salesforce: { when: "TRUE", object: Contact, key: Duet_Key__c }
)";

constexpr const char* kAccounts = R"(entity: account
match:
  - name: { salesforce: Name, pardot: name }
fields:
  - { salesforce: Name, pardot: name, winner: pardot }
create:
  salesforce: { when: "TRUE", object: Account, key: Duet_Key__c }
)";

FieldInfo text_field(const char* name, bool is_key = false) {
    FieldInfo made;
    made.name = made.label = name;
    made.type = FieldType::Text;
    made.length = 80;
    made.unique_key = is_key;
    return made;
}

/// A marketing system that has accounts of its own.
WorldOptions with_accounts() {
    WorldOptions options;
    options.documents = {{"people.yaml", kPeople}, {"accounts.yaml", kAccounts}};
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        for (ObjectInfo& object : catalogs.crm.objects) {
            if (object.name == "Account") object.fields.push_back(text_field("Duet_Key__c", true));
        }
        ObjectInfo account;
        account.name = account.label = "prospect-account";
        account.entity = EntityKind::Account;
        FieldInfo id = text_field("id");
        id.type = FieldType::Id;
        id.creatable = id.updatable = false;
        account.fields = {id, text_field("name")};
        catalogs.marketing.objects.push_back(account);
    };
    return options;
}

TEST(OrderOfWrites, AnAccountIsMadeBeforeAContactThatCouldReferToIt) {
    World world(with_accounts());
    ASSERT_TRUE(world.store().set_mode("acme", store::Mode::Observe));
    world.add_prospect("ada@example.com", "Lovelace");
    world.run_cycle();
    world.run_cycle();
    Fields fields;
    fields.set("name", text("Analytical Engines"));
    world.marketing().add("prospect-account", std::move(fields));
    world.clock.pass(2min);
    world.run_cycle();
    ASSERT_TRUE(world.store().set_mode("acme", store::Mode::Apply));
    // The person is known for longer, and so comes first in the plan.
    world.run_cycle();
    const auto& writes = world.crm().writes();
    ASSERT_EQ(writes.size(), 2U);
    EXPECT_EQ(writes[0].id.object, "Account");
    EXPECT_EQ(writes[1].id.object, "Contact");
    world.run_until_quiet();
    EXPECT_EQ(world.crm().records("Account").size(), 1U);
    EXPECT_EQ(world.crm().records("Contact").size(), 1U);
}

TEST(OrderOfWrites, WhatDependsOnARefusedRecordWaitsAndEverybodyElseGoesOn) {
    World world;
    world.add_list("Buyers");
    const RecordId ada{"Contact", world.add_contact(kAda)};
    const RecordId bob{"Contact", world.add_contact(kBob)};
    for (const RecordId& id : {ada, bob}) world.crm().edit(id, "Title", text("Buyer"));
    world.crm().edit(ada, "Phone", text("5550100"));
    world.marketing().rejects_field("phone", "154");
    for (int i = 0; i < 4; ++i) {
        world.clock.pass(90s);
        ASSERT_TRUE(world.run_cycle());
    }
    ASSERT_EQ(world.marketing().records("prospect").size(), 1U);
    const auto members = world.marketing().records("list-membership");
    ASSERT_EQ(members.size(), 1U);
    EXPECT_EQ(members.begin()->second.get("prospectId"),
              text(world.with_email(kMarketing, kBob).key));
    EXPECT_EQ(world.store().quarantine("acme", 10)->size(), 1U);
    world.marketing().accepts_all();
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("prospect").size(), 2U);
    EXPECT_EQ(world.marketing().records("list-membership").size(), 2U);
    EXPECT_TRUE(world.store().quarantine("acme", 10)->empty());
}

}  // namespace
}  // namespace duet::world
