#pragma once

#include <cstdint>
#include <optional>

#include "mappings/catalog.h"
#include "mappings/document/document.h"
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
    OneWay,              // a one-way rule keeps the target equal to the source
    Computed,            // the rule's formula gives it
    ConsentTightened,    // an opt-out on either side wins
    BlankKept,           // a blank does not erase a value under this rule
    FillOnlyKept,        // the target already has a value
    NotSayable,          // the value cannot be said in the target's type
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
    bool ignores_case = false;  // people are matched by it: case alone is no difference
    DateTime crm_modified{};    // when people last changed the record, by each side's clock
    DateTime marketing_modified{};
};

/// What to do with one field. At most one of the two writes is set.
struct FieldDecision {
    std::optional<Value> to_crm;
    std::optional<Value> to_marketing;
    /// What both sides hold when they now match: the pair to remember.
    std::optional<PerSide<Value>> agree;
    Reason reason = Reason::Unchanged;
    std::optional<Side> loser;  // whose value is overwritten although it changed
};

/// Decides one field by its rule: three-way merge, blank and consent rules. For rules without
/// `value`. Pure, and settled after one step: applied, then asked again, it writes nothing.
[[nodiscard]] FieldDecision merge_field(const document::FieldRule& rule, const FieldState& state);

/// Decides one side of a rule with `value`: the formula's result against what the side holds.
[[nodiscard]] FieldDecision merge_computed(const document::FieldRule& rule, Side side,
                                           const Value& computed, const Value& current,
                                           const FieldInfo* field);

}  // namespace duet::merge
