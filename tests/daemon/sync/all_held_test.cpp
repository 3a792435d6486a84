// What is held about a person is told by an export, all of it, and removed by an erasure, all of
// it: asked of the schema, so that a table that is added is asked for too.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/person.h"
#include "daemon/store/sqlite.h"
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

using nlohmann::json;
using Columns = std::map<std::string, std::string>;  // name -> type

/// Tables of which an export tells nothing, because what they hold is told already.
const std::map<std::string, std::string> kNotTold{
    {"seen_references", "an index of what \"records\" and \"referring\" tell"},
    {"seen_keys", "an index of what \"records\" tell"},
    {"review_candidates", "an index of what \"reviews\" tell"},
    {"dirty", "that the next cycle looks at the entity, and nothing about it"},
    {"changed", "that the next cycle looks at a record, and nothing about it"},
};

/// Columns of the other tables that an export leaves out.
const std::set<std::string> kPartsNotTold{
    "seen.indexed",            // what the indexes hold
    "entities.kind",           // told as it is
    "quarantine.fingerprint",  // a digest of a write, by which it is known again
};

/// Spelled as README.md of the store says; any other text may be anything.
const std::map<std::string, std::string> kSpelled{
    {"seen.fields", R"({"LastName":"smk-seen.fields"})"},
    {"seen.changed_fields", R"([["mk-seen.changed_fields","1000000","2000000",""]])"},
    {"entities.kind", "person"},
    {"entities.agreed", R"({"Phone":["smk-entities.agreed"]})"},
    {"entities.broken", R"([["mk-entities.broken","held"]])"},
    {"in_flight.kind", "update"},
    {"in_flight.fields", R"({"Phone":"smk-in_flight.fields"})"},
    {"in_flight.before_fields", R"({"Phone":"smk-in_flight.before_fields"})"},
    {"audit.kind", "update"},
    {"audit.before_value", "smk-audit.before_value"},
    {"audit.after_value", "smk-audit.after_value"},
    {"audit.lost_value", "smk-audit.lost_value"},
    {"allowances.flags", R"([["crm.mk-allowances.flags"]])"},
    {"pins.held_value", "smk-pins.held_value"},
    {"pins.refused_value", "smk-pins.refused_value"},
    {"reviews.candidates", R"([["1","prospect","mk-reviews.candidates"]])"},
    {"choices.candidates", R"([["1","prospect","mk-choices.candidates"]])"},
};

class AllHeld : public SettledWorld {
protected:
    AllHeld() : SettledWorld(in_file()), entity(world.entity_of(kCrm, contact).id) {
        auto opened = store::Database::open(world.state_file());
        if (!opened) throw std::runtime_error(opened.error().message);
        database = std::move(*opened);
        for (const std::string& table :
             names("SELECT name FROM sqlite_master WHERE type = 'table'"))
            add_table(table);
    }

    std::vector<std::string> names(std::string_view sql) {
        std::vector<std::string> all;
        auto rows = database->query(sql, {});
        while (rows.next()) all.push_back(rows.string(0));
        return all;
    }
    /// Where its columns name an entity or a record.
    void add_table(const std::string& table) {
        Columns columns;
        auto rows = database->query("SELECT name, type FROM pragma_table_info(?1)", {table});
        while (rows.next()) columns.emplace(rows.string(0), rows.string(1));
        if (!columns.contains("org")) return;
        const bool is_about = std::any_of(columns.begin(), columns.end(), [](const auto& column) {
            return column.first == "entity" || column.first.ends_with("record_key");
        });
        if (is_about) tables.emplace(table, std::move(columns));
    }

    static std::string marker(const std::string& column) {
        const auto spelled = kSpelled.find(column);
        return spelled == kSpelled.end() ? "mk-" + column : spelled->second;
    }
    /// What a row about Ada has in a column, as SQL.
    std::string value_of(const std::string& table, const std::string& name,
                         const std::string& type) {
        if (name == "org") return "'acme'";
        if (name == "entity") return std::to_string(entity);
        if (name == "side") return "0";
        if (name == "object") return "'Contact'";
        if (name == "record_key") return "'" + contact.key + "'";
        return type == "TEXT" ? "'" + marker(table + "." + name) + "'" : "1";
    }
    /// One row about Ada in each table; those that are there already are filled, but for indexes.
    void fill(const std::set<std::string>& without) {
        for (const auto& [table, columns] : tables) {
            if (without.contains(table)) continue;
            std::string left;
            std::string right;
            std::string sets;
            for (const auto& [name, type] : columns) {
                left += (left.empty() ? "" : ", ") + name;
                right += (right.empty() ? "" : ", ") + value_of(table, name, type);
                if (type == "TEXT" && !kKeys.contains(name) && name != "indexed")
                    sets += (sets.empty() ? "" : ", ") + name + " = " + value_of(table, name, type);
            }
            Status done = Done{};
            if (table == "entities") {
                done = database->script(
                    fmt::format("UPDATE entities SET {} WHERE entity = {}", sets, entity));
            } else if (table == "seen") {
                done = database->script(
                    fmt::format("UPDATE seen SET {} WHERE record_key = '{}'", sets, contact.key));
            } else if (table != "links" && !table.starts_with("seen_")) {
                done = database->script(
                    fmt::format("INSERT OR REPLACE INTO {} ({}) VALUES ({})", table, left, right));
            }
            EXPECT_TRUE(done) << table << ": " << done.error().message;
        }
    }
    Result<json> ask(const char* command, const json& body) {
        return service::answer_person_request(world.org(), command, body, {});
    }

    const std::set<std::string> kKeys{"org", "object", "record_key"};
    std::int64_t entity;
    std::map<std::string, Columns> tables;
    std::unique_ptr<store::Database> database;
};

TEST_F(AllHeld, IsToldByAnExportColumnByColumn) {
    ASSERT_GT(tables.size(), 15U);
    fill({});
    const auto all = ask("export", {{"who", fmt::format("duet-{}", entity)}});
    ASSERT_TRUE(all) << all.error().message;
    const std::string told = all->dump();
    for (const auto& [table, columns] : tables) {
        if (kNotTold.contains(table)) continue;
        for (const auto& [name, type] : columns) {
            const std::string column = table + "." + name;
            if (type != "TEXT" || kKeys.contains(name) || kPartsNotTold.contains(column)) continue;
            const std::string wanted = column.ends_with(".kind") ? "" : "mk-" + column;
            EXPECT_NE(told.find(wanted), std::string::npos) << column << " is not told";
        }
    }
}

TEST_F(AllHeld, IsRemovedByAnErasureFromEveryTable) {
    // Who has a write in flight is not erased; names in tallies come of entities' own columns.
    fill({"in_flight", "entities"});
    const auto erased = ask("erase", {{"who", fmt::format("duet-{}", entity)}, {"dry_run", false}});
    ASSERT_TRUE(erased) << erased.error().message;
    for (const auto& [table, columns] : tables) {
        for (const char* name : {"entity", "record_key"}) {
            if (!columns.contains(name)) continue;
            const std::string mine =
                std::string(name) == "entity" ? std::to_string(entity) : "'" + contact.key + "'";
            const auto left =
                names(fmt::format("SELECT count(*) FROM {} WHERE {} = {}", table, name, mine));
            EXPECT_EQ(left, std::vector<std::string>{"0"}) << table << "." << name;
        }
    }
    EXPECT_EQ(world.stored_bytes().find("mk-"), std::string::npos)
        << world.stored_bytes().substr(world.stored_bytes().find("mk-"), 60);
}

}  // namespace
}  // namespace duet::world
