#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connectors/sandbox/database.h"
#include "connectors/sandbox/schema.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

/// Where an object's fields stand in a row, and the SQL that reads and adds one.
class Table {
public:
    explicit Table(const Object& object);
    [[nodiscard]] const Object& object() const noexcept { return *object_; }
    [[nodiscard]] int index(std::string_view field) const;  // without case; -1: no such field
    [[nodiscard]] const std::string& insert_sql() const noexcept { return insert_sql_; }
    [[nodiscard]] const std::string& select_sql() const noexcept { return select_sql_; }

private:
    const Object* object_;
    std::unordered_map<std::string, int> index_;  // lower case
    std::string insert_sql_;
    std::string select_sql_;  // every field in order (NULL for compound ones), WHERE Id=?1
};

/// One record in memory: a value for each field of its object, in the object's order.
class Row {
public:
    explicit Row(const Table& table) : table_(&table), values_(table.object().fields.size()) {}
    [[nodiscard]] const Table& table() const noexcept { return *table_; }
    [[nodiscard]] const SqlValue& at(int index) const {
        return values_[static_cast<std::size_t>(index)];
    }
    void set_at(int index, SqlValue value) {
        values_[static_cast<std::size_t>(index)] = std::move(value);
    }

    // By name; a name that the object lacks reads as null and is not set.
    [[nodiscard]] const SqlValue& value(std::string_view field) const;
    [[nodiscard]] std::string text(std::string_view field) const;  // "" for null
    [[nodiscard]] double number(std::string_view field) const;     // 0 for null
    [[nodiscard]] bool truth(std::string_view field) const;
    [[nodiscard]] bool is_null(std::string_view field) const;
    void set(std::string_view field, SqlValue value);
    void set_truth(std::string_view field, bool value) { set(field, std::int64_t{value ? 1 : 0}); }

private:
    const Table* table_;
    std::vector<SqlValue> values_;
};

/// "" as null: what the vendor does with empty texts.
[[nodiscard]] SqlValue text_or_null(std::string_view text);

/// Makes the tables and indexes of the schema that are missing, and columns of new custom fields.
void create_tables(SandboxState& state);

/// The table of an object of the state's schema, made at first use.
[[nodiscard]] const Table& table_of(SandboxState& state, const Object& object);
[[nodiscard]] const Table& table_of(SandboxState& state, std::string_view object);

/// By 18-character id, deleted rows included.
[[nodiscard]] std::optional<Row> load_row(SandboxState& state, const Table& table,
                                          const std::string& id);
void insert_row(SandboxState& state, const Row& row);
/// Writes the fields in which `after` differs from `before`.
void update_row(SandboxState& state, const Row& before, const Row& after);

/// A fresh id for the object, in no use.
[[nodiscard]] std::string mint_id(SandboxState& state, const Object& object);

/// Ids of live rows whose `field` equals `value` without case; at most `rows_max`.
[[nodiscard]] std::vector<std::string> ids_where(SandboxState& state, const Object& object,
                                                 const Field& field, const SqlValue& value,
                                                 int rows_max);

/// The object that ids of this prefix belong to, or null.
[[nodiscard]] const Object* object_of_id(const Schema& schema, std::string_view id);

}  // namespace duet::sandbox
