#include "connectors/http/transport.h"

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "tests/connectors/http/socket_helpers.h"

namespace duet::http {
namespace {

using world::http_answer;
using world::SocketServer;

TEST(HttpTransport, CarriesMethodHeadersAndBodyBothWays) {
    SocketServer server([](SocketServer::Session& session) {
        session.read_request();
        session.send(http_answer(404, R"({"a":1})", {{"X-One", "1"}, {"Set-Cookie", "a"}}));
    });
    const auto transport = make_test_transport();
    Request request = post(server.url("/things"), R"({"name":"x"})");
    request.method = "PATCH";
    request.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer t"}};
    const auto answer = transport->send(request, {});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->body, R"({"a":1})");
    ASSERT_NE(answer->header("x-one"), nullptr);
    EXPECT_EQ(*answer->header("x-one"), "1");

    const std::string seen = only_request(server);
    EXPECT_EQ(seen.substr(0, seen.find("\r\n")), "PATCH /things HTTP/1.1");
    EXPECT_EQ(header_of(seen, "authorization"), "Bearer t");
    EXPECT_EQ(header_of(seen, "content-type"), "application/json");
    EXPECT_EQ(header_of(seen, "content-length"), "12");
    EXPECT_EQ(header_of(seen, "accept-encoding"), "gzip");
    EXPECT_EQ(header_of(seen, "user-agent"), "duet-test/1");
    EXPECT_EQ(header_of(seen, "expect"), "");
    EXPECT_EQ(header_of(seen, "host"), "127.0.0.1:" + std::to_string(server.port()));
    EXPECT_TRUE(seen.ends_with("\r\n\r\n{\"name\":\"x\"}"));
}

TEST(HttpTransport, SendsTheTargetByteForByte) {
    SocketServer server(answer_all(http_answer(200)));
    const auto transport = make_test_transport();
    const std::vector<std::string> targets = {
        "/",
        "/?q=" + encode_query_value("SELECT Id FROM Contact WHERE A = '+&%#é' AND B=1"),
        "/a%2Fb/c%20d?x=1&y=%26&z",
        "/trailing/",
        "/double//slash",
        "/dots/../x/./y",
        "/plus+and,colon:and@and'quote?a+b=c,d",
        "/tilde~and(paren)*;v=1?x=a:b@c",
    };
    for (const auto& target : targets) {
        ASSERT_TRUE(transport->send(get(server.url(target)), {}));
        const std::string seen = server.requests().back();
        EXPECT_EQ(seen.substr(0, seen.find("\r\n")), "GET " + target + " HTTP/1.1");
    }
}

TEST(HttpTransport, KeepsOneConnectionForCallsInARow) {
    SocketServer server(answer_all(http_answer(200, "ok")));
    const auto transport = make_test_transport();
    for (int i = 0; i < 5; ++i) {
        Request request = i % 2 == 0 ? get(server.url()) : post(server.url(), "x");
        EXPECT_EQ(transport->send(request, {})->body, "ok");
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpTransport, AnswersWithoutABodyEndAtTheHeader) {
    SocketServer server([](SocketServer::Session& session) {
        session.read_request();
        session.send("HTTP/1.1 204 No Content\r\n\r\n");
        session.read_request();
        session.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");  // to HEAD
        session.read_request();
        session.send("HTTP/1.1 304 Not Modified\r\n\r\n");
        session.wait_for_close();
    });
    const auto transport = make_test_transport();
    EXPECT_EQ(transport->send(get(server.url()), {})->status, 204);
    Request head = get(server.url());
    head.method = "HEAD";
    EXPECT_EQ(transport->send(head, {})->status, 200);
    EXPECT_EQ(transport->send(get(server.url()), {})->status, 304);
}

TEST(HttpTransport, NeverFollowsARedirectNorCarriesTheTokenThere) {
    SocketServer second(answer_all(http_answer(200)));
    for (const int status : {301, 302, 303, 307, 308}) {
        SocketServer first(answer_all(http_answer(status, "", {{"Location", second.url("/x")}})));
        const auto transport = make_test_transport();
        Request request = get(first.url());
        request.headers = {{"Authorization", "Bearer secret"}};
        const auto answer = transport->send(request, {});
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, status);
        ASSERT_NE(answer->header("location"), nullptr);
        EXPECT_EQ(*answer->header("location"), second.url("/x"));
    }
    EXPECT_EQ(second.connections(), 0);
}

TEST(HttpTransport, RunsNoMoreCallsAtOnceThanAllowedPerOrigin) {
    std::atomic<int> now{0};
    std::atomic<int> most{0};
    const auto script = [&](SocketServer::Session& session) {
        while (!session.read_request().empty()) {
            const int count = ++now;
            int seen = most.load();
            while (seen < count && !most.compare_exchange_weak(seen, count)) {
            }
            session.wait(std::chrono::milliseconds{30});
            --now;
            session.send(http_answer(200));
        }
    };
    SocketServer server(script);
    SocketServer other(answer_all(http_answer(200)));
    TransportSettings settings = test_settings();
    settings.max_in_flight = 2;
    const auto transport = make_transport(settings);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] { EXPECT_TRUE(transport->send(get(server.url()), {})); });
        }
        EXPECT_TRUE(transport->send(get(other.url()), {}));  // another origin is not held up
    }
    EXPECT_EQ(most.load(), 2);
    EXPECT_EQ(server.connections(), 2);
}

TEST(HttpTransport, WaitingForATurnCountsAgainstTheDeadlineAndIsNotSent) {
    SocketServer server(never_answer());
    TransportSettings settings = test_settings();
    settings.max_in_flight = 1;
    const auto transport = make_transport(settings);
    std::stop_source stop;
    std::jthread first([&] { EXPECT_FALSE(transport->send(get(server.url()), stop.get_token())); });
    wait_until([&] { return server.requests().size() == 1; });

    Request request = get(server.url());
    request.deadline = std::chrono::milliseconds{80};
    const auto answer = transport->send(request, {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
    EXPECT_EQ(answer.error().code, "DUET-3005");
    stop.request_stop();
    first.join();
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST(HttpTransport, RefusesWhatMustNotBeSentWithoutTouchingTheNetwork) {
    SocketServer server(answer_all(http_answer(200)));
    const auto transport = make_test_transport();
    std::vector<Request> requests(6, get(server.url()));
    requests[0].headers = {{"Host", "other.example"}};
    requests[1].headers = {{"expect", "100-continue"}};
    requests[2].headers = {{"X", "a\r\nY: b"}};
    requests[3].method = "GET /other";
    requests[4].url = "http://127.evil.example:" + std::to_string(server.port()) + "/";
    requests[5].url = "http://127.0.0.1:99999/";
    for (const auto& request : requests) {
        const auto answer = transport->send(request, {});
        ASSERT_FALSE(answer) << request.url;
        EXPECT_EQ(answer.error().kind, ErrorKind::Broken);
        EXPECT_EQ(answer.error().code, "DUET-3006");
    }
    EXPECT_EQ(server.connections(), 0);
}

TEST(HttpTransport, ErrorsNeverShowThePathOrTheQuery) {
    const auto transport = make_test_transport();
    const auto answer =
        transport->send(get("http://127.0.0.1:" + std::to_string(closed_port()) + "/p?q=jane"), {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().message.find("jane"), std::string::npos);
    EXPECT_NE(answer.error().message.find("GET http://127.0.0.1"), std::string::npos);
}

TEST(HttpTransport, RefusedConnectionIsSurelyNotSent) {
    const auto transport = make_test_transport();
    const std::string url = "http://127.0.0.1:" + std::to_string(closed_port()) + "/";
    for (const Request& request : {get(url), post(url, "x"), post(url, "")}) {
        const auto answer = transport->send(request, {});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
        EXPECT_EQ(answer.error().code, "DUET-3001");
    }
}

TEST(HttpTransport, UnknownHostIsSurelyNotSent) {
    const auto transport = make_test_transport();
    Request request = post("https://no-such-host.invalid/", "x");
    const auto answer = transport->send(request, {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
}

TEST(HttpTransport, SeveralLiveSideBySideOnOneSmallPool) {
    const auto threads = [] {
        const std::filesystem::directory_iterator tasks("/proc/self/task");
        return std::distance(begin(tasks), end(tasks));
    };
    SocketServer server(answer_all(http_answer(200)));
    const auto before = threads();
    std::vector<std::unique_ptr<Transport>> transports;
    for (int i = 0; i < 5; ++i) {
        transports.push_back(make_test_transport());
        EXPECT_TRUE(transports.back()->send(get(server.url()), {}));
    }
    // 4 in the pool, 1 resolver, and on the server's side one for each connection.
    EXPECT_LE(threads(), before + 4 + 1 + server.connections());
    transports.erase(transports.begin());
    EXPECT_TRUE(transports.front()->send(get(server.url()), {}));
}

TEST(HttpTransport, SettingsThatCannotWorkAreRefusedAtOnce) {
    const auto refuses = [](auto change) {
        TransportSettings settings = test_settings();
        change(settings);
        EXPECT_THROW(static_cast<void>(make_transport(settings)), std::invalid_argument);
    };
    refuses([](auto& s) { s.max_in_flight = 0; });
    refuses([](auto& s) { s.max_in_flight = 65; });
    refuses([](auto& s) { s.proxy = "proxy.example:3128"; });
    refuses([](auto& s) { s.proxy = "https://proxy.example:3128"; });
    refuses([](auto& s) { s.proxy = "http://user:secret@proxy.example:3128"; });
    refuses([](auto& s) { s.proxy = "http://proxy.example:99999"; });
    refuses([](auto& s) { s.ca_file = "/nonexistent/ca.pem"; });
    refuses([](auto& s) { s.ca_file = "/dev/null"; });
    refuses([](auto& s) { s.user_agent = "a\r\nHost: b"; });
}

}  // namespace
}  // namespace duet::http
