#include "connectors/csv/catalog.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/csv/errors.h"
#include "connectors/csv/files.h"
#include "connectors/settings.h"

namespace duet::csv {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<std::string_view, FieldType> kTypes[] = {
    {"text", FieldType::Text}, {"number", FieldType::Number},     {"boolean", FieldType::Boolean},
    {"date", FieldType::Date}, {"datetime", FieldType::DateTime},
};

FieldType type_named(std::string_view name) {
    for (const auto& [word, type] : kTypes) {
        if (word == name) return type;
    }
    return FieldType::Text;
}

/// The schema as JSON; an empty object where there is none.
Result<nlohmann::json> read_schema(const ObjectFile& object) {
    std::error_code failed;
    if (!fs::exists(object.schema_path, failed) && !failed) return nlohmann::json::object();
    auto snapshot = take_snapshot(object.schema_path);
    if (!snapshot) return std::move(snapshot).error();
    try {
        return nlohmann::json::parse(snapshot->content);
    } catch (const nlohmann::json::parse_error& error) {
        const std::size_t offset = error.byte > 0 ? error.byte - 1 : 0;
        const std::string finding =
            place_of(snapshot->content, std::min(offset, snapshot->content.size()),
                     object.name + ".schema.json") +
            ": this is no JSON";
        return table_error({&finding, 1});
    }
}

void read_field(const nlohmann::json& json, Settings from, FieldInfo& field) {
    std::vector<std::string> words;
    for (const auto& [word, type] : kTypes) words.emplace_back(word);
    field.label = from.text("label", field.name);
    field.references = from.texts("references");
    field.relationship = from.text("relationship");
    if (json.is_object() && json.contains("type")) {
        field.type = type_named(from.one_of("type", words));
    }
    if (!field.references.empty()) {
        if (field.type != FieldType::Text) from.wrong("type", "must be text for a reference");
        field.type = FieldType::Id;
    } else if (!field.relationship.empty()) {
        from.wrong("relationship", "needs references");
    }
    field.required = from.flag("required", false);
    field.unique_key = from.flag("unique", false);
    from.end();
}

void read_fields(const nlohmann::json& json, Settings& from, ObjectInfo& object) {
    if (!json.is_object() || !json.contains("fields")) return;
    Settings fields = from.object("fields");
    const nlohmann::json& list = json["fields"];
    if (!list.is_object()) return;
    for (const auto& [name, entry] : list.items()) {
        const auto field =
            std::find_if(object.fields.begin(), object.fields.end(),
                         [&key = name](const FieldInfo& one) { return same_name(one.name, key); });
        if (field == object.fields.end()) {
            fields.wrong(name, "is no column of " + object.name + ".csv");
        } else {
            read_field(entry, fields.object(name), *field);
        }
    }
}

/// The columns that are Duet's own business: what the schema says of them does not count.
void set_own_columns(ObjectInfo& object, const Columns& columns) {
    FieldInfo& key = object.fields[columns.key];
    key.type = FieldType::Id;
    key.unique_key = true;
    key.updatable = false;
    FieldInfo& stamp = object.fields[columns.stamp];
    stamp.type = FieldType::DateTime;
    stamp.creatable = stamp.updatable = false;
    if (!columns.deleted) return;
    FieldInfo& deleted = object.fields[*columns.deleted];
    deleted.type = FieldType::Boolean;
    deleted.creatable = deleted.updatable = false;
}

}  // namespace

Result<std::vector<ObjectFile>> object_files(const std::string& folder) {
    std::error_code failed;
    fs::directory_iterator entry(folder, failed);
    if (failed) return file_error("list", folder, failed.value());
    std::vector<ObjectFile> files;
    for (; entry != fs::directory_iterator{}; entry.increment(failed)) {
        const fs::path& path = entry->path();
        const std::string stem = path.stem().string();
        if (path.extension() != ".csv" || stem.starts_with('.')) continue;
        std::error_code ignored;
        if (entry->is_directory(ignored)) continue;
        files.push_back(
            {stem, path.string(), (path.parent_path() / (stem + ".schema.json")).string()});
    }
    if (failed) return file_error("list", folder, failed.value());
    std::sort(files.begin(), files.end(),
              [](const ObjectFile& a, const ObjectFile& b) { return a.name < b.name; });
    for (const ObjectFile& file : files) {
        const ObjectFile* first = find_object(files, file.name);
        if (first == &file) continue;
        const std::string finding = folder + ": " + first->file() + " and " + file.file() +
                                    " differ only in case, so they are one object to Duet";
        return table_error({&finding, 1});
    }
    return files;
}

const ObjectFile* find_object(const std::vector<ObjectFile>& files,
                              std::string_view name) noexcept {
    for (const ObjectFile& file : files) {
        if (same_name(file.name, name)) return &file;
    }
    return nullptr;
}

Result<ObjectInfo> describe(const ObjectFile& object, const Row& header, const Columns& columns) {
    auto json = read_schema(object);
    if (!json) return std::move(json).error();
    ObjectInfo made;
    made.name = object.name;
    made.deletable = columns.deleted.has_value();
    for (const Cell& cell : header.cells) {
        FieldInfo& field = made.fields.emplace_back();
        field.name = field.label = cell.text;
    }
    Settings from(*json, object.name + ".schema.json");
    made.label = from.text("label", object.name);
    const std::string entity = from.text("entity");
    if (const auto kind = entity_kind(entity)) {
        made.entity = *kind;
    } else if (!entity.empty()) {
        from.wrong("entity",
                   "must be one of none, person, account, opportunity, campaign, activity");
    }
    read_fields(*json, from, made);
    from.end();
    if (auto status = from.finish(); !status) return std::move(status).error();
    set_own_columns(made, columns);
    return made;
}

std::string name_with_hint(const ObjectInfo& object, const std::string& field) {
    std::vector<std::string> names;
    for (const FieldInfo& one : object.fields) names.push_back(one.name);
    const std::string near = nearest_name(field, names);
    return object.name + "." + field + (near.empty() ? "" : " (did you mean " + near + "?)");
}

}  // namespace duet::csv
