#include "daemon/store/codec.h"
#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kAddChanged =
    "INSERT INTO changed (org, sequence, side, object, record_key, cycle, old_references,"
    " backfill) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
constexpr std::string_view kChanged =
    "SELECT sequence, side, object, record_key, cycle, old_references, backfill FROM changed"
    " WHERE org = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3";
constexpr std::string_view kRemoveChanged = "DELETE FROM changed WHERE org = ?1 AND sequence <= ?2";

// The first cause stands: it is the one that made the entity dirty. Lane 0 is planned before 1.
constexpr std::string_view kMarkDirty =
    "INSERT INTO dirty (org, entity, cause, lane) VALUES (?1, ?2, ?3, 0)"
    " ON CONFLICT (org, entity) DO UPDATE SET lane = 0 WHERE dirty.lane <> 0";
constexpr std::string_view kMarkDirtyLater =
    "INSERT INTO dirty (org, entity, cause, lane) VALUES (?1, ?2, ?3, 1) ON CONFLICT DO NOTHING";
constexpr std::string_view kClearDirty = "DELETE FROM dirty WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kDirty =
    "SELECT entity FROM dirty WHERE org = ?1 AND entity > ?2 ORDER BY entity LIMIT ?3";
constexpr std::string_view kDirtyFresh =
    "SELECT entity FROM dirty WHERE org = ?1 AND lane = 0 AND entity > ?2 ORDER BY entity LIMIT ?3";
constexpr std::string_view kDirtyLaterCount =
    "SELECT count(*) FROM dirty WHERE org = ?1 AND lane <> 0";
constexpr std::string_view kDirtyCount = "SELECT count(*) FROM dirty WHERE org = ?1";
constexpr std::string_view kMarkAllDirty =
    "INSERT INTO dirty (org, entity, cause, lane) SELECT org, entity, ?2, 1 FROM entities"
    " WHERE org = ?1 ON CONFLICT DO NOTHING";
constexpr std::string_view kMarkTimers =
    "INSERT INTO dirty (org, entity, cause, lane) SELECT org, entity, 'timer', 0 FROM entities"
    " WHERE org = ?1 AND timer_at <= ?2 ON CONFLICT DO NOTHING";
constexpr std::string_view kClearTimers =
    "UPDATE entities SET timer_at = NULL WHERE org = ?1 AND timer_at <= ?2";

Result<ChangedRow> read_changed(const Query& row) {
    auto references = decode_pairs(row.text(5));
    if (!references) return unreadable("changed.old_references");
    return ChangedRow{
        row.integer(0),         row.side(1),        {row.string(2), row.string(3)}, row.integer(4),
        *std::move(references), row.integer(6) != 0};
}

}  // namespace

Status SqliteStore::add_changed(std::string_view org, const ChangedRow& row) {
    return atomically([&]() -> Status {
        const auto sequence = next_number(org, "changed");
        if (!sequence) return sequence.error();
        return database_->run(kAddChanged,
                              {org, *sequence, row.side, row.id.object, row.id.key, row.cycle,
                               encode_pairs(row.old_references), row.backfill});
    });
}

Result<std::vector<ChangedRow>> SqliteStore::changed(std::string_view org, std::int64_t after,
                                                     std::size_t limit) {
    return all<ChangedRow>(database_->query(kChanged, {org, after, as_limit(limit)}), read_changed);
}

Status SqliteStore::remove_changed(std::string_view org, std::int64_t up_to_sequence) {
    return database_->run(kRemoveChanged, {org, up_to_sequence});
}

Status SqliteStore::mark_dirty(std::string_view org, EntityId entity, std::string_view cause) {
    return database_->run(kMarkDirty, {org, entity, cause});
}

Status SqliteStore::mark_dirty_later(std::string_view org, EntityId entity,
                                     std::string_view cause) {
    return database_->run(kMarkDirtyLater, {org, entity, cause});
}

Status SqliteStore::clear_dirty(std::string_view org, EntityId entity) {
    return database_->run(kClearDirty, {org, entity});
}

Result<std::vector<EntityId>> SqliteStore::dirty(std::string_view org, EntityId after,
                                                 std::size_t limit) {
    return all<EntityId>(database_->query(kDirty, {org, after, as_limit(limit)}),
                         [](const Query& row) { return row.integer(0); });
}

Result<std::vector<EntityId>> SqliteStore::dirty_fresh(std::string_view org, EntityId after,
                                                       std::size_t limit) {
    return all<EntityId>(database_->query(kDirtyFresh, {org, after, as_limit(limit)}),
                         [](const Query& row) { return row.integer(0); });
}

Result<std::int64_t> SqliteStore::dirty_count(std::string_view org) {
    return number(database_->query(kDirtyCount, {org}));
}

Result<std::int64_t> SqliteStore::dirty_later_count(std::string_view org) {
    return number(database_->query(kDirtyLaterCount, {org}));
}

Result<std::int64_t> SqliteStore::fire_timers(std::string_view org, Instant now) {
    std::int64_t fired = 0;
    auto done = atomically([&]() -> Status {
        if (auto marked = database_->run(kMarkTimers, {org, now}); !marked) return marked;
        if (auto cleared = database_->run(kClearTimers, {org, now}); !cleared) return cleared;
        fired = database_->changes();
        return Done{};
    });
    if (!done) return std::move(done).error();
    return fired;
}

Status SqliteStore::mark_all_dirty(std::string_view org, std::string_view cause) {
    return database_->run(kMarkAllDirty, {org, cause});
}

}  // namespace duet::store
