#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connectors/http/transport.h"
#include "connectors/sandbox/sandbox.h"
#include "tests/wire/cut_proxy.h"
#include "tests/world/certificates.h"
#include "tests/world/vendor_world.h"

namespace duet::wire {

/// How the bench reaches the sandbox's port.
enum class Road : std::uint8_t { Proxy, Plain, Tls };

/// The sandbox behind its port, the proxy before it where the road leads there, and the real
/// transport, connectors, store and engine on the other end. Both clocks stand still until `pass`,
/// or until the world's moves: each request meets the vendors at the world's time.
class WireBench {
public:
    explicit WireBench(Road road = Road::Proxy);
    WireBench(const WireBench&) = delete;
    WireBench& operator=(const WireBench&) = delete;

    world::VendorWorld& world() { return *world_; }
    world::VendorPeople& people() { return world_->people(); }
    CutProxy& proxy() { return proxy_; }
    Connector& connector(Side side) { return world_->connector(side); }
    [[nodiscard]] std::uint16_t port() const { return sandbox_.port(); }
    /// A connector that has not signed in or described anything yet.
    std::unique_ptr<Connector> fresh_connector(Side side, bool in_bulk = false);
    void pass(std::chrono::seconds time);
    /// Both vendors have counted no calls today.
    void renews_quota();

    /// The next call finds a connection that has carried another one.
    void keeps_a_connection();

    /// Sends one write as the engine does, and goes on as the engine does until nothing is in
    /// doubt: looks, and sends again what a look or an error says was not done.
    struct Course {
        sync::Sent first;      // what the engine made of the first try
        int done_at_once = 0;  // how often it was done by then
        int tries = 0;
        bool settled = false;  // it is done, and nothing is in doubt
    };
    /// `times_done` tells from what people see; asked before it is sent again, as a plan would.
    Course send(Side side, const Write& write, const std::function<int()>& times_done);

private:
    /// Tells the vendors the time before each request.
    class Timed final : public http::Transport {
    public:
        Timed(http::Transport& inner, std::function<void()> before)
            : inner_(inner), before_(std::move(before)) {}
        Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
            before_();
            return inner_.send(request, stop);
        }

    private:
        http::Transport& inner_;
        std::function<void()> before_;
    };

    sync::PlannedWrite planned(Side side, const Write& write);
    [[nodiscard]] std::string origin(Road road) const;

    const world::CertificateAuthority authority_;
    const world::Certificate certificate_ = authority_.issue({"DNS:localhost"});
    const test::SecretFile certificate_file_{certificate_.certificate_pem};
    const test::SecretFile key_file_{certificate_.key_pem};
    const test::SecretFile ca_file_{authority_.certificate_pem()};
    sandbox::Sandbox sandbox_;
    CutProxy proxy_;
    std::string origin_;
    std::unique_ptr<http::Transport> transport_;
    Timed timed_;
    std::unique_ptr<world::VendorWorld> world_;
    store::EntityId entity_ = 0;
};

}  // namespace duet::wire
