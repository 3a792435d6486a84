#include "connectors/salesforce/catalog.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/salesforce/json_words.h"

namespace duet::salesforce {
namespace {

using nlohmann::json;

constexpr auto kDefaultObjects = std::to_array<std::string_view>({
    "Account",
    "Contact",
    "Lead",
    "Opportunity",
    "OpportunityContactRole",
    "OpportunityLineItem",
    "OpportunityHistory",
    "Contract",
    "Case",
    "Product2",
    "Campaign",
    "CampaignMember",
    "CampaignMemberStatus",
    "CampaignInfluence",
    "CampaignInfluenceModel",
    "CurrencyType",
    "DatedConversionRate",
    "Task",
    "Event",
    "User",
    "Group",                    // queues: an owner may be one
    "Duet_Lifecycle_Event__c",  // packaging/salesforce; an org without it is no worse off
});

/// The type of a field, by the describe's word. Words that are not here are texts.
constexpr auto kTypes = std::to_array<std::pair<std::string_view, FieldType>>({
    {"boolean", FieldType::Boolean},
    {"currency", FieldType::Currency},
    {"date", FieldType::Date},
    {"datetime", FieldType::DateTime},
    {"double", FieldType::Number},
    {"id", FieldType::Id},
    {"int", FieldType::Number},
    {"long", FieldType::Number},
    {"multipicklist", FieldType::MultiPicklist},
    {"percent", FieldType::Percent},
    {"picklist", FieldType::Picklist},
    {"reference", FieldType::Id},
    {"time", FieldType::Time},
});

bool is_left_out(std::string_view type) {
    return type == "address" || type == "location" || type == "base64" || type == "complexvalue";
}

FieldType type_of(std::string_view word) {
    for (const auto& [name, type] : kTypes) {
        if (name == word) return type;
    }
    return FieldType::Text;
}

bool flag_of(const json& object, const char* key, bool fallback = false) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() ? found->get<bool>() : fallback;
}

int int_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<int>() : 0;
}

std::optional<FieldInfo> field_from(const json& described) {
    if (!described.is_object()) return std::nullopt;
    FieldInfo field;
    field.name = text_at(described, "name");
    const std::string type = text_at(described, "type");
    if (field.name.empty() || is_left_out(type)) return std::nullopt;
    field.label = text_at(described, "label");
    field.type = type_of(type);
    field.length = int_of(described, "length");
    field.precision = int_of(described, "precision");
    // A whole number reports its digits apart from the precision of a fraction.
    if (field.precision == 0) field.precision = int_of(described, "digits");
    field.scale = int_of(described, "scale");
    field.creatable = flag_of(described, "createable");
    field.updatable = flag_of(described, "updateable");
    field.required = field.creatable && !flag_of(described, "nillable", true) &&
                     !flag_of(described, "defaultedOnCreate") && field.type != FieldType::Boolean;
    field.unique_key = flag_of(described, "externalId");
    field.restricted = flag_of(described, "restrictedPicklist");
    field.relationship = text_at(described, "relationshipName");
    if (const auto values = described.find("picklistValues");
        values != described.end() && values->is_array()) {
        for (const json& value : *values) {
            if (flag_of(value, "active", true)) field.options.push_back(text_at(value, "value"));
        }
    }
    if (const auto targets = described.find("referenceTo");
        targets != described.end() && targets->is_array()) {
        for (const json& target : *targets) {
            if (target.is_string()) field.references.push_back(target.get<std::string>());
        }
    }
    return field;
}

}  // namespace

std::span<const std::string_view> default_objects() noexcept { return kDefaultObjects; }

EntityKind entity_of(std::string_view object) noexcept {
    if (same_name(object, "Contact") || same_name(object, "Lead")) return EntityKind::Person;
    if (same_name(object, "Account")) return EntityKind::Account;
    if (same_name(object, "Opportunity")) return EntityKind::Opportunity;
    if (same_name(object, "Campaign")) return EntityKind::Campaign;
    if (same_name(object, "Task") || same_name(object, "Event")) return EntityKind::Activity;
    return EntityKind::None;
}

Result<ObjectInfo> object_from_describe(std::string_view text) {
    const json described = json::parse(text, nullptr, false);
    if (!described.is_object() || text_at(described, "name").empty() ||
        !described.contains("fields") || !described["fields"].is_array()) {
        return Error{ErrorKind::Broken,
                     "The describe answer of Salesforce cannot be read.",
                     "DUET-3115",
                     {},
                     {}};
    }
    ObjectInfo object;
    object.name = text_at(described, "name");
    object.label = text_at(described, "label");
    object.entity = entity_of(object.name);
    object.creatable = flag_of(described, "createable");
    object.updatable = flag_of(described, "updateable");
    object.deletable = flag_of(described, "deletable");
    for (const json& one : described["fields"]) {
        if (auto field = field_from(one)) object.fields.push_back(std::move(*field));
    }
    return object;
}

std::vector<std::string> texts_from_query(std::string_view text, std::string_view field) {
    std::vector<std::string> texts;
    const json answer = json::parse(text, nullptr, false);
    if (!answer.is_object() || !answer.contains("records") || !answer["records"].is_array()) {
        return texts;
    }
    for (const json& row : answer["records"]) {
        if (!row.is_object()) continue;
        std::string value = text_at(row, std::string(field).c_str());
        if (!value.empty()) texts.push_back(std::move(value));
    }
    return texts;
}

}  // namespace duet::salesforce
