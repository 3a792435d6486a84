#include "daemon/service/notify.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/daemon/help/temporary_folder.h"

namespace duet::service {
namespace {

/// The service manager's end: reads only when it is told to.
class Manager {
public:
    explicit Manager(const std::string& path)
        : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        is_bound_ = ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~Manager() { ::close(socket_); }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    [[nodiscard]] bool is_bound() const noexcept { return is_bound_; }
    std::vector<std::string> read() const {
        std::vector<std::string> all;
        char text[512];
        ssize_t size = 0;
        while ((size = ::recv(socket_, text, sizeof text, 0)) >= 0)
            all.emplace_back(text, static_cast<std::size_t>(size));
        return all;
    }

private:
    int socket_;
    bool is_bound_ = false;
};

TEST(Notifier, SaysWhatItIsToldInOrder) {
    const TemporaryFolder folder;
    const Manager manager(folder.path("notify"));
    ASSERT_TRUE(manager.is_bound());
    Notifier notifier(folder.path("notify"));
    notifier.say("READY=1");
    notifier.mention("WATCHDOG=1");
    EXPECT_EQ(manager.read(), (std::vector<std::string>{"READY=1", "WATCHDOG=1"}));
}

TEST(Notifier, NeverWaitsForAManagerThatReadsNothingAndForgetsNoChangeOfState) {
    const TemporaryFolder folder;
    const Manager manager(folder.path("notify"));
    Notifier notifier(folder.path("notify"));
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 5000; ++i) notifier.mention("WATCHDOG=1");
    notifier.say("RELOADING=1");
    notifier.say("READY=1");
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{2});
    const auto first = manager.read();
    EXPECT_LT(first.size(), 5000U) << "the socket was never full";
    EXPECT_EQ(first.back(), "WATCHDOG=1");
    notifier.mention("STATUS=idle");
    EXPECT_EQ(manager.read(), (std::vector<std::string>{"RELOADING=1", "READY=1", "STATUS=idle"}));
}

TEST(Notifier, WithoutAManagerNothingHappens) {
    Notifier("").say("READY=1");
    Notifier("/nowhere/at/all").say("READY=1");
    Notifier("vsock:2:1").mention("WATCHDOG=1");
    Notifier(std::string(500, '/')).say("READY=1");
}

}  // namespace
}  // namespace duet::service
