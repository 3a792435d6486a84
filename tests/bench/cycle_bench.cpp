// The cycle alone, on the real store in a file with synchronous=FULL, against two vendors that
// answer at once: what Duet itself costs. Prints a table; with --check it ends with 1 when a figure
// is outside the limits below.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/sync/cycle.h"
#include "mappings/document/load.h"
#include "tests/bench/bench_help.h"
#include "tests/bench/generated_side.h"
#include "tests/world/acme.h"
#include "tests/world/world.h"

namespace duet::bench {
namespace {

constexpr const char* kOrg = "acme";
constexpr std::size_t kChanged = 10'000;

// What is wanted, whatever the size. Rates and growth are of processor time, which a busy machine
// changes least.
constexpr double kQuietSecondsMax = 1;     // a cycle in which nothing changed, on the clock
constexpr double kChangedRateMin = 5'000;  // people a second, planned and settled
constexpr double kPeakMegabytesMax = 300;  // of the first load
constexpr double kGrowthMax = 1.2;         // of a person's cost, from the least size to the most

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double computed() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

struct Figure {
    double clock = 0;  // seconds
    double cpu = 0;    // seconds
    double peak = 0;   // megabytes
    std::size_t decided = 0;
    sync::CycleReport report;
};

/// One org of `people` people on both sides, in a folder of its own.
class Bench {
public:
    explicit Bench(std::size_t people) : catalogs_(world::acme_catalogs()) {
        std::string path = (std::filesystem::temp_directory_path() / "duet-bench-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) give_up("no temporary folder");
        folder_ = path;
        auto loaded = document::load(world::acme_documents(), {"salesforce", "pardot"}, &catalogs_);
        auto* documents = std::get_if<document::Documents>(&loaded);
        if (documents == nullptr) give_up("the documents do not load");
        documents_ = std::move(*documents);
        model_ = std::make_unique<sync::Model>(documents_, catalogs_);
        for (const Side side : kSides)
            sides_[side] = std::make_unique<GeneratedSide>(side, catalogs_[side], people, clock_);
        store_ = good(store::open_sqlite((folder_ / "state.db").string()));
        good(store_->open_org(kOrg));
        org_ = std::make_unique<sync::Org>(sync::Org{kOrg,
                                                     {},
                                                     *model_,
                                                     {sides_.crm.get(), sides_.marketing.get()},
                                                     *store_,
                                                     clock_,
                                                     random_,
                                                     {}});
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    ~Bench() {
        org_.reset();
        store_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    Figure run() {
        Figure figure;
        peak_megabytes();
        const double cpu = computed();
        const auto began = std::chrono::steady_clock::now();
        sync::Cycle cycle(*org_, "bench");
        figure.report = good(cycle.run({}, [&](const sync::EntityPlan&) { ++figure.decided; }));
        figure.clock =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        figure.cpu = computed() - cpu;
        figure.peak = peak_megabytes();
        clock_.pass(std::chrono::minutes{5});
        return figure;
    }
    void set_mode(store::Mode mode) { good(store_->set_mode(kOrg, mode)); }
    void next_day() { clock_.pass(std::chrono::hours{24}); }
    GeneratedSide& crm() { return *sides_.crm; }
    GeneratedSide& marketing() { return *sides_.marketing; }
    [[nodiscard]] double store_bytes() const {
        double bytes = 0;
        for (const auto& file : std::filesystem::directory_iterator(folder_)) {
            if (file.path().extension() == ".db") bytes += static_cast<double>(file.file_size());
        }
        return bytes;
    }

private:
    std::filesystem::path folder_;
    world::WorldClock clock_;
    world::SeededRandom random_{1};
    PerSide<Catalog> catalogs_;
    document::Documents documents_;
    std::unique_ptr<sync::Model> model_;
    PerSide<std::unique_ptr<GeneratedSide>> sides_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<sync::Org> org_;
};

void print(std::size_t people, const char* phase, const Figure& figure, const std::string& more) {
    fmt::print("| {} | {} | {:.2f} | {:.2f} | {:.0f} | {} |\n", people, phase, figure.clock,
               figure.cpu, figure.peak, more);
    std::fflush(stdout);
}

/// What is outside the limits, a sentence each.
using Misses = std::vector<std::string>;

void check_quiet(Misses& misses, std::size_t people, const char* phase, const Figure& figure) {
    if (figure.clock >= kQuietSecondsMax)
        misses.push_back(fmt::format("{}: {} took {:.2f} s", people, phase, figure.clock));
    if (figure.decided > 0)
        misses.push_back(fmt::format("{}: {} decided {}", people, phase, figure.decided));
}

/// Seconds of processor time that the whole of it took, for the growth.
double measure(std::size_t people, Misses& misses) {
    Bench bench(people);
    const auto count = static_cast<double>(people);

    const Figure load = bench.run();
    const double rows = static_cast<double>(load.report.counts.pulled);
    print(people, "first load", load, fmt::format("{:.0f} rows/s", rows / load.clock));
    if (load.peak > kPeakMegabytesMax)
        misses.push_back(fmt::format("{}: the first load took {:.0f} MB", people, load.peak));

    bench.set_mode(store::Mode::Apply);
    const Figure first = bench.run();
    print(people, "first decision", first,
          fmt::format("{} decided, {:.0f} a second, {} writes", first.decided,
                      static_cast<double>(first.decided) / first.clock, first.report.sent.done));
    fmt::print("| {} | state file | | | | {:.0f} bytes a person |\n", people,
               bench.store_bytes() / count);

    const Figure quiet = bench.run();
    print(people, "nothing changed", quiet,
          fmt::format("{:.4f} s, {} decided", quiet.clock, quiet.decided));
    check_quiet(misses, people, "nothing changed", quiet);
    bench.next_day();
    const Figure day = bench.run();
    print(people, "a day later, nothing due", day,
          fmt::format("{:.4f} s, {} decided", day.clock, day.decided));
    check_quiet(misses, people, "a day later, nothing due", day);

    const std::size_t changed = std::min(kChanged, people);
    for (std::size_t i = 0; i < changed; ++i)
        bench.crm().edit_phone(i * (people / changed), text(fmt::format("+1 556 {:07}", i)));
    const Figure edits = bench.run();
    if (bench.marketing().writes() != changed) give_up("not every edit reached the other side");
    const double rate = static_cast<double>(changed) / edits.cpu;
    print(people, "people changed", edits,
          fmt::format("{} planned and settled, {:.0f} a second, {:.0f} a second computed", changed,
                      static_cast<double>(changed) / edits.clock, rate));
    if (rate < kChangedRateMin)
        misses.push_back(fmt::format("{}: {:.0f} changed people a second", people, rate));
    return load.cpu + first.cpu;
}

}  // namespace
}  // namespace duet::bench

int main(int argc, char** argv) {
    std::vector<std::size_t> sizes;
    bool checks = false;
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--check") {
            checks = true;
            continue;
        }
        const long people = std::atol(argv[i]);
        if (people < 1) {
            std::cerr << "usage: duet_cycle_bench [--check] [people...]   (default: 10000 100000; "
                         "10000 1000000 with --check)\n";
            return 64;
        }
        sizes.push_back(static_cast<std::size_t>(people));
    }
    if (sizes.empty()) sizes = {10'000, checks ? std::size_t{1'000'000} : std::size_t{100'000}};
    fmt::print("| people | phase | seconds | computed | peak MB | |\n|---|---|---|---|---|---|\n");
    std::map<std::size_t, double> costs;
    duet::bench::Misses misses;
    for (const std::size_t people : sizes) costs[people] = duet::bench::measure(people, misses);
    const auto& [least, least_cost] = *costs.begin();
    const auto& [most, most_cost] = *costs.rbegin();
    const double growth =
        (most_cost / static_cast<double>(most)) / (least_cost / static_cast<double>(least));
    fmt::print(
        "\nA person costs {:.2f} times as much at {} as at {} (processor time of loading "
        "and deciding).\n",
        growth, most, least);
    if (growth > duet::bench::kGrowthMax)
        misses.push_back(fmt::format("a person costs {:.2f} times as much at {}", growth, most));
    if (!checks) return 0;
    for (const std::string& miss : misses) fmt::print("outside the limits: {}\n", miss);
    if (misses.empty()) fmt::print("All figures are within the limits.\n");
    return misses.empty() ? 0 : 1;
}
