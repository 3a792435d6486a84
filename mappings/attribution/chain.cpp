#include "mappings/attribution/chain.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mappings/attribution/sequences.h"

namespace duet::attribution {
namespace {

constexpr std::size_t kChannelsAtOnce = kLanes / 2;  // conversion and value of each

}  // namespace

/// Journeys counted by state and move, states numbered as they first came.
struct Chain::Count {
    Sequences states;
    Sequences pairs;             // (from, to)
    std::vector<double> weight;  // of each pair
    std::vector<double> start;   // of each state: journeys that begin there
    std::vector<double> leaving;
    std::vector<Ends> leaves;
    double journeys = 0;

    Count(const Journeys& journeys_seen, int order) {
        const auto run = static_cast<std::size_t>(order);
        for (std::size_t row = 0; row < journeys_seen.size(); ++row) {
            const Outcome& outcome = journeys_seen.outcome(row);
            const auto steps = journeys_seen.steps(row);
            const double number = outcome.conversions + outcome.nulls;
            if (steps.empty() || !(number > 0)) continue;
            journeys += number;
            const std::size_t length = std::min(run, steps.size());
            std::uint32_t at = state(steps.first(length));
            start[at] += number;
            for (std::size_t i = 1; i + length <= steps.size(); ++i) {
                const std::uint32_t to = state(steps.subspan(i, length));
                if (to != at) move(at, to, number);
                at = to;
            }
            leaving[at] += number;
            leaves[at].conversion += outcome.conversions;
            leaves[at].value += outcome.value;
        }
    }

private:
    std::uint32_t state(std::span<const std::uint32_t> run) {
        const std::uint32_t number = states.number_of(run);
        if (number == start.size()) {
            start.push_back(0);
            leaving.push_back(0);
            leaves.emplace_back();
        }
        return number;
    }

    void move(std::uint32_t from, std::uint32_t to, double number) {
        const std::array<std::uint32_t, 2> pair{from, to};
        const std::uint32_t known = pairs.number_of(pair);
        if (known == weight.size()) weight.push_back(0);
        weight[known] += number;
        leaving[from] += number;
    }
};

Chain::Chain(const Journeys& journeys, int order) {
    const Count count(journeys, order);
    order_states(count);
    states_of_.resize(journeys.channels().size());
    solve();
}

void Chain::order_states(const Count& count) {
    const std::size_t states = count.states.size();
    // Moves by the state they leave, in the numbers of `count`.
    std::vector<std::size_t> begins(states + 1, 0);
    for (std::uint32_t pair = 0; pair < count.pairs.size(); ++pair)
        ++begins[count.pairs.at(pair)[0] + 1];
    for (std::size_t state = 0; state < states; ++state) begins[state + 1] += begins[state];
    std::vector<std::uint32_t> moves(count.pairs.size());
    auto next = begins;
    for (std::uint32_t pair = 0; pair < count.pairs.size(); ++pair)
        moves[next[count.pairs.at(pair)[0]]++] = pair;
    // Depth first; a state is numbered once all that it leads to are, cycles aside.
    std::vector<std::uint32_t> numbers(states, 0);
    std::vector<std::uint32_t> sorted;
    std::vector<bool> met(states, false);
    std::vector<std::pair<std::uint32_t, std::size_t>> stack;
    for (std::uint32_t root = 0; root < states; ++root) {
        if (met[root]) continue;
        met[root] = true;
        stack.emplace_back(root, begins[root]);
        while (!stack.empty()) {
            auto& [state, move] = stack.back();
            if (move == begins[state + 1]) {
                numbers[state] = static_cast<std::uint32_t>(sorted.size());
                sorted.push_back(state);
                stack.pop_back();
                continue;
            }
            const std::uint32_t target = count.pairs.at(moves[move++])[1];
            if (met[target]) continue;
            met[target] = true;
            stack.emplace_back(target, begins[target]);
        }
    }
    for (const std::uint32_t state : sorted) {
        const double leaving = count.leaving[state];
        for (std::size_t i = begins[state]; i < begins[state + 1]; ++i) {
            moves_.targets.push_back(numbers[count.pairs.at(moves[i])[1]]);
            moves_.shares.push_back(count.weight[moves[i]] / leaving);
        }
        const auto number = static_cast<std::uint32_t>(moves_.states());
        moves_.begins.push_back(moves_.targets.size());
        moves_.starts.push_back(count.start[state] / count.journeys);
        // What was seen to leave a state is what came to it: no equation need be solved for this.
        moves_.visits.push_back(leaving / count.journeys);
        leaves_.push_back(
            {count.leaves[state].conversion / leaving, count.leaves[state].value / leaving});
        for (const std::uint32_t channel : count.states.at(state)) {
            if (states_of_.size() <= channel) states_of_.resize(channel + 1);
            auto& with = states_of_[channel];
            if (with.empty() || with.back() != number) with.push_back(number);
        }
    }
}

void Chain::solve() {
    Questions questions{std::vector<Lanes>(states()), std::vector<Lanes>(states()),
                        std::vector<std::uint32_t>(states(), 0)};
    for (std::size_t state = 0; state < states(); ++state) {
        questions.gain[state][0] = leaves_[state].conversion;
        questions.gain[state][1] = leaves_[state].value;
    }
    for (const Lanes& lanes : relax(moves_, questions)) {
        const double start = moves_.starts[reached_.size()];
        reached_.push_back({lanes[0], lanes[1]});
        ends_.conversion += start * lanes[0];
        ends_.value += start * lanes[1];
    }
}

void Chain::lose(std::span<const std::uint32_t> channels, std::span<Ends> losses) const {
    // What a state loses: all, when it contains the channel; else what those it leads to lose.
    Questions questions{{}, std::vector<Lanes>(states()), std::vector<std::uint32_t>(states(), 0)};
    for (std::size_t c = 0; c < channels.size(); ++c) {
        for (const std::uint32_t state : states_of_[channels[c]]) {
            questions.known[state][2 * c] = reached_[state].conversion;
            questions.known[state][2 * c + 1] = reached_[state].value;
            questions.fixed[state] |= 3U << (2 * c);
        }
    }
    const auto lost = relax(moves_, questions);
    for (std::size_t state = 0; state < states(); ++state) {
        for (std::size_t c = 0; c < channels.size(); ++c) {
            losses[c].conversion += moves_.starts[state] * lost[state][2 * c];
            losses[c].value += moves_.starts[state] * lost[state][2 * c + 1];
        }
    }
}

std::vector<Chain::Ends> Chain::losses(std::span<const std::uint32_t> channels) const {
    std::vector<Ends> losses(channels.size());
    for (std::size_t first = 0; first < channels.size(); first += kChannelsAtOnce) {
        const std::size_t count = std::min(kChannelsAtOnce, channels.size() - first);
        lose(channels.subspan(first, count), std::span(losses).subspan(first, count));
    }
    return losses;
}

}  // namespace duet::attribution
