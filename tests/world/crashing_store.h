#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "daemon/store/store.h"

namespace duet::world {

/// What befalls one call of the store.
enum class StoreFault : std::uint8_t {
    NoRoom,          // it has no effect; the next transaction may succeed
    DiskFailed,      // it has no effect, and no later call has one until a new process
    DoneThenFailed,  // what it made durable stays; it and every later call report the disk
};

/// A store whose calls fail when a test says so, and that lets the process die after any durable
/// step: a commit, or a statement that is a transaction of its own. Dying is a Crash thrown once
/// the step is durable; what was open is rolled back. `inner` must outlive it. One thread, as the
/// store itself.
///
/// A function that the Store gains is forwarded here as its neighbours are: through reading(), or
/// through writing() when it can change a row.
class CrashingStore final : public store::Store {
public:
    explicit CrashingStore(store::Store& inner) : inner_(inner) {}

    /// Dies after that many durable steps from now; 0: never.
    void crashes_after(std::int64_t steps) { steps_left_ = steps; }
    /// Durable steps so far.
    [[nodiscard]] std::int64_t steps() const noexcept { return steps_; }

    /// The n-th call from now fails, counted from 1; begin and commit are calls too. 0: none.
    void fails_call(std::int64_t n, StoreFault fault) {
        calls_left_ = n;
        fault_ = fault;
    }
    /// Calls so far, of every function by its name.
    [[nodiscard]] const std::map<std::string, std::int64_t, std::less<>>& calls() const noexcept {
        return calls_;
    }
    /// Keeps the numbers, counted from 1, of the calls that make something durable: for
    /// fails_call.
    void notes_durable_calls() { notes_durable_calls_ = true; }
    [[nodiscard]] const std::vector<std::int64_t>& durable_calls() const noexcept {
        return durable_calls_;
    }
    /// The function whose call was failed; empty: none was yet.
    [[nodiscard]] const std::string& failed() const noexcept { return failed_; }

    [[nodiscard]] Result<Transaction> begin() override;

    Status open_org(std::string_view org) override {
        return writing(__func__, [&] { return inner_.open_org(org); });
    }
    Result<store::Mode> mode(std::string_view org) override {
        return reading(__func__, [&] { return inner_.mode(org); });
    }
    Status set_mode(std::string_view org, store::Mode mode) override {
        return writing(__func__, [&] { return inner_.set_mode(org, mode); });
    }
    Result<std::int64_t> fence(std::string_view org) override {
        return reading(__func__, [&] { return inner_.fence(org); });
    }
    Result<std::string> fact(std::string_view org, std::string_view name) override {
        return reading(__func__, [&] { return inner_.fact(org, name); });
    }
    Status set_fact(std::string_view org, std::string_view name, std::string_view value) override {
        return writing(__func__, [&] { return inner_.set_fact(org, name, value); });
    }
    Result<store::ObjectState> object_state(std::string_view org, Side side,
                                            std::string_view object) override {
        return reading(__func__, [&] { return inner_.object_state(org, side, object); });
    }
    Status set_object_state(std::string_view org, Side side, std::string_view object,
                            const store::ObjectState& state) override {
        return writing(__func__, [&] { return inner_.set_object_state(org, side, object, state); });
    }
    Result<std::optional<store::SeenRow>> seen(std::string_view org, Side side,
                                               const RecordId& id) override {
        return reading(__func__, [&] { return inner_.seen(org, side, id); });
    }
    Status put_seen(std::string_view org, const store::SeenRow& row,
                    std::span<const std::string> references,
                    std::span<const std::string> keys) override {
        return writing(__func__, [&] { return inner_.put_seen(org, row, references, keys); });
    }
    Result<std::vector<std::string>> referring(std::string_view org, Side side,
                                               std::string_view object, std::string_view field,
                                               std::string_view target) override {
        return reading(__func__,
                       [&] { return inner_.referring(org, side, object, field, target); });
    }
    Result<std::vector<std::string>> with_key(std::string_view org, Side side,
                                              std::string_view object, std::string_view field,
                                              std::string_view value) override {
        return reading(__func__, [&] { return inner_.with_key(org, side, object, field, value); });
    }
    Status each_seen(std::string_view org, Side side, std::string_view object,
                     const std::function<bool(const store::SeenRow&)>& visit) override {
        return reading(__func__, [&] { return inner_.each_seen(org, side, object, visit); });
    }
    Status note_compared(std::string_view org, Side side, const RecordId& id,
                         std::int64_t pass) override {
        return writing(__func__, [&] { return inner_.note_compared(org, side, id, pass); });
    }
    Result<store::Comparison> comparison(std::string_view org, Side side,
                                         std::string_view object) override {
        return reading(__func__, [&] { return inner_.comparison(org, side, object); });
    }
    Status set_comparison(std::string_view org, Side side, std::string_view object,
                          const store::Comparison& comparison) override {
        return writing(__func__,
                       [&] { return inner_.set_comparison(org, side, object, comparison); });
    }
    Result<store::Untold> untold(std::string_view org, Side side, std::string_view object,
                                 std::int64_t pass, std::string_view after,
                                 std::size_t scan) override {
        return reading(__func__,
                       [&] { return inner_.untold(org, side, object, pass, after, scan); });
    }
    Result<std::map<std::pair<Side, std::string>, std::int64_t>> seen_counts(
        std::string_view org) override {
        return reading(__func__, [&] { return inner_.seen_counts(org); });
    }
    Result<std::vector<store::EntityRows>> rows_of(std::string_view org,
                                                   std::span<const store::EntityId> ids) override {
        return reading(__func__, [&] { return inner_.rows_of(org, ids); });
    }
    Result<std::vector<store::SeenRow>> seen_of(std::string_view org, Side side,
                                                std::string_view object,
                                                std::span<const std::string> keys) override {
        return reading(__func__, [&] { return inner_.seen_of(org, side, object, keys); });
    }
    Result<std::vector<std::vector<std::string>>> referring_of(
        std::string_view org, Side side, std::string_view object, std::string_view field,
        std::span<const std::string> targets) override {
        return reading(__func__,
                       [&] { return inner_.referring_of(org, side, object, field, targets); });
    }
    Status add_changed(std::string_view org, const store::ChangedRow& row) override {
        return writing(__func__, [&] { return inner_.add_changed(org, row); });
    }
    Result<std::vector<store::ChangedRow>> changed(std::string_view org, std::int64_t after,
                                                   std::size_t limit) override {
        return reading(__func__, [&] { return inner_.changed(org, after, limit); });
    }
    Status remove_changed(std::string_view org, std::int64_t up_to_sequence) override {
        return writing(__func__, [&] { return inner_.remove_changed(org, up_to_sequence); });
    }
    Status mark_dirty(std::string_view org, store::EntityId entity,
                      std::string_view cause) override {
        return writing(__func__, [&] { return inner_.mark_dirty(org, entity, cause); });
    }
    Status mark_dirty_later(std::string_view org, store::EntityId entity,
                            std::string_view cause) override {
        return writing(__func__, [&] { return inner_.mark_dirty_later(org, entity, cause); });
    }
    Status clear_dirty(std::string_view org, store::EntityId entity) override {
        return writing(__func__, [&] { return inner_.clear_dirty(org, entity); });
    }
    Result<std::vector<store::EntityId>> dirty(std::string_view org, store::EntityId after,
                                               std::size_t limit) override {
        return reading(__func__, [&] { return inner_.dirty(org, after, limit); });
    }
    Result<std::vector<store::EntityId>> dirty_fresh(std::string_view org, store::EntityId after,
                                                     std::size_t limit) override {
        return reading(__func__, [&] { return inner_.dirty_fresh(org, after, limit); });
    }
    Result<std::int64_t> dirty_count(std::string_view org) override {
        return reading(__func__, [&] { return inner_.dirty_count(org); });
    }
    Result<std::int64_t> dirty_later_count(std::string_view org) override {
        return reading(__func__, [&] { return inner_.dirty_later_count(org); });
    }
    Result<std::int64_t> fire_timers(std::string_view org, Instant now) override {
        return writing(__func__, [&] { return inner_.fire_timers(org, now); });
    }
    Status mark_all_dirty(std::string_view org, std::string_view cause) override {
        return writing(__func__, [&] { return inner_.mark_all_dirty(org, cause); });
    }
    Result<store::EntityId> add_entity(std::string_view org, EntityKind kind) override {
        return writing(__func__, [&] { return inner_.add_entity(org, kind); });
    }
    Result<std::optional<store::Entity>> entity(std::string_view org, store::EntityId id) override {
        return reading(__func__, [&] { return inner_.entity(org, id); });
    }
    Status save_entity(std::string_view org, const store::Entity& entity) override {
        return writing(__func__, [&] { return inner_.save_entity(org, entity); });
    }
    Status set_ambiguous(std::string_view org, store::EntityId id, std::string_view why) override {
        return writing(__func__, [&] { return inner_.set_ambiguous(org, id, why); });
    }
    Status remove_entity(std::string_view org, store::EntityId id) override {
        return writing(__func__, [&] { return inner_.remove_entity(org, id); });
    }
    Status link(std::string_view org, store::EntityId entity, Side side,
                const RecordId& id) override {
        return writing(__func__, [&] { return inner_.link(org, entity, side, id); });
    }
    Status unlink(std::string_view org, Side side, const RecordId& id) override {
        return writing(__func__, [&] { return inner_.unlink(org, side, id); });
    }
    Result<std::optional<store::EntityId>> entity_of(std::string_view org, Side side,
                                                     const RecordId& id) override {
        return reading(__func__, [&] { return inner_.entity_of(org, side, id); });
    }
    Result<std::vector<store::Link>> links(std::string_view org, store::EntityId entity) override {
        return reading(__func__, [&] { return inner_.links(org, entity); });
    }
    Result<std::map<std::string, std::int64_t>> entity_states(std::string_view org,
                                                              EntityKind kind) override {
        return reading(__func__, [&] { return inner_.entity_states(org, kind); });
    }
    Result<std::map<std::string, std::map<std::string, std::int64_t>>> broken_counts(
        std::string_view org) override {
        return reading(__func__, [&] { return inner_.broken_counts(org); });
    }
    Result<std::map<std::string, std::int64_t>> stage_counts(std::string_view org) override {
        return reading(__func__, [&] { return inner_.stage_counts(org); });
    }
    Result<std::vector<store::Edge>> edges_of(std::string_view org,
                                              store::EntityId entity) override {
        return reading(__func__, [&] { return inner_.edges_of(org, entity); });
    }
    Status save_edge(std::string_view org, store::EntityId entity,
                     const store::Edge& edge) override {
        return writing(__func__, [&] { return inner_.save_edge(org, entity, edge); });
    }
    Result<std::vector<store::EntityId>> pending_for(std::string_view org,
                                                     std::string_view target) override {
        return reading(__func__, [&] { return inner_.pending_for(org, target); });
    }
    Status move_edges(std::string_view org, store::EntityId from, store::EntityId to) override {
        return writing(__func__, [&] { return inner_.move_edges(org, from, to); });
    }
    Result<std::vector<store::LifecycleSpan>> lifecycle_spans(std::string_view org,
                                                              store::EntityId entity) override {
        return reading(__func__, [&] { return inner_.lifecycle_spans(org, entity); });
    }
    Status save_lifecycle_span(std::string_view org, store::EntityId entity,
                               const store::LifecycleSpan& span) override {
        return writing(__func__, [&] { return inner_.save_lifecycle_span(org, entity, span); });
    }
    Result<std::vector<lifecycle::Row>> lifecycle_rows(std::string_view org,
                                                       store::EntityId entity) override {
        return reading(__func__, [&] { return inner_.lifecycle_rows(org, entity); });
    }
    Status save_lifecycle_rows(std::string_view org, store::EntityId entity,
                               std::span<const lifecycle::Row> rows) override {
        return writing(__func__, [&] { return inner_.save_lifecycle_rows(org, entity, rows); });
    }
    Status each_lifecycle(
        std::string_view org,
        const std::function<bool(store::EntityId, const std::vector<lifecycle::Row>&)>& visit)
        override {
        return reading(__func__, [&] { return inner_.each_lifecycle(org, visit); });
    }
    Result<std::vector<store::Told>> told_of(std::string_view org, store::EntityId entity,
                                             std::string_view figure) override {
        return reading(__func__, [&] { return inner_.told_of(org, entity, figure); });
    }
    Status save_told(std::string_view org, const store::Told& row) override {
        return writing(__func__, [&] { return inner_.save_told(org, row); });
    }
    Status each_told(std::string_view org, std::string_view figure,
                     const std::function<bool(const store::Told&)>& visit) override {
        return reading(__func__, [&] { return inner_.each_told(org, figure, visit); });
    }
    Result<std::vector<store::ListMember>> lists_of(std::string_view org,
                                                    store::EntityId entity) override {
        return reading(__func__, [&] { return inner_.lists_of(org, entity); });
    }
    Status save_list_member(std::string_view org, const store::ListMember& member) override {
        return writing(__func__, [&] { return inner_.save_list_member(org, member); });
    }
    Status remove_list_member(std::string_view org, std::string_view list,
                              store::EntityId entity) override {
        return writing(__func__, [&] { return inner_.remove_list_member(org, list, entity); });
    }
    Result<std::vector<store::ListMember>> list_members(std::string_view org, std::string_view list,
                                                        std::string_view standing,
                                                        store::EntityId after,
                                                        std::size_t limit) override {
        return reading(__func__,
                       [&] { return inner_.list_members(org, list, standing, after, limit); });
    }
    Result<store::ListCounts> list_counts(std::string_view org, std::string_view list) override {
        return reading(__func__, [&] { return inner_.list_counts(org, list); });
    }
    Result<std::map<store::Seat, std::int64_t>> seats(std::string_view org,
                                                      std::string_view list) override {
        return reading(__func__, [&] { return inner_.seats(org, list); });
    }
    Result<std::vector<store::EntityId>> first_waiting(std::string_view org, std::string_view list,
                                                       std::size_t limit) override {
        return reading(__func__, [&] { return inner_.first_waiting(org, list, limit); });
    }
    Result<std::vector<store::EntityId>> last_seated(std::string_view org, std::string_view list,
                                                     std::size_t limit) override {
        return reading(__func__, [&] { return inner_.last_seated(org, list, limit); });
    }
    Status set_seat(std::string_view org, std::string_view list, store::EntityId entity,
                    store::Seat seat) override {
        return writing(__func__, [&] { return inner_.set_seat(org, list, entity, seat); });
    }
    Result<std::vector<store::ListState>> list_states(std::string_view org) override {
        return reading(__func__, [&] { return inner_.list_states(org); });
    }
    Status save_list_state(std::string_view org, const store::ListState& state) override {
        return writing(__func__, [&] { return inner_.save_list_state(org, state); });
    }
    Status save_list_day(std::string_view org, const store::ListDay& day) override {
        return writing(__func__, [&] { return inner_.save_list_day(org, day); });
    }
    Result<std::vector<store::ListDay>> list_sizes(std::string_view org, std::string_view list,
                                                   std::int64_t from, std::int64_t to) override {
        return reading(__func__, [&] { return inner_.list_sizes(org, list, from, to); });
    }
    Result<std::int64_t> put_review(std::string_view org, const store::Review& review) override {
        return writing(__func__, [&] { return inner_.put_review(org, review); });
    }
    Status remove_review(std::string_view org, const store::Link& record) override {
        return writing(__func__, [&] { return inner_.remove_review(org, record); });
    }
    Result<std::optional<store::Review>> review(std::string_view org, std::int64_t id) override {
        return reading(__func__, [&] { return inner_.review(org, id); });
    }
    Result<std::optional<store::Review>> review_of(std::string_view org,
                                                   const store::Link& record) override {
        return reading(__func__, [&] { return inner_.review_of(org, record); });
    }
    Result<std::vector<store::Review>> reviews(std::string_view org, std::int64_t after,
                                               std::size_t limit) override {
        return reading(__func__, [&] { return inner_.reviews(org, after, limit); });
    }
    Result<std::map<std::string, std::int64_t>> review_counts(std::string_view org) override {
        return reading(__func__, [&] { return inner_.review_counts(org); });
    }
    Result<std::vector<store::Link>> reviews_naming(std::string_view org,
                                                    const store::Link& candidate) override {
        return reading(__func__, [&] { return inner_.reviews_naming(org, candidate); });
    }
    Status put_choice(std::string_view org, const store::Choice& choice) override {
        return writing(__func__, [&] { return inner_.put_choice(org, choice); });
    }
    Status remove_choice(std::string_view org, const store::Link& record) override {
        return writing(__func__, [&] { return inner_.remove_choice(org, record); });
    }
    Result<std::optional<store::Choice>> choice_of(std::string_view org,
                                                   const store::Link& record) override {
        return reading(__func__, [&] { return inner_.choice_of(org, record); });
    }
    Result<std::vector<store::Choice>> choices_for(std::string_view org,
                                                   const store::Link& chosen) override {
        return reading(__func__, [&] { return inner_.choices_for(org, chosen); });
    }
    Result<std::vector<store::Meeting>> meetings(std::string_view org) override {
        return reading(__func__, [&] { return inner_.meetings(org); });
    }
    Result<std::vector<store::EntityId>> met(std::string_view org, const store::Meeting& like,
                                             std::size_t limit) override {
        return reading(__func__, [&] { return inner_.met(org, like, limit); });
    }
    Status move_history(std::string_view org, store::EntityId from, store::EntityId to) override {
        return writing(__func__, [&] { return inner_.move_history(org, from, to); });
    }
    Status add_in_flight(std::string_view org, std::span<store::InFlight> writes) override {
        return writing(__func__, [&] { return inner_.add_in_flight(org, writes); });
    }
    Result<std::vector<store::InFlight>> in_flight(std::string_view org) override {
        return reading(__func__, [&] { return inner_.in_flight(org); });
    }
    Result<std::vector<store::InFlight>> in_flight_of(std::string_view org,
                                                      store::EntityId entity) override {
        return reading(__func__, [&] { return inner_.in_flight_of(org, entity); });
    }
    Status update_in_flight(std::string_view org, const store::InFlight& write) override {
        return writing(__func__, [&] { return inner_.update_in_flight(org, write); });
    }
    Status remove_in_flight(std::string_view org, std::int64_t id) override {
        return writing(__func__, [&] { return inner_.remove_in_flight(org, id); });
    }
    Result<std::int64_t> doubt_all(std::string_view org) override {
        return writing(__func__, [&] { return inner_.doubt_all(org); });
    }
    Status add_audit(std::string_view org, const store::AuditRow& row) override {
        return writing(__func__, [&] { return inner_.add_audit(org, row); });
    }
    Result<std::vector<store::AuditRow>> audit_of(std::string_view org, store::EntityId entity,
                                                  std::size_t limit) override {
        return reading(__func__, [&] { return inner_.audit_of(org, entity, limit); });
    }
    Result<std::vector<store::AuditRow>> audit_of_cycle(std::string_view org, store::CycleId cycle,
                                                        std::size_t limit) override {
        return reading(__func__, [&] { return inner_.audit_of_cycle(org, cycle, limit); });
    }
    Result<std::vector<store::AuditRow>> audit_since(std::string_view org, Instant since,
                                                     std::size_t limit) override {
        return reading(__func__, [&] { return inner_.audit_since(org, since, limit); });
    }
    Result<std::vector<store::AuditRow>> audit_of_field(std::string_view org,
                                                        std::string_view field,
                                                        std::size_t limit) override {
        return reading(__func__, [&] { return inner_.audit_of_field(org, field, limit); });
    }
    Status add_decision(std::string_view org, const store::DecisionRow& row) override {
        return writing(__func__, [&] { return inner_.add_decision(org, row); });
    }
    Result<std::vector<store::DecisionRow>> decisions_of(std::string_view org,
                                                         store::EntityId entity,
                                                         std::size_t limit) override {
        return reading(__func__, [&] { return inner_.decisions_of(org, entity, limit); });
    }
    Result<std::int64_t> trim(std::string_view org, const store::TrimBounds& bounds,
                              std::size_t limit) override {
        return writing(__func__, [&] { return inner_.trim(org, bounds, limit); });
    }
    Status put_pin(std::string_view org, const store::Pin& pin) override {
        return writing(__func__, [&] { return inner_.put_pin(org, pin); });
    }
    Status remove_pin(std::string_view org, store::EntityId entity, std::string_view rule,
                      Side side) override {
        return writing(__func__, [&] { return inner_.remove_pin(org, entity, rule, side); });
    }
    Result<std::vector<store::Pin>> pins_of(std::string_view org, store::EntityId entity) override {
        return reading(__func__, [&] { return inner_.pins_of(org, entity); });
    }
    Result<std::vector<store::Pin>> pins(std::string_view org, std::size_t limit) override {
        return reading(__func__, [&] { return inner_.pins(org, limit); });
    }
    Status add_tombstones(std::string_view org, std::span<const std::string> names,
                          std::int64_t receipt) override {
        return writing(__func__, [&] { return inner_.add_tombstones(org, names, receipt); });
    }
    Result<std::int64_t> tombstones(std::string_view org) override {
        return reading(__func__, [&] { return inner_.tombstones(org); });
    }
    Result<std::vector<char>> are_erased(std::string_view org,
                                         std::span<const std::string> names) override {
        return reading(__func__, [&] { return inner_.are_erased(org, names); });
    }
    Result<std::int64_t> remove_tombstones(std::string_view org,
                                           std::span<const std::string> names) override {
        return writing(__func__, [&] { return inner_.remove_tombstones(org, names); });
    }
    Result<std::int64_t> add_erasure(std::string_view org, const store::Erasure& erasure) override {
        return writing(__func__, [&] { return inner_.add_erasure(org, erasure); });
    }
    Result<std::vector<store::Erasure>> erasures(std::string_view org) override {
        return reading(__func__, [&] { return inner_.erasures(org); });
    }
    Status remove_seen(std::string_view org, Side side, const RecordId& id) override {
        return writing(__func__, [&] { return inner_.remove_seen(org, side, id); });
    }
    Result<std::map<std::string, std::int64_t>> sweep(std::string_view org, store::EntityId entity,
                                                      std::span<const store::Link> records,
                                                      std::span<const std::string> texts) override {
        return writing(__func__, [&] { return inner_.sweep(org, entity, records, texts); });
    }
    Status scrub() override {
        return writing(__func__, [&] { return inner_.scrub(); });
    }
    Status put_allowance(std::string_view org, const store::Allowance& allowance) override {
        return writing(__func__, [&] { return inner_.put_allowance(org, allowance); });
    }
    Status remove_allowance(std::string_view org, store::EntityId entity,
                            std::string_view rule) override {
        return writing(__func__, [&] { return inner_.remove_allowance(org, entity, rule); });
    }
    Result<std::vector<store::Allowance>> allowances(std::string_view org,
                                                     store::EntityId entity) override {
        return reading(__func__, [&] { return inner_.allowances(org, entity); });
    }
    Status put_quarantine(std::string_view org, const store::Quarantined& row) override {
        return writing(__func__, [&] { return inner_.put_quarantine(org, row); });
    }
    Status remove_quarantine(std::string_view org, store::EntityId entity, Side side,
                             std::string_view slot) override {
        return writing(__func__, [&] { return inner_.remove_quarantine(org, entity, side, slot); });
    }
    Result<std::vector<store::Quarantined>> quarantine_of(std::string_view org,
                                                          store::EntityId entity) override {
        return reading(__func__, [&] { return inner_.quarantine_of(org, entity); });
    }
    Result<std::vector<store::Quarantined>> quarantine(std::string_view org,
                                                       std::size_t limit) override {
        return reading(__func__, [&] { return inner_.quarantine(org, limit); });
    }
    Result<std::vector<store::Quarantined>> quarantine_by_cause(std::string_view org,
                                                                std::string_view cause,
                                                                std::size_t limit) override {
        return reading(__func__, [&] { return inner_.quarantine_by_cause(org, cause, limit); });
    }
    Result<std::map<std::string, store::CauseCount>> quarantine_counts(
        std::string_view org) override {
        return reading(__func__, [&] { return inner_.quarantine_counts(org); });
    }
    Result<std::vector<store::EntityId>> quarantine_due(std::string_view org, Instant now,
                                                        std::size_t per_cause) override {
        return reading(__func__, [&] { return inner_.quarantine_due(org, now, per_cause); });
    }
    Status put_cause(std::string_view org, const store::Cause& cause) override {
        return writing(__func__, [&] { return inner_.put_cause(org, cause); });
    }
    Result<std::optional<store::Cause>> cause(std::string_view org,
                                              std::string_view name) override {
        return reading(__func__, [&] { return inner_.cause(org, name); });
    }
    Result<std::vector<store::Cause>> causes(std::string_view org) override {
        return reading(__func__, [&] { return inner_.causes(org); });
    }
    Status free_cause(std::string_view org, std::string_view name, Instant now) override {
        return writing(__func__, [&] { return inner_.free_cause(org, name, now); });
    }
    Status put_held(std::string_view org, const store::Held& held) override {
        return writing(__func__, [&] { return inner_.put_held(org, held); });
    }
    Result<std::vector<store::Held>> held(std::string_view org) override {
        return reading(__func__, [&] { return inner_.held(org); });
    }
    Status remove_held(std::string_view org, std::string_view kind) override {
        return writing(__func__, [&] { return inner_.remove_held(org, kind); });
    }
    Result<store::CycleId> start_cycle(std::string_view org, Instant now,
                                       std::string_view trigger) override {
        return writing(__func__, [&] { return inner_.start_cycle(org, now, trigger); });
    }
    Status save_cycle(std::string_view org, const store::CycleRow& row) override {
        return writing(__func__, [&] { return inner_.save_cycle(org, row); });
    }
    Result<std::vector<store::CycleRow>> cycles(std::string_view org, std::size_t newest) override {
        return reading(__func__, [&] { return inner_.cycles(org, newest); });
    }

private:
    Status commit_now() override;
    void rollback() noexcept override;
    /// Counts the call; why it must fail, or nothing.
    std::optional<Error> refusal(std::string_view function);
    /// Counts the step when it was durable by itself, and dies when it was the last.
    void count_step();
    /// The call took effect; the error that hides it, or nothing.
    std::optional<Error> hidden();

    template <class Call>
    std::invoke_result_t<Call> reading(std::string_view function, Call call) {
        if (auto error = refusal(function)) return *std::move(error);
        auto outcome = call();
        if (auto error = hidden()) return *std::move(error);
        return outcome;
    }
    template <class Call>
    std::invoke_result_t<Call> writing(std::string_view function, Call call) {
        if (auto error = refusal(function)) return *std::move(error);
        auto outcome = call();
        if (transaction_ || !outcome) return outcome;
        if (auto error = hidden()) return *std::move(error);
        count_step();
        return outcome;
    }

    store::Store& inner_;
    std::optional<Transaction> transaction_;
    std::map<std::string, std::int64_t, std::less<>> calls_;
    std::string failed_;
    std::vector<std::int64_t> durable_calls_;
    bool notes_durable_calls_ = false;
    std::int64_t number_ = 0;      // of the call at hand
    std::optional<Error> poison_;  // of the open transaction
    std::optional<Error> dead_;
    StoreFault fault_ = StoreFault::NoRoom;
    bool hides_ = false;  // the call at hand reports a failure once it took effect
    std::int64_t calls_left_ = 0;
    std::int64_t steps_ = 0;
    std::int64_t steps_left_ = 0;
};

}  // namespace duet::world
