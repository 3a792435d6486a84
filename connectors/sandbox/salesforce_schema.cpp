#include "connectors/sandbox/salesforce_schema.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <stdexcept>

#include "mappings/catalog.h"

namespace duet::sandbox {

namespace {

std::vector<std::string> split(std::string_view text, std::string_view separators) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(separators);
        if (end != 0) parts.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return parts;
}

Field system_field(const std::string& name, const std::string& type) {
    Field field;
    field.name = name;
    field.label = label_of(name);
    field.type = type;
    field.length = type == "id" || type == "reference" ? 18 : 0;
    field.nillable = false;
    field.createable = field.updateable = false;
    field.defaulted_on_create = true;
    return field;
}

void add_system_fields(Object& object) {
    Field id = system_field("Id", "id");
    id.label = object.label + " ID";
    id.id_lookup = true;
    object.fields = {id,
                     system_field("IsDeleted", "boolean"),
                     system_field("CreatedDate", "datetime"),
                     system_field("CreatedById", "reference"),
                     system_field("LastModifiedDate", "datetime"),
                     system_field("LastModifiedById", "reference"),
                     system_field("SystemModstamp", "datetime")};
    for (const auto& [position, name] :
         {std::pair{3, "CreatedBy"}, std::pair{5, "LastModifiedBy"}}) {
        object.fields[static_cast<std::size_t>(position)].reference_to = {"User"};
        object.fields[static_cast<std::size_t>(position)].relationship_name = name;
    }
    object.fields[1].default_value = "false";
}

/// "currency(18,2)" -> type, precision and scale; "string(80)" -> type and length.
void set_type(Field& field, const std::string& text) {
    const std::size_t open = text.find('(');
    field.type = text.substr(0, open);
    field.length = field.type == "reference" ? 18 : 0;
    if (open == std::string::npos) return;
    const auto sizes = split(std::string_view(text).substr(open + 1), ",)");
    const int first = std::stoi(sizes.at(0));
    const bool number = field.type == "double" || field.type == "currency" ||
                        field.type == "percent" || field.type == "int";
    (number ? field.precision : field.length) = first;
    if (sizes.size() > 1) field.scale = std::stoi(sizes[1]);
}

void set_flags(Field& field, const std::string& flags) {
    const auto has = [&flags](char flag) { return flags.find(flag) != std::string::npos; };
    field.createable = has('C');
    field.updateable = has('U');
    field.nillable = has('N');
    field.defaulted_on_create = has('D');
    field.id_lookup = has('I');
    field.restricted_picklist = has('R');
    field.filterable = !has('X');
    if (field.type == "boolean") field.default_value = "false";
}

/// What follows the flags: "=default", "[a|b]", ">User,Group Owner".
void set_extras(Field& field, std::string_view rest) {
    const std::size_t open = rest.find('[');
    if (open != std::string_view::npos) {
        field.picklist = split(rest.substr(open + 1, rest.rfind(']') - open - 1), "|");
        rest = rest.substr(0, open);
    }
    const std::size_t target = rest.find('>');
    if (target != std::string_view::npos) {
        const auto words = split(rest.substr(target + 1), " ");
        field.reference_to = split(words.at(0), ",");
        field.relationship_name = words.at(1);
        return;
    }
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return;
    std::string_view value = rest.substr(equals + 1);
    while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
    field.default_value = value;
}

Field field_of(const std::vector<std::string>& words, const std::string& line) {
    Field field;
    field.name = words.at(0);
    field.label = label_of(field.name);
    set_type(field, words.at(1));
    set_flags(field, words.at(2));
    const std::size_t head = line.find(words[2], line.find(words[1]) + words[1].size());
    set_extras(field, std::string_view(line).substr(head + words[2].size()));
    return field;
}

Object object_of(const std::vector<std::string>& words) {
    Object object;
    object.name = words.at(1);
    object.key_prefix = words.at(2);
    object.label = label_of(object.name);
    object.label_plural = label_of(words.at(3));
    const auto has = [&words](const char* word) {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    object.deletable = has("deletable");
    object.undeletable = has("undeletable");
    object.mergeable = has("mergeable");
    const bool readonly = has("readonly");
    object.createable =
        !readonly && object.name != "Organization" && object.name != "OpportunityStage";
    object.updateable = !readonly && object.name != "OpportunityStage";
    add_system_fields(object);
    if (has("history")) {
        std::erase_if(object.fields, [](const Field& field) {
            return field.name == "LastModifiedDate" || field.name == "LastModifiedById";
        });
    }
    return object;
}

ChildRelationship child_of(const std::vector<std::string>& words) {
    ChildRelationship child{words[1], words[2], words.at(3) == "-" ? "" : words[3]};
    for (std::size_t i = 4; i < words.size(); ++i) {
        child.cascade_delete = child.cascade_delete || words[i] == "cascade";
        child.restricted_delete = child.restricted_delete || words[i] == "restrict";
    }
    return child;
}

Object& object_named(Schema& schema, std::string_view name) {
    return *std::find_if(schema.objects.begin(), schema.objects.end(),
                         [name](const Object& object) { return object.name == name; });
}

void shape_influence(Schema& schema, const OrgFeatures& features) {
    for (Field& field : object_named(schema, "CampaignInfluence").fields) {
        if (field.name == "Influence") {
            field.scale = features.influence_decimals;
            field.precision = 3 + features.influence_decimals;
        }
        if (field.name == "CampaignMemberId") field.createable = features.influence_member_settable;
    }
}

/// Everything that people keep has a currency; a deal's parts have the deal's.
void add_currency_codes(Schema& schema) {
    static constexpr std::array kWithout = {"Organization",         "OpportunityStage",
                                            "CampaignMemberStatus", "CampaignInfluenceModel",
                                            "CurrencyType",         "DatedConversionRate"};
    for (Object& object : schema.objects) {
        if (std::find(kWithout.begin(), kWithout.end(), object.name) != kWithout.end()) continue;
        Field field;
        field.name = "CurrencyIsoCode";
        field.label = "Currency ISO Code";
        field.type = "picklist";
        field.length = 3;
        field.createable = object.createable && object.name != "CampaignInfluence";
        field.updateable = field.createable && object.updateable;
        field.defaulted_on_create = true;
        object.fields.push_back(field);
        if (object.name != "User") continue;
        field.name = "DefaultCurrencyIsoCode";
        field.label = "Default Currency ISO Code";
        object.fields.push_back(field);
    }
}

void drop_children_of_absent_objects(Schema& schema) {
    for (Object& object : schema.objects) {
        std::erase_if(object.children, [&schema](const ChildRelationship& child) {
            return schema.find(child.child) == nullptr;
        });
    }
}

}  // namespace

std::string label_of(std::string_view name) {
    std::string label;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool upper = name[i] >= 'A' && name[i] <= 'Z';
        if (upper && i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z') label += ' ';
        label += name[i];
    }
    if (label.size() > 3 && label.substr(label.size() - 3) == " Id") label.back() = 'D';
    return label;
}

void add_objects(Schema& schema, std::string_view text) {
    for (const std::string& line : split(text, "\n")) {
        const auto words = split(line, " ");
        if (words.empty()) continue;
        if (words[0] == "object") {
            schema.objects.push_back(object_of(words));
            continue;
        }
        if (schema.objects.empty() || words.size() < 3) throw std::logic_error("schema: " + line);
        Object& object = schema.objects.back();
        if (words[0] == "child") {
            object.children.push_back(child_of(words));
        } else {
            object.fields.push_back(field_of(words, line));
        }
    }
}

Schema standard_schema(const OrgFeatures& features) {
    Schema schema;
    add_objects(schema, kPeopleObjects);
    add_objects(schema, kSalesObjects);
    add_objects(schema, kActivityObjects);
    add_objects(schema, kServiceObjects);
    add_objects(schema, kSetupObjects);
    if (features.campaign_influence) {
        add_objects(schema, kInfluenceObjects);
        shape_influence(schema, features);
    }
    if (features.multi_currency) {
        add_objects(schema, kCurrencyObjects);
        add_currency_codes(schema);
    }
    drop_children_of_absent_objects(schema);
    return schema;
}

void add_custom_object(Schema& schema, const CustomObject& custom) {
    if (schema.find(custom.name) != nullptr || !custom.name.ends_with("__c")) {
        throw std::runtime_error("no custom object can be named " + custom.name);
    }
    const auto before = std::count_if(schema.objects.begin(), schema.objects.end(),
                                      [](const Object& object) { return object.custom; });
    static constexpr std::string_view kDigits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    Object object;
    object.name = custom.name;
    object.key_prefix = "a0" + std::string(1, kDigits.at(static_cast<std::size_t>(before)));
    object.label = custom.label;
    object.label_plural = custom.plural;
    object.custom = true;
    object.name_format = custom.name_format;
    add_system_fields(object);
    const bool counted = !custom.name_format.empty();
    object.fields.push_back(
        field_of({"Name", "string(80)", counted ? "I" : "CUI"}, "Name string(80) CUI"));
    object.fields.push_back(
        field_of({"OwnerId", "reference", "CUD"}, "OwnerId reference CUD >User,Group Owner"));
    schema.objects.push_back(std::move(object));
}

void add_custom_field(Schema& schema, const CustomField& custom) {
    static constexpr std::array kTypes = {
        "string",  "textarea", "picklist", "multipicklist", "boolean", "double", "currency",
        "percent", "date",     "datetime", "email",         "phone",   "url",    "reference"};
    const auto object = std::find_if(
        schema.objects.begin(), schema.objects.end(),
        [&custom](const Object& candidate) { return same_name(candidate.name, custom.object); });
    if (object == schema.objects.end()) throw std::runtime_error("no object " + custom.object);
    if (object->find(custom.name) != nullptr) {
        throw std::runtime_error(custom.object + " has a field " + custom.name + " already");
    }
    if (std::find(kTypes.begin(), kTypes.end(), custom.type) == kTypes.end()) {
        throw std::runtime_error("no custom field has the type " + custom.type);
    }
    Field field;
    field.name = custom.name;
    field.label = custom.label.empty() ? label_of(custom.name) : custom.label;
    field.type = custom.type;
    const bool text = custom.type == "string" || custom.type == "textarea" ||
                      custom.type == "picklist" || custom.type == "multipicklist" ||
                      custom.type == "url" || custom.type == "email" || custom.type == "phone";
    field.length = text ? (custom.length > 0 ? custom.length : 255) : 0;
    field.precision = custom.precision;
    field.scale = custom.scale;
    field.custom = true;
    field.external_id = field.id_lookup = custom.external_id;
    field.unique = custom.unique;
    if (custom.type == "reference") {
        field.length = 18;
        field.reference_to = split(custom.options, "|;");
        field.relationship_name = field.name.substr(0, field.name.size() - 1) + "r";
        for (const std::string& target : field.reference_to) {
            if (schema.find(target) == nullptr) throw std::runtime_error("no object " + target);
        }
    } else {
        field.picklist = split(custom.options, "|;");
    }
    field.restricted_picklist = !field.picklist.empty();
    field.filterable = custom.type != "textarea";
    if (field.type == "boolean") {
        field.nillable = false;
        field.defaulted_on_create = true;
        field.default_value = "false";
    }
    object->fields.push_back(std::move(field));
}

}  // namespace duet::sandbox
