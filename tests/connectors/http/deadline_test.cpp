// Every call ends in time, whatever the other side or the library does.
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connectors/http/transport.h"
#include "tests/connectors/http/slow_resolver.h"
#include "tests/connectors/http/socket_helpers.h"

namespace duet::http {
namespace {

using namespace std::chrono_literals;
using world::http_answer;
using world::SocketServer;

// Of a loaded machine: between the deadline and the return.
constexpr auto kSlack = 400ms;

Result<Response> send_timed(Transport& transport, const Request& request) {
    std::optional<Result<Response>> answer;
    const auto took = time_of([&] { answer = transport.send(request, {}); });
    EXPECT_GE(took, request.deadline - 2ms);
    EXPECT_LE(took, request.deadline + kSlack);
    return *std::move(answer);
}

TEST(HttpDeadline, EndsWhenTheServerNeverAnswers) {
    SocketServer server(never_answer());
    const auto transport = make_test_transport();
    for (Request request : {get(server.url()), post(server.url(), "x")}) {
        request.deadline = 150ms;
        const auto answer = send_timed(*transport, request);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
        EXPECT_EQ(answer.error().code, "DUET-3002");
    }
}

TEST(HttpDeadline, EndsWhenTheServerDripsBytes) {
    for (const std::string head :
         {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "HTTP/1.1 200 OK\r\nX-Endless: "}) {
        SocketServer server([&](SocketServer::Session& session) {
            session.read_request();
            session.send(head);
            while (session.wait(20ms) && session.send("x")) {
            }
        });
        const auto transport = make_test_transport();
        Request request = get(server.url());
        request.deadline = 200ms;
        const auto answer = send_timed(*transport, request);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
    }
}

TEST(HttpDeadline, EndsWhenTheServerReadsNothing) {
    SocketServer server([](SocketServer::Session& session) { session.wait(10s); });
    const auto transport = make_test_transport();
    Request request = post(server.url(), std::string(32u << 20, 'x'));
    request.deadline = 200ms;
    const auto answer = send_timed(*transport, request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
}

TEST(HttpDeadline, AConnectThatHangsIsSurelyNotSentWhenThereIsABody) {
    // A listener whose queue is full lets further connections hang.
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), length), 0);
    ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length), 0);
    ASSERT_EQ(listen(listener, 0), 0);
    std::vector<int> fillers;
    for (int i = 0; i < 4; ++i) {
        fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        connect(fillers.back(), reinterpret_cast<sockaddr*>(&address), length);
    }
    const auto transport = make_test_transport();
    Request request =
        post("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/", "x");
    request.deadline = 200ms;
    const auto answer = send_timed(*transport, request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Transient) << answer.error().message;
    EXPECT_EQ(answer.error().code, "DUET-3005");
    request = get(request.url);
    request.deadline = 200ms;
    EXPECT_EQ(send_timed(*transport, request).error().kind, ErrorKind::InDoubt);
    for (const int filler : fillers) close(filler);
    close(listener);
}

TEST(HttpDeadline, ASlowNameServiceDelaysNeitherItsOwnCallNorTheAnswer) {
    const SlowResolver slow("slow.example", 1500ms);
    SocketServer server(answer_all(http_answer(200)));
    const auto transport = make_test_transport();
    Request request = post("https://slow.example/", "x");
    request.deadline = 200ms;
    const auto answer = send_timed(*transport, request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Transient);

    // The library's one resolver thread is still busy: other calls wait for it, but not for ever.
    Request other = get(server.url());
    other.deadline = 200ms;
    EXPECT_FALSE(send_timed(*transport, other));
    other.deadline = 5s;
    EXPECT_TRUE(transport->send(other, {}));
    EXPECT_EQ(slow.lookups(), 1);
}

TEST(HttpDeadline, APassedDeadlineSendsNothing) {
    SocketServer server(answer_all(http_answer(200)));
    const auto transport = make_test_transport();
    for (const auto deadline : {0ms, -5ms}) {
        Request request = get(server.url());
        request.deadline = deadline;
        const auto answer = transport->send(request, {});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
    }
    EXPECT_EQ(server.connections(), 0);
    Request request = get(server.url());
    request.deadline = std::chrono::milliseconds::max();
    EXPECT_TRUE(transport->send(request, {}));
}

TEST(HttpDeadline, TheNextCallAfterOneThatWasGivenUpGetsItsOwnAnswer) {
    SocketServer server([](SocketServer::Session& session) {
        session.read_request();
        if (session.index() == 0) session.wait(150ms);
        session.send(http_answer(200, std::to_string(session.index())));
        session.wait_for_close();
    });
    const auto transport = make_test_transport();
    Request request = get(server.url());
    request.deadline = 80ms;
    EXPECT_FALSE(transport->send(request, {}));
    std::this_thread::sleep_for(120ms);
    request.deadline = 5s;
    const auto answer = transport->send(request, {});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "1");
}

TEST(HttpStop, EndsACallSoon) {
    SocketServer server(never_answer());
    const auto transport = make_test_transport();
    std::stop_source stop;
    std::jthread stopper([&] {
        wait_until([&] { return server.requests().size() == 1; });
        stop.request_stop();
    });
    const auto took = time_of([&] {
        const auto answer = transport->send(post(server.url(), "x"), stop.get_token());
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
    });
    EXPECT_LT(took, 1s);
    const auto after = transport->send(get(server.url()), stop.get_token());
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().kind, ErrorKind::Transient);
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST(HttpStop, ATransportMayGoWhileGivenUpCallsAreStillUnderWay) {
    SocketServer server(never_answer());
    for (int i = 0; i < 10; ++i) {
        const auto transport = make_test_transport();
        Request request = post(server.url(), "x");
        request.deadline = 20ms;
        EXPECT_FALSE(transport->send(request, {}));
    }
}

}  // namespace
}  // namespace duet::http
