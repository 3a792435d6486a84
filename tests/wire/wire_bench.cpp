#include "tests/wire/wire_bench.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/settle.h"
#include "tests/world/good.h"

namespace duet::wire {
namespace {

using world::good;

constexpr int kTriesMax = 4;

http::TransportSettings transport_settings(const std::string& ca_file) {
    http::TransportSettings settings;
    settings.user_agent = "duet-test";
    settings.ca_file = ca_file;
    return settings;
}

sandbox::SandboxOptions sandbox_options(Road road, const std::string& certificate_file,
                                        const std::string& key_file) {
    sandbox::SandboxOptions options = world::vendor_options();
    if (road != Road::Tls) return options;
    options.certificate_file = certificate_file;
    options.key_file = key_file;
    return options;
}

}  // namespace

WireBench::WireBench(Road road)
    : sandbox_(sandbox_options(road, certificate_file_.path(), key_file_.path())),
      proxy_(sandbox_.port()),
      origin_(origin(road)),
      transport_(http::make_transport(transport_settings(ca_file_.path()))),
      timed_(*transport_, [this] {
          if (world_) people().set_clock();
      }) {
    world::VendorWorldOptions options;
    options.apis = &sandbox_.apis();
    options.transport = &timed_;
    options.origin = origin_;
    world_ = std::make_unique<world::VendorWorld>(std::move(options));
    world_->people().set_clock();
    entity_ = good(world_->store().add_entity(world_->org().name, EntityKind::Person));
}

std::string WireBench::origin(Road road) const {
    if (road == Road::Proxy) return proxy_.url();
    const char* scheme = road == Road::Tls ? "https://localhost:" : "http://127.0.0.1:";
    return scheme + std::to_string(sandbox_.port());
}

std::unique_ptr<Connector> WireBench::fresh_connector(Side side, bool in_bulk) {
    return world_->make_connector(side, in_bulk);
}

void WireBench::pass(std::chrono::seconds time) {
    world_->clock.pass(time);
    people().set_clock();
}

void WireBench::renews_quota() {
    people().control("limits", {{"salesforce_calls", 0}, {"pardot_calls", 0}});
}

void WireBench::keeps_a_connection() {
    http::Request request;
    request.url = origin_ + "/sandbox/health";
    good(transport_->send(request, {}));
}

sync::PlannedWrite WireBench::planned(Side side, const Write& write) {
    sync::PlannedWrite planned;
    planned.in_flight.side = side;
    planned.in_flight.entity = entity_;
    planned.in_flight.write = write;
    planned.in_flight.reasons = "{}";
    planned.entity_kind = EntityKind::Person;
    return planned;
}

WireBench::Course WireBench::send(Side side, const Write& write,
                                  const std::function<int()>& times_done) {
    sync::Org& org = world_->org();
    Course course;
    while (course.tries < kTriesMax) {
        org.observed_at[side] = org.clock.steady();  // or it would be read again first
        const auto sent = good(sync::send(org, {planned(side, write)}, 0, {}));
        if (course.tries++ == 0) {
            course.first = sent;
            course.done_at_once = times_done();
        }
        for (int look = 0; look < kTriesMax; ++look) {
            if (good(org.store.in_flight(org.name)).empty()) break;
            pass(std::chrono::seconds{90});
            good(sync::resolve_doubts(org, {}));
        }
        if (!good(org.store.in_flight(org.name)).empty()) break;
        course.settled = times_done() > 0;
        if (course.settled) break;
    }
    return course;
}

}  // namespace duet::wire
