#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/document/document.h"
#include "mappings/lifecycle/named_values.h"
#include "mappings/lists/standing.h"
#include "mappings/merge/consent.h"
#include "mappings/merge/merge.h"
#include "mappings/queue/place.h"
#include "mappings/record.h"
#include "mappings/routing/route.h"
#include "mappings/side.h"
#include "mappings/tasks/task.h"

namespace duet::validation {
class HeldFields;
}

namespace duet::merge {

/// For each field rule what each side held, in its own spelling, when they last matched. Of a
/// consent rule: whether the person is out; one half suffices, as a merged record leaves it.
using Agreed = std::map<std::string, PerSide<Value>, std::less<>>;

/// What the paths of an entity's rules mean: "Phone", "Account.Industry", "Prospect.score",
/// "Rollup.Wins", "Attribution.Last_Touch". Given by the caller; asked during a decision only.
class FactSource {
public:
    virtual ~FactSource() = default;
    /// The value, or why it cannot be known (an unreadable field). The pointer stays valid until
    /// the source is destroyed. A path through an empty reference is blank.
    [[nodiscard]] virtual std::variant<const Value*, std::string> value(std::string_view path) = 0;
    /// Same, for a path of one side's record alone ("Account.Name" of a field rule).
    [[nodiscard]] virtual const Value* side_value(Side side, std::string_view path) = 0;
    /// The next instant at which a rollup or attribution may change with no new data.
    [[nodiscard]] virtual std::optional<DateTime> next_change() const = 0;
};

/// The membership of one listed person in one list, as last seen.
struct Membership {
    std::size_t rule = 0;       // index into Documents::lists
    std::string list_id;        // empty: the list does not exist there
    std::string membership_id;  // empty: not a member
    bool opted_out = false;     // the person left this list; never deleted, never made anew
    bool ours = false;          // Duet made the membership
    std::string person{};       // what the control group is drawn by
    std::optional<lists::Known> known{};  // from the decision before; nothing: there was none
    std::string status{};                 // of a member of a campaign
};

/// One record of the entity on one side.
struct SideRecord {
    const Record* record = nullptr;      // nullptr: none that lives
    const ObjectInfo* object = nullptr;  // of `record`
    bool was_deleted = false;            // people deleted it: it is not made anew
    std::string deleted_object{};        // of one that people deleted while none lives there
    bool ready = false;                  // loaded completely and up to date
    /// When fields took their values, by name; "" stands for all others of the record. Fields
    /// that are absent took theirs before Duet first read them, or by Duet's own hand.
    const std::map<std::string, Evidence, std::less<>>* changed = nullptr;
};

/// Pins by rule ("list NAME" of a list), and by the side that an undo wrote to.
using Pins = std::map<std::string, PerSide<std::optional<Pin>>, std::less<>>;

/// Where an entity stands by a lifecycle with transitions.
struct Standing {
    lifecycle::Values values{};      // without the head "Duet."
    std::string stage{};             // of a person
    std::optional<DateTime> next{};  // with no new data
    std::string failure{};           // why it cannot be told: then the stage stays; empty: it can
};

/// Everything one decision looks at.
struct Inputs {
    const document::Documents* documents = nullptr;
    const document::EntityDocument* document = nullptr;
    PerSide<SideRecord> sides;
    const PerSide<Catalog>* catalogs = nullptr;
    FactSource* facts = nullptr;
    const validation::HeldFields* held = nullptr;  // set by `decide` for its own parts
    const Agreed* agreed = nullptr;
    std::string stage;  // the person's stage so far
    /// What rules read as Duet.x where a lifecycle follows from what happened; `stages:` with rules
    /// are not asked then.
    const Standing* standing = nullptr;
    std::vector<Membership> memberships;
    std::map<std::string, Allowance, std::less<>> allowances;  // by consent rule
    Pins pins;                                                 // what undos put back
    std::vector<tasks::Known> tasks;          // one a task rule of this kind of entity
    std::vector<routing::Known> routings;     // one a routing, of a person
    const routing::Owners* owners = nullptr;  // asked only when there are routings
    std::string entity_key;                   // "duet-17": what a create is found again by
    formula::Moment moment;
};

/// One field to write.
struct PlannedField {
    Side side = Side::Crm;
    std::string field;
    Value before;
    Value after;
    std::string rule{};  // the field rule's name
    Reason reason = Reason::Unchanged;
    bool stage = false;           // the value is the lifecycle stage
    bool owner = false;           // the value is another owner
    std::optional<Value> lost{};  // the value that a conflict overwrites although it changed
    std::optional<Value> from{};  // what the other side holds, which this write says
    std::string detail{};         // what else a person wants to know: how the winner was found
};

/// One field that is not written, and why.
struct LeftAlone {
    std::string rule;
    Reason reason = Reason::Unchanged;
    std::string detail;  // an evaluation error, or why the target cannot take the value
};

struct PlannedCreate {
    Side side = Side::Marketing;
    std::string object;
    std::string key_field;
    std::string key_value;
    Fields fields;
    int cap_per_cycle = 0;  // the rule's: how many such creates one cycle may send
    Agreed agreed{};        // on what the sides agree once it is made
};

struct PlannedMembership {
    std::size_t rule = 0;
    bool join = true;
    std::string list_id;
    std::string membership_id;  // of the one to remove
    std::string cause{};        // a sentence
    bool sets_status = false;   // who stays a member gets the rule's status
    std::string status_before{};
};

/// Where the person stands with regard to one list from now on.
struct ListStanding {
    std::size_t rule = 0;
    lists::Known now;
};

/// The record that is left goes, too, because people deleted the other one.
struct PlannedDeletion {
    Side side = Side::Marketing;  // of the record to delete
    std::string deleted_object;   // of the one that people deleted
};

enum class State : std::uint8_t { Clean, Planned, Filtered, Quarantined, Waiting };
[[nodiscard]] const char* to_string(State state) noexcept;  // "clean", "planned", ...

/// A validation whose `error_when` is true, or could not be told.
struct BrokenRule {
    std::string name;
    Side side = Side::Crm;
    std::string object;
    document::Severity severity = document::Severity::Quarantine;
    document::Hold hold = document::Hold::Record;
    std::vector<std::string> fields;  // that it concerns
    std::string message;              // with the record's values in its merge fields
    std::string failure;              // why the rule has no answer; empty: it is broken

    [[nodiscard]] bool holds() const noexcept { return severity == document::Severity::Quarantine; }
};

/// What is to be done about one entity.
struct Decision {
    State state = State::Clean;
    std::string reason;              // for every state but Clean and Planned: why
    std::string validation;          // the first validation that holds it back, whole or in fields
    std::vector<BrokenRule> broken;  // all of its validations that are broken
    std::vector<PlannedField> writes;
    std::vector<PlannedCreate> creates;
    std::vector<PlannedMembership> memberships;
    std::optional<std::vector<ListStanding>> lists{};  // nothing: as before
    std::optional<PlannedDeletion> deletion;
    std::vector<tasks::PlannedTask> tasks;
    std::vector<tasks::PlannedEdit> task_edits;  // of open tasks: closed, or passed on
    std::vector<routing::Turn> turns;            // that the choice of an owner took
    std::vector<edges::Edge> edges;              // to remember from now on
    std::vector<LeftAlone> left_alone;
    std::vector<std::pair<std::string, Side>> ended_pins;      // that stand no longer
    std::vector<std::size_t> suppressed;                       // lists that let nobody on now
    std::vector<std::string> warnings;                         // rules that failed
    Agreed agreed;                                             // to remember from now on
    std::map<std::string, Allowance, std::less<>> allowances;  // likewise; one that ended is gone
    std::string stage;
    std::optional<queue::Place> place{};  // in the work queue; of persons, where there is one
    std::optional<bool> in_scope{};       // nothing: it could not be told
    bool is_unfit = false;  // a value is left out that its target, as it is described, cannot take
    std::optional<DateTime> next_change;  // when to decide again with no new data
};

/// Decides one entity: scope, validations, stage, fields, creates, list memberships. Pure: the
/// same inputs give the same decision, and a decision applied leaves nothing to decide.
/// A rule that fails changes nothing, is reported in `warnings`, and the rest goes on.
[[nodiscard]] Decision decide(const Inputs& inputs);

}  // namespace duet::merge
