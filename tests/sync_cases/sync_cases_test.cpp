// Cases that broke other sync products, over the real connectors and the sandbox's handlers, where
// no test nearer to the code tells them already: README.md has them all.
#include <cstdlib>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "connectors/sandbox/state.h"
#include "tests/world/vendor_world.h"

namespace duet {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using world::kAda;
using world::kCrm;
using world::kMarketing;
using world::VendorWorld;

class SyncCases : public testing::Test {
protected:
    SyncCases() { world.add_list("Buyers"); }

    /// Ada is known on both sides and everything about her is settled.
    void settle_ada() {
        world.add_contact(kAda, "Lovelace");
        world.run_until_quiet();
    }
    void edit(Side side, const json& fields, const char* email = kAda) {
        world.people().edit(world.with_email(side, email), fields);
    }
    std::string crm(const char* field) { return world.value(kCrm, kAda, field); }
    std::string marketing(const char* field) { return world.value(kMarketing, kAda, field); }

    /// Keys of everything there is, page by page.
    std::set<std::string> pull(Connector& connector, const Selection& what, std::size_t limit) {
        std::set<std::string> keys;
        Cursor cursor;
        for (int pages = 0; pages < 10'000; ++pages) {
            auto page = connector.changes(what, cursor, limit, {});
            if (!page) {
                ADD_FAILURE() << page.error().message;
                break;
            }
            for (const Change& change : page->changes) keys.insert(change.record.id.key);
            cursor = page->next;
            if (page->last) break;
        }
        return keys;
    }

    VendorWorld world;
};

TEST_F(SyncCases, AQueryThatTimesOutIsReadInSmallerPartsAndWhole) {
    for (int i = 0; i < 40; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    world.people().control("faults", {{"operation", "salesforce.query"},
                                      {"query", "FROM Contact"},
                                      {"error", "QUERY_TIMEOUT"},
                                      {"times", 3}});
    world.run_until_quiet();
    EXPECT_EQ(world.people().rows("prospect", {}).size(), 40u);
}

TEST_F(SyncCases, ABulkJobThatFailsIsToldAndNothingOfItCountsAsRead) {
    for (const char* state : {"Failed", "Aborted"}) {
        SCOPED_TRACE(state);
        world::VendorWorldOptions options;
        options.first_reads_in_bulk = true;
        VendorWorld bulk(options);
        bulk.add_list("Buyers");
        bulk.add_contact(kAda, "Lovelace");
        bulk.people().control(
            "faults",
            {{"operation", "salesforce.bulk.query.create"}, {"job_state", state}, {"times", 0}});
        const auto report = bulk.run_cycle();
        ASSERT_TRUE(report);
        ASSERT_TRUE(report->observed.crm.error);
        EXPECT_NE(report->observed.crm.error->message.find("job"), std::string::npos);
        EXPECT_FALSE(report->observed.crm.ready);
        EXPECT_TRUE(bulk.people().rows("prospect", {}).empty()) << "it was taken for whole";
        bulk.people().clear_faults();
        bulk.run_until_quiet();
        EXPECT_EQ(bulk.value(kMarketing, kAda, "lastName"), "Lovelace");
    }
}

TEST_F(SyncCases, TextsThatLookLikeSomethingElseTravelUnchanged) {
    settle_ada();
    for (const char* sent : {"NA", "null", "None", "NaN", "0.0", "1e5", "007", "-0", "true"}) {
        SCOPED_TRACE(sent);
        edit(kCrm, {{"Title", sent}});
        world.run_until_quiet();
        EXPECT_EQ(marketing("jobTitle"), sent);
        EXPECT_EQ(crm("Title"), sent);
        edit(kMarketing, {{"phone", sent}});
        world.run_until_quiet();
        EXPECT_EQ(crm("Phone"), sent);
        EXPECT_EQ(marketing("phone"), sent);
    }
}

TEST_F(SyncCases, QuotesCommasAndLineEndsTravelUnchanged) {
    settle_ada();
    for (const char* sent : {"O'Neil", "a \"quoted\" word", "a, b; c", "first\nsecond", "a\tb",
                             "\\n is no line end", "Ærø 東京 😀"}) {
        SCOPED_TRACE(sent);
        edit(kMarketing, {{"jobTitle", sent}});
        world.run_until_quiet();
        EXPECT_EQ(crm("Title"), sent);
    }
}

TEST_F(SyncCases, NulBytesTravelUnchanged) {
    settle_ada();
    const std::string odd("two\0halves", 10);
    edit(kMarketing, {{"jobTitle", odd}});
    world.run_until_quiet();
    EXPECT_EQ(crm("Title"), odd);
    const std::string last("ends\0", 5);
    edit(kCrm, {{"Phone", last}});
    world.run_until_quiet();
    EXPECT_EQ(marketing("phone"), last);
    EXPECT_EQ(crm("Phone"), last);
    EXPECT_EQ(world.planned_writes(), 0u);
}

TEST_F(SyncCases, ATextTooLongForTheOtherSideIsCutThereAndStaysWholeHere) {
    settle_ada();
    const std::string whole(200, '1');
    edit(kMarketing, {{"phone", whole}, {"jobTitle", "Clerk"}});
    world.run_until_quiet();
    EXPECT_EQ(crm("Phone"), whole.substr(0, 40)) << "as long as the field is";
    EXPECT_EQ(marketing("phone"), whole) << "what was cut came back";
    EXPECT_EQ(crm("Title"), "Clerk");
}

TEST_F(SyncCases, OneGoodRowOf200IsDoneAndTheOthersAreQuarantined) {
    std::vector<Write> batch;
    for (int i = 0; i < 200; ++i) {
        Write create{WriteKind::Create, {"Lead", {}}, {}, "Duet_Key__c", "k" + std::to_string(i)};
        create.fields.set("LastName", text("Row"));
        create.fields.set("Company", text("Acme"));
        create.fields.set("Email", text(i == 77 ? "good@example.com" : "no address"));
        batch.push_back(std::move(create));
    }
    auto outcomes = world.connector(kCrm).write(batch, {});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        ASSERT_EQ(static_cast<bool>((*outcomes)[i]), i == 77) << i;
        if (i != 77) {
            EXPECT_EQ((*outcomes)[i].error().kind, ErrorKind::Rejected);
        }
    }
    EXPECT_EQ(world.people().rows("Lead", {}).size(), 1u);
}

TEST_F(SyncCases, WhatHappensToAConvertedLeadLandsOnTheContact) {
    const std::string lead = world.people().add(
        "Lead", {{"Email", kAda}, {"LastName", "Lovelace"}, {"Company", "Acme"}});
    world.run_until_quiet();
    const std::string contact = world.people().convert(lead);
    edit(kMarketing, {{"phone", "1"}});
    edit(kCrm, {{"Title", "Chief Buyer"}});
    world.run_until_quiet();
    EXPECT_EQ(world.with_email(kCrm, kAda), (RecordId{"Contact", contact}));
    EXPECT_EQ(crm("Phone"), "1");
    EXPECT_EQ(marketing("jobTitle"), "Chief Buyer");
    EXPECT_EQ(world.people().rows("prospect", {}).size(), 1u);
    EXPECT_EQ(world.people().rows("list-membership", {}).size(), 1u) << "on the list of buyers";
}

TEST_F(SyncCases, TheLoserOfAMergeIsNotWrittenAndTheSurvivorIs) {
    settle_ada();
    const RecordId loser = world.with_email(kCrm, kAda);
    const std::string survivor =
        world.people().add("Contact", {{"LastName", "Lovelace"}, {"FirstName", "Ada"}});
    world.run_until_quiet();
    world.people().merge(loser, {"Contact", survivor});
    world.people().edit({"Contact", survivor}, {{"Email", kAda}});
    edit(kMarketing, {{"phone", "7"}});
    for (int i = 0; i < 4; ++i) {
        const auto report = world.run_cycle();
        ASSERT_TRUE(report);
        EXPECT_EQ(report->sent.refused, 0) << "the loser was written to";
    }
    world.run_until_quiet();
    EXPECT_EQ(world.with_email(kCrm, kAda), (RecordId{"Contact", survivor}));
    EXPECT_EQ(crm("Phone"), "7");
    EXPECT_EQ(world.people().rows("prospect", {}).size(), 1u);
}

// Beside an edit that comes too late there is the page that does: it still shows the loser alive,
// with a value that nobody has seen, after a page that told of the merge.
TEST_F(SyncCases, ALatePageWithTheLosersOlderRowChangesNothing) {
    settle_ada();
    world.people().control("history", json::object());
    const RecordId loser = world.with_email(kCrm, kAda);
    const std::string survivor = world.people().add(
        "Contact", {{"LastName", "Lovelace"}, {"FirstName", "Ada"}, {"Phone", "5"}});
    world.run_until_quiet();
    const Instant edited = world.clock.now();
    world.people().edit(loser, {{"Title", "Stale"}});
    world.clock.pass(30s);
    world.people().merge(loser, {"Contact", survivor});
    world.people().edit({"Contact", survivor}, {{"Email", kAda}});
    world.clock.pass(30s);
    ASSERT_TRUE(world.run_cycle());
    const auto entity = [&] {
        const auto found = world.store().entity_of(world.org().name, kCrm, {"Contact", survivor});
        return found && *found ? **found : store::EntityId{0};
    };
    const store::EntityId before = entity();

    const auto ago = std::chrono::duration_cast<std::chrono::seconds>(world.clock.now() - edited);
    world.people().control("faults", {{"operation", "salesforce.query"},
                                      {"query", "FROM Contact"},
                                      {"stale_seconds", ago.count() - 1},
                                      {"times", 1}});
    const auto late = world.run_cycle();
    ASSERT_TRUE(late);
    http::Request asked;
    asked.url = "https://vendors.test/sandbox/faults";
    const auto faults = world.transport().send(asked, {});
    ASSERT_TRUE(faults);
    EXPECT_EQ(json::parse(faults->body)["waiting"], 0) << "no page came late";
    EXPECT_EQ(late->sent.done, 0);
    EXPECT_EQ(late->sent.refused, 0) << "the loser was written to";
    EXPECT_EQ(entity(), before);
    world.people().clear_faults();
    world.run_until_quiet();
    EXPECT_EQ(world.with_email(kCrm, kAda), (RecordId{"Contact", survivor}));
    EXPECT_EQ(crm("Title"), "") << "the loser's late value went to the survivor";
    EXPECT_EQ(marketing("jobTitle"), "");
    EXPECT_EQ(world.people().rows("prospect", {}).size(), 1u);
    EXPECT_EQ(world.people().rows("Contact", {}).size(), 1u);
    EXPECT_EQ(world.planned_writes(), 0u);
}

TEST_F(SyncCases, AnUndeletedRecordIsLinkedAgain) {
    settle_ada();
    const RecordId contact = world.with_email(kCrm, kAda);
    world.people().remove(contact);
    world.run_until_quiet();
    world.people().undelete(contact);
    edit(kMarketing, {{"phone", "9"}});
    world.run_until_quiet();
    EXPECT_EQ(world.with_email(kCrm, kAda), contact);
    EXPECT_EQ(crm("Phone"), "9");
    EXPECT_EQ(world.people().rows("prospect", {}).size(), 1u);
}

TEST_F(SyncCases, AFieldThatIsAddedWhileAPullRunsIsKnownTheNextTime) {
    for (int i = 0; i < 9; ++i) world.add_prospect("p" + std::to_string(i) + "@example.com");
    Connector& pardot = world.connector(kMarketing);
    const Selection what{"prospect", {"email"}};
    auto first = pardot.changes(what, {}, 4, {});
    ASSERT_TRUE(first);
    world.people().add("custom-field",
                       {{"name", "Shoe Size"}, {"fieldId", "shoe_size"}, {"type", "text"}});
    std::size_t rows = first->changes.size();
    Cursor cursor = first->next;
    for (int pages = 0; pages < 9; ++pages) {
        auto page = pardot.changes(what, cursor, 4, {});
        ASSERT_TRUE(page) << page.error().message;
        rows += page->changes.size();
        cursor = page->next;
        if (page->last) break;
    }
    EXPECT_GE(rows, 9u);
    auto catalog = pardot.discover({});
    ASSERT_TRUE(catalog);
    EXPECT_NE(catalog->find("prospect")->find("shoe_size__c"), nullptr);
}

TEST_F(SyncCases, OfTwoEditsWithinASecondTheLastStays) {
    settle_ada();
    for (const Side side : {kCrm, kMarketing}) {
        const char* field = side == kCrm ? "Phone" : "phone";
        for (const bool cycle_between : {false, true}) {
            edit(side, {{field, "first"}});
            // No time passes before the second edit: both have one stamp.
            if (cycle_between) {
                sync::Cycle cycle(world.org(), "test");
                ASSERT_TRUE(cycle.run({}));
            }
            edit(side, {{field, "second"}});
            world.run_until_quiet();
            EXPECT_EQ(crm("Phone"), "second") << cycle_between;
            EXPECT_EQ(marketing("phone"), "second") << cycle_between;
            edit(side, {{field, "between"}});
            world.run_until_quiet();
        }
    }
}

TEST_F(SyncCases, ClocksThatDifferByMinutesMissNoRow) {
    for (const int skew : {120, -300, 600, -600}) {
        SCOPED_TRACE(skew);
        VendorWorld skewed;
        skewed.add_list("Buyers");
        skewed.people().control(
            "clock", {{"salesforce_skew_seconds", skew}, {"pardot_skew_seconds", -skew}});
        // Stamps never go back: they would stand still until the slow clock has caught up.
        skewed.clock.pass(std::chrono::minutes{15});
        skewed.add_contact(kAda, "Lovelace");
        skewed.add_prospect("bob@example.com", "Bee");
        skewed.run_until_quiet();
        EXPECT_EQ(skewed.value(kMarketing, kAda, "lastName"), "Lovelace");
        for (int i = 0; i < 4; ++i) {
            const std::string value = "title " + std::to_string(i);
            const Side side = i % 2 == 0 ? kCrm : kMarketing;
            skewed.people().edit(skewed.with_email(side, "bob@example.com"),
                                 {{side == kCrm ? "Title" : "jobTitle", value}});
            skewed.run_until_quiet();
            EXPECT_EQ(skewed.value(kCrm, "bob@example.com", "Title"), value);
            EXPECT_EQ(skewed.value(kMarketing, "bob@example.com", "jobTitle"), value);
        }
    }
}

TEST_F(SyncCases, AddressesThatDifferInCaseAloneAreOnePerson) {
    world.add_contact("Ada@Example.com", "Lovelace");
    world.add_prospect("ada@example.COM", "Lovelace");
    world.run_until_quiet();
    EXPECT_EQ(world.people().rows("prospect", {}).size(), 1u);
    EXPECT_EQ(world.people().rows("Contact", {}).size(), 1u);
    EXPECT_TRUE(world.people().rows("Lead", {}).empty());
}

TEST_F(SyncCases, LockedRowsAreTriedAgainLaterAndLaterAndTheRestGoesOn) {
    settle_ada();
    world.add_contact("bob@example.com", "Bee");
    world.run_until_quiet();
    const std::string ada_key = world.with_email(kCrm, kAda).key;
    edit(kMarketing, {{"phone", "1"}});
    edit(kMarketing, {{"phone", "2"}}, "bob@example.com");
    // Ada's row alone: each call that names it finds it locked.
    world.people().control("faults", {{"operation", "salesforce.collections.update"},
                                      {"holds", ada_key},
                                      {"rows", {0}},
                                      {"times", 0}});
    std::set<std::int64_t> delays;
    for (int i = 0; i < 30; ++i) {
        const auto report = world.run_cycle();
        ASSERT_TRUE(report);
        const auto rows = world.store().quarantine("acme", 10);
        ASSERT_TRUE(rows);
        for (const store::Quarantined& row : *rows) {
            using std::chrono::duration_cast;
            delays.insert(duration_cast<std::chrono::minutes>(row.retry_at - row.last_at).count());
        }
    }
    EXPECT_EQ(world.value(kCrm, "bob@example.com", "Phone"), "2") << "the rest goes on";
    EXPECT_GE(delays.size(), 3u) << "the delay does not grow";
    EXPECT_EQ(crm("Phone"), "");
    world.people().clear_faults();
    world.clock.pass(24h);
    world.run_until_quiet();
    EXPECT_EQ(crm("Phone"), "1");
}

// --- exactly as many as a page, a bulk page or a chain of pages holds, and one more -------------

/// Rows put into the table itself: as many as it takes would last minutes through the API.
void insert_rows(VendorWorld& world, const char* table, const std::string& columns,
                 const std::string& values, std::size_t count) {
    world.people().control("clock", json::object());
    std::string sql = "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers ";
    sql += "WHERE i < " + std::to_string(count) + ") INSERT INTO \"" + table + "\"(" + columns;
    sql += ") SELECT " + values + " FROM numbers";
    // Set only by a test: the sandbox has no way to make so many rows at once.
    world.with_vendors([&](sandbox::SandboxState& state) { state.database.exec(sql); });
}

class RowCounts : public SyncCases {
protected:
    void add_leads(VendorWorld& into, std::size_t count) {
        insert_rows(into, "Lead", "Id, LastName, Company, IsDeleted, IsConverted, SystemModstamp",
                    "'00QVW' || printf('%010d', i) || '2AA', 'Row', 'Acme', 0, 0, "
                    "'2017-12-01T00:00:00.000Z'",
                    count);
    }
    void add_prospects(VendorWorld& into, std::size_t count) {
        insert_rows(into, "pardot_prospects", "id, email, isDeleted, updatedAt, createdAt",
                    "i, 'p' || i || '@example.com', 0, "
                    "printf('2017-11-%02dT00:00:00Z', 1 + i % 28), '2017-11-01T00:00:00Z'",
                    count);
    }
    /// The real figures by command, where the vendor's limit cannot be made smaller.
    static bool is_long() { return std::getenv("DUET_WIRE_LONG") != nullptr; }
};

TEST_F(RowCounts, AsManyAsARestPageHoldsAndOneMoreAllArrive) {
    for (const std::size_t count : {1'999u, 2'000u, 2'001u}) {
        SCOPED_TRACE(count);
        VendorWorld full;
        add_leads(full, count);
        EXPECT_EQ(pull(full.connector(kCrm), {"Lead", {"LastName"}}, 2'000).size(), count);
    }
}

TEST_F(RowCounts, AsManyAsABulkPageHoldsAndOneMoreAllArrive) {
    const std::size_t page = is_long() ? 50'000 : 500;
    for (const std::size_t count : {page - 1, page, page + 1, 2 * page, 2 * page + 1}) {
        SCOPED_TRACE(count);
        world::VendorWorldOptions options;
        options.first_reads_in_bulk = true;
        VendorWorld full(options);
        add_leads(full, count);
        EXPECT_EQ(pull(full.connector(kCrm), {"Lead", {"LastName"}}, page).size(), count);
    }
}

TEST_F(RowCounts, AsManyAsAChainOfPagesHoldsAndOneMoreAllArrive) {
    const std::size_t chain = is_long() ? 100'000 : 200;
    const std::size_t page = is_long() ? 1'000 : 20;
    for (const std::size_t count : {chain - 1, chain, chain + 1, 2 * chain}) {
        SCOPED_TRACE(count);
        VendorWorld full;
        full.people().control("settings", {{"pardot.chain_cap", chain}});
        add_prospects(full, count);
        auto pardot = full.make_connector(kMarketing, false, {{"chain_cap", chain}});
        std::set<std::string> keys;
        Cursor cursor{R"({"v":1,"mode":"read"})"};  // everything, in the order of updatedAt
        for (int pages = 0; pages < 5'000; ++pages) {
            auto read = pardot->changes({"prospect", {"email"}}, cursor, page, {});
            ASSERT_TRUE(read) << read.error().message;
            for (const Change& change : read->changes) keys.insert(change.record.id.key);
            cursor = read->next;
            if (read->last) break;
        }
        EXPECT_EQ(keys.size(), count);
        EXPECT_EQ(pull(*pardot, {"prospect", {"email"}}, page).size(), count) << "as history";
    }
}

}  // namespace
}  // namespace duet
