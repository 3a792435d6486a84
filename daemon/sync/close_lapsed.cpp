#include <optional>
#include <string>

#include "daemon/sync/planner.h"
#include "mappings/document/lifecycle.h"
#include "mappings/lifecycle/days.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

/// The day on which the deal lapsed; nothing: it is not, or nothing may be written to it.
std::optional<Date> lapsed_on(const EntityPlan& plan, const merge::Inputs& inputs) {
    const merge::State state = plan.decision.state;
    const bool may_write = (state == merge::State::Clean || state == merge::State::Planned) &&
                           inputs.sides.crm.ready && inputs.sides.marketing.ready;
    if (!may_write || !plan.standing->failure.empty()) return std::nullopt;
    const Value* found = plan.standing->values.find("Lapsed_Date");
    const Date* day = found == nullptr ? nullptr : std::get_if<Date>(found);
    return day == nullptr ? std::nullopt : std::optional(*day);
}

/// What an undo put back stays until somebody moves the deal on, lapsed or not: the undo itself may
/// have been the move by which it lapses no more.
bool is_pinned(EntityPlan& plan, const merge::Inputs& inputs, const std::string& field,
               const std::string& wanted) {
    const std::string name = std::string(kClosingRule) + " " + field;
    const auto pins = inputs.pins.find(name);
    if (pins == inputs.pins.end() || !pins->second.crm) return false;
    const merge::Pin& pin = *pins->second.crm;
    const bool stands =
        inputs.sides.crm.record->fields.get(field) == pin.held && pin.refused == text(wanted);
    if (stands) {
        plan.decision.left_alone.push_back({name, merge::Reason::Pinned, {}});
    } else {
        plan.decision.ended_pins.emplace_back(name, Side::Crm);
    }
    return stands;
}

}  // namespace

void close_lapsed(EntityPlan& plan, const merge::Inputs& inputs, const formula::Moment& moment) {
    const document::Lifecycle* lifecycle = inputs.documents->lifecycle.get();
    const Record* record = inputs.sides.crm.record;
    const bool is_deal = lifecycle != nullptr && lifecycle->deals && plan.standing &&
                         plan.entity.kind == EntityKind::Opportunity && record != nullptr;
    if (!is_deal || !lifecycle->deals->close_lapsed) return;
    merge::Decision& decision = plan.decision;
    const document::ClosingRule& rule = *lifecycle->deals->close_lapsed;
    const auto day = lapsed_on(plan, inputs);
    const auto due = day ? std::optional(*day + std::chrono::days{rule.after_days}) : std::nullopt;
    if (due && moment.today < *due)
        merge::lower(decision.next_change, lifecycle::Days(moment.zone).start(*due));
    const bool is_due = due && moment.today >= *due;
    for (const auto& [field, value] : rule.set) {
        const Value& before = record->fields.get(field);
        if (is_pinned(plan, inputs, field, value) || !is_due || before == text(value)) continue;
        merge::PlannedField write;
        write.side = Side::Crm;
        write.field = field;
        write.before = before;
        write.after = text(value);
        write.rule = kClosingRule;
        write.reason = merge::Reason::Computed;
        write.stage = true;
        decision.writes.push_back(std::move(write));
        decision.state = merge::State::Planned;
    }
}

}  // namespace duet::sync
