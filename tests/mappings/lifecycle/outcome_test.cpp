#include "mappings/lifecycle/outcome.h"

#include <gtest/gtest.h>

#include "mappings/lifecycle/substage.h"
#include "tests/mappings/lifecycle/reference.h"

namespace duet::lifecycle {
namespace {

class Outcomes : public testing::Test {
protected:
    Outcomes() {
        deal_.created = at("2025-05-01 09:00");
        deal_.stage = "Prospecting";
        deal_.stage_changes = {{at("2025-05-10 09:00"), "Proposal"}};
        deal_.activities = {at("2025-06-20 14:00")};
        deal_.close_date = day("2025-07-15");
    }
    OutcomeAt on(const char* time) { return outcome_of(deal_, rules_.lapses, medians_, at(time)); }

    LifecycleRules rules_ = reference_rules();
    StageMedians medians_;
    Deal deal_;
};

// T 2025-09-01: 48 days over, 114 in stage, quiet for 73.
TEST_F(Outcomes, TheReferencesDealIsOverdueAndSilent) {
    const OutcomeAt found = on("2025-09-01");
    EXPECT_EQ(found.outcome, Outcome::Lapsed);
    EXPECT_EQ(found.lapse_reason, "overdue");
    ASSERT_GE(found.reasons.size(), 2u);
    EXPECT_EQ(found.reasons[0], "overdue");
    EXPECT_EQ(found.reasons[1], "silent");
}

TEST_F(Outcomes, ItLapsedOnTheFirstDayOnWhichARuleHeld) {
    rules_.lapses.pop_back();  // "stuck" holds earlier: after 45 days, and 30 quiet ones
    EXPECT_EQ(on("2025-09-01").lapsed_at, at("2025-08-15")) << "more than 30 days over";
    EXPECT_EQ(on("2025-08-14 23:59").outcome, Outcome::Open);
    EXPECT_EQ(on("2025-08-14 23:59").next_change, at("2025-08-15"));
    EXPECT_EQ(on("2025-08-15").outcome, Outcome::Lapsed);
}

TEST_F(Outcomes, AMeetingToComeKeepsItOpen) {
    deal_.planned = {{at("2025-06-01"), at("2025-09-12 10:00")}};
    EXPECT_EQ(on("2025-09-01").outcome, Outcome::Open);
    deal_.planned = {{at("2025-08-30"), at("2025-09-12 10:00")}};
    EXPECT_EQ(on("2025-09-01").outcome, Outcome::Open) << "planned after it had lapsed";
    EXPECT_EQ(on("2025-08-29").outcome, Outcome::Lapsed);
}

TEST_F(Outcomes, SilenceAloneSuffices) {
    deal_.close_date = day("2026-01-31");
    EXPECT_EQ(on("2025-08-18 23:59").outcome, Outcome::Lapsed) << "stuck by then";
    rules_.lapses.pop_back();
    EXPECT_EQ(on("2025-08-18 23:59").outcome, Outcome::Open);
    EXPECT_EQ(on("2025-08-19").lapse_reason, "silent") << "60 days";
}

TEST_F(Outcomes, StuckIsJudgedByTheMedianOfItsStage) {
    deal_.close_date = day("2026-01-31");
    rules_.lapses.erase(rules_.lapses.begin(), rules_.lapses.begin() + 2);
    // max(45, 2 x 30) = 60 days since 10 May.
    medians_ = {{"Proposal", 30.0}, {"Prospecting", 1000.0}};
    EXPECT_EQ(on("2025-07-09").outcome, Outcome::Open);
    EXPECT_EQ(on("2025-07-20").outcome, Outcome::Lapsed) << "quiet for 30 days";
    EXPECT_EQ(on("2025-07-20").lapsed_at, at("2025-07-20"));
    medians_ = {{"Proposal", 50.0}};
    EXPECT_EQ(on("2025-08-18").outcome, Outcome::Open) << "100 days";
    EXPECT_EQ(on("2025-08-19").outcome, Outcome::Lapsed);
}

TEST_F(Outcomes, WhatHappensClearsALapseAndTheNextOneIsAnother) {
    deal_.activities.push_back(at("2025-09-05 10:00"));
    EXPECT_EQ(on("2025-09-04").outcome, Outcome::Lapsed);
    EXPECT_EQ(on("2025-09-06").outcome, Outcome::Open) << "although it is overdue";
    const auto lapses = lapses_of(deal_, rules_.lapses, medians_, at("2026-01-01"));
    ASSERT_EQ(lapses.size(), 2u);
    EXPECT_EQ(lapses[0].until, at("2025-09-05 10:00"));
    EXPECT_EQ(lapses[1].from, at("2025-10-06")) << "more than 30 days after it was cleared";
    EXPECT_FALSE(lapses[1].until);
}

TEST_F(Outcomes, WhatIsClosedIsWonOrLostFromThatMomentOn) {
    deal_.closed_at = at("2025-09-10 12:00");
    EXPECT_EQ(on("2025-09-10 12:00").outcome, Outcome::Lost);
    deal_.won = true;
    EXPECT_EQ(on("2025-09-10 12:00").outcome, Outcome::Won);
    EXPECT_EQ(on("2025-09-01").outcome, Outcome::Lapsed) << "as it was then";
    EXPECT_EQ(lapses_of(deal_, rules_.lapses, medians_, at("2026-01-01")).at(0).until,
              at("2025-09-10 12:00"));
}

TEST_F(Outcomes, ActivitiesToComeAreNotKnownYet) {
    deal_.activities.push_back(at("2025-09-05"));
    EXPECT_EQ(on("2025-09-01").outcome, Outcome::Lapsed);
}

// B7: 10 won, 12 lost, 8 lapsed.
TEST(OutcomeRates, AreTwoWayAndThreeWay) {
    const OutcomeCounts counts{10, 12, 8};
    EXPECT_NEAR(*counts.three_way(Outcome::Won), 0.333, 5e-4);
    EXPECT_NEAR(*counts.three_way(Outcome::Lost), 0.400, 5e-4);
    EXPECT_NEAR(*counts.three_way(Outcome::Lapsed), 0.267, 5e-4);
    EXPECT_NEAR(*counts.win_rate(), 10.0 / 22.0, 1e-12);
    EXPECT_FALSE(OutcomeCounts{}.win_rate());
}

const SubstageRule& rule(const LifecycleRules& rules, const std::string& name) {
    for (const SubstageRule& one : rules.account.substages) {
        if (one.name == name) return one;
    }
    throw std::invalid_argument(name);
}

// B10: won 2025-11-30: opens 2026-02-28, closes 2026-05-29, the last day inside.
TEST(Substages, TheUpsellWindowOpensAfterThreeMonths) {
    const LifecycleRules rules = reference_rules();
    const Dates dates{{"last_won", day("2025-11-30")}};
    const auto window = window_of(rule(rules, "UPSELL-WINDOW"), dates);
    ASSERT_TRUE(window);
    EXPECT_EQ(window->opens, day("2026-02-28"));
    EXPECT_EQ(window->closes, day("2026-05-29"));
    const auto on = [&](const char* text) {
        return substage_of(rules.account.substages, dates, day(text));
    };
    EXPECT_EQ(on("2026-02-27").name, "ADOPTING");
    EXPECT_EQ(on("2026-02-27").changes_on, day("2026-02-28"));
    EXPECT_EQ(on("2026-05-29").name, "UPSELL-WINDOW");
    EXPECT_EQ(on("2026-05-29").changes_on, day("2026-05-30"));
    EXPECT_EQ(on("2026-05-30").name, "ADOPTING");
}

// B11: end 2026-03-31: 2025-12-01, 2025-12-31, 2026-01-30, 2026-03-01.
TEST(Substages, RenewalHasFourStepsBeforeTheEnd) {
    const LifecycleRules rules = reference_rules();
    const Dates dates{{"contract_end", day("2026-03-31")}};
    const std::pair<const char*, const char*> steps[] = {{"RENEWAL-120", "2025-12-01"},
                                                         {"RENEWAL-90", "2025-12-31"},
                                                         {"RENEWAL-60", "2026-01-30"},
                                                         {"RENEWAL-30", "2026-03-01"}};
    std::string before = "ADOPTING";
    for (const auto& [name, first] : steps) {
        const auto on = [&](Date date) {
            return substage_of(rules.account.substages, dates, date).name;
        };
        EXPECT_EQ(on(day(first) - std::chrono::days{1}), before);
        EXPECT_EQ(on(day(first)), name);
        before = name;
    }
    const auto on = [&](const char* text) {
        return substage_of(rules.account.substages, dates, day(text)).name;
    };
    EXPECT_EQ(on("2026-03-31"), "RENEWAL-30");
    EXPECT_EQ(on("2026-04-01"), "ADOPTING");
    EXPECT_EQ(on("2026-04-30"), "ADOPTING");
    EXPECT_EQ(on("2026-05-01"), "CHURNED") << "ended more than 30 days ago";
}

TEST(Substages, ARenewedContractDoesNotChurn) {
    LifecycleRules rules = reference_rules();
    ASSERT_EQ(rules.account.substages.front().name, "CHURNED");
    rules.account.substages.front().unless = "renewed";
    const Dates dates{{"contract_end", day("2026-03-31")}, {"renewed", day("2026-03-20")}};
    EXPECT_EQ(substage_of(rules.account.substages, dates, day("2026-06-01")).name, "ADOPTING");
}

}  // namespace
}  // namespace duet::lifecycle
