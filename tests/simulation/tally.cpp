#include "tests/simulation/tally.h"

#include <algorithm>
#include <istream>
#include <limits>
#include <ostream>

#include <fmt/format.h>

namespace duet::simulation {

void Tally::add(std::uint64_t seed, const Played& played) {
    Tally one;
    one.seeds = 1;
    one.cycles = played.cycles;
    one.events = played.events;
    one.faults = played.faults;
    one.writes = played.writes;
    one.people = played.people;
    one.blurred = played.blurred;
    one.simulated_seconds = played.simulated_seconds;
    one.lines = played.lines;
    one.doubts = played.doubts;
    one.latest_crash = played.latest_crash;
    one.pairs = played.pairs;
    if (!played.failures.empty()) {
        one.failed = 1;
        one.first_failed = seed;
        one.first_kind = played.failures.front().kind;
    }
    add(one);
}

void Tally::add(const Tally& other) {
    seeds += other.seeds;
    failed += other.failed;
    cycles += other.cycles;
    events += other.events;
    faults += other.faults;
    writes += other.writes;
    people += other.people;
    blurred += other.blurred;
    simulated_seconds += other.simulated_seconds;
    lines += other.lines;
    doubts += other.doubts;
    latest_crash = std::max(latest_crash, other.latest_crash);
    for (std::size_t event = 0; event < kEvents; ++event) {
        for (std::size_t fault = 0; fault < kFaults; ++fault)
            pairs[event][fault] += other.pairs[event][fault];
    }
    const bool is_first =
        other.first_failed != 0 && (first_failed == 0 || other.first_failed < first_failed);
    if (!is_first) return;
    first_failed = other.first_failed;
    first_kind = other.first_kind;
}

std::uint32_t Tally::rarest_pair() const {
    std::uint32_t rarest = std::numeric_limits<std::uint32_t>::max();
    for (const auto& faults_of : pairs)
        rarest = std::min(rarest, *std::min_element(faults_of.begin(), faults_of.end()));
    return rarest;
}

void write(std::ostream& out, const Tally& tally) {
    out << tally.seeds << ' ' << tally.failed << ' ' << tally.first_failed << ' '
        << (tally.first_kind.empty() ? "-" : tally.first_kind) << ' ' << tally.cycles << ' '
        << tally.events << ' ' << tally.faults << ' ' << tally.writes << ' ' << tally.people << ' '
        << tally.blurred << ' ' << tally.simulated_seconds << ' ' << tally.lines << ' '
        << tally.doubts << ' ' << tally.latest_crash;
    for (const auto& faults_of : tally.pairs) {
        for (const std::uint32_t count : faults_of) out << ' ' << count;
    }
    out << '\n';
}

bool read(std::istream& in, Tally& tally) {
    in >> tally.seeds >> tally.failed >> tally.first_failed >> tally.first_kind >> tally.cycles >>
        tally.events >> tally.faults >> tally.writes >> tally.people >> tally.blurred >>
        tally.simulated_seconds >> tally.lines >> tally.doubts >> tally.latest_crash;
    for (auto& faults_of : tally.pairs) {
        for (std::uint32_t& count : faults_of) in >> count;
    }
    return static_cast<bool>(in);
}

void print_pairs(std::ostream& out, const Pairs& pairs) {
    for (std::size_t fault = 0; fault < kFaults; ++fault)
        out << fmt::format("{:>18}{}\n", to_string(static_cast<Kind>(kEvents + fault)),
                           std::string(fault, ' ') + " " + static_cast<char>('a' + fault));
    out << fmt::format("{:18}", "");
    for (std::size_t fault = 0; fault < kFaults; ++fault)
        out << fmt::format("{:>7}", static_cast<char>('a' + fault));
    out << '\n';
    for (std::size_t event = 0; event < kEvents; ++event) {
        out << fmt::format("{:18}", to_string(static_cast<Kind>(event)));
        for (const std::uint32_t count : pairs[event]) out << fmt::format("{:>7}", count);
        out << '\n';
    }
}

}  // namespace duet::simulation
