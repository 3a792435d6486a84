// How long attribution takes over a million journeys, and how much memory. One thread.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "mappings/attribution/counterfactual.h"
#include "mappings/attribution/markov.h"
#include "mappings/attribution/path_rules.h"
#include "mappings/attribution/shapley.h"

namespace duet::attribution {
namespace {

/// Always the same numbers; SplitMix64, by Vigna's public-domain reference.
class Numbers {
public:
    std::uint64_t below(std::uint64_t limit) {
        std::uint64_t mixed = (state_ += 0x9E3779B97F4A7C15U);
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
        return (mixed ^ (mixed >> 31U)) % limit;
    }

private:
    std::uint64_t state_ = 1;
};

/// Journeys of 1 to 19 touches, 10 on average; a tenth converts. Low channels are common, and a
/// channel is often followed by itself or its neighbour.
Journeys make_journeys(std::size_t count, std::uint32_t channels) {
    Numbers numbers;
    Journeys journeys;
    for (std::uint32_t i = 0; i < channels; ++i) journeys.channel(fmt::format("channel {}", i));
    std::vector<std::uint32_t> steps;
    for (std::size_t i = 0; i < count; ++i) {
        steps.resize(1 + numbers.below(19));
        std::uint32_t last = 0;
        for (std::uint32_t& step : steps) {
            const std::uint64_t turn = numbers.below(4);
            if (turn == 1) last = (last + 1) % channels;
            if (turn > 1)
                last = static_cast<std::uint32_t>(numbers.below(1 + numbers.below(channels)));
            step = last;
        }
        const bool converted = numbers.below(10) == 0;
        journeys.add(steps, converted ? Outcome{1, static_cast<double>(numbers.below(1'000)), 0}
                                      : Outcome{0, 0, 1});
    }
    return journeys;
}

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1'024;
}

void phase(const std::string& name, const std::function<std::string()>& work) {
    const double before = processor_seconds();
    const std::string told = work();
    fmt::print("| {} | {:.2f} | {} | {} |\n", name, processor_seconds() - before, peak_megabytes(),
               told);
    std::fflush(stdout);
}

std::string first_credit(const Credits& credits) {
    return fmt::format("first channel {:.6f}", credits.conversions.front());
}

void journeys_of(std::size_t count, std::uint32_t channels) {
    Journeys journeys;
    phase(fmt::format("{} journeys of {} channels made", count, channels), [&] {
        journeys = make_journeys(count, channels);
        return fmt::format("{} touches", journeys.touches());
    });
    phase("first, last, linear, u, decay7", [&] {
        Credits last;
        for (const ModelKind& kind : {ModelKind{First{}}, ModelKind{Last{}}, ModelKind{Linear{}},
                                      ModelKind{PositionBased{}}, ModelKind{Decay{7}}}) {
            last = *credit_by_rule(journeys, kind);
        }
        return first_credit(last);
    });
    phase("shapley, shapley-ordered", [&] {
        (void)shapley_ordered(journeys);
        return first_credit(shapley_set(journeys));
    });
    for (int order = 1; order <= 3; ++order) {
        phase(fmt::format("markov:{}", order), [&] {
            const MarkovResult result = markov(journeys, order);
            return fmt::format("{} states, {}", result.states, first_credit(result.credits));
        });
    }
    phase("shapley-rate, exact to 20 channels", [&] {
        const RateGame game = shapley_rate(journeys, 100, 1);
        return fmt::format("{}, {}", game.sampled ? "100 orders sampled" : "exact",
                           first_credit(game.credits));
    });
    phase("counterfactual:exposure",
          [&] { return first_credit(Fractions(journeys, Transform::Exposure).credits()); });
}

void games() {
    for (const unsigned players : {12U, 20U}) {
        std::vector<double> worth(std::size_t{1} << players);
        Numbers numbers;
        for (double& one : worth) one = static_cast<double>(numbers.below(1'000));
        phase(fmt::format("any game of {} channels, exact", players), [&] {
            return fmt::format("first channel {:.6f}", shapley_game(players, worth).front());
        });
    }
}

/// A circle that is gone round 20,000 times, among 1,000 other channels.
void circles() {
    Journeys journeys = make_journeys(20'000, 1'000);
    std::vector<std::uint32_t> steps;
    for (std::uint32_t i = 0; i < 140'000; ++i) steps.push_back(i % 7);
    journeys.add(steps, {1, 1, 0});
    phase("markov:1 with a circle of 7, 20,000 times",
          [&] { return first_credit(markov(journeys, 1).credits); });
}

}  // namespace
}  // namespace duet::attribution

int main(int argc, char** argv) {
    const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
    fmt::print("| phase | computed, s | peak MB | |\n| --- | --- | --- | --- |\n");
    duet::attribution::journeys_of(count, 12);
    duet::attribution::games();
    duet::attribution::circles();
    if (argc > 2) {
        duet::attribution::journeys_of(
            count, static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)));
    }
    return 0;
}
