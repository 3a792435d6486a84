// Two vendors in memory, of a kind that the seed says.
#include "tests/simulation/documents.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/vendors.h"
#include "tests/world/acme.h"
#include "tests/world/fake_side.h"
#include "tests/world/world.h"

namespace duet::simulation {
namespace {

class Doubles final : public Vendors {
public:
    Doubles(world::SideOptions crm, world::SideOptions marketing, const Clock& clock)
        : crm_(std::move(crm), clock), marketing_(std::move(marketing), clock) {}
    world::WatchedSide& side(Side which) override { return which == Side::Crm ? crm_ : marketing_; }
    Connector& connector(Side which) override { return which == Side::Crm ? crm_ : marketing_; }
    const sync::Model& model(int rule_set) override { return simulation::model(rule_set); }
    void restart() override {}

private:
    world::FakeSide crm_;
    world::FakeSide marketing_;
};

}  // namespace

std::unique_ptr<Vendors> make_doubles(std::uint64_t seed, const Clock& clock) {
    world::SeededRandom dice(seed);
    world::SideOptions crm;
    crm.name = "salesforce";
    crm.catalog = catalogs().crm;
    crm.long_keys = true;
    crm.tells_stamps = seed % 2 == 0;
    crm.page_cap = 3 + dice.below(60);
    crm.calls_per_day = 1'000'000;
    world::SideOptions marketing;
    marketing.name = "pardot";
    marketing.catalog = catalogs().marketing;
    marketing.stamp_step = std::chrono::seconds{1};
    marketing.read_lag = std::chrono::seconds{60};
    marketing.page_cap = 3 + dice.below(60);
    marketing.calls_per_day = 1'000'000;
    marketing.names_survivors = false;
    marketing.crm_ids = world::kCrmIds;
    marketing.refusals = {kOptOut[static_cast<int>(Side::Marketing)]};
    marketing.memberships = world::kMemberships;
    // In one of three worlds a create by an address changes the prospect that has it.
    if (seed / 3 % 3 == 0) marketing.upserts = {{"prospect", all_fields().front().marketing}};
    return std::make_unique<Doubles>(std::move(crm), std::move(marketing), clock);
}

}  // namespace duet::simulation
