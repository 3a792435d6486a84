#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

constexpr std::int64_t kDay = 86'400;

class TrimTest : public StoreTest {
protected:
    void add_audit(std::int64_t day, const std::string& field, bool evidence = false) {
        AuditRow row;
        row.at = at(day * kDay);
        row.entity = 1;
        row.field = field;
        row.evidence = evidence;
        good(store().add_audit("acme", row));
    }
    [[nodiscard]] std::string fields() {
        std::string all;
        for (const AuditRow& row : good(store().audit_of("acme", 1, 99))) all += row.field + " ";
        return all;
    }
    TrimBounds before(std::int64_t day) { return {at(day * kDay), at(day * kDay)}; }
};

TEST_F(TrimTest, AnAuditRowKeepsTheLoserAndBothStamps) {
    AuditRow row;
    row.entity = 1;
    row.field = "phone";
    row.lost = text("5550122");
    row.stamps = {stamp(1'514'764'800), stamp(1'514'764'860)};
    row.evidence = true;
    good(store().add_audit("acme", row));
    const auto rows = good(store().audit_of("acme", 1, 9));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].lost, text("5550122"));
    EXPECT_EQ(rows[0].stamps.crm, stamp(1'514'764'800));
    EXPECT_EQ(rows[0].stamps.marketing, stamp(1'514'764'860));
    EXPECT_TRUE(rows[0].evidence);
}

TEST_F(TrimTest, WhatIsOlderGoesInSmallBatchesAndEvidenceStays) {
    add_audit(1, "a");
    add_audit(2, "optedOut", true);
    add_audit(3, "b");
    add_audit(9, "c");
    EXPECT_EQ(good(store().trim("acme", before(5), 1)), 1);
    EXPECT_EQ(good(store().trim("acme", before(5), 1)), 1);
    EXPECT_EQ(good(store().trim("acme", before(5), 1)), 0);
    EXPECT_EQ(fields(), "c optedOut ");
    EXPECT_EQ(good(store().trim("acme", {}, 9)), 0);
}

TEST_F(TrimTest, CyclesThatSomethingNamesStay) {
    for (int i = 0; i < 4; ++i) good(store().start_cycle("acme", at(i * kDay), "test"));
    const EntityId entity = good(store().add_entity("acme", EntityKind::Person));
    good(store().put_pin("acme", {entity, "phone", Side::Crm, text("1"), text("2"), at(1), 1}));
    InFlight write;
    write.cycle = 2;
    write.entity = entity;
    good(store().add_in_flight("acme", std::span(&write, 1)));
    good(store().trim("acme", before(90), 99));
    std::string left;
    for (const CycleRow& row : good(store().cycles("acme", 9))) left += std::to_string(row.id);
    EXPECT_EQ(left, "421") << "the newest, the one in flight and the one a pin is of";
}

TEST_F(TrimTest, OfDecisionsTheLastBeforeTheKeptTimeStays) {
    for (const std::int64_t day : {1, 2, 8})
        good(
            store().add_decision("acme", {1, at(day * kDay), day, "waiting", std::to_string(day)}));
    good(store().trim("acme", before(5), 99));
    const auto rows = good(store().decisions_of("acme", 1, 9));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].reason, "8");
    EXPECT_EQ(rows[1].reason, "2");
}

TEST_F(TrimTest, ADecisionThatGoesOnIsOneRow) {
    const auto add = [&](std::int64_t day, const char* state) {
        good(store().add_decision("acme", {1, at(day * kDay), day, state, "r"}));
    };
    add(1, "waiting");
    add(2, "clean");
    add(2, "waiting");  // in the same cycle after all
    EXPECT_EQ(good(store().decisions_of("acme", 1, 9)).size(), 1U);
    add(3, "clean");
    add(4, "waiting");
    EXPECT_EQ(good(store().decisions_of("acme", 1, 9)).size(), 3U);
}

TEST_F(TrimTest, RowsAreFoundByTimeAndByField) {
    add_audit(1, "phone");
    add_audit(2, "email");
    add_audit(3, "phone");
    EXPECT_EQ(good(store().audit_since("acme", at(2 * kDay), 9)).size(), 2U);
    EXPECT_EQ(good(store().audit_since("acme", at(2 * kDay), 9))[0].id, 3);
    EXPECT_EQ(good(store().audit_of_field("acme", "Phone", 9)).size(), 2U);
    EXPECT_TRUE(good(store().audit_since("globex", at(0), 9)).empty());
}

}  // namespace
}  // namespace duet::store
