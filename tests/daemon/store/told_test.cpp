#include "daemon/store/told.h"

#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

class ToldTest : public testing::Test {
protected:
    ToldTest() : store(good(open_sqlite(":memory:"))) {
        good(store->open_org("acme"));
        good(store->open_org("other"));
        one = good(store->add_entity("acme", EntityKind::Account));
        two = good(store->add_entity("acme", EntityKind::Account));
    }
    void tell(EntityId entity, std::int64_t day, const char* value, const char* figure = "rfm") {
        good(store->save_told("acme", {entity, figure, day, value}));
    }
    std::vector<std::string> values(EntityId entity) {
        std::vector<std::string> found;
        for (const Told& row : good(store->told_of("acme", entity, "rfm")))
            found.push_back(row.value);
        return found;
    }
    std::unique_ptr<Store> store;
    EntityId one = 0;
    EntityId two = 0;
};

TEST_F(ToldTest, RowsComeByDayAndOneDayHasOne) {
    tell(one, 20, "late");
    tell(one, 10, "early");
    tell(one, 20, "later");
    tell(one, 15, "0.5", "win_probability");
    EXPECT_EQ(values(one), (std::vector<std::string>{"early", "later"}));
    EXPECT_TRUE(good(store->told_of("other", one, "rfm")).empty());
}

TEST_F(ToldTest, EachIsVisitedByEntityAndDayAcrossPages) {
    constexpr int kDays = 1500;
    for (int day = 0; day < kDays; ++day) tell(one, day, "a");
    tell(two, 3, "b");
    tell(two, 3, "0.5", "win_probability");
    std::vector<Told> rows;
    good(store->each_told("acme", "rfm", [&](const Told& row) {
        rows.push_back(row);
        return true;
    }));
    ASSERT_EQ(rows.size(), kDays + 1U);
    EXPECT_EQ(rows[1234].day, 1234);
    EXPECT_EQ(rows.back(), (Told{two, "rfm", 3, "b"}));
    std::size_t seen = 0;
    good(store->each_told("acme", "rfm", [&](const Told&) { return ++seen < 2; }));
    EXPECT_EQ(seen, 2U);
}

TEST_F(ToldTest, ItComesAlongWhenTwoBecomeOneAndGoesWithTheEntity) {
    tell(one, 10, "of one");
    tell(one, 20, "of one");
    tell(two, 20, "of two");
    good(store->move_edges("acme", one, two));
    EXPECT_EQ(values(two), (std::vector<std::string>{"of one", "of two"}));
    good(store->remove_entity("acme", one));
    EXPECT_TRUE(values(one).empty());
}

}  // namespace
}  // namespace duet::store
