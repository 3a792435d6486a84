#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "daemon/store/schema.h"
#include "daemon/store/sqlite_store.h"
#include "tests/daemon/store/store_fixture.h"
#include "tests/world/fault_disk.h"

namespace duet::store {

using world::DiskCall;
using world::DiskFault;
using world::FaultDisk;

inline constexpr const char* kDiskPath = "/state.db";

/// SplitMix64.
class Dice final : public Random {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    [[nodiscard]] std::uint64_t next() override {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31U);
    }
    [[nodiscard]] std::int64_t below(std::int64_t count) {
        return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(count));
    }

private:
    std::uint64_t state_;
};

/// A tight store as one process has it.
struct Session {
    Database* database = nullptr;  // of the store
    std::unique_ptr<SqliteStore> store{};
};

[[nodiscard]] inline Result<Session> open_on(const FaultDisk& disk, bool unclean) {
    auto database = open_database(kDiskPath, unclean, disk.vfs());
    if (!database) return std::move(database).error();
    if (auto tight = (*database)->script(world::kTightStore); !tight)
        return std::move(tight).error();
    Database* raw = database->get();
    auto store = std::make_unique<SqliteStore>(LockFile{}, *std::move(database));
    if (auto opened = store->open_org("acme"); !opened) return std::move(opened).error();
    return Session{raw, std::move(store)};
}

/// Numbered transactions, each of which stores a contact of its own, edits one that they share and
/// moves the cursor; and what is known of how far they came.
class Workload {
public:
    [[nodiscard]] std::int64_t acknowledged() const noexcept { return acknowledged_; }
    /// That many are on the disk already.
    void start_at(std::int64_t acknowledged) { acknowledged_ = acknowledged; }

    /// Goes on until number `last` is acknowledged, or up to the first failure.
    std::optional<Error> run(Store& store, std::int64_t last) {
        while (acknowledged_ < last) {
            if (auto done = step(store, acknowledged_ + 1); !done) return done.error();
            ++acknowledged_;
        }
        return std::nullopt;
    }

    /// A new process goes on from what it finds: everything that was acknowledged, and of the
    /// transaction that was under way all or nothing.
    Status resume(Store& store) {
        auto state = store.object_state("acme", Side::Crm, "Contact");
        if (!state) return std::move(state).error();
        const std::string& cursor = state->cursor.text;
        const std::int64_t found = cursor.empty() ? 0 : std::stoll(cursor);
        EXPECT_GE(found, acknowledged_) << "lost";
        EXPECT_LE(found, acknowledged_ + 1) << "nobody wrote that";
        acknowledged_ = found;
        return Done{};
    }

    /// Every row is there, whole, and the file is sound.
    void judge(const Session& session) const {
        Store& store = *session.store;
        const std::int64_t found = acknowledged_;
        std::int64_t rows = 0;
        good(store.each_seen("acme", Side::Crm, "Contact", [&](const SeenRow& row) {
            const std::string& key = row.record.id.key;
            const std::int64_t number = key == "shared" ? found : std::stoll(key);
            EXPECT_EQ(row.record.fields.get("Email"), text(email(number))) << key;
            ++rows;
            return true;
        }));
        EXPECT_EQ(rows, found == 0 ? 0 : found + 1);
        const auto counts = good(store.seen_counts("acme"));
        const auto counted = counts.find({Side::Crm, "Contact"});
        EXPECT_EQ(counted == counts.end() ? 0 : counted->second, rows);
        if (found > 0) {
            EXPECT_EQ(
                good(store.with_key("acme", Side::Crm, "Contact", "Email", email(found))).size(),
                2U);
        }
        check_file(*session.database);
    }

private:
    static std::string email(std::int64_t number) {
        // Long enough that a few fill a page, and not alike.
        return std::string(400, static_cast<char>('a' + number % 26)) + std::to_string(number) +
               "@example.com";
    }

    static Status step(Store& store, std::int64_t number) {
        auto transaction = store.begin();
        if (!transaction) return std::move(transaction).error();
        for (const std::string& key : {std::to_string(number), std::string("shared")}) {
            auto put =
                store.put_seen("acme", contact(key, email(number), "001A"), kReferences, kKeys);
            if (!put) return put;
        }
        const ObjectState state{Cursor{std::to_string(number)}, false, {}, at(number)};
        if (auto set = store.set_object_state("acme", Side::Crm, "Contact", state); !set)
            return set;
        return transaction->commit();
    }

    static void check_file(Database& database) {
        Query row = database.query("PRAGMA integrity_check", {});
        ASSERT_TRUE(row.next());
        EXPECT_EQ(row.text(0), "ok");
    }

    std::int64_t acknowledged_ = 0;
};

inline constexpr std::int64_t kBefore = 8;  // transactions on the disk of left_open()

/// A file with a log, as a process leaves it that is killed.
inline const FaultDisk& left_open() {
    static FaultDisk disk;
    if (disk.bytes() == 0) {
        disk.make_file(kDiskPath);
        const Session session = good(open_on(disk, false));
        Workload workload;
        EXPECT_FALSE(workload.run(*session.store, kBefore));
        disk.ends_process();
    }
    return disk;
}

}  // namespace duet::store
