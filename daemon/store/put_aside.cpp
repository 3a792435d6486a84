#include <set>

#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kPutQuarantine =
    "INSERT INTO quarantine (org, entity, side, slot, object, record_key, code, remote_code,"
    " message, fingerprint, first_at, last_at, attempts, retry_at, cause, field, value_class,"
    " dropped_by)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"
    " ON CONFLICT (org, entity, side, slot) DO UPDATE SET object = excluded.object,"
    " record_key = excluded.record_key, code = excluded.code, remote_code = excluded.remote_code,"
    " message = excluded.message, fingerprint = excluded.fingerprint,"
    " first_at = excluded.first_at, last_at = excluded.last_at, attempts = excluded.attempts,"
    " retry_at = excluded.retry_at, cause = excluded.cause, field = excluded.field,"
    " value_class = excluded.value_class, dropped_by = excluded.dropped_by";
constexpr std::string_view kRemovePutAside =
    "DELETE FROM quarantine WHERE org = ?1 AND entity = ?2 AND side = ?3 AND slot = ?4";
constexpr std::string_view kQuarantineOf =
    "SELECT entity, side, slot, object, record_key, code, remote_code, message, fingerprint,"
    " first_at, last_at, attempts, retry_at, cause, field, value_class, dropped_by FROM quarantine"
    " WHERE org = ?1 AND entity BETWEEN ?2 AND ?3 ORDER BY entity, side, slot";
constexpr std::string_view kQuarantine =
    "SELECT entity, side, slot, object, record_key, code, remote_code, message, fingerprint,"
    " first_at, last_at, attempts, retry_at, cause, field, value_class, dropped_by FROM quarantine"
    " WHERE org = ?1 ORDER BY entity, side, slot LIMIT ?2";
constexpr std::string_view kQuarantineByCause =
    "SELECT entity, side, slot, object, record_key, code, remote_code, message, fingerprint,"
    " first_at, last_at, attempts, retry_at, cause, field, value_class, dropped_by FROM quarantine"
    " WHERE org = ?1 AND cause = ?2 ORDER BY entity, side, slot LIMIT ?3";
constexpr std::string_view kQuarantineCounts =
    "SELECT cause, sum(CASE WHEN dropped_by = '' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN dropped_by = '' THEN 0 ELSE 1 END) FROM quarantine WHERE org = ?1"
    " GROUP BY cause";
constexpr std::string_view kQuarantineDue =
    "SELECT q.entity, q.cause FROM quarantine q LEFT JOIN causes c ON c.org = q.org"
    " AND c.cause = q.cause WHERE q.org = ?1 AND q.retry_at <= ?2 AND q.dropped_by = ''"
    " AND (c.retry_at IS NULL OR c.retry_at <= ?2) ORDER BY q.retry_at, q.entity";
constexpr std::string_view kPutCause =
    "INSERT INTO causes (org, cause, side, object, code, remote_code, field, message, catalog,"
    " documents, failures, first_at, last_at, retry_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    " ON CONFLICT (org, cause) DO UPDATE SET message = excluded.message,"
    " catalog = excluded.catalog, documents = excluded.documents, failures = excluded.failures,"
    " first_at = excluded.first_at, last_at = excluded.last_at, retry_at = excluded.retry_at";
constexpr std::string_view kCause =
    "SELECT cause, side, object, code, remote_code, field, message, catalog, documents, failures,"
    " first_at, last_at, retry_at FROM causes WHERE org = ?1 AND cause = ?2";
constexpr std::string_view kCauses =
    "SELECT cause, side, object, code, remote_code, field, message, catalog, documents, failures,"
    " first_at, last_at, retry_at FROM causes WHERE org = ?1 ORDER BY cause";
constexpr std::string_view kRemoveCause = "DELETE FROM causes WHERE org = ?1 AND cause = ?2";
constexpr std::string_view kFreeWrites =
    "UPDATE quarantine SET retry_at = ?3 WHERE org = ?1 AND cause = ?2 AND dropped_by = ''"
    " AND retry_at > ?3";

constexpr std::string_view kPutHeld =
    "INSERT INTO held (org, kind, number, number_limit, cycle, since, released)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (org, kind) DO UPDATE SET"
    " number = excluded.number, number_limit = excluded.number_limit, cycle = excluded.cycle,"
    " since = excluded.since, released = excluded.released";
constexpr std::string_view kHeld =
    "SELECT kind, number, number_limit, cycle, since, released FROM held WHERE org = ?1"
    " ORDER BY kind";
constexpr std::string_view kRemoveHeld = "DELETE FROM held WHERE org = ?1 AND kind = ?2";

Quarantined read_quarantined(const Query& row) {
    Quarantined aside;
    aside.entity = row.integer(0);
    aside.side = row.side(1);
    aside.slot = row.string(2);
    aside.record = {row.string(3), row.string(4)};
    aside.code = row.string(5);
    aside.remote_code = row.string(6);
    aside.message = row.string(7);
    aside.fingerprint = row.string(8);
    aside.first_at = row.instant(9);
    aside.last_at = row.instant(10);
    aside.attempts = static_cast<int>(row.integer(11));
    aside.retry_at = row.instant(12);
    aside.cause = row.string(13);
    aside.field = row.string(14);
    aside.value_class = row.string(15);
    aside.dropped_by = row.string(16);
    return aside;
}

Cause read_cause(const Query& row) {
    Cause cause;
    cause.name = row.string(0);
    cause.side = row.side(1);
    cause.object = row.string(2);
    cause.code = row.string(3);
    cause.remote_code = row.string(4);
    cause.field = row.string(5);
    cause.message = row.string(6);
    cause.catalog = row.string(7);
    cause.documents = row.string(8);
    cause.failures = static_cast<int>(row.integer(9));
    cause.first_at = row.instant(10);
    cause.last_at = row.instant(11);
    cause.retry_at = row.instant(12);
    return cause;
}

}  // namespace

Status SqliteStore::put_quarantine(std::string_view org, const Quarantined& row) {
    return database_->run(
        kPutQuarantine,
        {org, row.entity, row.side, row.slot, row.record.object, row.record.key, row.code,
         row.remote_code, row.message, row.fingerprint, row.first_at, row.last_at, row.attempts,
         row.retry_at, row.cause, row.field, row.value_class, row.dropped_by});
}

Status SqliteStore::remove_quarantine(std::string_view org, EntityId entity, Side side,
                                      std::string_view slot) {
    return database_->run(kRemovePutAside, {org, entity, side, slot});
}

Result<std::vector<Quarantined>> SqliteStore::quarantine_of(std::string_view org, EntityId entity) {
    return all<Quarantined>(database_->query(kQuarantineOf, {org, entity, entity}),
                            read_quarantined);
}

Status SqliteStore::add_quarantine(const Run& run, RowsOf rows) {
    return hand_out(database_->query(kQuarantineOf, {run.org, run.first, run.last}), 0, rows,
                    &EntityRows::quarantine, read_quarantined);
}

Result<std::vector<Quarantined>> SqliteStore::quarantine(std::string_view org, std::size_t limit) {
    return all<Quarantined>(database_->query(kQuarantine, {org, as_limit(limit)}),
                            read_quarantined);
}

Result<std::vector<Quarantined>> SqliteStore::quarantine_by_cause(std::string_view org,
                                                                  std::string_view cause,
                                                                  std::size_t limit) {
    return all<Quarantined>(database_->query(kQuarantineByCause, {org, cause, as_limit(limit)}),
                            read_quarantined);
}

Result<std::map<std::string, CauseCount>> SqliteStore::quarantine_counts(std::string_view org) {
    std::map<std::string, CauseCount> counts;
    Query row = database_->query(kQuarantineCounts, {org});
    while (row.next()) counts[row.string(0)] = {row.integer(1), row.integer(2)};
    if (auto status = row.status(); !status) return std::move(status).error();
    return counts;
}

Result<std::vector<EntityId>> SqliteStore::quarantine_due(std::string_view org, Instant now,
                                                          std::size_t per_cause) {
    std::set<EntityId> entities;
    std::map<std::string, std::size_t> of_cause;
    Query row = database_->query(kQuarantineDue, {org, now});
    while (row.next()) {
        const std::string cause = row.string(1);
        if (cause.empty() || ++of_cause[cause] <= per_cause) entities.insert(row.integer(0));
    }
    if (auto status = row.status(); !status) return std::move(status).error();
    return std::vector<EntityId>(entities.begin(), entities.end());
}

Status SqliteStore::put_cause(std::string_view org, const Cause& cause) {
    return database_->run(
        kPutCause, {org, cause.name, cause.side, cause.object, cause.code, cause.remote_code,
                    cause.field, cause.message, cause.catalog, cause.documents, cause.failures,
                    cause.first_at, cause.last_at, cause.retry_at});
}

Result<std::optional<Cause>> SqliteStore::cause(std::string_view org, std::string_view name) {
    return first<Cause>(database_->query(kCause, {org, name}), read_cause);
}

Result<std::vector<Cause>> SqliteStore::causes(std::string_view org) {
    return all<Cause>(database_->query(kCauses, {org}), read_cause);
}

Status SqliteStore::free_cause(std::string_view org, std::string_view name, Instant now) {
    return atomically([&]() -> Status {
        if (auto freed = database_->run(kFreeWrites, {org, name, now}); !freed) return freed;
        return database_->run(kRemoveCause, {org, name});
    });
}

Status SqliteStore::put_held(std::string_view org, const Held& held) {
    return database_->run(
        kPutHeld, {org, held.kind, held.count, held.limit, held.cycle, held.since, held.released});
}

Result<std::vector<Held>> SqliteStore::held(std::string_view org) {
    return all<Held>(database_->query(kHeld, {org}), [](const Query& row) {
        return Held{row.string(0),  row.integer(1), row.integer(2),
                    row.integer(3), row.instant(4), row.integer(5) != 0};
    });
}

Status SqliteStore::remove_held(std::string_view org, std::string_view kind) {
    return database_->run(kRemoveHeld, {org, kind});
}

}  // namespace duet::store
