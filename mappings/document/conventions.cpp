#include "mappings/document/conventions.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

namespace duet::document {
namespace {

/// A connector's words for something: up to three, the rest empty.
struct Row {
    std::string_view connector;
    EntityKind entity;
    std::array<std::string_view, 3> names;
};

constexpr auto kObjects = std::to_array<Row>({
    // A person who is both Lead and Contact is written as the Contact.
    {"salesforce", EntityKind::Person, {"Contact", "Lead"}},
    {"salesforce", EntityKind::Account, {"Account"}},
    {"salesforce", EntityKind::Opportunity, {"Opportunity"}},
    {"salesforce", EntityKind::Campaign, {"Campaign"}},
    {"salesforce", EntityKind::Activity, {"Task", "Event"}},
    {"pardot", EntityKind::Person, {"prospect"}},
    {"pardot", EntityKind::Account, {"prospect-account"}},
    {"pardot", EntityKind::Opportunity, {"opportunity"}},
    {"pardot", EntityKind::Campaign, {"campaign"}},
    {"pardot", EntityKind::Activity, {"visitor-activity"}},
});

constexpr auto kCrmIds = std::to_array<Row>({
    {"pardot", EntityKind::Person, {"salesforceContactId", "salesforceLeadId"}},
    {"pardot", EntityKind::Account, {"salesforceId"}},
    {"pardot", EntityKind::Opportunity, {"salesforceId"}},
    {"pardot", EntityKind::Campaign, {"salesforceId"}},
});

struct MatchWord {
    std::string_view connector;
    std::string_view word;
    std::string_view field;
};

constexpr auto kMatchWords = std::to_array<MatchWord>({
    {"salesforce", "email", "Email"},
    {"salesforce", "name", "Name"},
    {"pardot", "email", "email"},
    {"pardot", "name", "name"},
});

struct ListObject {
    std::string_view connector;
    std::string_view object;
    std::array<std::string_view, 3> fields;
};

constexpr auto kListObjects = std::to_array<ListObject>({
    {"pardot", "list", {"id", "name"}},
    {"pardot", "list-membership", {"listId", "optedOut", "prospectId"}},
});

template <std::size_t N>
std::vector<std::string> filled(const std::array<std::string_view, N>& names) {
    std::vector<std::string> found;
    for (const std::string_view name : names) {
        if (!name.empty()) found.emplace_back(name);
    }
    return found;
}

std::vector<std::string> find_row(std::span<const Row> rows, std::string_view connector,
                                  EntityKind entity) {
    for (const Row& row : rows) {
        if (row.connector == connector && row.entity == entity) return filled(row.names);
    }
    return {};
}

}  // namespace

std::vector<std::string> default_objects(std::string_view connector, EntityKind entity) {
    return find_row(kObjects, connector, entity);
}

std::vector<std::string> crm_id_fields(std::string_view connector, EntityKind entity) {
    return find_row(kCrmIds, connector, entity);
}

std::string match_field(std::string_view connector, std::string_view word) {
    for (const MatchWord& row : kMatchWords) {
        if (row.connector == connector && row.word == word) return std::string(row.field);
    }
    return {};
}

std::vector<Need> list_needs(std::string_view connector) {
    std::vector<Need> needs;
    for (const ListObject& row : kListObjects) {
        if (row.connector != connector) continue;
        needs.push_back({Side::Marketing, std::string(row.object), filled(row.fields)});
    }
    return needs;
}

std::string modified_by_field(std::string_view connector) {
    if (connector == "salesforce") return "LastModifiedById";
    if (connector == "pardot") return "updatedById";
    return {};
}

bool is_opt_out_field(std::string_view connector, std::string_view field) noexcept {
    struct Word {
        std::string_view connector;
        std::string_view field;
    };
    static constexpr Word kWords[] = {
        {"salesforce", "HasOptedOutOfEmail"}, {"salesforce", "HasOptedOutOfFax"},
        {"salesforce", "DoNotCall"},          {"pardot", "optedOut"},
        {"pardot", "isDoNotEmail"},           {"pardot", "isDoNotCall"},
    };
    return std::any_of(std::begin(kWords), std::end(kWords), [&](const Word& word) {
        return word.connector == connector && same_name(word.field, field);
    });
}

CampaignName campaign_name(std::string_view connector) {
    if (connector == "salesforce") return {"Campaign", "Name"};
    return {};
}

const MoneyWords* money_words(std::string_view connector) noexcept {
    static constexpr MoneyWords kSalesforce{
        "Opportunity", "CreatedDate",     "CloseDate",    "IsClosed", "IsWon",
        "Amount",      "CampaignId",      "Campaign",     "Name",     "ActualCost",
        "ParentId",    "CurrencyIsoCode", "CurrencyType", "IsoCode",  "ConversionRate",
        "IsCorporate", "AccountId"};
    return connector == "salesforce" ? &kSalesforce : nullptr;
}

const CampaignWords* campaign_words(std::string_view connector) noexcept {
    static constexpr CampaignWords kSalesforce{"Campaign",    "Name",   "CampaignMember",
                                               "CampaignId",  "Status", "Duet_Key__c",
                                               "HasResponded"};
    return connector == "salesforce" ? &kSalesforce : nullptr;
}

const InfluenceWords* influence_words(std::string_view connector) noexcept {
    static constexpr InfluenceWords kSalesforce{"CampaignInfluence",
                                                "OpportunityId",
                                                "CampaignId",
                                                "ContactId",
                                                "ModelId",
                                                "Influence",
                                                "CampaignInfluenceModel",
                                                "DeveloperName",
                                                "ModelType",
                                                "Role",
                                                "Type",
                                                "IsClosed",
                                                "IsWon",
                                                "Amount",
                                                "CloseDate",
                                                "CurrencyIsoCode",
                                                "CurrencyType",
                                                "DatedConversionRate",
                                                "IsoCode",
                                                "ConversionRate",
                                                "StartDate",
                                                "NextStartDate"};
    return connector == "salesforce" ? &kSalesforce : nullptr;
}

bool is_built_in_model(std::string_view connector, std::string_view type) noexcept {
    static constexpr std::string_view kTypes[] = {"PrimaryCampaignSource", "FirstTouch",
                                                  "LastTouch", "EvenDistribution"};
    return connector == "salesforce" &&
           std::any_of(std::begin(kTypes), std::end(kTypes),
                       [&](std::string_view one) { return same_name(one, type); });
}

std::string_view converted_into(std::string_view connector) noexcept {
    return connector == "salesforce" ? "ConvertedContactId" : "";
}

const TaskWords* task_words(std::string_view connector) noexcept {
    static constexpr TaskWords kSalesforce{"Task",     "Duet_Key__c", "WhoId",    "WhatId",
                                           "Subject",  "Description", "OwnerId",  "ActivityDate",
                                           "Priority", "Status",      "IsClosed", "Completed"};
    return connector == "salesforce" ? &kSalesforce : nullptr;
}

const OwnerWords* owner_words(std::string_view connector) noexcept {
    static constexpr OwnerWords kSalesforce{"OwnerId",  "Lead",  "User",     "Name",
                                            "Username", "Email", "IsActive", "Group",
                                            "Name",     "Email", "Type",     "Queue"};
    return connector == "salesforce" ? &kSalesforce : nullptr;
}

}  // namespace duet::document
