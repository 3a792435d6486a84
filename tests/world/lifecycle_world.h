#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/world/world.h"

namespace duet::world {

/// Deals that documents ask about and write nothing to; keys may follow.
inline constexpr const char* kDealsAlone = R"(entity: opportunity
match: []
objects: { salesforce: Opportunity, pardot: [] }
)";

/// Deals that nobody cares for lapse, whoever is in them; `more`: a further key of `deals`.
inline std::string lapsing_rules(const std::string& more = "") {
    return R"(lifecycle:
  stages: [{ name: Cold, rank: 1 }, { name: Sold, rank: 2 }]
  events: [{ name: met, object: Contact, at: CreatedDate }]
  deals:
    through: OpportunityContactRole
    deal: Opportunity
    joined: CreatedDate
    created: CreatedDate
    closed: IF(IsClosed, ClosedAt__c, NULL)
    won: IsWon
    lapses: [{ name: silent, quiet_from: 60 }]
)" + more +
           R"(  transitions:
    - { on: met, from: new, to: Cold, elsewhere: ignore }
    - { on: deal_won, from: Cold, to: Sold }
)";
}

inline FieldInfo made_field(std::string name, FieldType type = FieldType::Text, std::string to = {},
                            std::string relationship = {}) {
    FieldInfo made;
    made.name = made.label = std::move(name);
    made.type = to.empty() ? type : FieldType::Id;
    if (made.type == FieldType::Text) made.length = 80;
    if (!to.empty()) made.references = {std::move(to)};
    made.relationship = std::move(relationship);
    return made;
}

/// What a lifecycle reads beside people: deals, roles, contracts, visits, and fields to write.
inline void add_lifecycle_objects(PerSide<Catalog>& catalogs) {
    using enum FieldType;
    const auto object = [](std::string name, EntityKind entity, std::vector<FieldInfo> fields) {
        ObjectInfo made;
        made.name = made.label = std::move(name);
        made.entity = entity;
        FieldInfo key = made_field(made.entity == EntityKind::Activity ? "id" : "Id", Id);
        key.creatable = key.updatable = false;
        made.fields = {key};
        for (FieldInfo& field : fields) made.fields.push_back(std::move(field));
        return made;
    };
    for (ObjectInfo& known : catalogs.crm.objects) {
        if (known.name == "Account") known.fields.push_back(made_field("Duet_Stage__c"));
        if (known.name != "Contact" && known.name != "Lead") continue;
        for (const char* name :
             {"CreatedDate", "Rejected_On__c", "Qualified_On__c", "First_Warm__c"})
            known.fields.push_back(made_field(name, DateTime));
        known.fields.push_back(made_field("Cycle__c", Number));
    }
    auto& crm = catalogs.crm.objects;
    crm.push_back(object("Opportunity", EntityKind::Opportunity,
                         {made_field("AccountId", Id, "Account", "Account"),
                          made_field("IsWon", Boolean), made_field("IsClosed", Boolean),
                          made_field("CreatedDate", DateTime), made_field("ClosedAt__c", DateTime),
                          made_field("CloseDate", Date), made_field("StageName")}));
    crm.push_back(object(
        "OpportunityContactRole", EntityKind::None,
        {made_field("OpportunityId", Id, "Opportunity", "Opportunity"),
         made_field("ContactId", Id, "Contact", "Contact"), made_field("CreatedDate", DateTime)}));
    crm.push_back(object("Contract", EntityKind::None,
                         {made_field("AccountId", Id, "Account", "Account"),
                          made_field("StartDate", Date), made_field("EndDate", Date)}));
    for (ObjectInfo& known : catalogs.marketing.objects) {
        if (known.name == "prospect") known.fields.push_back(made_field("first_warm__c", DateTime));
    }
    catalogs.marketing.objects.push_back(
        object("visitor-activity", EntityKind::Activity,
               {made_field("prospectId", Id, "prospect", "prospect"), made_field("type", Number),
                made_field("createdAt", DateTime)}));
}

}  // namespace duet::world
