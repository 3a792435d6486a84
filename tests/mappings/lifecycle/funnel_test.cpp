#include "mappings/lifecycle/funnel.h"

#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/mappings/lifecycle/reference.h"

namespace duet::lifecycle {
namespace {

class Funnels : public testing::Test {
protected:
    /// A person who went through these stages, a day each from `from` on.
    void walk(const std::vector<const char*>& stages, DateTime from, int cycle = 1) {
        std::vector<Row> rows;
        for (const char* stage : stages) {
            Row row;
            row.to = stage;
            row.at = from;
            row.cycle = cycle;
            rows.push_back(row);
            from += std::chrono::hours{24};
        }
        funnel_.add("p" + std::to_string(funnel_.people()), rows);
    }

    Model model_{reference_rules()};
    Funnel funnel_{model_};
    Period year_{at("2025-01-01"), at("2026-01-01")};
};

// 200 known, 60 MQL, 36 SAL, 24 SQL, 18 opportunities, 6 won.
TEST_F(Funnels, TheReferencesCohortConvertsAsItSays) {
    const std::vector<const char*> all{"KNOWN", "MQL", "SAL", "SQL", "OPPORTUNITY", "CUSTOMER"};
    const int reached[] = {200, 60, 36, 24, 18, 6};
    for (int i = 0; i < 200; ++i) {
        std::size_t deep = 1;
        while (deep < all.size() && i < reached[deep]) ++deep;
        walk({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(deep)}, at("2025-03-01"));
    }
    const double expected[] = {0.300, 0.600, 0.667, 0.750, 0.333};
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        const auto found = funnel_.cohort(all[i], all[i + 1], year_, 90, at("2026-01-01"));
        EXPECT_EQ(found.entered, reached[i]);
        EXPECT_NEAR(found.rate.value(), expected[i], 5e-4) << all[i];
        EXPECT_NEAR(funnel_.period_conversion(all[i], all[i + 1], year_).value(), expected[i],
                    5e-4);
    }
    EXPECT_NEAR(*funnel_.cohort("KNOWN", "CUSTOMER", year_, 90, at("2026-01-01")).rate, 0.030,
                1e-12);
}

// 2, 3, 3, 4, 5, 6, 8, 10, 15, 40 days: mean 9.6, median 5.5, p90 15.
TEST_F(Funnels, TheReferencesDurationsHaveItsMeanMedianAndP90) {
    for (const int days : {40, 3, 2, 5, 15, 4, 10, 3, 8, 6}) {
        Row mql;
        mql.to = "MQL";
        mql.at = at("2025-02-01");
        Row sal = mql;
        sal.to = "SAL";
        sal.at += std::chrono::hours{24 * days};
        funnel_.add("p", {mql, sal});
    }
    const Velocity found = funnel_.velocity("MQL", "SAL", year_);
    EXPECT_EQ(found.summary.count, 10u);
    EXPECT_DOUBLE_EQ(found.summary.mean.value(), 9.6);
    EXPECT_DOUBLE_EQ(found.summary.median.value(), 5.5);
    EXPECT_DOUBLE_EQ(found.summary.p90.value(), 15.0);
    EXPECT_TRUE(found.faults.empty());
}

// B26: the reference's person entered MQL twice: one new, one reactivated.
TEST_F(Funnels, ReturningPeopleAreCountedApart) {
    funnel_.add("p", replay(model_, reference_person(), at("2026-02-01")).rows);
    const Flow flow = funnel_.flow("MQL", year_);
    EXPECT_EQ(flow.entries, 2);
    EXPECT_EQ(flow.fresh, 1);
    EXPECT_EQ(flow.returning, 1);
    EXPECT_EQ(flow.exits, 2);
    EXPECT_EQ(funnel_.flow("ENGAGED", year_).bypassed, 1);
    EXPECT_EQ(funnel_.flow("ENGAGED", year_).entries, 0);
}

// Of the same person: 72 days from MQL to won in cycle 2, and none in cycle 1.
TEST_F(Funnels, TheFullFunnelIsMeasuredWithinACycle) {
    funnel_.add("p", replay(model_, reference_person(), at("2026-02-01")).rows);
    const Period all{at("2025-01-01"), at("2027-01-01")};
    const Velocity found = funnel_.velocity("MQL", "CUSTOMER", all);
    EXPECT_EQ(found.summary.count, 1u);
    EXPECT_DOUBLE_EQ(found.summary.mean.value(), 72.0);
}

// The same person: 24.2083 days until the first MQL, then 0.8333, 7, 3.0833, 95, 167.8333 and so
// on.
TEST_F(Funnels, MovesAndStaysOfTheReferencesPersonHaveItsDays) {
    funnel_.add("p", replay(model_, reference_person(), at("2026-02-01")).rows);
    const Period all{at("2025-01-01"), at("2027-01-01")};
    std::map<std::pair<std::string, std::string>, Move> moves;
    for (const Move& move : funnel_.moves(all)) moves[{move.from, move.to}] = move;
    EXPECT_NEAR(moves.at({"KNOWN", "MQL"}).days.median.value(), 24.2083, 5e-5)
        << "over ENGAGED, which was passed over";
    EXPECT_EQ(moves.at({"MQL", "SAL"}).count, 2);
    EXPECT_NEAR(moves.at({"MQL", "SAL"}).days.mean.value(), (0.8333 + 0.5) / 2, 5e-5);
    EXPECT_NEAR(moves.at({"OPPORTUNITY", "NURTURE"}).days.median.value(), 95.0, 5e-5);
    EXPECT_NEAR(moves.at({"NURTURE", "MQL"}).days.median.value(), 167.8333, 5e-5);
    EXPECT_EQ(moves.count({"KNOWN", "ENGAGED"}), 0u);
    EXPECT_NEAR(funnel_.stays("SQL", all).mean.value(), (3.0833 + 8.0) / 2, 5e-5);
    EXPECT_EQ(funnel_.stays("CUSTOMER", all).count, 0u) << "that stay goes on";
    long into = 0;
    for (const auto& [ends, move] : moves) into += ends.second == "MQL" ? move.count : 0;
    EXPECT_EQ(into, funnel_.flow("MQL", all).entries);
}

// A10: 40 MQLs of which 9 in cycle 2 or later: 31 new names.
TEST_F(Funnels, NewNamesAreThoseOfTheFirstCycle) {
    for (int i = 0; i < 40; ++i) walk({"MQL"}, at("2025-04-01"), i < 9 ? 2 + i % 2 : 1);
    EXPECT_EQ(funnel_.flow("MQL", year_).fresh, 31);
}

// A4: 80 worked, 52 validated.
TEST_F(Funnels, ValidatedLeadsAreAShareOfThoseWorked) {
    for (int i = 0; i < 80; ++i) {
        if (i < 52) {
            walk({"SAL", "SQL"}, at("2025-04-01"));
        } else {
            walk({"SAL"}, at("2025-04-01"));
        }
    }
    EXPECT_DOUBLE_EQ(*funnel_.cohort("SAL", "SQL", year_, 90, at("2026-01-01")).rate, 0.65);
}

// B20: 60 MQLs, 8 of them disqualified: 60 in the cohort.
TEST_F(Funnels, DisqualifiedPeopleStayInTheCohort) {
    for (int i = 0; i < 60; ++i) {
        if (i < 8) {
            walk({"MQL", "DISQUALIFIED"}, at("2025-04-01"));
        } else {
            walk({"MQL", "SAL"}, at("2025-04-01"));
        }
    }
    const auto found = funnel_.cohort("MQL", "SAL", year_, 90, at("2026-01-01"));
    EXPECT_EQ(found.entered, 60);
    EXPECT_EQ(found.converted, 52);
}

// B4: everyone has one place.
TEST_F(Funnels, StocksSumToThePeopleAndBalanceWithFlows) {
    for (std::uint64_t i = 0; i < 25; ++i) {
        Facts facts = reference_person();
        for (Event& event : facts.events) event.at += std::chrono::hours{24 * 7 * i};
        facts.events.resize(1 + i % facts.events.size());
        funnel_.add("p", replay(model_, facts, at("2026-06-01")).rows);
    }
    const Period half{at("2025-07-01"), at("2026-01-01")};
    long people = 0;
    for (const StageRule& stage : model_.rules().stages) {
        const Flow flow = funnel_.flow(stage.name, half);
        EXPECT_EQ(funnel_.stock(stage.name, half.until),
                  funnel_.stock(stage.name, half.from) + flow.entries - flow.exits)
            << stage.name;
        people += funnel_.stock(stage.name, half.until);
    }
    EXPECT_EQ(people, 25);
}

TEST_F(Funnels, EntriesThatAreTooYoungAreOpenAndOutOfTheRate) {
    walk({"MQL", "SAL"}, at("2025-03-01"));
    walk({"MQL"}, at("2025-03-01"));
    walk({"MQL", "SAL"}, at("2025-06-15"));
    const auto found = funnel_.cohort("MQL", "SAL", year_, 90, at("2025-07-01"));
    EXPECT_EQ(found.entered, 3);
    EXPECT_EQ(found.open, 1);
    EXPECT_DOUBLE_EQ(found.rate.value(), 0.5);
}

TEST_F(Funnels, WhoPassesOverTheNextStageHasConverted) {
    Facts facts;
    facts.events = {{at("2025-01-01"), 1, "r", "known", "", "", ""},
                    {at("2025-01-02"), 1, "r", "hand_raise", "", "", ""},
                    {at("2025-01-05"), 1, "r", "deal_opened", "", "", ""}};
    funnel_.add("p", replay(model_, facts, at("2025-02-01")).rows);
    EXPECT_EQ(funnel_.cohort("MQL", "SAL", year_, 90, at("2026-01-01")).converted, 1);
    EXPECT_EQ(funnel_.velocity("MQL", "SAL", year_).summary.count, 0u) << "but at no speed";
    EXPECT_EQ(funnel_.velocity("MQL", "OPPORTUNITY", year_).summary.count, 1u);
}

TEST_F(Funnels, WhoWasThereBeforeTheyCameIsAFault) {
    walk({"SAL", "MQL"}, at("2025-03-01"));
    const Velocity found = funnel_.velocity("MQL", "SAL", year_);
    EXPECT_EQ(found.summary.count, 0u);
    EXPECT_EQ(found.faults, std::vector<std::string>{"p0"});
    EXPECT_FALSE(found.summary.mean);
}

TEST_F(Funnels, AgeingIsTheAgeOfThoseStillThere) {
    walk({"MQL"}, at("2025-03-01"));
    walk({"MQL"}, at("2025-03-11"));
    walk({"MQL", "SAL"}, at("2025-03-01"));
    const Summary found = funnel_.ageing("MQL", at("2025-03-31"));
    EXPECT_EQ(found.count, 2u);
    EXPECT_DOUBLE_EQ(found.mean.value(), 25.0);
    EXPECT_FALSE(funnel_.ageing("SQL", at("2025-03-31")).median);
}

}  // namespace
}  // namespace duet::lifecycle
