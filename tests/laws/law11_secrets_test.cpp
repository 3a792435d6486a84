// Law 11: no secret reaches a log, an error message, a metric or the store in clear.
#include <nlohmann/json.hpp>

#include "daemon/service/log.h"
#include "tests/connectors/help/connector_help.h"
#include "tests/laws/laws.h"
#include "tests/world/fake_transport.h"

namespace duet::world {
namespace {

constexpr const char* kSecret = "MARKED-client-secret-7f3a";
constexpr const char* kToken = "MARKED-access-token-91bc";

TEST(Law11NoSecretReachesALog, WhatALineMayNotCarryIsStruckOut) {
    testing::internal::CaptureStderr();
    log::start("debug");
    log::error("Refused.", {{"header", std::string("Authorization: Bearer ") + kToken},
                            {"body", std::string("grant_type=x&client_secret=") + kSecret},
                            {"who", "ada.lovelace@example.com"}});
    log::warn(std::string("POST failed: client_secret=") + kSecret + "&refresh_token=" + kToken);
    const std::string lines = testing::internal::GetCapturedStderr();
    EXPECT_NE(lines.find("Refused."), std::string::npos) << lines;
    EXPECT_EQ(lines.find("MARKED"), std::string::npos) << lines;
    EXPECT_EQ(lines.find("ada.lovelace"), std::string::npos) << lines;
}

/// What the vendors say back when something is wrong: with everything we sent them in it.
std::string echoing(std::string_view code) {
    return nlohmann::json{{"error", code},
                          {"error_description", std::string("client_secret=") + kSecret},
                          {"code", 13},
                          {"message", std::string("Bearer ") + kToken + " may not do this"}}
        .dump();
}

class Law11Connector : public testing::TestWithParam<const char*> {};

TEST_P(Law11Connector, ItsErrorsCarryNoSecretThatTheVendorEchoes) {
    const std::string kind = GetParam();
    const test::SecretFile secret{kSecret};
    for (const bool signs_in : {false, true}) {
        test::Bench bench;
        bench.make(kind, {{"auth",
                           {{"flow", "client_credentials"},
                            {"client_id", "client"},
                            {"client_secret_file", secret.path()}}}});
        std::string told;
        if (signs_in) {
            bench.transport.on("POST", "https://login.test/services/oauth2/token")
                .always_replies(200, nlohmann::json{{"access_token", kToken},
                                                    {"instance_url", "https://org.test"}}
                                         .dump());
            for (const auto prefix : {test::kSalesforce, test::kPardot}) {
                for (const char* method : {"GET", "POST", "PATCH"})
                    bench.transport.on(method, prefix).always_replies(400, echoing("BAD"));
            }
        } else {
            bench.transport.on("POST", "https://login.test/services/oauth2/token")
                .always_replies(400, echoing("invalid_grant"));
        }
        const Selection people{kind == "pardot" ? "prospect" : "Contact", {}};
        if (auto page = bench.connector->changes(people, {}, 100, {}); !page)
            told += page.error().message + page.error().remote_code;
        Write write;
        write.id = {people.object, "1"};
        const Write batch[] = {write};
        auto outcomes = bench.connector->write(batch, {});
        if (!outcomes) {
            told += outcomes.error().message + outcomes.error().remote_code;
        } else if (!outcomes->front()) {
            told += outcomes->front().error().message + outcomes->front().error().remote_code;
        }
        EXPECT_NE(told, "") << "nothing failed, so nothing was shown";
        EXPECT_EQ(told.find("MARKED"), std::string::npos) << told;
    }
}

INSTANTIATE_TEST_SUITE_P(OfEachVendor, Law11Connector, testing::Values("salesforce", "pardot"));

}  // namespace
}  // namespace duet::world
