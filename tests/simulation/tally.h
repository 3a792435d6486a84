#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "tests/simulation/player.h"

namespace duet::simulation {

/// The sums of many worlds. Goes through a pipe as text.
struct Tally {
    std::uint64_t seeds = 0;
    std::uint64_t failed = 0;
    std::uint64_t first_failed = 0;  // the lowest seed that failed; 0: none
    std::string first_kind;
    std::uint64_t cycles = 0;
    std::uint64_t events = 0;
    std::uint64_t faults = 0;
    std::uint64_t writes = 0;
    std::uint64_t people = 0;
    std::uint64_t blurred = 0;
    std::int64_t simulated_seconds = 0;
    std::uint64_t lines = 0;
    std::uint64_t doubts = 0;
    std::int64_t latest_crash = 0;
    Pairs pairs{};

    void add(std::uint64_t seed, const Played& played);
    void add(const Tally& other);
    [[nodiscard]] std::uint32_t rarest_pair() const;
};

void write(std::ostream& out, const Tally& tally);
/// False: it is not whole.
[[nodiscard]] bool read(std::istream& in, Tally& tally);

/// Event by fault, how often both met.
void print_pairs(std::ostream& out, const Pairs& pairs);

}  // namespace duet::simulation
