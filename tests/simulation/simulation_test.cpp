// What shows that a simulated world can be trusted: it replays, it shrinks, its judge is awake.
// The worlds themselves are run by the program duet_simulation.
#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "daemon/service/log.h"
#include "tests/simulation/player.h"
#include "tests/simulation/shrink.h"

namespace duet::simulation {
namespace {

constexpr std::uint64_t kSeeds = 8;

/// As many seeds as DUET_SIMULATION_SEEDS says.
TEST(Simulation, WhateverHappensTheLawsHold) {
    const char* wanted = std::getenv("DUET_SIMULATION_SEEDS");
    const std::uint64_t seeds = wanted == nullptr ? 20 : std::strtoull(wanted, nullptr, 10);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const Played played = play_seed(seed);
        for (const Failure& failure : played.failures)
            ADD_FAILURE() << "duet_simulation --seed " << seed << " tells more: " << failure.kind
                          << ": " << failure.what;
        if (HasFailure()) return;
    }
}

TEST(Script, HasPeopleEventsAndFaultsEnoughInEverySeed) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        const Script script = script_of(seed);
        const auto faults = std::count_if(script.steps.begin(), script.steps.end(),
                                          [](const Step& step) { return is_fault(step.kind); });
        EXPECT_GE(script.people, 20u);
        EXPECT_LE(script.people, 200u);
        EXPECT_GE(count_events(script), 50u);
        EXPECT_GE(faults, 3);
    }
}

TEST(Simulation, TheSameSeedGivesTheSameEventLog) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const Played first = play_seed(seed, true);
        const Played second = play_seed(seed, true);
        EXPECT_TRUE(first.failures.empty()) << seed << ": " << first.failures.front().what;
        EXPECT_GT(first.log.size(), 100u);
        EXPECT_EQ(first.log, second.log) << "seed " << seed;
    }
}

TEST(Simulation, AStoreThatIsOpenedAfterEachPowerCutTellsTheSameStoryAsOneThatIsKeptOpen) {
    PlayOptions options;
    options.keeps_log = true;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const Script script = script_of(seed);
        options.store_kept_open = false;
        const auto reopened = play(script, options).log;
        options.store_kept_open = true;
        EXPECT_EQ(play(script, options).log, reopened);
    }
}

TEST(Simulation, ACrashMayFollowAnyStepOfALongCycle) {
    Script script;
    script.seed = 5;  // an org that is planned in many small batches
    script.people = 200;
    script.steps.resize(4);
    script.steps[1].kind = Kind::ReloadRules;
    script.steps[2].kind = Kind::CrashAfterStep;
    script.steps[2].b = 59;
    script.steps[2].c = 1;
    const Played played = play(script);
    EXPECT_TRUE(played.failures.empty());
    EXPECT_EQ(played.latest_crash, 60);
}

/// The lowest seed that fails under these options, and in what kind.
std::pair<std::uint64_t, std::string> first_failing(const PlayOptions& options) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        const Played played = play(script_of(seed), options);
        if (!played.failures.empty()) return {seed, played.failures.front().kind};
    }
    return {0, ""};
}

TEST(Simulation, ADaemonThatForgetsWhatItSentIsCaughtAndItsScriptShrinksToAFewEvents) {
    PlayOptions options;
    options.forgets_in_flight = true;
    const auto found = first_failing(options);
    ASSERT_NE(found.first, 0u) << "300 seeds did not notice";
    const std::string kind = found.second;
    const Script shorter = shrink(script_of(found.first), [&](const Script& script) {
        const Played again = play(script, options);
        return !again.failures.empty() && again.failures.front().kind == kind;
    });
    EXPECT_LE(count_events(shorter), 50u);
    EXPECT_LE(shorter.steps.size(), 12u) << "of " << script_of(found.first).steps.size();
    const Played again = play(shorter, options);
    ASSERT_FALSE(again.failures.empty()) << "the short one must fail too";
    EXPECT_EQ(again.failures.front().kind, kind);
    EXPECT_TRUE(play(shorter).failures.empty()) << "and only because it forgets";
}

TEST(Simulation, ALineOfTheLogThatNamesSomebodyIsAFailure) {
    for (const char* value : {"p1@people.example", "zq17"}) {
        PlayOptions options;
        options.after_cycle = [&](SimulatedOrg&) { log::debug("Odd.", {{"who", value}}); };
        const Played played = play(script_of(1), options);
        ASSERT_FALSE(played.failures.empty());
        EXPECT_EQ(played.failures.front().kind, "told-a-value");
    }
    EXPECT_GT(play_seed(1).lines, 10u);
}

TEST(Shrink, FindsTheTwoStepsThatMatterAmongHundreds) {
    const auto fails = [](const Script& script) {
        const auto has = [&](Kind kind) {
            return std::any_of(script.steps.begin(), script.steps.end(),
                               [&](const Step& step) { return step.kind == kind; });
        };
        return has(Kind::Convert) && has(Kind::LoseAnswer);
    };
    Script script;
    script.people = 200;
    for (int i = 0; i < 300; ++i) script.steps.push_back({Kind::EditCrm});
    script.steps[37].kind = Kind::LoseAnswer;
    script.steps[251].kind = Kind::Convert;
    const Script shorter = shrink(script, fails);
    EXPECT_EQ(shorter.steps.size(), 2u);
    EXPECT_EQ(shorter.people, 1u);
}

/// The rules of one field as the judge has them: a table of what it says.
TEST(Judge, KnowsWhatTheRulesMakeOfOneField) {
    const FieldPair keep{"Title", "jobTitle", Wins::Crm};
    const FieldPair travel{"Phone", "phone", Wins::Marketing, Blanks::Travel};
    const FieldPair fill{"Department", "department", Wins::Crm, Blanks::FillOnly};
    using Writes = std::vector<std::pair<Side, std::string>>;
    EXPECT_TRUE(outcome_of(keep, "a", "b", "b").may_rest);
    EXPECT_EQ(outcome_of(keep, "a", "a", "b").writes, (Writes{{Side::Crm, "b"}}));
    EXPECT_EQ(outcome_of(keep, "a", "c", "b").writes, (Writes{{Side::Marketing, "c"}}));
    EXPECT_EQ(outcome_of(travel, "a", "c", "b").writes, (Writes{{Side::Crm, "b"}}));
    EXPECT_TRUE(outcome_of(keep, "a", "", "a").may_rest) << "a blank stays where it is";
    EXPECT_EQ(outcome_of(travel, "a", "", "a").writes, (Writes{{Side::Marketing, ""}}));
    EXPECT_EQ(outcome_of(travel, {}, "", "a").writes, (Writes{{Side::Crm, "a"}}));
    EXPECT_TRUE(outcome_of(fill, "a", "b", "a").may_rest) << "only blanks are filled";
    EXPECT_EQ(outcome_of(fill, "", "b", "").writes, (Writes{{Side::Marketing, "b"}}));
    EXPECT_EQ(outcome_of(keep, "a", "", "b").writes, (Writes{{Side::Crm, "b"}}));
}

}  // namespace
}  // namespace duet::simulation
