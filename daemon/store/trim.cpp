#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kAuditSince =
    "SELECT audit_id, cycle, at, entity, side, kind, object, record_key, field, before_value,"
    " after_value, rule, cause, documents, lost_value, crm_stamp, marketing_stamp, evidence"
    " FROM audit WHERE org = ?1 AND at >= ?2 ORDER BY at DESC, audit_id DESC LIMIT ?3";
constexpr std::string_view kAuditOfField =
    "SELECT audit_id, cycle, at, entity, side, kind, object, record_key, field, before_value,"
    " after_value, rule, cause, documents, lost_value, crm_stamp, marketing_stamp, evidence"
    " FROM audit WHERE org = ?1 AND field = ?2 COLLATE NOCASE ORDER BY audit_id DESC LIMIT ?3";

constexpr std::string_view kAddDecision =
    "INSERT INTO decisions (org, entity, at, cycle, state, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT (org, entity, at) DO UPDATE SET cycle = excluded.cycle, state = excluded.state,"
    " reason = excluded.reason";
constexpr std::string_view kDecisionBefore =
    "SELECT state, reason FROM decisions WHERE org = ?1 AND entity = ?2 AND at < ?3"
    " ORDER BY at DESC LIMIT 1";
constexpr std::string_view kRemoveDecision =
    "DELETE FROM decisions WHERE org = ?1 AND entity = ?2 AND at = ?3";
constexpr std::string_view kDecisionsOf =
    "SELECT at, cycle, state, reason FROM decisions WHERE org = ?1 AND entity = ?2"
    " ORDER BY at DESC LIMIT ?3";

constexpr std::string_view kTrimAudit =
    "DELETE FROM audit WHERE rowid IN (SELECT rowid FROM audit WHERE org = ?1 AND at < ?2"
    " AND evidence = 0 LIMIT ?3)";
// The newest that is old stays: it tells how things stood when the kept history begins.
constexpr std::string_view kTrimDecisions =
    "DELETE FROM decisions WHERE (org, entity, at) IN (SELECT org, entity, at FROM decisions"
    " AS old WHERE org = ?1 AND at < ?2 AND EXISTS (SELECT 1 FROM decisions AS later"
    " WHERE later.org = ?1 AND later.entity = old.entity AND later.at > old.at"
    " AND later.at < ?2) LIMIT ?3)";
constexpr std::string_view kTrimCycles =
    "DELETE FROM cycles WHERE (org, cycle) IN (SELECT org, cycle FROM cycles WHERE org = ?1"
    " AND started_at < ?2 AND cycle < (SELECT max(cycle) FROM cycles WHERE org = ?1)"
    " AND cycle NOT IN (SELECT cycle FROM in_flight WHERE org = ?1)"
    " AND cycle NOT IN (SELECT cycle FROM pins WHERE org = ?1) ORDER BY cycle LIMIT ?3)";

// The newest that is old stays: it tells how large the list was when the kept history begins.
constexpr std::string_view kTrimListDays =
    "DELETE FROM list_days WHERE (org, list, day) IN (SELECT org, list, day FROM list_days AS old"
    " WHERE org = ?1 AND day < ?2 AND EXISTS (SELECT 1 FROM list_days AS later"
    " WHERE later.org = ?1 AND later.list = old.list AND later.day > old.day AND later.day < ?2)"
    " LIMIT ?3)";

}  // namespace

Result<std::vector<AuditRow>> SqliteStore::audit_since(std::string_view org, Instant since,
                                                       std::size_t limit) {
    return all<AuditRow>(database_->query(kAuditSince, {org, since, as_limit(limit)}), read_audit);
}

Result<std::vector<AuditRow>> SqliteStore::audit_of_field(std::string_view org,
                                                          std::string_view field,
                                                          std::size_t limit) {
    return all<AuditRow>(database_->query(kAuditOfField, {org, field, as_limit(limit)}),
                         read_audit);
}

Status SqliteStore::add_decision(std::string_view org, const DecisionRow& row) {
    return atomically([&]() -> Status {
        const auto before = first<DecisionRow>(
            database_->query(kDecisionBefore, {org, row.entity, row.at}), [&](const Query& found) {
                return DecisionRow{row.entity, {}, 0, found.string(0), found.string(1)};
            });
        if (!before) return before.error();
        // What goes on as it was has its row already.
        if (*before && (*before)->state == row.state && (*before)->reason == row.reason)
            return database_->run(kRemoveDecision, {org, row.entity, row.at});
        return database_->run(kAddDecision,
                              {org, row.entity, row.at, row.cycle, row.state, row.reason});
    });
}

Result<std::vector<DecisionRow>> SqliteStore::decisions_of(std::string_view org, EntityId entity,
                                                           std::size_t limit) {
    return all<DecisionRow>(database_->query(kDecisionsOf, {org, entity, as_limit(limit)}),
                            [&](const Query& row) {
                                return DecisionRow{entity, row.instant(0), row.integer(1),
                                                   row.string(2), row.string(3)};
                            });
}

Result<std::int64_t> SqliteStore::trim(std::string_view org, const TrimBounds& bounds,
                                       std::size_t limit) {
    std::int64_t removed = 0;
    auto done = atomically([&]() -> Status {
        const auto trim_by = [&](std::string_view sql, Instant before) -> Status {
            if (before == Instant{}) return Done{};
            if (auto ran = database_->run(sql, {org, before, as_limit(limit)}); !ran) return ran;
            removed += database_->changes();
            return Done{};
        };
        if (auto ran = trim_by(kTrimAudit, bounds.audit_before); !ran) return ran;
        if (auto ran = trim_by(kTrimDecisions, bounds.audit_before); !ran) return ran;
        if (auto ran = trim_by(kTrimCycles, bounds.cycles_before); !ran) return ran;
        if (bounds.list_days_before == 0) return Done{};
        auto ran = database_->run(kTrimListDays, {org, bounds.list_days_before, as_limit(limit)});
        if (ran) removed += database_->changes();
        return ran;
    });
    if (!done) return std::move(done).error();
    return removed;
}

}  // namespace duet::store
