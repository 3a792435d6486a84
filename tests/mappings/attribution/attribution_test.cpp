#include "mappings/attribution/attribution.h"

#include <algorithm>
#include <vector>

#include "mappings/attribution/weights.h"

namespace duet::attribution {
namespace {

using std::chrono::minutes;

DateTime at(const char* text) { return *parse_instant(text); }
Value day(const char* text) { return *parse_date(text); }

/// The worked deal: created 2025-05-20, won 2025-08-15, six touches of two people.
std::vector<Touch> worked_deal() {
    return {{at("2025-01-10T10:00:00Z"), 0, "PaidSearch", "K1"},
            {at("2025-02-20T10:00:00Z"), 0, "Webinar", "K1"},
            {at("2025-04-05T10:00:00Z"), 0, "TradeShow", "K2"},
            {at("2025-05-01T10:00:00Z"), 0, "Email", "K1"},
            {at("2025-05-18T10:00:00Z"), 0, "Demo", "K2"},
            {at("2025-06-30T10:00:00Z"), 0, "Webinar", "K2"}};
}

Window revenue_window() {
    return *window_of(at("2025-05-20T09:00:00Z"), day("2025-08-15"), 365, minutes{0});
}

/// The touch among `touches` that the model credits.
const Touch* choose(std::span<const Touch> touches, const Window& window, const ModelKind& model) {
    const auto inside = eligible(touches, window);
    std::vector<Touch> ordered;
    std::vector<double> ages;
    for (const Touch* touch : inside) {
        ordered.push_back(*touch);
        ages.push_back(age_of(*touch, window, minutes{0}));
    }
    const auto weights = weights_of(model, {.touches = ordered.size(), .ages = ages});
    if (!weights) return nullptr;
    const Touch* chosen = attribution::choose(ordered, *weights);
    return chosen == nullptr ? nullptr : inside[static_cast<std::size_t>(chosen - ordered.data())];
}

TEST(Attribution, FirstAndLastOfTheWorkedDeal) {
    const auto touches = worked_deal();
    EXPECT_EQ(choose(touches, revenue_window(), First{}), &touches[0]);
    EXPECT_EQ(choose(touches, revenue_window(), Last{}), &touches[5]);
}

TEST(Attribution, TheOrderOfTouchesDoesNotMatter) {
    auto touches = worked_deal();
    touches.push_back({at("2025-06-30T10:00:00Z"), 1, "Webinar", "K9"});
    std::sort(touches.begin(), touches.end(),
              [](const Touch& a, const Touch& b) { return a.campaign < b.campaign; });
    do {
        const Touch* last = choose(touches, revenue_window(), Last{});
        ASSERT_NE(last, nullptr);
        EXPECT_EQ(last->person, "K9");
        const Touch* first = choose(touches, revenue_window(), First{});
        EXPECT_EQ(first->campaign, "PaidSearch");
    } while (
        std::next_permutation(touches.begin(), touches.end(), [](const Touch& a, const Touch& b) {
            return std::tie(a.campaign, a.person) < std::tie(b.campaign, b.person);
        }));
}

TEST(Attribution, ATouchOnTheCloseDateCountsAndOneAfterItDoesNot) {
    const std::vector<Touch> touches{{at("2025-08-15T23:59:59.999Z"), 0, "On", "K1"},
                                     {at("2025-08-16T00:00:00Z"), 0, "After", "K1"}};
    EXPECT_EQ(choose(touches, revenue_window(), Last{}), &touches[0]);
}

TEST(Attribution, ATouchOlderThanTheWindowDoesNotCount) {
    const std::vector<Touch> touches{{at("2024-05-19T23:59:59.999Z"), 0, "Old", "K1"},
                                     {at("2024-05-20T00:00:00Z"), 0, "Edge", "K1"}};
    EXPECT_EQ(choose(touches, revenue_window(), First{}), &touches[1]);
    EXPECT_EQ(choose(std::span(touches).first(1), revenue_window(), First{}), nullptr);
}

TEST(Attribution, ARepeatedTouchOfOnePersonAndCampaignDoesNotMoveTheCredit) {
    const std::vector<Touch> touches{{at("2025-01-01T00:00:00Z"), 0, "A", "K1"},
                                     {at("2025-02-01T00:00:00Z"), 0, "B", "K1"},
                                     {at("2025-03-01T00:00:00Z"), 0, "A", "K1"}};
    EXPECT_EQ(choose(touches, revenue_window(), Last{}), &touches[1]);
}

TEST(Attribution, EqualTimesAreBrokenByOrderThenCampaignThenPerson) {
    const DateTime noon = at("2025-03-01T12:00:00Z");
    const std::vector<Touch> touches{
        {noon, 1, "A", "K1"}, {noon, 0, "C", "K1"}, {noon, 0, "B", "K2"}, {noon, 0, "B", "K1"}};
    EXPECT_EQ(choose(touches, revenue_window(), First{}), &touches[3]);
    EXPECT_EQ(choose(touches, revenue_window(), Last{}), &touches[0]);
}

TEST(Attribution, ASharingModelCreditsTheCampaignThatGetsMost) {
    // linear: Webinar has two of six touches.
    const auto touches = worked_deal();
    EXPECT_EQ(choose(touches, revenue_window(), Linear{}), &touches[1]);
    // u: the last touch has 40 %, and Webinar 5 % more; with less for the last the first wins.
    EXPECT_EQ(choose(touches, revenue_window(), PositionBased{}), &touches[1]);
    EXPECT_EQ(choose(touches, revenue_window(), PositionBased{{0.5, 0.1}}), &touches[0]);
    EXPECT_EQ(choose(touches, revenue_window(), Decay{7})->campaign, "Webinar");
    EXPECT_EQ(choose(touches, revenue_window(), Markov{1}), nullptr);
    EXPECT_EQ(choose({}, revenue_window(), Linear{}), nullptr);
}

TEST(Attribution, AtATieTheCampaignThatWasMetFirstIsCredited) {
    const auto touches = worked_deal();
    const auto five = std::span(touches).first(5);
    EXPECT_EQ(choose(five, revenue_window(), Linear{}), &touches[0]);
    EXPECT_EQ(choose(five, revenue_window(), PositionBased{}), &touches[0]);
}

TEST(Attribution, AgesAreCountedBackFromTheEndOfTheWindow) {
    // One touch of A on the close date, three of B on the four days before it.
    const std::vector<Touch> touches{{at("2025-08-12T23:59:59.999Z"), 0, "B", "K1"},
                                     {at("2025-08-13T00:00:00Z"), 0, "B", "K2"},
                                     {at("2025-08-14T00:00:00Z"), 0, "B", "K3"},
                                     {at("2025-08-15T00:00:00Z"), 0, "A", "K1"}};
    // Half-life 1: B has 1/8 + 1/4 + 1/2 of A.
    EXPECT_EQ(choose(touches, revenue_window(), Decay{1})->campaign, "A");
    // Half-life 2: 0.354 + 0.5 + 0.707 times.
    EXPECT_EQ(choose(touches, revenue_window(), Decay{2}), &touches[0]);
}

TEST(AttributionWindow, AnInstantEndsTheWindowWithItself) {
    const auto window =
        window_of(at("2025-05-20T09:00:00Z"), at("2025-05-20T09:00:00Z"), 30, minutes{0});
    ASSERT_TRUE(window);
    EXPECT_EQ(format_instant(window->first), "2025-04-20T00:00:00.000Z");
    EXPECT_EQ(format_instant(window->end), "2025-05-20T09:00:00.001Z");
}

TEST(AttributionWindow, DaysAreThoseOfTheBusinessZone) {
    // 22:30 UTC is the next day in Helsinki.
    const auto window = window_of(at("2025-05-20T22:30:00Z"), day("2025-05-21"), 1, minutes{180});
    ASSERT_TRUE(window);
    EXPECT_EQ(format_instant(window->first), "2025-05-19T21:00:00.000Z");
    EXPECT_EQ(format_instant(window->end), "2025-05-21T21:00:00.000Z");
}

TEST(AttributionWindow, BlankDatesGiveNone) {
    EXPECT_FALSE(window_of(Value{}, day("2025-05-21"), 1, minutes{0}));
    EXPECT_FALSE(window_of(day("2025-05-21"), Value{}, 1, minutes{0}));
    EXPECT_FALSE(window_of(day("2025-05-21"), text("2025-05-21"), 1, minutes{0}));
    EXPECT_FALSE(window_of(day("2025-05-21"), day("2024-05-21"), 1, minutes{0}));
}

TEST(AttributionInstant, ADateCountsAsItsFirstInstant) {
    EXPECT_EQ(instant_of(day("2025-05-21"), minutes{0}), at("2025-05-21T00:00:00Z"));
    EXPECT_EQ(instant_of(day("2025-05-21"), minutes{-300}), at("2025-05-21T05:00:00Z"));
}

}  // namespace
}  // namespace duet::attribution
