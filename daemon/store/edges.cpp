#include "daemon/store/codec.h"
#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kEdgesOf =
    "SELECT rule, version, phase, was_true, target, before_target, passed_at, closed_at, entity"
    " FROM edges WHERE org = ?1 AND entity BETWEEN ?2 AND ?3 ORDER BY entity, rule";
constexpr std::string_view kSaveEdge =
    "INSERT INTO edges (org, entity, rule, version, phase, was_true, target, before_target,"
    " passed_at, closed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    " ON CONFLICT (org, entity, rule) DO UPDATE SET version = excluded.version,"
    " phase = excluded.phase, was_true = excluded.was_true, target = excluded.target,"
    " before_target = excluded.before_target, passed_at = excluded.passed_at,"
    " closed_at = excluded.closed_at";
// The phase is spelled out, so that the partial index serves it.
constexpr std::string_view kPendingFor =
    "SELECT entity FROM edges WHERE org = ?1 AND target = ?2 AND phase = 'pending'"
    " ORDER BY entity";
constexpr std::string_view kMoveEdges =
    "INSERT INTO edges (org, entity, rule, version, phase, was_true, target, before_target,"
    " passed_at, closed_at) SELECT org, ?3, rule, version, phase, was_true, target, before_target,"
    " passed_at, closed_at FROM edges WHERE org = ?1 AND entity = ?2 ON CONFLICT DO NOTHING";

constexpr std::string_view kMovePins =
    "INSERT INTO pins (org, entity, rule, side, held_value, refused_value, at, cycle)"
    " SELECT org, ?3, rule, side, held_value, refused_value, at, cycle FROM pins"
    " WHERE org = ?1 AND entity = ?2 ON CONFLICT DO NOTHING";

// History is worked out anew from both records; what Duet alone saw must come along.
constexpr std::string_view kMoveSpans =
    "INSERT INTO lifecycle_spans (org, entity, name, began_at, ended_at)"
    " SELECT org, ?3, name, began_at, ended_at FROM lifecycle_spans"
    " WHERE org = ?1 AND entity = ?2 ON CONFLICT DO NOTHING";

// What people did by hand comes along; the rest is found anew.
constexpr std::string_view kMoveLists =
    "INSERT INTO list_members (org, list, entity, standing, wanted, since, is_member, by_hand,"
    " removed, covered, seat, order_key, until, changed_at) SELECT org, list, ?3, standing, wanted,"
    " since, is_member, by_hand, removed, covered, seat, order_key, until, changed_at"
    " FROM list_members WHERE org = ?1 AND entity = ?2 ON CONFLICT (org, list, entity)"
    " DO UPDATE SET removed = max(removed, excluded.removed)";

// What was told of both is told of the one that is left; of one day its own goes before.
constexpr std::string_view kMoveTold =
    "INSERT INTO told (org, entity, figure, day, value) SELECT org, ?3, figure, day, value"
    " FROM told WHERE org = ?1 AND entity = ?2 ON CONFLICT DO NOTHING";

constexpr std::string_view kMoveDecisions =
    "UPDATE OR IGNORE decisions SET entity = ?3 WHERE org = ?1 AND entity = ?2";

Edge read_edge(const Query& row) {
    Edge edge;
    edge.rule = row.string(0);
    edge.version = row.string(1);
    edge.phase = row.string(2);
    edge.was_true = row.integer(3) != 0;
    edge.target = row.string(4);
    edge.before = row.string(5);
    edge.passed_at = row.instant(6);
    edge.closed_at = row.instant(7);
    return edge;
}

}  // namespace

Result<std::vector<Edge>> SqliteStore::edges_of(std::string_view org, EntityId entity) {
    return all<Edge>(database_->query(kEdgesOf, {org, entity, entity}), read_edge);
}

Status SqliteStore::add_edges(const Run& run, RowsOf rows) {
    return hand_out(database_->query(kEdgesOf, {run.org, run.first, run.last}), 8, rows,
                    &EntityRows::edges, read_edge);
}

Status SqliteStore::save_edge(std::string_view org, EntityId entity, const Edge& edge) {
    return database_->run(
        kSaveEdge, {org, entity, edge.rule, edge.version, edge.phase, edge.was_true, edge.target,
                    edge.before, edge.passed_at, edge.closed_at});
}

Result<std::vector<EntityId>> SqliteStore::pending_for(std::string_view org,
                                                       std::string_view target) {
    return all<EntityId>(database_->query(kPendingFor, {org, target}),
                         [](const Query& row) { return row.integer(0); });
}

Status SqliteStore::move_edges(std::string_view org, EntityId from, EntityId to) {
    if (auto moved = database_->run(kMovePins, {org, from, to}); !moved) return moved;
    if (auto moved = database_->run(kMoveDecisions, {org, from, to}); !moved) return moved;
    if (auto moved = database_->run(kMoveSpans, {org, from, to}); !moved) return moved;
    if (auto moved = database_->run(kMoveLists, {org, from, to}); !moved) return moved;
    if (auto moved = database_->run(kMoveTold, {org, from, to}); !moved) return moved;
    return database_->run(kMoveEdges, {org, from, to});
}

}  // namespace duet::store
