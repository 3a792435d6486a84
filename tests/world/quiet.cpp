#include "tests/world/quiet.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/world/good.h"
#include "tests/world/world.h"

namespace duet::world {
namespace {

constexpr int kMaxQuietCycles = 120;

/// What tells whether a cycle had anything to do.
struct Work {
    bool is_quiet;
    std::string words;
};

Work work_of(const sync::CycleReport& report, std::size_t doubts) {
    const store::CycleRow& counts = report.counts;
    const bool ready = report.observed.crm.ready && report.observed.marketing.ready;
    return {ready && report.sent.done == 0 && report.still_dirty == 0 && doubts == 0 &&
                counts.pulled == counts.repeats + counts.unchanged + counts.filtered,
            fmt::format("sent {} later {} refused {} dirty {} in doubt {} pulled {} repeats {} "
                        "ready {}",
                        report.sent.done, report.sent.later, report.sent.refused,
                        report.still_dirty, doubts, counts.pulled, counts.repeats, ready)};
}

}  // namespace

std::optional<sync::CycleReport> run_one_cycle(const CycleSetting& setting) {
    try {
        sync::Cycle cycle(setting.org, "test");
        auto report = cycle.run({});
        if (!report) {
            ADD_FAILURE() << report.error().code << ": " << report.error().message;
            return std::nullopt;
        }
        for (const Side side : kSides) {
            if (report->observed[side].error)
                setting.errors += report->observed[side].error->message + "\n";
        }
        if (setting.checks_balance) {
            EXPECT_EQ(imbalance(report->counts), "");
        }
        setting.clock.pass(std::chrono::seconds{90});
        return *std::move(report);
    } catch (const Crash&) {
        setting.clock.pass(std::chrono::seconds{5});
        setting.restart();
        return std::nullopt;
    }
}

void run_cycles_until_quiet(const std::function<std::optional<sync::CycleReport>()>& cycle,
                            const std::function<store::Store&()>& store, const std::string& org,
                            WorldClock& clock, const std::string& errors) {
    bool tried_again = false;
    int quiet = 0;
    std::string last;
    for (int i = 0; i < kMaxQuietCycles; ++i) {
        const auto report = cycle();
        if (!report) continue;
        const Work work = work_of(*report, good(store().in_flight(org)).size());
        last = work.words;
        quiet = work.is_quiet ? quiet + 1 : 0;
        // Twice: what one cycle did not see yet, because reads lag, the next one does.
        if (quiet < 2) continue;
        if (tried_again || good(store().quarantine(org, 1)).empty()) return;
        tried_again = true;
        quiet = 0;
        clock.pass(std::chrono::hours{25});
    }
    ADD_FAILURE() << "it never becomes quiet: " << last << "\n" << errors;
}

}  // namespace duet::world
