// What the library does with connections that break or speak out of turn.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "connectors/http/transport.h"
#include "tests/connectors/http/socket_helpers.h"

namespace duet::http {
namespace {

using world::http_answer;
using world::SocketServer;

/// Answers the first request of the first connection; reads the second and hangs up. On later
/// connections it answers everything.
SocketServer::Script hang_up_on_the_second_request() {
    return [](SocketServer::Session& session) {
        session.read_request();
        session.send(http_answer(200, "first"));
        if (session.index() == 0) {
            session.read_request();
            return;
        }
        while (!session.read_request().empty()) session.send(http_answer(200, "later"));
    };
}

TEST(HttpResend, ACreateOnABrokenKeptConnectionIsSentOnceAndInDoubt) {
    for (const std::string body : {"{\"name\":\"x\"}", ""}) {
        SocketServer server(hang_up_on_the_second_request());
        const auto transport = make_test_transport();
        ASSERT_TRUE(transport->send(get(server.url("/warm")), {}));

        const auto answer = transport->send(post(server.url("/create"), body), {});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
        EXPECT_EQ(answer.error().code, "DUET-3002");
        ASSERT_EQ(server.requests().size(), 2u) << "the create was sent again";
        EXPECT_EQ(server.requests()[1].substr(0, 12), "POST /create");

        // The library leaves a dead socket in its pool; the next call must not meet it.
        const auto next = transport->send(get(server.url("/next")), {});
        ASSERT_TRUE(next) << next.error().message;
        EXPECT_EQ(next->body, "first");
    }
}

TEST(HttpResend, AResetAfterReadingIsInDoubtToo) {
    SocketServer server([](SocketServer::Session& session) {
        session.read_request();
        session.send(http_answer(200));
        session.read_request();
        session.reset();
    });
    const auto transport = make_test_transport();
    ASSERT_TRUE(transport->send(get(server.url()), {}));
    const auto answer = transport->send(post(server.url(), std::string(200'000, 'x')), {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
    EXPECT_EQ(server.requests().size(), 2u);
}

TEST(HttpResend, ARepeatableRequestMayBeSentAgain) {
    SocketServer server(hang_up_on_the_second_request());
    const auto transport = make_test_transport();
    ASSERT_TRUE(transport->send(get(server.url()), {}));
    Request request = post(server.url("/set"), "same");
    request.repeatable = true;
    const auto answer = transport->send(request, {});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(server.requests().size(), 3u);
    EXPECT_EQ(server.requests()[2], server.requests()[1]);
}

TEST(HttpResend, NotSentIsNeverSaidOfAnAttemptAfterTheFirst) {
    // The first attempt is read, then the whole server goes away: the library's second attempt
    // cannot connect, and its error is the one of a request that was never sent.
    auto server = std::make_unique<SocketServer>([](SocketServer::Session& session) {
        session.read_request();
        session.send(http_answer(200));
        session.read_request();
        session.wait(std::chrono::milliseconds{10'000});
    });
    const auto transport = make_test_transport();
    const std::string url = server->url();
    ASSERT_TRUE(transport->send(get(url), {}));
    std::jthread killer([&] {
        wait_until([&] { return server->requests().size() == 2; });
        server.reset();
    });
    const auto answer = transport->send(get(url), {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt) << answer.error().message;
}

TEST(HttpStale, AKeptConnectionThatTheServerClosedIsReplacedUnseen) {
    std::atomic<int> closed{0};
    SocketServer server([&](SocketServer::Session& session) {
        session.read_request();
        session.send(http_answer(200));
        ++closed;
    });
    const auto transport = make_test_transport();
    for (int i = 1; i <= 3; ++i) {
        const auto answer = transport->send(post(server.url(), "x"), {});
        ASSERT_TRUE(answer) << answer.error().message;
        wait_until([&] { return closed == i; });
        std::this_thread::sleep_for(std::chrono::milliseconds{20});  // until the end has arrived
    }
    EXPECT_EQ(server.requests().size(), 3u);
    EXPECT_EQ(server.connections(), 3);
}

TEST(HttpDesync, AnInterimAnswerIsInDoubtAndTheNextCallGetsItsOwnBody) {
    SocketServer server([](SocketServer::Session& session) {
        session.read_request();
        if (session.index() == 0) {
            session.send("HTTP/1.1 100 Continue\r\n\r\n");
            session.wait(std::chrono::milliseconds{50});
            session.send(http_answer(200, "for A"));
        } else {
            session.send(http_answer(200, "for B"));
        }
        session.wait_for_close();
    });
    const auto transport = make_test_transport();
    const auto first = transport->send(get(server.url("/a")), {});
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().kind, ErrorKind::InDoubt);
    const auto second = transport->send(get(server.url("/b")), {});
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->body, "for B");
    EXPECT_EQ(server.connections(), 2);
}

TEST(HttpDesync, AnUnaskedAnswerIsNeverGivenToTheNextCall) {
    std::atomic<bool> spoken{false};
    SocketServer server([&](SocketServer::Session& session) {
        session.read_request();
        session.send(http_answer(200, "own"));
        if (session.index() == 0) {
            session.wait(std::chrono::milliseconds{20});
            session.send(http_answer(200, "poison"));
            spoken = true;
        }
        session.wait_for_close();
    });
    const auto transport = make_test_transport();
    ASSERT_TRUE(transport->send(get(server.url()), {}));
    wait_until([&] { return spoken.load(); });
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    const auto second = transport->send(post(server.url(), "x"), {});
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->body, "own");
}

TEST(HttpDesync, TrailersDoNotReachTheNextCall) {
    for (const auto pause : {std::chrono::milliseconds{0}, std::chrono::milliseconds{20}}) {
        SocketServer server([&](SocketServer::Session& session) {
            while (!session.read_request().empty()) {
                session.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n");
                if (pause.count() > 0) session.wait(pause);
                session.send("X-Checksum: 1\r\nX-Other: 2\r\n\r\n");
            }
        });
        const auto transport = make_test_transport();
        for (int i = 0; i < 4; ++i) {
            const auto answer = transport->send(post(server.url(), "x"), {});
            ASSERT_TRUE(answer) << answer.error().message;
            EXPECT_EQ(answer->body, "ok");
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
    }
}

TEST(HttpTruncated, AShortBodyIsNoAnswer) {
    const std::vector<std::string> cut = {
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n12",
        "SMTP ready\r\n\r\n",
    };
    for (const auto& bytes : cut) {
        SocketServer server([&](SocketServer::Session& session) {
            session.read_request();
            session.send(bytes);
        });
        const auto transport = make_test_transport();
        const auto answer = transport->send(post(server.url(), "x"), {});
        ASSERT_FALSE(answer) << bytes;
        EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt) << bytes;
        EXPECT_EQ(server.requests().size(), 1u);
    }
}

TEST(HttpTruncated, ABodyUpToTheEndOfTheConnectionIsWhole) {
    SocketServer server([](SocketServer::Session& session) {
        session.read_request();
        session.send("HTTP/1.1 200 OK\r\n\r\nall of it");
    });
    const auto transport = make_test_transport();
    const auto answer = transport->send(get(server.url()), {});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "all of it");
}

TEST(HttpTruncated, ChunksAreJoined) {
    SocketServer server([](SocketServer::Session& session) {
        for (int i = 0; i < 2; ++i) {
            session.read_request();
            session.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
                "6;x=y\r\n world\r\n0\r\n\r\n");
        }
        session.wait_for_close();
    });
    const auto transport = make_test_transport();
    for (int i = 0; i < 2; ++i) {
        const auto answer = transport->send(get(server.url()), {});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, "hello world");
    }
    EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace duet::http
