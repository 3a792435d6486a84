#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "connectors/sandbox/csv.h"
#include "connectors/sandbox/pardot_api.h"
#include "connectors/sandbox/pardot_rows.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

namespace {

[[noreturn]] void bad_cell(const std::string& file, std::size_t line, const std::string& column,
                           const std::string& why) {
    throw std::runtime_error(file + ":" + std::to_string(line) + ": " + column + ": " + why);
}

std::optional<SqlValue> seed_value(const PardotField& field, const std::string& text) {
    std::int64_t integer = 0;
    double real = 0;
    const char* last = text.data() + text.size();
    switch (field.kind) {
        case PardotKind::Boolean:
            if (text == "true" || text == "1") return SqlValue{std::int64_t{1}};
            if (text == "false" || text == "0") return SqlValue{std::int64_t{0}};
            return std::nullopt;
        case PardotKind::Integer:
            if (std::from_chars(text.data(), last, integer).ptr != last) return std::nullopt;
            return SqlValue{integer};
        case PardotKind::Real:
            if (std::from_chars(text.data(), last, real).ptr != last) return std::nullopt;
            return SqlValue{real};
        case PardotKind::DateTime:
            if (const auto time = stored_time(text)) return SqlValue{*time};
            return std::nullopt;
        default:
            return SqlValue{text};
    }
}

/// What a prospect's row says twice is told once in the seed.
void complete_prospects(SandboxState& state) {
    state.database.exec(
        "UPDATE pardot_prospects SET userId = assignedToId WHERE userId IS NULL;"
        "UPDATE pardot_prospects SET salesforceOwnerId = (SELECT salesforceId FROM pardot_users u "
        "WHERE u.id = assignedToId) WHERE salesforceOwnerId IS NULL AND assignedToId IS NOT NULL;"
        "UPDATE pardot_prospects SET salesforceId = COALESCE(salesforceContactId, "
        "salesforceLeadId) WHERE salesforceId IS NULL;");
}

void load_collection(SandboxState& state, const PardotCollection& collection,
                     const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return;
    std::ostringstream all;
    all << stream.rdbuf();
    const std::string text = all.str();
    CsvReader reader(text);
    std::vector<CsvCell> header, cells;
    if (!reader.next(header)) return;
    std::vector<const PardotField*> columns;
    for (const CsvCell& name : header) {
        columns.push_back(collection.find(name.text));
        if (!columns.back()) bad_cell(file, 1, name.text, "no such field");
    }
    while (reader.next(cells)) {
        if (cells.size() != columns.size())
            bad_cell(file, reader.line(), "row", "too short or long");
        PardotRow row;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (cells[i].text.empty()) continue;
            const auto value = seed_value(*columns[i], cells[i].text);
            if (!value) bad_cell(file, reader.line(), columns[i]->name, "not a value of its type");
            row.insert_or_assign(columns[i]->name, *value);
        }
        for (const PardotField& field : collection.fields) {
            if (field.kind == PardotKind::Boolean) row.emplace(field.name, std::int64_t{0});
        }
        for (const char* stamp : {"createdAt", "updatedAt"}) row.emplace(stamp, stored_now(state));
        store_pardot_row(state, collection, row);
    }
}

}  // namespace

void create_pardot_tables(SandboxState& state) {
    for (const PardotCollection& each : pardot_collections()) create_pardot_table(state, each);
}

void seed_pardot(SandboxState& state, const std::string& folder) {
    if (!std::filesystem::is_directory(folder)) return;
    for (const PardotCollection& each : pardot_collections()) {
        // Custom fields come before prospects, so their columns are there when prospects are read.
        load_collection(state, with_custom_fields(state, each), folder + "/" + each.name + ".csv");
        if (each.name != "custom-fields") continue;
        for (const PardotField& field :
             with_custom_fields(state, *pardot_collection("prospects")).fields) {
            if (!field.custom()) continue;
            state.database.exec("ALTER TABLE pardot_prospects ADD COLUMN \"" + field.name + "\" " +
                                (field.kind == PardotKind::Real ? "REAL" : "TEXT"));
        }
    }
    complete_prospects(state);
}

}  // namespace duet::sandbox
