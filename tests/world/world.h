#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/store.h"
#include "daemon/sync/cycle.h"
#include "daemon/sync/model.h"
#include "daemon/sync/org.h"
#include "mappings/document/load.h"
#include "mappings/seams.h"
#include "tests/world/acme.h"
#include "tests/world/crashing_store.h"
#include "tests/world/fake_side.h"
#include "tests/world/fault_disk.h"
#include "tests/world/times.h"

namespace duet::world {

inline constexpr Side kCrm = Side::Crm;
inline constexpr Side kMarketing = Side::Marketing;

// People that many tests know, by their addresses.
inline constexpr const char* kAda = "ada@example.com";
inline constexpr const char* kBob = "bob@example.com";
inline constexpr const char* kEve = "eve@example.com";

/// Both clocks move together, and only when a test says so.
class WorldClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return now_; }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return steady_; }
    void pass(std::chrono::milliseconds time) {
        now_ += time;
        steady_ += time;
    }
    void set_day(std::chrono::year_month_day day);

private:
    Instant now_{std::chrono::sys_days{std::chrono::year{2018} / 1 / 2}};
    std::chrono::steady_clock::time_point steady_{std::chrono::hours{1}};
};

/// SplitMix64: the same seed gives the same numbers everywhere.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    [[nodiscard]] std::uint64_t next() override;
    /// 0 to `count` - 1.
    [[nodiscard]] std::size_t below(std::size_t count) { return next() % count; }
    [[nodiscard]] bool one_in(std::size_t count) { return below(count) == 0; }

private:
    std::uint64_t state_;
};

struct WorldOptions {
    std::vector<document::Source> documents = acme_documents();
    bool store_in_file = false;  // a real file, reopened by each restart
    FaultDisk* disk = nullptr;   // a tight store lies on it and is reopened by each restart
    std::chrono::seconds marketing_lag{60};
    std::function<void(SideOptions& crm, SideOptions& marketing)> adjust{};
    std::function<void(PerSide<Catalog>& catalogs)> adjust_catalogs{};  // before documents load
};

/// Two vendors and a daemon between them, all in one thread: the real cycle over the real store,
/// against fakes. Starts in mode apply. A restart is a new process on the same store.
class World {
public:
    explicit World(WorldOptions options = {});
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World();

    WorldClock clock;
    SeededRandom random{1};
    FakeSide& crm() { return *sides_.crm; }
    FakeSide& marketing() { return *sides_.marketing; }
    FakeSide& side(Side which) { return *sides_[which]; }
    CrashingStore& store() { return *crashing_; }
    sync::Org& org() { return *org_; }
    sync::CycleSettings settings;
    /// Every error that a cycle or a connector told, one a line.
    std::string errors;
    /// False: the world checks of each cycle are left to the test.
    bool checks_balance = true;

    /// One cycle, and then some time passes. Nothing: the process died in it; it was restarted.
    /// Fails the test when the row balance of law 9 does not hold.
    std::optional<sync::CycleReport> run_cycle();
    /// Cycles until one has written nothing, waits for nothing and left nothing in doubt, and put
    /// aside records were tried once more; the test fails when that never comes.
    void run_until_quiet();
    /// The process dies here and a new one opens the same store.
    void restart();
    /// The process dies, `copy` is put back in the place of its state file, and a new one starts.
    void puts_back(const std::string& copy);
    [[nodiscard]] std::string state_file() const { return (folder_ / "state.db").string(); }
    /// A restart with other documents. They read no field that the old ones did not.
    void change_documents(std::vector<document::Source> documents);
    /// A restart after administrators changed what the sides say of themselves; the fakes refuse
    /// and take what they did before.
    void change_catalogs(const std::function<void(PerSide<Catalog>& catalogs)>& change);

    // Shorthands of tests.
    std::string add_contact(const std::string& email, const std::string& last_name = "Doe");
    std::string add_prospect(const std::string& email, const std::string& last_name = "Doe");
    std::string add_list(const std::string& name);
    /// The one live record of the side whose address is `email`; the test fails when it is not
    /// exactly one. On the CRM side a contact or a lead.
    RecordId with_email(Side side, const std::string& email);
    Value value(Side side, const std::string& email, const std::string& field);
    store::Entity entity_of(Side side, const RecordId& id);
    /// Everything that is on disk, of a store in a file: its log too.
    [[nodiscard]] std::string stored_bytes() const;
    static Value yes() { return Value{true}; }

private:
    void load_documents();
    void open_store();
    void make_org();

    WorldOptions options_;
    std::filesystem::path folder_;
    PerSide<Catalog> catalogs_;
    document::Documents documents_;
    std::unique_ptr<sync::Model> model_;
    PerSide<std::unique_ptr<FakeSide>> sides_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<CrashingStore> crashing_;
    std::unique_ptr<sync::Org> org_;
};

/// Why the counts of a cycle break law 9; empty: they hold.
[[nodiscard]] std::string imbalance(const store::CycleRow& counts);

/// What people see on a side: per address the fields of its live records, several sorted.
[[nodiscard]] std::vector<std::string> people(const FakeSide& side);

}  // namespace duet::world
