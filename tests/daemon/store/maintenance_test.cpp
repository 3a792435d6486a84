#include "daemon/store/maintenance.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include <sys/stat.h>

#include "daemon/store/invariants.h"
#include "daemon/store/keys.h"
#include "daemon/store/schema.h"
#include "daemon/store/sqlite_store.h"
#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

namespace fs = std::filesystem;

/// A state with one linked person and a cycle.
std::unique_ptr<Store> filled(const std::string& path) {
    auto store = good(open_sqlite(path));
    good(store->open_org("acme"));
    good(store->set_mode("acme", Mode::Apply));
    good(store->put_seen("acme", contact("003A", "a@example.com", "001A"), kReferences, kKeys));
    good(store->set_object_state("acme", Side::Crm, "Contact", {Cursor{"c1"}, true, {}, at(1)}));
    const EntityId person = good(store->add_entity("acme", EntityKind::Person));
    good(store->link("acme", person, Side::Crm, {"Contact", "003A"}));
    CycleRow cycle;
    cycle.id = good(store->start_cycle("acme", at(5), "interval"));
    cycle.started = at(5);
    cycle.ended = at(6);
    cycle.pulled = cycle.planned = 1;
    good(store->save_cycle("acme", cycle));
    return store;
}

TEST(Backup, IsWholeThoughTheOwnerIsInTheMidstOfATransaction) {
    const Folder folder;
    const auto store = filled(folder.file());
    auto transaction = good(store->begin());
    good(store->put_seen("acme", contact("003B", "b@example.com"), kReferences, kKeys));
    good(back_up(folder.file(), folder.file("copy.db")));
    good(transaction.commit());

    EXPECT_TRUE(good(check(folder.file("copy.db"))).findings.empty());
    const auto copy = good(open_sqlite(folder.file("copy.db")));
    EXPECT_TRUE(good(copy->seen("acme", Side::Crm, {"Contact", "003A"})));
    EXPECT_FALSE(good(copy->seen("acme", Side::Crm, {"Contact", "003B"})));
    struct stat info {};
    ASSERT_EQ(::stat(folder.file("copy.db").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(Backup, NeverOverwritesAFileAndLeavesNoneBehindWhenItFails) {
    const Folder folder;
    filled(folder.file());
    std::ofstream(folder.file("copy.db")) << "mine";
    EXPECT_EQ(bad(back_up(folder.file(), folder.file("copy.db"))).code, "DUET-4012");
    EXPECT_EQ(fs::file_size(folder.file("copy.db")), 4U);
    EXPECT_EQ(bad(back_up(folder.file("none.db"), folder.file("other.db"))).code, "DUET-4001");
    EXPECT_FALSE(fs::exists(folder.file("other.db")));
    EXPECT_FALSE(fs::exists(folder.file("other.db.part")));
    EXPECT_FALSE(fs::exists(folder.file("none.db")));
}

TEST(Check, FindsNothingInASoundFileBesideItsOwner) {
    const Folder folder;
    const auto store = filled(folder.file());
    const Checked checked = good(check(folder.file()));
    EXPECT_TRUE(checked.findings.empty()) << checked.findings.front();
    EXPECT_EQ(checked.rules, invariants());
}

constexpr std::pair<const char*, const char*> kRowsOfNobody[] = {
    {"dirty", "dirty marks of no entity: 1 in org acme"},
    {"in_flight", "writes in flight of no entity: 1 in org acme"},
    {"quarantine", "quarantine rows of no entity: 1 in org acme"},
    {"pins", "pins of no entity: 1 in org acme"},
    {"edges", "edges of no entity: 1 in org acme"},
    {"allowances", "allowances of no entity: 1 in org acme"},
    {"decisions", "decisions of no entity: 1 in org acme"},
    {"lifecycle_rows", "rows of a lifecycle of no entity: 1 in org acme"},
    {"lifecycle_spans", "spans of a lifecycle of no entity: 1 in org acme"},
    {"list_members", "list members of no entity: 1 in org acme"},
    {"told", "figures of no entity: 1 in org acme"},
    {"reviews", "reviews of no record: 1 in org acme"},
    {"review_candidates", "candidates of reviews of no record: 1 in org acme"},
    {"changed", "changed rows of no record: 1 in org acme"},
};

/// Puts a row into a table, of org acme and of an entity and a record that nobody knows.
std::string row_of_nobody(Database& database, const std::string& table) {
    std::string values;
    Query columns = database.query("SELECT name, type FROM pragma_table_info(?1)", {table});
    while (columns.next()) {
        const std::string name = columns.string(0);
        values += values.empty() ? "" : ", ";
        if (name == "org") {
            values += "'acme'";
        } else if (name == "entity") {
            values += "99";
        } else {
            values += columns.string(1) == "TEXT" ? "'none'" : "0";
        }
    }
    return "INSERT INTO " + table + " VALUES (" + values + ")";
}

TEST(Check, TellsEachBrokenInvariantWithItsOrg) {
    const std::pair<const char*, const char*> breaks[] = {
        {"DELETE FROM links", "entities without a link: 1 in org acme"},
        {"PRAGMA foreign_keys = OFF; DELETE FROM entities", "links to no entity: 1 in org acme"},
        {"DELETE FROM seen", "references of no record: 1 in org acme"},
        {"DELETE FROM seen", "match keys of no record: 1 in org acme"},
        {"UPDATE tallies SET number = 7 WHERE tally = 'seen.crm'",
         "objects whose live records are counted wrong: 1 in org acme"},
        {"UPDATE entities SET state = 'odd'",
         "states whose entities are counted wrong: 1 in org acme"},
        {"UPDATE counters SET value = 0 WHERE name = 'entity'",
         "numbers of entities given out twice: 1 in org acme"},
        {"UPDATE cycles SET pulled = 9", "cycles whose rows do not add up: 1 in org acme"},
        {"DELETE FROM orgs", "rows of orgs that are not in the table of orgs: 1 in org acme"},
    };
    std::set<std::string> told;
    for (const auto& [sql, finding] : breaks) {
        const Folder folder;
        filled(folder.file());
        good(good(Database::open(folder.file()))->script(sql));
        const auto findings = good(check(folder.file())).findings;
        EXPECT_NE(std::find(findings.begin(), findings.end(), finding), findings.end()) << finding;
        told.insert(finding);
    }
    // Rows of an entity, or about a record, that is not there.
    for (const auto& [table, finding] : kRowsOfNobody) {
        const Folder folder;
        filled(folder.file());
        const auto database = good(Database::open(folder.file()));
        good(database->script(row_of_nobody(*database, table)));
        const auto findings = good(check(folder.file())).findings;
        EXPECT_EQ(findings, std::vector<std::string>{finding}) << table;
        told.insert(finding);
    }
    EXPECT_EQ(told.size() + 1, invariants()) << "each has its line here, but SQLite's own";
}

TEST(Restore, PutsTheCopyBackAndMakesEveryOrgReadAllOnceMore) {
    const Folder folder;
    filled(folder.file());
    good(back_up(folder.file(), folder.file("copy.db")));
    {
        const auto store = good(open_sqlite(folder.file()));
        good(store->put_seen("acme", contact("003B", "b@example.com"), kReferences, kKeys));
    }
    good(restore(folder.file("copy.db"), folder.file()));

    EXPECT_TRUE(good(check(folder.file())).findings.empty());
    const auto store = good(open_sqlite(folder.file()));
    EXPECT_FALSE(good(store->seen("acme", Side::Crm, {"Contact", "003B"})));
    EXPECT_EQ(good(store->mode("acme")), Mode::Apply);
    EXPECT_EQ(good(store->fact("acme", kRestoredFact)), "1");
    const auto state = good(store->object_state("acme", Side::Crm, "Contact"));
    EXPECT_TRUE(state.cursor.text.empty());
    EXPECT_FALSE(state.backfilled);
    // A key that was given out after the copy was made must not be given out again.
    EXPECT_GT(good(store->add_entity("acme", EntityKind::Person)), 1'000'000'000);
    EXPECT_TRUE(fs::exists(folder.file() + ".replaced"));
    EXPECT_FALSE(fs::exists(folder.file() + ".restoring"));
}

TEST(Restore, TouchesNothingWhenTheCopyIsNoneOrTheOwnerRuns) {
    const Folder folder;
    std::ofstream(folder.file("copy.db")) << "not a database, but long enough to be taken for one";
    {
        const auto store = filled(folder.file());
        EXPECT_EQ(bad(restore(folder.file("copy.db"), folder.file())).code, "DUET-4002");
    }
    EXPECT_EQ(bad(restore(folder.file("copy.db"), folder.file())).code, "DUET-4005");
    EXPECT_EQ(bad(restore(folder.file("none.db"), folder.file())).code, "DUET-4001");
    const auto store = good(open_sqlite(folder.file()));
    EXPECT_TRUE(good(store->seen("acme", Side::Crm, {"Contact", "003A"})));
    EXPECT_EQ(good(store->fact("acme", kRestoredFact)), "");
}

TEST(Restore, TakesTheLogOfTheOldFileWithIt) {
    const Folder folder;
    filled(folder.file());
    good(back_up(folder.file(), folder.file("copy.db")));
    // The owner died: its last commits stand in the log alone.
    fs::copy_file(folder.file("copy.db"), folder.file("other.db"));
    {
        const auto store = good(open_sqlite(folder.file("other.db")));
        good(store->put_seen("acme", contact("003B", "b@example.com"), kReferences, kKeys));
        fs::copy_file(folder.file("other.db"), folder.file("died.db"));
        fs::copy_file(folder.file("other.db") + "-wal", folder.file("died.db-wal"));
    }
    good(restore(folder.file("copy.db"), folder.file("died.db")));
    EXPECT_FALSE(fs::exists(folder.file("died.db-wal")));
    {
        const auto store = good(open_sqlite(folder.file("died.db")));
        EXPECT_FALSE(good(store->seen("acme", Side::Crm, {"Contact", "003B"})));
    }
    const auto kept = good(open_sqlite(folder.file("died.db.replaced")));
    EXPECT_TRUE(good(kept->seen("acme", Side::Crm, {"Contact", "003B"})));
}

const std::vector<std::string> kAnn{name_of_key("a@example.com")};
const std::vector<std::string> kBob{name_of_key("bob@example.com")};

TEST(Restore, OfACopyOfAnotherStoreKeepsWhatBothKnowOfErasures) {
    const Folder folder;
    {
        const auto store = filled(folder.file("copy.db"));
        good(store->add_erasure("acme", {0, at(7), "theirs", {}}));
        good(store->add_tombstones("acme", kBob, 1));
    }
    {
        const auto store = filled(folder.file());
        good(store->add_erasure("acme", {0, at(8), "ours", {{"seen", 1}}}));
        good(store->add_tombstones("acme", kAnn, 1));
    }
    EXPECT_EQ(good(restore(folder.file("copy.db"), folder.file())).erased_again, 1);
    EXPECT_TRUE(good(check(folder.file())).findings.empty());
    const auto store = good(open_sqlite(folder.file()));
    EXPECT_EQ(good(store->are_erased("acme", kAnn)), std::vector<char>{1});
    EXPECT_EQ(good(store->are_erased("acme", kBob)), std::vector<char>{1});
    EXPECT_FALSE(good(store->seen("acme", Side::Crm, {"Contact", "003A"})));
    EXPECT_TRUE(good(store->entity_states("acme", EntityKind::Person)).empty());
    const auto receipts = good(store->erasures("acme"));
    ASSERT_EQ(receipts.size(), 2U);
    EXPECT_EQ(receipts[0].by, "theirs");
    EXPECT_EQ(receipts[1].by, "ours");
    EXPECT_EQ(good(store->add_erasure("acme", {0, at(9), "new", {}})), 3);
    // Each goes back alone: their numbers were not mixed up.
    EXPECT_EQ(good(store->remove_tombstones("acme", kAnn)), 1);
    EXPECT_EQ(good(store->are_erased("acme", kBob)), std::vector<char>{1});
}

TEST(Restore, TellsThatAStateWhichCannotBeReadCouldNotSayWhoWasErased) {
    const Folder folder;
    filled(folder.file());
    good(back_up(folder.file(), folder.file("copy.db")));
    std::ofstream(folder.file(), std::ios::trunc) << "not a database, but long enough for one";
    EXPECT_NE(good(restore(folder.file("copy.db"), folder.file())).erasures_unknown, "");
    const auto store = good(open_sqlite(folder.file()));
    EXPECT_TRUE(good(store->seen("acme", Side::Crm, {"Contact", "003A"})));
}

TEST(Restore, WritesTheOldStateAnewWhereAnErasureFoundNoRoomTo) {
    const Folder folder;
    {
        const auto store = filled(folder.file());
        good(back_up(folder.file(), folder.file("copy.db")));
        const std::string long_name(3000, 'M');
        SeenRow row = contact("003B", "b@example.com");
        row.record.fields.set("LastName", text(long_name));
        good(store->put_seen("acme", row, kReferences, kKeys));
        good(store->remove_seen("acme", Side::Crm, row.record.id));
        good(store->set_fact("acme", "scrub_due", "1"));
    }
    good(restore(folder.file("copy.db"), folder.file()));
    std::ifstream in(folder.file() + ".replaced", std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    EXPECT_EQ(bytes.find("MMMMMMMM"), std::string::npos);
}

}  // namespace
}  // namespace duet::store
