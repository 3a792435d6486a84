#include <algorithm>

#include "daemon/store/codec.h"
#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kAddInFlight =
    "INSERT INTO in_flight (org, write_id, cycle, entity, side, kind, object, record_key, fields,"
    " key_field, key_value, before_fields, reasons, sent_at, in_doubt, lookups, look_after)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
constexpr std::string_view kUpdateInFlight =
    "UPDATE in_flight SET cycle = ?3, entity = ?4, side = ?5, kind = ?6, object = ?7,"
    " record_key = ?8, fields = ?9, key_field = ?10, key_value = ?11, before_fields = ?12,"
    " reasons = ?13, sent_at = ?14, in_doubt = ?15, lookups = ?16, look_after = ?17"
    " WHERE org = ?1 AND write_id = ?2";
constexpr std::string_view kInFlight =
    "SELECT write_id, cycle, entity, side, kind, object, record_key, fields, key_field, key_value,"
    " before_fields, reasons, sent_at, in_doubt, lookups, look_after FROM in_flight"
    " WHERE org = ?1 ORDER BY write_id";
constexpr std::string_view kInFlightOf =
    "SELECT write_id, cycle, entity, side, kind, object, record_key, fields, key_field, key_value,"
    " before_fields, reasons, sent_at, in_doubt, lookups, look_after FROM in_flight"
    " WHERE org = ?1 AND entity = ?2 ORDER BY write_id";
constexpr std::string_view kWithInFlight =
    "SELECT DISTINCT entity FROM in_flight WHERE org = ?1 AND entity BETWEEN ?2 AND ?3"
    " ORDER BY entity";
constexpr std::string_view kRemoveInFlight =
    "DELETE FROM in_flight WHERE org = ?1 AND write_id = ?2";
constexpr std::string_view kDoubtAll = "UPDATE in_flight SET in_doubt = 1 WHERE org = ?1";

constexpr std::string_view kAddAudit =
    "INSERT INTO audit (org, audit_id, cycle, at, entity, side, kind, object, record_key, field,"
    " before_value, after_value, rule, cause, documents, lost_value, crm_stamp, marketing_stamp,"
    " evidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
    " ?17, ?18, ?19)";
constexpr std::string_view kAuditOf =
    "SELECT audit_id, cycle, at, entity, side, kind, object, record_key, field, before_value,"
    " after_value, rule, cause, documents, lost_value, crm_stamp, marketing_stamp, evidence"
    " FROM audit"
    " WHERE org = ?1 AND entity = ?2 ORDER BY audit_id DESC LIMIT ?3";
constexpr std::string_view kAuditOfCycle =
    "SELECT audit_id, cycle, at, entity, side, kind, object, record_key, field, before_value,"
    " after_value, rule, cause, documents, lost_value, crm_stamp, marketing_stamp, evidence"
    " FROM audit"
    " WHERE org = ?1 AND cycle = ?2 ORDER BY audit_id LIMIT ?3";

Result<InFlight> read_in_flight(const Query& row) {
    const auto kind = write_kind(row.text(4));
    if (!kind) return unreadable("in_flight.kind");
    auto fields = decode_fields(row.text(7));
    if (!fields) return unreadable("in_flight.fields");
    auto before = decode_fields(row.text(10));
    if (!before) return unreadable("in_flight.before_fields");
    InFlight flight;
    flight.id = row.integer(0);
    flight.cycle = row.integer(1);
    flight.entity = row.integer(2);
    flight.side = row.side(3);
    flight.write = {
        *kind, {row.string(5), row.string(6)}, *std::move(fields), row.string(8), row.string(9)};
    flight.before = *std::move(before);
    flight.reasons = row.string(11);
    flight.sent_at = row.instant(12);
    flight.in_doubt = row.integer(13) != 0;
    flight.lookups = static_cast<int>(row.integer(14));
    flight.look_after = row.instant(15);
    return flight;
}

Status write_in_flight(Database& database, std::string_view sql, std::string_view org,
                       std::int64_t id, const InFlight& flight) {
    const Write& write = flight.write;
    return database.run(
        sql, {org, id, flight.cycle, flight.entity, flight.side, to_text(write.kind),
              write.id.object, write.id.key, encode(write.fields), write.key_field, write.key_value,
              encode(flight.before), flight.reasons, flight.sent_at, flight.in_doubt,
              flight.lookups, flight.look_after});
}

DateTime to_write_stamp(Instant time) {
    return std::chrono::floor<std::chrono::milliseconds>(time);
}

}  // namespace

Result<AuditRow> read_audit(const Query& row) {
    const auto kind = write_kind(row.text(5));
    if (!kind) return unreadable("audit.kind");
    auto before = decode(row.text(9));
    if (!before) return unreadable("audit.before_value");
    auto after = decode(row.text(10));
    if (!after) return unreadable("audit.after_value");
    AuditRow audit;
    audit.id = row.integer(0);
    audit.cycle = row.integer(1);
    audit.at = row.instant(2);
    audit.entity = row.integer(3);
    audit.side = row.side(4);
    audit.kind = *kind;
    audit.record = {row.string(6), row.string(7)};
    audit.field = row.string(8);
    audit.before = *std::move(before);
    audit.after = *std::move(after);
    audit.rule = row.string(11);
    audit.cause = row.string(12);
    audit.documents = row.string(13);
    if (!row.null(14)) {
        auto lost = decode(row.text(14));
        if (!lost) return unreadable("audit.lost_value");
        audit.lost = *std::move(lost);
    }
    audit.stamps = {to_write_stamp(row.instant(15)), to_write_stamp(row.instant(16))};
    audit.evidence = row.integer(17) != 0;
    return audit;
}

Status SqliteStore::add_in_flight(std::string_view org, std::span<InFlight> writes) {
    if (writes.empty()) return Done{};
    std::int64_t first_id = 0;
    auto added = atomically([&]() -> Status {
        const auto number = next_number(org, "write", writes.size());
        if (!number) return number.error();
        first_id = *number;
        std::int64_t id = first_id;
        for (const InFlight& flight : writes) {
            auto done = write_in_flight(*database_, kAddInFlight, org, id++, flight);
            if (!done) return done;
        }
        return Done{};
    });
    if (!added) return added;
    for (InFlight& flight : writes) flight.id = first_id++;
    return added;
}

Result<std::vector<InFlight>> SqliteStore::in_flight(std::string_view org) {
    return all<InFlight>(database_->query(kInFlight, {org}), read_in_flight);
}

Result<std::vector<InFlight>> SqliteStore::in_flight_of(std::string_view org, EntityId entity) {
    return all<InFlight>(database_->query(kInFlightOf, {org, entity}), read_in_flight);
}

Status SqliteStore::add_with_in_flight(const Run& run, RowsOf rows) {
    Query query = database_->query(kWithInFlight, {run.org, run.first, run.last});
    while (query.next()) {
        const EntityId id = query.integer(0);
        const auto found =
            std::lower_bound(rows.begin(), rows.end(), id,
                             [](const EntityRows& one, EntityId of) { return one.entity.id < of; });
        if (found != rows.end() && found->entity.id == id) found->is_in_flight = true;
    }
    return query.status();
}

Status SqliteStore::update_in_flight(std::string_view org, const InFlight& write) {
    auto done = write_in_flight(*database_, kUpdateInFlight, org, write.id, write);
    if (done && database_->changes() == 0) return misuse("a change of a write not in flight");
    return done;
}

Status SqliteStore::remove_in_flight(std::string_view org, std::int64_t id) {
    return database_->run(kRemoveInFlight, {org, id});
}

Result<std::int64_t> SqliteStore::doubt_all(std::string_view org) {
    if (auto done = database_->run(kDoubtAll, {org}); !done) return std::move(done).error();
    return database_->changes();
}

Status SqliteStore::add_audit(std::string_view org, const AuditRow& row) {
    return atomically([&]() -> Status {
        const auto id = next_number(org, "audit");
        if (!id) return id.error();
        const std::string lost = row.lost ? encode(*row.lost) : std::string{};
        return database_->run(
            kAddAudit, {org, *id, row.cycle, row.at, row.entity, row.side, to_text(row.kind),
                        row.record.object, row.record.key, row.field, encode(row.before),
                        encode(row.after), row.rule, row.cause, row.documents,
                        row.lost ? Parameter(lost) : Parameter(std::optional<Instant>{}),
                        Instant(row.stamps.crm), Instant(row.stamps.marketing), row.evidence});
    });
}

Result<std::vector<AuditRow>> SqliteStore::audit_of(std::string_view org, EntityId entity,
                                                    std::size_t limit) {
    return all<AuditRow>(database_->query(kAuditOf, {org, entity, as_limit(limit)}), read_audit);
}

Result<std::vector<AuditRow>> SqliteStore::audit_of_cycle(std::string_view org, CycleId cycle,
                                                          std::size_t limit) {
    return all<AuditRow>(database_->query(kAuditOfCycle, {org, cycle, as_limit(limit)}),
                         read_audit);
}

}  // namespace duet::store
