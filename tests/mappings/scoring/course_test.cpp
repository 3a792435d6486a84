// Engagement told in steps, and the moment at which decay alone passes one.
#include "mappings/scoring/course.h"

#include <cmath>

#include <gtest/gtest.h>

namespace duet::scoring {
namespace {

constexpr double kStep = 5;

DateTime at(const char* text) { return *parse_instant(text); }

TEST(Course, AnAccountOfThreeComesTo64Point955) {
    const DateTime now = at("2025-09-01T00:00:00Z");
    const std::vector<Course> people{{"Decision Maker", {{"a", "", now, 41.25}}},
                                     {"Influencer", {{"a", "", now, 18.5}}},
                                     {"User", {{"a", "", now, 6.0}}}};
    AccountSettings account;
    account.role_weights = {{"Decision Maker", 1.0}, {"Influencer", 0.8}, {"User", 0.5}};
    // 41.25 + 14.8 + 3.0 = 59.05, two of them engaged.
    EXPECT_NEAR(engagement_at(people, now, {}, account), 64.955, 1e-9);
    EXPECT_EQ(told(64.955, kStep), 60);
}

TEST(Course, FallsToTheNextStepOnItsOwnMoment) {
    const DateTime made = at("2025-01-01T00:00:00Z");
    const std::vector<Course> person{{"", {{"form", "", made, 50}}}};
    const auto next = next_step(person, made, kStep, {}, alone());
    ASSERT_TRUE(next);
    // 50 stands on a step itself: it leaves it at once.
    EXPECT_LT(*next - made, std::chrono::seconds{2});
    const auto after = next_step(person, *next, kStep, {}, alone());
    ASSERT_TRUE(after);
    const double days =
        std::chrono::duration<double, std::chrono::days::period>(*after - made).count();
    EXPECT_NEAR(days, 30 * std::log2(50.0 / 45.0), 1e-4);
    EXPECT_EQ(
        told(engagement_at(person, *after - std::chrono::milliseconds{2}, {}, alone()), kStep), 45);
    EXPECT_EQ(told(engagement_at(person, *after, {}, alone()), kStep), 40);
}

TEST(Course, ALifeOfFiftyPointsIsTenStepsAndThenNothing) {
    const DateTime made = at("2025-01-01T00:00:00Z");
    const std::vector<Course> person{{"", {{"form", "", made, 50}}}};
    int steps = 0;
    std::optional<DateTime> now = made;
    while (now && steps < 100) {
        now = next_step(person, *now, kStep, {}, alone());
        if (now) ++steps;
    }
    EXPECT_EQ(steps, 10);
}

TEST(Course, WhatIsDroppedIsAStepToo) {
    const DateTime made = at("2025-01-01T00:00:00Z");
    EngagementSettings settings;
    settings.dropped_after_half_lives = 1;
    const std::vector<Course> person{{"", {{"form", "", made, 50}}}};
    const auto next = next_step(person, made + std::chrono::days{29}, kStep, settings, alone());
    ASSERT_TRUE(next);
    EXPECT_EQ(*next, made + std::chrono::days{30} + std::chrono::milliseconds{1});
    EXPECT_FALSE(next_step(person, *next, kStep, settings, alone()));
}

TEST(Course, WhoCoolsDownTakesTheBreadthAlong) {
    const DateTime now = at("2025-01-01T00:00:00Z");
    // 40 and 10.1: 1.1 * 30.06 = 33.066; when the second is below 10 it is about 29.8.
    const std::vector<Course> people{{"", {{"a", "", now, 40}}}, {"", {{"a", "", now, 10.1}}}};
    const auto next = next_step(people, now, kStep, {}, AccountSettings{});
    ASSERT_TRUE(next);
    const double days =
        std::chrono::duration<double, std::chrono::days::period>(*next - now).count();
    EXPECT_NEAR(days, 30 * std::log2(10.1 / 10), 1e-4);
}

TEST(Course, LessThanNothingIsNothing) {
    const DateTime now = at("2025-01-01T00:00:00Z");
    const std::vector<Course> person{{"", {{"error", "", now, -5}}}};
    EXPECT_EQ(told(engagement_at(person, now, {}, alone()), kStep), 0);
}

TEST(Course, PointsOfTheLastDaysCountAsTheyAreUntilTheirMoment) {
    const DateTime now = at("2025-09-01T00:00:00Z");
    const std::vector<Course> people{{"User",
                                      {{"form", "", at("2025-08-17T23:59:59Z"), 50},
                                       {"click", "", at("2025-08-20T10:00:00Z"), 4},
                                       {"click", "", at("2025-08-28T10:00:00Z"), 24}}},
                                     {"", {{"page", "", at("2025-08-25T00:00:00Z"), 1}}}};
    const Gain gain = gained(people, now, 14, kStep);
    EXPECT_EQ(gain.points, 29);
    // Without the 4 it is 25 still; without the 1 as well it is told as 20.
    ASSERT_TRUE(gain.changes);
    EXPECT_EQ(*gain.changes, at("2025-09-08T00:00:00Z"));
    EXPECT_EQ(gained(people, *gain.changes, 14, kStep).points, 24);
    EXPECT_EQ(gained(people, *gain.changes - std::chrono::milliseconds{1}, 14, kStep).points, 25);
    EXPECT_FALSE(gained({}, now, 14, kStep).changes);
}

TEST(Course, PointsToComeCountFromTheirMoment) {
    const DateTime now = at("2025-09-01T00:00:00Z");
    const std::vector<Course> people{{"", {{"form", "", at("2025-09-02T08:00:00Z"), 50}}}};
    const Gain gain = gained(people, now, 14, kStep);
    EXPECT_EQ(gain.points, 0);
    EXPECT_EQ(gain.changes, at("2025-09-02T08:00:00Z"));
}

}  // namespace
}  // namespace duet::scoring
