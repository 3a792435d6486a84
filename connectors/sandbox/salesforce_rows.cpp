#include "connectors/sandbox/salesforce_rows.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/salesforce_side.h"

namespace duet::sandbox {

namespace {

const char* column_type(const Field& field) {
    if (field.type == "boolean" || field.type == "int") return "INTEGER";
    if (field.type == "double" || field.type == "currency" || field.type == "percent") {
        return "NUMERIC";
    }
    return "TEXT";
}

std::string column_definition(const Field& field) {
    std::string text = "\"" + field.name + "\" " + column_type(field);
    if (field.name == "Id") text += " PRIMARY KEY";
    return text;
}

void create_index(Database& database, const Object& object, const std::string& column,
                  const char* collation) {
    database.exec("CREATE INDEX IF NOT EXISTS \"ix_" + object.name + "_" + column + "\" ON \"" +
                  object.name + "\"(\"" + column + "\"" + collation + ")");
}

std::set<std::string> columns_of(Database& database, const std::string& table) {
    std::set<std::string> names;
    auto row = database.prepare("SELECT name FROM pragma_table_info(?1)");
    row.bind(1, table);
    while (row.step()) names.insert(lower_case(row.text(0)));
    return names;
}

bool is_followed(const Schema& schema, const Object& object, const Field& field) {
    for (const Object& parent : schema.objects) {
        for (const ChildRelationship& child : parent.children) {
            if (child.child == object.name && child.field == field.name) return true;
        }
    }
    return false;
}

}  // namespace

Table::Table(const Object& object) : object_(&object) {
    std::string names;
    std::string marks;
    std::string reads;
    int bound = 0;
    for (std::size_t i = 0; i < object.fields.size(); ++i) {
        const Field& field = object.fields[i];
        index_.emplace(lower_case(field.name), static_cast<int>(i));
        if (i > 0) reads += ',';
        if (field.type == "address") {
            reads += "NULL";
            continue;
        }
        if (bound > 0) {
            names += ',';
            marks += ',';
        }
        names += "\"" + field.name + "\"";
        reads += "\"" + field.name + "\"";
        marks += "?" + std::to_string(++bound);
    }
    insert_sql_ = "INSERT INTO \"" + object.name + "\"(" + names + ") VALUES(" + marks + ")";
    select_sql_ = "SELECT " + reads + " FROM \"" + object.name + "\" WHERE Id=?1";
}

int Table::index(std::string_view field) const {
    const auto found = index_.find(lower_case(field));
    return found == index_.end() ? -1 : found->second;
}

const SqlValue& Row::value(std::string_view field) const {
    static const SqlValue kNull;
    const int index = table_->index(field);
    return index < 0 ? kNull : at(index);
}

std::string Row::text(std::string_view field) const {
    const auto* text = std::get_if<std::string>(&value(field));
    return text == nullptr ? std::string{} : *text;
}

double Row::number(std::string_view field) const {
    const SqlValue& held = value(field);
    if (const auto* real = std::get_if<double>(&held)) return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&held)) return static_cast<double>(*whole);
    return 0;
}

bool Row::truth(std::string_view field) const { return number(field) != 0; }

bool Row::is_null(std::string_view field) const {
    return std::holds_alternative<std::monostate>(value(field));
}

void Row::set(std::string_view field, SqlValue value) {
    const int index = table_->index(field);
    if (index >= 0) set_at(index, std::move(value));
}

SqlValue text_or_null(std::string_view text) {
    if (text.empty()) return std::monostate{};
    return std::string(text);
}

void create_tables(SandboxState& state) {
    Database& database = state.database;
    database.exec(
        "CREATE TABLE IF NOT EXISTS sandbox_counter"
        "(prefix TEXT PRIMARY KEY, value INTEGER NOT NULL);"
        // `root`: the row whose deletion took this one along, itself included.
        "CREATE TABLE IF NOT EXISTS sandbox_bin(id TEXT PRIMARY KEY, object TEXT NOT NULL,"
        " root TEXT NOT NULL, at_ms INTEGER NOT NULL);"
        "CREATE INDEX IF NOT EXISTS sandbox_bin_root ON sandbox_bin(root);"
        "CREATE INDEX IF NOT EXISTS sandbox_bin_at ON sandbox_bin(at_ms);"
        // Lookups that a deletion cleared.
        "CREATE TABLE IF NOT EXISTS sandbox_bin_link(root TEXT NOT NULL, object TEXT NOT NULL,"
        " id TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,"
        " PRIMARY KEY(root, id, field))");
    for (const Object& object : state.schema.objects) {
        std::string columns;
        for (const Field& field : object.fields) {
            if (field.type == "address") continue;
            if (!columns.empty()) columns += ',';
            columns += column_definition(field);
        }
        database.exec("CREATE TABLE IF NOT EXISTS \"" + object.name + "\"(" + columns + ")");
        const auto present = columns_of(database, object.name);
        for (const Field& field : object.fields) {
            if (field.type == "address" || present.contains(lower_case(field.name))) continue;
            database.exec("ALTER TABLE \"" + object.name + "\" ADD COLUMN " +
                          column_definition(field));
        }
        create_index(database, object, "SystemModstamp", "");
        for (const Field& field : object.fields) {
            if (field.name == "Id") continue;
            if (field.id_lookup || field.unique) {
                create_index(database, object, field.name, " COLLATE NOCASE");
            } else if (is_followed(state.schema, object, field)) {
                create_index(database, object, field.name, "");
            }
        }
    }
}

const Table& table_of(SandboxState& state, const Object& object) {
    auto& table = state.salesforce->tables[object.name];
    if (!table) table = std::make_unique<Table>(object);
    return *table;
}

const Table& table_of(SandboxState& state, std::string_view object) {
    const Object* found = state.schema.find(object);
    if (found == nullptr) throw std::logic_error("no object " + std::string(object));
    return table_of(state, *found);
}

std::optional<Row> load_row(SandboxState& state, const Table& table, const std::string& id) {
    auto select = state.database.prepare(table.select_sql());
    select.bind(1, id);
    if (!select.step()) return std::nullopt;
    Row row(table);
    for (int i = 0; i < select.columns(); ++i) row.set_at(i, select.value(i));
    return row;
}

void insert_row(SandboxState& state, const Row& row) {
    auto insert = state.database.prepare(row.table().insert_sql());
    int bound = 0;
    const auto& fields = row.table().object().fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].type != "address") insert.bind(++bound, row.at(static_cast<int>(i)));
    }
    insert.run();
}

void update_row(SandboxState& state, const Row& before, const Row& after) {
    const Object& object = after.table().object();
    std::string sets;
    std::vector<int> changed;
    for (std::size_t i = 0; i < object.fields.size(); ++i) {
        if (before.at(static_cast<int>(i)) == after.at(static_cast<int>(i))) continue;
        changed.push_back(static_cast<int>(i));
        if (!sets.empty()) sets += ',';
        sets += "\"" + object.fields[i].name + "\"=?" + std::to_string(changed.size());
    }
    if (changed.empty()) return;
    auto update = state.database.prepare("UPDATE \"" + object.name + "\" SET " + sets +
                                         " WHERE Id=?" + std::to_string(changed.size() + 1));
    int bound = 0;
    for (const int index : changed) update.bind(++bound, after.at(index));
    update.bind(bound + 1, after.text("Id"));
    update.run();
}

std::string mint_id(SandboxState& state, const Object& object) {
    for (;;) {
        auto count = state.database.prepare(
            "INSERT INTO sandbox_counter VALUES(?1,1)"
            " ON CONFLICT(prefix) DO UPDATE SET value=value+1 RETURNING value");
        count.bind(1, object.key_prefix);
        count.step();
        std::string id = make_id(object.key_prefix, count.integer(0));
        auto taken = state.database.prepare("SELECT 1 FROM \"" + object.name + "\" WHERE Id=?1");
        taken.bind(1, id);
        if (!taken.step()) return id;
    }
}

std::vector<std::string> ids_where(SandboxState& state, const Object& object, const Field& field,
                                   const SqlValue& value, int rows_max) {
    auto select =
        state.database.prepare("SELECT Id FROM \"" + object.name + "\" WHERE \"" + field.name +
                               "\"=?1 COLLATE NOCASE AND IsDeleted=0 ORDER BY Id LIMIT ?2");
    select.bind(1, value).bind(2, rows_max);
    std::vector<std::string> ids;
    while (select.step()) ids.emplace_back(select.text(0));
    return ids;
}

const Object* object_of_id(const Schema& schema, std::string_view id) {
    for (const Object& object : schema.objects) {
        if (id.substr(0, 3) == object.key_prefix) return &object;
    }
    return nullptr;
}

}  // namespace duet::sandbox
