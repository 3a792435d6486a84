#include "tests/simulation/world.h"

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <unistd.h>

namespace duet::simulation {
namespace {

constexpr const char* kOrg = "acme";

template <class T>
T good(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
    return *std::move(result);
}

/// In memory where the machine has such a folder: the store flushes at every commit.
std::filesystem::path make_folder() {
    const std::filesystem::path memory = "/dev/shm";
    std::string path =
        ((::access("/dev/shm", W_OK) == 0 ? memory : std::filesystem::temp_directory_path()) /
         "duet-simulation-XXXXXX")
            .string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return path;
}

}  // namespace

SimulatedOrg::SimulatedOrg(std::uint64_t seed, bool store_in_file) : seed_(seed), random_(seed) {
    world::SideOptions crm;
    crm.name = "salesforce";
    crm.catalog = catalogs().crm;
    crm.long_keys = true;
    crm.tells_stamps = seed % 2 == 0;
    crm.page_cap = 3 + random_.below(60);
    crm.calls_per_day = 1'000'000;
    world::SideOptions marketing;
    marketing.name = "pardot";
    marketing.catalog = catalogs().marketing;
    marketing.stamp_step = std::chrono::seconds{1};
    marketing.read_lag = std::chrono::seconds{60};
    marketing.page_cap = 3 + random_.below(60);
    marketing.calls_per_day = 1'000'000;
    sides_.crm = std::make_unique<world::FakeSide>(std::move(crm), clock);
    sides_.marketing = std::make_unique<world::FakeSide>(std::move(marketing), clock);
    sides_.marketing->lags(std::chrono::seconds{(seed % 3) * 30});
    if (store_in_file) folder_ = make_folder();
    open_store();
    good(store_->open_org(kOrg));
    good(store_->set_mode(kOrg, store::Mode::Apply));
    make_org();
}

SimulatedOrg::~SimulatedOrg() {
    org_.reset();
    crashing_.reset();
    store_.reset();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void SimulatedOrg::open_store() {
    if (!store_) {
        const std::string path = folder_.empty() ? ":memory:" : (folder_ / "state.db").string();
        store_ = good(store::open_sqlite(path));
    }
    crashing_ = std::make_unique<world::CrashingStore>(*store_);
}

void SimulatedOrg::make_org() {
    org_ = std::make_unique<sync::Org>(sync::Org{kOrg,
                                                 {},
                                                 model(rule_set_),
                                                 {sides_.crm.get(), sides_.marketing.get()},
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

void SimulatedOrg::restart() {
    org_.reset();
    crashing_.reset();
    if (!folder_.empty()) store_.reset();
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

}  // namespace duet::simulation
