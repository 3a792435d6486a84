#include "connectors/sandbox/describe.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/http_message.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

std::string soap_type(const Field& field) {
    if (field.type == "id" || field.type == "reference") return "tns:ID";
    if (field.type == "boolean" || field.type == "int" || field.type == "date") {
        return "xsd:" + field.type;
    }
    if (field.type == "datetime") return "xsd:dateTime";
    if (field.type == "double" || field.type == "currency" || field.type == "percent") {
        return "xsd:double";
    }
    if (field.type == "address") return "urn:address";
    return "xsd:string";
}

bool is_number(const Field& field) {
    return field.type == "double" || field.type == "currency" || field.type == "percent";
}

/// The compound field that a part belongs to: "MailingCity" of "MailingAddress", "FirstName" of
/// "Name".
json compound_of(const Object& object, const Field& field) {
    static constexpr const char* kParts[] = {"Street",  "City",      "State",    "PostalCode",
                                             "Country", "Longitude", "Latitude", "GeocodeAccuracy"};
    const bool person = object.name == "Contact" || object.name == "Lead" || object.name == "User";
    if (person &&
        (field.name == "FirstName" || field.name == "LastName" || field.name == "Salutation")) {
        return "Name";
    }
    for (const std::string part : kParts) {
        if (field.name.size() < part.size() || !field.name.ends_with(part)) continue;
        const std::string compound =
            field.name.substr(0, field.name.size() - part.size()) + "Address";
        if (object.find(compound) != nullptr) return compound;
    }
    return nullptr;
}

json picklist_values(const Field& field) {
    json values = json::array();
    for (const std::string& value : field.picklist) {
        values.push_back({{"active", true},
                          {"defaultValue", value == field.default_value},
                          {"label", value},
                          {"validFor", nullptr},
                          {"value", value}});
    }
    return values;
}

json default_value(const Field& field) {
    if (field.type == "boolean") return field.default_value == "true";
    return nullptr;
}

void add_access(json& out, const Field& field) {
    const bool compound = field.type == "address";
    const bool sortable = field.filterable && !compound;
    out["aggregatable"] = sortable && field.type != "boolean";
    out["createable"] = field.createable;
    out["updateable"] = field.updateable;
    out["nillable"] = field.nillable;
    out["defaultedOnCreate"] = field.defaulted_on_create;
    out["permissionable"] = field.nillable && (field.createable || field.updateable);
    out["deprecatedAndHidden"] = false;
    out["filterable"] = field.filterable;
    out["sortable"] = sortable;
    out["groupable"] = sortable && !is_number(field) && field.type != "datetime";
}

void add_keys(json& out, const Field& field) {
    out["externalId"] = field.external_id;
    out["idLookup"] = field.id_lookup;
    out["unique"] = field.unique;
    out["caseSensitive"] = false;
    out["autoNumber"] = false;
    out["referenceTo"] = field.reference_to;
    out["relationshipName"] =
        field.relationship_name.empty() ? json(nullptr) : json(field.relationship_name);
    out["relationshipOrder"] = nullptr;
    out["referenceTargetField"] = nullptr;
    out["cascadeDelete"] = false;
    out["restrictedDelete"] = false;
    out["writeRequiresMasterRead"] = false;
    out["polymorphicForeignKey"] = field.reference_to.size() > 1;
    out["namePointing"] = field.reference_to.size() > 1;
    out["filteredLookupInfo"] = nullptr;
}

json field_json(const Object& object, const Field& field) {
    const bool text = soap_type(field) == "xsd:string";
    json out;
    add_access(out, field);
    add_keys(out, field);
    out["name"] = field.name;
    out["label"] = field.label;
    out["type"] = field.type;
    out["soapType"] = soap_type(field);
    out["custom"] = field.custom;
    out["nameField"] = field.name == "Name";
    out["compoundFieldName"] = compound_of(object, field);
    out["extraTypeInfo"] = field.type == "textarea" ? json("plaintextarea") : json(nullptr);
    out["length"] = field.length;
    out["byteLength"] = text ? field.length * 3 : field.length;
    out["precision"] = is_number(field) ? field.precision : 0;
    out["scale"] = field.scale;
    out["digits"] = field.type == "int" ? field.precision : 0;
    out["picklistValues"] = picklist_values(field);
    out["restrictedPicklist"] = field.restricted_picklist;
    out["dependentPicklist"] = false;
    out["controllerName"] = nullptr;
    out["calculated"] = field.calculated;
    out["defaultValue"] = default_value(field);
    out["formulaTreatNullNumberAsZero"] = false;
    for (const char* key :
         {"calculatedFormula", "defaultValueFormula", "inlineHelpText", "mask", "maskType"}) {
        out[key] = nullptr;
    }
    for (const char* key :
         {"encrypted", "htmlFormatted", "highScaleNumber", "displayLocationInDecimal",
          "searchPrefilterable", "aiPredictionField"}) {
        out[key] = false;
    }
    out["queryByDistance"] = field.type == "address";
    return out;
}

json child_json(const Schema& schema, const ChildRelationship& child) {
    const Object* object = schema.find(child.child);
    return {{"cascadeDelete", child.cascade_delete},
            {"childSObject", object == nullptr ? child.child : object->name},
            {"deprecatedAndHidden", false},
            {"field", child.field},
            {"junctionIdListNames", json::array()},
            {"junctionReferenceTo", json::array()},
            {"relationshipName", child.name.empty() ? json(nullptr) : json(child.name)},
            {"restrictedDelete", child.restricted_delete}};
}

}  // namespace

json global_entry(const Object& object, const std::string& root) {
    const std::string own = root + "/sobjects/" + object.name;
    json out = {
        {"name", object.name},
        {"label", object.label},
        {"labelPlural", object.label_plural},
        {"keyPrefix", object.key_prefix},
        {"custom", object.custom},
        {"createable", object.createable},
        {"updateable", object.updateable},
        {"deletable", object.deletable},
        {"undeletable", object.undeletable},
        {"mergeable", object.mergeable},
        {"urls",
         {{"sobject", own}, {"describe", own + "/describe"}, {"rowTemplate", own + "/{ID}"}}}};
    for (const char* key : {"queryable", "replicateable", "retrieveable"}) out[key] = true;
    out["searchable"] = object.undeletable || object.name == "User";
    for (const char* key : {"layoutable", "triggerable"}) out[key] = object.undeletable;
    for (const char* key :
         {"activateable", "customSetting", "deepCloneable", "deprecatedAndHidden", "feedEnabled",
          "hasSubtypes", "isInterface", "isSubtype", "mruEnabled"}) {
        out[key] = false;
    }
    for (const char* key : {"associateEntityType", "associateParentEntity"}) out[key] = nullptr;
    return out;
}

json describe_json(const Schema& schema, const Object& object, const std::string& root) {
    json out = global_entry(object, root);
    const std::string base = "/" + object.key_prefix;
    out["urls"]["uiDetailTemplate"] = base + "/{ID}";
    out["urls"]["uiEditTemplate"] = base + "/{ID}/e";
    out["urls"]["uiNewRecord"] = base + "/e";
    out["fields"] = json::array();
    for (const Field& field : object.fields) out["fields"].push_back(field_json(object, field));
    out["childRelationships"] = json::array();
    for (const ChildRelationship& child : object.children) {
        out["childRelationships"].push_back(child_json(schema, child));
    }
    out["recordTypeInfos"] = {{{"active", true},
                               {"available", true},
                               {"defaultRecordTypeMapping", true},
                               {"developerName", "Master"},
                               {"master", true},
                               {"name", "Master"},
                               {"recordTypeId", "012000000000000AAA"},
                               {"urls",
                                {{"layout", root + "/sobjects/" + object.name +
                                                "/describe/layouts/012000000000000AAA"}}}}};
    out["supportedScopes"] = {{{"label", "All " + object.label_plural}, {"name", "everything"}},
                              {{"label", "My " + object.label_plural}, {"name", "mine"}}};
    for (const char* key : {"actionOverrides", "namedLayoutInfos"}) out[key] = json::array();
    for (const char* key :
         {"defaultImplementation", "extendedBy", "extendsInterfaces", "implementedBy",
          "implementsInterfaces", "listviewable", "lookupLayoutable", "networkScopeFieldName"}) {
        out[key] = nullptr;
    }
    out["compactLayoutable"] = object.undeletable;
    out["searchLayoutable"] = object.undeletable;
    out["sobjectDescribeOption"] = "FULL";
    return out;
}

}  // namespace duet::sandbox
