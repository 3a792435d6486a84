#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kPutPin =
    "INSERT INTO pins (org, entity, rule, side, held_value, refused_value, at, cycle)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (org, entity, rule, side) DO UPDATE SET"
    " held_value = excluded.held_value, refused_value = excluded.refused_value, at = excluded.at,"
    " cycle = excluded.cycle";
constexpr std::string_view kRemovePin =
    "DELETE FROM pins WHERE org = ?1 AND entity = ?2 AND rule = ?3 AND side = ?4";
constexpr std::string_view kPinsOf =
    "SELECT entity, rule, side, held_value, refused_value, at, cycle FROM pins"
    " WHERE org = ?1 AND entity BETWEEN ?2 AND ?3 ORDER BY entity, rule, side";
constexpr std::string_view kPins =
    "SELECT entity, rule, side, held_value, refused_value, at, cycle FROM pins"
    " WHERE org = ?1 ORDER BY entity, rule, side LIMIT ?2";

Result<Pin> read_pin(const Query& row) {
    auto held = decode(row.text(3));
    auto refused = decode(row.text(4));
    if (!held || !refused) return unreadable("pins.held_value");
    return Pin{row.integer(0),      row.string(1),  row.side(2),   *std::move(held),
               *std::move(refused), row.instant(5), row.integer(6)};
}

}  // namespace

Status SqliteStore::put_pin(std::string_view org, const Pin& pin) {
    return database_->run(kPutPin, {org, pin.entity, pin.rule, pin.side, encode(pin.held),
                                    encode(pin.refused), pin.at, pin.cycle});
}

Status SqliteStore::remove_pin(std::string_view org, EntityId entity, std::string_view rule,
                               Side side) {
    return database_->run(kRemovePin, {org, entity, rule, side});
}

Result<std::vector<Pin>> SqliteStore::pins_of(std::string_view org, EntityId entity) {
    return all<Pin>(database_->query(kPinsOf, {org, entity, entity}), read_pin);
}

Status SqliteStore::add_pins(const Run& run, RowsOf rows) {
    return hand_out(database_->query(kPinsOf, {run.org, run.first, run.last}), 0, rows,
                    &EntityRows::pins, read_pin);
}

Result<std::vector<Pin>> SqliteStore::pins(std::string_view org, std::size_t limit) {
    return all<Pin>(database_->query(kPins, {org, as_limit(limit)}), read_pin);
}

}  // namespace duet::store
