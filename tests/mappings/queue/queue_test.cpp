// The order of the work queue, as people would check it by hand.
#include "mappings/queue/queue.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace duet::queue {
namespace {

DateTime at(const char* text) { return *parse_instant(text); }

std::vector<std::string> ids_of(const std::vector<Entry>& entries) {
    std::vector<std::string> ids;
    for (const std::size_t index : order(entries, {})) ids.push_back(entries[index].id);
    return ids;
}

TEST(WorkQueue, AContactDueAtTenRanksAboveALeadDueAtElevenWhateverTheScore) {
    const std::vector<Entry> entries{{"lead", false, at("2025-09-01T11:00:00Z"), 900, 13},
                                     {"contact", false, at("2025-09-01T10:00:00Z"), 0, 1}};
    EXPECT_EQ(ids_of(entries), (std::vector<std::string>{"contact", "lead"}));
    EXPECT_LT(rank_of(false, entries[1].due, 0), rank_of(false, entries[0].due, 1));
}

TEST(WorkQueue, WhatIsBreachedComesFirstAndWhatHasNoTimeLast) {
    const std::vector<Entry> entries{{"none", false, {}, 500, 13},
                                     {"later", false, at("2025-09-01T10:00:00Z"), 0, 1},
                                     {"broken", true, at("2025-09-02T10:00:00Z"), 0, 1}};
    EXPECT_EQ(ids_of(entries), (std::vector<std::string>{"broken", "later", "none"}));
    EXPECT_LT(rank_of(true, {}, 0), rank_of(false, entries[1].due, 1));
    EXPECT_LT(rank_of(false, entries[1].due, 0), rank_of(false, {}, 1));
}

TEST(WorkQueue, AtOneInstantScoreCountsSixTenthsAndGradeFour) {
    const DateTime due = at("2025-09-01T10:00:00Z");
    // Of three: percentiles 1, 0.5 and 0 of the score; 0, 0.5 and 1 of the grade.
    const std::vector<Entry> entries{
        {"fit", false, due, 10, 12}, {"middle", false, due, 50, 8}, {"warm", false, due, 90, 3}};
    EXPECT_EQ(ids_of(entries), (std::vector<std::string>{"warm", "middle", "fit"}));
}

TEST(WorkQueue, IdsDecideWhatNothingElseDoes) {
    const std::vector<Entry> entries{{"b", false, {}, 5, 5}, {"a", false, {}, 5, 5}};
    EXPECT_EQ(ids_of(entries), (std::vector<std::string>{"a", "b"}));
}

TEST(WorkQueue, PercentilesAreSharesOfThoseBelow) {
    const std::vector<double> values{30, 10, 20, 20, 0};
    EXPECT_EQ(percentiles(values), (std::vector<double>{1, 0.25, 0.5, 0.5, 0}));
    EXPECT_EQ(percentiles(std::vector<double>{7}), (std::vector<double>{0}));
}

TEST(WorkQueue, BandsStandForPercentilesInTheField) {
    const std::vector<int> bands{25, 50, 100, 200};
    EXPECT_EQ(banded(24, bands), 0);
    EXPECT_EQ(banded(100, bands), 0.75);
    EXPECT_EQ(banded(5000, bands), 1);
    EXPECT_EQ(banded(5000, {}), 0);
}

TEST(WorkQueue, TheRankIsAWholeNumberOfFourteenDigits) {
    const double rank = rank_of(false, at("2025-09-01T10:00:00.750Z"), 0.6);
    EXPECT_EQ(rank, 11756720800400.0);
    EXPECT_LT(rank_of(false, {}, 0), 1e14);
}

TEST(WorkQueue, TenthsPartPeopleEvenly) {
    std::vector<double> values;
    for (int i = 0; i < 100; ++i) values.push_back(i);
    EXPECT_EQ(tenths(values), (std::vector<int>{10, 20, 30, 40, 50, 60, 70, 80, 90}));
    EXPECT_EQ(tenths(std::vector<double>(9, 3.0)), (std::vector<int>{3}));
    EXPECT_TRUE(tenths({}).empty());
}

}  // namespace
}  // namespace duet::queue
