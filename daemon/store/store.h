#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/connector.h"
#include "daemon/store/batch.h"
#include "daemon/store/lifecycle.h"
#include "daemon/store/link.h"
#include "daemon/store/lists.h"
#include "daemon/store/reviews.h"
#include "daemon/store/told.h"
#include "mappings/catalog.h"
#include "mappings/merge/evidence.h"
#include "mappings/record.h"
#include "mappings/result.h"
#include "mappings/seams.h"
#include "mappings/side.h"

/// Durable state: what was seen, what was agreed, what is in flight, and why. The tables are
/// described for strangers in daemon/store/README.md.
namespace duet::store {

/// Numbers cycles within one org, from 1.
using CycleId = std::int64_t;

enum class Mode : std::uint8_t { Observe, Plan, Apply };
[[nodiscard]] const char* to_string(Mode mode) noexcept;  // "observe", "plan", "apply"

/// Where the reading of one object stands.
struct ObjectState {
    Cursor cursor;
    bool backfilled = false;  // the first full read has ended
    std::optional<DateTime> high_water{};
    Instant read_at{};    // when a page was last stored
    Instant polled_at{};  // when the last read that reached the end began; epoch: none did
};

/// A record as last pulled, with our own acknowledged writes laid over it.
struct SeenRow {
    Side side = Side::Crm;
    Record record;
    bool deleted = false;
    RecordId survivor{};   // of a merge or conversion; empty otherwise
    Instant written_at{};  // our last acknowledged write; epoch: never
    /// The side's stamp that our own last write left; epoch: it is not known (yet). When the
    /// record's stamp is another, somebody touched it since.
    DateTime own_stamp{};
    /// When fields took their values, by name; "" stands for all others of the record. Absent:
    /// before Duet first read it.
    std::map<std::string, merge::Evidence, std::less<>> changed{};
    std::int64_t compare_pass = 0;  // of its object's full compares, the last that met it
};

/// How far the full compare of an object has come.
enum class ComparePhase : std::uint8_t {
    None,  // none is under way
    Read,  // all of the object is read once more
    Ask,   // what was met nowhere is asked for by its key
};

/// Where the full compare of one object stands, and when all of it was last in order.
struct Comparison {
    std::int64_t pass = 0;  // numbers the passes from 1; 0: there was none
    ComparePhase phase = ComparePhase::None;
    std::string cursor;           // of Read the connector's, of Ask the last key looked at
    Instant began_at{};           // of this pass, or of the last one
    std::int64_t told = 0;        // rows read in this pass
    std::int64_t found = 0;       // of this pass: records that differed though no change was told
    std::int64_t last_found = 0;  // of the pass before
    Instant agreed_at{};  // what was seen equals the side's records as of then; epoch: never
};

/// Records that a full compare met nowhere, as far as one call looked.
struct Untold {
    std::vector<std::string> keys;
    std::string last;  // the last key looked at; empty: there are no more
};

/// What a pulled row was, against what was seen before.
enum class RowClass : std::uint8_t {
    Repeat,     // the same row once more, or one older than our own write
    Echo,       // our own write coming back
    Unchanged,  // a new stamp, but no field that the documents read differs
    Changed,
};

/// A row that must be looked at: it changed, and no plan has considered it yet.
struct ChangedRow {
    std::int64_t sequence = 0;
    Side side = Side::Crm;
    RecordId id;
    CycleId cycle = 0;  // that pulled it; 0: it did not change itself, but may be matched now
    std::vector<std::pair<std::string, std::string>> old_references;  // field -> target before
    bool backfill = false;  // it came with the first load of its object
};

/// For each field rule what each side held, in its own spelling, when they last matched.
using Agreed = std::map<std::string, PerSide<Value>, std::less<>>;

struct Entity {
    EntityId id = 0;
    EntityKind kind = EntityKind::None;
    Agreed agreed;
    std::string stage;  // of persons; empty: none yet
    Instant stage_since{};
    std::optional<Instant> timer{};  // when a rule may next change with no new data
    std::string state;               // outcome of the last plan: "clean", "filtered", "planned",
                                     // "quarantined", "waiting", "" before the first
    std::string reason;              // why, for a person
    std::string ambiguous;           // why its record was matched with none; empty: it is clear
    /// Validations that its last plan found broken: name -> "warned", "held" or "failed".
    std::map<std::string, std::string> broken{};
    Instant out_since{};  // when it was found outside the scope; epoch: it is inside
    bool parted = false;  // it stayed outside for so long that its records are linked no more
};

/// What is remembered of one rule that acts when its condition comes true, for one entity.
struct Edge {
    std::string rule;       // "task score_passes_100", "routing leads"
    std::string version;    // of the condition
    std::string phase;      // "armed", "pending", "spent"
    bool was_true = false;  // the condition, when it was last asked
    std::string target;     // the key of its task, the owner that was chosen; empty: none yet
    std::string before;     // the owner that it takes the place of
    Instant passed_at{};    // when the condition came true; epoch: never
    Instant closed_at{};    // when its task was closed; epoch: it is not
};

/// A write that was sent, or is about to be.
struct InFlight {
    std::int64_t id = 0;  // set by the store
    CycleId cycle = 0;
    EntityId entity = 0;
    Side side = Side::Crm;
    Write write;
    Fields before;        // of the fields that `write` sets, for audit and undo
    std::string reasons;  // JSON: field -> {rule, cause, ...}; a person can read it
    Instant sent_at{};
    bool in_doubt = false;  // no answer came, or the process ended before it
    int lookups = 0;
    Instant look_after{};  // not looked up before
};

/// One settled field-level write, for explain and undo.
struct AuditRow {
    std::int64_t id = 0;  // set by the store
    CycleId cycle = 0;
    Instant at{};
    EntityId entity = 0;
    Side side = Side::Crm;
    WriteKind kind = WriteKind::Update;
    RecordId record;
    std::string field;  // empty: the whole record (create, delete)
    Value before;
    Value after;
    std::string rule;
    std::string cause;            // a sentence
    std::string documents;        // their version
    std::optional<Value> lost{};  // a conflict: the value that lost although it had changed
    PerSide<DateTime> stamps{};   // of both sides' records when it was decided; epoch: none
    bool evidence = false;        // of an opt-out or a way back: never trimmed
};

/// What became of an entity from a moment on, where that was not simply "clean".
struct DecisionRow {
    EntityId entity = 0;
    Instant at{};
    CycleId cycle = 0;
    std::string state;  // as Entity::state; "clean": what stood before is over
    std::string reason;
};

/// A value that an undo put back. It stays as long as both sides hold what they held then.
struct Pin {
    EntityId entity = 0;
    std::string rule;  // of the field, or "list NAME"
    Side side = Side::Crm;
    Value held;     // what the undo wrote there
    Value refused;  // what the other side holds, or the rule computes
    Instant at{};
    CycleId cycle = 0;  // of the undo
};

/// That somebody was erased: what was removed, and nothing about the person.
struct Erasure {
    std::int64_t receipt = 0;  // set by the store
    Instant at{};
    std::string by;
    std::map<std::string, std::int64_t> removed{};  // rows by table
};

/// What may be forgotten by age.
struct TrimBounds {
    Instant audit_before{};             // audit rows and decisions; epoch: none
    Instant cycles_before{};            // epoch: none
    std::int64_t list_days_before = 0;  // days since 1970-01-01; 0: none
};

/// Somebody's word that a person may be let back in, until every flag was turned.
struct Allowance {
    EntityId entity = 0;
    std::string rule;                          // of the consent
    std::set<std::string, std::less<>> flags;  // "crm.HasOptedOutOfEmail": still to be turned
    Instant at{};
    std::string by;       // who allowed it
    std::string because;  // in their words
};

/// A write put aside with its error until the cause is gone.
struct Quarantined {
    EntityId entity = 0;
    Side side = Side::Crm;  // the side that refused
    std::string slot;       // which write of the entity, whatever its values
    RecordId record;
    std::string code;         // ours
    std::string remote_code;  // the vendor's
    std::string message;
    std::string fingerprint;  // of what was refused; another write is tried at once
    Instant first_at{};
    Instant last_at{};
    int attempts = 0;
    Instant retry_at{};
    std::string cause;        // names a Cause; empty: none is known
    std::string field;        // that was at fault, where it is known
    std::string value_class;  // what kind of value it had; never the value
    std::string dropped_by;   // who put it aside for good, until the record changes; empty: nobody
};

/// Why writes are put aside: what they have in common. Slows down for all of them when it stays.
struct Cause {
    std::string name;
    Side side = Side::Crm;
    std::string object;
    std::string code;
    std::string remote_code;
    std::string field;
    std::string message;    // of the last refusal
    std::string catalog;    // fingerprint of the object when it was last met
    std::string documents;  // their version then
    int failures = 0;       // rounds of tries that all failed
    Instant first_at{};
    Instant last_at{};
    Instant retry_at{};
};

/// How many writes one cause holds.
struct CauseCount {
    std::int64_t waiting = 0;
    std::int64_t dropped = 0;
};

/// Counts of one cycle; the law: pulled = the sum of the seven classes.
struct CycleRow {
    CycleId id = 0;
    Instant started{};
    Instant ended{};      // epoch: not ended
    std::string trigger;  // "interval", "sync", "demo"
    std::int64_t pulled = 0, repeats = 0, echoes = 0, unchanged = 0, planned = 0, filtered = 0,
                 quarantined = 0, waiting = 0;
    std::int64_t written = 0;  // acknowledged writes
    std::string error;         // why it stopped early; empty: it did not
};

/// One kind of write held by the brake.
struct Held {
    std::string kind;  // "create", "blank", ...
    std::int64_t count = 0;
    std::int64_t limit = 0;
    CycleId cycle = 0;
    Instant since{};
    bool released = false;  // a person said yes; the next plan may pass
};

/// What is kept of one entity, each part as the function of its name gives it.
struct EntityRows {
    Entity entity;
    std::vector<Link> links{};
    bool is_in_flight = false;
    std::vector<ListMember> lists{};
    std::vector<Edge> edges{};
    std::vector<Allowance> allowances{};
    std::vector<Pin> pins{};
    std::vector<Quarantined> quarantine{};
    std::vector<LifecycleSpan> spans{};
    std::vector<lifecycle::Row> moves{};
};

/// The durable state of all orgs. One thread at a time. Every call is about one org.
///
/// Invariants: (1) a cursor changes only in the transaction that stores what it covers;
/// (2) every statement runs inside begin()/commit() or is a transaction of its own;
/// (3) a row of one org is never visible through another; (4) what commit() acknowledged survives
/// kill -9 at any instruction and, with synchronous=FULL, a power cut.
/// An Error is Broken with code DUET-40xx: the caller must stop, the file is sound.
class Store : public BatchStore,
              public ReviewStore,
              public LifecycleStore,
              public ListStore,
              public ToldStore {
public:
    ~Store() override = default;

    /// A transaction; ends without effect when destroyed before commit(). Not nested.
    class Transaction {
    public:
        explicit Transaction(Store& store) noexcept : store_(&store) {}
        Transaction(Transaction&& other) noexcept : store_(std::exchange(other.store_, nullptr)) {}
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;
        Transaction& operator=(Transaction&&) = delete;
        ~Transaction() {
            if (store_ != nullptr) store_->rollback();
        }
        Status commit() { return std::exchange(store_, nullptr)->commit_now(); }

    private:
        Store* store_;
    };
    [[nodiscard]] virtual Result<Transaction> begin() = 0;

    // --- orgs -------------------------------------------------------------------------------
    /// Adds the org when it is new (mode Observe) and takes it over: raises its fence by one.
    virtual Status open_org(std::string_view org) = 0;
    virtual Result<Mode> mode(std::string_view org) = 0;
    virtual Status set_mode(std::string_view org, Mode mode) = 0;
    virtual Result<std::int64_t> fence(std::string_view org) = 0;
    /// Free-form facts of an org: "documents_version", "catalog.crm" (JSON), ...
    virtual Result<std::string> fact(std::string_view org, std::string_view name) = 0;
    virtual Status set_fact(std::string_view org, std::string_view name,
                            std::string_view value) = 0;

    // --- what was seen -----------------------------------------------------------------------
    virtual Result<ObjectState> object_state(std::string_view org, Side side,
                                             std::string_view object) = 0;
    virtual Status set_object_state(std::string_view org, Side side, std::string_view object,
                                    const ObjectState& state) = 0;
    virtual Result<std::optional<SeenRow>> seen(std::string_view org, Side side,
                                                const RecordId& id) = 0;
    /// Inserts or replaces the row, its references and its keys. `references`: names of fields
    /// that hold other records' keys; `keys`: names of fields that records are matched by, as
    /// normalise_key in keys.h spells them (text is trimmed and its case folded, Salesforce ids
    /// are cut from 18 to 15 characters and keep their case).
    virtual Status put_seen(std::string_view org, const SeenRow& row,
                            std::span<const std::string> references,
                            std::span<const std::string> keys) = 0;
    /// Keys of live and deleted rows of `object` whose `field` refers to `target`, ordered.
    virtual Result<std::vector<std::string>> referring(std::string_view org, Side side,
                                                       std::string_view object,
                                                       std::string_view field,
                                                       std::string_view target) = 0;
    /// Keys of rows of `object` whose `field` has this key value (normalised as above), ordered.
    virtual Result<std::vector<std::string>> with_key(std::string_view org, Side side,
                                                      std::string_view object,
                                                      std::string_view field,
                                                      std::string_view value) = 0;
    /// Calls `visit` for each row of `object`, ordered by key; stops when it returns false.
    virtual Status each_seen(std::string_view org, Side side, std::string_view object,
                             const std::function<bool(const SeenRow&)>& visit) = 0;
    /// That this pass of the full compare met the row.
    virtual Status note_compared(std::string_view org, Side side, const RecordId& id,
                                 std::int64_t pass) = 0;
    virtual Result<Comparison> comparison(std::string_view org, Side side,
                                          std::string_view object) = 0;
    virtual Status set_comparison(std::string_view org, Side side, std::string_view object,
                                  const Comparison& comparison) = 0;
    /// Of the `scan` rows with a key > `after`: live ones that `pass` did not meet.
    virtual Result<Untold> untold(std::string_view org, Side side, std::string_view object,
                                  std::int64_t pass, std::string_view after, std::size_t scan) = 0;
    /// Live rows of each object: (side, object) -> count.
    virtual Result<std::map<std::pair<Side, std::string>, std::int64_t>> seen_counts(
        std::string_view org) = 0;

    // --- what must be looked at ---------------------------------------------------------------
    virtual Status add_changed(std::string_view org, const ChangedRow& row) = 0;
    /// Those with a sequence > `after`, the oldest first.
    virtual Result<std::vector<ChangedRow>> changed(std::string_view org, std::int64_t after,
                                                    std::size_t limit) = 0;
    virtual Status remove_changed(std::string_view org, std::int64_t up_to_sequence) = 0;
    virtual Status mark_dirty(std::string_view org, EntityId entity, std::string_view cause) = 0;
    /// The same behind all that is new: for rows of a first load. Of no effect when it is dirty.
    virtual Status mark_dirty_later(std::string_view org, EntityId entity,
                                    std::string_view cause) = 0;
    virtual Status clear_dirty(std::string_view org, EntityId entity) = 0;
    /// Dirty entities with id > `after`, by id.
    virtual Result<std::vector<EntityId>> dirty(std::string_view org, EntityId after,
                                                std::size_t limit) = 0;
    /// The same of those that something new made dirty.
    virtual Result<std::vector<EntityId>> dirty_fresh(std::string_view org, EntityId after,
                                                      std::size_t limit) = 0;
    virtual Result<std::int64_t> dirty_count(std::string_view org) = 0;
    /// How many wait behind what is new.
    virtual Result<std::int64_t> dirty_later_count(std::string_view org) = 0;
    /// Marks every entity whose timer is not after `now` as dirty and clears those timers;
    /// the number of them.
    virtual Result<std::int64_t> fire_timers(std::string_view org, Instant now) = 0;
    /// Marks all entities of the org dirty (documents changed), behind all that is new.
    virtual Status mark_all_dirty(std::string_view org, std::string_view cause) = 0;

    // --- entities and links ---------------------------------------------------------------------
    virtual Result<EntityId> add_entity(std::string_view org, EntityKind kind) = 0;
    virtual Result<std::optional<Entity>> entity(std::string_view org, EntityId id) = 0;
    virtual Status save_entity(std::string_view org, const Entity& entity) = 0;
    /// Sets or clears (empty) why the entity's record could not be matched.
    virtual Status set_ambiguous(std::string_view org, EntityId id, std::string_view why) = 0;
    /// Removes an entity that has no links left.
    virtual Status remove_entity(std::string_view org, EntityId id) = 0;
    /// Moves the record to the entity: a record belongs to one entity at most.
    virtual Status link(std::string_view org, EntityId entity, Side side, const RecordId& id) = 0;
    virtual Status unlink(std::string_view org, Side side, const RecordId& id) = 0;
    virtual Result<std::optional<EntityId>> entity_of(std::string_view org, Side side,
                                                      const RecordId& id) = 0;
    virtual Result<std::vector<Link>> links(std::string_view org, EntityId entity) = 0;
    /// Per state of the last plan: state -> entities of the kind.
    virtual Result<std::map<std::string, std::int64_t>> entity_states(std::string_view org,
                                                                      EntityKind kind) = 0;
    /// Entities per broken validation: name -> outcome -> count; see Entity::broken.
    virtual Result<std::map<std::string, std::map<std::string, std::int64_t>>> broken_counts(
        std::string_view org) = 0;
    /// Persons per stage.
    virtual Result<std::map<std::string, std::int64_t>> stage_counts(std::string_view org) = 0;

    // --- rules that act when their condition comes true ------------------------------------------
    /// Of one entity, by rule. They go with the entity.
    virtual Result<std::vector<Edge>> edges_of(std::string_view org, EntityId entity) = 0;
    virtual Status save_edge(std::string_view org, EntityId entity, const Edge& edge) = 0;
    /// Entities with a pending edge of this target, by id.
    virtual Result<std::vector<EntityId>> pending_for(std::string_view org,
                                                      std::string_view target) = 0;
    /// What `from` remembers goes to `to`, where that does not know the rule; pins and
    /// decisions too.
    virtual Status move_edges(std::string_view org, EntityId from, EntityId to) = 0;

    // --- writes ----------------------------------------------------------------------------------
    /// Stores the writes as in flight and gives them their ids, in order.
    virtual Status add_in_flight(std::string_view org, std::span<InFlight> writes) = 0;
    virtual Result<std::vector<InFlight>> in_flight(std::string_view org) = 0;
    virtual Result<std::vector<InFlight>> in_flight_of(std::string_view org, EntityId entity) = 0;
    virtual Status update_in_flight(std::string_view org, const InFlight& write) = 0;
    virtual Status remove_in_flight(std::string_view org, std::int64_t id) = 0;
    /// After a start: every write still in flight is in doubt; the number of them.
    virtual Result<std::int64_t> doubt_all(std::string_view org) = 0;
    virtual Status add_audit(std::string_view org, const AuditRow& row) = 0;
    /// The newest first.
    virtual Result<std::vector<AuditRow>> audit_of(std::string_view org, EntityId entity,
                                                   std::size_t limit) = 0;
    /// Of one cycle, oldest first.
    virtual Result<std::vector<AuditRow>> audit_of_cycle(std::string_view org, CycleId cycle,
                                                         std::size_t limit) = 0;
    /// Written at `since` or later, the newest first.
    virtual Result<std::vector<AuditRow>> audit_since(std::string_view org, Instant since,
                                                      std::size_t limit) = 0;
    /// Of one field of any record, the newest first. Reads the whole audit.
    virtual Result<std::vector<AuditRow>> audit_of_field(std::string_view org,
                                                         std::string_view field,
                                                         std::size_t limit) = 0;
    /// Replaces one of the same moment; nothing where it says what the one before it said.
    virtual Status add_decision(std::string_view org, const DecisionRow& row) = 0;
    /// Of one entity, the newest first.
    virtual Result<std::vector<DecisionRow>> decisions_of(std::string_view org, EntityId entity,
                                                          std::size_t limit) = 0;
    /// Forgets what is older, at most `limit` rows of each kind; the number of rows. What proves
    /// consent stays, and cycles that pins or writes in flight name.
    virtual Result<std::int64_t> trim(std::string_view org, const TrimBounds& bounds,
                                      std::size_t limit) = 0;

    // --- what an undo put back ------------------------------------------------------------------
    virtual Status put_pin(std::string_view org, const Pin& pin) = 0;
    virtual Status remove_pin(std::string_view org, EntityId entity, std::string_view rule,
                              Side side) = 0;
    virtual Result<std::vector<Pin>> pins_of(std::string_view org, EntityId entity) = 0;
    virtual Result<std::vector<Pin>> pins(std::string_view org, std::size_t limit) = 0;

    // --- people who were erased
    // -------------------------------------------------------------------
    /// `names`: what the person is recognised by. Kept as digests under a key of this store.
    virtual Status add_tombstones(std::string_view org, std::span<const std::string> names,
                                  std::int64_t receipt) = 0;
    /// 0: nobody was erased.
    virtual Result<std::int64_t> tombstones(std::string_view org) = 0;
    /// Which of `names` belong to somebody erased, in order.
    virtual Result<std::vector<char>> are_erased(std::string_view org,
                                                 std::span<const std::string> names) = 0;
    /// Takes back the erasures that one of `names` belongs to: they may come again; how many.
    virtual Result<std::int64_t> remove_tombstones(std::string_view org,
                                                   std::span<const std::string> names) = 0;
    /// Keeps the receipt; its number.
    virtual Result<std::int64_t> add_erasure(std::string_view org, const Erasure& erasure) = 0;
    virtual Result<std::vector<Erasure>> erasures(std::string_view org) = 0;
    /// Removes a record that was seen, with its keys and references.
    virtual Status remove_seen(std::string_view org, Side side, const RecordId& id) = 0;
    /// Removes every row of every table that is about the entity or one of the records, and every
    /// audit row that holds one of `texts` (case aside), but for what is in flight; rows by table.
    virtual Result<std::map<std::string, std::int64_t>> sweep(
        std::string_view org, EntityId entity, std::span<const Link> records,
        std::span<const std::string> texts) = 0;
    /// Writes the file anew, so that no byte of what was removed is left in it or in its log.
    /// Needs as much free disk as the file takes. Outside of transactions.
    virtual Status scrub() = 0;

    // --- consent
    // ---------------------------------------------------------------------------------
    /// Adds or replaces the entity's allowance for the rule.
    virtual Status put_allowance(std::string_view org, const Allowance& allowance) = 0;
    virtual Status remove_allowance(std::string_view org, EntityId entity,
                                    std::string_view rule) = 0;
    /// Of one entity, by rule.
    virtual Result<std::vector<Allowance>> allowances(std::string_view org, EntityId entity) = 0;

    // --- put aside
    // ---------------------------------------------------------------------------------
    virtual Status put_quarantine(std::string_view org, const Quarantined& row) = 0;
    virtual Status remove_quarantine(std::string_view org, EntityId entity, Side side,
                                     std::string_view slot) = 0;
    virtual Result<std::vector<Quarantined>> quarantine_of(std::string_view org,
                                                           EntityId entity) = 0;
    virtual Result<std::vector<Quarantined>> quarantine(std::string_view org,
                                                        std::size_t limit) = 0;
    virtual Result<std::vector<Quarantined>> quarantine_by_cause(std::string_view org,
                                                                 std::string_view cause,
                                                                 std::size_t limit) = 0;
    /// By cause.
    virtual Result<std::map<std::string, CauseCount>> quarantine_counts(std::string_view org) = 0;
    /// Entities of quarantine rows whose retry time has come, and their cause's too: at most
    /// `per_cause` of one cause, so that few find out for all whether it is gone.
    virtual Result<std::vector<EntityId>> quarantine_due(std::string_view org, Instant now,
                                                         std::size_t per_cause) = 0;
    virtual Status put_cause(std::string_view org, const Cause& cause) = 0;
    virtual Result<std::optional<Cause>> cause(std::string_view org, std::string_view name) = 0;
    virtual Result<std::vector<Cause>> causes(std::string_view org) = 0;
    /// Forgets the cause, and lets its writes be tried again at `now`, but for those dropped.
    virtual Status free_cause(std::string_view org, std::string_view name, Instant now) = 0;
    virtual Status put_held(std::string_view org, const Held& held) = 0;
    virtual Result<std::vector<Held>> held(std::string_view org) = 0;
    virtual Status remove_held(std::string_view org, std::string_view kind) = 0;

    // --- cycles
    // ------------------------------------------------------------------------------------
    /// A new cycle row; its number.
    virtual Result<CycleId> start_cycle(std::string_view org, Instant now,
                                        std::string_view trigger) = 0;
    virtual Status save_cycle(std::string_view org, const CycleRow& row) = 0;
    virtual Result<std::vector<CycleRow>> cycles(std::string_view org, std::size_t newest) = 0;

protected:
    friend class Transaction;
    virtual Status commit_now() = 0;
    virtual void rollback() noexcept = 0;
};

/// Opens (or makes) the SQLite file, takes the lock file beside it, migrates the schema forward.
/// ":memory:" works for tests and needs no lock. Fails when another process holds the lock, when
/// the schema is newer than this program, or when the file is damaged; each says how to mend it.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(const std::string& path);

}  // namespace duet::store
