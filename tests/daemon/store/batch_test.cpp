#include <algorithm>

#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

/// What is read of many at once is what is read of each.
class BatchTest : public StoreTest {
protected:
    EntityId add_person() { return good(store().add_entity("acme", EntityKind::Person)); }

    /// A row in every table that is kept by entity, told apart by the entity's number.
    EntityId add_full_person() {
        const EntityId id = add_person();
        const std::string number = std::to_string(id);
        Entity entity = *good(store().entity("acme", id));
        entity.stage = "MQL " + number;
        entity.agreed["Phone"] = {text(number), text("+" + number)};
        good(store().save_entity("acme", entity));
        good(store().link("acme", id, Side::Marketing, {"prospect", number}));
        good(store().link("acme", id, Side::Crm, {"Contact", "003" + number}));
        ListMember member;
        member.entity = id;
        member.list = "Drip " + number;
        good(store().save_list_member("acme", member));
        Edge edge;
        edge.rule = "task " + number;
        edge.phase = "armed";
        good(store().save_edge("acme", id, edge));
        good(store().put_allowance("acme", {id, "mail", {"crm." + number}, at(1), "ada", "asked"}));
        good(store().put_pin("acme", {id, "phone", Side::Crm, text(number), {}, at(2), 7}));
        Quarantined aside;
        aside.entity = id;
        aside.slot = "update " + number;
        good(store().put_quarantine("acme", aside));
        good(store().save_lifecycle_span("acme", id, {"span " + number, stamp(3), {}}));
        std::vector<lifecycle::Row> moves(2);
        moves[0].to = "KNOWN " + number;
        moves[1].to = "MQL " + number;
        good(store().save_lifecycle_rows("acme", id, moves));
        return id;
    }

    void put_in_flight(EntityId id) {
        std::vector<InFlight> writes(1);
        writes[0].entity = id;
        good(store().add_in_flight("acme", writes));
    }

    void expect_as_read_alone(const EntityRows& rows) {
        const EntityId id = rows.entity.id;
        const Entity alone = *good(store().entity("acme", id));
        EXPECT_EQ(rows.entity.stage, alone.stage);
        EXPECT_EQ(rows.entity.agreed.size(), alone.agreed.size());
        EXPECT_EQ(rows.links, good(store().links("acme", id)));
        EXPECT_EQ(rows.is_in_flight, !good(store().in_flight_of("acme", id)).empty());
        EXPECT_EQ(rows.lists, good(store().lists_of("acme", id)));
        EXPECT_EQ(rows.spans, good(store().lifecycle_spans("acme", id)));
        EXPECT_EQ(rows.moves, good(store().lifecycle_rows("acme", id)));
        const auto names = [](const auto& all, auto name) {
            std::vector<std::string> found;
            for (const auto& one : all) found.push_back(one.*name);
            return found;
        };
        EXPECT_EQ(names(rows.edges, &Edge::rule),
                  names(good(store().edges_of("acme", id)), &Edge::rule));
        EXPECT_EQ(names(rows.quarantine, &Quarantined::slot),
                  names(good(store().quarantine_of("acme", id)), &Quarantined::slot));
        const auto allowances = good(store().allowances("acme", id));
        ASSERT_EQ(rows.allowances.size(), allowances.size());
        for (std::size_t i = 0; i < allowances.size(); ++i) {
            EXPECT_EQ(rows.allowances[i].entity, id);
            EXPECT_EQ(rows.allowances[i].flags, allowances[i].flags);
        }
        const auto pins = good(store().pins_of("acme", id));
        ASSERT_EQ(rows.pins.size(), pins.size());
        for (std::size_t i = 0; i < pins.size(); ++i) EXPECT_EQ(rows.pins[i].held, pins[i].held);
    }
};

TEST_F(BatchTest, RowsOfManyAreThoseOfEachAndOfNobodyElse) {
    std::vector<EntityId> all;
    for (int i = 0; i < 30; ++i) all.push_back(i % 3 == 2 ? add_person() : add_full_person());
    put_in_flight(all[4]);
    put_in_flight(all[4]);
    put_in_flight(all[20]);
    good(store().add_entity("globex", EntityKind::Person));
    // Neighbours, one that is left out between two, a wide gap, and somebody who does not exist.
    const std::vector<EntityId> asked{all[0], all[1], all[2], all[4], all[20], all[29], 1'000};
    const auto rows = good(store().rows_of("acme", asked));
    ASSERT_EQ(rows.size(), 6U);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        SCOPED_TRACE(testing::Message() << "entity " << asked[i]);
        EXPECT_EQ(rows[i].entity.id, asked[i]);
        expect_as_read_alone(rows[i]);
    }
    EXPECT_EQ(rows[1].links.size(), 2U);
    EXPECT_EQ(rows[1].moves.size(), 2U);
    EXPECT_TRUE(rows[3].is_in_flight && rows[4].is_in_flight);
    EXPECT_TRUE(good(store().rows_of("acme", {})).empty());
    EXPECT_TRUE(good(store().rows_of("initech", asked)).empty());
}

TEST_F(BatchTest, RecordsOfManyKeysAreReadWhateverTheirNumber) {
    for (const int count : {0, 1, 31, 32, 33, 100}) {
        SCOPED_TRACE(testing::Message() << count << " keys");
        std::vector<std::string> keys;
        for (int i = 0; i < count; ++i) {
            keys.push_back("it's \"" + std::to_string(1'000 * count + i) + "\"");
            if (i % 10 == 9) continue;  // never seen
            SeenRow row = contact(keys.back(), "a@example.com");
            row.deleted = i % 7 == 3;
            good(store().put_seen("acme", row, kReferences, kKeys));
        }
        good(
            store().put_seen("acme", contact("nobody asked", "b@example.com"), kReferences, kKeys));
        auto rows = good(store().seen_of("acme", Side::Crm, "Contact", keys));
        EXPECT_EQ(static_cast<int>(rows.size()), count - count / 10);
        for (const SeenRow& row : rows) {
            const auto alone = good(store().seen("acme", Side::Crm, row.record.id));
            ASSERT_TRUE(alone.has_value());
            EXPECT_EQ(row.record.fields, alone->record.fields);
            EXPECT_EQ(row.record.modified, alone->record.modified);
            EXPECT_EQ(row.deleted, alone->deleted);
            EXPECT_NE(row.record.id.key, "nobody asked");
        }
        EXPECT_TRUE(good(store().seen_of("acme", Side::Marketing, "Contact", keys)).empty());
        EXPECT_TRUE(good(store().seen_of("globex", Side::Crm, "Contact", keys)).empty());
    }
}

/// Every `step`-th of 3,000 records is asked for, from one of them on.
TEST_F(BatchTest, RecordsAreReadWhetherTheyLieCloseOrFarApart) {
    std::vector<std::string> all;
    for (int i = 10'000; i < 13'000; ++i) {
        all.push_back("003" + std::to_string(i));
        good(store().put_seen("acme", contact(all.back(), "a@example.com", "1" + all.back()),
                              kReferences, kKeys));
    }
    for (const std::size_t step : {1U, 2U, 3U, 40U}) {
        for (const std::size_t from : {0U, 1'000U, 2'900U}) {
            SCOPED_TRACE(testing::Message() << "each " << step << " from " << from);
            std::vector<std::string> keys{all.back()};
            for (std::size_t i = from; i + 1 < all.size(); i += step) keys.push_back(all[i]);
            auto rows = good(store().seen_of("acme", Side::Crm, "Contact", keys));
            std::vector<std::string> found, targets;
            for (const SeenRow& row : rows) found.push_back(row.record.id.key);
            for (const std::string& key : keys) targets.push_back("1" + key);
            const auto referring =
                good(store().referring_of("acme", Side::Crm, "Contact", "AccountId", targets));
            for (std::size_t i = 0; i < keys.size(); ++i)
                EXPECT_EQ(referring[i], std::vector<std::string>{keys[i]});
            std::sort(found.begin(), found.end());
            std::sort(keys.begin(), keys.end());
            EXPECT_EQ(found, keys);
        }
    }
}

TEST_F(BatchTest, WhoRefersToManyIsToldOfEach) {
    std::vector<std::string> accounts;
    for (int i = 0; i < 70; ++i) {
        accounts.push_back("001" + std::to_string(i));
        for (int child = i % 3; child > 0; --child) {
            const std::string key = "003" + std::to_string(i) + "x" + std::to_string(child);
            good(store().put_seen("acme", contact(key, "a@example.com", accounts.back()),
                                  kReferences, kKeys));
        }
    }
    const auto found =
        good(store().referring_of("acme", Side::Crm, "Contact", "AccountId", accounts));
    ASSERT_EQ(found.size(), accounts.size());
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        EXPECT_EQ(found[i].size(), i % 3);
        EXPECT_EQ(found[i],
                  good(store().referring("acme", Side::Crm, "Contact", "AccountId", accounts[i])));
    }
    const auto others =
        good(store().referring_of("acme", Side::Crm, "Contact", "OwnerId", accounts));
    EXPECT_EQ(others, std::vector<std::vector<std::string>>(accounts.size()));
}

}  // namespace
}  // namespace duet::store
