#include "mappings/edges/edge.h"

#include <gtest/gtest.h>

namespace duet::edges {
namespace {

using document::FirstSight;

/// One rule, looked at again and again.
struct Rule {
    std::optional<Edge> edge;
    Look look{.rule = "task hot", .version = "v1"};

    Phase see(bool is_true) {
        look.is_true = is_true;
        edge = step(edge, look);
        return edge->phase;
    }
};

TEST(Edge, PassesWhenTheConditionComesTrueAndNotWhileItIs) {
    Rule rule;
    EXPECT_EQ(rule.see(false), Phase::Armed);
    EXPECT_EQ(rule.see(true), Phase::Pending);
    EXPECT_EQ(rule.see(true), Phase::Pending);
    rule.edge->phase = Phase::Spent;
    EXPECT_EQ(rule.see(false), Phase::Spent);
    EXPECT_EQ(rule.see(true), Phase::Spent);
}

TEST(Edge, WhatIsTrueAtFirstSightHasNotComeTrue) {
    Rule rule;
    EXPECT_EQ(rule.see(true), Phase::Armed);
    EXPECT_EQ(rule.see(true), Phase::Armed);
    EXPECT_EQ(rule.see(false), Phase::Armed);
    EXPECT_EQ(rule.see(true), Phase::Pending);
    Rule eager;
    eager.look.first_sight = FirstSight::Act;
    EXPECT_EQ(eager.see(true), Phase::Pending);
}

TEST(Edge, AnotherTextOfTheConditionIsNoCrossing) {
    Rule rule;
    rule.see(false);
    rule.look.version = "v2";
    EXPECT_EQ(rule.see(true), Phase::Armed);
    EXPECT_EQ(rule.edge->version, "v2");
    rule.see(false);
    EXPECT_EQ(rule.see(true), Phase::Pending);
}

TEST(Edge, ACrossingThatIsCoveredIsSpent) {
    Rule rule;
    rule.see(false);
    rule.look.covered = true;
    EXPECT_EQ(rule.see(true), Phase::Spent);
}

TEST(Edge, ArmedAgainItNeedsANewCrossing) {
    Rule rule;
    rule.see(false);
    rule.see(true);
    rule.edge->phase = Phase::Spent;
    rule.look.may_rearm = true;
    EXPECT_EQ(rule.see(true), Phase::Armed);
    EXPECT_EQ(rule.see(true), Phase::Armed);
    rule.see(false);
    EXPECT_EQ(rule.see(true), Phase::Pending);
}

TEST(Edge, PhasesAreSpelledAsTheyAreRead) {
    for (const Phase one : {Phase::Armed, Phase::Pending, Phase::Spent})
        EXPECT_EQ(phase(to_string(one)), one);
    EXPECT_EQ(phase("elsewhere"), std::nullopt);
}

}  // namespace
}  // namespace duet::edges
