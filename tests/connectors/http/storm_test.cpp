// Many threads, short deadlines and servers that do everything wrong, all at once: no call may
// hang, no answer may go astray, and the library must not end the process.
#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "connectors/http/transport.h"
#include "tests/connectors/http/socket_helpers.h"
#include "tests/connectors/http/temporary_file.h"
#include "tests/world/certificates.h"

namespace duet::http {
namespace {

using namespace std::chrono_literals;
using world::http_answer;
using world::SocketServer;

constexpr int kThreads = 6;
constexpr int kCallsPerThread = 60;

/// Answers each request with its own target as the body, or misbehaves, by the request's number.
SocketServer::Script misbehave(std::atomic<int>& served) {
    return [&served](SocketServer::Session& session) {
        for (;;) {
            const std::string request = session.read_request();
            if (request.empty()) return;
            const auto begin = request.find(' ') + 1;
            const std::string target = request.substr(begin, request.find(' ', begin) - begin);
            switch (served++ % 9) {
                case 0:
                    return;
                case 1:
                    session.reset();
                    return;
                case 2:
                    session.send("HTTP/1.1 103 Early Hints\r\n\r\n");
                    break;
                case 3:
                    session.wait(60ms);
                    break;
                case 4:
                    session.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                    return;
                case 5:
                    session.send(http_answer(200, target, {{"Connection", "close"}}));
                    return;
                default:
                    break;
            }
            if (!session.send(http_answer(200, target))) return;
        }
    };
}

/// What became of the calls.
struct Storm {
    std::atomic<int> answered{0};
    std::atomic<int> astray{0};   // answered with what another call had asked for
    std::atomic<int> overdue{0};  // came back long after their deadline
};

void call_in_a_storm(Transport& transport, const SocketServer& server, int thread, Storm& storm) {
    std::minstd_rand random(static_cast<unsigned>(thread + 1));
    for (int i = 0; i < kCallsPerThread; ++i) {
        const std::string target = "/" + std::to_string(thread) + "/" + std::to_string(i);
        Request request = post(server.url(target, "localhost"), target);
        request.repeatable = random() % 2 == 0;
        request.deadline = std::chrono::milliseconds{5 + random() % 100};
        const auto took = time_of([&] {
            const auto answer = transport.send(request, {});
            if (!answer) return;
            ++storm.answered;
            if (answer->body != target) ++storm.astray;
        });
        if (took >= request.deadline + 1s) ++storm.overdue;
    }
}

/// Returns once every call has.
void weather(Storm& storm, const std::optional<world::ServerTls>& tls = std::nullopt,
             const std::string& ca_file = {}) {
    std::atomic<int> served{0};
    SocketServer server(misbehave(served), tls);
    TransportSettings settings = test_settings();
    settings.ca_file = ca_file;
    settings.max_in_flight = 3;
    const auto transport = make_transport(settings);
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] { call_in_a_storm(*transport, server, i, storm); });
    }
}

TEST(HttpStorm, OnPlainConnectionsNoCallHangsAndNoAnswerGoesAstray) {
    Storm storm;
    weather(storm);
    EXPECT_EQ(storm.astray, 0);
    EXPECT_EQ(storm.overdue, 0);
    EXPECT_GT(storm.answered, 0) << "the storm let nothing through";
    EXPECT_LT(storm.answered, kThreads * kCallsPerThread) << "there was no storm";
}

TEST(HttpStorm, OverTlsNoCallHangsAndNoAnswerGoesAstray) {
    const world::CertificateAuthority authority;
    const auto certificate = authority.issue({"DNS:localhost"});
    const TemporaryFile ca(authority.certificate_pem());
    Storm storm;
    weather(storm, world::ServerTls{certificate.certificate_pem, certificate.key_pem, {}, {}},
            ca.path());
    EXPECT_EQ(storm.astray, 0);
    EXPECT_EQ(storm.overdue, 0);
    EXPECT_GT(storm.answered, 0) << "the storm let nothing through";
    EXPECT_LT(storm.answered, kThreads * kCallsPerThread) << "there was no storm";
}

}  // namespace
}  // namespace duet::http
