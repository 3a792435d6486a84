#include "tests/world/acme.h"

#include <utility>

namespace duet::world {
namespace {

FieldInfo field(std::string name, FieldType type = FieldType::Text) {
    FieldInfo made;
    made.name = std::move(name);
    made.label = made.name;
    made.type = type;
    if (type == FieldType::Text) made.length = 80;
    return made;
}

FieldInfo key(std::string name) {
    FieldInfo made = field(std::move(name), FieldType::Id);
    made.creatable = made.updatable = false;
    return made;
}

FieldInfo unique_key(std::string name) {
    FieldInfo made = field(std::move(name));
    made.unique_key = true;
    return made;
}

FieldInfo reference(std::string name, std::string to, std::string relationship = {}) {
    FieldInfo made = field(std::move(name), FieldType::Id);
    made.references = {std::move(to)};
    made.relationship = std::move(relationship);
    return made;
}

ObjectInfo object(std::string name, EntityKind entity, std::vector<FieldInfo> fields) {
    ObjectInfo made;
    made.name = std::move(name);
    made.label = made.name;
    made.entity = entity;
    made.fields = std::move(fields);
    return made;
}

FieldInfo owner() {
    FieldInfo made = reference("OwnerId", "User", "Owner");
    made.references.emplace_back("Group");
    return made;
}

std::vector<FieldInfo> person_fields() {
    return {key("Id"),
            field("FirstName"),
            field("LastName"),
            field("Email"),
            field("Phone"),
            field("Title"),
            field("Department"),
            field("HasOptedOutOfEmail", FieldType::Boolean),
            field("Duet_Stage__c"),
            unique_key("Duet_Key__c"),
            owner()};
}

ObjectInfo task() {
    FieldInfo who = reference("WhoId", "Contact", "Who");
    who.references.emplace_back("Lead");
    return object(
        "Task", EntityKind::None,
        {key("Id"), who, reference("WhatId", "Account", "What"), field("Subject"),
         field("Description"), owner(), field("ActivityDate", FieldType::Date), field("Priority"),
         field("Status"), field("IsClosed", FieldType::Boolean), unique_key("Duet_Key__c")});
}

constexpr const char* kPeople = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: FirstName, pardot: firstName, winner: salesforce }
  - { salesforce: LastName, pardot: lastName, winner: pardot }
  - { salesforce: Email, pardot: email, winner: salesforce }
  - { salesforce: Phone, pardot: phone, winner: most_recent, blank: propagate }
  - { salesforce: Title, pardot: jobTitle, winner: most_recent }
  - { salesforce: Department, pardot: department, winner: salesforce, blank: fill_only }
  - { name: company, salesforce: { contact: Account.Name, lead: Company }, pardot: company, direction: to_pardot }
  - { salesforce: HasOptedOutOfEmail, pardot: optedOut, consent: strictest }
  - { name: stage, salesforce: Duet_Stage__c, pardot: duet_stage__c, direction: both, value: Duet.Stage }
create:
  pardot:
    when: NOT(ISBLANK(Email))
    object: prospect
    key: email
  salesforce:
    when: AND(NOT(ISBLANK(Prospect.email)), NOT(ISBLANK(Prospect.lastName)))
    object: Lead
    key: Duet_Key__c
)";

constexpr const char* kLists = R"(lists:
  - pardot_list: Buyers
    member_when: CONTAINS(Title, "Buyer")
    suppress_when: OR(HasOptedOutOfEmail, Prospect.optedOut)
  - pardot_list: Spring
    member_when: AND(NOT(ISBLANK(Title)), TODAY() >= DATE(2018, 3, 1))
)";

constexpr const char* kLifecycle = R"(lifecycle:
  stages:
    - { name: BUYER, rank: 20, when: 'CONTAINS(Title, "Buyer")' }
    - { name: KNOWN, rank: 10, when: "TRUE" }
)";

}  // namespace

PerSide<Catalog> acme_catalogs() {
    std::vector<FieldInfo> contact = person_fields();
    contact.push_back(reference("AccountId", "Account", "Account"));
    std::vector<FieldInfo> lead = person_fields();
    lead.push_back(field("Company"));
    PerSide<Catalog> catalogs;
    catalogs.crm.objects = {
        object("Account", EntityKind::Account, {key("Id"), field("Name"), field("Type")}),
        object("Contact", EntityKind::Person, std::move(contact)),
        object("Lead", EntityKind::Person, std::move(lead)),
        task(),
        object("User", EntityKind::None,
               {key("Id"), field("Name"), field("Username"), field("Email"),
                field("IsActive", FieldType::Boolean)}),
        object("Group", EntityKind::None,
               {key("Id"), field("Name"), field("Email"), field("Type")})};
    catalogs.marketing.objects = {
        object("prospect", EntityKind::Person,
               {key("id"), field("email"), field("score", FieldType::Number), field("firstName"),
                field("lastName"), field("phone"), field("jobTitle"), field("department"),
                field("company"), field("optedOut", FieldType::Boolean), field("duet_stage__c"),
                field("salesforceContactId"), field("salesforceLeadId")}),
        object("list", EntityKind::None, {key("id"), field("name")}),
        object("list-membership", EntityKind::None,
               {key("id"), reference("listId", "list"), reference("prospectId", "prospect"),
                field("optedOut", FieldType::Boolean)})};
    return catalogs;
}

std::vector<document::Source> acme_documents() {
    return {{"people.yaml", kPeople}, {"lists.yaml", kLists}, {"lifecycle.yaml", kLifecycle}};
}

}  // namespace duet::world
