#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;
using std::chrono::seconds;

/// systemd's end of Type=notify: collects what a service says.
class NotifySocket {
public:
    explicit NotifySocket(const std::string& path)
        : descriptor_(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error(std::strerror(errno));
        reader_ = std::jthread([this](std::stop_token stop) { read(stop); });
    }
    ~NotifySocket() {
        reader_.request_stop();
        reader_.join();
        close(descriptor_);
    }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;

    /// Everything said so far, a line each.
    std::string said() {
        const std::lock_guard lock(mutex_);
        return said_;
    }
    bool has_said(const std::string& words) { return said().find(words) != std::string::npos; }

private:
    /// A socket that nobody reads is full after ten messages, and the service would wait.
    void read(const std::stop_token& stop) {
        char text[4096];
        while (!stop.stop_requested()) {
            const ssize_t size = recv(descriptor_, text, sizeof text, 0);
            if (size < 0) {
                std::this_thread::sleep_for(std::chrono::milliseconds{2});
                continue;
            }
            const std::lock_guard lock(mutex_);
            said_ += std::string(text, static_cast<std::size_t>(size)) + "\n";
        }
    }

    int descriptor_;
    std::mutex mutex_;
    std::string said_;  // guarded by mutex_
    std::jthread reader_;
};

class ServiceTest : public testing::Test {
protected:
    ServiceTest() { write_small_seed(seed(), "acme"); }
    [[nodiscard]] std::string seed() const { return folder_.path() + "/seed"; }
    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }
    /// Holds back the answer to one call of that kind, once `skip` of them have passed.
    static void hold_back(Rehearsal& world, const char* method, const char* path, int skip) {
        world.vendors.must(
            "POST", "/sandbox/faults",
            {{"method", method}, {"path", path}, {"skip", skip}, {"delay_ms", 30'000}});
    }
    static bool is_held_back(Rehearsal& world) {
        return eventually(
            [&] { return world.vendors.must("GET", "/sandbox/faults")["waiting"] == 0; });
    }

    TemporaryFolder folder_;
};

TEST_F(ServiceTest, SigtermEndsItCleanlyWhileAVendorKeepsItWaiting) {
    const std::pair<const char*, const char*> kCalls[] = {{"GET", "/services/data"},
                                                          {"GET", "/api/v5/objects/prospects"},
                                                          {"PATCH", "/objects/prospects/"},
                                                          {"PATCH", "/composite/sobjects"}};
    for (const auto& [method, path] : kCalls) {
        SCOPED_TRACE(testing::Message() << method << " " << path);
        Rehearsal world(seed());
        hold_back(world, method, path, 1);
        world.daemon.launch();
        ASSERT_TRUE(is_held_back(world));
        world.daemon.process().send(SIGTERM);
        EXPECT_EQ(world.daemon.process().wait(seconds{10}), 0) << world.daemon.log();
        EXPECT_TRUE(has(world.daemon.log(), "Stopped.")) << world.daemon.log();
        world.daemon.start();
        EXPECT_EQ(world.daemon.sync_until_quiet()["still_dirty"], 0);
    }
}

TEST_F(ServiceTest, ABrokenConfigurationIsRefusedAtReloadAndTheOldOneStays) {
    Rehearsal world(seed());
    world.daemon.start();
    world.daemon.sync_until_quiet();
    const std::string good = read_text(world.daemon.config_path());
    EXPECT_EQ(world.daemon.duet({"reload"}).code, 0);

    write_text(world.daemon.config_path(), good + "    intervall: 5\n");
    world.daemon.process().send(SIGHUP);
    EXPECT_TRUE(eventually([&] { return has(world.daemon.log(), "Reload refused"); }));
    EXPECT_TRUE(has(world.daemon.log(), "duet.yaml:")) << world.daemon.log();
    EXPECT_EQ(world.daemon.sync()["written"], 0);
    const Finished refused = world.daemon.duet({"reload"});
    EXPECT_EQ(refused.code, 78);
    EXPECT_TRUE(has(refused.error, "duet.yaml:")) << refused.error;
}

TEST_F(ServiceTest, ABrokenDocumentIsRefusedByTheDaemonWithItsPlace) {
    Rehearsal world(seed());
    world.daemon.start();
    world.daemon.sync_until_quiet();
    const std::string broken = folder_.path() + "/people.yaml";
    write_text(broken,
               "entity: person\nmatch: [crm_id]\nfields:\n  - salesforce: Phone\n    "
               "pardotte: phone\n");
    RehearsalOrg org = world.org;
    org.documents = broken;
    world.daemon.write_config({org});
    const Finished refused = world.daemon.duet({"reload"});
    EXPECT_EQ(refused.code, 78) << refused.error;
    EXPECT_TRUE(has(refused.error, "people.yaml:5:5: error")) << refused.error;
    EXPECT_EQ(world.daemon.sync()["written"], 0);
}

TEST_F(ServiceTest, ABrokenConfigurationEndsTheStartWithItsPlace) {
    Rehearsal world(seed());
    const std::string good = read_text(world.daemon.config_path());
    write_text(world.daemon.config_path(), "log_levle: info\n" + good);
    const Finished ended = run_program(duetd_program(), {"--config", world.daemon.config_path()});
    EXPECT_EQ(ended.code, 78);
    EXPECT_TRUE(has(ended.error, world.daemon.config_path() + ":1:1: error")) << ended.error;
    EXPECT_TRUE(has(ended.error, "log_level")) << ended.error;
}

TEST_F(ServiceTest, ASecondDaemonOnTheSameStateIsRefused) {
    Rehearsal world(seed());
    world.daemon.start();
    const Finished second = run_program(duetd_program(), {"--config", world.daemon.config_path()});
    EXPECT_EQ(second.code, 75);
    EXPECT_TRUE(has(second.error, "DUET-4002")) << second.error;
    EXPECT_TRUE(has(second.error, std::to_string(world.daemon.process().pid()))) << second.error;
    world.daemon.sync_until_quiet();
}

TEST_F(ServiceTest, SystemdHearsOfStartLifeStatusAndEnd) {
    NotifySocket systemd(folder_.path() + "/notify");
    Rehearsal world(seed());
    world.daemon.set_environment({{"NOTIFY_SOCKET", folder_.path() + "/notify"}});
    world.daemon.start();
    EXPECT_TRUE(eventually([&] { return systemd.has_said("READY=1"); })) << systemd.said();
    EXPECT_TRUE(eventually([&] { return systemd.has_said("WATCHDOG=1"); })) << systemd.said();
    world.daemon.sync_until_quiet();
    EXPECT_TRUE(eventually([&] { return systemd.has_said("STATUS=demo: cycle 1"); }))
        << systemd.said();
    EXPECT_FALSE(systemd.has_said("STOPPING=1")) << systemd.said();
    world.daemon.process().send(SIGHUP);
    EXPECT_TRUE(eventually([&] { return systemd.has_said("RELOADING=1"); })) << systemd.said();
    world.daemon.process().send(SIGTERM);
    EXPECT_EQ(world.daemon.process().wait(seconds{10}), 0);
    EXPECT_TRUE(eventually([&] { return systemd.has_said("STOPPING=1"); })) << systemd.said();
}

TEST_F(ServiceTest, TheCommandAsksTheDaemonOrDoesItItself) {
    Rehearsal world(seed());
    const Finished alone = world.daemon.duet({"sync", "--json"});
    ASSERT_EQ(alone.code, 0) << alone.error;
    EXPECT_GT(json::parse(alone.out)["written"], 0);
    EXPECT_EQ(world.daemon.duet({"status"}).code, 0);

    world.daemon.start();
    // It holds the lock, so an answer can only be its own.
    const Finished asked = world.daemon.duet({"sync", "--json"});
    ASSERT_EQ(asked.code, 0) << asked.error;
    const json report = json::parse(asked.out);
    EXPECT_EQ(report["written"], 0);
    EXPECT_EQ(world.daemon.ask("status")["orgs"][0]["last_cycle"]["cycle"], report["cycle"]);

    world.daemon.process().send(SIGTERM);
    EXPECT_EQ(world.daemon.process().wait(seconds{10}), 0);
    EXPECT_EQ(world.daemon.duet({"reload"}).code, 75);
}

TEST_F(ServiceTest, ObserveAndPlanWriteNothing) {
    for (const char* mode : {"observe", "plan"}) {
        SCOPED_TRACE(mode);
        RehearsalOrg org;
        org.mode = mode;
        Rehearsal world(seed(), org);
        const SeededIds seeded = all_ids(world.vendors);
        const Everything before = everything(world.vendors, seeded);
        world.daemon.start();
        EXPECT_EQ(world.daemon.sync()["written"], 0);
        const Finished planned = world.daemon.duet({"plan"});
        EXPECT_EQ(planned.code, 0) << planned.error;
        EXPECT_TRUE(has(planned.out, "Nothing was written.")) << planned.out;
        EXPECT_TRUE(has(planned.out, "create pardot prospect")) << planned.out;
        EXPECT_EQ(world.daemon.ask("status")["orgs"][0]["mode"], mode);
        EXPECT_EQ(differences(before, everything(world.vendors, seeded)), "");
    }
}

TEST_F(ServiceTest, AFixedClockIsRefusedForAddressesThatAreNotLoopback) {
    RehearsalOrg org;
    org.sandbox_url = "https://acme.example";
    DaemonProcess daemon(folder_.path() + "/far", {org});
    const Finished ended = run_program(duetd_program(), {"--config", daemon.config_path()});
    EXPECT_EQ(ended.code, 78);
    EXPECT_TRUE(has(ended.error, "DUET-1016")) << ended.error;
}

}  // namespace
}  // namespace duet::world
