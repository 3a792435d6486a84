// The n-th call on a socket fails (connect, send, receive, and with them each step of a handshake),
// for every n, on fresh and on kept connections, with and without TLS: a write is done exactly once
// in the end. How many are tried is how many a run without a fault counts. Four operations in every
// run, all of the engine's with DUET_WIRE_LONG set.
#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/wire/operations.h"
#include "tests/wire/socket_faults.h"

namespace duet::wire {
namespace {

constexpr std::size_t kOperationsInShort = 4;
constexpr int kCallsMax = 500;

std::vector<const WriteOperation*> operations() {
    std::vector<const WriteOperation*> chosen;
    for (const WriteOperation& operation : write_operations()) {
        if (operation.by_engine) chosen.push_back(&operation);
    }
    if (std::getenv("DUET_WIRE_LONG") == nullptr) chosen.resize(kOperationsInShort);
    return chosen;
}

class EverySocketCall : public testing::TestWithParam<std::tuple<Road, bool>> {
protected:
    EverySocketCall() { sockets::watch(bench.port()); }

    /// Writes once with call `n` broken, 0 for none; how many calls it made in all.
    int run(const WriteOperation& operation, int n) {
        const Write write = operation.make(bench, ++records);
        bench.renews_quota();
        sockets::breaks(0);
        sockets::ends_all();
        if (std::get<bool>(GetParam())) bench.keeps_a_connection();
        sockets::breaks(n);
        const auto course =
            bench.send(operation.side, write, [&] { return operation.times_done(bench, write); });
        EXPECT_TRUE(course.settled);
        EXPECT_EQ(operation.times_done(bench, write), 1);
        EXPECT_EQ(course.first.refused, 0);
        EXPECT_LE(course.first.done, course.done_at_once) << "it was taken for done";
        EXPECT_LE(course.first.later + course.done_at_once, 1) << "it was taken for not done";
        return sockets::calls();
    }

    WireBench bench{std::get<Road>(GetParam())};
    int records = 0;
};

TEST_P(EverySocketCall, MayFailAndTheWriteIsDoneOnce) {
    for (const WriteOperation* operation : operations()) {
        SCOPED_TRACE(operation->operation);
        run(*operation, 0);  // sign-in and descriptions are behind it
        const int counted = run(*operation, 0);
        int tried = 0;
        for (int n = 1; n < kCallsMax; ++n) {
            SCOPED_TRACE(testing::Message() << "call " << n << " of " << counted);
            run(*operation, n);
            if (HasFailure()) return;
            if (!sockets::broke()) break;
            ++tried;
        }
        EXPECT_EQ(tried, counted);
        EXPECT_GE(tried, std::get<bool>(GetParam()) ? 2 : 3) << "nothing was watched";
    }
}

std::string name_of(const testing::TestParamInfo<std::tuple<Road, bool>>& info) {
    const auto& [road, kept] = info.param;
    return std::string(road == Road::Tls ? "Tls" : "Plain") + (kept ? "Kept" : "Fresh");
}

INSTANTIATE_TEST_SUITE_P(Roads, EverySocketCall,
                         testing::Combine(testing::Values(Road::Plain, Road::Tls), testing::Bool()),
                         name_of);

}  // namespace
}  // namespace duet::wire
