#include "connectors/sandbox/soql_paths.h"

#include <algorithm>
#include <array>
#include <utility>

#include "connectors/sandbox/soql_scanner.h"
#include "mappings/catalog.h"

namespace duet::sandbox::soql {
namespace {

// 5 levels up, 55 parents: SOQL reference, read 2026-01.
constexpr std::size_t kMaxLevels = 5;
constexpr std::size_t kMaxTables = 56;
// Below SQLite's own 32,766.
constexpr std::size_t kMaxParameters = 30000;

// A polymorphic parent shows the fields of the object Name, whatever it really is.
constexpr std::array<std::string_view, 13> kNameFields = {
    "Alias", "Email",     "FirstName", "Id",       "IsActive",   "LastName", "Name",
    "Phone", "ProfileId", "Title",     "Username", "UserRoleId", "Type"};

const Field kTypeField{.name = "Type", .label = "Object Type"};

}  // namespace

std::string Session::bind(Parameter value, std::size_t offset) {
    if (parameters.size() >= kMaxParameters) {
        refuse(offset, "QUERY_TOO_COMPLICATED", "The query has too many constants");
    }
    parameters.push_back(std::move(value));
    return "?" + std::to_string(parameters.size());
}

void Session::refuse(std::size_t offset, std::string code, std::string_view reason) const {
    throw Refused{refuse_at(text, offset, std::move(code), reason)};
}

void refuse_object(const Session& session, const std::string& name, std::size_t offset) {
    session.refuse(offset, "INVALID_TYPE",
                   "sObject type '" + name +
                       "' is not supported. If you are attempting to use a custom object, be sure "
                       "to append the '__c' after the entity name. Please reference your WSDL or "
                       "the describe call for the appropriate names.");
}

std::string quote_name(std::string_view name) { return '"' + std::string{name} + '"'; }

std::string quote_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += c;
        out += c;
    }
    return out + "'";
}

Tables::Tables(Session& session, const Object& root, const std::vector<Source>& from)
    : session_(session), root_(root), sql_(quote_name(root.name) + " t0") {
    joins_.reserve(kMaxTables);  // join() hands out references
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::vector<std::string> path;
        if (i > 0) {
            path = expand(from[i].path);
            const Join* parent = nullptr;
            for (const std::string& part : path) parent = &join(parent, part, from[i].offset);
        }
        if (from[i].alias.empty()) continue;
        aliases_.push_back(from[i].alias);
        alias_paths_.push_back(std::move(path));
    }
}

std::string Tables::column(std::string_view field) const { return "t0." + quote_name(field); }

// Replaces a leading alias or the object's own name.
std::vector<std::string> Tables::expand(const std::vector<std::string>& path) const {
    if (path.size() < 2) return path;
    std::vector<std::string> out;
    std::size_t skip = same_name(path[0], root_.name) ? 1 : 0;
    for (std::size_t i = 0; i < aliases_.size(); ++i) {
        if (!same_name(path[0], aliases_[i])) continue;
        out = alias_paths_[i];
        skip = 1;
    }
    out.insert(out.end(), path.begin() + static_cast<std::ptrdiff_t>(skip), path.end());
    return out;
}

void Tables::refuse_column(const std::string& name, const std::string& entity,
                           std::size_t offset) const {
    session_.refuse(offset, "INVALID_FIELD",
                    "No such column '" + name + "' on entity '" + entity +
                        "'. If you are attempting to use a custom field, be sure to append the "
                        "'__c' after the custom field name. Please reference your WSDL or the "
                        "describe call for the appropriate names.");
}

const Tables::Join& Tables::join(const Join* parent, const std::string& name, std::size_t offset) {
    const Object* object = parent == nullptr ? &root_ : parent->targets.front();
    const bool is_polymorphic = parent != nullptr && parent->targets.size() > 1;
    const Field* field = is_polymorphic ? nullptr : object->relationship(name);
    Join added;
    if (field != nullptr) {
        for (const std::string& target : field->reference_to) {
            if (const Object* found = session_.schema.find(target)) added.targets.push_back(found);
        }
    }
    if (added.targets.empty()) {
        session_.refuse(offset, "INVALID_FIELD",
                        "Didn't understand relationship '" + name +
                            "' in field path. If you are attempting to use a custom relationship, "
                            "be sure to append the '__r' after the custom relationship name. "
                            "Please reference your WSDL or the describe call for the appropriate "
                            "names.");
    }
    added.spelling = field->relationship_name;
    added.key = (parent == nullptr ? "" : parent->key + ".") + added.spelling;
    for (const Join& known : joins_) {
        if (known.key == added.key) return known;
    }
    if (table_count_ + added.targets.size() > kMaxTables) {
        session_.refuse(offset, "QUERY_TOO_COMPLICATED",
                        "A query can follow at most 55 relationships to parents");
    }
    const std::string from =
        (parent == nullptr ? "t0" : parent->aliases.front()) + "." + quote_name(field->name);
    for (const Object* target : added.targets) {
        const std::string alias = "t" + std::to_string(table_count_++);
        const std::string id = alias + "." + quote_name("Id");
        sql_ += " LEFT JOIN " + quote_name(target->name) + " " + alias + " ON " + id + " = " + from;
        added.id_sql += (added.id_sql.empty() ? "" : ", ") + id;
        added.aliases.push_back(alias);
    }
    if (added.targets.size() > 1) added.id_sql = "COALESCE(" + added.id_sql + ")";
    joins_.push_back(std::move(added));
    return joins_.back();
}

FieldRef Tables::pick(const Join& parent, const std::string& name, std::size_t offset) const {
    FieldRef ref;
    if (parent.targets.size() == 1) {
        ref.object = parent.targets.front();
        ref.field = ref.object->find(name);
        if (ref.field == nullptr) refuse_column(name, ref.object->name, offset);
        ref.sql = parent.aliases.front() + "." + quote_name(ref.field->name);
        return ref;
    }
    const bool is_name_field =
        std::any_of(kNameFields.begin(), kNameFields.end(),
                    [&](std::string_view known) { return same_name(known, name); });
    if (!is_name_field) refuse_column(name, "Name", offset);
    const bool is_type = same_name(name, "Type");
    std::string choices;
    for (std::size_t i = 0; i < parent.targets.size(); ++i) {
        const Field* field = is_type ? &kTypeField : parent.targets[i]->find(name);
        if (field == nullptr || field->type == "address") continue;
        if (ref.field == nullptr) {
            ref.field = field;
            ref.object = parent.targets[i];
        }
        const std::string alias = parent.aliases[i] + ".";
        choices +=
            " WHEN " + alias + quote_name("Id") + " IS NOT NULL THEN " +
            (is_type ? quote_text(parent.targets[i]->name) : alias + quote_name(field->name));
    }
    if (ref.field == nullptr) refuse_column(name, "Name", offset);
    ref.sql = "(CASE" + choices + " END)";
    return ref;
}

FieldRef Tables::resolve(const std::vector<std::string>& path, std::size_t offset) {
    const std::vector<std::string> parts = expand(path);
    if (parts.size() > kMaxLevels + 1) {
        session_.refuse(offset, "INVALID_FIELD",
                        "A field path can follow at most 5 relationships to parents");
    }
    if (parts.size() == 1) {
        FieldRef ref;
        ref.object = &root_;
        ref.field = root_.find(parts.front());
        if (ref.field == nullptr) refuse_column(parts.front(), root_.name, offset);
        ref.sql = column(ref.field->name);
        ref.path = {ref.field->name};
        return ref;
    }
    std::vector<std::string> spelling;
    std::vector<std::string> ids;
    const Join* parent = nullptr;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        parent = &join(parent, parts[i], offset);
        spelling.push_back(parent->spelling);
        ids.push_back(parent->id_sql);
    }
    FieldRef ref = pick(*parent, parts.back(), offset);
    spelling.push_back(ref.field->name);
    ref.path = std::move(spelling);
    ref.parent_id_sql = std::move(ids);
    return ref;
}

}  // namespace duet::sandbox::soql
