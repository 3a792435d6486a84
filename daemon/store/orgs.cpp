#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kOpenOrg =
    "INSERT INTO orgs (org, mode, fence) VALUES (?1, 'observe', 1)"
    " ON CONFLICT (org) DO UPDATE SET fence = orgs.fence + 1";
constexpr std::string_view kMode = "SELECT mode FROM orgs WHERE org = ?1";
constexpr std::string_view kSetMode = "UPDATE orgs SET mode = ?2 WHERE org = ?1";
constexpr std::string_view kFence = "SELECT fence FROM orgs WHERE org = ?1";
constexpr std::string_view kFact = "SELECT value FROM facts WHERE org = ?1 AND name = ?2";
constexpr std::string_view kSetFact =
    "INSERT INTO facts (org, name, value) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (org, name) DO UPDATE SET value = excluded.value";
constexpr std::string_view kLastNumber = "SELECT value FROM counters WHERE org = ?1 AND name = ?2";
constexpr std::string_view kSetNumber =
    "INSERT INTO counters (org, name, value) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (org, name) DO UPDATE SET value = excluded.value";
constexpr std::string_view kTally =
    "INSERT INTO tallies (org, tally, name, number) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (org, tally, name) DO UPDATE SET number = tallies.number + excluded.number";
constexpr std::string_view kTallies =
    "SELECT name, number FROM tallies WHERE org = ?1 AND tally = ?2 AND number <> 0";

}  // namespace

const char* to_string(Mode mode) noexcept {
    switch (mode) {
        case Mode::Observe:
            return "observe";
        case Mode::Plan:
            return "plan";
        case Mode::Apply:
            return "apply";
    }
    return "observe";
}

Result<Store::Transaction> SqliteStore::begin() {
    if (auto begun = database_->begin(); !begun) return std::move(begun).error();
    return Transaction(*this);
}

Status SqliteStore::commit_now() {
    if (auto written = write_sums(); !written) {
        rollback();
        return written;
    }
    return database_->commit();
}

void SqliteStore::rollback() noexcept {
    sums_ = {};
    database_->rollback();
}

Status SqliteStore::open_org(std::string_view org) {
    if (org.empty()) return misuse("an org without a name");
    return database_->run(kOpenOrg, {org});
}

Result<Mode> SqliteStore::mode(std::string_view org) {
    const auto text = first<std::string>(database_->query(kMode, {org}),
                                         [](const Query& row) { return row.string(0); });
    if (!text) return text.error();
    if (!*text) return unknown_org(org);
    for (const Mode mode : {Mode::Observe, Mode::Plan, Mode::Apply}) {
        if (**text == to_string(mode)) return mode;
    }
    return unreadable("orgs.mode");
}

Status SqliteStore::set_mode(std::string_view org, Mode mode) {
    if (auto set = database_->run(kSetMode, {org, to_string(mode)}); !set) return set;
    if (database_->changes() == 0) return unknown_org(org);
    return Done{};
}

Result<std::int64_t> SqliteStore::fence(std::string_view org) {
    auto fence = number(database_->query(kFence, {org}), -1);
    if (fence && *fence < 0) return unknown_org(org);
    return fence;
}

Result<std::string> SqliteStore::fact(std::string_view org, std::string_view name) {
    auto value = first<std::string>(database_->query(kFact, {org, name}),
                                    [](const Query& row) { return row.string(0); });
    if (!value) return std::move(value).error();
    return value->value_or("");
}

Status SqliteStore::set_fact(std::string_view org, std::string_view name, std::string_view value) {
    if (org.empty()) return misuse("a fact of an org without a name");
    return database_->run(kSetFact, {org, name, value});
}

Result<std::int64_t> SqliteStore::next_number(std::string_view org, std::string_view counter,
                                              std::size_t count) {
    auto last = sums_.numbers.find(std::tuple(org, counter));
    if (last == sums_.numbers.end()) {
        const auto stored = number(database_->query(kLastNumber, {org, counter}));
        if (!stored) return stored.error();
        last = sums_.numbers.emplace(std::tuple(org, counter), *stored).first;
    }
    const std::int64_t first = last->second + 1;
    last->second += static_cast<std::int64_t>(count);
    return first;
}

void SqliteStore::tally(std::string_view org, std::string_view tally, std::string_view name,
                        int change) {
    auto known = sums_.tallies.find(std::tuple(org, tally, name));
    if (known == sums_.tallies.end())
        known = sums_.tallies.emplace(std::tuple(org, tally, name), 0).first;
    known->second += change;
}

Status SqliteStore::write_tallies() {
    for (const auto& [key, change] : std::exchange(sums_.tallies, {})) {
        if (change == 0) continue;
        const auto& [org, tally, name] = key;
        if (auto put = database_->run(kTally, {org, tally, name, change}); !put) return put;
    }
    return Done{};
}

Status SqliteStore::write_sums() {
    for (const auto& [key, last] : std::exchange(sums_.numbers, {})) {
        const auto& [org, counter] = key;
        if (auto put = database_->run(kSetNumber, {org, counter, last}); !put) return put;
    }
    return write_tallies();
}

Result<std::map<std::string, std::int64_t>> SqliteStore::tallies(std::string_view org,
                                                                 std::string_view tally) {
    if (auto written = write_tallies(); !written) return std::move(written).error();
    std::map<std::string, std::int64_t> numbers;
    Query row = database_->query(kTallies, {org, tally});
    while (row.next()) numbers.emplace(row.string(0), row.integer(1));
    if (auto status = row.status(); !status) return std::move(status).error();
    return numbers;
}

}  // namespace duet::store
