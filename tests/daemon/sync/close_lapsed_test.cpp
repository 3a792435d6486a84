// Deals that fell asleep are closed, and stay open when a person says so: through the whole cycle,
// over the real store, against two fakes.
#include <gtest/gtest.h>

#include "daemon/sync/apply_writes.h"
#include "daemon/sync/pins.h"
#include "daemon/sync/undo.h"
#include "tests/world/lifecycle_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kClosing =
    "    close_lapsed: { after_days: 30, set: { StageName: Closed Lost } }\n";

class LapsedDeals : public testing::Test {
protected:
    LapsedDeals() : world(options()) {
        Fields fields;
        const DateTime made = std::chrono::floor<std::chrono::days>(world.clock.now());
        fields.set("CreatedDate", Value{made});
        fields.set("IsWon", Value{false});
        fields.set("IsClosed", Value{false});
        fields.set("StageName", text("Proposal"));
        deal = {"Opportunity", world.crm().add("Opportunity", std::move(fields))};
        world.clock.pass(180s);
        world.run_until_quiet();
    }

    static WorldOptions options() {
        WorldOptions options;
        options.documents = {{"people.yaml", "entity: person\nmatch: [email]\n"},
                             {"deals.yaml", kDealsAlone},
                             {"lifecycle.yaml", lapsing_rules(kClosing)}};
        options.adjust_catalogs = add_lifecycle_objects;
        return options;
    }
    Value stage() { return world.crm().records("Opportunity").at(deal.key).get("StageName"); }
    void pass_days(int days) {
        for (int day = 0; day < days; ++day) {
            world.clock.pass(24h);
            world.run_until_quiet();
        }
    }
    void undo_closing() {
        sync::UndoSelection selection;
        selection.entities = std::vector{world.entity_of(Side::Crm, deal).id};
        selection.field = "StageName";
        auto plan = sync::plan_undo(world.org(), selection, {});
        ASSERT_TRUE(plan) << plan.error().message;
        auto applied = sync::apply_writes(world.org(), std::move(plan->writes), "undo", {});
        ASSERT_TRUE(applied) << applied.error().message;
        EXPECT_EQ(applied->count(sync::Fate::Done), 1);
        world.clock.pass(90s);
    }

    World world;
    RecordId deal;
};

TEST_F(LapsedDeals, AreClosedThirtyDaysLaterAndNotADayBefore) {
    for (int day = 1; day <= 92; ++day) {
        pass_days(1);
        EXPECT_EQ(stage(), text(day < 90 ? "Proposal" : "Closed Lost")) << "day " << day;
    }
}

TEST_F(LapsedDeals, UndoneTheyStayOpenUntilSomebodyMovesThem) {
    pass_days(91);
    ASSERT_EQ(stage(), text("Closed Lost"));
    undo_closing();
    EXPECT_EQ(stage(), text("Proposal"));
    pass_days(3);
    EXPECT_EQ(stage(), text("Proposal")) << "the next cycles do not close it again";
    const auto pins = world.store().pins_of("acme", world.entity_of(Side::Crm, deal).id);
    ASSERT_EQ(pins->size(), 1U);
    EXPECT_EQ(pins->front().rule, "lifecycle close_lapsed StageName");

    world.crm().edit(deal, "StageName", text("Talking"));
    pass_days(1);
    EXPECT_TRUE(world.store().pins_of("acme", world.entity_of(Side::Crm, deal).id)->empty());
}

TEST_F(LapsedDeals, AReleasedPinLetsThemBeClosed) {
    pass_days(91);
    undo_closing();
    const auto id = world.entity_of(Side::Crm, deal).id;
    const auto released = sync::release_pins(world.org(), id, "lifecycle close_lapsed StageName");
    ASSERT_TRUE(released);
    EXPECT_EQ(released->size(), 1U);
    pass_days(1);
    EXPECT_EQ(stage(), text("Closed Lost"));
}

}  // namespace
}  // namespace duet::world
