// Over twelve canonical scenarios of a whole cycle, the n-th call on a socket fails, with and
// without TLS: in the end both sides are as if nothing had failed. A few n spread over each
// scenario; every one with DUET_WIRE_LONG set, and then as many are tried as a run without a fault
// counts.
#include <cstdlib>
#include <set>

#include <gtest/gtest.h>

#include "tests/wire/scenarios.h"
#include "tests/wire/socket_faults.h"
#include "tests/wire/wire_bench.h"

namespace duet::wire {
namespace {

constexpr int kTriedInShort = 3;

bool is_long() { return std::getenv("DUET_WIRE_LONG") != nullptr; }

using Parameter = std::tuple<Road, std::size_t>;

class EverySocketCallOfAScenario : public testing::TestWithParam<Parameter> {
protected:
    EverySocketCallOfAScenario() {
        sockets::watch(bench.port());
        bench.world().add_list("Buyers");
        bench.world().run_until_quiet();
    }

    /// One run with call `n` broken, 0 for none; how many calls it made in all.
    int run(int n) {
        const Scenario& scenario = scenarios()[std::get<std::size_t>(GetParam())];
        world::VendorWorld& world = bench.world();
        const std::string tag = "r" + std::to_string(100 + ++runs) + ".";
        scenario.before(world, tag);
        world.run_until_quiet();
        world.clock.pass(std::chrono::minutes{30});  // no page repeats what an earlier run did
        scenario.act(world, tag);
        bench.renews_quota();
        sockets::breaks(0);
        sockets::ends_all();
        sockets::breaks(n);
        world.run_until_quiet();
        const int made = sockets::calls();
        broke = sockets::broke();
        sockets::breaks(0);
        scenario.expect(world, tag);
        EXPECT_EQ(world.planned_writes(), 0u);
        return made;
    }

    /// Which calls of `counted` are tried; those of a scenario lie elsewhere than its neighbours'.
    [[nodiscard]] static std::set<int> chosen(int counted) {
        std::set<int> calls;
        const int shift = static_cast<int>(std::get<std::size_t>(GetParam()));
        for (int i = 0; i < kTriedInShort; ++i)
            calls.insert(1 + (i * counted / kTriedInShort + shift * 7) % counted);
        return calls;
    }

    WireBench bench{std::get<Road>(GetParam())};
    int runs = 0;
    bool broke = false;
};

TEST_P(EverySocketCallOfAScenario, MayFailAndBothSidesEndAsIfItHadNot) {
    run(0);  // what is asked for once is behind it
    const int counted = run(0);
    ASSERT_GT(counted, 20) << "nothing was watched";
    const std::set<int> some = chosen(counted);
    int tried = 0;
    for (int n = 1; n <= counted; ++n) {
        if (!is_long() && !some.contains(n)) continue;
        SCOPED_TRACE(testing::Message() << "call " << n << " of " << counted);
        run(n);
        EXPECT_TRUE(broke);
        if (HasFailure()) return;
        ++tried;
    }
    EXPECT_EQ(tried, is_long() ? counted : static_cast<int>(some.size()));
    EXPECT_EQ(run(counted + 1), counted) << "not every call was there to be tried";
    EXPECT_FALSE(broke);
}

std::string name_of_scenario_run(const testing::TestParamInfo<Parameter>& info) {
    const auto& [road, scenario] = info.param;
    return std::string(road == Road::Tls ? "Tls_" : "Plain_") + scenario_name(scenario);
}

INSTANTIATE_TEST_SUITE_P(Roads, EverySocketCallOfAScenario,
                         testing::Combine(testing::Values(Road::Plain, Road::Tls),
                                          testing::Range(std::size_t{0}, scenarios().size())),
                         name_of_scenario_run);

}  // namespace
}  // namespace duet::wire
