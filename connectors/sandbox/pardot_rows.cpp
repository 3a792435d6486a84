#include "connectors/sandbox/pardot_rows.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>
#include <vector>

#include "connectors/sandbox/state.h"

namespace duet::sandbox {

namespace {

constexpr std::string_view kCopiesReady = "pardot.copies_ready";

std::string column_type(PardotKind kind) {
    switch (kind) {
        case PardotKind::Integer:
        case PardotKind::Boolean:
            return "INTEGER";
        case PardotKind::Real:
            return "REAL";
        default:
            return "TEXT";
    }
}

void note_write(SandboxState& state, const PardotCollection& collection, std::int64_t id) {
    if (state.setting(kCopiesReady).empty()) return;
    state.database.prepare("INSERT INTO pardot_write_log(at_ms, collection, id) VALUES(?1,?2,?3)")
        .bind(1, state.clock.now_ms())
        .bind(2, collection.name)
        .bind(3, id)
        .run();
}

std::int64_t next_id(SandboxState& state, const PardotCollection& collection) {
    Statement row =
        state.database.prepare("SELECT COALESCE(MAX(id), 1000) FROM \"" + collection.table + "\"");
    row.step();
    // The highest id may have been erased.
    const std::int64_t erased =
        std::strtoll(state.setting("erased_id." + collection.name, "0").c_str(), nullptr, 10);
    return std::max(row.integer(0), erased) + 1;
}

void stamp_user(const PardotCollection& collection, PardotRow& values, std::string_view field,
                std::optional<std::int64_t> user) {
    if (user && collection.find(field)) values.insert_or_assign(std::string{field}, *user);
}

void make_copies(SandboxState& state) {
    for (const PardotCollection& each : pardot_collections()) {
        const std::string copy = table_of(each, PardotCopy::Lagging);
        state.database.exec("DROP TABLE IF EXISTS \"" + copy + "\"; CREATE TABLE \"" + copy +
                            "\" AS SELECT * FROM \"" + each.table + "\"; CREATE UNIQUE INDEX \"" +
                            copy + "_id\" ON \"" + copy + "\"(id)");
    }
    state.set_setting(kCopiesReady, "true");
}

}  // namespace

std::string table_of(const PardotCollection& collection, PardotCopy copy) {
    return copy == PardotCopy::Primary ? collection.table : collection.table + "_lagging";
}

void create_pardot_table(SandboxState& state, const PardotCollection& collection) {
    std::string sql = "CREATE TABLE IF NOT EXISTS \"" + collection.table + "\"(";
    for (const PardotField& field : collection.fields) {
        sql += field.name == "id" ? "id INTEGER PRIMARY KEY"
                                  : ", \"" + field.name + "\" " + column_type(field.kind);
    }
    sql += ")";
    state.database.exec(sql);
    for (const PardotFilter& filter : collection.filters) {
        if (filter.field == "id" || filter.field == "type") continue;
        const bool address = filter.field == "email";
        state.database.exec("CREATE INDEX IF NOT EXISTS \"" + collection.table + "_" +
                            filter.field + "\" ON \"" + collection.table + "\"(\"" + filter.field +
                            "\"" + (address ? " COLLATE NOCASE" : "") + ")");
    }
    state.database.exec(
        "CREATE TABLE IF NOT EXISTS pardot_write_log(at_ms INTEGER NOT NULL, collection TEXT NOT "
        "NULL, id INTEGER NOT NULL)");
}

std::optional<PardotRow> find_pardot_row(SandboxState& state, const PardotCollection& collection,
                                         std::int64_t id, PardotCopy copy) {
    std::string sql = "SELECT ";
    for (const PardotField& field : collection.fields) sql += "\"" + field.name + "\", ";
    sql.resize(sql.size() - 2);
    Statement found =
        state.database.prepare(sql + " FROM \"" + table_of(collection, copy) + "\" WHERE id = ?1");
    found.bind(1, id);
    if (!found.step()) return std::nullopt;
    PardotRow row;
    for (std::size_t i = 0; i < collection.fields.size(); ++i) {
        row.emplace(collection.fields[i].name, found.value(static_cast<int>(i)));
    }
    return row;
}

void store_pardot_row(SandboxState& state, const PardotCollection& collection,
                      const PardotRow& values) {
    std::string names, places;
    for (const auto& [name, value] : values) {
        names += (names.empty() ? "\"" : ", \"") + name + "\"";
        places += places.empty() ? "?" : ", ?";
    }
    Statement insert = state.database.prepare("INSERT INTO \"" + collection.table + "\"(" + names +
                                              ") VALUES(" + places + ")");
    int position = 0;
    for (const auto& [name, value] : values) insert.bind(++position, value);
    insert.run();
    note_write(state, collection, integer_of(values, "id"));
}

std::int64_t insert_pardot_row(SandboxState& state, const PardotCollection& collection,
                               PardotRow values, std::optional<std::int64_t> user) {
    const std::int64_t id = next_id(state, collection);
    values.insert_or_assign("id", id);
    const std::string now = stored_now(state);
    values.insert_or_assign("createdAt", now);
    values.insert_or_assign("updatedAt", now);
    stamp_user(collection, values, "createdById", user);
    stamp_user(collection, values, "updatedById", user);
    // Flags are never null.
    for (const PardotField& field : collection.fields) {
        if (field.kind == PardotKind::Boolean) values.emplace(field.name, std::int64_t{0});
    }
    store_pardot_row(state, collection, values);
    return id;
}

void update_pardot_row(SandboxState& state, const PardotCollection& collection, std::int64_t id,
                       PardotRow values, std::optional<std::int64_t> user) {
    values.insert_or_assign("updatedAt", stored_now(state));
    stamp_user(collection, values, "updatedById", user);
    std::string sets;
    for (const auto& [name, value] : values) {
        // A row's stamp never goes back: who is late to commit holds the row meanwhile.
        const char* const taken =
            name == "updatedAt" ? "\" = MAX(COALESCE(\"updatedAt\", ''), ?)" : "\" = ?";
        sets += (sets.empty() ? "\"" : ", \"") + name + taken;
    }
    Statement update =
        state.database.prepare("UPDATE \"" + collection.table + "\" SET " + sets + " WHERE id = ?");
    int position = 0;
    for (const auto& [name, value] : values) update.bind(++position, value);
    update.bind(++position, id);
    update.run();
    note_write(state, collection, id);
}

void move_pardot_copies(SandboxState& state, std::int64_t lag_seconds) {
    const bool ready = !state.setting(kCopiesReady).empty();
    if (lag_seconds <= 0) {
        if (ready) forget_pardot_copies(state);
        return;
    }
    if (!ready) make_copies(state);
    const std::int64_t until = state.clock.now_ms() - lag_seconds * 1000;
    for (const PardotCollection& each : pardot_collections()) {
        const std::string copy = table_of(each, PardotCopy::Lagging);
        state.database
            .prepare("INSERT OR REPLACE INTO \"" + copy + "\" SELECT * FROM \"" + each.table +
                     "\" WHERE id IN (SELECT id FROM pardot_write_log WHERE collection = ?1 AND "
                     "at_ms <= ?2)")
            .bind(1, each.name)
            .bind(2, until)
            .run();
    }
    state.database.prepare("DELETE FROM pardot_write_log WHERE at_ms <= ?1").bind(1, until).run();
}

void erase_pardot_row(SandboxState& state, const PardotCollection& collection, std::int64_t id) {
    const std::string name = "erased_id." + collection.name;
    if (std::strtoll(state.setting(name, "0").c_str(), nullptr, 10) < id) {
        state.set_setting(name, std::to_string(id));
    }
    std::vector<std::string> tables{collection.table};
    if (!state.setting(kCopiesReady).empty()) {
        tables.push_back(table_of(collection, PardotCopy::Lagging));
    }
    for (const std::string& table : tables) {
        state.database.prepare("DELETE FROM \"" + table + "\" WHERE id = ?1").bind(1, id).run();
    }
}

void forget_pardot_copies(SandboxState& state) {
    state.set_setting(kCopiesReady, "");
    state.database.exec("DELETE FROM pardot_write_log");
}

std::string text_of(const PardotRow& row, std::string_view field) {
    const auto found = row.find(std::string{field});
    if (found == row.end()) return {};
    const auto* text = std::get_if<std::string>(&found->second);
    return text ? *text : std::string{};
}

std::int64_t integer_of(const PardotRow& row, std::string_view field) {
    const auto found = row.find(std::string{field});
    if (found == row.end()) return 0;
    const auto* number = std::get_if<std::int64_t>(&found->second);
    return number ? *number : 0;
}

bool true_in(const PardotRow& row, std::string_view field) { return integer_of(row, field) != 0; }

std::optional<std::string> stored_time(std::string_view text) {
    // A date alone says no instant.
    if (text.find('T') == std::string_view::npos) return std::nullopt;
    const std::int64_t ms = ms_from_iso(text);
    if (ms < 0) return std::nullopt;
    return iso_from_ms(ms).substr(0, 19) + "Z";
}

std::string stored_now(SandboxState& state) { return state.write_stamp().substr(0, 19) + "Z"; }

}  // namespace duet::sandbox
