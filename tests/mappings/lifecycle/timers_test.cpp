#include <gtest/gtest.h>

#include "mappings/lifecycle/replay.h"
#include "tests/mappings/lifecycle/reference.h"

namespace duet::lifecycle {
namespace {

class Timers : public testing::Test {
protected:
    void add(const char* time, const char* name, const char* reason = "") {
        facts_.events.push_back({at(time), 1, "r", name, reason, "", ""});
    }
    History on(const char* time) { return replay(model_, facts_, at(time)); }

    /// In SQL since 2025-03-01.
    void in_sql() {
        add("2025-02-20", "known");
        add("2025-02-21", "hand_raise");
        add("2025-02-22", "accepted");
        add("2025-03-01 11:00", "qualified_by_sales");
    }

    Model model_{reference_rules()};
    Facts facts_;
};

// D1: SQL 2025-03-01, no change: check 2025-03-31, archive 2025-05-30.
TEST_F(Timers, AStaySinceMarchIsCheckedAfter30DaysAndArchivedAfter90) {
    in_sql();
    EXPECT_EQ(on("2025-03-02").next_change, at("2025-03-31"));
    EXPECT_TRUE(on("2025-03-30 23:59").marks.empty());
    const History checked = on("2025-03-31");
    ASSERT_EQ(checked.marks.size(), 1u);
    EXPECT_EQ(checked.marks[0].name, "check");
    EXPECT_EQ(checked.marks[0].at, at("2025-03-31"));
    EXPECT_EQ(checked.stage, "SQL");
    EXPECT_EQ(checked.next_change, at("2025-05-30"));
    EXPECT_EQ(on("2025-05-29 23:59").stage, "SQL");
    const History archived = on("2025-07-01");
    EXPECT_EQ(archived.stage, "NURTURE");
    EXPECT_EQ(archived.since, at("2025-05-30")) << "when it happened, not when it was seen";
    EXPECT_EQ(archived.rows.back().event, "archived");
    EXPECT_EQ(archived.marks.size(), 1u);
}

// D1: a stage change on 2025-05-20 moves the archive date to 2025-06-19.
TEST_F(Timers, AStageChangeMovesTheArchiveDate) {
    in_sql();
    add("2025-05-20 16:00", "deal_moved");
    EXPECT_EQ(on("2025-05-31").stage, "SQL");
    EXPECT_EQ(on("2025-05-31").next_change, at("2025-06-19"));
    EXPECT_EQ(on("2025-06-20").since, at("2025-06-19"));
}

TEST_F(Timers, AMoveWithinTheStayKeepsItsStart) {
    in_sql();
    add("2025-05-20 16:00", "deal_opened");
    EXPECT_EQ(on("2025-05-31").stage, "OPPORTUNITY");
    EXPECT_EQ(on("2025-05-31").next_change, at("2025-06-19"));
}

TEST_F(Timers, DormancyComesOnItsOwnDayAndNoOther) {
    add("2025-01-01 08:00", "known");
    add("2025-02-10 15:00", "activity");
    EXPECT_EQ(on("2025-03-01").next_change, at("2025-08-09"));
    EXPECT_EQ(on("2025-08-08 23:59:59").stage, "ENGAGED");
    EXPECT_EQ(on("2025-08-09").stage, "DORMANT");
    EXPECT_FALSE(on("2025-08-09").next_change) << "nothing more comes by itself";
}

TEST_F(Timers, ATouchOnTheLastDayPutsDormancyOff) {
    add("2025-01-01", "known");
    add("2025-06-29 23:00", "touch");
    EXPECT_EQ(on("2025-07-01").stage, "KNOWN");
    EXPECT_EQ(on("2025-07-01").next_change, at("2025-12-26"));
}

TEST_F(Timers, AnActivityAtTheVeryMomentComesFirst) {
    add("2025-01-01", "known");
    add("2025-06-30", "touch");  // 180 days later to the millisecond
    EXPECT_EQ(on("2025-07-01").stage, "KNOWN");
}

TEST_F(Timers, APlannedMeetingPutsDormancyOffUntilItBegins) {
    add("2025-01-01", "known");
    facts_.spans.push_back(
        {"planned", "ev", at("2025-06-20"), at("2025-07-10 09:00"), 0, "", "", ""});
    EXPECT_EQ(on("2025-07-05").stage, "KNOWN");
    EXPECT_EQ(on("2025-07-05").next_change, at("2025-07-10 09:00"));
    EXPECT_EQ(on("2025-07-11").stage, "DORMANT");
}

TEST_F(Timers, AContractThatEndsWithoutAnotherChurnsAfterMoreThan30Days) {
    add("2025-01-01", "known");
    add("2025-01-02", "deal_opened");
    add("2025-01-03", "deal_won");
    // The last day is 2025-12-31: it holds until the day after begins.
    facts_.spans.push_back({"contract", "c1", at("2025-01-03"), at("2026-01-01"), 0, "", "", ""});
    EXPECT_EQ(on("2026-01-30").stage, "CUSTOMER");
    EXPECT_EQ(on("2026-01-30").next_change, at("2026-01-31"));
    EXPECT_EQ(on("2026-01-31").stage, "NURTURE");
    facts_.spans.push_back({"contract", "c2", at("2026-01-01"), at("2027-01-01"), 0, "", "", ""});
    EXPECT_EQ(on("2026-02-01").stage, "CUSTOMER");
    EXPECT_EQ(on("2026-02-01").next_change, at("2027-01-31"));
}

TEST_F(Timers, DaysAreThoseOfTheBusinessZone) {
    add("2025-01-01 22:30", "known");  // 2 January, half past midnight in Helsinki
    const formula::Zone helsinki{nullptr,
                                 [](const void*, DateTime) { return std::chrono::minutes{120}; }};
    const History history = replay(model_, facts_, at("2025-02-01"), Days(helsinki));
    EXPECT_EQ(history.next_change, at("2025-06-30 22:00"));
    EXPECT_EQ(on("2025-02-01").next_change, at("2025-06-30"));
}

// A day with nothing due: no moment between two changes is ever asked for.
TEST_F(Timers, AYearIsWalkedInAsManyStepsAsThereAreChanges) {
    in_sql();
    DateTime now = at("2025-03-02");
    std::vector<std::string> stages;
    int steps = 0;
    while (steps < 20) {
        const History history = replay(model_, facts_, now);
        if (!history.next_change || *history.next_change > at("2026-03-02")) break;
        now = *history.next_change;
        ++steps;
        stages.push_back(replay(model_, facts_, now).stage);
    }
    EXPECT_EQ(stages, (std::vector<std::string>{"SQL", "NURTURE", "DORMANT"}));
}

}  // namespace
}  // namespace duet::lifecycle
