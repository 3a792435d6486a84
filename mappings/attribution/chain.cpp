#include "mappings/attribution/chain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "mappings/attribution/sequences.h"

namespace duet::attribution {
namespace {

constexpr double kStillOnItsWay = 1e-14;  // of the result: what may be missing from it
// One pass over the moves serves so many channels: their numbers lie side by side, so that the
// compiler adds them together and each move is fetched once.
constexpr std::size_t kChannelsAtOnce = 8;
constexpr std::size_t kLanes = 2 * kChannelsAtOnce;  // conversion and value of each

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
    begins_.push_back(0);
    for (const std::uint32_t state : sorted) {
        const double leaving = count.leaving[state];
        for (std::size_t i = begins[state]; i < begins[state + 1]; ++i) {
            targets_.push_back(numbers[count.pairs.at(moves[i])[1]]);
            shares_.push_back(count.weight[moves[i]] / leaving);
        }
        begins_.push_back(targets_.size());
        starts_.push_back(count.start[state] / count.journeys);
        leaves_.push_back(
            {count.leaves[state].conversion / leaving, count.leaves[state].value / leaving});
        for (const std::uint32_t channel : count.states.at(state)) {
            if (states_of_.size() <= channel) states_of_.resize(channel + 1);
            auto& with = states_of_[channel];
            const auto number = static_cast<std::uint32_t>(starts_.size() - 1);
            if (with.empty() || with.back() != number) with.push_back(number);
        }
    }
}

void Chain::solve() {
    reached_.assign(states(), {});
    // What has not ended after so many sweeps bounds what a result still lacks: every result is
    // such a sum, from 0 upward, and a removed channel only makes walks end sooner.
    std::vector<double> going(states(), 1.0);
    double dearest = 0;  // value of a walk's end, at most
    for (std::size_t state = 0; state < states(); ++state) {
        double leaving = 1;
        for (std::size_t i = begins_[state]; i < begins_[state + 1]; ++i) leaving -= shares_[i];
        if (leaves_[state].value != 0 && leaving > 0)
            dearest = std::max(dearest, std::abs(leaves_[state].value) / leaving);
    }
    double left = 1;
    double enough = 0;
    while (left > enough) {
        ++sweeps_;
        ends_ = {};
        left = 0;
        for (std::size_t state = 0; state < states(); ++state) {
            Ends reached = leaves_[state];
            double still = 0;
            for (std::size_t i = begins_[state]; i < begins_[state + 1]; ++i) {
                reached.conversion += shares_[i] * reached_[targets_[i]].conversion;
                reached.value += shares_[i] * reached_[targets_[i]].value;
                still += shares_[i] * going[targets_[i]];
            }
            reached_[state] = reached;
            going[state] = still;
            ends_.conversion += starts_[state] * reached.conversion;
            ends_.value += starts_[state] * reached.value;
            left += starts_[state] * still;
        }
        enough = kStillOnItsWay * ends_.conversion;
        if (ends_.value != 0 && dearest > 0)
            enough = std::min(enough, kStillOnItsWay * std::abs(ends_.value) / dearest);
    }
}

void Chain::lose(std::span<const std::uint32_t> channels, std::span<Ends> losses) const {
    // What a state loses: all, when it contains the channel; else what those it leads to lose.
    std::vector<std::array<double, kLanes>> lost(states());
    std::vector<std::uint32_t> fixed(states(), 0);  // a bit for each lane that is known
    for (std::size_t c = 0; c < channels.size(); ++c) {
        for (const std::uint32_t state : states_of_[channels[c]]) {
            lost[state][2 * c] = reached_[state].conversion;
            lost[state][2 * c + 1] = reached_[state].value;
            fixed[state] |= 3U << (2 * c);
        }
    }
    for (int sweep = 0; sweep < sweeps_; ++sweep) {
        for (std::size_t state = 0; state < states(); ++state) {
            std::array<double, kLanes> sum{};
            for (std::size_t i = begins_[state]; i < begins_[state + 1]; ++i) {
                const double share = shares_[i];
                const double* from = lost[targets_[i]].data();
                for (std::size_t lane = 0; lane < kLanes; ++lane) sum[lane] += share * from[lane];
            }
            if (fixed[state] != 0) {
                for (std::size_t lane = 0; lane < kLanes; ++lane)
                    if ((fixed[state] >> lane & 1U) != 0) sum[lane] = lost[state][lane];
            }
            lost[state] = sum;
        }
    }
    for (std::size_t state = 0; state < states(); ++state) {
        for (std::size_t c = 0; c < channels.size(); ++c) {
            losses[c].conversion += starts_[state] * lost[state][2 * c];
            losses[c].value += starts_[state] * lost[state][2 * c + 1];
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
