#include "mappings/attribution/shapley.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "mappings/attribution/sequences.h"

namespace duet::attribution {
namespace {

/// The distinct channels of one journey after the other, each with how often it occurs.
class Distinct {
public:
    explicit Distinct(std::size_t channels) : counts_(channels, 0) {}

    const std::vector<std::uint32_t>& of(std::span<const std::uint32_t> steps) {
        for (const std::uint32_t channel : met_) counts_[channel] = 0;
        met_.clear();
        for (const std::uint32_t channel : steps) {
            if (counts_[channel]++ == 0) met_.push_back(channel);
        }
        return met_;
    }
    [[nodiscard]] double count(std::uint32_t channel) const { return counts_[channel]; }

private:
    std::vector<std::uint32_t> counts_;
    std::vector<std::uint32_t> met_;
};

bool is_worth_nothing(const Outcome& outcome) {
    return outcome.conversions == 0 && outcome.value == 0;
}

/// Outcomes by the set of channels that journeys touch.
struct Sets {
    Sequences sets;  // sorted channels
    std::vector<Outcome> outcomes;

    explicit Sets(const Journeys& journeys) {
        Distinct distinct(journeys.channels().size());
        for (std::size_t row = 0; row < journeys.size(); ++row) {
            auto set = distinct.of(journeys.steps(row));
            if (set.empty()) continue;
            std::sort(set.begin(), set.end());
            const std::uint32_t number = sets.number_of(set);
            if (number == outcomes.size()) outcomes.emplace_back();
            const Outcome& outcome = journeys.outcome(row);
            outcomes[number].conversions += outcome.conversions;
            outcomes[number].value += outcome.value;
            outcomes[number].nulls += outcome.nulls;
        }
    }
};

double rate(double part, const Outcome& outcome) {
    const double journeys = outcome.conversions + outcome.nulls;
    return journeys > 0 ? part / journeys : 0;
}

Credits exact_rate(const Sets& sets, unsigned players) {
    std::vector<Outcome> inside(std::size_t{1} << players);
    for (std::uint32_t number = 0; number < sets.sets.size(); ++number) {
        std::size_t mask = 0;
        for (const std::uint32_t channel : sets.sets.at(number)) mask |= std::size_t{1} << channel;
        inside[mask] = sets.outcomes[number];
    }
    // Sums over all subsets, one channel at a time.
    for (unsigned player = 0; player < players; ++player) {
        const std::size_t bit = std::size_t{1} << player;
        for (std::size_t mask = 0; mask < inside.size(); ++mask) {
            if ((mask & bit) == 0) continue;
            inside[mask].conversions += inside[mask ^ bit].conversions;
            inside[mask].value += inside[mask ^ bit].value;
            inside[mask].nulls += inside[mask ^ bit].nulls;
        }
    }
    std::vector<double> worth(inside.size());
    const auto game = [&](double Outcome::*part) {
        std::transform(inside.begin(), inside.end(), worth.begin(),
                       [&](const Outcome& outcome) { return rate(outcome.*part, outcome); });
        return shapley_game(players, worth);
    };
    auto conversions = game(&Outcome::conversions);
    return {std::move(conversions), game(&Outcome::value)};
}

/// Numbers 0, 1, 2, ... that look like chance; SplitMix64, by Vigna's public-domain reference.
class Mixer {
public:
    explicit Mixer(std::uint64_t seed) : state_(seed) {}
    std::uint64_t below(std::uint64_t limit) {
        std::uint64_t mixed = (state_ += 0x9E3779B97F4A7C15U);
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
        return (mixed ^ (mixed >> 31U)) % limit;  // limit is small: the skew is below 1e-12
    }

private:
    std::uint64_t state_;
};

Credits sampled_rate(const Sets& sets, std::size_t players, std::size_t permutations,
                     std::uint64_t seed) {
    Mixer chance(seed);
    Credits sums{std::vector<double>(players, 0.0), std::vector<double>(players, 0.0)};
    std::vector<std::uint32_t> order(players);
    std::iota(order.begin(), order.end(), 0U);
    std::vector<std::size_t> place(players);
    std::vector<Outcome> completed(players);  // the sets whose last channel comes at this place
    for (std::size_t turn = 0; turn < permutations; ++turn) {
        for (std::size_t i = players - 1; i > 0; --i)
            std::swap(order[i], order[chance.below(i + 1)]);
        for (std::size_t i = 0; i < players; ++i) place[order[i]] = i;
        std::fill(completed.begin(), completed.end(), Outcome{});
        for (std::uint32_t number = 0; number < sets.sets.size(); ++number) {
            std::size_t last = 0;
            for (const std::uint32_t channel : sets.sets.at(number))
                last = std::max(last, place[channel]);
            completed[last].conversions += sets.outcomes[number].conversions;
            completed[last].value += sets.outcomes[number].value;
            completed[last].nulls += sets.outcomes[number].nulls;
        }
        Outcome inside;
        double conversions_before = 0;
        double value_before = 0;
        for (std::size_t i = 0; i < players; ++i) {
            inside.conversions += completed[i].conversions;
            inside.value += completed[i].value;
            inside.nulls += completed[i].nulls;
            const double conversions = rate(inside.conversions, inside);
            const double value = rate(inside.value, inside);
            sums.conversions[order[i]] +=
                conversions - std::exchange(conversions_before, conversions);
            sums.value[order[i]] += value - std::exchange(value_before, value);
        }
    }
    for (auto* list : {&sums.conversions, &sums.value})
        for (double& sum : *list) sum /= static_cast<double>(permutations);
    return sums;
}

}  // namespace

Credits shapley_set(const Journeys& journeys) {
    const std::size_t channels = journeys.channels().size();
    Distinct distinct(channels);
    Credits credits{std::vector<double>(channels, 0.0), std::vector<double>(channels, 0.0)};
    for (std::size_t row = 0; row < journeys.size(); ++row) {
        const Outcome& outcome = journeys.outcome(row);
        if (is_worth_nothing(outcome)) continue;
        const auto& set = distinct.of(journeys.steps(row));
        const double share = 1.0 / static_cast<double>(set.size());
        for (const std::uint32_t channel : set) {
            credits.conversions[channel] += share * outcome.conversions;
            credits.value[channel] += share * outcome.value;
        }
    }
    return credits;
}

OrderedCredits shapley_ordered(const Journeys& journeys) {
    const std::size_t channels = journeys.channels().size();
    Distinct distinct(channels);
    OrderedCredits credits;
    credits.conversions.resize(channels);
    credits.value.resize(channels);
    for (std::size_t row = 0; row < journeys.size(); ++row) {
        const Outcome& outcome = journeys.outcome(row);
        if (is_worth_nothing(outcome)) continue;
        const auto steps = journeys.steps(row);
        const double share = 1.0 / static_cast<double>(distinct.of(steps).size());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            auto& conversions = credits.conversions[steps[i]];
            auto& value = credits.value[steps[i]];
            if (conversions.size() <= i) {
                conversions.resize(i + 1, 0.0);
                value.resize(i + 1, 0.0);
            }
            const double part = share / distinct.count(steps[i]);
            conversions[i] += part * outcome.conversions;
            value[i] += part * outcome.value;
        }
    }
    return credits;
}

std::vector<double> shapley_game(unsigned players, std::span<const double> worth) {
    // |S|! (n - |S| - 1)! / n! by the size of S
    std::vector<double> chance(players, 0.0);
    double orders = static_cast<double>(players);
    for (unsigned size = 0; size < players; ++size) {
        chance[size] = 1.0 / orders;
        orders = orders * (players - size - 1) / (size + 1);
    }
    std::vector<double> values(players, 0.0);
    for (std::size_t set = 0; set < (std::size_t{1} << players); ++set) {
        const auto size = static_cast<unsigned>(std::popcount(set));
        for (unsigned player = 0; player < players; ++player) {
            const std::size_t bit = std::size_t{1} << player;
            if ((set & bit) == 0) values[player] += chance[size] * (worth[set | bit] - worth[set]);
        }
    }
    return values;
}

RateGame shapley_rate(const Journeys& journeys, std::size_t permutations, std::uint64_t seed) {
    const std::size_t players = journeys.channels().size();
    if (players == 0) return {};
    const Sets sets(journeys);
    RateGame game;
    game.sampled = players > kMostExactPlayers;
    game.credits = game.sampled ? sampled_rate(sets, players, permutations, seed)
                                : exact_rate(sets, static_cast<unsigned>(players));
    // The worth of all channels is the rate over all journeys, so their number is the scale.
    const Outcome& none = journeys.untouched();
    const double all =
        journeys.total().conversions + journeys.total().nulls - none.conversions - none.nulls;
    for (auto* list : {&game.credits.conversions, &game.credits.value})
        for (double& credit : *list) credit *= all;
    return game;
}

}  // namespace duet::attribution
