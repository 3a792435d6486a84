#include "mappings/lifecycle/stays.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/mappings/lifecycle/reference.h"

namespace duet::lifecycle {
namespace {

Deal won(const std::string& proposed, const std::string& closed) {
    Deal deal;
    deal.created = at("2025-01-01 00:00");
    deal.stage = "Closed Won";
    deal.stage_changes = {{at("2025-01-01 00:00"), "Qualification"}, {at(proposed), "Proposal"}};
    deal.won = true;
    deal.closed_at = at(closed);
    return deal;
}

TEST(StageStays, TheMedianIsOverStaysFromChangeToChangeInFractionsOfDays) {
    StageStays stays;
    stays.add(won("2025-01-11 12:00", "2025-01-21 12:00"));
    stays.add(won("2025-01-21 00:00", "2025-02-10 00:00"));
    const StageMedians found = stays.medians(1);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_DOUBLE_EQ(found.at("Qualification"), 15.25) << "10.5 and 20";
    EXPECT_DOUBLE_EQ(found.at("Proposal"), 15) << "10 and 20";
    EXPECT_TRUE(stays.medians(3).empty()) << "two stays are fewer than three";
}

TEST(StageStays, AChangeThatIsToldTwiceAndTheOneThatClosesTheDealAreNoStays) {
    StageStays stays;
    Deal deal = won("2025-01-11 00:00", "2025-01-21 00:00");
    deal.stage_changes.push_back({at("2025-01-11 00:00"), "Proposal"});
    deal.stage_changes.push_back({at("2025-01-21 00:00"), "Closed Won"});
    stays.add(deal);
    const StageMedians found = stays.medians(1);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_DOUBLE_EQ(found.at("Proposal"), 10);
}

TEST(StageStays, AnOpenDealTeachesNothing) {
    StageStays stays;
    Deal deal = won("2025-01-11 00:00", "2025-01-21 00:00");
    deal.closed_at.reset();
    stays.add(deal);
    EXPECT_TRUE(stays.medians(1).empty());
}

TEST(StageMedian, IsThatOfTheStageTheDealIsInWithOneDecimal) {
    const Deal deal = won("2025-01-11 00:00", "2025-02-21 00:00");
    const StageMedians medians{{"Qualification", 10.04}, {"Proposal", 15.26}};
    EXPECT_EQ(stage_median(deal, medians, at("2025-01-05 00:00")), Value{*Decimal::parse("10")});
    EXPECT_EQ(stage_median(deal, medians, at("2025-02-05 00:00")), Value{*Decimal::parse("15.3")});
    EXPECT_EQ(stage_median(deal, {}, at("2025-02-05 00:00")), Value{});
}

}  // namespace
}  // namespace duet::lifecycle
