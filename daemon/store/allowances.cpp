#include "daemon/store/codec.h"
#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kPut =
    "INSERT INTO allowances (org, entity, rule, flags, at, allowed_by, because)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (org, entity, rule) DO UPDATE SET"
    " flags = excluded.flags, at = excluded.at, allowed_by = excluded.allowed_by,"
    " because = excluded.because";
constexpr std::string_view kRemove =
    "DELETE FROM allowances WHERE org = ?1 AND entity = ?2 AND rule = ?3";
constexpr std::string_view kOfEntity =
    "SELECT rule, flags, at, allowed_by, because, entity FROM allowances"
    " WHERE org = ?1 AND entity BETWEEN ?2 AND ?3 ORDER BY entity, rule";

Result<Allowance> read_allowance(const Query& row) {
    auto flags = decode_flags(row.text(1));
    if (!flags) return unreadable("allowances.flags");
    return Allowance{row.integer(5), row.string(0), *std::move(flags),
                     row.instant(2), row.string(3), row.string(4)};
}

}  // namespace

Status SqliteStore::put_allowance(std::string_view org, const Allowance& allowance) {
    return database_->run(
        kPut, {org, allowance.entity, allowance.rule, encode_flags(allowance.flags), allowance.at,
               allowance.by, allowance.because});
}

Status SqliteStore::remove_allowance(std::string_view org, EntityId entity, std::string_view rule) {
    return database_->run(kRemove, {org, entity, rule});
}

Result<std::vector<Allowance>> SqliteStore::allowances(std::string_view org, EntityId entity) {
    return all<Allowance>(database_->query(kOfEntity, {org, entity, entity}), read_allowance);
}

Status SqliteStore::add_allowances(const Run& run, RowsOf rows) {
    return hand_out(database_->query(kOfEntity, {run.org, run.first, run.last}), 5, rows,
                    &EntityRows::allowances, read_allowance);
}

}  // namespace duet::store
