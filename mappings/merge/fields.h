#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappings/merge/decide.h"

namespace duet::merge {

/// Whether the rule writes the lifecycle stage: the brake counts it as such.
[[nodiscard]] bool writes_stage(const document::FieldRule& rule);

/// Carries out the field rules of one entity: a part of `decide`, not for use elsewhere. Writes,
/// what was left alone, warnings and what is agreed go into the decision; the caller owns both,
/// which must outlive it.
class FieldDecider {
public:
    FieldDecider(const Inputs& inputs, Decision& decision, FactSource& facts)
        : inputs_(inputs), decision_(decision), facts_(facts) {}

    /// Every rule.
    void all();
    /// The consent rules alone: whatever else is wrong, a person who left has left.
    void consent();
    /// Of rules with a policy that puts the record aside: why; empty: none does.
    [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }
    /// The first such rule.
    [[nodiscard]] const std::string& refusing_rule() const noexcept { return refusing_rule_; }

private:
    [[nodiscard]] bool is_held_back(const document::FieldRule& rule);
    void computed(const document::FieldRule& rule);
    void computed_on(const document::FieldRule& rule, Side side, std::string_view path,
                     const Value& result);
    void merged(const document::FieldRule& rule);
    [[nodiscard]] bool is_pinned(const document::FieldRule& rule, const FieldState& state,
                                 const FieldDecision& decided);
    [[nodiscard]] bool is_pinned(const document::FieldRule& rule, Side side, const Value& current,
                                 const FieldDecision& decided);
    void flags(const document::FieldRule& rule);
    [[nodiscard]] std::vector<Flag> flags_of(const document::FieldRule& rule);
    void remember(const document::FieldRule& rule, const ConsentDecision& decided,
                  const Allowance* allowance);
    [[nodiscard]] std::optional<Evidence> evidence(Side side, std::string_view field) const;
    [[nodiscard]] std::string how_it_was_found(const document::FieldRule& rule,
                                               const FieldState& state, Reason reason) const;
    [[nodiscard]] const FieldInfo* info(Side side, std::string_view field) const;
    [[nodiscard]] std::string_view path_on(const document::FieldRef& ref, Side side) const;
    [[nodiscard]] bool may_write(Side side, Reason reason) const;
    [[nodiscard]] bool is_matched_by(std::string_view crm_path) const;
    [[nodiscard]] Value stored(const Value& computed, const FieldInfo* target) const;
    void keep_agreed(const document::FieldRule& rule);
    void unreadable(const document::FieldRule& rule, std::string_view field);
    void plan(const document::FieldRule& rule, PlannedField planned);
    void leave(const document::FieldRule& rule, const FieldDecision& decided,
               const FieldInfo* target);
    void hold_back(const document::FieldRule& rule, Reason reason);

    const Inputs& inputs_;
    Decision& decision_;
    FactSource& facts_;
    std::string refusal_;
    std::string refusing_rule_;
};

/// Whether a validation holds back what the rule reads on the side `here`, where a record stands
/// alone.
[[nodiscard]] bool is_held_back(const document::FieldRule& rule, Side here, const Inputs& inputs);

/// What the new record that `rule` makes starts with: every mapped field that has a value on the
/// other side, computed ones included. Failures go into the decision's warnings; a policy that
/// puts the record aside is told in `refusal`, what the sides agree on once it is made in `agreed`.
[[nodiscard]] Fields created_fields(const document::CreateRule& rule, const Inputs& inputs,
                                    FactSource& facts, Decision& decision, std::string& refusal,
                                    Agreed& agreed);

/// A formula's 0.5 is 50 in a percent field, and its instant a day in a date field.
[[nodiscard]] Value as_stored(const Value& computed, const FieldInfo* target, const Inputs& inputs);

}  // namespace duet::merge
