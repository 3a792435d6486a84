#pragma once

#include <string>
#include <string_view>

#include "connectors/sandbox/schema.h"

namespace duet::sandbox {

/// What an org is made with, or has turned on for good.
struct OrgFeatures {
    bool campaign_influence = true;  // Customizable Campaign Influence
    bool multi_currency = false;
    int influence_decimals = 2;  // digits that CampaignInfluence.Influence keeps
    bool influence_member_settable = false;
};

/// The standard objects of the sandbox, without custom fields. Written down as text in
/// salesforce_objects_*.cpp, a field a line.
[[nodiscard]] Schema standard_schema(const OrgFeatures& features = {});

/// Adds objects written down in this form (a mistake in it throws std::logic_error):
///
///     object Lead 00Q Leads  deletable undeletable mergeable
///     child  CampaignMember LeadId CampaignMembers cascade
///     LastName   string(80)      CU
///     Status     picklist(255)   CUD  =Open [Open|Closed]
///     OwnerId    reference       CUD  >User,Group Owner
///     Amount     currency(18,2)  CUN
///
/// An object may also be `readonly` (through the data API), and `history`: rows that say what was,
/// without LastModified stamps. A child may be `cascade`, `restrict` or both.
///
/// Flags: C createable, U updateable, N nillable, D defaulted on create, I usable as an upsert
/// key, R restricted picklist, X not filterable, S system (not listed as settable), - none.
/// Id, IsDeleted and the four stamps with their users come with every object.
void add_objects(Schema& schema, std::string_view text);

struct CustomField {
    std::string object, name, label, type;
    int length = 0, precision = 0, scale = 0;
    bool external_id = false, unique = false;
    std::string options;  // picklist values, or objects a lookup points to; '|' or ';' between them
};

struct CustomObject {
    std::string name, label, plural;
    std::string name_format;  // "LE-{00000000}" counts; "": people give the name
};

/// Throws std::runtime_error when the object is unknown, the type is not one a custom field can
/// have, or the name is taken.
void add_custom_object(Schema& schema, const CustomObject& object);
void add_custom_field(Schema& schema, const CustomField& field);

/// "LastActivityDate" -> "Last Activity Date", "AccountId" -> "Account ID".
[[nodiscard]] std::string label_of(std::string_view name);

extern const std::string_view kPeopleObjects;
extern const std::string_view kSalesObjects;
extern const std::string_view kActivityObjects;
extern const std::string_view kServiceObjects;
extern const std::string_view kSetupObjects;
extern const std::string_view kInfluenceObjects;
extern const std::string_view kCurrencyObjects;

}  // namespace duet::sandbox
