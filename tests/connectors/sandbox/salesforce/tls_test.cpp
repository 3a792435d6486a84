#include <filesystem>
#include <fstream>
#include <memory>

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tests/connectors/sandbox/salesforce/org.h"
#include "tests/world/certificates.h"

namespace duet::sandbox::test {
namespace {

/// One HTTPS request to 127.0.0.1 that trusts only `authority`; "" when the handshake fails.
std::string https_get(std::uint16_t port, const std::string& authority, const std::string& path) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_load_verify_locations(context.get(), authority.c_str(), nullptr);
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_ssl_connect(context.get()),
                                                            &BIO_free_all);
    BIO_set_conn_hostname(bio.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
    if (BIO_do_handshake(bio.get()) != 1) {
        ERR_clear_error();
        return {};
    }
    const std::string request =
        "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    BIO_write(bio.get(), request.data(), static_cast<int>(request.size()));
    std::string answer;
    char chunk[4096];
    for (int size = 0; (size = BIO_read(bio.get(), chunk, sizeof chunk)) > 0;) {
        answer.append(chunk, static_cast<std::size_t>(size));
    }
    return answer;
}

std::string written(const std::string& name, const std::string& text) {
    const std::string path = testing::TempDir() + name;
    std::ofstream(path) << text;
    return path;
}

TEST(SandboxTls, SpeaksHttpsWithTheGivenCertificateOnly) {
    const world::CertificateAuthority authority;
    const world::CertificateAuthority stranger;
    const auto certificate = authority.issue({"IP:127.0.0.1", "DNS:login.salesforce.com"});
    SandboxOptions options;
    options.certificate_file = written("sandbox_tls_cert.pem", certificate.certificate_pem);
    options.key_file = written("sandbox_tls_key.pem", certificate.key_pem);
    const Sandbox sandbox(options);
    EXPECT_EQ(sandbox.url().substr(0, 8), "https://");
    const std::string trusted = written("sandbox_tls_ca.pem", authority.certificate_pem());
    const std::string answer = https_get(sandbox.port(), trusted, "/services/data");
    EXPECT_EQ(answer.rfind("HTTP/1.1 200", 0), 0U) << answer;
    const std::string other = written("sandbox_tls_other.pem", stranger.certificate_pem());
    EXPECT_EQ(https_get(sandbox.port(), other, "/services/data"), "");
    world::RawHttpClient plain(sandbox.port());
    EXPECT_EQ(plain.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n").rfind("HTTP", 0),
              std::string::npos);
    EXPECT_NE(https_get(sandbox.port(), trusted, "/sandbox/health").find("\"ok\""),
              std::string::npos);
}

TEST(SandboxTls, AKeyThatIsNotThereIsNamed) {
    SandboxOptions options;
    options.certificate_file = "/nowhere/cert.pem";
    options.key_file = "/nowhere/key.pem";
    EXPECT_THROW(Sandbox{options}, std::runtime_error);
}

}  // namespace
}  // namespace duet::sandbox::test
