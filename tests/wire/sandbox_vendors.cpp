#include "tests/wire/sandbox_vendors.h"

#include <array>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "tests/simulation/documents.h"
#include "tests/wire/watched_vendor.h"
#include "tests/world/sandbox_transport.h"
#include "tests/world/vendor_world.h"

namespace duet::wire {
namespace {

using nlohmann::json;

// Salesforce refuses a lead without a company; everybody's is the same.
constexpr const char* kCompanies =
    "  - { name: company_of_contact, salesforce: { contact: Account.Name }, pardot: company,"
    " direction: to_pardot }\n"
    "  - { name: company_of_lead, salesforce: { lead: Company }, pardot: company,"
    " winner: salesforce }\n";

struct Loaded {
    document::Documents documents;
    std::unique_ptr<sync::Model> model;
};

/// Made once in a process; one thread.
const sync::Model& model_of(int set) {
    static std::array<Loaded, simulation::kRuleSets> made;
    Loaded& wanted = made.at(static_cast<std::size_t>(set));
    if (wanted.model) return *wanted.model;
    auto loaded = document::load(simulation::sources(set, kCompanies), {"salesforce", "pardot"},
                                 &world::vendor_catalogs());
    if (const auto* findings = std::get_if<std::vector<document::Finding>>(&loaded))
        throw std::logic_error(document::render(findings->front()));
    wanted.documents = std::get<document::Documents>(std::move(loaded));
    wanted.model = std::make_unique<sync::Model>(wanted.documents, world::vendor_catalogs());
    return *wanted.model;
}

/// Each request goes by the vendor that it is for; signing in is nobody's.
class WatchedTransport final : public http::Transport {
public:
    WatchedTransport(http::Transport& inner, PerSide<WatchedVendor*> vendors)
        : inner_(inner), vendors_(vendors) {}
    Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
        const auto sends = [&] { return inner_.send(request, stop); };
        const auto holds = [&](const char* part) {
            return request.url.find(part) != std::string::npos;
        };
        if (holds("/services/oauth2/")) return sends();
        return vendors_[holds("/api/v5/") ? Side::Marketing : Side::Crm]->carry(request, sends);
    }

private:
    http::Transport& inner_;
    PerSide<WatchedVendor*> vendors_;
};

class SandboxVendors final : public simulation::Vendors {
public:
    SandboxVendors(std::uint64_t seed, const Clock& clock)
        : seed_(seed),
          clock_(clock),
          random_(seed),
          apis_(world::vendor_options()),
          in_process_(apis_, clock),
          crm_(Side::Crm, apis_, clock),
          marketing_(Side::Marketing, apis_, clock),
          transport_(in_process_, {&crm_, &marketing_}) {
        world::VendorPeople administrator(apis_, clock);
        administrator.control("settings", {{"salesforce.convert_maps_custom_fields", true},
                                           {"pardot.readd_revives", seed % 2 == 0}});
        restart();
    }
    world::WatchedSide& side(Side which) override { return which == Side::Crm ? crm_ : marketing_; }
    Connector& connector(Side which) override { return *connectors_[which]; }
    const sync::Model& model(int rule_set) override { return model_of(rule_set); }
    void restart() override {
        for (const Side which : kSides) {
            auto made = world::make_vendor_connector(which, "https://vendors.test", secret_.path(),
                                                     settings(which),
                                                     {clock_, random_, transport_, "acme"});
            connectors_[which] =
                make_telling(std::move(made), which == Side::Crm ? crm_ : marketing_);
        }
    }

private:
    /// In one of four worlds history comes through bulk jobs.
    [[nodiscard]] json settings(Side which) const {
        if (which == Side::Marketing) return json::object();
        return {{"bulk_poll_seconds", 0}, {"bulk_threshold_rows", seed_ % 4 == 0 ? 1 : 1'000'000}};
    }

    std::uint64_t seed_;
    const Clock& clock_;
    world::SeededRandom random_;
    test::SecretFile secret_{"duet-sandbox-secret"};
    sandbox::Apis apis_;
    world::SandboxTransport in_process_;
    WatchedVendor crm_;
    WatchedVendor marketing_;
    WatchedTransport transport_;
    PerSide<std::unique_ptr<Connector>> connectors_;
};

}  // namespace

std::unique_ptr<simulation::Vendors> make_sandbox_vendors(std::uint64_t seed, const Clock& clock) {
    return std::make_unique<SandboxVendors>(seed, clock);
}

}  // namespace duet::wire
