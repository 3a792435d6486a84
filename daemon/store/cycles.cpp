#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kStartCycle =
    "INSERT INTO cycles (org, cycle, started_at, ended_at, started_by, pulled, repeats, echoes,"
    " unchanged, planned, filtered, quarantined, waiting, written, error)"
    " VALUES (?1, ?2, ?3, 0, ?4, 0, 0, 0, 0, 0, 0, 0, 0, 0, '')";
constexpr std::string_view kSaveCycle =
    "UPDATE cycles SET started_at = ?3, ended_at = ?4, started_by = ?5, pulled = ?6, repeats = ?7,"
    " echoes = ?8, unchanged = ?9, planned = ?10, filtered = ?11, quarantined = ?12,"
    " waiting = ?13, written = ?14, error = ?15 WHERE org = ?1 AND cycle = ?2";
constexpr std::string_view kCycles =
    "SELECT cycle, started_at, ended_at, started_by, pulled, repeats, echoes, unchanged, planned,"
    " filtered, quarantined, waiting, written, error FROM cycles WHERE org = ?1"
    " ORDER BY cycle DESC LIMIT ?2";

CycleRow read_cycle(const Query& row) {
    CycleRow cycle;
    cycle.id = row.integer(0);
    cycle.started = row.instant(1);
    cycle.ended = row.instant(2);
    cycle.trigger = row.string(3);
    cycle.pulled = row.integer(4);
    cycle.repeats = row.integer(5);
    cycle.echoes = row.integer(6);
    cycle.unchanged = row.integer(7);
    cycle.planned = row.integer(8);
    cycle.filtered = row.integer(9);
    cycle.quarantined = row.integer(10);
    cycle.waiting = row.integer(11);
    cycle.written = row.integer(12);
    cycle.error = row.string(13);
    return cycle;
}

}  // namespace

Result<CycleId> SqliteStore::start_cycle(std::string_view org, Instant now,
                                         std::string_view trigger) {
    CycleId id = 0;
    auto started = atomically([&]() -> Status {
        const auto number = next_number(org, "cycle");
        if (!number) return number.error();
        id = *number;
        return database_->run(kStartCycle, {org, id, now, trigger});
    });
    if (!started) return std::move(started).error();
    return id;
}

Status SqliteStore::save_cycle(std::string_view org, const CycleRow& row) {
    auto saved = database_->run(
        kSaveCycle, {org, row.id, row.started, row.ended, row.trigger, row.pulled, row.repeats,
                     row.echoes, row.unchanged, row.planned, row.filtered, row.quarantined,
                     row.waiting, row.written, row.error});
    if (saved && database_->changes() == 0) return misuse("saving a cycle that was not started");
    return saved;
}

Result<std::vector<CycleRow>> SqliteStore::cycles(std::string_view org, std::size_t newest) {
    return all<CycleRow>(database_->query(kCycles, {org, as_limit(newest)}), read_cycle);
}

}  // namespace duet::store
