#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/world/lifecycle_world.h"
#include "tests/world/world.h"

namespace duet::world {

/// Deals of accounts, and fields for what they come to.
inline void add_customer_objects(PerSide<Catalog>& catalogs) {
    using enum FieldType;
    for (ObjectInfo& known : catalogs.crm.objects) {
        if (known.name != "Account") continue;
        known.entity = EntityKind::Account;
        known.fields.push_back(made_field("Code__c", Number));
        known.fields.push_back(made_field("Class__c"));
        known.fields.push_back(made_field("Thresholds__c", Date));
    }
    ObjectInfo deal;
    deal.name = deal.label = "Opportunity";
    deal.entity = EntityKind::Opportunity;
    FieldInfo key = made_field("Id", Id);
    key.creatable = key.updatable = false;
    deal.fields = {key,
                   made_field("AccountId", Id, "Account", "Account"),
                   made_field("IsWon", Boolean),
                   made_field("IsClosed", Boolean),
                   made_field("Lapsed__c", Boolean),
                   made_field("Lapsed_On__c", Date),
                   made_field("CreatedDate", DateTime),
                   made_field("CloseDate", Date),
                   made_field("Amount", Currency),
                   made_field("Probability__c", Number)};
    catalogs.crm.objects.push_back(std::move(deal));
}

/// Customers by what they bought, and deals by what others came to. `window_months` 0: all.
inline WorldOptions of_customers(int window_months = 24) {
    WorldOptions options;
    options.documents = {
        {"people.yaml",
         "entity: person\nmatch: [crm_id, email]\n"
         "fields:\n  - { salesforce: LastName, pardot: lastName, winner: pardot }\n"},
        {"accounts.yaml",
         "entity: account\nmatch: [crm_id]\nobjects: { salesforce: [Account], pardot: [] }\n"
         "fields:\n"
         "  - { name: code, salesforce: Code__c, value: 'BLANKVALUE(Rfm.Code, 0)' }\n"
         "  - { name: class, salesforce: Class__c, value: 'BLANKVALUE(Rfm.Class, \"None\")' }\n"
         "  - { name: date, salesforce: Thresholds__c, value: Rfm.Date, blank: propagate }\n"},
        {"opportunities.yaml",
         "entity: opportunity\nmatch: [crm_id]\n"
         "objects: { salesforce: [Opportunity], pardot: [] }\n"
         "fields:\n"
         "  - { salesforce: Probability__c, value: Behaviour.Win_Probability }\n"},
        {"rfm.yaml",
         "rfm:\n  purchases:\n"
         "    - { object: Opportunity, where: IsWon, day: CloseDate, amount: Amount }\n"
         "  window_months: " +
             std::to_string(window_months) + "\n"},
        {"behaviour.yaml",
         "behaviour:\n  types: [AccountId]\n  account: AccountId\n  created: CreatedDate\n"
         "  closed: IF(IsClosed, CloseDate, NULL)\n  won: IsWon\n  value: Amount\n"}};
    options.adjust_catalogs = add_customer_objects;
    return options;
}

inline std::string add_account(World& world, const std::string& name) {
    Fields fields;
    fields.set("Name", text(name));
    return world.crm().add("Account", std::move(fields));
}

/// `closed`: a deal that is open is to be closed then.
inline std::string add_deal(World& world, const std::string& account, Date closed, int amount,
                            bool is_closed = true, bool is_won = true) {
    Fields fields;
    fields.set("AccountId", text(account));
    fields.set("IsWon", Value{is_won});
    fields.set("IsClosed", Value{is_closed});
    fields.set("CreatedDate", Value{DateTime{closed - std::chrono::days{30}}});
    fields.set("CloseDate", Value{closed});
    fields.set("Amount", Value{Decimal{amount}});
    return world.crm().add("Opportunity", std::move(fields));
}

}  // namespace duet::world
