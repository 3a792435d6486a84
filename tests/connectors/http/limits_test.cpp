// Answers that are too large, packed or plain.
#include <gtest/gtest.h>

#include "connectors/http/transport.h"
#include "tests/connectors/http/packed.h"
#include "tests/connectors/http/socket_helpers.h"

namespace duet::http {
namespace {

using world::http_answer;
using world::SocketServer;

constexpr std::size_t kMebibyte = 1024 * 1024;

/// Sends `head`, then pieces of 64 KiB until the client hangs up.
SocketServer::Script pour_after(std::string head) {
    return [head = std::move(head)](SocketServer::Session& session) {
        session.read_request();
        session.send(head);
        const std::string piece(64 * 1024, 'x');
        while (session.send(piece)) {
        }
    };
}

void expect_too_large(const Result<Response>& answer) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Broken) << answer.error().message;
    EXPECT_EQ(answer.error().code, "DUET-3004");
}

TEST(HttpLimits, ABodyOfTheCapPassesAndOneByteMoreDoesNot) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{1000}, 200 * 1024ul}) {
        SocketServer server(answer_all(http_answer(200, std::string(size, 'x'))));
        const auto transport = make_test_transport();
        Request request = get(server.url());
        request.max_answer_bytes = size;
        EXPECT_EQ(transport->send(request, {})->body.size(), size);
        request.max_answer_bytes = size - 1;
        expect_too_large(transport->send(request, {}));
        request.max_answer_bytes = size;  // and the transport goes on
        EXPECT_EQ(transport->send(request, {})->body.size(), size);
    }
}

TEST(HttpLimits, AnEndlessAnswerIsCutAtTheCap) {
    for (const std::string head :
         {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"}) {
        SocketServer server(pour_after(head));
        const auto transport = make_test_transport();
        Request request = get(server.url());
        request.max_answer_bytes = kMebibyte;
        const long before = peak_memory_kib();
        expect_too_large(transport->send(request, {}));
        EXPECT_LT(peak_memory_kib() - before, 32 * 1024);
    }
}

TEST(HttpLimits, EndlessChunksAreCutAtTheCap) {
    SocketServer server([](SocketServer::Session& session) {
        session.read_request();
        session.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const std::string chunk = "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
        while (session.send(chunk)) {
        }
    });
    const auto transport = make_test_transport();
    Request request = get(server.url());
    request.max_answer_bytes = kMebibyte;
    const long before = peak_memory_kib();
    expect_too_large(transport->send(request, {}));
    EXPECT_LT(peak_memory_kib() - before, 32 * 1024);
}

TEST(HttpLimits, AChunkOfLessThanNothingIsRefused) {
    for (const std::string chunk : {"-1", "-2", "-5", "-7fffffff"}) {
        SocketServer server([&](SocketServer::Session& session) {
            session.read_request();
            session.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" +
                         chunk + "\r\n0\r\n\r\n0\r\n\r\n");
        });
        const auto transport = make_test_transport();
        EXPECT_FALSE(transport->send(get(server.url()), {})) << chunk;
    }
}

TEST(HttpLimits, GzipIsUnpacked) {
    const std::string plain(100'000, 'y');
    SocketServer server(answer_all(http_answer(200, pack(plain), {{"Content-Encoding", "gzip"}})));
    const auto transport = make_test_transport();
    Request request = get(server.url());
    request.max_answer_bytes = plain.size();
    const auto answer = transport->send(request, {});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, plain);
    request.max_answer_bytes = plain.size() - 1;
    expect_too_large(transport->send(request, {}));
}

TEST(HttpLimits, AGzipBombIsRefusedAndMemoryStaysSmall) {
    const std::string bomb = [] {
        std::string packed;
        const std::string piece = pack(std::string(10 * kMebibyte, '\0'));
        for (int i = 0; i < 30; ++i) packed += piece;  // 30 members of 10 MiB
        return packed;
    }();
    ASSERT_LT(bomb.size(), 400u * 1024);
    SocketServer server(answer_all(http_answer(200, bomb, {{"Content-Encoding", "gzip"}})));
    const auto transport = make_test_transport();
    Request request = get(server.url());
    request.max_answer_bytes = 12 * kMebibyte;
    const long before = peak_memory_kib();
    expect_too_large(transport->send(request, {}));
    EXPECT_LT(peak_memory_kib() - before, 48 * 1024);
}

TEST(HttpLimits, GzipThatIsCutOffOrDamagedIsNoAnswer) {
    const std::string packed = pack("a text that is long enough to be cut");
    std::string damaged = packed;
    damaged[damaged.size() - 5] = static_cast<char>(~damaged[damaged.size() - 5]);
    for (const auto& body : {packed.substr(0, packed.size() - 3), damaged}) {
        // Without a length, so that only gzip itself can tell.
        SocketServer server([&](SocketServer::Session& session) {
            session.read_request();
            session.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body);
        });
        const auto transport = make_test_transport();
        const auto answer = transport->send(get(server.url()), {});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
    }
}

TEST(HttpLimits, AnEncodingThatNobodyAskedForIsRefused) {
    SocketServer server(answer_all(http_answer(200, "...", {{"Content-Encoding", "br"}})));
    const auto transport = make_test_transport();
    const auto answer = transport->send(get(server.url()), {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "DUET-3007");
}

TEST(HttpLimits, OversizedHeadersAreRefused) {
    SocketServer server([](SocketServer::Session& session) {
        session.read_request();
        const std::size_t bytes = session.index() == 0 ? 60'000 : 70'000;
        session.send(http_answer(200, "x", {{"X-Long", std::string(bytes, 'h')}}));
        session.read_request();
    });
    const auto first = make_test_transport();
    EXPECT_TRUE(first->send(get(server.url()), {}));
    const auto second = make_test_transport();
    expect_too_large(second->send(get(server.url()), {}));
}

}  // namespace
}  // namespace duet::http
