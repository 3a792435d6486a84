// Law 11: no secret reaches a log, an error message, a metric or the store in clear.
#include <span>

#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/log.h"
#include "daemon/service/plan_answers.h"
#include "daemon/sync/settle.h"
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

class Law11Connector : public testing::TestWithParam<const char*> {
protected:
    /// What a connector says of one write, when the vendor answers it with all that it was sent.
    static Result<Written> refused_write(const std::string& kind) {
        const test::SecretFile secret{kSecret};
        test::Bench bench;
        bench.make(kind, {{"auth",
                           {{"flow", "client_credentials"},
                            {"client_id", "client"},
                            {"client_secret_file", secret.path()}}}});
        bench.transport.on("POST", "https://login.test/services/oauth2/token")
            .always_replies(
                200, nlohmann::json{{"access_token", kToken}, {"instance_url", "https://org.test"}}
                         .dump());
        for (const auto prefix : {test::kSalesforce, test::kPardot}) {
            for (const char* method : {"GET", "POST", "PATCH"})
                bench.transport.on(method, prefix).always_replies(400, echoing("BAD"));
        }
        Write write;
        write.id = {kind == "pardot" ? "prospect" : "Contact", "1"};
        const Write batch[] = {write};
        auto outcomes = bench.connector->write(batch, {});
        if (!outcomes) return std::move(outcomes).error();
        return outcomes->front();
    }
};

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

TEST_P(Law11Connector, NeitherTheStoreNorTheFiguresHoldASecretThatTheVendorEchoes) {
    auto outcome = refused_write(GetParam());
    ASSERT_FALSE(outcome);
    WorldOptions options;
    options.store_in_file = true;
    World world(options);
    world.add_contact("ada@example.com");
    world.run_until_quiet();
    store::InFlight write;
    write.entity = world.entity_of(kCrm, world.with_email(kCrm, "ada@example.com")).id;
    write.side = kMarketing;
    write.write.id = world.with_email(kMarketing, "ada@example.com");
    write.write.fields.set("phone", text("5550100"));
    ASSERT_TRUE(world.store().add_in_flight("acme", std::span(&write, 1)));
    // However the connector classed it, it is put aside in the vendor's own words.
    Error put_aside = outcome.error();
    put_aside.kind = ErrorKind::Rejected;
    ASSERT_TRUE(sync::settle(world.org(), write, put_aside));
    auto cycle = world.store().cycles("acme", 1)->front();
    cycle.error = outcome.error().message;
    ASSERT_TRUE(world.store().save_cycle("acme", cycle));

    const std::string stored = world.stored_bytes();
    EXPECT_EQ(world.store().quarantine("acme", 9)->size(), 1U) << "nothing was put aside";
    EXPECT_EQ(stored.find("MARKED"), std::string::npos);
    const auto figures = service::status_of(world.org());
    ASSERT_TRUE(figures);
    EXPECT_EQ(figures->dump().find("MARKED"), std::string::npos);
    const std::string metrics =
        service::metrics_text({{"orgs", nlohmann::json::array({*figures})}, {"version", "1"}});
    EXPECT_NE(metrics.find("duet_"), std::string::npos);
    EXPECT_EQ(metrics.find("MARKED"), std::string::npos);
    const auto told = service::explain(world.org(), "ada@example.com", {});
    ASSERT_TRUE(told);
    EXPECT_EQ(told->dump().find("MARKED"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(OfEachVendor, Law11Connector, testing::Values("salesforce", "pardot"));

}  // namespace
}  // namespace duet::world
