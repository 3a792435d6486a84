#include <chrono>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "connectors/sandbox/jwt.h"
#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

constexpr const char* kForm = "application/x-www-form-urlencoded";

/// A fresh RSA key: its public half as PEM, and assertions signed with it.
class Signer {
public:
    Signer() : key_(EVP_RSA_gen(2048)) {}
    ~Signer() { EVP_PKEY_free(key_); }
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;

    [[nodiscard]] std::string public_pem() const {
        BIO* bio = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(bio, key_);
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio, &data);
        std::string pem(data, static_cast<std::size_t>(size));
        BIO_free(bio);
        return pem;
    }

    [[nodiscard]] std::string assertion(const json& claims) const {
        const std::string body = url64(R"({"alg":"RS256"})") + "." + url64(claims.dump());
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
        std::string signature(256, '\0');
        std::size_t size = signature.size();
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(body.data()), body.size());
        EVP_MD_CTX_free(context);
        return body + "." + url64(signature);
    }

private:
    static std::string url64(const std::string& bytes) {
        std::string text = base64(bytes);
        for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
        while (!text.empty() && text.back() == '=') text.pop_back();
        return text;
    }
    EVP_PKEY* key_;
};

Answer ask(Org& org, const std::string& form) {
    org.token.clear();
    return org.call("POST", "/services/oauth2/token", form, {{"Content-Type", kForm}});
}

std::string jwt_form(const std::string& assertion) {
    return "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" +
           assertion;
}

std::int64_t now_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

TEST(SandboxOAuth, TheTokenAnswerHasTheVendorsMembers) {
    Org org;
    const auto answer = ask(org,
                            "grant_type=client_credentials&client_id=duet-sandbox-client&client_"
                            "secret=duet-sandbox-secret");
    ASSERT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.json.contains("expires_in"));
    EXPECT_FALSE(answer.json.contains("refresh_token"));
    EXPECT_EQ(answer.json["instance_url"], org.sandbox->url());
    EXPECT_EQ(answer.json["token_type"], "Bearer");
    EXPECT_EQ(answer.json["issued_at"], "1514862245000");
    const std::string token = answer.json["access_token"];
    EXPECT_EQ(token.substr(0, 16), "00DSB0000004321!");
    const std::string signed_text =
        answer.json["id"].get<std::string>() + answer.json["issued_at"].get<std::string>();
    EXPECT_EQ(answer.json["signature"], base64(hmac_sha256("duet-sandbox-secret", signed_text)));
}

TEST(SandboxOAuth, WrongClientsAreToldApart) {
    Org org;
    const auto wrong_secret =
        ask(org, "grant_type=client_credentials&client_id=duet-sandbox-client&client_secret=x");
    EXPECT_EQ(wrong_secret.status, 400);
    EXPECT_EQ(
        wrong_secret.json,
        json::parse(
            R"({"error":"invalid_client","error_description":"invalid client credentials"})"));
    const auto wrong_id = ask(org, "grant_type=client_credentials&client_id=x&client_secret=x");
    EXPECT_EQ(wrong_id.json["error"], "invalid_client_id");
    EXPECT_EQ(ask(org, "grant_type=magic").json["error"], "unsupported_grant_type");
}

TEST(SandboxOAuth, ClientCredentialsMayComeByBasicHeader) {
    Org org;
    org.token.clear();
    const auto answer =
        org.call("POST", "/services/oauth2/token", "grant_type=client_credentials",
                 {{"Content-Type", kForm},
                  {"Authorization", "Basic " + base64("duet-sandbox-client:duet-sandbox-secret")}});
    EXPECT_EQ(answer.status, 200) << answer.raw.body;
}

TEST(SandboxOAuth, PasswordGrantGivesARefreshTokenThatWorksAndCanBeRevoked) {
    Org org;
    const std::string client = "&client_id=duet-sandbox-client&client_secret=duet-sandbox-secret";
    const auto first =
        ask(org, "grant_type=password&username=sync%40acme.example&password=sandboxTOKEN" + client);
    ASSERT_EQ(first.status, 200) << first.raw.body;
    const std::string refresh = first.json["refresh_token"];
    const auto second = ask(org, "grant_type=refresh_token&refresh_token=" + refresh + client);
    EXPECT_EQ(second.status, 200);
    EXPECT_FALSE(second.json.contains("refresh_token"));
    EXPECT_EQ(
        org.call("POST", "/services/oauth2/revoke", "token=" + refresh, {{"Content-Type", kForm}})
            .status,
        200);
    EXPECT_EQ(ask(org, "grant_type=refresh_token&refresh_token=" + refresh + client)
                  .json["error_description"],
              "expired access/refresh token");
    EXPECT_EQ(ask(org, "grant_type=password&username=sync%40acme.example&password=no" + client)
                  .json["error"],
              "invalid_grant");
    EXPECT_EQ(ask(org, "grant_type=password&username=gone%40acme.example&password=sandbox" + client)
                  .json["error"],
              "invalid_grant");
}

TEST(SandboxOAuth, JwtIsCheckedLenientlyButItsSignatureIsChecked) {
    const Signer signer;
    auto options = Org::options_at_rest();
    options.apps[0].certificate_pem = signer.public_pem();
    options.jwt_replay_refused = true;
    Org org(options);
    const json claims = {{"iss", "duet-sandbox-client"},
                         {"sub", "sync@acme.example"},
                         {"aud", "https://login.salesforce.com/"},
                         {"exp", std::to_string(now_seconds() + 180)}};
    EXPECT_EQ(ask(org, jwt_form(signer.assertion(claims))).status, 200);
    json other = claims;
    other["exp"] = now_seconds() * 1000 + 300;
    other["aud"] = org.sandbox->url();
    other["jti"] = "once";
    EXPECT_EQ(ask(org, jwt_form(signer.assertion(other))).status, 200);
    EXPECT_EQ(ask(org, jwt_form(signer.assertion(other))).json["error"], "invalid_grant");

    other = claims;
    other["aud"] = "https://elsewhere.example";
    EXPECT_EQ(ask(org, jwt_form(signer.assertion(other))).json["error_description"],
              "audience is invalid");
    other = claims;
    other["exp"] = 1'000'000'000;
    EXPECT_EQ(ask(org, jwt_form(signer.assertion(other))).json["error"], "invalid_grant");
    other = claims;
    other["sub"] = "stranger@acme.example";
    EXPECT_EQ(ask(org, jwt_form(signer.assertion(other))).json["error_description"],
              "user hasn't approved this consumer");
    other = claims;
    other["iss"] = "someone";
    EXPECT_EQ(ask(org, jwt_form(signer.assertion(other))).json["error"], "invalid_client_id");
    const Signer forger;
    EXPECT_EQ(ask(org, jwt_form(forger.assertion(claims))).json["error"], "invalid_grant");
}

TEST(SandboxOAuth, ExpiredTokensMeetTheExact401) {
    Org org;
    EXPECT_EQ(org.call("POST", "/sandbox/expire-tokens").status, 200);
    const auto answer = org.get("/limits");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.raw.header("Content-Type"), "application/json;charset=UTF-8");
    EXPECT_EQ(
        answer.json,
        json::parse(
            R"([{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}])"));
    org.token.clear();
    EXPECT_EQ(
        org.call("GET", "/services/data/v60.0/limits", "", {{"Authorization", "nonsense"}}).code(),
        "INVALID_AUTH_HEADER");
}

TEST(SandboxOAuth, ATokenLivesFromItsLastUseOnTheSandboxClock) {
    Org org;
    org.set_clock("2018-01-02T04:30:00Z");
    EXPECT_EQ(org.get("/limits").status, 200);
    org.set_clock("2018-01-02T06:00:00Z");
    EXPECT_EQ(org.get("/limits").status, 200);
    org.set_clock("2018-01-02T08:00:01Z");
    EXPECT_EQ(org.get("/limits").status, 401);
}

TEST(SandboxOAuth, UserinfoAndIntrospectionKnowTheUser) {
    Org org;
    const auto info = org.call("GET", "/services/oauth2/userinfo");
    EXPECT_EQ(info.json["user_id"], "005SB00000uSeRxYAK");
    EXPECT_EQ(info.json["organization_id"], "00DSB00000043212AA");
    const std::string client = "&client_id=duet-sandbox-client&client_secret=duet-sandbox-secret";
    const auto live =
        org.call("POST", "/services/oauth2/introspect", "token=" + url_encode(org.token) + client,
                 {{"Content-Type", kForm}});
    EXPECT_EQ(live.json["active"], true);
    EXPECT_EQ(live.json["username"], "sync@acme.example");
    const auto dead = org.call("POST", "/services/oauth2/introspect", "token=x" + client,
                               {{"Content-Type", kForm}});
    EXPECT_EQ(dead.json, json::parse(R"({"active":false})"));
}

TEST(SandboxOAuth, SoapLoginGivesASessionOrAFault) {
    Org org;
    const auto login = [&org](const std::string& password) {
        org.token.clear();
        return org.call("POST", "/services/Soap/u/50.0",
                        "<se:Envelope xmlns:se=\"x\"><se:Body><login "
                        "xmlns=\"y\"><username>sync@acme.example</username><password>" +
                            password + "</password></login></se:Body></se:Envelope>",
                        {{"Content-Type", "text/xml"}, {"SOAPAction", "\"\""}});
    };
    const auto good = login("sandbox");
    ASSERT_EQ(good.status, 200);
    EXPECT_NE(good.raw.body.find("<serverUrl>" + org.sandbox->url() +
                                 "/services/Soap/u/50.0/00DSB0000004321</serverUrl>"),
              std::string::npos);
    const std::size_t at = good.raw.body.find("<sessionId>") + 11;
    const auto bad = login("wrong");
    EXPECT_EQ(bad.status, 500);
    EXPECT_NE(bad.raw.body.find("<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>"),
              std::string::npos);
    org.token = good.raw.body.substr(at, good.raw.body.find('<', at) - at);
    EXPECT_EQ(org.get("/limits").status, 200);
}

}  // namespace
}  // namespace duet::sandbox::test
