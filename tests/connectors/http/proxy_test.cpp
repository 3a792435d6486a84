// The proxy comes from the settings and from nowhere else.
#include <cstdlib>

#include <gtest/gtest.h>

#include "connectors/http/transport.h"
#include "tests/connectors/http/socket_helpers.h"
#include "tests/connectors/http/temporary_file.h"
#include "tests/world/certificates.h"

namespace duet::http {
namespace {

using world::http_answer;
using world::SocketServer;

std::unique_ptr<Transport> transport_by(const SocketServer& proxy,
                                        std::vector<std::string> no_proxy = {},
                                        std::string ca_file = {}) {
    TransportSettings settings = test_settings();
    settings.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    settings.no_proxy = std::move(no_proxy);
    settings.ca_file = std::move(ca_file);
    return make_transport(settings);
}

/// Answers CONNECT and carries the bytes to `port`.
SocketServer::Script tunnel_to(std::uint16_t port) {
    return [port](SocketServer::Session& session) {
        if (session.read_request().empty()) return;
        session.send("HTTP/1.1 200 Connection established\r\n\r\n");
        session.tunnel_to(port);
    };
}

TEST(HttpProxy, TheEnvironmentIsIgnored) {
    SocketServer proxy(answer_all(http_answer(500)));
    SocketServer server(answer_all(http_answer(200, "direct")));
    const std::string address = "http://127.0.0.1:" + std::to_string(proxy.port());
    for (const char* name :
         {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"}) {
        setenv(name, address.c_str(), 1);
    }
    EXPECT_EQ(make_test_transport()->send(get(server.url()), {})->body, "direct");
    EXPECT_EQ(proxy.connections(), 0);
    for (const char* name :
         {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"}) {
        unsetenv(name);
    }
}

TEST(HttpProxy, PlainRequestsGoToTheProxyWithTheWholeUrl) {
    SocketServer proxy(answer_all(http_answer(200, "by proxy")));
    SocketServer server(answer_all(http_answer(200, "direct")));
    EXPECT_EQ(transport_by(proxy)->send(get(server.url("/x?y=1")), {})->body, "by proxy");
    const std::string seen = only_request(proxy);
    EXPECT_EQ(seen.substr(0, seen.find("\r\n")), "GET " + server.url("/x?y=1") + " HTTP/1.1");
    EXPECT_EQ(transport_by(proxy, {"127.0.0.1"})->send(get(server.url()), {})->body, "direct");
    EXPECT_EQ(proxy.connections(), 1);
}

TEST(HttpProxy, TlsGoesThroughATunnelAndTheCertificateIsTheServersOwn) {
    const world::CertificateAuthority authority;
    const auto certificate = authority.issue({"DNS:far.example"});
    SocketServer server(answer_all(http_answer(200, "far")),
                        world::ServerTls{certificate.certificate_pem, certificate.key_pem, "", ""});
    SocketServer proxy(tunnel_to(server.port()));
    const TemporaryFile ca(authority.certificate_pem());
    const auto transport = transport_by(proxy, {}, ca.path());

    Request request = post("https://far.example:4433/x", "secret");
    request.headers = {{"Authorization", "Bearer token"}};
    for (int i = 0; i < 2; ++i) {
        const auto answer = transport->send(request, {});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, "far");
    }
    const std::string connect = only_request(proxy);  // the tunnel is kept
    EXPECT_EQ(connect.substr(0, connect.find("\r\n")), "CONNECT far.example:4433 HTTP/1.1");
    EXPECT_EQ(connect.find("token"), std::string::npos);
    EXPECT_EQ(server.requests().size(), 2u);

    const auto wrong = transport->send(post("https://near.example:4433/x", "secret"), {});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, "DUET-3003");
    EXPECT_EQ(server.requests().size(), 2u);
}

TEST(HttpProxy, DefaultPortIsNamedInTheTunnelRequest) {
    SocketServer proxy(answer_all("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
    const auto answer = transport_by(proxy)->send(post("https://far.example/x", "body"), {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
    EXPECT_NE(answer.error().message.find("407"), std::string::npos) << answer.error().message;
    const std::string connect = only_request(proxy);
    EXPECT_EQ(connect.substr(0, connect.find("\r\n")), "CONNECT far.example:443 HTTP/1.1");
}

TEST(HttpProxy, AProxyThatHangsUpOrIsAwayMeansNotSent) {
    SocketServer proxy([](SocketServer::Session& session) { session.read_request(); });
    const auto cut = transport_by(proxy)->send(post("https://far.example/", "x"), {});
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().kind, ErrorKind::Transient);

    TransportSettings settings = test_settings();
    settings.proxy = "http://127.0.0.1:" + std::to_string(closed_port());
    const auto away = make_transport(settings)->send(post("https://far.example/", "x"), {});
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().kind, ErrorKind::Transient);
}

}  // namespace
}  // namespace duet::http
