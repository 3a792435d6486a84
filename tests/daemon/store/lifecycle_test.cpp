#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

DateTime day(int number) { return DateTime{std::chrono::hours{24 * number}}; }

lifecycle::Row row(const char* from, const char* to, int at) {
    lifecycle::Row made;
    made.from = from;
    made.to = to;
    made.at = day(at);
    made.event = "accepted";
    made.record = "00Q1";
    made.reason = "because";
    made.owner = "005A";
    made.campaign = "701A";
    made.cycle = 2;
    made.skipped = at % 2 == 0;
    made.reopened = at % 3 == 0;
    return made;
}

class LifecycleTest : public testing::Test {
protected:
    LifecycleTest() : store(good(open_sqlite(":memory:"))) {
        good(store->open_org("acme"));
        good(store->open_org("other"));
        ada = good(store->add_entity("acme", EntityKind::Person));
        bob = good(store->add_entity("acme", EntityKind::Person));
    }
    std::unique_ptr<Store> store;
    EntityId ada = 0;
    EntityId bob = 0;
};

TEST_F(LifecycleTest, RowsAreReadAsTheyWereSavedAndReplacedAsAWhole) {
    const std::vector<lifecycle::Row> rows{row("", "KNOWN", 1), row("KNOWN", "MQL", 2),
                                           row("MQL", "SAL", 3)};
    good(store->save_lifecycle_rows("acme", ada, rows));
    EXPECT_EQ(good(store->lifecycle_rows("acme", ada)), rows);
    EXPECT_TRUE(good(store->lifecycle_rows("other", ada)).empty());
    const std::vector<lifecycle::Row> fewer{row("", "KNOWN", 5)};
    good(store->save_lifecycle_rows("acme", ada, fewer));
    EXPECT_EQ(good(store->lifecycle_rows("acme", ada)), fewer);
}

TEST_F(LifecycleTest, WhateverStoodThereBeforeTheNewRowsStandThereAlone) {
    const std::vector<std::vector<lifecycle::Row>> histories{
        {},
        {row("", "KNOWN", 1)},
        {row("", "KNOWN", 1), row("KNOWN", "MQL", 2)},
        {row("", "KNOWN", 1), row("KNOWN", "SAL", 2)},
        {row("", "MQL", 1), row("KNOWN", "MQL", 2)},
        {row("", "KNOWN", 1), row("KNOWN", "MQL", 2), row("MQL", "SAL", 3)},
    };
    const std::vector<lifecycle::Row> of_bob{row("", "KNOWN", 9)};
    good(store->save_lifecycle_rows("acme", bob, of_bob));
    for (const auto& before : histories) {
        for (const auto& after : histories) {
            good(store->save_lifecycle_rows("acme", ada, before));
            good(store->save_lifecycle_rows("acme", ada, after));
            EXPECT_EQ(good(store->lifecycle_rows("acme", ada)), after);
        }
    }
    EXPECT_EQ(good(store->lifecycle_rows("acme", bob)), of_bob);
}

TEST_F(LifecycleTest, EverybodysRowsAreVisitedById) {
    const std::vector<lifecycle::Row> one{row("", "KNOWN", 1)};
    const std::vector<lifecycle::Row> two{row("", "KNOWN", 1), row("KNOWN", "MQL", 2)};
    good(store->save_lifecycle_rows("acme", bob, two));
    good(store->save_lifecycle_rows("acme", ada, one));
    std::vector<std::pair<EntityId, std::size_t>> visited;
    good(store->each_lifecycle("acme", [&](EntityId id, const auto& rows) {
        visited.emplace_back(id, rows.size());
        return true;
    }));
    EXPECT_EQ(visited, (std::vector<std::pair<EntityId, std::size_t>>{{ada, 1}, {bob, 2}}));
    visited.clear();
    good(store->each_lifecycle("acme", [&](EntityId id, const auto& rows) {
        visited.emplace_back(id, rows.size());
        return false;
    }));
    EXPECT_EQ(visited.size(), 1U);
}

TEST_F(LifecycleTest, WhatDuetSawEndsAndComesAlongWhenPeopleBecomeOne) {
    good(store->save_lifecycle_span("acme", ada, {"qualified", day(1), {}}));
    good(store->save_lifecycle_span("acme", ada, {"qualified", day(1), day(4)}));
    good(store->save_lifecycle_span("acme", ada, {"qualified", day(7), {}}));
    const std::vector<LifecycleSpan> expected{{"qualified", day(1), day(4)},
                                              {"qualified", day(7), {}}};
    EXPECT_EQ(good(store->lifecycle_spans("acme", ada)), expected);
    good(store->move_edges("acme", ada, bob));
    EXPECT_EQ(good(store->lifecycle_spans("acme", bob)), expected);
}

TEST_F(LifecycleTest, BothGoWithTheEntity) {
    good(store->save_lifecycle_span("acme", ada, {"qualified", day(1), {}}));
    good(store->save_lifecycle_rows("acme", ada, std::vector{row("", "KNOWN", 1)}));
    good(store->remove_entity("acme", ada));
    EXPECT_TRUE(good(store->lifecycle_rows("acme", ada)).empty());
    EXPECT_TRUE(good(store->lifecycle_spans("acme", ada)).empty());
}

}  // namespace
}  // namespace duet::store
