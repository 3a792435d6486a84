#include "mappings/scoring/engagement.h"

#include <algorithm>
#include <chrono>

namespace duet::scoring {
namespace {

using std::chrono::hours;

DateTime now() { return *parse_instant("2025-10-01T12:00:00Z"); }

Activity activity(double points, double days_ago, const char* type = "form success",
                  const char* asset = "") {
    const auto age = std::chrono::duration<double, std::chrono::days::period>(days_ago);
    return {type, asset, now() - std::chrono::round<std::chrono::milliseconds>(age), points};
}

const std::vector<Activity>& published() {
    static const std::vector<Activity> kActivities{activity(50, 10), activity(3, 2),
                                                   activity(25, 45)};
    return kActivities;
}

TEST(Engagement, HalvesWithEachHalfLife) {
    EXPECT_NEAR(engagement(published(), now(), {}), 51.3884, 0.00005);
    EXPECT_NEAR(engagement(published(), now(), {.half_life_days = 14}), 35.8862, 0.00005);
    const std::vector<Activity> one{activity(50, 10)};
    EXPECT_NEAR(engagement(one, now(), {}), 39.6850, 0.00005);
}

TEST(Engagement, WhatIsTooOldOrYetToComeCountsNothing) {
    const std::vector<Activity> edge{activity(64, 180), activity(1000, 180.001),
                                     activity(1000, -0.001)};
    EXPECT_NEAR(engagement(edge, now(), {}), 1, 1e-12);
}

TEST(Engagement, TheSameWithinADayCountsOnce) {
    const EngagementSettings settings;
    const auto kept =
        without_repeats({activity(3, 0, "click", "a"), activity(3, 0.5, "click", "a"),
                         activity(3, 1.2, "click", "a"), activity(3, 0.5, "click", "b"),
                         activity(3, 0.5, "view", "a"), activity(3, 5, "click", "a")},
                        settings);
    // 5 days, 1.2 days and now count of click a: 0.5 days is within a day of 1.2 days.
    ASSERT_EQ(kept.size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(kept, {}, &Activity::time));
    EXPECT_EQ(std::ranges::count(kept, "click", &Activity::type), 4);
    EXPECT_EQ(without_repeats({activity(1, 1), activity(1, 0)}, settings).size(), 2U);
    EXPECT_EQ(without_repeats({activity(1, 0.999), activity(1, 0)}, settings).size(), 1U);
}

TEST(Engagement, StepByStepItComesToTheSame) {
    std::vector<Activity> activities;
    for (int i = 0; i < 400; ++i)
        activities.push_back(activity((i * 7) % 50 - 5, (i * 37) % 400 + i / 400.0));
    for (const double half_life : {3.0, 14.0, 30.0}) {
        const EngagementSettings settings{.half_life_days = half_life};
        DateTime at = now() - hours{24 * 300};
        double sum = engagement(activities, at, settings);
        for (const int step : {1, 5, 24, 240, 17, 3'000, 24 * 100, 1}) {
            const DateTime next = at + hours{step};
            sum = advance(sum, at, next, activities, settings);
            at = next;
            EXPECT_NEAR(sum, engagement(activities, at, settings), 1e-9) << half_life;
        }
    }
}

TEST(AccountEngagement, RolesAndBreadth) {
    const std::vector<Member> members{
        {"Decision Maker", 41.25}, {"Influencer", 18.5}, {"User", 6.0}};
    EXPECT_NEAR(account_engagement(members, {}), 64.955, 1e-9);
    EXPECT_EQ(account_engagement({}, {}), 0);
    EXPECT_NEAR(account_engagement(std::vector<Member>{{"", 5}}, {}), 3, 1e-12);
    // Six engaged people: no more than four beside the first count.
    const std::vector<Member> many(6, Member{"Economic Buyer", 10});
    EXPECT_NEAR(account_engagement(many, {}), 60 * 1.4, 1e-9);
}

TEST(AccountEngagement, ASurgeIsLargeInPointsAndInPart) {
    EXPECT_TRUE(is_surge(25, 50, {}));
    EXPECT_FALSE(is_surge(25.1, 50, {}));
    EXPECT_FALSE(is_surge(0, 24.9, {}));
    EXPECT_TRUE(is_surge(0, 25, {}));
    EXPECT_FALSE(is_surge(100, 130, {}));
    EXPECT_TRUE(is_surge(0, 5, {.surge_gain = 5}));
}

}  // namespace
}  // namespace duet::scoring
