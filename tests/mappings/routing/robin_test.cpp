#include "mappings/routing/robin.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace duet::routing {
namespace {

std::string turns(const std::vector<Member>& members, Counters& counters, int count) {
    std::string taken;
    for (int i = 0; i < count; ++i) taken += take_turn(members, counters).value_or("-");
    return taken;
}

// The reference's figures.
TEST(RoundRobin, WeightsThreeOneOneGiveABACA) {
    Counters counters;
    EXPECT_EQ(turns({{"A", 3}, {"B", 1}, {"C", 1}}, counters, 15), "ABACAABACAABACA");
}

TEST(RoundRobin, TiesGoByIdWhateverTheOrderOfTheList) {
    Counters counters;
    EXPECT_EQ(turns({{"C", 1}, {"A", 1}, {"B", 1}}, counters, 6), "ABCABC");
}

TEST(RoundRobin, WhoIsSkippedKeepsTheCounter) {
    Counters counters;
    const std::vector<Member> all{{"A", 3}, {"B", 1}, {"C", 1}};
    EXPECT_EQ(turns(all, counters, 1), "A");
    const Counters before = counters;
    const std::vector<Member> without_b{{"A", 3}, {"B", 1, false}, {"C", 1}};
    turns(without_b, counters, 3);
    EXPECT_EQ(counters.at("B"), before.at("B"));
}

TEST(RoundRobin, NobodyAvailableTakesNoTurn) {
    Counters counters{{"A", 2}};
    EXPECT_EQ(take_turn(std::vector<Member>{{"A", 1, false}}, counters), std::nullopt);
    EXPECT_EQ(counters, (Counters{{"A", 2}}));
}

TEST(RoundRobin, WhoLeftTheListIsForgotten) {
    Counters counters{{"A", 2}, {"Z", 9}};
    EXPECT_EQ(take_turn(std::vector<Member>{{"A", 1}}, counters), "A");
    EXPECT_FALSE(counters.contains("Z"));
}

TEST(RoundRobin, SharesAreTheWeightsOverAnyFullRound) {
    Counters counters;
    const std::vector<Member> members{{"A", 5}, {"B", 3}, {"C", 2}};
    const std::string taken = turns(members, counters, 100);
    EXPECT_EQ(std::count(taken.begin(), taken.end(), 'A'), 50);
    EXPECT_EQ(std::count(taken.begin(), taken.end(), 'B'), 30);
    EXPECT_EQ(std::count(taken.begin(), taken.end(), 'C'), 20);
}

}  // namespace
}  // namespace duet::routing
