// The rolling full compare: what differs though no change was told is found, reported and healed.
#include <numeric>

#include "tests/laws/laws.h"

namespace duet::world {
namespace {

/// Pages repeat nothing, so that they tell what changed and no more.
WorldOptions without_overlap() {
    WorldOptions options;
    options.adjust = [](SideOptions& crm, SideOptions& marketing) {
        crm.overlap = marketing.overlap = 0;
    };
    return options;
}

class FullCompare : public SettledWorld {
protected:
    FullCompare() : SettledWorld(without_overlap()) {}
    store::Comparison of(Side side, const char* object) {
        return *world.store().comparison("acme", side, object);
    }
    /// Cycles until a whole pass over every object was made; what it found.
    std::int64_t whole_pass() {
        world.clock.pass(world.settings.compare_every);
        const auto begun = world.clock.now();
        std::int64_t found = 0;
        for (int i = 0; i < 200; ++i) {
            const auto report = world.run_cycle();
            if (!report) return -1;
            for (const sync::Drift& drift : report->drifts) found += drift.found;
            world.clock.pass(1h);
            if (of(kCrm, "Contact").agreed_at >= begun &&
                of(kMarketing, "prospect").agreed_at >= begun)
                return found;
        }
        ADD_FAILURE() << "the pass never ends";
        return found;
    }
};

TEST_F(FullCompare, FindsNothingWhereAllIsInOrderAndTellsSince) {
    const auto loaded = of(kCrm, "Contact").agreed_at;
    EXPECT_NE(loaded, Instant{}) << "the first load was a full read";
    const auto writes = world.crm().writes().size() + world.marketing().writes().size();
    EXPECT_EQ(whole_pass(), 0);
    EXPECT_GT(of(kCrm, "Contact").agreed_at, loaded);
    EXPECT_EQ(of(kCrm, "Contact").phase, store::ComparePhase::None);
    EXPECT_EQ(world.crm().writes().size() + world.marketing().writes().size(), writes);
}

TEST_F(FullCompare, HealsAValueThatCameWithNoStamp) {
    world.crm().edits_silently(contact, "Phone", text("5550100"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), Value{}) << "no page told it";
    EXPECT_EQ(whole_pass(), 1);
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    EXPECT_EQ(of(kCrm, "Contact").found, 1);
}

TEST_F(FullCompare, FindsARecordThatNoPageTold) {
    world.crm().adds_silently("Contact", "bea@example.com");
    world.clock.pass(1min);
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("prospect").size(), 1u);
    EXPECT_EQ(whole_pass(), 1);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("prospect").size(), 2u);
}

TEST_F(FullCompare, FindsARecordThatLeftWithoutATrace) {
    world.crm().purge(contact);
    world.run_until_quiet();
    EXPECT_FALSE((*world.store().seen("acme", kCrm, contact))->deleted);
    EXPECT_EQ(whole_pass(), 1);
    EXPECT_TRUE((*world.store().seen("acme", kCrm, contact))->deleted);
}

TEST_F(FullCompare, EndsWhenOtherFieldsAreAskedFor) {
    for (int i = 0; i < 6; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    world.run_until_quiet();
    world.clock.pass(world.settings.compare_every);
    world.run_cycle();
    const store::Comparison begun = of(kCrm, "Contact");
    ASSERT_EQ(begun.phase, store::ComparePhase::Read);
    // As if the documents had read other fields until now. What a job made for those has ready
    // would take the new ones from the rows that are read anew.
    ASSERT_TRUE(world.store().set_fact("acme", "selection.salesforce.Contact", "Email "));
    world.run_cycle();
    EXPECT_EQ(of(kCrm, "Contact").phase, store::ComparePhase::None);
    EXPECT_EQ(of(kCrm, "Contact").cursor, "");
    EXPECT_EQ(of(kCrm, "Contact").pass, begun.pass);
    EXPECT_EQ(whole_pass(), 0);
}

TEST_F(FullCompare, DoesNotWonderAtWhatChangedAMomentAgo) {
    for (int i = 0; i < 6; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    world.run_until_quiet();
    world.clock.pass(world.settings.compare_every);
    std::int64_t found = 0;
    for (int i = 0; i < 80; ++i) {
        world.crm().edit(contact, "Phone", text(std::to_string(5550100 + i)));
        const auto report = world.run_cycle();
        ASSERT_TRUE(report);
        for (const sync::Drift& drift : report->drifts) found += drift.found;
        world.clock.pass(1h);
    }
    EXPECT_EQ(found, 0);
}

TEST(FullComparePace, SpreadsItsPagesAndKeepsToItsShareOfTheCalls) {
    WorldOptions options;
    options.adjust = [](SideOptions& crm, SideOptions&) {
        crm.page_cap = 5;
        crm.calls_per_day = 10'000;
    };
    World world(std::move(options));
    for (int i = 0; i < 50; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    world.run_until_quiet();
    world.settings.compare_within = std::chrono::hours{10};
    world.clock.pass(world.settings.compare_every);
    world.run_cycle();
    EXPECT_EQ(world.store().comparison("acme", Side::Crm, "Contact")->told, 0);
    world.clock.pass(5h);
    world.run_cycle();
    const auto half = world.store().comparison("acme", Side::Crm, "Contact")->told;
    EXPECT_GE(half, 25);
    EXPECT_LE(half, 35);
    // No call is left of its share: it waits for tomorrow, and the rest of Duet goes on.
    world.settings.compare_share = 0;
    world.clock.pass(5h);
    world.run_cycle();
    EXPECT_EQ(world.store().comparison("acme", Side::Crm, "Contact")->told, half);
    world.settings.compare_share = 0.05;
    world.run_cycle();
    EXPECT_GT(world.store().comparison("acme", Side::Crm, "Contact")->told, half);
}

TEST_F(FullCompare, GoesOnWhereItStoodAfterACrash) {
    for (int i = 0; i < 12; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    world.run_until_quiet();
    world.crm().edits_silently(contact, "Phone", text("5550100"));
    world.settings.page_size = 3;
    world.settings.compare_within = 2h;
    world.clock.pass(world.settings.compare_every);
    for (int steps = 1; steps < 40; ++steps) {
        world.store().crashes_after(steps);
        world.run_cycle();
        world.clock.pass(10min);
    }
    world.store().crashes_after(0);
    world.clock.pass(2h);
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    EXPECT_GT(of(kCrm, "Contact").agreed_at, Instant{});
}

}  // namespace
}  // namespace duet::world
