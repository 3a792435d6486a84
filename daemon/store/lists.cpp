#include "daemon/store/lists.h"

#include "daemon/store/codec.h"
#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kListsOf =
    "SELECT entity, list, standing, wanted, since, is_member, by_hand, removed, covered, seat,"
    " order_key, until, changed_at FROM list_members WHERE org = ?1 AND entity BETWEEN ?2 AND ?3"
    " ORDER BY entity, list";
constexpr std::string_view kSaveMember =
    "INSERT INTO list_members (org, list, entity, standing, wanted, since, is_member, by_hand,"
    " removed, covered, seat, order_key, until, changed_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    " ON CONFLICT (org, list, entity) DO UPDATE SET standing = excluded.standing,"
    " wanted = excluded.wanted, since = excluded.since, is_member = excluded.is_member,"
    " by_hand = excluded.by_hand, removed = excluded.removed, covered = excluded.covered,"
    " seat = excluded.seat, order_key = excluded.order_key, until = excluded.until,"
    " changed_at = excluded.changed_at";
constexpr std::string_view kRemoveMember =
    "DELETE FROM list_members WHERE org = ?1 AND list = ?2 AND entity = ?3";
constexpr std::string_view kMembers =
    "SELECT entity, list, standing, wanted, since, is_member, by_hand, removed, covered, seat,"
    " order_key, until, changed_at FROM list_members WHERE org = ?1 AND list = ?2"
    " AND entity > ?3 AND (?4 = '' OR standing = ?4) ORDER BY entity LIMIT ?5";
constexpr std::string_view kCounts =
    "SELECT standing, is_member, wanted, covered, by_hand, count(*) FROM list_members"
    " WHERE org = ?1 AND list = ?2 GROUP BY standing, is_member, wanted, covered, by_hand";
// That there is a seat is spelled out, so that the partial index serves them.
constexpr std::string_view kSeats =
    "SELECT seat, count(*) FROM list_members WHERE org = ?1 AND list = ?2 AND seat <> 0"
    " GROUP BY seat";
constexpr std::string_view kFirstWaiting =
    "SELECT entity FROM list_members WHERE org = ?1 AND list = ?2 AND seat = 1 AND seat <> 0"
    " ORDER BY order_key DESC, entity LIMIT ?3";
constexpr std::string_view kLastSeated =
    "SELECT entity FROM list_members WHERE org = ?1 AND list = ?2 AND seat = 2 AND seat <> 0"
    " AND by_hand = 0 AND standing <> 'unknown' ORDER BY order_key, entity DESC LIMIT ?3";
constexpr std::string_view kSetSeat =
    "UPDATE list_members SET seat = ?4 WHERE org = ?1 AND list = ?2 AND entity = ?3";

constexpr std::string_view kStates =
    "SELECT list, evaluated_at, changed_at, agreed_at, pending FROM list_states WHERE org = ?1"
    " ORDER BY list";
constexpr std::string_view kSaveState =
    "INSERT INTO list_states (org, list, evaluated_at, changed_at, agreed_at, pending)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (org, list) DO UPDATE SET"
    " evaluated_at = excluded.evaluated_at, changed_at = excluded.changed_at,"
    " agreed_at = excluded.agreed_at, pending = excluded.pending";
constexpr std::string_view kSaveDay =
    "INSERT INTO list_days (org, list, day, size, wanted, covered, queued, held_out, suppressed,"
    " joined, left_it) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    " ON CONFLICT (org, list, day) DO UPDATE SET size = excluded.size, wanted = excluded.wanted,"
    " covered = excluded.covered, queued = excluded.queued, held_out = excluded.held_out,"
    " suppressed = excluded.suppressed, joined = excluded.joined, left_it = excluded.left_it";
constexpr std::string_view kDays =
    "SELECT list, day, size, wanted, covered, queued, held_out, suppressed, joined, left_it"
    " FROM list_days WHERE org = ?1 AND (?2 = '' OR list = ?2) AND day BETWEEN ?3 AND ?4"
    " ORDER BY list, day";

Result<ListMember> read_member(const Query& row) {
    const auto seat = row.integer(9);
    if (seat < 0 || seat > static_cast<std::int64_t>(Seat::Over))
        return unreadable("list_members.seat");
    ListMember member;
    member.entity = row.integer(0);
    member.list = row.string(1);
    member.standing = row.string(2);
    member.wanted = row.integer(3) != 0;
    member.since = row.instant(4);
    member.member = row.integer(5) != 0;
    member.by_hand = row.integer(6) != 0;
    member.removed = row.integer(7) != 0;
    member.covered = row.integer(8) != 0;
    member.seat = static_cast<Seat>(seat);
    member.order = row.integer(10);
    member.until = row.instant(11);
    member.changed_at = row.instant(12);
    return member;
}

EntityId read_id(const Query& row) { return row.integer(0); }

}  // namespace

Result<std::vector<ListMember>> SqliteStore::lists_of(std::string_view org, EntityId entity) {
    return all<ListMember>(database_->query(kListsOf, {org, entity, entity}), read_member);
}

Status SqliteStore::add_lists(const Run& run, RowsOf rows) {
    return hand_out(database_->query(kListsOf, {run.org, run.first, run.last}), 0, rows,
                    &EntityRows::lists, read_member);
}

Status SqliteStore::save_list_member(std::string_view org, const ListMember& member) {
    return database_->run(
        kSaveMember,
        {org, member.list, member.entity, member.standing, member.wanted, member.since,
         member.member, member.by_hand, member.removed, member.covered,
         static_cast<int>(member.seat), member.order, member.until, member.changed_at});
}

Status SqliteStore::remove_list_member(std::string_view org, std::string_view list,
                                       EntityId entity) {
    return database_->run(kRemoveMember, {org, list, entity});
}

Result<std::vector<ListMember>> SqliteStore::list_members(std::string_view org,
                                                          std::string_view list,
                                                          std::string_view standing, EntityId after,
                                                          std::size_t limit) {
    return all<ListMember>(
        database_->query(kMembers, {org, list, after, standing, as_limit(limit)}), read_member);
}

Result<ListCounts> SqliteStore::list_counts(std::string_view org, std::string_view list) {
    ListCounts counts;
    Query row = database_->query(kCounts, {org, list});
    while (row.next()) {
        const std::int64_t people = row.integer(5);
        counts.standings[row.string(0)] += people;
        if (row.integer(1) != 0) {
            counts.on_it[row.string(0)] += people;
            counts.members += people;
        }
        if (row.integer(2) != 0) counts.wanted += people;
        if (row.integer(3) != 0) counts.covered += people;
        if (row.integer(4) != 0) counts.by_hand += people;
    }
    if (auto status = row.status(); !status) return std::move(status).error();
    return counts;
}

Result<std::map<Seat, std::int64_t>> SqliteStore::seats(std::string_view org,
                                                        std::string_view list) {
    std::map<Seat, std::int64_t> seats;
    Query row = database_->query(kSeats, {org, list});
    while (row.next()) seats[static_cast<Seat>(row.integer(0))] = row.integer(1);
    if (auto status = row.status(); !status) return std::move(status).error();
    return seats;
}

Result<std::vector<EntityId>> SqliteStore::first_waiting(std::string_view org,
                                                         std::string_view list, std::size_t limit) {
    return all<EntityId>(database_->query(kFirstWaiting, {org, list, as_limit(limit)}), read_id);
}

Result<std::vector<EntityId>> SqliteStore::last_seated(std::string_view org, std::string_view list,
                                                       std::size_t limit) {
    return all<EntityId>(database_->query(kLastSeated, {org, list, as_limit(limit)}), read_id);
}

Status SqliteStore::set_seat(std::string_view org, std::string_view list, EntityId entity,
                             Seat seat) {
    return database_->run(kSetSeat, {org, list, entity, static_cast<int>(seat)});
}

Result<std::vector<ListState>> SqliteStore::list_states(std::string_view org) {
    return all<ListState>(database_->query(kStates, {org}), [](const Query& row) {
        return ListState{row.string(0), row.instant(1), row.instant(2), row.instant(3),
                         row.integer(4)};
    });
}

Status SqliteStore::save_list_state(std::string_view org, const ListState& state) {
    return database_->run(kSaveState, {org, state.list, state.evaluated_at, state.changed_at,
                                       state.agreed_at, state.pending});
}

Status SqliteStore::save_list_day(std::string_view org, const ListDay& day) {
    return database_->run(kSaveDay,
                          {org, day.list, day.day, day.size, day.wanted, day.covered, day.queued,
                           day.held_out, day.suppressed, day.joined, day.left});
}

Result<std::vector<ListDay>> SqliteStore::list_sizes(std::string_view org, std::string_view list,
                                                     std::int64_t from, std::int64_t to) {
    return all<ListDay>(database_->query(kDays, {org, list, from, to}), [](const Query& row) {
        return ListDay{row.string(0),  row.integer(1), row.integer(2), row.integer(3),
                       row.integer(4), row.integer(5), row.integer(6), row.integer(7),
                       row.integer(8), row.integer(9)};
    });
}

}  // namespace duet::store
