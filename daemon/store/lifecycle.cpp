#include "daemon/store/lifecycle.h"

#include <algorithm>

#include "daemon/store/codec.h"
#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kSpansOf =
    "SELECT name, began_at, ended_at, entity FROM lifecycle_spans WHERE org = ?1"
    " AND entity BETWEEN ?2 AND ?3 ORDER BY entity, name, began_at";
constexpr std::string_view kSaveSpan =
    "INSERT INTO lifecycle_spans (org, entity, name, began_at, ended_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (org, entity, name, began_at) DO UPDATE SET"
    " ended_at = excluded.ended_at";
constexpr std::string_view kRowsOf =
    "SELECT from_stage, to_stage, at, event, record_key, reason, owner, campaign, cycle, skipped,"
    " reopened, entity FROM lifecycle_rows WHERE org = ?1 AND entity BETWEEN ?2 AND ?3"
    " ORDER BY entity, sequence";
constexpr std::string_view kEntities =
    "SELECT DISTINCT entity FROM lifecycle_rows WHERE org = ?1 AND entity > ?2 ORDER BY entity"
    " LIMIT ?3";
constexpr std::size_t kPageEntities = 1000;
constexpr std::string_view kRemoveMoves =
    "DELETE FROM lifecycle_rows WHERE org = ?1 AND entity = ?2 AND sequence > ?3";
constexpr std::string_view kAddRow =
    "INSERT INTO lifecycle_rows (org, entity, sequence, from_stage, to_stage, at, event,"
    " record_key, reason, owner, campaign, cycle, skipped, reopened)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";

DateTime time_of(Instant at) { return std::chrono::floor<std::chrono::milliseconds>(at); }

LifecycleSpan read_span(const Query& row) {
    LifecycleSpan span{row.string(0), time_of(row.instant(1)), {}};
    if (row.integer(2) != 0) span.until = time_of(row.instant(2));
    return span;
}

lifecycle::Row read_row(const Query& row) {
    lifecycle::Row made;
    made.from = row.string(0);
    made.to = row.string(1);
    made.at = time_of(row.instant(2));
    made.event = row.string(3);
    made.record = row.string(4);
    made.reason = row.string(5);
    made.owner = row.string(6);
    made.campaign = row.string(7);
    made.cycle = static_cast<int>(row.integer(8));
    made.skipped = row.integer(9) != 0;
    made.reopened = row.integer(10) != 0;
    return made;
}

}  // namespace

Result<std::vector<LifecycleSpan>> SqliteStore::lifecycle_spans(std::string_view org,
                                                                EntityId entity) {
    return all<LifecycleSpan>(database_->query(kSpansOf, {org, entity, entity}), read_span);
}

Status SqliteStore::add_spans(const Run& run, RowsOf rows) {
    return hand_out(database_->query(kSpansOf, {run.org, run.first, run.last}), 3, rows,
                    &EntityRows::spans, read_span);
}

Status SqliteStore::save_lifecycle_span(std::string_view org, EntityId entity,
                                        const LifecycleSpan& span) {
    return database_->run(kSaveSpan, {org, entity, span.name, Instant{span.from},
                                      span.until ? Instant{*span.until} : Instant{}});
}

Result<std::vector<lifecycle::Row>> SqliteStore::lifecycle_rows(std::string_view org,
                                                                EntityId entity) {
    return all<lifecycle::Row>(database_->query(kRowsOf, {org, entity, entity}), read_row);
}

Status SqliteStore::add_moves(const Run& run, RowsOf rows) {
    return hand_out(database_->query(kRowsOf, {run.org, run.first, run.last}), 11, rows,
                    &EntityRows::moves, read_row);
}

Status SqliteStore::save_lifecycle_rows(std::string_view org, EntityId entity,
                                        std::span<const lifecycle::Row> rows) {
    return atomically([&]() -> Status {
        // Most moves add to what stands there.
        const auto before = lifecycle_rows(org, entity);
        if (!before) return before.error();
        const auto [left, next] =
            std::mismatch(before->begin(), before->end(), rows.begin(), rows.end());
        std::int64_t sequence = left - before->begin();
        if (left != before->end()) {
            auto gone = database_->run(kRemoveMoves, {org, entity, sequence});
            if (!gone) return gone;
        }
        for (const lifecycle::Row& row : std::span(next, rows.end())) {
            auto added =
                database_->run(kAddRow, {org, entity, ++sequence, row.from, row.to, Instant{row.at},
                                         row.event, row.record, row.reason, row.owner, row.campaign,
                                         row.cycle, row.skipped, row.reopened});
            if (!added) return added;
        }
        return Done{};
    });
}

Status SqliteStore::each_lifecycle(
    std::string_view org,
    const std::function<bool(EntityId, const std::vector<lifecycle::Row>&)>& visit) {
    // In pages, so that no statement is open while the visitor works.
    EntityId after = 0;
    for (;;) {
        const auto page =
            all<EntityId>(database_->query(kEntities, {org, after, as_limit(kPageEntities)}),
                          [](const Query& row) { return row.integer(0); });
        if (!page) return page.error();
        for (const EntityId entity : *page) {
            const auto rows = lifecycle_rows(org, entity);
            if (!rows) return rows.error();
            if (!visit(entity, *rows)) return Done{};
        }
        if (page->size() < kPageEntities) return Done{};
        after = page->back();
    }
}

}  // namespace duet::store
