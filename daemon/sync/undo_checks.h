#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/undo.h"

namespace duet::sync {

/// What stands around one record whose writes are to be undone.
struct UndoContext {
    EntityPlan plan;                      // of the entity it belongs to now
    std::optional<store::SeenRow> row{};  // the record as last seen
    std::string refusal{};                // why nothing of it can be undone; empty: it can
};

/// What may be undone. Each `why_not` is a sentence for people; empty: it may. A part of
/// plan_undo. One thread; reads only.
class UndoChecks {
public:
    explicit UndoChecks(Org& org);

    /// `about`: the entity that the writes were for.
    Result<UndoContext> look_at(Side side, const RecordId& record, store::EntityId about);
    /// Of a record that Duet made.
    Result<std::string> why_not_deleted(const store::AuditRow& row, const UndoContext& context);
    /// Of somebody whom Duet put on a list.
    std::string why_not_left(const store::AuditRow& row, const UndoContext& context);
    /// Of somebody whom Duet took off a list; makes `write` the one that puts them on again.
    std::string why_not_joined(const store::AuditRow& row, const UndoContext& context,
                               Write& write);
    /// Of a field that is to become `wanted`.
    Result<std::string> why_not_set(const store::AuditRow& newest, const Value& wanted,
                                    const UndoContext& context);
    /// What the write's reasons say of the pin it leaves; null: none.
    nlohmann::json pin_for(const store::AuditRow& newest, const UndoContext& context);
    /// What the brake counts another value of the field as, beside what values tell: "restage" and
    /// "reown" as the write that is undone was counted.
    [[nodiscard]] std::vector<std::string> brake_kinds(const store::AuditRow& newest,
                                                       const UndoContext& context) const;
    /// The store's first fault of what was looked at: no answer since holds.
    [[nodiscard]] const std::optional<Error>& failure() const { return cache_.failure(); }

private:
    [[nodiscard]] bool loosens(const store::AuditRow& row, const Value& wanted,
                               const UndoContext& context) const;
    [[nodiscard]] bool is_out(const UndoContext& context);
    Result<std::string> stranger_to(const store::AuditRow& row, const UndoContext& context);

    Org& org_;
    Planner planner_;
    RecordCache cache_;
    PathReader paths_;
};

/// Reads the records that `plan` would delete once more from their side, and keeps those that
/// somebody touched since they were seen, or that cannot be read now.
Status drop_touched(Org& org, const std::vector<store::AuditRow>& rows, UndoPlan& plan,
                    std::stop_token stop);

}  // namespace duet::sync
