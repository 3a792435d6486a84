#include "connectors/http/oauth.h"

#include <thread>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "tests/connectors/help/connector_help.h"

namespace duet {
namespace {

using test::Bench;
using test::SecretFile;

std::string from_base64url(std::string_view text) {
    static constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string bytes;
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        bits = bits << 6 | static_cast<unsigned>(kAlphabet.find(c));
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes += static_cast<char>(bits >> held & 0xffu);
        }
    }
    return bytes;
}

http::OAuthSettings settings(http::Flow flow) {
    http::OAuthSettings made;
    made.flow = flow;
    made.login_url = "https://login.test";
    made.client_id = "client";
    made.username = "sync@acme.example";
    return made;
}

TEST(OAuth, AssertsTheUserByTheGivenClock) {
    const test::RsaKey key;
    const SecretFile file(key.private_pem());
    Bench bench;
    auto chosen = settings(http::Flow::JwtBearer);
    chosen.key_file = file.path();
    http::OAuth oauth(chosen, bench.transport, bench.clock);
    ASSERT_TRUE(oauth.token({}));
    const std::string body = test::decoded(bench.transport.requests().at(0).body);
    EXPECT_TRUE(body.starts_with("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&"));
    const std::string jwt = body.substr(body.find("assertion=") + 10);
    const auto first = jwt.find('.'), second = jwt.rfind('.');
    const auto claims =
        nlohmann::json::parse(from_base64url(jwt.substr(first + 1, second - first - 1)));
    EXPECT_EQ(claims["iss"], "client");
    EXPECT_EQ(claims["sub"], "sync@acme.example");
    EXPECT_EQ(claims["aud"], "https://login.test");
    EXPECT_EQ(claims["exp"], 1514851200 + 180);  // the clock's own time, not the machine's
}

TEST(OAuth, AJwtIsThreePartsWithTheClaimsAndAValidSignature) {
    const test::RsaKey key;
    auto jwt = http::sign_jwt(http::Secret(key.private_pem()), R"({"iss":"client"})");
    ASSERT_TRUE(jwt) << jwt.error().message;
    const auto first = jwt->find('.'), second = jwt->rfind('.');
    ASSERT_LT(first, second);
    EXPECT_EQ(from_base64url(jwt->substr(0, first)), R"({"alg":"RS256"})");
    EXPECT_EQ(from_base64url(jwt->substr(first + 1, second - first - 1)), R"({"iss":"client"})");
    const std::string data = jwt->substr(0, second);
    const std::string signature = from_base64url(jwt->substr(second + 1));
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ASSERT_EQ(EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key.get()), 1);
    EXPECT_EQ(EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                               signature.size(),
                               reinterpret_cast<const unsigned char*>(data.data()), data.size()),
              1);
    EVP_MD_CTX_free(context);
}

TEST(OAuth, AFileThatIsNoKeyIsRefusedWithoutItsContent) {
    auto jwt = http::sign_jwt(http::Secret(std::string("hush hush")), "{}");
    ASSERT_FALSE(jwt);
    EXPECT_EQ(jwt.error().message.find("hush"), std::string::npos);
}

TEST(OAuth, ARotatedRefreshTokenIsStoredBeforeTheAccessTokenIsUsed) {
    const SecretFile file("old-token\n");
    Bench bench;
    bench.transport.on("POST", "https://login.test/services/oauth2/token")
        .replies(200, R"({"access_token":"t","refresh_token":"new-token"})");
    auto chosen = settings(http::Flow::RefreshToken);
    chosen.refresh_token_file = file.path();
    http::OAuth oauth(chosen, bench.transport, bench.clock);
    ASSERT_TRUE(oauth.token({}));
    EXPECT_EQ(file.content(), "new-token");
    EXPECT_TRUE(http::read_secret_file(file.path()));  // still private
}

TEST(OAuth, ARefusalCarriesTheVendorsWord) {
    const SecretFile file("dead");
    Bench bench;
    bench.transport.on("POST", "https://login.test/services/oauth2/token")
        .replies(400, test::payload("salesforce/token_refused.json"));
    auto chosen = settings(http::Flow::RefreshToken);
    chosen.refresh_token_file = file.path();
    http::OAuth oauth(chosen, bench.transport, bench.clock);
    const auto token = oauth.token({});
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().kind, ErrorKind::Unauthenticated);
    EXPECT_EQ(token.error().remote_code, "invalid_grant");
    EXPECT_EQ(token.error().message.find("dead"), std::string::npos);
}

TEST(OAuth, ThreadsThatFindTheTokenRefusedSignInOnce) {
    Bench bench;
    auto chosen = settings(http::Flow::ClientCredentials);
    chosen.client_secret_file = bench.secret.path();
    http::OAuth oauth(chosen, bench.transport, bench.clock);
    const auto old = *oauth.token({});
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            oauth.reject(old);
            EXPECT_TRUE(oauth.token({}));
        });
    }
    threads.clear();
    EXPECT_EQ(bench.sign_ins(), 2u);
}

TEST(Secret, FilesThatOthersMayReadAreRefusedWithTheMend) {
    for (const unsigned mode : {0640u, 0604u, 0666u}) {
        const SecretFile file("hush", mode);
        const auto secret = http::read_secret_file(file.path());
        ASSERT_FALSE(secret) << mode;
        EXPECT_NE(secret.error().message.find("chmod 600"), std::string::npos);
        EXPECT_EQ(secret.error().message.find("hush"), std::string::npos);
    }
    for (const unsigned mode : {0600u, 0400u}) {
        const SecretFile file("hush\n", mode);
        const auto secret = http::read_secret_file(file.path());
        ASSERT_TRUE(secret) << secret.error().message;
        EXPECT_EQ(secret->reveal(), "hush");
    }
}

TEST(Secret, AMoveLeavesNothingBehind) {
    http::Secret first(std::string("short"));
    const http::Secret second(std::move(first));
    EXPECT_EQ(second.reveal(), "short");
    EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is the question
}

TEST(Hosts, AreReadAsARequestWouldGo) {
    EXPECT_EQ(http::host_of("https://Acme.my.salesforce.com/x"), "acme.my.salesforce.com");
    EXPECT_EQ(http::host_of("https://login.test@evil.test/"), std::nullopt);
    EXPECT_EQ(http::host_of("ftp://login.test"), std::nullopt);
}

}  // namespace
}  // namespace duet
