#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

class PinsTest : public StoreTest {
protected:
    PinsTest() : entity(good(store().add_entity("acme", EntityKind::Person))) {}
    [[nodiscard]] Pin phone() const {
        return {entity, "phone", Side::Marketing, text("1"), text("2"), at(1'514'764'800), 7};
    }
    EntityId entity;
};

TEST_F(PinsTest, AreReadAsTheyWerePut) {
    good(store().put_pin("acme", phone()));
    Pin again = phone();
    again.refused = Value{};
    good(store().put_pin("acme", again));
    const auto pins = good(store().pins_of("acme", entity));
    ASSERT_EQ(pins.size(), 1U);
    EXPECT_EQ(pins[0].rule, "phone");
    EXPECT_EQ(pins[0].side, Side::Marketing);
    EXPECT_EQ(pins[0].held, text("1"));
    EXPECT_EQ(pins[0].refused, Value{});
    EXPECT_EQ(pins[0].cycle, 7);
    EXPECT_TRUE(good(store().pins("globex", 9)).empty());
}

TEST_F(PinsTest, OfOneSideGoAloneAndAllGoWithTheirEntity) {
    Pin there = phone();
    there.side = Side::Crm;
    good(store().put_pin("acme", phone()));
    good(store().put_pin("acme", there));
    good(store().remove_pin("acme", entity, "phone", Side::Marketing));
    ASSERT_EQ(good(store().pins("acme", 9)).size(), 1U);
    EXPECT_EQ(good(store().pins("acme", 9))[0].side, Side::Crm);
    good(store().remove_entity("acme", entity));
    EXPECT_TRUE(good(store().pins("acme", 9)).empty());
}

TEST_F(PinsTest, GoToTheSurvivorOfAMerge) {
    const EntityId survivor = good(store().add_entity("acme", EntityKind::Person));
    good(store().put_pin("acme", phone()));
    good(store().move_edges("acme", entity, survivor));
    EXPECT_EQ(good(store().pins_of("acme", survivor)).size(), 1U);
}

}  // namespace
}  // namespace duet::store
