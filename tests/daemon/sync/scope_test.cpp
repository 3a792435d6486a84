#include "daemon/sync/scope.h"

#include <chrono>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

WorldOptions with_scope(int grace_days = 7) {
    WorldOptions options;
    options.documents[0].text +=
        "scope: OR(ISBLANK(Department), Department <> \"Outside\")\nscope_grace_days: " +
        std::to_string(grace_days) + "\n";
    return options;
}

class ScopeTest : public testing::Test {
protected:
    explicit ScopeTest(WorldOptions options = with_scope()) : world(std::move(options)) {
        contact = {"Contact", world.add_contact(kAda, "Lovelace")};
        world.run_until_quiet();
        prospect = world.with_email(kMarketing, kAda);
    }
    void set(const char* field, const char* value) {
        world.crm().edit(contact, field, value == nullptr ? Value{} : text(value));
        world.run_until_quiet();
    }
    void leave() { set("Department", "Outside"); }
    void come_back() { set("Department", "Inside"); }
    store::Entity entity() { return world.entity_of(kCrm, contact); }
    std::string phone() { return display(world.marketing().value(prospect, "phone")); }

    World world;
    RecordId contact;
    RecordId prospect;
};

TEST_F(ScopeTest, ComingBackWithinTheGraceTimeChangesNothing) {
    set("Phone", "1");
    leave();
    EXPECT_NE(entity().out_since, Instant{});
    EXPECT_NE(entity().reason.find("unlinked on 2018-01-09"), std::string::npos) << entity().reason;
    world.clock.pass(24h * 6);
    world.run_until_quiet();
    EXPECT_FALSE(entity().parted);
    // A cleared value travels only where both sides are known to have agreed.
    world.crm().edit(contact, "Phone", Value{});
    come_back();
    EXPECT_EQ(phone(), "");
    EXPECT_EQ(entity().out_since, Instant{});
}

TEST_F(ScopeTest, AfterTheGraceTimeBothSidesMeetAnewAndNothingWasDeleted) {
    set("Phone", "1");
    leave();
    world.clock.pass(24h * 8);
    world.run_until_quiet();  // nothing changed: the timer did it
    EXPECT_TRUE(entity().parted);
    EXPECT_NE(entity().reason.find("unlinked since it left"), std::string::npos);
    EXPECT_EQ(world.marketing().deletes("prospect") + world.crm().deletes("Contact"), 0);
    world.crm().edit(contact, "Phone", Value{});
    come_back();
    EXPECT_FALSE(entity().parted);
    EXPECT_EQ(phone(), "1") << "as at a first meeting, a value beats a blank";
    EXPECT_EQ(world.crm().value(contact, "Phone"), text("1"));
    EXPECT_EQ(world.marketing().records("prospect").size(), 1U);
    EXPECT_EQ(world.crm().creates("Lead"), 0);
}

class ShortGrace : public ScopeTest {
protected:
    ShortGrace() : ScopeTest(with_scope(1)) {}
};

TEST_F(ShortGrace, EndsOnTimeWithNothingElseToDo) {
    leave();
    const Instant ends = entity().out_since + 24h;
    const auto wait_until = [this](Instant time) {
        world.clock.pass(std::chrono::ceil<std::chrono::milliseconds>(time - world.clock.now()));
    };
    wait_until(ends - 5min);
    ASSERT_TRUE(world.run_cycle());
    EXPECT_FALSE(entity().parted);
    wait_until(ends + 1s);
    ASSERT_TRUE(world.run_cycle());
    EXPECT_TRUE(entity().parted);
}

TEST_F(ScopeTest, AnOptOutOutlivesTheTimeOutside) {
    world.marketing().edit(prospect, "optedOut", World::yes());
    world.run_until_quiet();
    leave();
    world.clock.pass(24h * 8);
    world.run_until_quiet();
    world.crm().edit(contact, "HasOptedOutOfEmail", Value{false});
    world.marketing().edit(prospect, "optedOut", Value{false});
    come_back();
    EXPECT_EQ(world.marketing().value(prospect, "optedOut"), World::yes());
    EXPECT_EQ(world.crm().value(contact, "HasOptedOutOfEmail"), World::yes());
}

TEST_F(ScopeTest, WhatWasUnlinkedIsFreeForAnotherPartner) {
    leave();
    world.clock.pass(24h * 8);
    world.run_until_quiet();
    world.crm().edit(contact, "Email", text("elsewhere@example.com"));
    const RecordId other{"Contact", world.add_contact(kAda, "Byron")};
    world.run_until_quiet();
    EXPECT_EQ(world.entity_of(kCrm, other).id, world.entity_of(kMarketing, prospect).id);
    EXPECT_NE(entity().id, world.entity_of(kMarketing, prospect).id);
    EXPECT_TRUE(world.store().reviews("acme", 0, 9)->empty());
}

TEST_F(ScopeTest, ARuleThatFailsIsNoWayOut) {
    world.crm().hides_field("Department");
    world.crm().edit(contact, "Phone", text("2"));
    for (int day = 0; day < 10; ++day) {
        world.run_cycle();
        world.clock.pass(24h);
    }
    EXPECT_EQ(entity().state, "waiting");
    EXPECT_FALSE(entity().parted);
    EXPECT_EQ(entity().out_since, Instant{});
}

}  // namespace
}  // namespace duet::world
