// The connection is cut after each byte of a request and of its answer, on fresh and on kept
// connections: whatever byte it is, the effect is there exactly once in the end, nothing is taken
// for done that is not, and nothing that may have been done is sent again before it was looked at.
//
// Every run cuts four operations at their first 512 bytes and all at the edges of their frames;
// with DUET_WIRE_LONG set, all operations at all bytes.
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include <gtest/gtest.h>

#include "connectors/sandbox/faults.h"
#include "tests/wire/operations.h"

namespace duet::wire {
namespace {

constexpr std::size_t kFirstBytes = 512;
constexpr std::ptrdiff_t kEdgesMax = 40;  // of an answer in very many chunks: the first and last
constexpr std::size_t kOperationsInFull = 4;

bool is_long() { return std::getenv("DUET_WIRE_LONG") != nullptr; }

/// The operation of a request as it passed the wire.
std::string operation_of(const std::string& request) {
    sandbox::ApiRequest asked;
    asked.method = request.substr(0, request.find(' '));
    const auto begin = asked.method.size() + 1;
    const std::string target = request.substr(begin, request.find(' ', begin) - begin);
    asked.path = target.substr(0, target.find('?'));
    return sandbox::operation_of(asked);
}

/// Where a message of that form is cut: at the edges of its frames, and at its first bytes or all.
std::vector<std::size_t> places(const std::string& message, bool at_all_bytes) {
    const auto edges = frame_edges(message);
    std::set<std::size_t> all(edges.begin(), edges.end());
    if (!is_long() && std::ssize(edges) > kEdgesMax) {
        all = {edges.begin(), edges.begin() + kEdgesMax / 2};
        all.insert(edges.end() - kEdgesMax / 2, edges.end());
    }
    const std::size_t bytes =
        is_long() ? message.size() : std::min(kFirstBytes, at_all_bytes ? message.size() : 0);
    for (std::size_t at = 0; at < bytes; ++at) all.insert(at);
    return {all.begin(), all.end()};
}

struct Way {
    bool kept;
    Framing framing;
};
constexpr Way kWays[] = {{false, Framing::Length},
                         {true, Framing::Length},
                         {false, Framing::Chunks},
                         {true, Framing::Chunks}};

std::vector<Cut> cuts_of(const Passed& whole, const Way& way, bool at_all_bytes) {
    std::vector<Cut> cuts;
    // The request is the same whatever the answer's framing.
    if (way.framing == Framing::Length) {
        for (const std::size_t at : places(whole.request, at_all_bytes)) {
            cuts.push_back({Cut::In::Request, at});
        }
    }
    const bool bytes = at_all_bytes && way.framing == Framing::Length;
    for (const std::size_t at : places(whole.answer, bytes)) cuts.push_back({Cut::In::Answer, at});
    return cuts;
}

std::string told(const char* operation, const Way& way, const Cut& cut) {
    return std::string(operation) + (way.kept ? " on a kept" : " on a fresh") + " connection, " +
           (way.framing == Framing::Chunks ? "in chunks, " : "") + "cut after byte " +
           std::to_string(cut.after_bytes) + " of the " +
           (cut.in == Cut::In::Request ? "request" : "answer");
}

void prepare_connection(WireBench& bench, const Way& way) {
    bench.renews_quota();
    bench.proxy().closes_kept_connections();
    if (way.kept) bench.keeps_a_connection();
}

/// One uncut pass: the exchange that is cut later.
Passed pass_whole(WireBench& bench, const WriteOperation& operation, int n) {
    const Write write = operation.make(bench, n);
    prepare_connection(bench, {});
    bench.proxy().take_passed();
    auto outcomes = bench.connector(operation.side).write(std::vector<Write>{write}, {});
    EXPECT_TRUE(outcomes && outcomes->front())
        << operation.operation << ": "
        << (outcomes ? outcomes->front().error().message : outcomes.error().message);
    const auto passed = bench.proxy().take_passed();
    EXPECT_EQ(passed.size(), 1u) << operation.operation;
    if (testing::Test::HasFailure()) return {};
    EXPECT_EQ(operation_of(passed.back().request), operation.operation);
    EXPECT_EQ(operation.times_done(bench, write), 1);
    return passed.back();
}

/// The engine's write, cut: it is done once, and its first outcome was true.
void cut_engine_write(WireBench& bench, const WriteOperation& operation, const Write& write) {
    const auto course =
        bench.send(operation.side, write, [&] { return operation.times_done(bench, write); });
    EXPECT_TRUE(course.settled);
    EXPECT_EQ(operation.times_done(bench, write), 1) << course.tries << " tries";
    EXPECT_EQ(course.first.refused, 0);
    EXPECT_LE(course.first.done, course.done_at_once) << "it was taken for done";
    EXPECT_LE(course.first.later + course.done_at_once, 1) << "it was taken for not done";
}

/// A write that cannot be found again: the connector sends it once, and says what it knows.
void cut_bare_write(WireBench& bench, const WriteOperation& operation, const Write& write) {
    auto outcomes = bench.connector(operation.side).write(std::vector<Write>{write}, {});
    const int done = operation.times_done(bench, write);
    EXPECT_LE(done, 1) << "it was sent twice";
    const bool succeeded = outcomes && outcomes->front();
    if (succeeded) {
        EXPECT_EQ(done, 1);
        return;
    }
    const Error error = outcomes ? outcomes->front().error() : outcomes.error();
    EXPECT_TRUE(error.kind == ErrorKind::InDoubt ||
                (error.kind == ErrorKind::Transient && done == 0))
        << error.message;
}

void cut_write(WireBench& bench, const WriteOperation& operation, const Way& way, bool at_all_bytes,
               int& n) {
    bench.proxy().frames(way.framing);
    const Passed whole = pass_whole(bench, operation, ++n);
    if (testing::Test::HasFailure()) return;
    for (const Cut& cut : cuts_of(whole, way, at_all_bytes)) {
        SCOPED_TRACE(told(operation.operation, way, cut));
        const Write write = operation.make(bench, ++n);
        prepare_connection(bench, way);
        bench.proxy().cuts(1, cut);
        if (operation.by_engine) {
            cut_engine_write(bench, operation, write);
        } else {
            cut_bare_write(bench, operation, write);
        }
        EXPECT_TRUE(bench.proxy().has_cut());
        if (testing::Test::HasFailure()) return;
    }
}

/// A read, cut: it says that it failed, or everything; and says everything the next time.
void cut_read(WireBench& bench, const ReadOperation& operation, const Way& way) {
    bench.proxy().frames(way.framing);
    ASSERT_TRUE(operation.ask(bench));  // descriptions and sign-in are behind it
    bench.proxy().take_passed();
    const auto whole = operation.ask(bench);
    ASSERT_TRUE(whole) << whole.error().message;
    const auto passed = bench.proxy().take_passed();
    const auto index = static_cast<std::size_t>(operation.exchange) - 1;
    ASSERT_LT(index, passed.size()) << operation.operation;
    ASSERT_EQ(operation_of(passed[index].request), operation.operation);
    for (const Cut& cut : cuts_of(passed[index], way, false)) {
        SCOPED_TRACE(told(operation.operation, way, cut));
        prepare_connection(bench, way);
        bench.proxy().cuts(operation.exchange, cut);
        const auto cut_off = operation.ask(bench);
        EXPECT_TRUE(bench.proxy().has_cut());
        if (cut_off) {
            EXPECT_EQ(*cut_off, *whole);
        } else {
            EXPECT_EQ(cut_off.error().kind, ErrorKind::Transient) << cut_off.error().message;
        }
        const auto again = operation.ask(bench);
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(*again, *whole);
        if (testing::Test::HasFailure()) return;
    }
}

class ByteCutWrite : public testing::TestWithParam<std::size_t> {};

TEST_P(ByteCutWrite, IsDoneExactlyOnceWhereverItIsCut) {
    const WriteOperation& operation = write_operations().at(GetParam());
    WireBench bench;
    int n = 1;
    const Write first = operation.make(bench, n);  // sign-in and descriptions are behind it
    ASSERT_TRUE(bench.connector(operation.side).write(std::vector<Write>{first}, {}));
    for (const Way& way : kWays) {
        cut_write(bench, operation, way, GetParam() < kOperationsInFull, n);
        if (HasFailure()) return;
    }
}

class ByteCutRead : public testing::TestWithParam<std::size_t> {};

TEST_P(ByteCutRead, SaysAllOrThatItFailedWhereverItIsCut) {
    WireBench bench;
    prepare_reads(bench);
    for (const Way& way : kWays) {
        cut_read(bench, read_operations().at(GetParam()), way);
        if (HasFailure()) return;
    }
}

std::string name_of(const char* operation, std::size_t index) {
    std::string name(operation);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
    return name + "_" + std::to_string(index);
}

INSTANTIATE_TEST_SUITE_P(Operations, ByteCutWrite,
                         testing::Range(std::size_t{0}, write_operations().size()),
                         [](const auto& one) {
                             return name_of(write_operations()[one.param].operation, one.param);
                         });
INSTANTIATE_TEST_SUITE_P(Operations, ByteCutRead,
                         testing::Range(std::size_t{0}, read_operations().size()),
                         [](const auto& one) {
                             return name_of(read_operations()[one.param].operation, one.param);
                         });

}  // namespace
}  // namespace duet::wire
