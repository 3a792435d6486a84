#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/store/sqlite_store.h"

/// What one state file knows of people who were erased, and how another learns of it: a copy that
/// is put back, and a state that was replaced, are older than some erasures.
namespace duet::store {

/// What is kept of erasures, of all orgs. Nothing in it is about the people.
struct ErasedPeople {
    struct Tombstone {
        std::string org;
        std::string digest;
        std::int64_t receipt = 0;
    };
    struct Receipt {
        std::string org;
        std::int64_t number = 0;
        std::int64_t at = 0;  // microseconds
        std::string by;
        std::string removed;  // as stored
        bool operator==(const Receipt&) const = default;
    };
    std::vector<std::string> keys;  // that digests are made with; new ones with the first
    std::vector<Tombstone> tombstones;
    std::vector<Receipt> receipts;
};

/// Nothing of a file from before there were erasures.
[[nodiscard]] Result<ErasedPeople> erased_people(Database& database);

/// Adds what `newer` knows. A receipt whose number is another's gets one of its own. Who was
/// readmitted since may come again. Call it in a transaction.
Status take_over(Database& database, const ErasedPeople& newer);

/// Removes all that `database`, on which `store` works, holds of people whom a tombstone names;
/// how many people. What must mean nothing to anybody else goes with them: records that refer to
/// them and stand for no entity. Call it in a transaction, and scrub after it.
Result<std::int64_t> erase_again(SqliteStore& store, Database& database);

/// The keys that the fact "tombstone_key" holds.
[[nodiscard]] std::vector<std::string> split_keys(std::string_view fact);
[[nodiscard]] std::string tombstone_digest(const std::string& key, std::string_view org,
                                           std::string_view name);

/// The state that a restore replaced, and what a restore that was broken off left behind.
[[nodiscard]] inline std::string replaced_path(const std::string& state_file) {
    return state_file + ".replaced";
}
[[nodiscard]] inline std::string draft_path(const std::string& state_file) {
    return state_file + ".restoring";
}

}  // namespace duet::store
