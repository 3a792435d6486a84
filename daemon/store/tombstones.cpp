#include <array>
#include <cstdio>
#include <filesystem>
#include <set>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "daemon/store/erased.h"
#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::size_t kKeyBytes = 32;

// The rows of org "" are of the file itself.
constexpr std::string_view kKey =
    "SELECT value FROM facts WHERE org = '' AND name = 'tombstone_key'";
constexpr std::string_view kSetKey =
    "INSERT INTO facts (org, name, value) VALUES ('', 'tombstone_key', ?1)";
constexpr std::string_view kAdd =
    "INSERT INTO tombstones (org, digest, receipt) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (org, digest) DO UPDATE SET receipt = excluded.receipt";
constexpr std::string_view kCount = "SELECT count(*) FROM tombstones WHERE org = ?1";
constexpr std::string_view kReceipt =
    "SELECT receipt FROM tombstones WHERE org = ?1 AND digest = ?2";
constexpr std::string_view kRemoveTombstone =
    "DELETE FROM tombstones WHERE org = ?1 AND receipt = ?2";
constexpr std::string_view kAddErasure =
    "INSERT INTO erasures (org, receipt, at, erased_by, removed) VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr std::string_view kErasures =
    "SELECT receipt, at, erased_by, removed FROM erasures WHERE org = ?1 ORDER BY receipt";

constexpr std::string_view kQuoteOthers =
    "UPDATE causes SET message = coalesce((SELECT q.message FROM quarantine q WHERE"
    " q.org = causes.org AND q.cause = causes.cause ORDER BY q.last_at DESC, q.entity LIMIT 1), '')"
    " WHERE org = ?1";

/// Tables that name an entity, or a record, by their columns.
constexpr std::string_view kTablesOfEntities =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('in_flight', 'entities')"
    " AND EXISTS (SELECT 1 FROM pragma_table_info(sqlite_master.name) WHERE name = 'entity')"
    " AND EXISTS (SELECT 1 FROM pragma_table_info(sqlite_master.name) WHERE name = 'org')"
    " ORDER BY name";
constexpr std::string_view kTablesOfRecords =
    "SELECT name FROM sqlite_master WHERE type = 'table'"
    " AND name NOT IN ('in_flight', 'seen', 'seen_keys', 'seen_references')"
    " AND (SELECT count(*) FROM pragma_table_info(sqlite_master.name)"
    " WHERE name IN ('org', 'side', 'object', 'record_key')) = 4 ORDER BY name";

std::string hex(const unsigned char* bytes, std::size_t size) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(size * 2);
    for (std::size_t i = 0; i < size; ++i) {
        text += kDigits[bytes[i] >> 4U];
        text += kDigits[bytes[i] & 15U];
    }
    return text;
}

std::vector<std::string> names_of(Query query, Status& status) {
    std::vector<std::string> names;
    while (query.next()) names.push_back(query.string(0));
    status = query.status();
    return names;
}

Error not_cleaned(const std::string& path, const Error& why) {
    return Error{ErrorKind::Broken,
                 path +
                     ", the state that a restore replaced, still holds people who were erased: " +
                     why.message + " Delete it.",
                 "DUET-4013",
                 {},
                 {}};
}

/// Takes who was erased by now out of the state that a restore replaced.
Status clean_replaced(Database& state) {
    const std::string path = replaced_path(state.path());
    if (!std::filesystem::exists(path)) return Done{};
    auto known = erased_people(state);
    if (!known) return std::move(known).error();
    auto opened = open_database(path, true);
    if (!opened) return not_cleaned(path, opened.error());
    Database& database = **opened;
    SqliteStore store(LockFile{}, *std::move(opened));
    Status done = [&]() -> Status {
        auto transaction = store.begin();
        if (!transaction) return std::move(transaction).error();
        if (auto taken = take_over(database, *known); !taken) return taken;
        if (auto gone = erase_again(store, database); !gone) return std::move(gone).error();
        return transaction->commit();
    }();
    if (done) done = store.scrub();
    return done ? done : not_cleaned(path, done.error());
}

}  // namespace

std::string tombstone_digest(const std::string& key, std::string_view org, std::string_view name) {
    std::string text(org);
    text += '\0';
    text += name;
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum.data(), &size);
    return hex(sum.data(), size);
}

Result<std::vector<std::string>> SqliteStore::tombstone_keys() {
    auto known = first<std::string>(database_->query(kKey, {}),
                                    [](const Query& row) { return row.string(0); });
    if (!known) return std::move(known).error();
    if (*known) return split_keys(**known);
    std::array<unsigned char, kKeyBytes> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        return misuse("a key that no random number came for");
    std::string key = hex(bytes.data(), bytes.size());
    if (auto set = database_->run(kSetKey, {key}); !set) return std::move(set).error();
    return std::vector{std::move(key)};
}

Result<std::int64_t> SqliteStore::receipt_of(std::string_view org,
                                             const std::vector<std::string>& keys,
                                             std::string_view name) {
    for (const std::string& key : keys) {
        auto receipt =
            number(database_->query(kReceipt, {org, tombstone_digest(key, org, name)}), -1);
        if (!receipt || *receipt >= 0) return receipt;
    }
    return -1;
}

Status SqliteStore::add_tombstones(std::string_view org, std::span<const std::string> names,
                                   std::int64_t receipt) {
    return atomically([&]() -> Status {
        auto keys = tombstone_keys();
        if (!keys) return std::move(keys).error();
        for (const std::string& name : names) {
            const std::string digest = tombstone_digest(keys->front(), org, name);
            if (auto added = database_->run(kAdd, {org, digest, receipt}); !added) return added;
        }
        return Done{};
    });
}

Result<std::int64_t> SqliteStore::tombstones(std::string_view org) {
    return number(database_->query(kCount, {org}));
}

Result<std::vector<char>> SqliteStore::are_erased(std::string_view org,
                                                  std::span<const std::string> names) {
    auto keys = tombstone_keys();
    if (!keys) return std::move(keys).error();
    std::vector<char> erased;
    erased.reserve(names.size());
    for (const std::string& name : names) {
        const auto receipt = receipt_of(org, *keys, name);
        if (!receipt) return receipt.error();
        erased.push_back(*receipt >= 0 ? 1 : 0);
    }
    return erased;
}

Result<std::int64_t> SqliteStore::remove_tombstones(std::string_view org,
                                                    std::span<const std::string> names) {
    std::set<std::int64_t> receipts;
    auto done = atomically([&]() -> Status {
        auto keys = tombstone_keys();
        if (!keys) return std::move(keys).error();
        for (const std::string& name : names) {
            const auto receipt = receipt_of(org, *keys, name);
            if (!receipt) return receipt.error();
            if (*receipt >= 0) receipts.insert(*receipt);
        }
        for (const std::int64_t receipt : receipts) {
            if (auto gone = database_->run(kRemoveTombstone, {org, receipt}); !gone) return gone;
        }
        return Done{};
    });
    if (!done) return std::move(done).error();
    return static_cast<std::int64_t>(receipts.size());
}

Result<std::int64_t> SqliteStore::add_erasure(std::string_view org, const Erasure& erasure) {
    std::int64_t receipt = 0;
    auto done = atomically([&]() -> Status {
        const auto number = next_number(org, "erasure");
        if (!number) return number.error();
        receipt = *number;
        return database_->run(kAddErasure, {org, receipt, erasure.at, erasure.by,
                                            nlohmann::json(erasure.removed).dump()});
    });
    if (!done) return std::move(done).error();
    return receipt;
}

Result<std::vector<Erasure>> SqliteStore::erasures(std::string_view org) {
    return all<Erasure>(database_->query(kErasures, {org}),
                        [](const Query& row) -> Result<Erasure> {
                            Erasure erasure{row.integer(0), row.instant(1), row.string(2), {}};
                            const auto removed = nlohmann::json::parse(row.text(3), nullptr, false);
                            if (!removed.is_object()) return unreadable("erasures.removed");
                            for (const auto& [table, rows] : removed.items()) {
                                if (rows.is_number_integer())
                                    erasure.removed.emplace(table, rows.get<std::int64_t>());
                            }
                            return erasure;
                        });
}

Result<std::map<std::string, std::int64_t>> SqliteStore::sweep(std::string_view org,
                                                               EntityId entity,
                                                               std::span<const Link> records,
                                                               std::span<const std::string> texts) {
    std::map<std::string, std::int64_t> removed;
    is_scrubbed_ = false;
    auto done = atomically([&]() -> Status {
        const auto run = [&](const std::string& table, const std::string& where,
                             std::initializer_list<Parameter> parameters) -> Status {
            auto ran = database_->run_once("DELETE FROM " + table + " WHERE " + where, parameters);
            if (ran && database_->changes() > 0) removed[table] += database_->changes();
            return ran;
        };
        Status read = Done{};
        const auto of_entities = names_of(database_->query(kTablesOfEntities, {}), read);
        if (!read) return read;
        const auto of_records = names_of(database_->query(kTablesOfRecords, {}), read);
        if (!read) return read;
        for (const Link& link : records) {
            for (const std::string& table : of_records) {
                auto ran = run(table, "org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4",
                               {org, link.side, link.id.object, link.id.key});
                if (!ran) return ran;
            }
            // A person's word that names the record among others that were not chosen.
            auto ran = run("choices", "org = ?1 AND instr(candidates, ?2)", {org, link.id.key});
            if (!ran) return ran;
        }
        for (const std::string& table : of_entities) {
            if (auto ran = run(table, "org = ?1 AND entity = ?2", {org, entity}); !ran) return ran;
        }
        // A cause quotes the vendor's words about whoever it met last.
        if (auto requoted = database_->run(kQuoteOthers, {org}); !requoted) return requoted;
        for (const std::string& text : texts) {
            auto ran = run("audit",
                           "org = ?1 AND (instr(lower(before_value), lower(?2)) OR"
                           " instr(lower(after_value), lower(?2)) OR"
                           " instr(lower(coalesce(lost_value, '')), lower(?2)) OR"
                           " instr(lower(cause), lower(?2)))",
                           {org, text});
            if (!ran) return ran;
        }
        return Done{};
    });
    if (!done) return std::move(done).error();
    return removed;
}

Status SqliteStore::scrub() {
    if (database_->in_transaction()) return misuse("a scrub inside a transaction");
    // A restore that was broken off; none is under way, as this store has the lock.
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        std::remove((draft_path(database_->path()) + suffix).c_str());
    if (!is_scrubbed_) {
        if (auto done = write_anew(); !done) return done;
        is_scrubbed_ = true;
    }
    return clean_replaced(*database_);
}

Status SqliteStore::write_anew() {
    // Not in memory: a large file would not fit there.
    if (auto set = database_->script("PRAGMA temp_store = FILE"); !set) return set;
    const Status done = database_->script("VACUUM");
    if (auto set = database_->script("PRAGMA temp_store = MEMORY"); !set) return set;
    if (!done) return done;
    return database_->script("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace duet::store
