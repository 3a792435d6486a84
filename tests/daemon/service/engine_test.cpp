#include "daemon/service/engine.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "tests/daemon/help/temporary_folder.h"

namespace duet::service {
namespace {

/// Port 9 (discard) of this machine: nobody listens there.
constexpr const char* kNobody = "http://127.0.0.1:9";

class EngineStart : public testing::Test {
protected:
    Config config(const std::string& crm_url, const std::string& marketing_url,
                  const std::string& top = "") {
        folder_.write("secret", "s");
        folder_.write("rules/people.yaml",
                      "entity: person\nmatch: [crm_id, email]\nfields:\n"
                      "  - salesforce: Phone\n    pardot: phone\n");
        const auto side = [](const std::string& name, const std::string& url) {
            return "    " + name + "      login_url: \"" + url +
                   "\"\n      auth: {flow: client_credentials, client_id: app, "
                   "client_secret_file: secret}\n";
        };
        const std::string text =
            top + "state_directory: state\nruntime_directory: run\norgs:\n  acme:\n" +
            "    documents: [rules]\n" + side("crm:\n      connector: salesforce\n", crm_url) +
            side(
                "marketing:\n      connector: pardot\n"
                "      business_unit_id: 0Uv000000000001AAA\n",
                marketing_url);
        auto parsed = parse_config(folder_.path("duet.yaml"), text);
        if (auto* findings = std::get_if<std::vector<document::Finding>>(&parsed)) {
            ADD_FAILURE() << render(*findings, "duet.yaml");
            return {};
        }
        return std::get<Config>(std::move(parsed));
    }

    static std::string failure(Config config) {
        auto engine = Engine::start(std::move(config));
        auto* error = std::get_if<StartError>(&engine);
        return error == nullptr ? "" : error->render("duet.yaml");
    }

    TemporaryFolder folder_;
};

constexpr const char* kClock = "fixed_clock: 2018-01-02T09:00:00Z\n";

TEST_F(EngineStart, TakesAFixedClockWhenBothSidesAreOnLoopback) {
    for (const char* url : {"http://127.0.0.1:8080", "http://localhost:8080"}) {
        auto engine = Engine::start(config(url, url, kClock));
        auto* started = std::get_if<std::unique_ptr<Engine>>(&engine);
        ASSERT_NE(started, nullptr) << std::get<StartError>(engine).render("duet.yaml");
        EXPECT_EQ((*started)->clock().now(), Instant{*parse_instant("2018-01-02T09:00:00Z")});
        EXPECT_TRUE((*started)->set_clock(Instant{*parse_instant("2018-02-02T09:00:00Z")}));
        EXPECT_EQ((*started)->clock().now(), Instant{*parse_instant("2018-02-02T09:00:00Z")});
    }
}

TEST_F(EngineStart, RefusesAFixedClockBeforeARealVendor) {
    for (const char* url : {"https://login.salesforce.com", "https://127.0.0.1.example.com",
                            "https://localhost.example.com", "https://127.0.0.1@example.com",
                            "https://localhost:x@example.com"}) {
        const std::string crm = failure(config(url, kNobody, kClock));
        EXPECT_NE(crm.find("duet.yaml:5:3: error: a fixed clock is refused: org \"acme\""),
                  std::string::npos)
            << url << "\n"
            << crm;
        EXPECT_NE(crm.find("[DUET-1016]"), std::string::npos);
        EXPECT_NE(failure(config(kNobody, url, kClock)).find("[DUET-1016]"), std::string::npos);
    }
}

TEST_F(EngineStart, AMachinesClockCannotBeSet) {
    auto engine = Engine::start(config(kNobody, kNobody));
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Engine>>(engine));
    EXPECT_FALSE(std::get<std::unique_ptr<Engine>>(engine)->set_clock(Instant{}));
}

TEST_F(EngineStart, DocumentsThatAreWrongEndTheStartWithAllFindings) {
    const Config good = config(kNobody, kNobody);
    folder_.write("rules/people.yaml", "entity: person\nmatch: [crm_id]\nfeilds: []\n");
    folder_.write("rules/lists.yaml", "list: []\n");
    const std::string all = failure(good);
    EXPECT_NE(all.find("people.yaml:3:1: error: unknown key \"feilds\""), std::string::npos) << all;
    EXPECT_NE(all.find("lists.yaml:1:1: error:"), std::string::npos) << all;
    EXPECT_NE(all.find("Nothing was started."), std::string::npos) << all;
}

TEST_F(EngineStart, ATimeZoneThatTheMachineDoesNotKnowIsAFinding) {
    const Config good = config(kNobody, kNobody);
    folder_.write("rules/zone.yaml", "# ours\ntime_zone: Europe/Helsinky\n");
    const std::string all = failure(good);
    EXPECT_NE(
        all.find("zone.yaml:2:12: error: \"Europe/Helsinky\" is a time zone that this machine "
                 "does not know [DUET-1019]\n"
                 "    2 | time_zone: Europe/Helsinky\n"
                 "      |            ^~~~~~~~~~~~~~~\n"
                 "  did you mean \"Europe/Helsinki\"?"),
        std::string::npos)
        << all;
    folder_.write("rules/zone.yaml", "time_zone: Europe/Helsinki\n");
    EXPECT_EQ(failure(good), "");
}

TEST_F(EngineStart, ASecondEngineOnOneStateIsRefused) {
    auto first = Engine::start(config(kNobody, kNobody));
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Engine>>(first));
    auto second = Engine::start(config(kNobody, kNobody));
    ASSERT_TRUE(std::holds_alternative<StartError>(second));
    EXPECT_EQ(std::get<StartError>(second).exit_code, 75);
}

TEST_F(EngineStart, AReloadThatIsWrongChangesNothing) {
    auto started = Engine::start(config(kNobody, kNobody));
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Engine>>(started));
    Engine& engine = *std::get<std::unique_ptr<Engine>>(started);
    Config wanted = config(kNobody, kNobody);
    wanted.orgs[0].name = "globex";
    folder_.write("rules/people.yaml", "nonsense");
    ASSERT_TRUE(engine.reload(wanted));
    EXPECT_EQ(engine.orgs(), std::vector<std::string>{"acme"});

    const Config clock = config(kNobody, kNobody, kClock);
    ASSERT_TRUE(engine.reload(clock));
    EXPECT_EQ(engine.orgs(), std::vector<std::string>{"acme"});
}

TEST_F(EngineStart, AReloadThatIsGoodTakesEffect) {
    auto started = Engine::start(config(kNobody, kNobody));
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Engine>>(started));
    Engine& engine = *std::get<std::unique_ptr<Engine>>(started);
    Config wanted = config(kNobody, kNobody);
    wanted.orgs[0].name = "globex";
    const auto refused = engine.reload(wanted);
    ASSERT_FALSE(refused) << refused->render("duet.yaml");
    EXPECT_EQ(engine.orgs(), std::vector<std::string>{"globex"});
}

TEST_F(EngineStart, AVendorThatIsAwayIsNoFaultOfTheConfiguration) {
    auto started = Engine::start(config(kNobody, kNobody));
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Engine>>(started));
    Engine& engine = *std::get<std::unique_ptr<Engine>>(started);
    const auto cycle = engine.run_cycle("acme", "sync", {});
    ASSERT_FALSE(cycle);
    EXPECT_EQ(cycle.error().kind, ErrorKind::Transient) << cycle.error().message;
    const auto plan = engine.plan("acme", false, {});
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().kind, ErrorKind::Transient);
    const auto story = engine.person("explain", {{"org", "acme"}, {"who", "duet-1"}}, {});
    ASSERT_FALSE(story);
    EXPECT_EQ(story.error().kind, ErrorKind::Transient);
}

TEST_F(EngineStart, AnOrgThatIsNotThereIsNamed) {
    auto started = Engine::start(config(kNobody, kNobody));
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Engine>>(started));
    Engine& engine = *std::get<std::unique_ptr<Engine>>(started);
    EXPECT_EQ(engine.run_cycle("globex", "sync", {}).error().code, "DUET-6001");
    EXPECT_EQ(engine.plan("globex", true, {}).error().code, "DUET-6001");
    EXPECT_EQ(engine.mode("globex", "apply").error().code, "DUET-6001");
    const auto status = engine.status();
    EXPECT_EQ(status["orgs"][0]["org"], "acme");
    EXPECT_EQ(status["orgs"][0]["mode"], "observe");
}

TEST_F(EngineStart, AReloadTakesTheNewClockAndKeepsOneThatWasMoved) {
    auto started = Engine::start(config(kNobody, kNobody, kClock));
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Engine>>(started));
    Engine& engine = *std::get<std::unique_ptr<Engine>>(started);
    const Instant moved{*parse_instant("2018-02-02T09:00:00Z")};
    ASSERT_TRUE(engine.set_clock(moved));
    ASSERT_FALSE(engine.reload(config(kNobody, kNobody, kClock)));
    EXPECT_EQ(engine.clock().now(), moved);
    ASSERT_FALSE(engine.reload(config(kNobody, kNobody, "fixed_clock: 2019-05-05T09:00:00Z\n")));
    EXPECT_EQ(engine.clock().now(), Instant{*parse_instant("2019-05-05T09:00:00Z")});
}

TEST_F(EngineStart, AReloadTakesTheNewHttpSettings) {
    auto started = Engine::start(config(kNobody, kNobody));
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Engine>>(started));
    Engine& engine = *std::get<std::unique_ptr<Engine>>(started);
    // A list of certificates that is not there: only a transport that is made anew can refuse it.
    const auto refused = engine.reload(config(kNobody, kNobody, "http: {ca_file: none.pem}\n"));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->exit_code, 78);
    EXPECT_EQ(refused->error.code, "DUET-1017");
    EXPECT_FALSE(engine.reload(config(kNobody, kNobody)));
}

TEST_F(EngineStart, ASecretThatOthersCanReadIsAMatterOfConfiguration) {
    auto started = Engine::start(config(kNobody, kNobody));
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Engine>>(started));
    std::filesystem::permissions(folder_.path("secret"), std::filesystem::perms{0644});
    const auto cycle = std::get<std::unique_ptr<Engine>>(started)->run_cycle("acme", "sync", {});
    ASSERT_FALSE(cycle);
    EXPECT_EQ(cycle.error().code, "DUET-3102");
    EXPECT_EQ(exit_code_of(cycle.error()), 78);
}

TEST(ExitCodes, FollowTheKindAndConfigurationIsSeventyEight) {
    const auto code = [](ErrorKind kind, const char* number) {
        return exit_code_of(Error{kind, "", number, "", {}});
    };
    EXPECT_EQ(code(ErrorKind::Rejected, "DUET-6001"), 1);
    EXPECT_EQ(code(ErrorKind::Broken, "DUET-4001"), 70);
    EXPECT_EQ(code(ErrorKind::Transient, "DUET-3001"), 75);
    EXPECT_EQ(code(ErrorKind::Unauthenticated, "DUET-3104"), 75);
    EXPECT_EQ(code(ErrorKind::Rejected, "DUET-1002"), 78);
    EXPECT_EQ(code(ErrorKind::Rejected, "DUET-2900"), 78);
    for (const ErrorKind kind : {ErrorKind::Transient, ErrorKind::RateLimited,
                                 ErrorKind::Unauthenticated, ErrorKind::InDoubt, ErrorKind::Broken})
        EXPECT_EQ(error_kind(to_string(kind)), kind);
    EXPECT_EQ(error_kind(""), ErrorKind::Rejected);
}

TEST(ExitCodes, OfACycleAreThoseOfWhatStoppedItsSides) {
    using nlohmann::json;
    const json down{{"kind", "transient"}, {"code", "DUET-3001"}};
    const json refused{{"kind", "rejected"}, {"code", "DUET-3201"}};
    const auto code = [](const json& of_crm, const json& of_sending) {
        return exit_code_of_report(
            {{"sides",
              {{"salesforce", {{"error", of_crm}, {"send_error", nullptr}}},
               {"pardot", {{"error", nullptr}, {"send_error", of_sending}}}}}});
    };
    EXPECT_EQ(code(nullptr, nullptr), 0);
    EXPECT_EQ(code(down, nullptr), 75);
    EXPECT_EQ(code(nullptr, down), 75);
    EXPECT_EQ(code(down, refused), 1);
    EXPECT_EQ(exit_code_of_report(json::object()), 0);
}

}  // namespace
}  // namespace duet::service
