#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kPutQuarantine =
    "INSERT INTO quarantine (org, entity, side, object, record_key, code, remote_code, message,"
    " fingerprint, first_at, last_at, attempts, retry_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
    " ON CONFLICT (org, entity, side) DO UPDATE SET object = excluded.object,"
    " record_key = excluded.record_key, code = excluded.code, remote_code = excluded.remote_code,"
    " message = excluded.message, fingerprint = excluded.fingerprint,"
    " first_at = excluded.first_at, last_at = excluded.last_at, attempts = excluded.attempts,"
    " retry_at = excluded.retry_at";
constexpr std::string_view kRemoveQuarantine =
    "DELETE FROM quarantine WHERE org = ?1 AND entity = ?2 AND side = ?3";
constexpr std::string_view kQuarantineOf =
    "SELECT entity, side, object, record_key, code, remote_code, message, fingerprint, first_at,"
    " last_at, attempts, retry_at FROM quarantine WHERE org = ?1 AND entity = ?2 ORDER BY side";
constexpr std::string_view kQuarantine =
    "SELECT entity, side, object, record_key, code, remote_code, message, fingerprint, first_at,"
    " last_at, attempts, retry_at FROM quarantine WHERE org = ?1 ORDER BY entity, side LIMIT ?2";
constexpr std::string_view kQuarantineDue =
    "SELECT DISTINCT entity FROM quarantine WHERE org = ?1 AND retry_at <= ?2 ORDER BY entity";

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
    aside.record = {row.string(2), row.string(3)};
    aside.code = row.string(4);
    aside.remote_code = row.string(5);
    aside.message = row.string(6);
    aside.fingerprint = row.string(7);
    aside.first_at = row.instant(8);
    aside.last_at = row.instant(9);
    aside.attempts = static_cast<int>(row.integer(10));
    aside.retry_at = row.instant(11);
    return aside;
}

}  // namespace

Status SqliteStore::put_quarantine(std::string_view org, const Quarantined& row) {
    return database_->run(
        kPutQuarantine,
        {org, row.entity, row.side, row.record.object, row.record.key, row.code, row.remote_code,
         row.message, row.fingerprint, row.first_at, row.last_at, row.attempts, row.retry_at});
}

Status SqliteStore::remove_quarantine(std::string_view org, EntityId entity, Side side) {
    return database_->run(kRemoveQuarantine, {org, entity, side});
}

Result<std::vector<Quarantined>> SqliteStore::quarantine_of(std::string_view org, EntityId entity) {
    return all<Quarantined>(database_->query(kQuarantineOf, {org, entity}), read_quarantined);
}

Result<std::vector<Quarantined>> SqliteStore::quarantine(std::string_view org, std::size_t limit) {
    return all<Quarantined>(database_->query(kQuarantine, {org, as_limit(limit)}),
                            read_quarantined);
}

Result<std::vector<EntityId>> SqliteStore::quarantine_due(std::string_view org, Instant now) {
    return all<EntityId>(database_->query(kQuarantineDue, {org, now}),
                         [](const Query& row) { return row.integer(0); });
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
