#include "daemon/service/requests.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/service/clocks.h"

namespace duet::service {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(Requests, StatusIsAnsweredAtOnceFromWhatWasPublished) {
    Requests requests;
    EXPECT_EQ(requests.ask("status", "").json, "{}");
    requests.publish({{"activity", "reading"}});
    const admin::Answer answer = requests.ask("status", "{}");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(json::parse(answer.json), (json{{"activity", "reading"}}));
}

TEST(Requests, AStatusThatIsNoValidTextIsStillAnswered) {
    Requests requests;
    requests.publish({{"object", "\xff"}});
    EXPECT_FALSE(json::parse(requests.ask("status", "").json, nullptr, false).is_discarded());
}

TEST(Requests, ABodyThatIsNoObjectIsRefused) {
    Requests requests;
    for (const char* body : {"[1]", "1", "{", "null", "\"x\""}) {
        const admin::Answer answer = requests.ask("plan", body);
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_EQ(json::parse(answer.json)["code"], "DUET-6006") << body;
    }
}

/// Serves requests until `count` were answered.
void serve_until(Requests& requests, const Requests::Handle& handle, int count) {
    int answered = 0;
    const Requests::Handle counting = [&](const std::string& command, const json& body) {
        ++answered;
        return handle(command, body);
    };
    while (answered < count) {
        requests.wait(1s);
        requests.serve(counting);
    }
}

TEST(Requests, WhatTheDecidingThreadSaysReachesWhoAsked) {
    Requests requests;
    admin::Answer good;
    admin::Answer refused;
    admin::Answer broken;
    std::thread asker([&] {
        good = requests.ask("plan", R"({"org":"acme"})");
        refused = requests.ask("refuse", "");
        broken = requests.ask("break", "");
    });
    serve_until(
        requests,
        [](const std::string& command, const json& body) -> Result<json> {
            if (command == "refuse")
                return Error{ErrorKind::Rejected, "No such org.", "DUET-6001", "", {}};
            if (command == "break")
                return Error{ErrorKind::Transient, "Away.", "DUET-3001", "", {}};
            return json{{"command", command}, {"body", body}};
        },
        3);
    asker.join();
    EXPECT_EQ(good.status, 200);
    EXPECT_EQ(json::parse(good.json), (json{{"command", "plan"}, {"body", {{"org", "acme"}}}}));
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(json::parse(refused.json)["code"], "DUET-6001");
    EXPECT_EQ(broken.status, 500);
    EXPECT_EQ(json::parse(broken.json)["kind"], "transient");
}

TEST(Requests, WhoAsksIsWhoTheSocketSaysAndNotWhoTheBodySays) {
    Requests requests;
    json known;
    json unknown;
    const Requests::Handle handle = [&](const std::string& command, const json& body) {
        (command == "known" ? known : unknown) = body;
        return Result<json>{json::object()};
    };
    std::jthread client([&] {
        requests.ask("known", R"({"peer":{"uid":0,"user":"root"}})", {7, "bob"});
        requests.ask("unknown", R"({"peer":{"uid":0,"user":"root"}})");
    });
    serve_until(requests, handle, 2);
    EXPECT_EQ(known["peer"]["uid"], 7);
    EXPECT_EQ(known["peer"]["user"], "bob");
    EXPECT_FALSE(unknown.contains("peer"));
}

/// Sixteen that wait, each in a thread of its own.
class Crowd {
public:
    explicit Crowd(Requests& requests) {
        for (int i = 0; i < 16; ++i) {
            threads_.emplace_back([&requests, this] {
                ++asking_;
                const admin::Answer answer = requests.ask("plan", "");
                if (answer.status == 200) ++answered_;
                if (answer.status == 503 && json::parse(answer.json)["code"] == "DUET-6007")
                    ++refused_;
            });
        }
        while (asking_.load() < 16) std::this_thread::sleep_for(1ms);
        std::this_thread::sleep_for(50ms);  // from being about to ask to waiting
    }
    void join() {
        for (std::thread& thread : threads_) thread.join();
    }
    std::atomic<int> asking_{0};
    std::atomic<int> answered_{0};
    std::atomic<int> refused_{0};

private:
    std::vector<std::thread> threads_;
};

TEST(Requests, TheSeventeenthIsRefusedAndSixteenAreAnswered) {
    Requests requests;
    Crowd crowd(requests);
    const admin::Answer more = requests.ask("plan", "");
    EXPECT_EQ(more.status, 503);
    EXPECT_EQ(json::parse(more.json)["code"], "DUET-6008");
    EXPECT_EQ(requests.ask("status", "").status, 200);  // a full queue hides nothing
    requests.serve([](const std::string&, const json&) -> Result<json> { return json::object(); });
    crowd.join();
    EXPECT_EQ(crowd.answered_.load(), 16);
}

TEST(Requests, ClosingRefusesThoseThatWaitAndThoseThatCome) {
    Requests requests;
    Crowd crowd(requests);
    requests.close();
    crowd.join();
    EXPECT_EQ(crowd.refused_.load(), 16);
    EXPECT_EQ(json::parse(requests.ask("plan", "").json)["code"], "DUET-6007");
    EXPECT_EQ(requests.ask("status", "").status, 200);
}

TEST(Requests, WaitingEndsWhenWokenAndWhenTimeIsUp) {
    Requests requests;
    requests.wake();
    const auto start = std::chrono::steady_clock::now();
    requests.wait(60s);  // woken already
    EXPECT_LT(std::chrono::steady_clock::now() - start, 30s);
    requests.wait(20ms);  // the wake was used up
    EXPECT_GE(std::chrono::steady_clock::now() - start, 20ms);
}

TEST(Clocks, AFixedClockStandsUntilItIsSet) {
    const Instant first{std::chrono::seconds{1'514'883'600}};
    FixedClock clock(first);
    const auto steady = clock.steady();
    std::this_thread::sleep_for(2ms);
    EXPECT_EQ(clock.now(), first);
    EXPECT_GT(clock.steady(), steady);
    clock.set(first + 24h);
    EXPECT_EQ(clock.now(), first + 24h);
}

TEST(Clocks, TheSystemClockIsTheMachines) {
    const SystemClock clock;
    const auto before = std::chrono::system_clock::now() - 1us;
    const Instant now = clock.now();
    EXPECT_GE(now, std::chrono::floor<std::chrono::microseconds>(before));
    EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(Clocks, TwoRandomSourcesDiffer) {
    SystemRandom one;
    SystemRandom two;
    EXPECT_NE(one.next(), two.next());
    EXPECT_NE(one.next(), one.next());
}

}  // namespace
}  // namespace duet::service
