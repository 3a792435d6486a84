#include <array>

#include "daemon/store/codec.h"
#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kAddEntity =
    "INSERT INTO entities (org, entity, kind, agreed, stage, stage_since, timer_at, state, reason,"
    " ambiguous, broken)"
    " VALUES (?1, ?2, ?3, '{}', '', 0, NULL, '', '', '', '[]')";
constexpr std::string_view kEntity =
    "SELECT entity, kind, agreed, stage, stage_since, timer_at, state, reason, ambiguous, broken,"
    " out_since, parted FROM entities WHERE org = ?1 AND entity BETWEEN ?2 AND ?3 ORDER BY entity";
constexpr std::string_view kEntityBefore =
    "SELECT kind, state, stage, broken FROM entities WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kSaveEntity =
    "UPDATE entities SET kind = ?3, agreed = ?4, stage = ?5, stage_since = ?6, timer_at = ?7,"
    " state = ?8, reason = ?9, ambiguous = ?10, broken = ?11, out_since = ?12, parted = ?13"
    " WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kSetAmbiguous =
    "UPDATE entities SET ambiguous = ?3 WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kRemoveEntity = "DELETE FROM entities WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kRemoveAllowances =
    "DELETE FROM allowances WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kRemoveQuarantine =
    "DELETE FROM quarantine WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kRemoveEdges = "DELETE FROM edges WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kRemoveRows =
    "DELETE FROM lifecycle_rows WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kRemoveSpans =
    "DELETE FROM lifecycle_spans WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kRemoveLists = "DELETE FROM list_members WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kRemoveDecisions =
    "DELETE FROM decisions WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kRemoveTold = "DELETE FROM told WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kRemovePins = "DELETE FROM pins WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kClearOneDirty = "DELETE FROM dirty WHERE org = ?1 AND entity = ?2";

constexpr std::string_view kLink =
    "INSERT INTO links (org, side, object, record_key, entity) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT (org, side, object, record_key) DO UPDATE SET entity = excluded.entity";
constexpr std::string_view kUnlink =
    "DELETE FROM links WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4";
constexpr std::string_view kEntityOf =
    "SELECT entity FROM links WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4";
constexpr std::string_view kLinks =
    "SELECT side, object, record_key, entity FROM links WHERE org = ?1"
    " AND entity BETWEEN ?2 AND ?3 ORDER BY entity, side, object, record_key";
constexpr std::string_view kLinkCount = "SELECT count(*) FROM links WHERE org = ?1 AND entity = ?2";

constexpr std::string_view kStageTally = "stage";
constexpr std::array<std::string_view, 3> kOutcomes = {"failed", "held", "warned"};

std::string broken_tally(std::string_view outcome) { return "validation." + std::string(outcome); }

std::string encode_broken(const Entity& entity) {
    return encode_pairs({entity.broken.begin(), entity.broken.end()});
}

std::string state_tally(std::string_view kind) { return "state." + std::string(kind); }

bool has_stage(const EntityTally& entity) {
    return !entity.stage.empty() && entity.kind == to_string(EntityKind::Person);
}

Result<Entity> read_entity(const Query& row) {
    const auto kind = entity_kind(row.text(1));
    if (!kind) return unreadable("entities.kind");
    auto agreed = decode_agreed(row.text(2));
    if (!agreed) return unreadable("entities.agreed");
    Entity entity;
    entity.id = row.integer(0);
    entity.kind = *kind;
    entity.agreed = *std::move(agreed);
    entity.stage = row.string(3);
    entity.stage_since = row.instant(4);
    if (!row.null(5)) entity.timer = row.instant(5);
    entity.state = row.string(6);
    entity.reason = row.string(7);
    entity.ambiguous = row.string(8);
    const auto broken = decode_pairs(row.text(9));
    if (!broken) return unreadable("entities.broken");
    entity.broken = {broken->begin(), broken->end()};
    entity.out_since = row.instant(10);
    entity.parted = row.integer(11) != 0;
    return entity;
}

Link read_link(const Query& row) { return {row.side(0), {row.string(1), row.string(2)}}; }

EntityTally read_tally(const Query& row) {
    return {row.string(0), row.string(1), row.string(2), row.string(3)};
}

}  // namespace

Result<EntityId> SqliteStore::add_entity(std::string_view org, EntityKind kind) {
    EntityId id = 0;
    auto done = atomically([&]() -> Status {
        const auto number = next_number(org, "entity");
        if (!number) return number.error();
        id = *number;
        if (auto added = database_->run(kAddEntity, {org, id, to_string(kind)}); !added) {
            return added;
        }
        return count_entity(org, {to_string(kind), "", "", "[]"}, 1);
    });
    if (!done) return std::move(done).error();
    return id;
}

Result<std::optional<Entity>> SqliteStore::entity(std::string_view org, EntityId id) {
    return first<Entity>(database_->query(kEntity, {org, id, id}), read_entity);
}

Result<std::vector<Entity>> SqliteStore::entities(const Run& run) {
    return all<Entity>(database_->query(kEntity, {run.org, run.first, run.last}), read_entity);
}

Status SqliteStore::save_entity(std::string_view org, const Entity& entity) {
    return atomically([&] { return write_entity(org, entity); });
}

Status SqliteStore::write_entity(std::string_view org, const Entity& entity) {
    const auto before =
        first<EntityTally>(database_->query(kEntityBefore, {org, entity.id}), read_tally);
    if (!before) return before.error();
    if (!*before) return misuse("saving an entity that does not exist");
    auto saved = database_->run(
        kSaveEntity, {org, entity.id, to_string(entity.kind), encode_agreed(entity.agreed),
                      entity.stage, entity.stage_since, entity.timer, entity.state, entity.reason,
                      entity.ambiguous, encode_broken(entity), entity.out_since, entity.parted});
    if (!saved) return saved;
    const EntityTally after{to_string(entity.kind), entity.state, entity.stage,
                            encode_broken(entity)};
    if (**before == after) return Done{};
    if (auto counted = count_entity(org, **before, -1); !counted) return counted;
    return count_entity(org, after, 1);
}

Status SqliteStore::count_entity(std::string_view org, const EntityTally& entity, int change) {
    tally(org, state_tally(entity.kind), entity.state, change);
    if (has_stage(entity)) tally(org, kStageTally, entity.stage, change);
    return count_broken(org, entity.broken, change);
}

Status SqliteStore::count_broken(std::string_view org, std::string_view broken, int change) {
    const auto rules = decode_pairs(broken);
    if (!rules) return unreadable("entities.broken");
    for (const auto& [rule, outcome] : *rules) tally(org, broken_tally(outcome), rule, change);
    return Done{};
}

Status SqliteStore::set_ambiguous(std::string_view org, EntityId id, std::string_view why) {
    auto set = database_->run(kSetAmbiguous, {org, id, why});
    if (set && database_->changes() == 0)
        return misuse("a remark on an entity that does not exist");
    return set;
}

Status SqliteStore::remove_entity(std::string_view org, EntityId id) {
    return atomically([&]() -> Status {
        const auto links = number(database_->query(kLinkCount, {org, id}));
        if (!links) return links.error();
        if (*links != 0) return misuse("removing an entity that has links");
        const auto before =
            first<EntityTally>(database_->query(kEntityBefore, {org, id}), read_tally);
        if (!before) return before.error();
        if (!*before) return Done{};
        for (const auto sql : {kRemoveEntity, kRemoveQuarantine, kRemoveAllowances, kRemoveEdges,
                               kRemovePins, kRemoveRows, kRemoveSpans, kRemoveLists, kRemoveTold,
                               kRemoveDecisions, kClearOneDirty}) {
            if (auto removed = database_->run(sql, {org, id}); !removed) return removed;
        }
        return count_entity(org, **before, -1);
    });
}

Status SqliteStore::link(std::string_view org, EntityId entity, Side side, const RecordId& id) {
    return database_->run(kLink, {org, side, id.object, id.key, entity});
}

Status SqliteStore::unlink(std::string_view org, Side side, const RecordId& id) {
    return database_->run(kUnlink, {org, side, id.object, id.key});
}

Result<std::optional<EntityId>> SqliteStore::entity_of(std::string_view org, Side side,
                                                       const RecordId& id) {
    return first<EntityId>(database_->query(kEntityOf, {org, side, id.object, id.key}),
                           [](const Query& row) { return row.integer(0); });
}

Result<std::vector<Link>> SqliteStore::links(std::string_view org, EntityId entity) {
    return all<Link>(database_->query(kLinks, {org, entity, entity}), read_link);
}

Status SqliteStore::add_links(const Run& run, RowsOf rows) {
    return hand_out(database_->query(kLinks, {run.org, run.first, run.last}), 3, rows,
                    &EntityRows::links, read_link);
}

Result<std::map<std::string, std::int64_t>> SqliteStore::entity_states(std::string_view org,
                                                                       EntityKind kind) {
    return tallies(org, state_tally(to_string(kind)));
}

Result<std::map<std::string, std::map<std::string, std::int64_t>>> SqliteStore::broken_counts(
    std::string_view org) {
    std::map<std::string, std::map<std::string, std::int64_t>> counts;
    for (const std::string_view outcome : kOutcomes) {
        const auto rules = tallies(org, broken_tally(outcome));
        if (!rules) return rules.error();
        for (const auto& [rule, count] : *rules) counts[rule].emplace(outcome, count);
    }
    return counts;
}

Result<std::map<std::string, std::int64_t>> SqliteStore::stage_counts(std::string_view org) {
    return tallies(org, kStageTally);
}

}  // namespace duet::store
