#include "mappings/lifecycle/event_rows.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace duet::lifecycle {
namespace {

std::vector<EventRow> rows(const std::string& ids, const std::string& keys,
                           const std::string& moves) {
    std::vector<EventRow> made;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        made.push_back({ids.empty() ? "" : std::string(1, ids[i]), std::string(1, keys[i]),
                        std::string(1, moves[i])});
    }
    return made;
}

/// "kept, deletes, creates" by id and key.
std::string told(const std::vector<EventRow>& held, const std::vector<EventRow>& wanted) {
    const auto plan = plan_event_rows(held, wanted);
    std::string words;
    std::vector<std::string> kept;
    for (const auto& [one, as] : plan.kept) kept.push_back(held[one].id + wanted[as].key);
    std::sort(kept.begin(), kept.end());
    for (const auto& pair : kept) words += pair + " ";
    words += "-";
    for (const std::size_t one : plan.deletes) words += held[one].id;
    words += " +";
    for (const std::size_t one : plan.creates) words += wanted[one].key;
    return words;
}

TEST(EventRows, WhatIsThereStaysAndOnlyTheRestIsMadeOrDeleted) {
    EXPECT_EQ(told({}, rows("", "ab", "xy")), "- +ab");
    EXPECT_EQ(told(rows("12", "ab", "xy"), rows("", "ab", "xy")), "1a 2b - +");
    EXPECT_EQ(told(rows("12", "ab", "xy"), rows("", "bc", "yz")), "2b -1 +c");
    EXPECT_EQ(told(rows("12", "ab", "xy"), {}), "-12 +");
}

TEST(EventRows, ARowThatSomebodyChangedIsKnownByItsKey) {
    EXPECT_EQ(told(rows("12", "ab", "q?"), rows("", "ab", "xy")), "1a 2b - +");
}

TEST(EventRows, ARowOfAnotherKeyStaysWhenItTellsTheSameMove) {
    EXPECT_EQ(told(rows("12", "mn", "xy"), rows("", "ab", "yz")), "2a -1 +b");
}

TEST(EventRows, OfSeveralRowsOfOneMoveTheLowestIdStays) {
    EXPECT_EQ(told(rows("312", "mno", "xxx"), rows("", "a", "x")), "1a -23 +");
    EXPECT_EQ(told(rows("312", "mna", "xxx"), rows("", "a", "x")), "2a -13 +")
        << "the key comes before the id";
}

TEST(EventRows, TheOrderInWhichRowsAreReadMakesNoDifference) {
    std::vector<EventRow> held = rows("123456", "abmnop", "xyxzzq");
    const std::vector<EventRow> wanted = rows("", "abcd", "xyzz");
    const std::string first = told(held, wanted);
    std::mt19937 random(7);
    for (int i = 0; i < 100; ++i) {
        std::shuffle(held.begin(), held.end(), random);
        EXPECT_EQ(told(held, wanted), first);
    }
}

}  // namespace
}  // namespace duet::lifecycle
