#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <optional>

#include "mappings/attribution/counterfactual.h"
#include "mappings/attribution/markov.h"
#include "mappings/attribution/path_rules.h"
#include "mappings/attribution/shapley.h"
#include "tests/mappings/attribution/tables.h"

namespace duet::attribution {
namespace {

void expect_close(double found, double wanted, const std::string& what) {
    // 6 decimals are published.
    EXPECT_NEAR(found, wanted, 1e-6 * std::abs(wanted) + 0.5000001e-6) << what;
}

const Journeys& reference() {
    static const Journeys journeys = reference_journeys();
    return journeys;
}

struct Computed {
    Credits credits;
    std::vector<double> removal_effect{};
    std::vector<double> removal_effect_value{};
};

Computed of_markov(MarkovResult result) {
    return {std::move(result.credits), std::move(result.removal_effect),
            std::move(result.removal_effect_value)};
}

std::map<std::string, Computed> all_models() {
    std::map<std::string, Computed> all;
    all["first_touch"].credits = *credit_by_rule(reference(), First{});
    all["last_touch"].credits = *credit_by_rule(reference(), Last{});
    all["linear"].credits = *credit_by_rule(reference(), Linear{});
    all["u_shaped_40_20_40"].credits = *credit_by_rule(reference(), PositionBased{});
    all["step_decay_halflife_7"].credits = *credit_by_rule(reference(), Decay{7});
    all["shapley_set"].credits = shapley_set(reference());
    all["counterfactual_exposure"].credits = Fractions(reference(), Transform::Exposure).credits();
    all["markov_order1"] = of_markov(markov(reference(), 1));
    all["markov_order2"] = of_markov(markov(reference(), 2));
    Journeys converting = reference();
    converting.drop_nulls();
    all["markov_order1_without_null"] = of_markov(markov(converting, 1));
    return all;
}

TEST(ReferenceJourneys, EveryPublishedCreditComesOut) {
    const auto all = all_models();
    const std::string kEffect = "_removal_effect";
    int rows = 0;
    for (const TableRow& row : read_table("path_data_expected.csv")) {
        std::string name = row.at("model");
        const bool is_effect = name.ends_with(kEffect);
        if (is_effect) name.resize(name.size() - kEffect.size());
        ASSERT_TRUE(all.contains(name)) << name;
        const Computed& computed = all.at(name);
        Journeys names = reference();
        const std::uint32_t channel = names.channel(row.at("channel"));
        const std::string what = row.at("model") + " " + row.at("channel");
        expect_close(is_effect ? computed.removal_effect.at(channel)
                               : computed.credits.conversions.at(channel),
                     std::stod(row.at("conversions")), what);
        if (row.at("value").empty()) continue;
        expect_close(is_effect ? computed.removal_effect_value.at(channel)
                               : computed.credits.value.at(channel),
                     std::stod(row.at("value")), what + " value");
        ++rows;
    }
    EXPECT_EQ(rows, 132);
}

TEST(ReferenceJourneys, TheRateOfTheChainIsTheRateOfTheFileForEveryOrder) {
    for (int order = 1; order <= 4; ++order) {
        const MarkovResult result = markov(reference(), order);
        EXPECT_NEAR(result.conversion_probability, 0.223845136, 1e-9) << order;
        EXPECT_NEAR(result.conversion_probability, 19'785.0 / (19'785 + 68'602), 1e-12) << order;
        EXPECT_NEAR(result.expected_value, 0.846311919, 1e-9) << order;
        EXPECT_NEAR(std::accumulate(result.credits.conversions.begin(),
                                    result.credits.conversions.end(), 0.0),
                    19'785, 1e-6);
        EXPECT_FALSE(result.fell_back);
    }
}

TEST(ReferenceJourneys, OrderedShapleyByPosition) {
    const OrderedCredits ordered = shapley_ordered(reference());
    const Credits sets = shapley_set(reference());
    Journeys names = reference();
    const std::map<std::string, std::vector<double>> published{
        {"alpha", {1792.0614, 2235.9136, 2012.7012}},
        {"eta", {2133.0833, 689.6182, 292.6519}},
        {"iota", {1775.4054, 742.8493, 401.5918}}};
    for (const auto& [channel, credits] : published) {
        for (std::size_t i = 0; i < credits.size(); ++i) {
            EXPECT_NEAR(ordered.conversions[names.channel(channel)][i], credits[i], 0.00005001)
                << channel << i;
        }
    }
    std::vector<double> all(3, 0.0);
    for (std::size_t channel = 0; channel < sets.conversions.size(); ++channel) {
        const auto& positions = ordered.conversions[channel];
        for (std::size_t i = 0; i < 3 && i < positions.size(); ++i) all[i] += positions[i];
        EXPECT_NEAR(std::accumulate(positions.begin(), positions.end(), 0.0),
                    sets.conversions[channel], 1e-8);
        EXPECT_NEAR(
            std::accumulate(ordered.value[channel].begin(), ordered.value[channel].end(), 0.0),
            sets.value[channel], 1e-8);
    }
    EXPECT_NEAR(all[0], 8007.7274, 0.00005001);
    EXPECT_NEAR(all[1], 4535.2172, 0.00005001);
    EXPECT_NEAR(all[2], 3311.5857, 0.00005001);
}

TEST(ReferenceJourneys, TheRateGameMayGiveLessThanNothing) {
    const RateGame game = shapley_rate(reference(), 1, 1);
    Journeys names = reference();
    EXPECT_FALSE(game.sampled);
    EXPECT_NEAR(game.credits.conversions[names.channel("delta")], -0.94, 0.005);
    EXPECT_NEAR(game.credits.conversions[names.channel("zeta")], -89.77, 0.005);
    EXPECT_NEAR(
        std::accumulate(game.credits.conversions.begin(), game.credits.conversions.end(), 0.0),
        19'785, 1e-6);
}

Journeys journeys(std::initializer_list<std::pair<const char*, Outcome>> rows) {
    Journeys made;
    for (const auto& [path, outcome] : rows) made.add(steps_of(made, path), outcome);
    return made;
}

void expect_all(const std::vector<double>& found, const std::vector<double>& wanted,
                double tolerance) {
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        EXPECT_NEAR(found[i], wanted[i], tolerance) << "channel " << i;
}

TEST(Markov, SmallChains) {
    const auto three = markov(
        journeys({{"C1 > C2 > C3", {1, 0, 0}}, {"C1", {0, 0, 1}}, {"C2 > C3", {0, 0, 1}}}), 1);
    expect_all(three.removal_effect, {0.5, 1, 1}, 1e-12);
    expect_all(three.credits.conversions, {0.2, 0.4, 0.4}, 1e-12);

    const auto two =
        markov(journeys({{"G", {2, 0, 1}}, {"M", {1, 0, 0}}, {"G > M", {1, 0, 0}}}), 1);
    EXPECT_NEAR(two.conversion_probability, 0.8, 1e-12);
    expect_all(two.removal_effect, {0.75, 0.5}, 1e-12);
    expect_all(two.credits.conversions, {2.4, 1.6}, 1e-12);

    const auto repeats = markov(journeys({{"A > B > A > B > B > A", {1, 0, 0}},
                                          {"A > B > B > A > A", {1, 0, 0}},
                                          {"A > A", {1, 0, 0}}}),
                                1);
    expect_all(repeats.removal_effect, {1, 0.5}, 1e-12);
    expect_all(repeats.credits.conversions, {2, 1}, 1e-12);

    const auto fork = markov(journeys({{"a > b", {3, 0, 1}}, {"a > c", {1, 0, 1}}}), 1);
    EXPECT_NEAR(fork.conversion_probability, 2.0 / 3, 1e-12);
    expect_all(fork.removal_effect, {1, 0.75, 0.25}, 1e-12);
    expect_all(fork.credits.conversions, {2, 1.5, 0.5}, 1e-12);

    const auto nine = markov(journeys({{"A", {3, 0, 0}},
                                       {"A > B", {3, 0, 0}},
                                       {"A > B > C", {3, 0, 0}},
                                       {"B", {3, 0, 0}},
                                       {"B > A", {3, 0, 0}},
                                       {"B > C > A", {3, 0, 0}},
                                       {"C", {3, 0, 0}},
                                       {"C > A", {3, 0, 0}},
                                       {"C > B > A", {3, 0, 0}}}),
                             1);
    expect_all(nine.credits.conversions, {10.643154, 8.514523, 7.842324}, 5.0001e-7);
}

TEST(Markov, LongCyclesAreSolvedToTheEnd) {
    // 1,000 times a > b before anything ends: what is removed still takes all.
    std::string path = "a > b";
    for (int i = 1; i < 1'000; ++i) path += " > a > b";
    const auto cycle = markov(journeys({{path.c_str(), {1, 5, 1}}, {"c", {1, 1, 0}}}), 1);
    EXPECT_NEAR(cycle.conversion_probability, 2.0 / 3, 1e-12);
    expect_all(cycle.removal_effect, {0.5, 0.5, 0.5}, 1e-11);
    expect_all(cycle.removal_effect_value, {5.0 / 6, 5.0 / 6, 1.0 / 6}, 1e-11);
}

/// The removal effects of a chain of order 2 by elimination of a full matrix: slow, and nothing of
/// the way that `markov` takes.
std::vector<double> by_elimination(const Journeys& journeys) {
    using State = std::pair<std::uint32_t, std::uint32_t>;
    std::map<State, std::size_t> numbers;
    std::vector<std::vector<State>> walks;
    for (std::size_t row = 0; row < journeys.size(); ++row) {
        const auto steps = journeys.steps(row);
        auto& walk = walks.emplace_back();
        if (steps.size() == 1) walk.emplace_back(steps[0], steps[0]);
        for (std::size_t i = 1; i < steps.size(); ++i) walk.emplace_back(steps[i - 1], steps[i]);
        // A single touch is no pair: told apart by a channel that does not exist.
        if (steps.size() == 1) walk[0].second = 1'000'000;
        for (const State& state : walk) numbers.emplace(state, numbers.size());
    }
    const std::size_t n = numbers.size();
    const auto converts = [&](std::optional<std::uint32_t> without) {
        std::vector<std::vector<double>> matrix(n, std::vector<double>(n + 1, 0.0));
        std::vector<double> leaving(n, 0.0);
        std::vector<double> start(n, 0.0);
        double all = 0;
        for (std::size_t row = 0; row < walks.size(); ++row) {
            const Outcome& outcome = journeys.outcome(row);
            const double weight = outcome.conversions + outcome.nulls;
            all += weight;
            start[numbers.at(walks[row][0])] += weight;
            for (std::size_t i = 0; i < walks[row].size(); ++i) {
                const std::size_t from = numbers.at(walks[row][i]);
                leaving[from] += weight;
                if (i + 1 < walks[row].size())
                    matrix[from][numbers.at(walks[row][i + 1])] -= weight;
                else
                    matrix[from][n] += outcome.conversions;
            }
        }
        for (const auto& [state, number] : numbers) {
            if (without && (state.first == *without || state.second == *without)) {
                matrix[number].assign(n + 1, 0.0);
                matrix[number][number] = 1;
            } else {
                matrix[number][number] += leaving[number];
            }
        }
        for (std::size_t pivot = 0; pivot < n; ++pivot) {
            for (std::size_t row = pivot + 1; row < n; ++row) {
                const double factor = matrix[row][pivot] / matrix[pivot][pivot];
                for (std::size_t i = pivot; factor != 0 && i <= n; ++i)
                    matrix[row][i] -= factor * matrix[pivot][i];
            }
        }
        double probability = 0;
        std::vector<double> x(n, 0.0);
        for (std::size_t i = n; i-- > 0;) {
            x[i] = matrix[i][n];
            for (std::size_t j = i + 1; j < n; ++j) x[i] -= matrix[i][j] * x[j];
            x[i] /= matrix[i][i];
            probability += start[i] / all * x[i];
        }
        return probability;
    };
    std::vector<double> effects;
    const double with = converts({});
    for (std::uint32_t channel = 0; channel < journeys.channels().size(); ++channel)
        effects.push_back(1 - converts(channel) / with);
    return effects;
}

TEST(Markov, AgreesWithEliminationHoweverJourneysGoRoundInCircles) {
    std::uint64_t state = 7;
    const auto below = [&state](std::uint64_t limit) {
        state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        return static_cast<std::uint32_t>((state >> 33U) % limit);
    };
    for (int turn = 0; turn < 6; ++turn) {
        Journeys some;
        for (int i = 0; i < 9; ++i) some.channel("c" + std::to_string(i));
        for (int row = 0; row < 60; ++row) {
            std::vector<std::uint32_t> steps(1 + below(8));
            for (std::uint32_t& step : steps) step = below(9);
            some.add(steps, {static_cast<double>(below(3)), 0, 1.0 + below(3)});
        }
        // Two circles that do not meet, each gone round many times.
        for (const std::uint32_t first : {0U, 4U}) {
            std::vector<std::uint32_t> circle;
            for (std::uint32_t i = 0; i < 3'000U * static_cast<std::uint32_t>(turn); ++i)
                circle.push_back(first + i % 3);
            if (!circle.empty()) some.add(circle, {1, 0, 2});
        }
        SCOPED_TRACE(turn);
        expect_all(markov(some, 2).removal_effect, by_elimination(some), 1e-10);
    }
}

TEST(Markov, NothingConvertedIsCreditedToNobody) {
    const auto none = markov(journeys({{"a > b", {0, 0, 7}}}), 2);
    EXPECT_TRUE(none.fell_back);
    expect_all(none.credits.conversions, {0, 0}, 0);
    expect_all(none.removal_effect, {0, 0}, 0);
    const auto empty = markov(Journeys{}, 1);
    EXPECT_TRUE(empty.credits.conversions.empty());
}

TEST(Markov, AChannelThatNoJourneyHadGetsNothing) {
    Journeys seen = journeys({{"a", {1, 2, 0}}});
    seen.channel("never");
    const auto result = markov(seen, 1);
    expect_all(result.credits.conversions, {1, 0}, 0);
    expect_all(result.credits.value, {2, 0}, 0);
}

TEST(Markov, JourneysWithoutATouchAreLeftOut) {
    Journeys some = journeys({{"a > b", {1, 4, 1}}});
    some.add({}, {5, 50, 5});
    const auto result = markov(some, 1);
    EXPECT_NEAR(result.conversion_probability, 0.5, 1e-12);
    expect_all(result.credits.conversions, {0.5, 0.5}, 1e-12);
    expect_all(result.credits.value, {2, 2}, 1e-12);
}

TEST(Shapley, ThePublishedGame) {
    // Bits O, F, D.
    const std::vector<double> worth{0, 7, 6, 15, 4, 7, 9, 19};
    expect_all(shapley_game(3, worth), {23.0 / 3, 49.0 / 6, 19.0 / 6}, 1e-12);
}

TEST(Shapley, TheGameOfConversionsIsTheSetForm) {
    const Journeys some =
        journeys({{"a > b > a", {4, 8, 0}}, {"b > c", {3, 1, 2}}, {"c", {2, 5, 9}}});
    std::vector<double> worth(8, 0.0);
    for (std::size_t set = 0; set < 8; ++set) {
        if ((set & 3) == 3) worth[set] += 4;
        if ((set & 6) == 6) worth[set] += 3;
        if ((set & 4) == 4) worth[set] += 2;
    }
    expect_all(shapley_set(some).conversions, shapley_game(3, worth), 1e-12);
    expect_all(shapley_set(some).conversions, {2, 3.5, 3.5}, 1e-12);
}

TEST(Shapley, ASampledGameComesNearTheExactOneAndRepeats) {
    // The same journeys, once with 9 channels that change nothing: 21 are too many to be exact.
    const auto rows = [](Journeys& made) {
        made.add(steps_of(made, "a"), {2, 10, 8});
        made.add(steps_of(made, "a > b"), {30, 90, 20});
        made.add(steps_of(made, "b > c"), {5, 5, 45});
    };
    Journeys few;
    rows(few);
    Journeys many;
    rows(many);
    for (int i = 0; i < 18; ++i) many.channel("idle " + std::to_string(i));
    const RateGame exact = shapley_rate(few, 1, 1);
    const RateGame sampled = shapley_rate(many, 20'000, 7);
    EXPECT_TRUE(sampled.sampled);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_NEAR(sampled.credits.conversions[i], exact.credits.conversions[i], 0.5) << i;
    EXPECT_EQ(sampled.credits.conversions, shapley_rate(many, 20'000, 7).credits.conversions);
    EXPECT_EQ(sampled.credits.conversions[20], 0);
}

TEST(Counterfactual, ATouchIsWorthWhatThePathLosesWithoutIt) {
    const Journeys some =
        journeys({{"a > b", {6, 60, 4}}, {"a", {1, 1, 9}}, {"b", {4, 4, 6}}, {"c > d", {0, 0, 5}}});
    const Fractions fractions(some, Transform::Identity);
    Journeys names = some;
    // 0.6 - 0.4 without a, 0.6 - 0.1 without b.
    const auto weights = fractions.weights(steps_of(names, "a > b"));
    EXPECT_NEAR(weights[0], 2.0 / 7, 1e-12);
    EXPECT_NEAR(weights[1], 5.0 / 7, 1e-12);
    EXPECT_EQ(fractions.weights(steps_of(names, "c > d")), (std::vector<double>{0, 1}));
    EXPECT_EQ(fractions.weights(steps_of(names, "c")), std::vector<double>{1});
    const Credits credits = fractions.credits();
    EXPECT_NEAR(credits.conversions[0], 6 * 2.0 / 7 + 1, 1e-12);
    EXPECT_NEAR(credits.value[1], 60 * 5.0 / 7 + 4, 1e-12);
}

TEST(Counterfactual, TransformsSayWhichPathsAreTheSame) {
    const Journeys some =
        journeys({{"a > a > b > a", {2, 0, 0}}, {"a > b > a", {2, 0, 2}}, {"a > b", {1, 0, 3}}});
    Journeys names = some;
    const auto weights = [&](Transform transform) {
        return Fractions(some, transform).weights(steps_of(names, "a > a > b > a"));
    };
    // Identity: without either of the first two, a > b > a has 0.5; without b or the last, none.
    const std::vector<double> identity = weights(Transform::Identity);
    expect_all(identity, {0.5 / 3, 0.5 / 3, 1.0 / 3, 1.0 / 3}, 1e-12);
    // Exposure: a > b > a (4 of 6), of which the first part has two touches.
    const double left = 4.0 / 6;
    const double last = 4.0 / 6 - 0.25;
    const double sum = left + left + last;
    expect_all(weights(Transform::Exposure),
               {left / sum / 2, left / sum / 2, left / sum, last / sum}, 1e-12);
    // First: a > b with a three times.
    const auto first = weights(Transform::First);
    EXPECT_NEAR(first[0], first[3], 1e-15);
    EXPECT_NEAR(std::accumulate(first.begin(), first.end(), 0.0), 1, 1e-12);
    // Frequency: a(3) b(1), a(2) b(1) and a(1) b(1) are three paths.
    const auto frequency = weights(Transform::Frequency);
    expect_all(frequency, {0.5 / 3, 0.5 / 3, 0.5, 0.5 / 3}, 1e-12);
}

TEST(Rules, JourneysOfOtherModelsAreNotTheirs) {
    EXPECT_FALSE(credit_by_rule(reference(), Markov{1}));
    EXPECT_FALSE(credit_by_rule(reference(), MilestoneBased{}));
    EXPECT_FALSE(credit_by_rule(reference(), Custom{}));
}

}  // namespace
}  // namespace duet::attribution
