#include "mappings/lifecycle/replay.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "mappings/lifecycle/values.h"
#include "tests/mappings/lifecycle/reference.h"

namespace duet::lifecycle {
namespace {

class Replay : public testing::Test {
protected:
    void add(const char* time, const char* name, const char* reason = "",
             const char* record = "r") {
        facts_.events.push_back({at(time), 1, record, name, reason, "", ""});
    }
    void hold(const char* name, const char* from, const char* until, const char* record = "s") {
        Span span{name, record, at(from), {}, 0, "", "", ""};
        if (*until != '\0') span.until = at(until);
        facts_.spans.push_back(span);
    }
    History on(const char* time) { return replay(model_, facts_, at(time)); }
    const StageTimes& times(const History& history, const char* stage) {
        return history.times[static_cast<std::size_t>(model_.stage(stage))];
    }

    Model model_{reference_rules()};
    Facts facts_;
};

TEST_F(Replay, TheReferencePersonHasTheReferencesRowsAndDurations) {
    const History history = replay(model_, reference_person(), at("2026-02-01"));
    struct Expected {
        const char* to;
        const char* at;
        int cycle;
    };
    const Expected expected[] = {
        {"KNOWN", "2025-01-10 09:00", 1},       {"ENGAGED", "2025-02-03 14:00", 1},
        {"MQL", "2025-02-03 14:00", 1},         {"SAL", "2025-02-04 10:00", 1},
        {"SQL", "2025-02-11 10:00", 1},         {"OPPORTUNITY", "2025-02-14 12:00", 1},
        {"NURTURE", "2025-05-20 12:00", 1},     {"MQL", "2025-11-04 08:00", 2},
        {"SAL", "2025-11-04 20:00", 2},         {"SQL", "2025-11-12 08:00", 2},
        {"OPPORTUNITY", "2025-11-20 08:00", 2}, {"CUSTOMER", "2026-01-15 08:00", 2}};
    ASSERT_EQ(history.rows.size(), std::size(expected));
    std::vector<double> days;
    const Row* before = nullptr;
    for (std::size_t i = 0; i < history.rows.size(); ++i) {
        const Row& row = history.rows[i];
        EXPECT_EQ(row.to, expected[i].to);
        EXPECT_EQ(row.at, at(expected[i].at)) << row.to;
        EXPECT_EQ(row.cycle, expected[i].cycle) << row.to;
        EXPECT_EQ(row.skipped, row.to == "ENGAGED");
        if (row.skipped) continue;
        if (before != nullptr) days.push_back(elapsed_days(before->at, row.at));
        before = &row;
    }
    const double reference[] = {24.2083, 0.8333, 7.0, 3.0833, 95.0, 167.8333, 0.5, 7.5, 8.0, 56.0};
    ASSERT_EQ(days.size(), std::size(reference));
    for (std::size_t i = 0; i < days.size(); ++i) EXPECT_NEAR(days[i], reference[i], 5e-5);
    EXPECT_EQ(history.stage, "CUSTOMER");
    EXPECT_EQ(history.cycle, 2);
    EXPECT_TRUE(history.refused.empty());
    EXPECT_EQ(times(history, "MQL").first, at("2025-02-03 14:00"));
    EXPECT_EQ(times(history, "MQL").current, at("2025-11-04 08:00"));
    EXPECT_EQ(times(history, "MQL").count, 2);
    EXPECT_FALSE(times(history, "KNOWN").current) << "not entered in this cycle";
    EXPECT_DOUBLE_EQ(elapsed_days(*times(history, "MQL").current, history.since), 72.0);
    EXPECT_DOUBLE_EQ(elapsed_days(*times(history, "MQL").first, history.since), 345.75);
    EXPECT_EQ(history.rows[6].reason, "price");
    EXPECT_EQ(history.rows[6].owner, "ann");
    EXPECT_EQ(history.rows[6].campaign, "spring");
    EXPECT_EQ(history.rows[6].record, "0061");
}

TEST_F(Replay, WhatComesAfterTheMomentIsIgnored) {
    const History history = replay(model_, reference_person(), at("2025-02-11 09:59"));
    EXPECT_EQ(history.stage, "SAL");
    EXPECT_EQ(history.next_change, at("2025-02-11 10:00")) << "it is known to come";
    EXPECT_EQ(replay(model_, reference_person(), at("2025-02-11 10:00")).stage, "SQL");
    EXPECT_EQ(replay(model_, reference_person(), at("2025-01-01")).stage, "");
}

TEST_F(Replay, AForwardMoveWritesWhatItPassesOverAsSkipped) {
    add("2025-01-01", "known");
    add("2025-01-05 10:00", "deal_opened");
    const History history = on("2025-01-06");
    ASSERT_EQ(history.rows.size(), 6u);
    const char* expected[] = {"KNOWN", "ENGAGED", "MQL", "SAL", "SQL", "OPPORTUNITY"};
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(history.rows[i].to, expected[i]);
        EXPECT_EQ(history.rows[i].skipped, i > 0 && i < 5);
    }
    EXPECT_EQ(times(history, "MQL").first, at("2025-01-05 10:00"));
    EXPECT_EQ(history.cycle, 1);
}

TEST_F(Replay, ANewCycleFromNurtureSkipsFromItsFirstStageOn) {
    add("2025-01-01", "known");
    add("2025-01-02", "put_on_nurture");
    add("2025-01-03", "deal_opened");
    const History history = on("2025-01-04");
    EXPECT_EQ(history.cycle, 2);
    ASSERT_EQ(history.rows.size(), 6u) << "KNOWN, NURTURE, then MQL, SAL, SQL skipped";
    EXPECT_EQ(history.rows[2].to, "MQL");
    EXPECT_EQ(history.rows[2].cycle, 2);
    EXPECT_TRUE(history.rows[2].skipped);
}

TEST_F(Replay, WhatNoTransitionAllowsIsRefusedAndTold) {
    add("2025-01-01", "known");
    add("2025-01-02", "unqualified", "student");
    add("2025-01-03", "deal_won");
    const History history = on("2025-01-04");
    EXPECT_EQ(history.stage, "KNOWN");
    ASSERT_EQ(history.refused.size(), 2u);
    EXPECT_EQ(history.refused[0].from, "KNOWN");
    EXPECT_EQ(history.refused[0].to, "DISQUALIFIED");
    EXPECT_EQ(history.refused[0].event, "unqualified");
    EXPECT_EQ(history.refused[1].at, at("2025-01-03"));
}

TEST_F(Replay, ActivityAfterSqlNeitherRaisesNorIsRefused) {
    add("2025-01-01", "known");
    add("2025-01-02", "deal_opened");
    for (const char* time : {"2025-01-03", "2025-01-04", "2025-01-05"}) add(time, "activity");
    const History history = on("2025-01-06");
    EXPECT_EQ(history.stage, "OPPORTUNITY");
    EXPECT_TRUE(history.refused.empty());
}

TEST_F(Replay, ARejectionNeedsAReason) {
    add("2025-01-01", "known");
    add("2025-01-02", "hand_raise");
    add("2025-01-03", "rejected");
    EXPECT_EQ(on("2025-01-04").stage, "MQL");
    EXPECT_EQ(on("2025-01-04").refused.at(0).why, "it has no reason");
    add("2025-01-05", "rejected", "not a fit");
    EXPECT_EQ(on("2025-01-06").stage, "NURTURE");
    EXPECT_EQ(on("2025-01-06").rows.back().reason, "not a fit");
}

// 130/B, rejected 20 days ago: no; 31 days ago: MQL, and a new cycle.
TEST_F(Replay, ARuleThatIsTrueWaitsForTheCoolOffToEnd) {
    add("2025-01-01", "known");
    hold("qualified", "2025-01-02", "");
    add("2025-03-01 15:00", "rejected", "timing");
    EXPECT_EQ(on("2025-03-01 14:59").stage, "MQL");
    EXPECT_EQ(on("2025-03-21").stage, "NURTURE") << "20 days";
    EXPECT_EQ(on("2025-03-21").next_change, at("2025-04-01"));
    EXPECT_EQ(on("2025-03-31 23:59").stage, "NURTURE") << "30 days";
    const History later = on("2025-04-01");
    EXPECT_EQ(later.stage, "MQL") << "31 days";
    EXPECT_EQ(later.since, at("2025-04-01"));
    EXPECT_EQ(later.cycle, 2);
    EXPECT_EQ(later.rows.back().event, "qualified");
}

TEST_F(Replay, AnEventWithinTheCoolOffIsRefusedButAHandRaiseIsNot) {
    LifecycleRules rules = reference_rules();
    TransitionRule promoted;
    promoted.on = {"promoted"};
    promoted.from.stages = {"KNOWN", "NURTURE"};
    promoted.to = "MQL";
    promoted.cool_off = CoolOff{{"rejected"}, 30};
    rules.transitions.push_back(promoted);
    const Model model{rules};
    const auto on = [&](const char* time) { return replay(model, facts_, at(time)); };
    add("2025-01-01", "known");
    add("2025-01-02", "promoted");
    add("2025-01-03", "rejected", "timing");
    add("2025-01-10", "promoted");
    EXPECT_EQ(on("2025-01-11").stage, "NURTURE");
    EXPECT_EQ(on("2025-01-11").refused.size(), 1u);
    add("2025-01-12", "hand_raise");
    EXPECT_EQ(on("2025-01-13").stage, "MQL");
    EXPECT_EQ(on("2025-01-13").cycle, 2);
}

TEST_F(Replay, AScoreThatFallsLaterRevokesNothing) {
    add("2025-01-01", "known");
    hold("qualified", "2025-01-02", "2025-01-05");
    EXPECT_EQ(on("2025-02-01").stage, "MQL");
    EXPECT_EQ(on("2025-02-01").since, at("2025-01-02"));
}

TEST_F(Replay, TheLastOpenDealDecides) {
    add("2025-01-01", "known");
    add("2025-01-02", "deal_opened", "", "0061");
    hold("open_deal", "2025-01-02", "2025-01-20", "0061");
    hold("open_deal", "2025-01-03", "2025-02-10", "0062");
    add("2025-01-20", "deal_lost", "price", "0061");
    EXPECT_EQ(on("2025-01-21").stage, "OPPORTUNITY");
    add("2025-02-10", "deal_lost", "budget", "0062");
    EXPECT_EQ(on("2025-02-11").stage, "NURTURE");
    EXPECT_EQ(on("2025-02-11").rows.back().reason, "budget");
}

// B24: a customer who qualifies again returns to CUSTOMER after a lost cycle.
TEST_F(Replay, ACustomerWithAContractFallsBackToCustomer) {
    add("2025-01-01", "known");
    add("2025-01-02", "deal_opened");
    add("2025-01-10", "deal_won");
    hold("contract", "2025-01-10", "2026-01-10");
    add("2025-03-01", "hand_raise");
    EXPECT_EQ(on("2025-03-02").stage, "MQL");
    EXPECT_EQ(on("2025-03-02").cycle, 2);
    add("2025-03-05", "deal_opened");
    add("2025-03-20", "deal_lost", "price");
    const History history = on("2025-03-21");
    EXPECT_EQ(history.stage, "CUSTOMER");
    EXPECT_EQ(history.cycle, 2) << "falling back begins nothing";
}

TEST_F(Replay, WithoutAContractTheSameEndsInNurture) {
    add("2025-01-01", "known");
    add("2025-01-02", "deal_opened");
    add("2025-01-10", "deal_won");
    add("2025-03-05", "deal_opened");
    add("2025-03-20", "deal_lost", "price");
    EXPECT_EQ(on("2025-03-21").stage, "NURTURE");
}

TEST_F(Replay, AClearedLapseReopensTheSameCycle) {
    add("2025-01-01", "known");
    add("2025-01-02", "deal_opened");
    add("2025-03-10", "deal_lapsed", "silent");
    add("2025-03-20", "deal_reopened");
    const History history = on("2025-03-21");
    EXPECT_EQ(history.stage, "OPPORTUNITY");
    EXPECT_EQ(history.cycle, 1);
    EXPECT_EQ(history.reopened, 1);
    EXPECT_TRUE(history.rows.back().reopened);
    EXPECT_FALSE(history.rows.back().skipped);
}

// B20: disqualified people leave the queues, and stay counted as having been there.
TEST_F(Replay, ADisqualifiedPersonKeepsItsHistoryAndOnlyAUserReopensIt) {
    add("2025-01-01", "known");
    add("2025-01-02", "hand_raise");
    add("2025-01-03", "unqualified", "student");
    add("2025-01-04", "activity");
    add("2025-01-05", "hand_raise");
    add("2025-01-06", "deal_opened");
    EXPECT_EQ(on("2025-01-07").stage, "DISQUALIFIED");
    EXPECT_EQ(times(on("2025-01-07"), "MQL").count, 1);
    ASSERT_EQ(on("2025-01-07").refused.size(), 1u) << "what is mere activity is not told";
    EXPECT_EQ(on("2025-01-07").refused[0].event, "deal_opened");
    add("2025-01-08", "user_reopened");
    EXPECT_EQ(on("2025-01-09").stage, "KNOWN");
}

TEST_F(Replay, TagsStandBesideTheStageWhileTheyHold) {
    add("2025-01-01", "known");
    hold("trial", "2025-01-02", "2025-01-16");
    EXPECT_TRUE(on("2025-01-01").tags.empty());
    EXPECT_EQ(on("2025-01-01").next_change, at("2025-01-02"));
    EXPECT_EQ(on("2025-01-02").tags, std::vector<std::string>{"TRIAL"});
    EXPECT_EQ(on("2025-01-02").next_change, at("2025-01-16"));
    EXPECT_TRUE(on("2025-01-16").tags.empty());
    EXPECT_EQ(on("2025-01-16").stage, "KNOWN");
}

// No shipped source tells of visitors: Pardot's are not read. The way up from them is there.
TEST_F(Replay, AVisitorsHistoryIsThePersons) {
    LifecycleRules rules = reference_rules();
    TransitionRule visited;
    visited.on = {"visited"};
    visited.from.start = true;
    visited.to = "VISITOR";
    rules.transitions.push_back(visited);
    add("2025-01-01", "visited", "", "v1");
    add("2025-01-03", "known", "", "p1");
    const History history = replay(Model{rules}, facts_, at("2025-01-04"));
    ASSERT_EQ(history.rows.size(), 2u);
    EXPECT_EQ(history.rows[0].to, "VISITOR");
    EXPECT_EQ(history.rows[1].from, "VISITOR");
}

TEST(ReplayRules, RulesThatFeedEachOtherStop) {
    LifecycleRules rules;
    rules.stages = {{"A", 1, ""}, {"B", 2, ""}};
    const auto during = [&](const char* from, const char* to, bool start) {
        TransitionRule rule;
        rule.during = "always";
        rule.from.start = start;
        rule.from.stages = {from};
        rule.to = to;
        rules.transitions.push_back(rule);
    };
    during("B", "A", true);
    during("A", "B", false);
    const Model model(rules);
    Facts facts;
    facts.spans.push_back({"always", "x", at("2025-01-01"), {}, 0, "", "", ""});
    EXPECT_LE(replay(model, facts, at("2025-02-01")).rows.size(), 3u);
}

// A model of three stages with other names, by rules alone.
TEST(ReplayRules, AModelOfThreeStagesNeedsNothingElse) {
    LifecycleRules rules;
    rules.stages = {{"Cold", 1, ""}, {"Warm", 2, ""}, {"Sold", 3, ""}};
    TransitionRule met;
    met.on = {"met"};
    met.from.start = true;
    met.to = "Cold";
    TransitionRule asked;
    asked.on = {"asked"};
    asked.from.stages = {"Cold"};
    asked.to = "Warm";
    TransitionRule bought;
    bought.on = {"bought"};
    bought.from.ranks = std::pair{1, 2};
    bought.to = "Sold";
    rules.transitions = {met, asked, bought};
    const Model model(rules);
    Facts facts;
    facts.events = {{at("2025-01-03"), 0, "b", "bought", "", "", ""},
                    {at("2025-01-01"), 0, "a", "met", "", "", ""}};
    const History history = replay(model, facts, at("2025-02-01"));
    ASSERT_EQ(history.rows.size(), 3u);
    EXPECT_EQ(history.rows[1].to, "Warm");
    EXPECT_TRUE(history.rows[1].skipped);
    EXPECT_EQ(history.stage, "Sold");
    EXPECT_FALSE(history.next_change);
}

TEST(LifecycleValues, AreFoundWhateverTheCaseAndSignsOfTheirNamesAndTheLatestCounts) {
    Values values;
    values.set("When_", "Put on hold!", Value{true});
    values.set("Count_", "MQL", Value{Decimal{1}});
    values.set("Count_MQL", Value{Decimal{2}});
    values.set("Stage", text("MQL"));
    ASSERT_NE(values.find("when_put_ON_hold_"), nullptr);
    EXPECT_EQ(*values.find("when_put_ON_hold_"), Value{true});
    EXPECT_EQ(*values.find("Count_MQL"), Value{Decimal{2}});
    EXPECT_EQ(*values.find("STAGE"), text("MQL"));
    EXPECT_EQ(values.find("Stag"), nullptr);
    EXPECT_EQ(values.find("Stage_"), nullptr);
    EXPECT_EQ(values.find("When_Put on hold!"), nullptr);
    EXPECT_EQ(values.find(""), nullptr);
}

/// A score has no campaign; what came before it has.
TEST_F(Replay, AnEntryWithoutACampaignHasThatOfTheLastEventBefore) {
    LifecycleRules rules = reference_rules();
    rules.touched_at = "MQL";
    rules.touched_days = 30;
    const Model model{rules};
    const auto campaign_of = [&](const Facts& facts) {
        const History history = replay(model, facts, at("2026-02-01"));
        const auto values = values_of(model, history, facts, at("2026-02-01"));
        const Value* found = values.find("Campaign_MQL");
        return found == nullptr ? std::string("no entry") : display(*found);
    };
    Facts facts;
    facts.events.push_back({at("2025-01-10 09:00"), 1, "k", "known", "", "", ""});
    facts.events.push_back({at("2025-02-01 09:00"), 9, "a", "activity", "", "", "Spring"});
    facts.events.push_back({at("2025-02-02 09:00"), 9, "b", "activity", "", "", "Fair"});
    facts.events.push_back({at("2025-02-02 10:00"), 9, "c", "activity", "", "", ""});
    facts.events.push_back({at("2025-02-03 14:00"), 1, "h", "hand_raise", "", "", ""});
    facts.events.push_back({at("2025-02-04 09:00"), 9, "d", "activity", "", "", "Later"});
    EXPECT_EQ(campaign_of(facts), "Fair");
    std::reverse(facts.events.begin(), facts.events.end());
    EXPECT_EQ(campaign_of(facts), "Fair") << "in whatever order facts are told";
    for (Event& event : facts.events) {
        if (event.name == "hand_raise") event.campaign = "Own";
    }
    EXPECT_EQ(campaign_of(facts), "Own");
    for (Event& event : facts.events) {
        if (event.name == "hand_raise")
            event = {at("2025-03-20 09:00"), 1, "h", "hand_raise", "", "", ""};
    }
    std::erase_if(facts.events, [](const Event& event) { return event.campaign == "Later"; });
    EXPECT_EQ(campaign_of(facts), "") << "longer ago than the window";
}

}  // namespace
}  // namespace duet::lifecycle
