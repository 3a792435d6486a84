#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/admin/client.h"
#include "daemon/admin/server.h"
#include "tests/daemon/help/temporary_folder.h"

namespace duet::admin {
namespace {

using namespace std::chrono_literals;

/// A connection as any program could make it.
class RawClient {
public:
    explicit RawClient(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        const timeval patience{20, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient() { ::close(socket_); }

    [[nodiscard]] bool connected() const { return connected_; }
    void send(const std::string& text) const {
        (void)::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    }
    /// Everything until the server closes; "timeout" appended when it does not in 20 seconds.
    [[nodiscard]] std::string read_to_end() const {
        std::string all;
        char block[4096];
        while (true) {
            const ssize_t got = ::recv(socket_, block, sizeof block, 0);
            if (got == 0) return all;
            if (got < 0) return errno == ECONNRESET ? all : all + "timeout";
            all.append(block, static_cast<std::size_t>(got));
        }
    }

private:
    int socket_;
    bool connected_ = false;
};

class AdminSocket : public testing::Test {
protected:
    std::unique_ptr<Server> listen(Handler handler) {
        auto server = Server::listen(path(), std::move(handler));
        if (!server) {
            ADD_FAILURE() << server.error().message;
            return nullptr;
        }
        return std::move(*server);
    }
    [[nodiscard]] std::string path() const { return folder_.path("duet.sock"); }
    const TemporaryFolder& folder() const { return folder_; }

private:
    TemporaryFolder folder_;
};

Answer echo(const std::string& command, const std::string& body) {
    return {200, command + ":" + body};
}

TEST_F(AdminSocket, ARequestReachesTheHandlerAndItsAnswerComesBack) {
    const auto server = listen([](const std::string& command, const std::string& body) {
        return Answer{command == "teapot" ? 418 : 200, command + " " + body};
    });
    const auto reply = call(path(), "status", R"({"org":"acme"})", 5s);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->json, R"(status {"org":"acme"})");
    const auto refused = call(path(), "teapot", "", 5s);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 418);
}

TEST_F(AdminSocket, TheHandlerLearnsWhoAsksFromTheKernel) {
    Peer met;
    const auto server = Server::listen(
        path(), PeerHandler([&](const std::string&, const std::string&, const Peer& peer) {
            met = peer;
            return Answer{200, "{}"};
        }));
    ASSERT_TRUE(server);
    ASSERT_TRUE(call(path(), "consent", R"({"peer":{"uid":4711}})", 5s));
    EXPECT_EQ(met.uid, static_cast<std::int64_t>(getuid()));
    const passwd* me = getpwuid(getuid());
    EXPECT_EQ(met.user, me == nullptr ? "" : me->pw_name);
}

TEST_F(AdminSocket, AnAnswerOfManyMegabytesArrivesWhole) {
    const std::string large(20u << 20u, 'x');
    const auto server = listen([&](const std::string&, const std::string&) {
        return Answer{200, large};
    });
    const auto reply = call(path(), "plan", "{}", 30s);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_TRUE(reply->json == large);
}

TEST_F(AdminSocket, AnythingButACommandIsNotFound) {
    const auto server = listen(echo);
    for (const char* head : {"GET /v1/status", "POST /status", "POST /", "DELETE /v1/status"}) {
        const RawClient client(path());
        client.send(std::string(head) + " HTTP/1.1\r\nHost: duet\r\nContent-Length: 0\r\n\r\n");
        const std::string answer = client.read_to_end();
        EXPECT_EQ(answer.find("HTTP/1.1 404 "), 0U) << head << "\n" << answer;
        EXPECT_NE(answer.find("DUET-6023"), std::string::npos) << head;
    }
}

TEST_F(AdminSocket, ABodyOfFourMebibytesIsTakenAndAByteMoreIsRefused) {
    std::atomic<int> asked{0};
    const auto server = listen([&](const std::string&, const std::string& body) {
        ++asked;
        return Answer{200, std::to_string(body.size())};
    });
    const auto most = call(path(), "plan", std::string(4u << 20u, ' '), 5s);
    ASSERT_TRUE(most) << most.error().message;
    EXPECT_EQ(most->json, "4194304");
    const auto more = call(path(), "plan", std::string((4u << 20u) + 1, ' '), 5s);
    ASSERT_TRUE(more) << more.error().message;
    EXPECT_EQ(more->status, 413);
    EXPECT_NE(more->json.find("DUET-6025"), std::string::npos);
    const auto far_more = call(path(), "plan", std::string(8u << 20u, ' '), 5s);
    ASSERT_TRUE(far_more) << far_more.error().message;
    EXPECT_EQ(far_more->status, 413);
    EXPECT_EQ(asked.load(), 1);
}

TEST_F(AdminSocket, AnIdleClientDoesNotHoldUpTheEnd) {
    auto server = listen(echo);
    const RawClient silent(path());
    const RawClient half(path());
    half.send("POST /v1/status HTTP/1.1\r\nContent-Le");
    ASSERT_TRUE(silent.connected());
    std::this_thread::sleep_for(100ms);  // until both are accepted
    const auto began = std::chrono::steady_clock::now();
    server.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
    EXPECT_EQ(silent.read_to_end(), "");
}

TEST_F(AdminSocket, WhoHasAskedGetsTheAnswerAtTheEnd) {
    std::promise<void> asked;
    auto server = listen([&](const std::string&, const std::string&) {
        asked.set_value();
        std::this_thread::sleep_for(300ms);
        return Answer{200, "late"};
    });
    auto reply = std::async(std::launch::async, [&] { return call(path(), "plan", "{}", 5s); });
    asked.get_future().wait();
    server.reset();
    const auto answer = reply.get();
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->json, "late");
}

TEST_F(AdminSocket, WhatIsNotHttpIsClosedAndTheNextIsServed) {
    const auto server = listen(echo);
    const RawClient client(path());
    client.send("\x16\x03\x01 hello\r\n\r\n");
    EXPECT_EQ(client.read_to_end().find("timeout"), std::string::npos);
    EXPECT_TRUE(call(path(), "status", "{}", 5s));
}

TEST_F(AdminSocket, OneThatSendsNothingIsClosedAfterTenSeconds) {
    const auto server = listen(echo);
    const auto start = std::chrono::steady_clock::now();
    const RawClient silent(path());
    const RawClient half(path());
    half.send("POST /v1/status HTTP/1.1\r\nHost: duet\r\nContent-Length: 10\r\n\r\n{");
    EXPECT_EQ(silent.read_to_end(), "");
    EXPECT_GE(std::chrono::steady_clock::now() - start, 9s);
    EXPECT_EQ(half.read_to_end(), "");
    EXPECT_LT(std::chrono::steady_clock::now() - start, 19s);
}

TEST_F(AdminSocket, TheNinthConnectionIsTurnedAwayUntilOneEnds) {
    std::promise<void> gate;
    const std::shared_future<void> open = gate.get_future().share();
    std::atomic<int> inside{0};
    const auto server = listen([&](const std::string&, const std::string&) {
        ++inside;
        open.wait();
        return Answer{200, "{}"};
    });
    std::vector<std::future<bool>> eight;
    for (int i = 0; i < 8; ++i) {
        eight.push_back(std::async(std::launch::async, [&] {
            return static_cast<bool>(call(path(), "plan", "{}", 60s));
        }));
    }
    while (inside.load() < 8) std::this_thread::sleep_for(1ms);
    const auto ninth = call(path(), "plan", "{}", 5s);
    ASSERT_FALSE(ninth);
    EXPECT_EQ(ninth.error().code, "DUET-6021");
    EXPECT_EQ(inside.load(), 8);
    gate.set_value();
    for (auto& one : eight) EXPECT_TRUE(one.get());
    // A slot is free a moment after its answer was read.
    bool served = false;
    for (int i = 0; i < 200 && !served; ++i) {
        served = static_cast<bool>(call(path(), "plan", "{}", 5s));
        if (!served) std::this_thread::sleep_for(10ms);
    }
    EXPECT_TRUE(served);
}

TEST_F(AdminSocket, ItsModeLetsInTheUserAndTheGroupOnly) {
    const mode_t before = ::umask(0);
    const auto server = listen(echo);
    EXPECT_EQ(::umask(before), 0U);  // what the process had is as it was
    struct stat status {};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_TRUE(S_ISSOCK(status.st_mode));
    EXPECT_EQ(status.st_mode & 0777U, 0660U);
}

/// Exit code of a child that asks as user and group nobody: 0 served, 1 forbidden, 2 otherwise.
int ask_as_nobody(const std::string& path, const std::vector<gid_t>& groups) {
    const pid_t child = ::fork();
    if (child == 0) {
        constexpr gid_t kNobody = 65534;
        if (::setgroups(groups.size(), groups.data()) != 0 || ::setgid(kNobody) != 0 ||
            ::setuid(kNobody) != 0) {
            ::_exit(3);
        }
        const RawClient client(path);
        if (!client.connected()) ::_exit(1);
        client.send("POST /v1/status HTTP/1.1\r\nHost: duet\r\nContent-Length: 0\r\n\r\n");
        const std::string answer = client.read_to_end();
        const bool forbidden = answer.find(" 403 ") != std::string::npos;
        ::_exit(answer.find(" 200 ") != std::string::npos ? 0 : forbidden ? 1 : 2);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

TEST_F(AdminSocket, AMemberOfItsGroupIsLetInAndAStrangerIsNot) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can ask as somebody else";
    const auto server = listen(echo);
    std::filesystem::permissions(folder().path(), std::filesystem::perms{0755});
    const gid_t own = ::getegid();
    EXPECT_EQ(ask_as_nobody(path(), {own}), 0);
    std::vector<gid_t> many;
    for (gid_t group = 20000; group < 20040; ++group) many.push_back(group);
    many.push_back(own);
    EXPECT_EQ(ask_as_nobody(path(), many), 0);
    EXPECT_EQ(ask_as_nobody(path(), {}), 1);
    // Not even when the file's mode would let everybody in.
    ASSERT_EQ(::chmod(path().c_str(), 0666), 0);
    EXPECT_EQ(ask_as_nobody(path(), {}), 1);
    EXPECT_EQ(ask_as_nobody(path(), {20001}), 1);
}

TEST_F(AdminSocket, AStaleSocketIsReplaced) {
    {
        const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path().copy(address.sun_path, sizeof address.sun_path - 1);
        ASSERT_EQ(::bind(left, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        ::close(left);  // its file stays, as after kill -9
    }
    const auto server = listen(echo);
    ASSERT_NE(server, nullptr);
    EXPECT_TRUE(call(path(), "status", "{}", 5s));
}

TEST_F(AdminSocket, ItIsGoneWithTheServer) {
    listen(echo).reset();
    EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(AdminSocket, APathThatCannotBeASocketIsAnError) {
    const std::string too_long = folder().path(std::string(120, 'x'));
    const auto server = Server::listen(too_long, echo);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code, "DUET-6024");
    const auto no_folder = Server::listen(folder().path("none/duet.sock"), echo);
    ASSERT_FALSE(no_folder);
    EXPECT_EQ(no_folder.error().code, "DUET-6024");
    EXPECT_EQ(call(too_long, "status", "{}", 5s).error().code, "DUET-6024");
}

TEST_F(AdminSocket, WithoutADaemonTheCallerMayTryAgainLater) {
    const auto none = call(path(), "status", "{}", 5s);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().kind, ErrorKind::Transient);
    EXPECT_EQ(none.error().code, "DUET-6020");
}

TEST_F(AdminSocket, ADaemonThatDoesNotAnswerInTimeLeavesTheCallerInDoubt) {
    std::promise<void> gate;
    const std::shared_future<void> open = gate.get_future().share();
    const auto server = listen([&](const std::string&, const std::string&) {
        open.wait();
        return Answer{200, "{}"};
    });
    const auto late = call(path(), "sync", "{}", 1s);
    gate.set_value();
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::InDoubt);
    EXPECT_EQ(late.error().code, "DUET-6021");
}

}  // namespace
}  // namespace duet::admin
