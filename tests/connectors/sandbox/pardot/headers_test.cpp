#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "tests/connectors/sandbox/pardot/pardot_client.h"

namespace duet::sandbox::testing {
namespace {

constexpr const char* kLists = "/api/v5/objects/lists?fields=id";

TEST(PardotHeaders, MissingAuthorizationIs401Code49) {
    PardotServer server;
    const Reply reply =
        server.raw("GET", kLists, "", {{"Pardot-Business-Unit-Id", "0UvSB0000000001AAA"}});
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.json(), (nlohmann::json{{"code", 49}, {"message", "Access Denied"}}));
}

TEST(PardotHeaders, UnknownOrExpiredTokenIs401Code184) {
    PardotServer server;
    auto headers = server.headers();
    headers[0].second = "Bearer nonsense";
    const Reply unknown = server.raw("GET", kLists, "", headers);
    EXPECT_EQ(unknown.status, 401);
    EXPECT_EQ(unknown.json()["message"], "access_token is invalid, unknown, or malformed");
    server.advance(std::chrono::hours(3));
    const Reply expired = server.get("lists?fields=id");
    EXPECT_EQ(expired.status, 401);
    EXPECT_EQ(expired.code(), 184);
}

TEST(PardotHeaders, BusinessUnitIsAskedForCheckedAndCompared) {
    PardotServer server;
    const auto with_unit = [&server](const std::string& unit) {
        auto headers = server.headers();
        headers[1].second = unit;
        return server.raw("GET", kLists, "", headers);
    };
    const Reply absent = server.raw("GET", kLists, "", {server.headers()[0]});
    EXPECT_EQ(absent.status, 400);
    EXPECT_EQ(absent.json()["code"], 181);
    EXPECT_EQ(absent.json()["message"],
              "A required header is missing: Pardot-Business-Unit-Id header not found on request.");
    EXPECT_EQ(with_unit("001SB0000000001AAA").code(), 182);
    EXPECT_EQ(with_unit("0Uv").code(), 182);
    EXPECT_EQ(with_unit("0UvSB0000000009AAA").code(), 201);
    EXPECT_EQ(with_unit("0UvSB0000000001").status, 200);
}

TEST(PardotHeaders, DailyLimitIs429Code122UntilTheNextDay) {
    SandboxOptions options = PardotServer::standing_clock();
    options.pardot_daily_calls = 2;
    options.token_life = std::chrono::hours(48);
    PardotServer server(options);
    EXPECT_EQ(server.get("lists?fields=id").status, 200);
    auto headers = server.headers();
    headers.emplace_back("X-Return-Api-Usage", "1");
    EXPECT_EQ(server.raw("GET", kLists, "", headers).header("x-api-usage"), "2/2");
    const Reply refused = server.get("lists?fields=id");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.json(),
              (nlohmann::json{{"code", 122}, {"message", "Daily API rate limit met"}}));
    server.advance(std::chrono::hours(24));
    EXPECT_EQ(server.get("lists?fields=id").status, 200);
}

TEST(PardotHeaders, SixthCallAtOnceIsRefusedWithCode66) {
    SandboxOptions options = PardotServer::standing_clock();
    options.latency = std::chrono::milliseconds(1500);
    PardotServer server(options);
    std::vector<std::jthread> callers;
    std::atomic<int> refused = 0, served = 0;
    for (int i = 0; i < 6; ++i) {
        callers.emplace_back([&] {
            const Reply reply = server.get("lists?fields=id");
            (reply.code() == 66 ? refused : served)++;
        });
    }
    callers.clear();
    EXPECT_EQ(served, 5);
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(server.get("lists?fields=id").status, 200);
}

TEST(PardotHeaders, UnknownPlacesAreSaidToBeUnknown) {
    PardotServer server;
    EXPECT_EQ(server.get("unicorns?fields=id").code(), 192);
    EXPECT_EQ(server.raw("GET", "/api/v5/exports", "", server.headers()).code(), 198);
    EXPECT_EQ(server.call("PUT", "lists").code(), 60);
    EXPECT_EQ(server.call("PUT", "lists").status, 405);
    EXPECT_EQ(server.post("opportunities", {{"name", "x"}}).code(), 60);
    EXPECT_EQ(server.patch("opportunities/61", {{"name", "x"}}).code(), 60);
    EXPECT_EQ(server.call("DELETE", "campaigns/21").code(), 60);
    EXPECT_EQ(server.post("prospects/do/dance", nlohmann::json::object()).code(), 205);
}

TEST(PardotHeaders, AccountIsASingletonWithItsLimits) {
    PardotServer server;
    const Reply reply = server.get("account?fields=id,maximumDailyApiCalls,apiCallsUsed");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.json()["maximumDailyApiCalls"], 25000);
    EXPECT_EQ(reply.json()["apiCallsUsed"], 1);
    EXPECT_EQ(server.get("account").code(), 13);
}

TEST(PardotHeaders, BodiesAreJsonObjectsDeclaredAsSuch) {
    PardotServer server;
    auto headers = server.headers();
    headers[2].second = "text/plain";
    const std::string target = "/api/v5/objects/lists";
    EXPECT_EQ(server.raw("POST", target, R"({"name":"x"})", headers).code(), 151);
    EXPECT_EQ(server.call("POST", "lists", "").code(), 152);
    EXPECT_EQ(server.call("POST", "lists", "{\"name\":").code(), 150);
    EXPECT_EQ(server.call("POST", "lists", "[1]").code(), 150);
}

}  // namespace
}  // namespace duet::sandbox::testing
