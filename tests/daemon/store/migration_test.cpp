#include <fstream>
#include <sstream>

#include <sqlite3.h>

#include "daemon/store/schema.h"
#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

/// Runs a script on a file by SQLite alone, so that nothing of ours has a hand in it.
void run_script(const std::string& path, const std::string& sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
    sqlite3_free(message);
    sqlite3_close(handle);
}

std::string version(int number) {
    std::ifstream file(std::string(DUET_TEST_DATA) + "/schemas/version_" + std::to_string(number) +
                       ".sql");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string version_1() { return version(1); }

std::string layout(const std::string& path) {
    const auto database = good(Database::open(path));
    std::string text;
    for (const auto& line : good(all<std::string>(
             database->query("SELECT sql FROM sqlite_master WHERE sql <> '' ORDER BY name", {}),
             [](const Query& row) { return row.string(0); }))) {
        text += line + "\n";
    }
    return text;
}

TEST(Migration, AFileOfVersion1OpensWithAllItsRows) {
    const Folder folder;
    run_script(folder.file(), version_1());
    const auto store = good(open_sqlite(folder.file()));

    EXPECT_EQ(good(store->mode("acme")), Mode::Apply);
    EXPECT_EQ(good(store->fence("acme")), 3);
    EXPECT_EQ(good(store->fact("acme", "documents_version")), "d7");
    EXPECT_TRUE(good(store->object_state("acme", Side::Crm, "Contact")).backfilled);
    const RecordId contact_id{"Contact", "003xx000004TmiQAAS"};
    EXPECT_EQ(good(store->seen("acme", Side::Crm, contact_id))->record.fields.get("Email"),
              text("Ann@example.com"));
    EXPECT_EQ(good(store->with_key("acme", Side::Crm, "Contact", "Email", "ann@EXAMPLE.com")),
              std::vector<std::string>{contact_id.key});
    EXPECT_EQ(
        good(store->referring("acme", Side::Crm, "Contact", "AccountId", "001xx000003DHP0AAO")),
        std::vector<std::string>{contact_id.key});
    EXPECT_EQ(good(store->seen_counts("acme")).at({Side::Crm, "Contact"}), 1);
    EXPECT_EQ(good(store->changed("acme", 0, 9))[0].old_references[0].second, "001xx000003DHOyAAO");
    const auto entity = good(store->entity("acme", 2));
    EXPECT_EQ(entity->agreed.at("Phone").marketing, text("1555"));
    EXPECT_EQ(entity->agreed.at("Email").marketing, text("Ann@example.com"));
    EXPECT_EQ(entity->timer, at(1'514'937'600));
    EXPECT_EQ(good(store->links("acme", 2)).size(), 2U);
    EXPECT_EQ(good(store->dirty("acme", 0, 9)), std::vector<EntityId>{2});
    EXPECT_EQ(good(store->in_flight("acme"))[0].write.kind, WriteKind::Update);
    EXPECT_EQ(good(store->audit_of("acme", 2, 9))[0].after, text("Ann"));
    EXPECT_EQ(good(store->quarantine("acme", 9))[0].remote_code, "61");
    EXPECT_EQ(good(store->held("acme"))[0].limit, 50);
    EXPECT_EQ(good(store->cycles("acme", 9))[0].written, 1);
    EXPECT_EQ(good(store->stage_counts("acme")).at("MQL"), 1);
    EXPECT_EQ(good(store->add_entity("acme", EntityKind::Person)), 3);
}

TEST(Migration, AFileOfVersion4OpensWithAllItsRowsAndNothingToReview) {
    const Folder folder;
    run_script(folder.file(), version(4));
    const auto store = good(open_sqlite(folder.file()));
    const auto entity = good(store->entity("acme", 2));
    EXPECT_EQ(entity->broken.at("needs_title"), "held");
    EXPECT_EQ(entity->out_since, Instant{});
    EXPECT_FALSE(entity->parted);
    EXPECT_EQ(good(store->edges_of("acme", 2))[0].phase, "spent");
    EXPECT_EQ(good(store->allowances("acme", 2))[0].by, "ada");
    EXPECT_TRUE(good(store->reviews("acme", 0, 9)).empty());
    EXPECT_EQ(good(store->meetings("acme")).size(), 1U);
    EXPECT_EQ(good(store->quarantine_of("acme", 2))[0].remote_code, "61");
    EXPECT_EQ(good(store->quarantine_of("acme", 2))[0].slot, "");
    EXPECT_EQ(good(store->dirty_fresh("acme", 0, 9)), std::vector<EntityId>{2});
    EXPECT_EQ(good(store->comparison("acme", Side::Crm, "Contact")).pass, 0);
}

TEST(Migration, AFileOfVersion5OpensWithAllItsRowsAndNoHistories) {
    const Folder folder;
    run_script(folder.file(), version(5));
    const auto store = good(open_sqlite(folder.file()));
    EXPECT_EQ(good(store->edges_of("acme", 2))[0].phase, "spent");
    EXPECT_EQ(good(store->reviews("acme", 0, 9)).size(), 1U);
    EXPECT_EQ(good(store->pins_of("acme", 2))[0].refused, text("1555"));
    EXPECT_EQ(good(store->audit_of("acme", 2, 9)).size(), 1U);
    EXPECT_TRUE(good(store->lifecycle_rows("acme", 2)).empty());
    EXPECT_TRUE(good(store->lifecycle_spans("acme", 2)).empty());
}

TEST(Migration, AFileOfVersion6OpensWithAllItsRowsAndNoLists) {
    const Folder folder;
    run_script(folder.file(), version(6));
    const auto store = good(open_sqlite(folder.file()));
    const auto rows = good(store->lifecycle_rows("acme", 2));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].to, "MQL");
    EXPECT_EQ(good(store->lifecycle_spans("acme", 2))[0].name, "qualified");
    EXPECT_EQ(good(store->edges_of("acme", 2))[0].phase, "spent");
    EXPECT_TRUE(good(store->lists_of("acme", 2)).empty());
    EXPECT_TRUE(good(store->list_states("acme")).empty());
    EXPECT_TRUE(good(store->list_sizes("acme", "", 0, 99'999)).empty());
}

TEST(Migration, AFileOfVersion7OpensWithAllItsRowsAndNothingTold) {
    const Folder folder;
    run_script(folder.file(), version(7));
    const auto store = good(open_sqlite(folder.file()));
    EXPECT_EQ(good(store->lists_of("acme", 2))[0].standing, "on");
    EXPECT_EQ(good(store->list_states("acme")).size(), 1U);
    EXPECT_EQ(good(store->list_sizes("acme", "Drip", 0, 99'999))[0].size, 1);
    EXPECT_EQ(good(store->lifecycle_rows("acme", 2)).size(), 1U);
    EXPECT_TRUE(good(store->told_of("acme", 2, "rfm")).empty());
    good(store->save_told("acme", {2, "rfm", 17'532, "555 Champions"}));
    EXPECT_EQ(good(store->told_of("acme", 2, "rfm")).size(), 1U);
}

TEST(Migration, OptOutsOfAnOldFileAreEvidence) {
    const Folder folder;
    run_script(folder.file(),
               version(4) +
                   "INSERT INTO audit VALUES('acme',2,1,1514851200000000,2,1,'update','prospect',"
                   "'41','optedOut','b0','b1','consent','an opt-out on either side wins','d7');");
    const auto store = good(open_sqlite(folder.file()));
    const auto audit = good(store->audit_of("acme", 2, 9));
    ASSERT_EQ(audit.size(), 2U);
    EXPECT_TRUE(audit[0].evidence);
    EXPECT_FALSE(audit[1].evidence);
    EXPECT_FALSE(audit[1].lost);
    EXPECT_EQ(audit[1].stamps.crm, DateTime{});
    const RecordId contact_id{"Contact", "003xx000004TmiQAAS"};
    EXPECT_EQ(good(store->seen("acme", Side::Crm, contact_id))->own_stamp, DateTime{});
    EXPECT_TRUE(good(store->pins_of("acme", 2)).empty());
}

TEST(Migration, AnOldFileEndsWithTheSameLayoutAsAFreshOne) {
    for (const int old : {1, 4, 5, 6, 7}) {
        SCOPED_TRACE(old);
        const Folder folder;
        run_script(folder.file("old.db"), version(old));
        good(open_sqlite(folder.file("old.db")));
        good(open_sqlite(folder.file("new.db")));
        EXPECT_EQ(layout(folder.file("old.db")), layout(folder.file("new.db")));
    }
}

TEST(Migration, StepsRunOnceInOrderAndKeepTheRows) {
    const Folder folder;
    run_script(folder.file(), version_1());
    const auto database = good(Database::open(folder.file()));
    const char* const steps[] = {
        "never run: the file has version 1",
        "ALTER TABLE orgs ADD COLUMN label TEXT NOT NULL DEFAULT ''",
        "UPDATE orgs SET label = org || '!'",
    };
    good(migrate(*database, steps));
    good(migrate(*database, steps));
    EXPECT_EQ(good(number(database->query("PRAGMA user_version", {}))), 3);
    EXPECT_EQ(
        good(number(database->query("SELECT count(*) FROM orgs WHERE label = org || '!'", {}))), 2);
}

TEST(Migration, AStepThatFailsLeavesTheVersionBeforeIt) {
    const Folder folder;
    run_script(folder.file(), version_1());
    const auto database = good(Database::open(folder.file()));
    const char* const steps[] = {
        "",
        "ALTER TABLE orgs ADD COLUMN label TEXT NOT NULL DEFAULT ''",
        "DELETE FROM orgs; INSERT INTO no_such_table VALUES (1)",
    };
    bad(migrate(*database, steps));
    EXPECT_EQ(good(number(database->query("PRAGMA user_version", {}))), 2);
    EXPECT_EQ(good(number(database->query("SELECT count(*) FROM orgs WHERE label = ''", {}))), 2);
}

TEST(Migration, ANewerSchemaIsRefusedAndTheMendNamesTheVersion) {
    const Folder folder;
    run_script(folder.file(), version_1() +
                                  "PRAGMA user_version = 99;"
                                  "UPDATE facts SET value = '7.8.9' WHERE name = 'program';");
    const Error error = bad(open_sqlite(folder.file()));
    EXPECT_EQ(error.code, "DUET-4003");
    EXPECT_NE(error.message.find("schema version 99"), std::string::npos) << error.message;
    EXPECT_NE(error.message.find("Install Duet 7.8.9 or newer"), std::string::npos)
        << error.message;
    // Nothing was changed, and the lock was let go.
    EXPECT_EQ(bad(open_sqlite(folder.file())).code, "DUET-4003");
}

TEST(Migration, ADatabaseOfAnotherProgramIsRefusedAndLeftAsItIs) {
    const Folder folder;
    run_script(folder.file(), "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1);");
    std::ifstream before_file(folder.file(), std::ios::binary);
    std::stringstream before;
    before << before_file.rdbuf();
    EXPECT_EQ(bad(open_sqlite(folder.file())).code, "DUET-4004");
    std::ifstream after_file(folder.file(), std::ios::binary);
    std::stringstream after;
    after << after_file.rdbuf();
    EXPECT_EQ(before.str(), after.str());
}

}  // namespace
}  // namespace duet::store
