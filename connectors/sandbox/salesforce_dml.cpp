#include "connectors/sandbox/salesforce_dml.h"

#include <nlohmann/json.hpp>

#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/salesforce_influence.h"
#include "mappings/text.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

Refusal not_writable(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    return {"INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: " + list +
                ". Please check the security settings of this field and verify that it is "
                "read/write for your profile or permission set.",
            names};
}

Refusal no_column(const std::string& name, const Object& object) {
    return {"INVALID_FIELD", "No such column '" + name + "' on sobject of type " + object.name, {}};
}

void stamp_created(Row& row, const std::string& stamp, const std::string& user_id) {
    row.set("CreatedDate", stamp);
    row.set("CreatedById", user_id);
    row.set_truth("IsDeleted", false);
}

}  // namespace

void stamp_changed(Row& row, const std::string& stamp, const std::string& user_id) {
    if (row.text("LastModifiedDate") < stamp) row.set("LastModifiedDate", stamp);
    move_stamp(row, stamp);
    row.set("LastModifiedById", user_id);
}

void move_stamp(Row& row, const std::string& stamp) {
    if (row.text("SystemModstamp") < stamp) row.set("SystemModstamp", stamp);
}

Refusal entity_is_deleted() { return {"ENTITY_IS_DELETED", "entity is deleted", {}, 404}; }

Refusal no_such_record() {
    return {"INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", {}, 404};
}

Refusal converted_lead() {
    return {"CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", {}};
}

void apply_defaults(Row& row, const std::string& user_id) {
    const Object& object = row.table().object();
    for (std::size_t i = 0; i < object.fields.size(); ++i) {
        const Field& field = object.fields[i];
        const int index = static_cast<int>(i);
        if (!std::holds_alternative<std::monostate>(row.at(index))) continue;
        if (field.name == "OwnerId") row.set_at(index, user_id);
        if (field.default_value.empty()) continue;
        auto value = from_text(field, field.default_value);
        if (auto* held = std::get_if<SqlValue>(&value)) row.set_at(index, std::move(*held));
    }
}

std::optional<Refusal> Writer::set_parent(Row& row, const Field& field, const json& by,
                                          Write& write) {
    for (const std::string& target : field.reference_to) {
        const Object* parent = state_.schema.find(target);
        if (parent == nullptr) continue;
        for (const auto& [key, value] : by.items()) {
            if (key == "attributes") continue;
            const Field* external = parent->find(key);
            if (external == nullptr || !(external->id_lookup || external->external_id)) continue;
            const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
            const auto ids = ids_where(state_, *parent, *external, SqlValue{text}, 2);
            if (ids.size() == 1) {
                row.set(field.name, ids.front());
                write.given.insert(field.name);
                return {};
            }
            return Refusal{"INVALID_FIELD",
                           "Foreign key external ID: " + lower_case(text) +
                               " not found for field " + external->name + " in entity " +
                               parent->name,
                           {}};
        }
    }
    return Refusal{"INVALID_FIELD",
                   "No external id field of " + field.relationship_name + " was given",
                   {field.relationship_name}};
}

std::vector<Refusal> Writer::fill(Row& row, const json& fields, Write& write) {
    const Object& object = row.table().object();
    std::vector<Refusal> errors;
    std::vector<std::string> locked;
    for (const auto& [key, value] : fields.items()) {
        if (key == "attributes") continue;
        if (value.is_object()) {
            const Field* parent = object.relationship(key);
            if (parent == nullptr) return {no_column(key, object)};
            if (auto refused = set_parent(row, *parent, value, write)) return {*refused};
            continue;
        }
        const int index = row.table().index(key);
        if (index < 0) return {no_column(key, object)};
        const Field& field = object.fields[static_cast<std::size_t>(index)];
        if (write.before == nullptr ? !field.createable : !field.updateable) {
            locked.push_back(field.name);
            continue;
        }
        auto converted = from_json(field, value);
        if (auto* refused = std::get_if<Refusal>(&converted)) {
            errors.push_back(std::move(*refused));
            continue;
        }
        auto held = std::get<SqlValue>(std::move(converted));
        if (auto* text = std::get_if<std::string>(&held); text && state_.options.texts_trimmed) {
            held = text_or_null(trimmed(*text));
        }
        row.set_at(index, std::move(held));
        write.given.insert(field.name);
    }
    if (!locked.empty()) errors.insert(errors.begin(), not_writable(locked));
    return errors;
}

std::optional<Refusal> Writer::check_reference(const Row& row, const Field& field) {
    if (row.is_null(field.name) || field.reference_to.empty()) return {};
    const std::string id = row.text(field.name);
    const Object* target = object_of_id(state_.schema, id);
    bool fits = false;
    for (const std::string& name : field.reference_to) {
        fits = fits || (target != nullptr && target->name == name);
    }
    if (target != nullptr && !fits) {
        return Refusal{"FIELD_INTEGRITY_EXCEPTION",
                       field.label + ": id value of incorrect type: " + id,
                       {field.name}};
    }
    const Refusal missing{
        "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", {field.name}};
    if (!fits) return missing;
    auto found = state_.database.prepare("SELECT IsDeleted" +
                                         std::string(target->name == "User" ? ",IsActive" : "") +
                                         " FROM \"" + target->name + "\" WHERE Id=?1");
    found.bind(1, id);
    if (!found.step()) return missing;
    if (found.integer(0) != 0)
        return Refusal{"ENTITY_IS_DELETED", "entity is deleted", {field.name}};
    if (target->name == "Lead" && field.name != "MasterRecordId") {
        const auto lead = load_row(state_, table_of(state_, *target), id);
        if (lead->truth("IsConverted")) return converted_lead();
    }
    if (target->name == "User" && field.name == "OwnerId" && found.integer(1) == 0) {
        return Refusal{"INACTIVE_OWNER_OR_USER",
                       "operation performed with inactive user [" + id + "] as owner of " +
                           lower_case(row.table().object().name),
                       {}};
    }
    return {};
}

std::optional<Refusal> Writer::check_unique(const Row& row, const Field& field) {
    const bool name_of_user = field.name == "Username";
    if (!(field.unique || name_of_user) || row.is_null(field.name)) return {};
    for (const std::string& id :
         ids_where(state_, row.table().object(), field, row.value(field.name), 2)) {
        if (id == row.text("Id")) continue;
        return Refusal{"DUPLICATE_VALUE",
                       "duplicate value found: " + field.name +
                           " duplicates value on record with id: " + id.substr(0, 15),
                       {field.name}};
    }
    return {};
}

std::vector<Refusal> Writer::check(const Row& row, const Write& write) {
    const Object& object = row.table().object();
    std::vector<std::string> missing;
    for (const Field& field : object.fields) {
        const bool settable =
            write.before == nullptr ? field.createable : write.given.contains(field.name);
        if (settable && !field.nillable && row.is_null(field.name) &&
            (!field.defaulted_on_create || write.given.contains(field.name))) {
            missing.push_back(field.name);
        }
    }
    if (!missing.empty()) {
        std::string list;
        for (const std::string& name : missing) list += (list.empty() ? "" : ", ") + name;
        return {Refusal{"REQUIRED_FIELD_MISSING", "Required fields are missing: [" + list + "]",
                        missing}};
    }
    for (const Field& field : object.fields) {
        if (!write.given.contains(field.name)) continue;
        if (auto refused = check_reference(row, field)) return {*refused};
        if (auto refused = check_unique(row, field)) return {*refused};
    }
    return {};
}

std::optional<Refusal> Writer::broken_row() {
    if (within_ || !state_.injected.next_row_fails()) return std::nullopt;
    return Refusal{state_.injected.row_code, state_.injected.row_words, {}};
}

Outcome Writer::insert(const Object& object, const json& fields) {
    if (auto broken = broken_row()) return {.errors = {*broken}};
    if (!object.createable) {
        return {.errors = {{"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                            "entity type cannot be inserted: " + object.label,
                            {}}}};
    }
    Row row(table_of(state_, object));
    Write write;
    write.by_person = by_person_;
    if (fields.contains("Id") || fields.contains("id")) {
        return {.errors = {{"INVALID_FIELD", "cannot specify Id in an insert call", {"Id"}}}};
    }
    if (auto errors = fill(row, fields, write); !errors.empty()) return {.errors = errors};
    apply_defaults(row, user_id_);
    if (auto errors = check(row, write); !errors.empty()) return {.errors = errors};
    if (auto refused = derive(state_, row, write)) return {.errors = {*refused}};
    const std::string stamp = state_.write_stamp();
    row.set("Id", mint_id(state_, object));
    stamp_created(row, stamp, user_id_);
    stamp_changed(row, stamp, user_id_);
    insert_row(state_, row);
    follow_up(state_, row, write, ripple_);
    return {.id = row.text("Id"), .created = true};
}

Outcome Writer::update(const Object& object, const std::string& id, const json& fields) {
    if (auto broken = broken_row()) return {.errors = {*broken}};
    if (!object.updateable) {
        return {.errors = {{"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                            "entity type cannot be updated: " + object.label,
                            {}}}};
    }
    const std::string key = id18(id);
    if (key.empty()) return {.errors = {{"MALFORMED_ID", "malformed id " + id, {"Id"}}}};
    const auto before = load_row(state_, table_of(state_, object), key);
    if (!before) return {.errors = {no_such_record()}};
    if (before->truth("IsDeleted")) return {.errors = {entity_is_deleted()}};
    if (object.name == "Lead" && before->truth("IsConverted")) {
        return {.errors = {converted_lead()}};
    }
    Row row = *before;
    Write write;
    write.before = &*before;
    write.by_person = by_person_;
    if (auto errors = fill(row, fields, write); !errors.empty()) return {.errors = errors};
    if (auto errors = check(row, write); !errors.empty()) return {.errors = errors};
    if (auto refused = derive(state_, row, write)) return {.errors = {*refused}};
    stamp_changed(row, state_.write_stamp(), user_id_);
    update_row(state_, *before, row);
    follow_up(state_, row, write, ripple_);
    return {.id = key};
}

Outcome Writer::upsert(const Object& object, const Field& key, const std::string& value,
                       const json& fields, bool update_only) {
    if (auto broken = broken_row()) return {.errors = {*broken}};
    const OneRow counted(within_);
    json body = fields;
    if (key.name == "Id") {
        if (value.empty()) return insert(object, body);
        return update(object, value, body);
    }
    if (value.empty()) {
        return {.errors = {{"MISSING_ARGUMENT", key.name + " not specified", {key.name}}}};
    }
    auto wanted = from_text(key, value);
    if (auto* refused = std::get_if<Refusal>(&wanted)) return {.errors = {*refused}};
    auto ids = ids_where(state_, object, key, std::get<SqlValue>(wanted), 20);
    if (ids.size() > 1) {
        Outcome several{
            .errors = {{"DUPLICATE_EXTERNAL_ID",
                        key.name + ": more than one record found for external id field: [" +
                            ids[0] + ", " + ids[1] + "]",
                        {key.name},
                        300}}};
        several.matches = std::move(ids);
        return several;
    }
    if (ids.size() == 1) return update(object, ids.front(), body);
    if (update_only) return {.errors = {not_found()}};
    body[key.name] = value;
    return insert(object, body);
}

std::optional<Refusal> Writer::check_children(const Row& row) {
    for (const ChildRelationship& link : row.table().object().children) {
        const Table& table = table_of(state_, link.child);
        const Field& field = *table.object().find(link.field);
        if (!link.restricted_delete && !link.cascade_delete) continue;
        for (const std::string& id :
             ids_where(state_, table.object(), field, row.value("Id"), 1'000'000)) {
            const auto child = load_row(state_, table, id);
            const bool draft = link.cascade_delete && child->text("StatusCode") != "Activated";
            if (link.restricted_delete && !draft) {
                return Refusal{"DELETE_FAILED",
                               "Your attempt to delete " + row.text("Name") +
                                   " could not be completed because it is associated with the "
                                   "following " +
                                   lower_case(table.object().label_plural) + ".: " + id,
                               {}};
            }
            if (!link.cascade_delete || table.object().children.empty()) continue;
            if (auto refused = check_children(*child)) return refused;
        }
    }
    return std::nullopt;
}

void Writer::remove_with_children(Row row, const std::string& stamp, const std::string& root) {
    const Row before = row;
    row.set_truth("IsDeleted", true);
    stamp_changed(row, stamp, user_id_);
    update_row(state_, before, row);
    note_in_bin(state_, row, root);
    touch(state_, row, ripple_);
    for (const ChildRelationship& link : row.table().object().children) {
        const Table& table = table_of(state_, link.child);
        const Field* field = table.object().find(link.field);
        for (const std::string& id :
             ids_where(state_, table.object(), *field, row.value("Id"), 1'000'000)) {
            auto child = load_row(state_, table, id);
            if (link.cascade_delete) {
                remove_with_children(std::move(*child), stamp, root);
                continue;
            }
            note_cleared(state_, root, *child, link.field);
            Row cleared = *child;
            cleared.set(link.field, SqlValue{});
            move_stamp(cleared, stamp);
            update_row(state_, *child, cleared);
        }
    }
}

Outcome Writer::remove(const Object& object, const std::string& id) {
    if (auto broken = broken_row()) return {.errors = {*broken}};
    const std::string key = id18(id);
    if (key.empty()) return {.errors = {{"MALFORMED_ID", "malformed id " + id, {"Id"}}}};
    if (!object.deletable) {
        return {.errors = {{"INSUFFICIENT_ACCESS_OR_READONLY",
                            "insufficient access rights on object id",
                            {}}}};
    }
    auto row = load_row(state_, table_of(state_, object), key);
    if (!row) return {.errors = {no_such_record()}};
    if (row->truth("IsDeleted")) return {.errors = {entity_is_deleted()}};
    if (by_person_ && object.name == "CampaignInfluence") {
        if (auto locked = locked_model(state_, *row)) return {.errors = {*locked}};
    }
    if (auto refused = check_children(*row)) return {.errors = {*refused}};
    remove_with_children(std::move(*row), state_.write_stamp(), key);
    return {.id = key};
}

}  // namespace duet::sandbox
