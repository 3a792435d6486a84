#include "tests/simulation/world.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/plan_answers.h"
#include "daemon/service/quarantine.h"
#include "daemon/store/sqlite_store.h"
#include "tests/world/good.h"

namespace duet::simulation {
namespace {

using world::good;
using world::kOrg;

constexpr const char* kPath = "/state.db";  // on the disk in memory

}  // namespace

SimulatedOrg::SimulatedOrg(std::uint64_t seed, bool kept_open, const MakeVendors& make_vendors)
    : seed_(seed),
      random_(seed),
      luck_(~seed),
      vendors_(make_vendors ? make_vendors(seed, clock) : make_doubles(seed, clock)) {
    side(Side::Marketing).lags(std::chrono::seconds{(seed % 3) * 30});
    if (!kept_open) {
        disk_ = std::make_unique<world::FaultDisk>();
        disk_->make_file(kPath);
    }
    open_store();
    good(store_->open_org(kOrg));
    good(store_->set_mode(kOrg, store::Mode::Apply));
    make_org();
}

SimulatedOrg::~SimulatedOrg() {
    org_.reset();
    crashing_.reset();
    store_.reset();
}

void SimulatedOrg::open_store() {
    if (!store_ && disk_) {
        auto database = good(store::open_database(kPath, true, disk_->vfs()));
        store_ = std::make_unique<store::SqliteStore>(store::LockFile{}, std::move(database));
    }
    if (!store_) store_ = good(store::open_sqlite(":memory:"));
    crashing_ = std::make_unique<world::CrashingStore>(*store_);
}

void SimulatedOrg::make_org() {
    org_ = std::make_unique<sync::Org>(
        sync::Org{kOrg,
                  {},
                  vendors_->model(rule_set_),
                  {&vendors_->connector(Side::Crm), &vendors_->connector(Side::Marketing)},
                  *crashing_,
                  clock,
                  random_,
                  {}});
    // Two orgs of three are planned in several batches.
    constexpr std::array<std::size_t, 3> kWritesAtOnce{20'000, 20, 3};
    org_->settings.writes_at_once = kWritesAtOnce[seed_ % kWritesAtOnce.size()];
    // In one of four, what was not taken is tried again sooner than reads show what was.
    if (seed_ % 4 == 1) org_->settings.retry_first = std::chrono::seconds{10};
}

void SimulatedOrg::restart_after_crash() {
    if (disk_) disk_->cut_power(luck_);
    restart();
}

void SimulatedOrg::restart() {
    org_.reset();
    crashing_.reset();
    if (disk_) store_.reset();
    vendors_->restart();
    open_store();
    good(store_->open_org(kOrg));
    good(store_->doubt_all(kOrg));
    make_org();
}

void SimulatedOrg::reload(int rule_set) {
    rule_set_ = rule_set;
    restart();
    good(store_->mark_all_dirty(kOrg, "the documents changed"));
}

std::optional<Result<sync::CycleReport>> SimulatedOrg::run_cycle() {
    try {
        sync::Cycle cycle(*org_, "simulation");
        return cycle.run({});
    } catch (const world::Crash&) {
        return std::nullopt;
    }
}

void SimulatedOrg::forget_in_flight() {
    for (const store::InFlight& write : good(store_->in_flight(kOrg)))
        good(store_->remove_in_flight(kOrg, write.id));
}

Result<std::vector<std::string>> SimulatedOrg::plan_of_everybody() {
    std::vector<std::string> writes;
    if (auto marked = store_->mark_all_dirty(kOrg, "the judge asks"); !marked)
        return std::move(marked).error();
    const auto note = [&](const sync::EntityPlan& plan) {
        for (const sync::PlannedWrite& write : plan.writes)
            writes.push_back(sync::describe(write, {"salesforce", "pardot"}));
    };
    if (auto planned = sync::plan_only(*org_, note, {}); !planned)
        return std::move(planned).error();
    return writes;
}

Result<std::vector<Doubt>> SimulatedOrg::review_queue() {
    constexpr std::size_t kAll = 100'000;
    auto reviews = store_->reviews(kOrg, 0, kAll);
    if (!reviews) return std::move(reviews).error();
    std::vector<Doubt> queue;
    for (const store::Review& review : *reviews) {
        Doubt doubt{review.record.side, review.record.id, review.doubt, {}};
        for (const store::Link& link : review.candidates) doubt.candidates.push_back(link.id);
        queue.push_back(std::move(doubt));
    }
    return queue;
}

Result<std::vector<std::string>> SimulatedOrg::broken_invariants() {
    return dynamic_cast<store::SqliteStore&>(*store_).broken();
}

Result<std::string> SimulatedOrg::told_to_people() {
    auto status = service::status_of(*org_);
    if (!status) return std::move(status).error();
    const nlohmann::json whole{{"orgs", nlohmann::json::array({*status})}};
    std::string told = status->dump() + service::metrics_text(whole);
    for (const bool by_cause : {false, true}) {
        auto aside = service::quarantine(*org_, {{"action", "list"}, {"by_cause", by_cause}});
        if (!aside) return std::move(aside).error();
        told += aside->dump();
    }
    return told;
}

}  // namespace duet::simulation
