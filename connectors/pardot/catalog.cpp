#include "connectors/pardot/catalog.h"

#include <algorithm>
#include <array>

namespace duet::pardot {
namespace {

using enum FieldType;

constexpr std::array kObjects{
    ObjectFacts{"prospect", "prospects", "Prospect", EntityKind::Person, true, true, true, true,
                Order::UpdatedAt, "id email userId assignedToId"},
    ObjectFacts{"list", "lists", "List", EntityKind::None, true, true, true, true, Order::UpdatedAt,
                "id name"},
    ObjectFacts{"list-membership", "list-memberships", "List membership", EntityKind::None, true,
                true, true, true, Order::UpdatedAt, "id listId prospectId"},
    ObjectFacts{"campaign", "campaigns", "Campaign", EntityKind::Campaign, false, false, false,
                true, Order::UpdatedAt, "id name"},
    ObjectFacts{"opportunity", "opportunities", "Opportunity", EntityKind::Opportunity, false,
                false, false, false, Order::UpdatedAt, "id"},
    ObjectFacts{"visitor-activity", "visitor-activities", "Visitor activity", EntityKind::Activity,
                false, false, false, false, Order::CreatedAt, "id prospectId visitorId type"},
    ObjectFacts{"custom-field", "custom-fields", "Custom field", EntityKind::None, false, false,
                false, false, Order::UpdatedAt, "id"},
    ObjectFacts{"user", "users", "User", EntityKind::None, false, false, false, true,
                Order::UpdatedAt, "id email"},
};

enum class Access : unsigned char { ReadOnly, CreateOnly, Full };

/// One standard field.
struct FieldRow {
    std::string_view object;
    std::string_view name;
    FieldType type = Text;
    Access access = Access::ReadOnly;
    int length = 255;
    std::string_view references{};
    std::string_view relationship{};
};

constexpr auto kFull = Access::Full;
constexpr auto kOnce = Access::CreateOnly;
constexpr auto kRead = Access::ReadOnly;

constexpr auto kFields = std::to_array<FieldRow>({
    {"prospect", "email", Text, kFull},
    {"prospect", "firstName", Text, kFull},
    {"prospect", "lastName", Text, kFull},
    {"prospect", "salutation", Text, kFull},
    {"prospect", "jobTitle", Text, kFull},
    {"prospect", "department", Text, kFull},
    {"prospect", "company", Text, kFull},
    {"prospect", "website", Text, kFull},
    {"prospect", "phone", Text, kFull},
    {"prospect", "fax", Text, kFull},
    {"prospect", "addressOne", Text, kFull},
    {"prospect", "addressTwo", Text, kFull},
    {"prospect", "city", Text, kFull},
    {"prospect", "state", Text, kFull},
    {"prospect", "zip", Text, kFull},
    {"prospect", "territory", Text, kFull},
    {"prospect", "country", Text, kFull},
    // Texts in v5, whatever they look like.
    {"prospect", "annualRevenue", Text, kFull},
    {"prospect", "employees", Text, kFull},
    {"prospect", "industry", Text, kFull},
    {"prospect", "yearsInBusiness", Text, kFull},
    {"prospect", "source", Text, kFull},
    {"prospect", "campaignId", Id, kFull, 0, "campaign", "campaign"},
    {"prospect", "profileId", Id, kFull, 0},
    {"prospect", "prospectAccountId", Id, kFull, 0},
    {"prospect", "salesforceId", Id, kFull, 18},
    {"prospect", "isDoNotEmail", Boolean, kFull, 0},
    {"prospect", "isDoNotCall", Boolean, kFull, 0},
    {"prospect", "optedOut", Boolean, kFull, 0},
    {"prospect", "isReviewed", Boolean, kFull, 0},
    {"prospect", "isStarred", Boolean, kFull, 0},
    {"prospect", "score", Number, kFull, 0},
    {"prospect", "comments", Text, kFull, 65'535},
    {"prospect", "notes", Text, kFull, 65'535},
    {"prospect", "assignedToId", Id, kRead, 0, "user", "assignedTo"},
    {"prospect", "lifecycleStageId", Id, kRead, 0},
    {"prospect", "salesforceLeadId", Id, kRead, 18},
    {"prospect", "salesforceContactId", Id, kRead, 18},
    {"prospect", "salesforceAccountId", Id, kRead, 18},
    {"prospect", "salesforceCampaignId", Id, kRead, 18},
    {"prospect", "salesforceOwnerId", Id, kRead, 18},
    {"prospect", "salesforceUrl"},
    {"prospect", "salesforceLastSync", DateTime, kRead, 0},
    {"prospect", "grade"},
    {"prospect", "lastActivityAt", DateTime, kRead, 0},
    {"prospect", "firstActivityAt", DateTime, kRead, 0},
    {"prospect", "firstAssignedAt", DateTime, kRead, 0},
    {"prospect", "recentInteraction"},
    {"prospect", "convertedAt", DateTime, kRead, 0},
    {"prospect", "convertedFromObjectType"},
    {"prospect", "convertedFromObjectName"},
    {"prospect", "firstReferrerUrl", Text, kRead, 0},
    {"prospect", "firstReferrerType"},
    {"prospect", "firstReferrerQuery"},
    {"prospect", "campaignParameter"},
    {"prospect", "mediumParameter"},
    {"prospect", "sourceParameter"},
    {"prospect", "contentParameter"},
    {"prospect", "termParameter"},
    {"prospect", "isEmailHardBounced", Boolean, kRead, 0},
    {"prospect", "emailBouncedAt", DateTime, kRead, 0},
    {"prospect", "emailBouncedReason"},
    {"prospect", "doNotSell", Boolean, kRead, 0},
    {"list", "name", Text, kFull},
    {"list", "title", Text, kFull},
    {"list", "description", Text, kFull, 65'535},
    {"list", "isPublic", Boolean, kFull, 0},
    {"list", "isDynamic", Boolean, kRead, 0},
    {"list", "folderId", Id, kFull, 0},
    {"list", "campaignId", Id, kFull, 0, "campaign", "campaign"},
    {"list-membership", "listId", Id, kOnce, 0, "list", "list"},
    {"list-membership", "prospectId", Id, kOnce, 0, "prospect", "prospect"},
    {"list-membership", "optedOut", Boolean, kFull, 0},
    {"list-membership", "createdById", Id, kRead, 0, "user", "createdBy"},
    {"campaign", "name"},
    {"campaign", "cost", Currency, kRead, 0},
    {"campaign", "folderId", Id, kRead, 0},
    {"campaign", "parentCampaignId", Id, kRead, 0, "campaign", "parentCampaign"},
    {"campaign", "salesforceId", Id, kRead, 18},
    {"opportunity", "name"},
    {"opportunity", "value", Currency, kRead, 0},
    {"opportunity", "probability", Percent, kRead, 0},
    {"opportunity", "stage"},
    {"opportunity", "status"},
    {"opportunity", "type"},
    {"opportunity", "closedAt", DateTime, kRead, 0},
    {"opportunity", "campaignId", Id, kRead, 0, "campaign", "campaign"},
    {"opportunity", "salesforceId", Id, kRead, 18},
    {"visitor-activity", "prospectId", Id, kRead, 0, "prospect", "prospect"},
    {"visitor-activity", "visitorId", Id, kRead, 0},
    {"visitor-activity", "visitId", Id, kRead, 0},
    {"visitor-activity", "type", Number, kRead, 0},
    {"visitor-activity", "typeName"},
    {"visitor-activity", "details", Text, kRead, 0},
    {"visitor-activity", "campaignId", Id, kRead, 0, "campaign", "campaign"},
    {"visitor-activity", "emailId", Id, kRead, 0},
    {"visitor-activity", "emailTemplateId", Id, kRead, 0},
    {"visitor-activity", "listEmailId", Id, kRead, 0},
    {"visitor-activity", "formId", Id, kRead, 0},
    {"visitor-activity", "formHandlerId", Id, kRead, 0},
    {"visitor-activity", "landingPageId", Id, kRead, 0},
    {"visitor-activity", "fileId", Id, kRead, 0},
    {"visitor-activity", "customRedirectId", Id, kRead, 0},
    {"visitor-activity", "opportunityId", Id, kRead, 0, "opportunity", "opportunity"},
    {"custom-field", "name"},
    {"custom-field", "fieldId"},
    {"custom-field", "type"},
    {"custom-field", "isRecordMultipleResponses", Boolean, kRead, 0},
    {"custom-field", "isUseValues", Boolean, kRead, 0},
    {"custom-field", "isRequired", Boolean, kRead, 0},
    {"custom-field", "salesforceId", Text},
    {"user", "email"},
    {"user", "username"},
    {"user", "firstName"},
    {"user", "lastName"},
    {"user", "jobTitle"},
    {"user", "role"},
    {"user", "roleName"},
    {"user", "salesforceId", Id, kRead, 18},
});

FieldInfo field_from(const FieldRow& row) {
    FieldInfo field;
    field.name = row.name;
    field.label = row.name;
    field.type = row.type;
    field.length = row.length;
    field.creatable = row.access != Access::ReadOnly;
    field.updatable = row.access == Access::Full;
    if (row.type == Number) field.precision = 10;
    if (!row.references.empty()) field.references.emplace_back(row.references);
    field.relationship = row.relationship;
    return field;
}

}  // namespace

bool ObjectFacts::filters_by(std::string_view field) const noexcept {
    std::string_view rest = filters;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        if (same_name(rest.substr(0, end), field)) return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

std::span<const ObjectFacts> object_facts() noexcept { return kObjects; }

const ObjectFacts* find_facts(std::string_view object) noexcept {
    const auto found = std::find_if(kObjects.begin(), kObjects.end(), [object](const auto& one) {
        return same_name(one.name, object);
    });
    return found == kObjects.end() ? nullptr : &*found;
}

ObjectInfo standard_object(const ObjectFacts& facts) {
    ObjectInfo object;
    object.name = facts.name;
    object.label = facts.label;
    object.entity = facts.entity;
    object.creatable = facts.creatable;
    object.updatable = facts.updatable;
    object.deletable = facts.deletable;
    object.fields.push_back(field_from({facts.name, "id", Id, kRead, 0}));
    for (const FieldRow& row : kFields) {
        if (row.object == facts.name) object.fields.push_back(field_from(row));
    }
    object.fields.push_back(field_from({facts.name, "createdAt", DateTime, kRead, 0}));
    if (facts.order == Order::UpdatedAt) {
        object.fields.push_back(field_from({facts.name, "updatedAt", DateTime, kRead, 0}));
    }
    if (facts.recycle_bin) {
        object.fields.push_back(field_from({facts.name, "isDeleted", Boolean, kRead, 0}));
    }
    for (FieldInfo& field : object.fields) {
        const bool needed = (facts.name == "prospect" && field.name == "email") ||
                            (facts.name == "list" && field.name == "name") ||
                            (facts.name == "list-membership" && !field.references.empty());
        field.required = needed;
        // Not unique in every account, but creates can be keyed by it: see the README.
        if (facts.name == "prospect" && field.name == "email") field.unique_key = true;
    }
    return object;
}

FieldInfo custom_field(std::string_view field_id, std::string_view label, std::string_view type,
                       bool record_multiple, bool required) {
    FieldInfo field;
    field.name = std::string(field_id) + "__c";
    field.label = label;
    field.length = 255;
    field.required = required;
    if (record_multiple || same_name(type, "Checkbox") || same_name(type, "Multi-Select")) {
        field.type = MultiPicklist;
        field.length = 0;
    } else if (same_name(type, "Number")) {
        field.type = Number;
    } else if (same_name(type, "Date")) {
        field.type = Date;
        field.length = 0;
    } else if (same_name(type, "Dropdown") || same_name(type, "Radio Button")) {
        field.type = Picklist;
    } else if (same_name(type, "Textarea")) {
        field.length = 65'535;
    }
    return field;
}

bool can_be_queried(const FieldInfo& field) noexcept { return field.type != MultiPicklist; }

}  // namespace duet::pardot
