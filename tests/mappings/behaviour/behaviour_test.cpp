// What customers of a kind do: the known figures.
#include "mappings/behaviour/behaviour.h"

#include <gtest/gtest.h>

namespace duet::behaviour {
namespace {

Date day(const char* text) { return *parse_date(text); }

std::vector<Deal> deals_of(const Type& type, int won, int lost, double value) {
    std::vector<Deal> deals;
    for (int i = 0; i < won + lost; ++i)
        deals.push_back({type, "", day("2025-01-01"), day("2025-03-02"), i < won, value});
    return deals;
}

TEST(Behaviour, ThePriorCountsForTenDeals) {
    EXPECT_NEAR(win_probability(6, 15, 0.30, 10), 0.36, 1e-12);
    EXPECT_NEAR(win_probability(40, 90, 0.30, 10), 0.43, 1e-12);
    EXPECT_NEAR(win_probability(0, 0, 0.30, 10), 0.30, 1e-12);
}

TEST(Behaviour, AKindOfItsOwnHasItsOwnFigures) {
    std::vector<Deal> deals = deals_of({"SMB", "Retail"}, 6, 9, 48'000);
    const auto rest = deals_of({"ENTERPRISE", "Energy"}, 24, 61, 90'000);
    deals.insert(deals.end(), rest.begin(), rest.end());
    const Table table(deals, {10, 15});
    EXPECT_NEAR(table.prior(), 0.30, 1e-12);
    const Prediction told = table.of({"SMB", "Retail"});
    EXPECT_EQ(told.deals, 15U);
    EXPECT_NEAR(told.win_probability, 0.36, 1e-12);
    EXPECT_NEAR(told.win_probability * *told.expected_acv, 17'280, 1e-6);
    EXPECT_EQ(told.cycle_days, 60);
}

TEST(Behaviour, FewDealsGiveUpTheLastPartThenTheNext) {
    std::vector<Deal> deals = deals_of({"SMB", "Retail"}, 3, 9, 1);
    for (const auto& more :
         {deals_of({"SMB", "Energy"}, 2, 8, 1), deals_of({"BIG", "Energy"}, 1, 1, 1)})
        deals.insert(deals.end(), more.begin(), more.end());
    const Table table(deals, {});
    EXPECT_EQ(table.of({"SMB", "Retail"}).type, (Type{"SMB"}));
    EXPECT_EQ(table.of({"BIG", "Energy"}).type, Type{});
    EXPECT_EQ(table.of({"NEW", "Toys"}).deals, 24U);
    EXPECT_EQ(Table({}, {}).of({"SMB"}).win_probability, 0);
}

TEST(Behaviour, TheNextPurchaseIsTheMedianGapAfterTheLast) {
    EXPECT_EQ(next_purchase(day("2025-06-30"), 200), day("2026-01-16"));
    std::vector<Deal> deals;
    const auto won = [&](const char* account, const char* closed) {
        deals.push_back({{"SMB"}, account, day("2023-01-01"), day(closed), true, 1});
    };
    won("a", "2024-01-01");
    won("a", "2024-06-29");  // 180 days
    won("b", "2024-01-01");
    won("b", "2024-07-19");  // 200
    won("c", "2024-01-01");
    won("c", "2024-08-18");  // 230
    EXPECT_EQ(Table(deals, {10, 1}).of({"SMB"}).gap_days, 200);
}

TEST(Behaviour, CalibrationComparesOnlyWhatEndedLater) {
    const Date told = day("2025-06-01");
    const Date later = day("2025-07-01");
    const std::vector<Scored> deals{{0.36, true, told, later},
                                    {0.34, false, told, later},
                                    {0.95, true, told, later},
                                    {0.10, true, told, told}};
    const Calibration found = calibrate(deals);
    EXPECT_EQ(found.left_out, 1U);
    EXPECT_EQ(found.bands[3].deals, 2U);
    EXPECT_NEAR(*found.bands[3].told, 0.35, 1e-12);
    EXPECT_NEAR(*found.bands[3].observed, 0.5, 1e-12);
    EXPECT_NEAR(*found.brier, (0.64 * 0.64 + 0.34 * 0.34 + 0.05 * 0.05) / 3, 1e-12);
    EXPECT_FALSE(found.bands[0].told);
}

}  // namespace
}  // namespace duet::behaviour
