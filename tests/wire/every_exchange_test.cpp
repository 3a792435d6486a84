// Over twelve canonical scenarios, the n-th exchange with a vendor fails, for every n and in each
// of three ways: in the end both sides are as if nothing had failed. How many are tried is how many
// a run without a fault counts.
#include <set>

#include <gtest/gtest.h>

#include "connectors/sandbox/faults.h"
#include "tests/wire/operations.h"
#include "tests/wire/scenarios.h"
#include "tests/world/vendor_world.h"

namespace duet::wire {
namespace {

using world::Break;
using world::VendorWorld;

class EveryExchange : public testing::TestWithParam<std::size_t> {
protected:
    EveryExchange() {
        world.add_list("Buyers");
        world.run_until_quiet();
    }

    /// One run with the n-th exchange broken like that, 0 for none; how many exchanges it made.
    std::int64_t run(const Scenario& scenario, std::int64_t n, Break how) {
        const std::string tag = "r" + std::to_string(++runs) + ".";
        scenario.before(world, tag);
        world.run_until_quiet();
        scenario.act(world, tag);
        const std::int64_t before = world.transport().exchanges();
        world.transport().breaks(n, how);
        world.run_until_quiet();
        const std::int64_t made = world.transport().exchanges() - before;
        scenario.expect(world, tag);
        EXPECT_EQ(world.planned_writes(), 0u);
        return made;
    }

    VendorWorld world;
    int runs = 0;
};

TEST_P(EveryExchange, MayFailAndBothSidesEndAsIfItHadNot) {
    const Scenario& scenario = scenarios()[GetParam()];
    SCOPED_TRACE(scenario.name);
    run(scenario, 0, Break::NotSent);  // what is asked for once is behind it
    const std::int64_t counted = run(scenario, 0, Break::NotSent);
    for (const Break how : {Break::NotSent, Break::RequestLost, Break::AnswerLost}) {
        for (std::int64_t n = 1; n <= counted; ++n) {
            SCOPED_TRACE(testing::Message() << "exchange " << n << " of " << counted
                                            << " breaks, way " << static_cast<int>(how));
            run(scenario, n, how);
            EXPECT_TRUE(world.transport().broke());
            if (HasFailure()) return;
        }
    }
    EXPECT_EQ(run(scenario, counted + 1, Break::AnswerLost), counted) << "one was not tried";
    EXPECT_FALSE(world.transport().broke());
}

INSTANTIATE_TEST_SUITE_P(Scenarios, EveryExchange,
                         testing::Range(std::size_t{0}, scenarios().size()),
                         [](const auto& one) { return scenario_name(one.param); });

// --- the operations that are cut are all there are ----------------------------------------------

/// Notes what passes.
class Listening final : public http::Transport {
public:
    Listening(sandbox::Apis& apis, const Clock& clock) : inner_(apis, clock) {}
    Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
        sandbox::ApiRequest asked;
        asked.method = request.method;
        const std::string target = request.url.substr(request.url.find('/', 8));
        asked.path = target.substr(0, target.find('?'));
        operations.insert(sandbox::operation_of(asked));
        return inner_.send(request, stop);
    }
    std::set<std::string> operations;

private:
    world::SandboxTransport inner_;
};

TEST(CutOperations, AreAllThatTheScenariosUse) {
    std::set<std::string> known;
    for (const WriteOperation& write : write_operations()) known.insert(write.operation);
    for (const ReadOperation& read : read_operations()) known.insert(read.operation);
    sandbox::Apis apis(world::vendor_options());
    world::WorldClock* clock = nullptr;
    struct Follow final : Clock {
        world::WorldClock** followed = nullptr;
        Instant now() const override { return (*followed)->now(); }
        std::chrono::steady_clock::time_point steady() const override {
            return (*followed)->steady();
        }
    } follow;
    follow.followed = &clock;
    Listening listening(apis, follow);
    for (const bool in_bulk : {false, true}) {
        world::VendorWorldOptions options;
        options.apis = &apis;
        options.transport = &listening;
        options.first_reads_in_bulk = in_bulk;
        VendorWorld world(options);
        clock = &world.clock;
        if (in_bulk) world.clock.pass(std::chrono::hours{24 * 365});
        if (!in_bulk) world.add_list("Buyers");
        for (std::size_t i = 0; i < scenarios().size(); ++i) {
            const std::string tag = (in_bulk ? "b" : "a") + std::to_string(i) + ".";
            scenarios()[i].before(world, tag);
            world.run_until_quiet();
            scenarios()[i].act(world, tag);
            world.run_until_quiet();
        }
    }
    EXPECT_GE(listening.operations.size(), 12u);
    for (const std::string& operation : listening.operations) {
        const bool is_known =
            known.contains(operation) ||
            (operation.starts_with("pardot.") && operation.ends_with(".query"));  // one form
        EXPECT_TRUE(is_known) << operation << " is used and never cut";
    }
}

}  // namespace
}  // namespace duet::wire
