#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/world/lifecycle_world.h"

/// Deals, campaigns and rows of campaign influence beside people, as tests of attribution need.
namespace duet::world {

inline ObjectInfo made_object(std::string name, EntityKind entity, std::string key,
                              std::vector<FieldInfo> fields) {
    ObjectInfo made;
    made.name = made.label = std::move(name);
    made.entity = entity;
    FieldInfo id = made_field(std::move(key), FieldType::Id);
    id.creatable = id.updatable = false;
    made.fields = {id};
    for (FieldInfo& field : fields) made.fields.push_back(std::move(field));
    return made;
}

inline void add_influence_objects(PerSide<Catalog>& catalogs) {
    using enum FieldType;
    for (ObjectInfo& known : catalogs.crm.objects) {
        if (known.name != "Contact" && known.name != "Lead") continue;
        known.fields.push_back(made_field("CreatedDate", DateTime));
        known.fields.push_back(made_field("Qualified__c", Date));
        if (known.name == "Lead")
            known.fields.push_back(made_field("ConvertedContactId", Id, "Contact"));
    }
    auto& crm = catalogs.crm.objects;
    crm.push_back(
        made_object("Opportunity", EntityKind::Opportunity, "Id",
                    {made_field("AccountId", Id, "Account", "Account"), made_field("Name"),
                     made_field("IsWon", Boolean), made_field("IsClosed", Boolean),
                     made_field("CreatedDate", DateTime), made_field("CloseDate", Date),
                     made_field("Lapsed__c", Boolean), made_field("Credited__c")}));
    crm.push_back(
        made_object("OpportunityContactRole", EntityKind::None, "Id",
                    {made_field("OpportunityId", Id, "Opportunity", "Opportunity"),
                     made_field("ContactId", Id, "Contact", "Contact"), made_field("Role")}));
    crm.push_back(made_object("Campaign", EntityKind::Campaign, "Id",
                              {made_field("Name"), made_field("Type")}));
    crm.push_back(
        made_object("CampaignMember", EntityKind::None, "Id",
                    {made_field("CampaignId", Id, "Campaign", "Campaign"),
                     made_field("ContactId", Id, "Contact", "Contact"),
                     made_field("LeadId", Id, "Lead", "Lead"), made_field("HasResponded", Boolean),
                     made_field("CreatedDate", DateTime)}));
    crm.push_back(made_object("CampaignInfluenceModel", EntityKind::None, "Id",
                              {made_field("DeveloperName"), made_field("ModelType")}));
    crm.push_back(made_object("CampaignInfluence", EntityKind::None, "Id",
                              {made_field("OpportunityId", Id, "Opportunity", "Opportunity"),
                               made_field("CampaignId", Id, "Campaign", "Campaign"),
                               made_field("ContactId", Id, "Contact", "Contact"),
                               made_field("ModelId", Id, "CampaignInfluenceModel", "Model"),
                               made_field("Influence", Percent)}));
    catalogs.marketing.objects.push_back(
        made_object("opportunity", EntityKind::Opportunity, "id", {made_field("salesforceId")}));
}

}  // namespace duet::world
