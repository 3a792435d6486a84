// The world of real connectors itself: what it imitates of a wire, and that it works at all.
#include "tests/world/vendor_world.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace duet::world {
namespace {

using namespace std::chrono_literals;

TEST(VendorWorld, PeopleOfEitherSideReachTheOther) {
    for (const bool in_bulk : {false, true}) {
        VendorWorldOptions options;
        options.first_reads_in_bulk = in_bulk;
        VendorWorld world(options);
        world.add_list("Buyers");
        world.add_contact(kAda, "Lovelace");
        world.add_prospect("bob@example.com", "Bee");
        world.run_until_quiet();
        EXPECT_EQ(world.value(kMarketing, kAda, "lastName"), "Lovelace");
        EXPECT_EQ(world.value(kCrm, "bob@example.com", "LastName"), "Bee");
        EXPECT_EQ(world.with_email(kCrm, "bob@example.com").object, "Lead");
        EXPECT_EQ(world.planned_writes(), 0u);
        EXPECT_EQ(world.errors, "");
    }
}

TEST(VendorWorld, ARestartGoesOnFromTheStore) {
    VendorWorld world;
    world.add_contact(kAda);
    world.run_until_quiet();
    world.restart();
    world.people().edit(world.with_email(kCrm, kAda), {{"Title", "Chief Buyer"}});
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "jobTitle"), "Chief Buyer");
}

TEST(VendorWorld, ADaemonThatDiesAfterADurableStepIsStartedAnew) {
    VendorWorld world;
    world.add_contact(kAda);
    world.store().crashes_after(3);
    EXPECT_FALSE(world.run_cycle().has_value());
    world.run_until_quiet();
    EXPECT_FALSE(world.with_email(kMarketing, kAda).key.empty());
}

/// A form makes a prospect with the address of a contact for whom Duet is about to make one.
struct FormMeanwhile {
    explicit FormMeanwhile(std::chrono::seconds lag) : world(options(lag)) {
        world.run_until_quiet();
        world.add_contact(kAda, "Lovelace");
        world.org().on_progress = [this](const sync::Progress& progress) {
            if (progress.object != "prospect" || !progress.done || !made.empty()) return;
            made = world.add_prospect(kAda, "Byron");
            world.people().edit({"prospect", made}, {{"phone", "5550100"}});
        };
        world.run_cycle();
    }
    static VendorWorldOptions options(std::chrono::seconds lag) {
        VendorWorldOptions options;
        options.pardot_lag = lag;
        return options;
    }
    VendorWorld world;
    std::string made{};
};

TEST(VendorWorld, AProspectThatAFormMadeMeanwhileIsMetBeforeItIsWrittenTo) {
    FormMeanwhile form(0s);
    EXPECT_EQ(form.world.value(kMarketing, kAda, "lastName"), "Byron");
    EXPECT_TRUE(form.world.store().in_flight("acme")->empty());
    form.world.run_until_quiet();
    EXPECT_EQ(form.world.with_email(kMarketing, kAda).key, form.made);
    EXPECT_EQ(form.world.value(kCrm, kAda, "Phone"), "5550100");
}

TEST(VendorWorld, AProspectThatCouldNotBeSeenYetIsLookedAtAfterItWasWrittenOver) {
    FormMeanwhile form(60s);
    EXPECT_EQ(form.world.value(kMarketing, kAda, "lastName"), "Lovelace");
    EXPECT_EQ(form.world.store().in_flight("acme")->size(), 1U);
    form.world.run_until_quiet();
    EXPECT_EQ(form.world.with_email(kMarketing, kAda).key, form.made);
    EXPECT_EQ(form.world.value(kCrm, kAda, "Phone"), "5550100");
}

class SandboxTransportTest : public testing::Test {
protected:
    Result<http::Response> add_list() {
        http::Request request;
        request.method = "POST";
        request.url = "https://vendors.test/sandbox/limits";
        request.body = R"({"pardot_calls": 7})";
        request.repeatable = false;
        return transport.send(request, {});
    }
    bool is_done() {
        http::Request request;
        request.url = "https://vendors.test/sandbox/limits";
        const auto answer = transport.send(request, {});
        return answer && answer->body.find("\"pardot_calls\":7") != std::string::npos;
    }

    WorldClock clock;
    sandbox::Apis apis{vendor_options()};
    SandboxTransport transport{apis, clock};
};

TEST_F(SandboxTransportTest, AnExchangeThatIsNotSentDidSurelyNothing) {
    transport.breaks(1, Break::NotSent);
    const auto answer = add_list();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
    EXPECT_TRUE(transport.broke());
    EXPECT_FALSE(is_done());
}

TEST_F(SandboxTransportTest, ALostRequestIsInDoubtAndDidNothing) {
    transport.breaks(1, Break::RequestLost);
    const auto answer = add_list();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
    EXPECT_FALSE(is_done());
}

TEST_F(SandboxTransportTest, ALostAnswerIsInDoubtAndItIsDone) {
    transport.breaks(1, Break::AnswerLost);
    const auto answer = add_list();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::InDoubt);
    EXPECT_TRUE(is_done());
}

TEST_F(SandboxTransportTest, OnlyTheExchangeOfThatNumberBreaks) {
    transport.breaks(2, Break::NotSent);
    EXPECT_TRUE(add_list());
    EXPECT_FALSE(transport.broke());
    EXPECT_FALSE(add_list());
    EXPECT_TRUE(add_list());
    EXPECT_EQ(transport.exchanges(), 3);
}

TEST_F(SandboxTransportTest, TheVendorsLiveAtTheTimeOfTheWorld) {
    clock.pass(90s);
    http::Request request;
    request.url = "https://vendors.test/sandbox/clock";
    const auto answer = transport.send(request, {});
    ASSERT_TRUE(answer);
    EXPECT_NE(answer->body.find("2018-01-02T00:01:30"), std::string::npos) << answer->body;
}

}  // namespace
}  // namespace duet::world
