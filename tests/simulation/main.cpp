// Runs seeded worlds: see README.md.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/simulation/shrink.h"
#include "tests/simulation/tally.h"

namespace duet::simulation {
namespace {

struct Options {
    std::uint64_t first = 1;
    std::uint64_t last = 100;
    unsigned jobs = 1;
    std::uint64_t seed = 0;            // replay this one
    std::uint32_t least_pairs = 0;     // each pair of event and fault must occur so often
    std::uint64_t least_days = 0;      // that are simulated in all
    std::uint64_t least_speed = 0;     // simulated seconds for each second of processor time
    std::uint64_t most_blurred = 100;  // percent of the people that are judged by consent only
    std::uint64_t least_crash = 0;     // durable steps that the latest crash comes after
    bool stops_early = false;          // at the first failure
};

constexpr const char* kUsage =
    "usage: duet_simulation [--seeds A..B] [--jobs N] [--stop-early]\n"
    "                       [--least-pairs N] [--least-days N] [--least-speed TIMES]\n"
    "                       [--most-blurred PERCENT] [--least-crash STEPS]\n"
    "       duet_simulation --seed N      replay one with its log; when it fails, shorten it\n";

bool parse_number(std::string_view text, std::uint64_t& number) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

bool parse(int count, char** arguments, Options& options) {
    for (int i = 1; i < count; ++i) {
        const std::string_view name = arguments[i];
        if (name == "--stop-early") {
            options.stops_early = true;
            continue;
        }
        if (i + 1 == count) return false;
        const std::string_view value = arguments[++i];
        std::uint64_t number = 0;
        const auto dots = value.find("..");
        if (name == "--seeds" && dots != std::string_view::npos) {
            if (!parse_number(value.substr(0, dots), options.first) ||
                !parse_number(value.substr(dots + 2), options.last))
                return false;
        } else if (!parse_number(value, number)) {
            return false;
        } else if (name == "--seed") {
            options.seed = number;
        } else if (name == "--jobs") {
            options.jobs = static_cast<unsigned>(std::clamp<std::uint64_t>(number, 1, 64));
        } else if (name == "--least-pairs") {
            options.least_pairs = static_cast<std::uint32_t>(number);
        } else if (name == "--least-days") {
            options.least_days = number;
        } else if (name == "--least-speed") {
            options.least_speed = number;
        } else if (name == "--most-blurred") {
            options.most_blurred = number;
        } else if (name == "--least-crash") {
            options.least_crash = number;
        } else {
            return false;
        }
    }
    return options.first <= options.last;
}

void tell(std::uint64_t seed, const Played& played) {
    for (const Failure& failure : played.failures)
        std::cout << fmt::format("seed {} step {}: {}: {}\n", seed, played.failed_at, failure.kind,
                                 failure.what);
    std::cout.flush();
}

/// Every `jobs`-th seed, from `first` + `number` on.
Tally run_share(const Options& options, unsigned number) {
    Tally tally;
    for (std::uint64_t seed = options.first + number; seed <= options.last; seed += options.jobs) {
        const Played played = play_seed(seed);
        tally.add(seed, played);
        if (played.failures.empty()) continue;
        if (tally.failed <= 10) tell(seed, played);
        if (options.stops_early) break;
    }
    return tally;
}

/// A process a share: a world that brings its process down is seen as a share that is not whole.
bool run_shares(const Options& options, Tally& sum) {
    std::vector<std::pair<pid_t, std::string>> children;
    bool is_whole = true;
    for (unsigned i = 0; i < options.jobs; ++i) {
        std::string path = "/tmp/duet-simulation-XXXXXX";
        const int file = ::mkstemp(path.data());
        if (file < 0) return false;
        ::close(file);
        const pid_t child = ::fork();
        if (child == 0) {
            std::ofstream out(path);
            write(out, run_share(options, i));
            out.close();
            ::_exit(0);
        }
        children.emplace_back(child, path);
    }
    for (const auto& [child, path] : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        Tally share;
        std::ifstream in(path);
        is_whole = is_whole && status == 0 && read(in, share);
        sum.add(share);
        ::unlink(path.c_str());
    }
    return is_whole;
}

/// Seconds of processor time of the processes that ended.
double processor_seconds() {
    struct rusage used {};
    ::getrusage(RUSAGE_CHILDREN, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Percent of the people.
double blurred_share(const Tally& sum) {
    return 100.0 * static_cast<double>(sum.blurred) /
           static_cast<double>(std::max<std::uint64_t>(1, sum.people));
}

/// Whether the run was as wide, as long and as fast as it was told to be; says what it was not.
bool is_enough(const Options& options, const Tally& sum, double core_seconds) {
    const auto seconds = static_cast<double>(sum.simulated_seconds);
    const bool is_wide = sum.rarest_pair() >= options.least_pairs;
    const bool is_long = seconds >= static_cast<double>(options.least_days) * 86400;
    const bool is_fast = seconds >= static_cast<double>(options.least_speed) * core_seconds;
    const bool is_judged = blurred_share(sum) <= static_cast<double>(options.most_blurred);
    const bool dies_late = sum.latest_crash >= static_cast<std::int64_t>(options.least_crash);
    if (!is_judged) std::cout << "Too many people were judged by consent only.\n";
    if (!dies_late) std::cout << "No crash came late enough.\n";
    if (!is_wide) std::cout << "Some pair occurred too rarely.\n";
    if (!is_long) std::cout << "Too few days were simulated.\n";
    if (!is_fast) std::cout << "It was too slow.\n";
    return is_wide && is_long && is_fast && is_judged && dies_late;
}

int run_many(const Options& options) {
    const auto began = std::chrono::steady_clock::now();
    Tally sum;
    const bool is_whole = run_shares(options, sum);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::ostringstream pairs;
    print_pairs(pairs, sum.pairs);
    std::cout << pairs.str();
    const double core_seconds = processor_seconds();
    std::cout << fmt::format(
        "{} seeds, {} failed; {} people ({:.1f} % of them judged by consent only), {} doubts "
        "foreseen, {} events, {} "
        "faults met, {} cycles, {} writes, {} lines of log; the latest crash came after {} durable "
        "steps\n"
        "{:.1f} days simulated in {:.1f} s by {} processes, {:.1f} s of processor time: {:.0f} "
        "times "
        "real time a core, {:.1f} ms a seed; the rarest pair of event and fault occurred {} "
        "times\n",
        sum.seeds, sum.failed, sum.people, blurred_share(sum), sum.doubts, sum.events, sum.faults,
        sum.cycles, sum.writes, sum.lines, sum.latest_crash,
        static_cast<double>(sum.simulated_seconds) / 86400, took.count(), options.jobs,
        core_seconds, static_cast<double>(sum.simulated_seconds) / core_seconds,
        1000 * core_seconds / static_cast<double>(std::max<std::uint64_t>(1, sum.seeds)),
        sum.rarest_pair());
    if (!is_whole) std::cout << "A process ended before its share was done.\n";
    if (sum.failed != 0)
        std::cout << fmt::format("The first that failed: --seed {} ({})\n", sum.first_failed,
                                 sum.first_kind);
    const bool is_good = is_enough(options, sum, core_seconds);
    return is_whole && sum.failed == 0 && is_good ? 0 : 1;
}

int replay(std::uint64_t seed) {
    Played played = play_seed(seed, true);
    Script script = script_of(seed);
    if (!played.failures.empty()) {
        const std::string kind = played.failures.front().kind;
        tell(seed, played);
        script.steps.resize(std::min(script.steps.size(), played.failed_at + 1));
        script = shrink(std::move(script), [&](const Script& shorter) {
            const Played again = play(shorter);
            return !again.failures.empty() && again.failures.front().kind == kind;
        });
        PlayOptions options;
        options.keeps_log = true;
        played = play(script, options);
        std::cout << fmt::format("shortened to {} people, {} steps, of them {} events\n",
                                 script.people, script.steps.size(), count_events(script));
    }
    for (const std::string& line : played.log) std::cout << line << '\n';
    tell(seed, played);
    return played.failures.empty() ? 0 : 1;
}

}  // namespace
}  // namespace duet::simulation

int main(int count, char** arguments) {
    duet::simulation::Options options;
    if (!duet::simulation::parse(count, arguments, options)) {
        std::cerr << duet::simulation::kUsage;
        return 2;
    }
    return options.seed != 0 ? duet::simulation::replay(options.seed)
                             : duet::simulation::run_many(options);
}
