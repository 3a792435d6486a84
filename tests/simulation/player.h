#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/ledger.h"
#include "tests/simulation/script.h"
#include "tests/simulation/world.h"

namespace duet::simulation {

/// How often each fault was met by a cycle that had each event to handle.
using Pairs = std::array<std::array<std::uint32_t, kFaults>, kEvents>;

/// What became of one script.
struct Played {
    std::vector<Failure> failures;  // of the first step that had any
    std::size_t failed_at = 0;      // number of that step; steps.size(): the last rest
    std::vector<std::string> log;   // when asked for
    Pairs pairs{};
    std::uint64_t cycles = 0;
    std::uint64_t events = 0;  // that found somebody to happen to
    std::uint64_t faults = 0;  // that were met
    std::uint64_t writes = 0;
    std::uint64_t people = 0;
    std::uint64_t blurred = 0;
    std::vector<std::uint16_t> calls;  // to both vendors, of each cycle
    std::vector<std::int64_t> steps;   // durable ones of each cycle
    std::int64_t latest_crash = 0;     // the most durable steps that a cycle did before it crashed
    std::uint64_t lines = 0;           // of log
    std::uint64_t doubts = 0;          // foreseen entries of the review queue
    std::int64_t simulated_seconds = 0;
};

struct PlayOptions {
    bool keeps_log = false;
    bool store_kept_open = false;  // by crashes and restarts too
    MakeVendors vendors{};         // empty: two in memory
    /// A process that dies leaves no trace of what it had sent, as if it had never noted that.
    bool forgets_in_flight = false;
    /// After each cycle, also one that crashed; may be empty.
    std::function<void(SimulatedOrg&)> after_cycle{};
    /// Before each call of a vendor, and before what people do then; may be empty.
    std::function<void(SimulatedOrg&, Side)> before_call{};
    /// When a vendor executes a write; may be empty.
    std::function<void()> on_write{};
};

/// Plays the script with the real cycle and the real store against two vendors in memory, in one
/// thread, up to the first failure. The same script gives the same outcome, line for line.
[[nodiscard]] Played play(const Script& script, const PlayOptions& options = {});

/// The script of the seed.
[[nodiscard]] Played play_seed(std::uint64_t seed, bool keeps_log = false);

}  // namespace duet::simulation
