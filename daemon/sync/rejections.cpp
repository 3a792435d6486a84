#include "daemon/sync/rejections.h"

#include <utility>

#include "mappings/merge/convert.h"
#include "mappings/validation/validation.h"

namespace duet::sync {
namespace {

const char* kind_of(merge::Fault fault) {
    switch (fault) {
        case merge::Fault::TooLong:
            return "length";
        case merge::Fault::UnknownOption:
            return "picklist";
        default:
            return "type";
    }
}

void foresee_field(const Write& write, const ObjectInfo& object, const std::string& name,
                   const Value& value, std::vector<Rejection>& found) {
    const FieldInfo* field = object.find(name);
    if (field == nullptr) {
        found.push_back({"not writable", name, object.name + " has no such field"});
        return;
    }
    const bool is_create = write.kind == WriteKind::Create;
    if (!(is_create ? field->creatable : field->updatable)) {
        found.push_back(
            {"not writable", name,
             is_create ? "it cannot be set when a record is made" : "it cannot be changed"});
        return;
    }
    if (is_blank(value)) {
        if (field->required) found.push_back({"required", name, "it must have a value"});
        return;
    }
    const merge::Converted converted = merge::convert(value, field);
    if (converted.fault != merge::Fault::None)
        found.push_back({kind_of(converted.fault), name, to_string(converted.fault, field)});
}

}  // namespace

std::vector<Rejection> foresee(const Write& write, const ObjectInfo* object) {
    std::vector<Rejection> found;
    if (object == nullptr) {
        found.push_back({"not writable", "", "the side has no object " + write.id.object});
        return found;
    }
    const bool allowed = write.kind == WriteKind::Create   ? object->creatable
                         : write.kind == WriteKind::Update ? object->updatable
                                                           : object->deletable;
    if (!allowed) {
        found.push_back(
            {"not writable", "", "the side does not let that be done to " + object->name});
        return found;
    }
    for (const auto& [name, value] : write.fields)
        foresee_field(write, *object, name, value, found);
    if (write.kind != WriteKind::Create) return found;
    for (const FieldInfo& field : object->fields) {
        const bool is_given =
            write.fields.find(field.name) != nullptr || same_name(field.name, write.key_field);
        if (field.required && field.creatable && !is_given)
            found.push_back({"required", field.name, "it must have a value"});
    }
    return found;
}

std::vector<Rejection> foresee(const merge::Decision& decision) {
    std::vector<Rejection> found;
    for (const merge::BrokenRule& rule : decision.broken) {
        if (!rule.holds()) continue;
        std::string fields;
        for (const std::string& field : rule.fields) fields += (fields.empty() ? "" : ", ") + field;
        found.push_back({"validation",
                         rule.hold == document::Hold::Record ? std::string{} : std::move(fields),
                         validation::sentence(rule)});
    }
    return found;
}

}  // namespace duet::sync
