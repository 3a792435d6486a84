#include "daemon/store/lists.h"

#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

class ListsTest : public testing::Test {
protected:
    ListsTest() : store(good(open_sqlite(":memory:"))) {
        good(store->open_org("acme"));
        good(store->open_org("other"));
        for (EntityId& id : people) id = good(store->add_entity("acme", EntityKind::Person));
    }
    ListMember member(int person, Seat seat, std::int64_t order) {
        ListMember row;
        row.entity = people[person];
        row.list = "Drip";
        row.standing = seat == Seat::Waiting ? "queued" : "member";
        row.wanted = true;
        row.since = at(1);
        row.member = seat == Seat::Given || seat == Seat::Over;
        row.seat = seat;
        row.order = order;
        row.until = at(2);
        row.changed_at = at(3);
        return row;
    }
    std::unique_ptr<Store> store;
    EntityId people[6]{};
};

TEST_F(ListsTest, ARowIsReadAsItWasSavedReplacedAndRemoved) {
    ListMember row = member(0, Seat::Given, -7);
    row.by_hand = true;
    good(store->save_list_member("acme", row));
    EXPECT_EQ(good(store->lists_of("acme", people[0])), std::vector<ListMember>{row});
    EXPECT_TRUE(good(store->lists_of("other", people[0])).empty());
    row.removed = true;
    row.order = kNoOrder;
    good(store->save_list_member("acme", row));
    EXPECT_EQ(good(store->lists_of("acme", people[0])), std::vector<ListMember>{row});
    good(store->remove_list_member("acme", "Drip", people[0]));
    EXPECT_TRUE(good(store->lists_of("acme", people[0])).empty());
}

TEST_F(ListsTest, WhoWaitsComesByOrderAndWhoLeavesByItsEnd) {
    good(store->save_list_member("acme", member(0, Seat::Waiting, kNoOrder)));
    good(store->save_list_member("acme", member(1, Seat::Waiting, 5)));
    good(store->save_list_member("acme", member(2, Seat::Waiting, 9)));
    good(store->save_list_member("acme", member(3, Seat::Given, 1)));
    ListMember hand = member(4, Seat::Given, 0);
    hand.by_hand = true;
    good(store->save_list_member("acme", hand));
    ListMember held = member(5, Seat::Given, 0);
    held.standing = "unknown";
    good(store->save_list_member("acme", held));
    EXPECT_EQ(good(store->first_waiting("acme", "Drip", 2)),
              (std::vector<EntityId>{people[2], people[1]}));
    EXPECT_EQ(good(store->last_seated("acme", "Drip", 9)), std::vector<EntityId>{people[3]});
    EXPECT_EQ(good(store->seats("acme", "Drip")),
              (std::map<Seat, std::int64_t>{{Seat::Waiting, 3}, {Seat::Given, 3}}));
    good(store->set_seat("acme", "Drip", people[3], Seat::Over));
    EXPECT_EQ(good(store->seats("acme", "Drip")).at(Seat::Over), 1);
    EXPECT_TRUE(good(store->last_seated("acme", "Drip", 9)).empty());
}

TEST_F(ListsTest, CountsAndPagesAreOfOneList) {
    good(store->save_list_member("acme", member(0, Seat::Waiting, 1)));
    good(store->save_list_member("acme", member(1, Seat::Given, 1)));
    good(store->save_list_member("acme", member(2, Seat::Given, 1)));
    const ListCounts counts = good(store->list_counts("acme", "Drip"));
    EXPECT_EQ(counts.members, 2);
    EXPECT_EQ(counts.wanted, 3);
    EXPECT_EQ(counts.standings.at("queued"), 1);
    EXPECT_EQ(counts.on_it.at("member"), 2);
    EXPECT_EQ(good(store->list_counts("acme", "Other")).members, 0);
    const auto page = good(store->list_members("acme", "Drip", "member", people[1], 9));
    ASSERT_EQ(page.size(), 1U);
    EXPECT_EQ(page[0].entity, people[2]);
    EXPECT_EQ(good(store->list_members("acme", "Drip", "", 0, 9)).size(), 3U);
}

TEST_F(ListsTest, RowsGoWithTheEntityAndAHandThatTookSomebodyOffMovesOn) {
    ListMember off = member(0, Seat::None, 1);
    off.removed = true;
    good(store->save_list_member("acme", off));
    good(store->save_list_member("acme", member(1, Seat::Given, 1)));
    good(store->move_edges("acme", people[0], people[1]));
    EXPECT_TRUE(good(store->lists_of("acme", people[1]))[0].removed);
    EXPECT_EQ(good(store->lists_of("acme", people[1]))[0].seat, Seat::Given);
    good(store->remove_entity("acme", people[0]));
    EXPECT_TRUE(good(store->lists_of("acme", people[0])).empty());
}

TEST_F(ListsTest, SizesAreKeptByDayAndTheNewestOldOneStays) {
    for (const std::int64_t day : {10, 11, 12, 20})
        good(store->save_list_day("acme", {"Drip", day, day, 1, 2, 3, 4, 5, 6, 7}));
    good(store->save_list_day("acme", {"Drip", 20, 7, 1, 2, 3, 4, 5, 6, 7}));
    good(store->save_list_day("acme", {"Other", 20, 1, 0, 0, 0, 0, 0, 0, 0}));
    const auto days = good(store->list_sizes("acme", "Drip", 11, 20));
    ASSERT_EQ(days.size(), 3U);
    EXPECT_EQ(days[2], (ListDay{"Drip", 20, 7, 1, 2, 3, 4, 5, 6, 7}));
    EXPECT_EQ(good(store->list_sizes("acme", "", 0, 99)).size(), 5U);
    EXPECT_EQ(good(store->trim("acme", {{}, {}, 20}, 99)), 2);
    EXPECT_EQ(good(store->list_sizes("acme", "Drip", 0, 99)).size(), 2U);
    EXPECT_EQ(good(store->list_sizes("acme", "Drip", 0, 99))[0].day, 12);
}

TEST_F(ListsTest, AStateIsReplaced) {
    good(store->save_list_state("acme", {"Drip", at(1), at(2), at(3), 4}));
    good(store->save_list_state("acme", {"Drip", at(4), at(5), at(6), 0}));
    EXPECT_EQ(good(store->list_states("acme")),
              (std::vector<ListState>{{"Drip", at(4), at(5), at(6), 0}}));
    EXPECT_TRUE(good(store->list_states("other")).empty());
}

}  // namespace
}  // namespace duet::store
