// Whom we talk to over TLS, and how.
#include "connectors/http/tls.h"

#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "connectors/http/transport.h"
#include "tests/connectors/http/socket_helpers.h"
#include "tests/connectors/http/temporary_file.h"
#include "tests/world/certificates.h"

namespace duet::http {
namespace {

using world::Certificate;
using world::CertificateAuthority;
using world::http_answer;
using world::ServerTls;
using world::SocketServer;

const CertificateAuthority& authority() {
    static const CertificateAuthority kAuthority;
    return kAuthority;
}

ServerTls tls_of(const Certificate& certificate, std::string newest = {},
                 std::string ciphers = {}) {
    return {certificate.certificate_pem, certificate.key_pem, std::move(newest),
            std::move(ciphers)};
}

ServerTls good_tls(std::string newest = {}, std::string ciphers = {}) {
    return tls_of(authority().issue({"DNS:localhost", "IP:127.0.0.1"}), std::move(newest),
                  std::move(ciphers));
}

std::unique_ptr<Transport> transport_trusting(const std::string& ca_file) {
    TransportSettings settings = test_settings();
    settings.ca_file = ca_file;
    return make_transport(settings);
}

void expect_refused(const Result<Response>& answer, const std::string& reason) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Transient) << answer.error().message;
    EXPECT_EQ(answer.error().code, "DUET-3003");
    EXPECT_NE(answer.error().message.find(reason), std::string::npos) << answer.error().message;
}

TEST(HttpTls, TalksToAServerOfTheExtraAuthority) {
    const TemporaryFile ca(authority().certificate_pem());
    for (const char* newest : {"", "1.2"}) {
        SocketServer server(answer_all(http_answer(200, "safe")), good_tls(newest));
        const auto transport = transport_trusting(ca.path());
        for (const char* host : {"localhost", "127.0.0.1"}) {
            for (int i = 0; i < 3; ++i) {
                const auto answer = transport->send(post(server.url("/", host), "x"), {});
                ASSERT_TRUE(answer) << answer.error().message;
                EXPECT_EQ(answer->body, "safe");
            }
        }
        EXPECT_EQ(server.connections(), 2) << "one kept connection for each host name";
    }
}

TEST(HttpTls, RefusesAnUnknownIssuerAndSaysWhy) {
    SocketServer server(answer_all(http_answer(200)), good_tls());
    expect_refused(make_test_transport()->send(post(server.url("/", "localhost"), "x"), {}),
                   "unable to get local issuer certificate");
    EXPECT_TRUE(server.requests().empty());
}

TEST(HttpTls, RefusesAnotherHostsCertificateAndSaysWhy) {
    const TemporaryFile ca(authority().certificate_pem());
    const auto transport = transport_trusting(ca.path());
    SocketServer named(answer_all(http_answer(200)),
                       tls_of(authority().issue({"DNS:other.example", "DNS:*.localhost"})));
    expect_refused(transport->send(get(named.url("/", "localhost")), {}), "hostname mismatch");
    expect_refused(transport->send(get(named.url("/", "127.0.0.1")), {}), "IP address mismatch");
    // An address spelled as a DNS name is no proof for the address.
    SocketServer spelled(answer_all(http_answer(200)),
                         tls_of(authority().issue({"DNS:127.0.0.1"})));
    expect_refused(transport->send(get(spelled.url("/", "127.0.0.1")), {}), "IP address mismatch");
    EXPECT_TRUE(named.requests().empty());
    EXPECT_TRUE(spelled.requests().empty());
}

TEST(HttpTls, RefusesAnExpiredCertificate) {
    const TemporaryFile ca(authority().certificate_pem());
    SocketServer server(answer_all(http_answer(200)),
                        tls_of(authority().issue({"DNS:localhost"}, true)));
    expect_refused(transport_trusting(ca.path())->send(get(server.url("/", "localhost")), {}),
                   "certificate has expired");
}

TEST(HttpTls, RefusesOldVersionsAndWeakCiphers) {
    const TemporaryFile ca(authority().certificate_pem());
    const auto transport = transport_trusting(ca.path());
    // The server itself is able: a client without our rules gets through to it.
    SocketServer old(answer_all(http_answer(200)), good_tls("1.1"));
    expect_refused(transport->send(get(old.url("/", "localhost")), {}), "");
    SocketServer weak(answer_all(http_answer(200)), good_tls("1.2", "ECDHE-ECDSA-AES128-SHA256"));
    expect_refused(transport->send(get(weak.url("/", "localhost")), {}), "");
    SocketServer strong(answer_all(http_answer(200)),
                        good_tls("1.2", "ECDHE-ECDSA-AES128-GCM-SHA256"));
    EXPECT_TRUE(transport->send(get(strong.url("/", "localhost")), {}));
    EXPECT_TRUE(old.requests().empty());
    EXPECT_TRUE(weak.requests().empty());
}

TEST(HttpTls, HardenedContextsAllowModernVersionsAndCiphersOnly) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    TrustStore store({});
    harden(context, *parse_url("https://a.example/"), store.current(), nullptr);
    EXPECT_EQ(SSL_CTX_get_min_proto_version(context), TLS1_2_VERSION);
    const STACK_OF(SSL_CIPHER)* ciphers = SSL_CTX_get_ciphers(context);
    ASSERT_GT(sk_SSL_CIPHER_num(ciphers), 0);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
        const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ciphers, i);
        EXPECT_EQ(SSL_CIPHER_is_aead(cipher), 1) << SSL_CIPHER_get_name(cipher);
        const int exchange = SSL_CIPHER_get_kx_nid(cipher);
        EXPECT_TRUE(exchange == NID_kx_ecdhe || exchange == NID_kx_any)
            << SSL_CIPHER_get_name(cipher);
    }
    EXPECT_EQ(SSL_CTX_get_cert_store(context), store.current().get());
    SSL_CTX_free(context);
}

TEST(HttpTls, TheStoreIsBuiltOnceAndAgainWhenAFileChanges) {
    const CertificateAuthority other;
    const TemporaryFile bundle(other.certificate_pem());
    const TemporaryFile extra(authority().certificate_pem());
    TrustStore store(extra.path(), bundle.path());
    const auto first = store.current();
    EXPECT_EQ(store.current(), first);
    bundle.rewrite(other.certificate_pem() + authority().certificate_pem());
    const auto second = store.current();
    EXPECT_NE(second, first);
    EXPECT_EQ(store.current(), second);
    extra.rewrite("half a file");
    EXPECT_EQ(store.current(), second) << "a file that cannot be read changes nothing";
    extra.rewrite(other.certificate_pem());
    EXPECT_NE(store.current(), second);
}

TEST(HttpTls, AnAuthorityAddedToTheFileIsTrustedFromTheNextConnectionOn) {
    const CertificateAuthority other;
    const TemporaryFile ca(other.certificate_pem());
    const auto transport = transport_trusting(ca.path());
    SocketServer server(answer_all(http_answer(200)), good_tls());
    EXPECT_FALSE(transport->send(get(server.url("/", "localhost")), {}));
    ca.rewrite(authority().certificate_pem());
    EXPECT_TRUE(transport->send(get(server.url("/", "localhost")), {}));
}

TEST(HttpTls, NewConnectionsDoNotReadTheSystemsBundleAgain) {
    const TemporaryFile ca(authority().certificate_pem());
    SocketServer server(
        [](SocketServer::Session& session) {
            session.read_request();
            session.send(http_answer(200, "", {{"Connection", "close"}}));
        },
        good_tls());
    const auto transport = transport_trusting(ca.path());
    ASSERT_TRUE(transport->send(get(server.url("/", "localhost")), {}));
    EXPECT_STREQ(std::getenv("SSL_CERT_FILE"), "/dev/null");
    constexpr int kConnections = 20;
    const auto took = time_of([&] {
        for (int i = 0; i < kConnections; ++i) {
            EXPECT_TRUE(transport->send(get(server.url("/", "localhost")), {}));
        }
    });
    EXPECT_EQ(server.connections(), kConnections + 1);
    RecordProperty("milliseconds_per_connection", static_cast<int>(took.count() / kConnections));
}

TEST(HttpTls, AnEndWithoutAFarewellIsATruncation) {
    // Without a length, only the close_notify tells the end of the body from a cut.
    const TemporaryFile ca(authority().certificate_pem());
    SocketServer server(
        [](SocketServer::Session& session) {
            session.read_request();
            session.send("HTTP/1.1 200 OK\r\n\r\nhalf of it");
        },
        good_tls());
    const auto answer = transport_trusting(ca.path())->send(get(server.url("/", "localhost")), {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
}

TEST(HttpTls, ACreateOnABrokenKeptConnectionIsSentOnceAndInDoubt) {
    const TemporaryFile ca(authority().certificate_pem());
    SocketServer server(
        [](SocketServer::Session& session) {
            session.read_request();
            session.send(http_answer(200));
            session.read_request();
        },
        good_tls());
    const auto transport = transport_trusting(ca.path());
    ASSERT_TRUE(transport->send(get(server.url("/", "localhost")), {}));
    const auto answer = transport->send(post(server.url("/", "localhost"), "x"), {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
    EXPECT_EQ(server.requests().size(), 2u);
}

TEST(HttpTls, AKeptConnectionThatTheServerClosedIsReplacedUnseen) {
    const TemporaryFile ca(authority().certificate_pem());
    SocketServer server(
        [](SocketServer::Session& session) {
            session.read_request();
            session.send(http_answer(200));
        },
        good_tls());
    const auto transport = transport_trusting(ca.path());
    for (int i = 0; i < 3; ++i) {
        const auto answer = transport->send(post(server.url("/", "localhost"), "x"), {});
        ASSERT_TRUE(answer) << answer.error().message;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    EXPECT_EQ(server.requests().size(), 3u);
}

TEST(HttpTls, OneGiantChunkOrHeaderCannotFillTheMemory) {
    // The library buffers a whole chunk and a whole header block before it asks anybody.
    const TemporaryFile ca(authority().certificate_pem());
    for (const std::string head :
         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
          "HTTP/1.1 200 OK\r\nX-Endless: "}) {
        SocketServer server(
            [&](SocketServer::Session& session) {
                session.read_request();
                session.send(head);
                const std::string piece(64 * 1024, 'x');
                while (session.send(piece)) {
                }
            },
            good_tls());
        Request request = get(server.url("/", "localhost"));
        request.max_answer_bytes = 1024 * 1024;
        const long before = peak_memory_kib();
        const auto answer = transport_trusting(ca.path())->send(request, {});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, "DUET-3004") << answer.error().message;
        EXPECT_LT(peak_memory_kib() - before, 64 * 1024);
    }
}

TEST(HttpTls, CallsGivenUpWhileTheirAnswersPourInCrashNothing) {
    const TemporaryFile ca(authority().certificate_pem());
    SocketServer server(
        [&](SocketServer::Session& session) {
            session.read_request();
            session.send("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
            const std::string piece(64 * 1024, 'x');
            while (session.send(piece)) {
            }
        },
        good_tls());
    const auto transport = transport_trusting(ca.path());
    Request request = get(server.url("/", "localhost"));
    request.max_answer_bytes = std::size_t{1} << 30;
    for (int i = 0; i < 20; ++i) {
        request.deadline = std::chrono::milliseconds{30 + i};
        const auto answer = transport->send(request, {});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt) << answer.error().message;
    }
}

}  // namespace
}  // namespace duet::http
