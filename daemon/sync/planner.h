#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/store/store.h"
#include "daemon/sync/actions.h"
#include "daemon/sync/facts.h"
#include "daemon/sync/influence.h"
#include "daemon/sync/lifecycle.h"
#include "daemon/sync/lifecycle_rows.h"
#include "daemon/sync/org.h"
#include "daemon/sync/put_aside.h"
#include "daemon/sync/rfm.h"
#include "mappings/merge/decide.h"

namespace duet::sync {

/// One write of a plan, with what a person wants to know of it.
struct PlannedWrite {
    store::InFlight in_flight;  // what to send, what was there, the reasons
    EntityKind entity_kind = EntityKind::None;
    std::vector<std::string> kinds;  // brake kinds it counts toward
    /// Which fields of an update make it so; what is held then leaves the others to go.
    std::map<std::string, std::vector<std::string>> field_kinds{};
    std::string list;       // of a membership: the list's name
    int cap_per_cycle = 0;  // of a create: how many such creates one cycle may send
    /// Of rows that only mean something together: a later step of an entity's goes out when every
    /// earlier one was done. 0: stands by itself.
    int step = 0;
};

/// What one decision looked at and found.
struct EntityPlan {
    store::Entity entity;  // as stored, before the decision
    PerSide<std::optional<RecordId>> records;
    PerSide<DateTime> stamps;  // each side's own, of its record; epoch: none
    merge::Decision decision;
    std::vector<PlannedWrite> writes;
    std::vector<store::Allowance> allowances;  // as stored, before the decision
    std::vector<store::ListMember> list_rows;  // likewise
    std::vector<lifecycle::Row> moves;         // likewise
    std::vector<store::Quarantined> moot;      // put aside, and planned no more: to forget
    bool in_doubt = false;                     // a write of it is unanswered: nothing was decided
    Instant out_since{};                       // outside the scope from then on; epoch: inside
    bool parted = false;                       // for so long that its records are linked no more
    std::optional<Standing> standing{};        // by a lifecycle with transitions
    bool waits_for_side = false;               // decided anew when both sides are there again
    bool is_ready = false;                     // both sides were loaded and up to date
    std::vector<store::Told> told{};           // figures to be kept
};

/// Works out what is to be done about entities, anew each time, from the store, the documents and
/// one moment. Reads only. What it read it keeps, up to a bound; throw it away when records change.
class Planner {
public:
    /// `ready`: which sides are loaded and up to date. `now` is the cycle's one moment.
    Planner(Org& org, PerSide<bool> ready, Instant now);

    /// Objects whose first load goes on: what depends on them is not ready.
    void wait_for(PerSide<std::set<std::string>> loading) { loading_ = std::move(loading); }

    /// Reads at once what planning each of these will ask for; `entities` rise. Nothing of them may
    /// be changed before it is planned, but for what planning another one changes.
    Status expect(std::span<const store::EntityId> entities);
    Result<EntityPlan> plan(store::EntityId entity);
    [[nodiscard]] const formula::Moment& moment() const noexcept { return moment_; }

private:
    struct Chosen {
        const store::SeenRow* row = nullptr;
        bool was_deleted = false;
        std::string deleted_object{};  // of one that people deleted, when no other lives
    };
    void keep_within(std::size_t rows);
    /// As expected, or read now.
    Result<store::EntityRows> rows_of(store::EntityId entity);
    Chosen choose(const std::vector<store::Link>& links, const document::EntityDocument& document,
                  Side side);
    void hold_ambiguous(EntityPlan& plan, const merge::Inputs& inputs);
    Status add_standing(EntityPlan& plan, const store::EntityRows& rows, merge::Inputs& inputs,
                        merge::FactSource& facts);
    Result<OwnRows> own_rows(const EntityPlan& plan, const store::EntityRows& rows,
                             const merge::Inputs& inputs, merge::FactSource& facts);
    Status add_memberships(EntityPlan& plan, std::vector<store::ListMember> rows,
                           merge::Inputs& inputs);
    Status find_membership(const RecordId& person, const document::ListRule& rule,
                           merge::Membership& membership);
    void add_field_writes(EntityPlan& plan);
    Status add_creates(EntityPlan& plan);
    void add_memberships_writes(EntityPlan& plan);
    [[nodiscard]] bool is_ready(EntityKind kind, Side side) const;
    Status drop_put_aside(EntityPlan& plan, std::vector<store::Quarantined> rows);
    Result<const std::map<std::string, std::string>*> list_ids(Side side);
    Status learn();
    Result<const RfmThresholds*> thresholds(EntityKind kind);

    Org& org_;
    PerSide<bool> ready_;
    PerSide<std::set<std::string>> loading_;
    Instant now_;
    formula::Moment moment_;
    RecordCache cache_;
    PathReader paths_;
    RollupReader rollups_;
    Actions actions_;
    Influences influences_;
    EventRows event_rows_;
    std::optional<LifecycleReader> lifecycle_;  // where the documents have one
    std::vector<store::EntityRows> expected_;   // by number
    std::size_t next_expected_ = 0;             // those before it were planned or passed over
    std::optional<Lessons> lessons_;
    std::optional<RfmThresholds> thresholds_;
    PerSide<std::optional<std::map<std::string, std::string>>> list_ids_;
};

/// Both sides' stamps, as a write's reasons keep them: [crm, marketing], in milliseconds.
[[nodiscard]] std::vector<std::int64_t> stamps_of(const EntityPlan& plan);

/// The rule that closes lapsed deals, as writes, audit and pins name it; a pin has the field's name
/// behind it and a space.
inline constexpr std::string_view kClosingRule = "lifecycle close_lapsed";

/// Closes a deal that has been lapsed for so long, where the documents say so, unless an undo
/// opened it again and nobody moved it since.
void close_lapsed(EntityPlan& plan, const merge::Inputs& inputs, const formula::Moment& moment);

/// Tasks to make and to close, as writes. Takes their fields out of the decision.
void add_task_writes(EntityPlan& plan, const document::Documents& documents);

/// The moment that rules of these documents see: now, and today in their time zone.
[[nodiscard]] formula::Moment moment_of(Instant now, const std::string& time_zone);

/// The same write has the same fingerprint; another value has another.
[[nodiscard]] std::string fingerprint_of(const Write& write);

/// A plan for a person: a block of lines, one field a line. Stable.
[[nodiscard]] std::string describe(const PlannedWrite& write, const SideNames& names);

}  // namespace duet::sync
