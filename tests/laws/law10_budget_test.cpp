// Law 10: the API budget holds: Duet leaves the share of the daily limit that it was told to leave.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

WorldOptions with_quota(std::int64_t calls) {
    WorldOptions options;
    options.adjust = [calls](SideOptions& crm, SideOptions& marketing) {
        crm.calls_per_day = marketing.calls_per_day = calls;
        marketing.batch = 1;
        marketing.page_cap = 5;
    };
    return options;
}

TEST(Law10BudgetHolds, LeavingItsShareWhileItSends) {
    World world(with_quota(40));
    world.settings.reserve_share = 0.5;
    for (int i = 0; i < 60; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    for (int i = 0; i < 9; ++i) {
        world.run_cycle();
        EXPECT_LE(world.marketing().used_today(), 20);
        EXPECT_LE(world.crm().used_today(), 20);
    }
    EXPECT_LT(world.marketing().creates("prospect"), 60);
    EXPECT_NE(world.errors.find("daily API limit"), std::string::npos) << "nobody was told";
    for (int day = 0; day < 40; ++day) {
        world.crm().renews_quota();
        world.marketing().renews_quota();
        world.clock.pass(24h);
        world.run_cycle();
    }
    EXPECT_EQ(world.marketing().creates("prospect"), 60) << "the rest comes with the new quota";
}

TEST(Law10BudgetHolds, WhileItLooksAtWhatIsInDoubt) {
    World world(with_quota(1000));
    world.settings.reserve_share = 0.5;
    world.add_contact("ada@example.com");
    world.marketing().loses_next_answer();
    world.run_cycle();
    ASSERT_EQ(world.store().in_flight("acme")->size(), 1u);
    world.marketing().uses_quota(500 - world.marketing().used_today());
    for (int i = 0; i < 5; ++i) world.run_cycle();
    EXPECT_EQ(world.marketing().used_today(), 501) << "the first call tells, and is the last";
    world.marketing().renews_quota();
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
}

TEST(Law10BudgetHolds, CountingWhatOthersUsed) {
    World world(with_quota(100));
    world.settings.reserve_share = 0.2;
    world.add_contact("ada@example.com");
    world.crm().uses_quota(80);
    world.run_cycle();
    EXPECT_EQ(world.crm().used_today(), 81) << "the first call tells, and is the last";
    EXPECT_EQ(world.marketing().creates("prospect"), 0);
}

// What a vendor told is all that anybody knows of a quota, and it tells only who calls.
TEST(Law10BudgetHolds, AnOldFigureIsAskedForAnewByOneCall) {
    World world(with_quota(100));
    world.settings.reserve_share = 0.2;
    world.add_contact("ada@example.com");
    world.crm().uses_quota(80);
    world.run_cycle();
    ASSERT_EQ(world.crm().used_today(), 81);
    for (int hour = 0; hour < 3; ++hour) {
        world.clock.pass(1h);
        const std::int64_t before = world.crm().calls();
        world.run_cycle();
        EXPECT_EQ(world.crm().calls(), before + 1);
    }
    world.crm().renews_quota();
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
}

}  // namespace
}  // namespace duet::world
