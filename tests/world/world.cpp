#include "tests/world/world.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/store/maintenance.h"
#include "daemon/store/sqlite_store.h"
#include "tests/world/good.h"
#include "tests/world/quiet.h"

namespace duet::world {
namespace {

constexpr const char* kPathOnDisk = "/state.db";

/// In memory where the machine has such a folder: the store flushes at every commit.
std::filesystem::path make_folder() {
    const std::filesystem::path memory = "/dev/shm";
    std::string path = ((std::filesystem::exists(memory) && ::access("/dev/shm", W_OK) == 0
                             ? memory
                             : std::filesystem::temp_directory_path()) /
                        "duet-world-XXXXXX")
                           .string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return path;
}

}  // namespace

void WorldClock::set_day(std::chrono::year_month_day day) {
    const Instant then{std::chrono::sys_days{day}};
    if (then < now_) throw std::logic_error("the world's clock never goes back");
    steady_ += then - now_;
    now_ = then;
}

std::uint64_t SeededRandom::next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30u)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27u)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31u);
}

World::World(WorldOptions options) : options_(std::move(options)), catalogs_(acme_catalogs()) {
    if (options_.adjust_catalogs) options_.adjust_catalogs(catalogs_);
    load_documents();
    const SideNames& names = documents_.names;
    SideOptions crm;
    crm.name = names.crm;
    crm.catalog = catalogs_.crm;
    crm.long_keys = true;
    crm.tells_stamps = false;
    SideOptions marketing;
    marketing.name = names.marketing;
    marketing.catalog = catalogs_.marketing;
    marketing.stamp_step = std::chrono::seconds{1};
    marketing.read_lag = options_.marketing_lag;
    marketing.names_survivors = false;
    marketing.crm_ids = kCrmIds;
    marketing.memberships = kMemberships;
    if (options_.adjust) options_.adjust(crm, marketing);
    sides_.crm = std::make_unique<FakeSide>(std::move(crm), clock);
    sides_.marketing = std::make_unique<FakeSide>(std::move(marketing), clock);
    if (options_.store_in_file) folder_ = make_folder();
    if (options_.disk != nullptr) options_.disk->make_file(kPathOnDisk);
    open_store();
    good(store_->open_org(kOrg));
    good(store_->set_mode(kOrg, store::Mode::Apply));
    make_org();
}

void World::load_documents() {
    auto loaded = document::load(options_.documents, {"salesforce", "pardot"}, &catalogs_);
    if (const auto* findings = std::get_if<std::vector<document::Finding>>(&loaded)) {
        std::string all;
        for (const auto& finding : *findings) all += document::render(finding);
        throw std::runtime_error(all);
    }
    documents_ = std::get<document::Documents>(std::move(loaded));
    model_ = std::make_unique<sync::Model>(documents_, catalogs_);
}

World::~World() {
    store_.reset();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void World::open_store() {
    if (!store_ && options_.disk != nullptr) {
        auto database = good(store::open_database(kPathOnDisk, true, options_.disk->vfs()));
        good(database->script(kTightStore));
        store_ = std::make_unique<store::SqliteStore>(store::LockFile{}, std::move(database));
    }
    if (!store_) {
        store_ = good(store::open_sqlite(folder_.empty() ? ":memory:" : folder_ / "state.db"));
    }
    crashing_ = std::make_unique<CrashingStore>(*store_);
}

void World::make_org() {
    org_ = std::make_unique<sync::Org>(sync::Org{kOrg,
                                                 settings,
                                                 *model_,
                                                 {sides_.crm.get(), sides_.marketing.get()},
                                                 *crashing_,
                                                 clock,
                                                 random,
                                                 {}});
}

void World::change_documents(std::vector<document::Source> documents) {
    options_.documents = std::move(documents);
    org_.reset();
    load_documents();
    restart();
    good(store_->mark_all_dirty(kOrg, "the documents changed"));
}

void World::change_catalogs(const std::function<void(PerSide<Catalog>& catalogs)>& change) {
    org_.reset();
    change(catalogs_);
    load_documents();
    restart();
}

void World::restart() {
    org_.reset();
    crashing_.reset();
    if (options_.store_in_file || options_.disk != nullptr) store_.reset();
    open_store();
    good(store_->open_org(kOrg));
    good(store_->doubt_all(kOrg));
    make_org();
}

void World::puts_back(const std::string& copy) {
    org_.reset();
    crashing_.reset();
    store_.reset();
    good(store::restore(copy, state_file()));
    restart();
}

std::optional<sync::CycleReport> World::run_cycle() {
    org_->settings = settings;
    return run_one_cycle({*org_, clock, errors, checks_balance, [this] { restart(); }});
}

void World::run_until_quiet() {
    run_cycles_until_quiet([this] { return run_cycle(); },
                           [this]() -> store::Store& { return *store_; }, kOrg, clock, errors);
}

std::string World::add_contact(const std::string& email, const std::string& last_name) {
    Fields fields;
    fields.set("Email", text(email));
    fields.set("LastName", text(last_name));
    fields.set("HasOptedOutOfEmail", Value{false});
    return crm().add("Contact", std::move(fields));
}

std::string World::add_prospect(const std::string& email, const std::string& last_name) {
    Fields fields;
    fields.set("email", text(email));
    fields.set("lastName", text(last_name));
    fields.set("optedOut", Value{false});
    return marketing().add("prospect", std::move(fields));
}

std::string World::add_list(const std::string& name) {
    Fields fields;
    fields.set("name", text(name));
    return marketing().add("list", std::move(fields));
}

RecordId World::with_email(Side which, const std::string& email) {
    std::vector<RecordId> found;
    const auto look = [&](const std::string& object, const std::string& field) {
        for (const auto& [key, fields] : side(which).records(object)) {
            if (fields.get(field) == text(email)) found.push_back({object, key});
        }
    };
    if (which == Side::Crm) {
        look("Contact", "Email");
        look("Lead", "Email");
    } else {
        look("prospect", "email");
    }
    EXPECT_EQ(found.size(), 1u) << email << " on " << side(which).name();
    return found.empty() ? RecordId{} : found.front();
}

Value World::value(Side which, const std::string& email, const std::string& field) {
    return side(which).value(with_email(which, email), field);
}

store::Entity World::entity_of(Side which, const RecordId& id) {
    const auto entity = good(store_->entity_of(kOrg, which, id));
    if (!entity) throw std::runtime_error(id.object + " " + id.key + " has no entity");
    return good(store_->entity(kOrg, *entity)).value();
}

std::string World::stored_bytes() const {
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
        std::ifstream in(file.path(), std::ios::binary);
        all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
}

std::string imbalance(const store::CycleRow& counts) {
    const std::int64_t sum = counts.repeats + counts.echoes + counts.unchanged + counts.planned +
                             counts.filtered + counts.quarantined + counts.waiting;
    if (sum == counts.pulled) return {};
    return fmt::format(
        "cycle {}: pulled {} is not repeats {} + echoes {} + unchanged {} + planned {} + "
        "filtered {} + quarantined {} + waiting {}",
        counts.id, counts.pulled, counts.repeats, counts.echoes, counts.unchanged, counts.planned,
        counts.filtered, counts.quarantined, counts.waiting);
}

std::vector<std::string> people(const FakeSide& side) {
    std::vector<std::string> lines;
    for (const char* object : {"Contact", "Lead", "prospect"}) {
        for (const auto& [key, fields] : side.records(object)) {
            std::string line = object;
            for (const auto& [name, value] : fields) {
                // Duet's own key numbers entities, and the order of creates may differ.
                if (name != "Duet_Key__c" && !is_blank(value))
                    line += " " + name + "=" + display(value);
            }
            lines.push_back(std::move(line));
        }
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace duet::world
