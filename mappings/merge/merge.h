#pragma once

#include <cstdint>
#include <optional>

#include "mappings/catalog.h"
#include "mappings/document/document.h"
#include "mappings/merge/convert.h"
#include "mappings/merge/evidence.h"
#include "mappings/side.h"
#include "mappings/value.h"

namespace duet::merge {

/// Why a field was decided as it was. Every decision not to act has one too.
enum class Reason : std::uint8_t {
    Unchanged,           // neither side changed since they agreed
    AlreadyEqual,        // both sides hold the same value
    ChangedHere,         // the other side did not change: this change travels
    FirstMeetingFilled,  // nothing agreed yet; a value beats a blank
    FirstMeetingWinner,  // nothing agreed yet, two values: the rule's winner
    ConflictWinner,      // both changed: the rule's winner
    ConflictLater,       // both changed, and reads prove which change was the later one
    ConflictUnclear,     // both changed, and no read proves which was later: the fallback side
    OneWay,              // a one-way rule keeps the target equal to the source
    Computed,            // the rule's formula gives it
    ConsentTightened,    // an opt-out on either side wins
    ConsentAllowed,      // a person let the person back in
    BlankKept,           // a blank does not erase a value under this rule
    FillOnlyKept,        // the target already has a value
    NotSayable,          // the value cannot be said in the target's type
    HeldBack,            // a validation holds the field back
    Routed,              // the routing rules chose this owner
    Pinned,              // an undo put its value back, and nobody has changed either side since
    DeletedThere,        // people deleted the other side's record
    BackThere,           // the other side's record, once deleted, is back
};

/// The reason as the tail of a sentence: "both sides changed; the rule lets ... win".
[[nodiscard]] const char* to_string(Reason reason) noexcept;

/// One field as both sides hold it.
struct FieldState {
    Value crm;
    Value marketing;
    const PerSide<Value>* agreed = nullptr;  // nullptr: nothing agreed yet
    const FieldInfo* crm_field = nullptr;    // nullptr: unknown type and limits
    const FieldInfo* marketing_field = nullptr;
    bool ignores_case = false;  // an address: case alone is no difference
    /// When each side took the value it has; nothing: no read tells.
    PerSide<std::optional<Evidence>> changed{};
};

/// What an undo put back on one side, and what is refused since: what the other side holds, or what
/// the rule computes. It stands until either is another.
struct Pin {
    Value held;
    Value refused;
};

/// Whether both sides hold `pair`, each in its own spelling.
[[nodiscard]] bool holds(const FieldState& state, const PerSide<Value>& pair);

/// What to do with one field. At most one of the two writes is set.
struct FieldDecision {
    std::optional<Value> to_crm;
    std::optional<Value> to_marketing;
    /// What both sides hold when they now match: the pair to remember.
    std::optional<PerSide<Value>> agree;
    Reason reason = Reason::Unchanged;
    std::optional<Side> loser;  // whose value is overwritten although it changed
    /// The value is not sent as it is: why, and what the rule says about that. Without a write the
    /// target keeps what it has; Error and Quarantine are for the caller to carry out.
    Fault fault = Fault::None;
    document::Policy policy = document::Policy::Keep;
    Side toward = Side::Marketing;  // the side that it is about
};

/// Decides one field by its rule: three-way merge, blanks, value maps, policies. For rules with
/// neither `value` nor `constant` nor `consent`. Pure, and settled after one step: applied, then
/// asked again, it writes nothing.
[[nodiscard]] FieldDecision merge_field(const document::FieldRule& rule, const FieldState& state);

/// Decides one side of a rule with `value` or `constant`: its result against what the side holds.
[[nodiscard]] FieldDecision merge_computed(const document::FieldRule& rule, Side side,
                                           const Value& computed, const Value& current,
                                           const FieldInfo* field);

}  // namespace duet::merge
