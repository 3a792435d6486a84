#include "connectors/sandbox/pardot_schema.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

namespace {

enum class Access { ReadOnly, CreateOnly, UpdateToo };

void add(PardotCollection& to, PardotKind kind, Access access, const char* names) {
    std::istringstream words(names);
    for (std::string name; words >> name;) {
        to.fields.push_back({name, kind, access != Access::ReadOnly, access == Access::UpdateToo});
    }
}

PardotCollection collection(std::string name) {
    PardotCollection made;
    made.table = "pardot_" + name;
    std::replace(made.table.begin(), made.table.end(), '-', '_');
    made.name = std::move(name);
    add(made, PardotKind::Integer, Access::ReadOnly, "id");
    add(made, PardotKind::DateTime, Access::ReadOnly, "createdAt updatedAt");
    made.filters = {{"id"}, {"createdAt"}, {"updatedAt"}};
    made.sortable = {"id", "createdAt", "updatedAt"};
    return made;
}

void add_audit(PardotCollection& to) {
    add(to, PardotKind::Integer, Access::ReadOnly, "createdById updatedById");
    to.relations.push_back({"createdBy", "createdById", "users"});
    to.relations.push_back({"updatedBy", "updatedById", "users"});
}

PardotCollection prospects() {
    using enum PardotKind;
    PardotCollection made = collection("prospects");
    add_audit(made);
    add(made, Text, Access::UpdateToo,
        "email firstName lastName salutation jobTitle department company website phone fax "
        "addressOne addressTwo city state zip territory country annualRevenue employees industry "
        "yearsInBusiness source comments notes salesforceId salesforceOwnerId");
    add(made, Integer, Access::UpdateToo, "campaignId profileId prospectAccountId userId score");
    add(made, Boolean, Access::UpdateToo, "isDoNotEmail isDoNotCall optedOut isReviewed isStarred");
    add(made, Integer, Access::ReadOnly, "assignedToId lifecycleStageId");
    add(made, Boolean, Access::ReadOnly, "isDeleted isEmailHardBounced doNotSell");
    add(made, DateTime, Access::ReadOnly,
        "lastActivityAt firstActivityAt firstAssignedAt convertedAt emailBouncedAt "
        "salesforceLastSync");
    add(made, Text, Access::ReadOnly,
        "salesforceLeadId salesforceContactId salesforceAccountId salesforceCampaignId "
        "salesforceUrl grade recentInteraction convertedFromObjectType convertedFromObjectName "
        "firstReferrerUrl firstReferrerType firstReferrerQuery campaignParameter mediumParameter "
        "sourceParameter contentParameter termParameter emailBouncedReason password");
    made.relations.push_back({"assignedTo", "assignedToId", "users"});
    made.relations.push_back({"campaign", "campaignId", "campaigns"});
    made.filters.insert(made.filters.end(),
                        {{"email", false}, {"lastActivityAt"}, {"userId"}, {"assignedToId"}});
    made.sortable.insert(made.sortable.end(), {"email", "lastActivityAt"});
    made.creates = made.updates = made.deletes = true;
    return made;
}

PardotCollection lists() {
    using enum PardotKind;
    PardotCollection made = collection("lists");
    add_audit(made);
    add(made, Text, Access::UpdateToo, "name title description");
    add(made, Boolean, Access::UpdateToo, "isPublic isSalesforceVisible");
    add(made, Integer, Access::UpdateToo, "folderId campaignId");
    add(made, Boolean, Access::ReadOnly, "isDynamic isDeleted");
    made.relations.push_back({"campaign", "campaignId", "campaigns"});
    made.filters.push_back({"name", false});
    made.sortable.push_back("name");
    made.creates = made.updates = made.deletes = true;
    return made;
}

PardotCollection list_memberships() {
    using enum PardotKind;
    PardotCollection made = collection("list-memberships");
    add_audit(made);
    add(made, Integer, Access::CreateOnly, "listId prospectId");
    add(made, Boolean, Access::UpdateToo, "optedOut");
    add(made, Boolean, Access::ReadOnly, "isDeleted");
    made.relations.push_back({"list", "listId", "lists"});
    made.relations.push_back({"prospect", "prospectId", "prospects"});
    made.filters.insert(made.filters.end(), {{"listId", false}, {"prospectId", false}});
    made.creates = made.updates = made.deletes = true;
    return made;
}

PardotCollection campaigns() {
    using enum PardotKind;
    PardotCollection made = collection("campaigns");
    add_audit(made);
    add(made, Text, Access::ReadOnly, "name salesforceId");
    add(made, Integer, Access::ReadOnly, "cost folderId parentCampaignId");
    add(made, Boolean, Access::ReadOnly, "isDeleted");
    made.relations.push_back({"parentCampaign", "parentCampaignId", "campaigns"});
    made.filters.push_back({"name", false});
    made.sortable.push_back("name");
    return made;
}

PardotCollection opportunities() {
    using enum PardotKind;
    PardotCollection made = collection("opportunities");
    add_audit(made);
    add(made, Text, Access::ReadOnly, "name stage status type salesforceId");
    add(made, Real, Access::ReadOnly, "value");
    add(made, Integer, Access::ReadOnly, "probability campaignId");
    add(made, DateTime, Access::ReadOnly, "closedAt");
    made.relations.push_back({"campaign", "campaignId", "campaigns"});
    made.sortable.push_back("name");
    return made;
}

PardotCollection visitor_activities() {
    using enum PardotKind;
    PardotCollection made = collection("visitor-activities");
    add(made, Integer, Access::ReadOnly,
        "prospectId visitorId visitId type campaignId emailId emailTemplateId listEmailId formId "
        "formHandlerId landingPageId fileId customRedirectId opportunityId "
        "multivariateTestVariationId paidSearchAdId siteSearchQueryId visitorPageViewId");
    add(made, Text, Access::ReadOnly, "typeName details");
    made.relations = {{"prospect", "prospectId", "prospects"},
                      {"campaign", "campaignId", "campaigns"},
                      {"opportunity", "opportunityId", "opportunities"}};
    made.filters.insert(made.filters.end(),
                        {{"prospectId", false}, {"visitorId", false}, {"type", false}});
    return made;
}

PardotCollection custom_fields() {
    using enum PardotKind;
    PardotCollection made = collection("custom-fields");
    add_audit(made);
    add(made, Text, Access::CreateOnly, "name fieldId type salesforceId");
    add(made, Boolean, Access::CreateOnly,
        "isRecordMultipleResponses isUseValues isRequired isAnalyticsSynced");
    made.creates = true;
    return made;
}

PardotCollection users() {
    using enum PardotKind;
    PardotCollection made = collection("users");
    add(made, Text, Access::ReadOnly,
        "email username firstName lastName jobTitle role roleName salesforceId");
    add(made, Boolean, Access::ReadOnly, "isDeleted");
    made.filters.push_back({"email", false});
    made.sortable.push_back("email");
    return made;
}

}  // namespace

const PardotField* PardotCollection::find(std::string_view field) const noexcept {
    for (const PardotField& candidate : fields) {
        if (candidate.name == field) return &candidate;
    }
    return nullptr;
}

const PardotRelation* PardotCollection::relation(std::string_view relation) const noexcept {
    for (const PardotRelation& candidate : relations) {
        if (candidate.name == relation) return &candidate;
    }
    return nullptr;
}

const std::vector<PardotCollection>& pardot_collections() {
    static const std::vector<PardotCollection> kCollections{
        campaigns(),     users(), custom_fields(),    prospects(),
        opportunities(), lists(), list_memberships(), visitor_activities()};
    return kCollections;
}

const PardotCollection* pardot_collection(std::string_view name) noexcept {
    for (const PardotCollection& candidate : pardot_collections()) {
        if (candidate.name == name) return &candidate;
    }
    return nullptr;
}

PardotCollection with_custom_fields(SandboxState& state, const PardotCollection& collection) {
    PardotCollection made = collection;
    if (made.name != "prospects") return made;
    Statement rows = state.database.prepare(
        "SELECT fieldId, type, isRecordMultipleResponses FROM pardot_custom_fields ORDER BY id");
    while (rows.step()) {
        const PardotKind kind = custom_kind(rows.text(1), rows.integer(2) != 0);
        made.fields.push_back({std::string{rows.text(0)} + "__c", kind, true, true});
    }
    return made;
}

bool is_custom_type(std::string_view type) {
    static constexpr std::string_view kTypes[] = {
        "text",         "radio button", "checkbox", "dropdown", "textarea",
        "multi-select", "hidden",       "number",   "date",     "crm user"};
    return std::find(std::begin(kTypes), std::end(kTypes), lower_case(type)) != std::end(kTypes);
}

PardotKind custom_kind(std::string_view type, bool several_values) {
    const std::string lower = lower_case(type);
    if (several_values || lower == "checkbox" || lower == "multi-select") return PardotKind::Multi;
    if (lower == "date") return PardotKind::Date;
    if (lower == "number") return PardotKind::Real;
    return PardotKind::Text;
}

}  // namespace duet::sandbox
