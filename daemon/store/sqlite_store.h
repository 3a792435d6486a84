#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/store/codec.h"
#include "daemon/store/lock_file.h"
#include "daemon/store/sqlite.h"
#include "daemon/store/store.h"

namespace duet::store {

/// What the tallies count of an entity.
struct EntityTally {
    std::string kind;
    std::string state;
    std::string stage;
    std::string broken;  // as stored
    bool operator==(const EntityTally&) const = default;
};

/// Numbers given out and changes of tallies that the open transaction has not written yet: every
/// row of a page moves them, and one statement each at its end is enough.
struct Sums {
    std::map<std::tuple<std::string, std::string>, std::int64_t, std::less<>> numbers;
    std::map<std::tuple<std::string, std::string, std::string>, std::int64_t, std::less<>> tallies;
};

/// The Store on one SQLite file. `open_sqlite` makes it; tests reach in through the constructor.
class SqliteStore final : public Store {
public:
    SqliteStore(LockFile lock, std::unique_ptr<Database> database)
        : lock_(std::move(lock)), database_(std::move(database)) {}
    ~SqliteStore() override;

    /// What does not hold in the database now: broken_invariants().
    [[nodiscard]] Result<std::vector<std::string>> broken();

    Result<Transaction> begin() override;

    Status open_org(std::string_view org) override;
    Result<Mode> mode(std::string_view org) override;
    Status set_mode(std::string_view org, Mode mode) override;
    Result<std::int64_t> fence(std::string_view org) override;
    Result<std::string> fact(std::string_view org, std::string_view name) override;
    Status set_fact(std::string_view org, std::string_view name, std::string_view value) override;

    Result<ObjectState> object_state(std::string_view org, Side side,
                                     std::string_view object) override;
    Status set_object_state(std::string_view org, Side side, std::string_view object,
                            const ObjectState& state) override;
    Result<std::optional<SeenRow>> seen(std::string_view org, Side side,
                                        const RecordId& id) override;
    Status put_seen(std::string_view org, const SeenRow& row,
                    std::span<const std::string> references,
                    std::span<const std::string> keys) override;
    Result<std::vector<std::string>> referring(std::string_view org, Side side,
                                               std::string_view object, std::string_view field,
                                               std::string_view target) override;
    Result<std::vector<std::string>> with_key(std::string_view org, Side side,
                                              std::string_view object, std::string_view field,
                                              std::string_view value) override;
    Status each_seen(std::string_view org, Side side, std::string_view object,
                     const std::function<bool(const SeenRow&)>& visit) override;
    Status note_compared(std::string_view org, Side side, const RecordId& id,
                         std::int64_t pass) override;
    Result<Comparison> comparison(std::string_view org, Side side,
                                  std::string_view object) override;
    Status set_comparison(std::string_view org, Side side, std::string_view object,
                          const Comparison& comparison) override;
    Result<Untold> untold(std::string_view org, Side side, std::string_view object,
                          std::int64_t pass, std::string_view after, std::size_t scan) override;
    Result<std::map<std::pair<Side, std::string>, std::int64_t>> seen_counts(
        std::string_view org) override;

    Status add_changed(std::string_view org, const ChangedRow& row) override;
    Result<std::vector<ChangedRow>> changed(std::string_view org, std::int64_t after,
                                            std::size_t limit) override;
    Status remove_changed(std::string_view org, std::int64_t up_to_sequence) override;
    Status mark_dirty(std::string_view org, EntityId entity, std::string_view cause) override;
    Status mark_dirty_later(std::string_view org, EntityId entity, std::string_view cause) override;
    Status clear_dirty(std::string_view org, EntityId entity) override;
    Result<std::vector<EntityId>> dirty(std::string_view org, EntityId after,
                                        std::size_t limit) override;
    Result<std::vector<EntityId>> dirty_fresh(std::string_view org, EntityId after,
                                              std::size_t limit) override;
    Result<std::int64_t> dirty_count(std::string_view org) override;
    Result<std::int64_t> dirty_later_count(std::string_view org) override;
    Result<std::int64_t> fire_timers(std::string_view org, Instant now) override;
    Status mark_all_dirty(std::string_view org, std::string_view cause) override;

    Result<EntityId> add_entity(std::string_view org, EntityKind kind) override;
    Result<std::optional<Entity>> entity(std::string_view org, EntityId id) override;
    Status save_entity(std::string_view org, const Entity& entity) override;
    Status set_ambiguous(std::string_view org, EntityId id, std::string_view why) override;
    Status remove_entity(std::string_view org, EntityId id) override;
    Status link(std::string_view org, EntityId entity, Side side, const RecordId& id) override;
    Status unlink(std::string_view org, Side side, const RecordId& id) override;
    Result<std::optional<EntityId>> entity_of(std::string_view org, Side side,
                                              const RecordId& id) override;
    Result<std::vector<Link>> links(std::string_view org, EntityId entity) override;
    Result<std::map<std::string, std::int64_t>> entity_states(std::string_view org,
                                                              EntityKind kind) override;
    Result<std::map<std::string, std::map<std::string, std::int64_t>>> broken_counts(
        std::string_view org) override;
    Result<std::map<std::string, std::int64_t>> stage_counts(std::string_view org) override;

    Result<std::vector<EntityRows>> rows_of(std::string_view org,
                                            std::span<const EntityId> ids) override;
    Result<std::vector<SeenRow>> seen_of(std::string_view org, Side side, std::string_view object,
                                         std::span<const std::string> keys) override;
    Result<std::vector<std::vector<std::string>>> referring_of(
        std::string_view org, Side side, std::string_view object, std::string_view field,
        std::span<const std::string> targets) override;

    Result<std::vector<Edge>> edges_of(std::string_view org, EntityId entity) override;
    Status save_edge(std::string_view org, EntityId entity, const Edge& edge) override;
    Result<std::vector<EntityId>> pending_for(std::string_view org,
                                              std::string_view target) override;
    Status move_edges(std::string_view org, EntityId from, EntityId to) override;

    Result<std::vector<LifecycleSpan>> lifecycle_spans(std::string_view org,
                                                       EntityId entity) override;
    Status save_lifecycle_span(std::string_view org, EntityId entity,
                               const LifecycleSpan& span) override;
    Result<std::vector<lifecycle::Row>> lifecycle_rows(std::string_view org,
                                                       EntityId entity) override;
    Status save_lifecycle_rows(std::string_view org, EntityId entity,
                               std::span<const lifecycle::Row> rows) override;
    Status each_lifecycle(
        std::string_view org,
        const std::function<bool(EntityId, const std::vector<lifecycle::Row>&)>& visit) override;

    Result<std::vector<ListMember>> lists_of(std::string_view org, EntityId entity) override;
    Status save_list_member(std::string_view org, const ListMember& member) override;
    Status remove_list_member(std::string_view org, std::string_view list,
                              EntityId entity) override;
    Result<std::vector<ListMember>> list_members(std::string_view org, std::string_view list,
                                                 std::string_view standing, EntityId after,
                                                 std::size_t limit) override;
    Result<ListCounts> list_counts(std::string_view org, std::string_view list) override;
    Result<std::map<Seat, std::int64_t>> seats(std::string_view org,
                                               std::string_view list) override;
    Result<std::vector<EntityId>> first_waiting(std::string_view org, std::string_view list,
                                                std::size_t limit) override;
    Result<std::vector<EntityId>> last_seated(std::string_view org, std::string_view list,
                                              std::size_t limit) override;
    Status set_seat(std::string_view org, std::string_view list, EntityId entity,
                    Seat seat) override;
    Result<std::vector<ListState>> list_states(std::string_view org) override;
    Status save_list_state(std::string_view org, const ListState& state) override;
    Status save_list_day(std::string_view org, const ListDay& day) override;
    Result<std::vector<ListDay>> list_sizes(std::string_view org, std::string_view list,
                                            std::int64_t from, std::int64_t to) override;

    Result<std::vector<Told>> told_of(std::string_view org, EntityId entity,
                                      std::string_view figure) override;
    Status save_told(std::string_view org, const Told& row) override;
    Status each_told(std::string_view org, std::string_view figure,
                     const std::function<bool(const Told&)>& visit) override;

    Result<std::int64_t> put_review(std::string_view org, const Review& review) override;
    Status remove_review(std::string_view org, const Link& record) override;
    Result<std::optional<Review>> review(std::string_view org, std::int64_t id) override;
    Result<std::optional<Review>> review_of(std::string_view org, const Link& record) override;
    Result<std::vector<Review>> reviews(std::string_view org, std::int64_t after,
                                        std::size_t limit) override;
    Result<std::map<std::string, std::int64_t>> review_counts(std::string_view org) override;
    Result<std::vector<Link>> reviews_naming(std::string_view org, const Link& candidate) override;
    Status put_choice(std::string_view org, const Choice& choice) override;
    Status remove_choice(std::string_view org, const Link& record) override;
    Result<std::optional<Choice>> choice_of(std::string_view org, const Link& record) override;
    Result<std::vector<Choice>> choices_for(std::string_view org, const Link& chosen) override;
    Result<std::vector<Meeting>> meetings(std::string_view org) override;
    Result<std::vector<EntityId>> met(std::string_view org, const Meeting& like,
                                      std::size_t limit) override;
    Status move_history(std::string_view org, EntityId from, EntityId to) override;

    Status add_in_flight(std::string_view org, std::span<InFlight> writes) override;
    Result<std::vector<InFlight>> in_flight(std::string_view org) override;
    Result<std::vector<InFlight>> in_flight_of(std::string_view org, EntityId entity) override;
    Status update_in_flight(std::string_view org, const InFlight& write) override;
    Status remove_in_flight(std::string_view org, std::int64_t id) override;
    Result<std::int64_t> doubt_all(std::string_view org) override;
    Status add_audit(std::string_view org, const AuditRow& row) override;
    Result<std::vector<AuditRow>> audit_of(std::string_view org, EntityId entity,
                                           std::size_t limit) override;
    Result<std::vector<AuditRow>> audit_of_cycle(std::string_view org, CycleId cycle,
                                                 std::size_t limit) override;

    Result<std::vector<AuditRow>> audit_since(std::string_view org, Instant since,
                                              std::size_t limit) override;
    Result<std::vector<AuditRow>> audit_of_field(std::string_view org, std::string_view field,
                                                 std::size_t limit) override;
    Status add_decision(std::string_view org, const DecisionRow& row) override;
    Result<std::vector<DecisionRow>> decisions_of(std::string_view org, EntityId entity,
                                                  std::size_t limit) override;
    Result<std::int64_t> trim(std::string_view org, const TrimBounds& bounds,
                              std::size_t limit) override;
    Status put_pin(std::string_view org, const Pin& pin) override;
    Status remove_pin(std::string_view org, EntityId entity, std::string_view rule,
                      Side side) override;
    Result<std::vector<Pin>> pins_of(std::string_view org, EntityId entity) override;
    Result<std::vector<Pin>> pins(std::string_view org, std::size_t limit) override;
    Status add_tombstones(std::string_view org, std::span<const std::string> names,
                          std::int64_t receipt) override;
    Result<std::int64_t> tombstones(std::string_view org) override;
    Result<std::vector<char>> are_erased(std::string_view org,
                                         std::span<const std::string> names) override;
    Result<std::int64_t> remove_tombstones(std::string_view org,
                                           std::span<const std::string> names) override;
    Result<std::int64_t> add_erasure(std::string_view org, const Erasure& erasure) override;
    Result<std::vector<Erasure>> erasures(std::string_view org) override;
    Status remove_seen(std::string_view org, Side side, const RecordId& id) override;
    Result<std::map<std::string, std::int64_t>> sweep(std::string_view org, EntityId entity,
                                                      std::span<const Link> records,
                                                      std::span<const std::string> texts) override;
    Status scrub() override;

    Status put_allowance(std::string_view org, const Allowance& allowance) override;
    Status remove_allowance(std::string_view org, EntityId entity, std::string_view rule) override;
    Result<std::vector<Allowance>> allowances(std::string_view org, EntityId entity) override;
    Status put_quarantine(std::string_view org, const Quarantined& row) override;
    Status remove_quarantine(std::string_view org, EntityId entity, Side side,
                             std::string_view slot) override;
    Result<std::vector<Quarantined>> quarantine_of(std::string_view org, EntityId entity) override;
    Result<std::vector<Quarantined>> quarantine(std::string_view org, std::size_t limit) override;
    Result<std::vector<Quarantined>> quarantine_by_cause(std::string_view org,
                                                         std::string_view cause,
                                                         std::size_t limit) override;
    Result<std::map<std::string, CauseCount>> quarantine_counts(std::string_view org) override;
    Result<std::vector<EntityId>> quarantine_due(std::string_view org, Instant now,
                                                 std::size_t per_cause) override;
    Status put_cause(std::string_view org, const Cause& cause) override;
    Result<std::optional<Cause>> cause(std::string_view org, std::string_view name) override;
    Result<std::vector<Cause>> causes(std::string_view org) override;
    Status free_cause(std::string_view org, std::string_view name, Instant now) override;
    Status put_held(std::string_view org, const Held& held) override;
    Result<std::vector<Held>> held(std::string_view org) override;
    Status remove_held(std::string_view org, std::string_view kind) override;

    Result<CycleId> start_cycle(std::string_view org, Instant now,
                                std::string_view trigger) override;
    Status save_cycle(std::string_view org, const CycleRow& row) override;
    Result<std::vector<CycleRow>> cycles(std::string_view org, std::size_t newest) override;

protected:
    Status commit_now() override;
    void rollback() noexcept override;

private:
    /// Runs `body` (a Status()) in the open transaction, or in one of its own.
    template <class Body>
    Status atomically(Body body) {
        if (database_->in_transaction()) return body();
        auto transaction = begin();
        if (!transaction) return transaction.error();
        if (Status done = body(); !done) return done;
        return transaction->commit();
    }

    /// Entities whose rows are read together: none between them is asked for, or few are.
    struct Run {
        std::string_view org;
        EntityId first;
        EntityId last;
    };
    Result<std::vector<Entity>> entities(const Run& run);
    // Each hands what it reads to the entities of the run, which rise.
    using RowsOf = std::span<EntityRows>;
    Status add_links(const Run& run, RowsOf rows);
    Status add_with_in_flight(const Run& run, RowsOf rows);
    Status add_lists(const Run& run, RowsOf rows);
    Status add_edges(const Run& run, RowsOf rows);
    Status add_allowances(const Run& run, RowsOf rows);
    Status add_pins(const Run& run, RowsOf rows);
    Status add_quarantine(const Run& run, RowsOf rows);
    Status add_spans(const Run& run, RowsOf rows);
    Status add_moves(const Run& run, RowsOf rows);

    Status write_tallies();
    Status write_sums();

    /// The next `count` numbers of a counter: the first of them. Call it in a transaction.
    Result<std::int64_t> next_number(std::string_view org, std::string_view counter,
                                     std::size_t count = 1);
    /// Call it in a transaction.
    void tally(std::string_view org, std::string_view tally, std::string_view name, int change);
    Result<std::map<std::string, std::int64_t>> tallies(std::string_view org,
                                                        std::string_view tally);
    Status write_seen(std::string_view org, const SeenRow& row,
                      std::span<const std::string> references, std::span<const std::string> keys);
    Status write_index(std::string_view org, const SeenRow& row, std::string_view before,
                       const std::vector<Indexed>& after);
    Status name_candidates(std::string_view org, std::int64_t review, std::string_view sql,
                           const std::vector<Link>& candidates);
    /// The keys that digests are made with, new ones with the first; made with the first digest.
    Result<std::vector<std::string>> tombstone_keys();
    /// Of the erasure that `name` belongs to; -1: nobody of that name was erased.
    Result<std::int64_t> receipt_of(std::string_view org, const std::vector<std::string>& keys,
                                    std::string_view name);
    Status write_anew();
    Status write_entity(std::string_view org, const Entity& entity);
    Status count_entity(std::string_view org, const EntityTally& entity, int change);
    Status count_broken(std::string_view org, std::string_view broken, int change);

    LockFile lock_;  // let go after the database is closed
    std::unique_ptr<Database> database_;
    Sums sums_;
    bool is_scrubbed_ = false;  // nothing was swept since the file was written anew
};

/// Opens the database of a Store and brings it forward. `unclean`: its last owner did not close
/// it, so that it is checked first, and what is in its log made safe.
[[nodiscard]] Result<std::unique_ptr<Database>> open_database(const std::string& path, bool unclean,
                                                              const char* vfs = nullptr);

/// One row of the audit, columns as in the queries of writes.cpp.
[[nodiscard]] Result<AuditRow> read_audit(const Query& row);

/// Hands the rows of a query, which come in the order of their entities, to these; `read` makes a T
/// or a Result<T>. Rows of others are passed over.
template <class T, class Read>
[[nodiscard]] Status hand_out(Query query, int entity_column, std::span<EntityRows> to,
                              std::vector<T> EntityRows::*part, Read read) {
    auto at = to.begin();
    while (query.next()) {
        const EntityId id = query.integer(entity_column);
        while (at != to.end() && at->entity.id < id) ++at;
        if (at == to.end()) return Done{};
        if (at->entity.id != id) continue;
        Result<T> row = read(query);
        if (!row) return std::move(row).error();
        ((*at).*part).push_back(*std::move(row));
    }
    return query.status();
}

/// The limit of a query: SQLite counts in 64 bits with a sign.
[[nodiscard]] inline std::int64_t as_limit(std::size_t limit) noexcept {
    constexpr std::size_t kMost = std::size_t{1} << 62;
    return static_cast<std::int64_t>(limit < kMost ? limit : kMost);
}

}  // namespace duet::store
