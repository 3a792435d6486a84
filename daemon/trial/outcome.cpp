#include "daemon/trial/outcome.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace duet::trial {

std::string shown_value(const Value& value) { return is_blank(value) ? "(blank)" : display(value); }

bool says(const std::string& wanted, const Value& value) {
    if (const auto* time = std::get_if<DateTime>(&value)) {
        if (const auto said = parse_instant(wanted)) return *said == *time;
        if (const auto day = parse_date(wanted)) return DateTime{*day} == *time;
    }
    if (const auto* number = std::get_if<Decimal>(&value)) {
        const auto said = Decimal::parse(wanted);
        return said && *said == *number;
    }
    return display(value) == wanted;
}

const Write* find_create(const Outcome& outcome, Side side) {
    for (const sync::PlannedWrite& write : outcome.plan.writes) {
        const bool is_create =
            write.in_flight.write.kind == WriteKind::Create && write.list.empty();
        if (is_create && write.in_flight.side == side) return &write.in_flight.write;
    }
    return nullptr;
}

std::vector<const merge::PlannedField*> writes_on(const Outcome& outcome, Side side) {
    std::vector<const merge::PlannedField*> found;
    for (const merge::PlannedField& write : outcome.plan.decision.writes) {
        if (write.side == side) found.push_back(&write);
    }
    return found;
}

std::optional<Value> value_after(const Outcome& outcome, Side side, std::string_view field) {
    for (const merge::PlannedField* write : writes_on(outcome, side)) {
        if (same_name(write->field, field)) return write->after;
    }
    const Record* record = outcome.look.record(side);
    if (record == nullptr) {
        const Write* create = find_create(outcome, side);
        return create == nullptr ? Value{} : create->fields.get(field);
    }
    const Value* held = record->fields.find(field);
    return held == nullptr ? std::nullopt : std::optional<Value>{*held};
}

std::vector<std::string> lists_after(Outcome& outcome) {
    auto on = outcome.look.lists();
    std::vector<std::string> lists = on ? std::move(*on) : std::vector<std::string>{};
    for (const sync::PlannedWrite& write : outcome.plan.writes) {
        if (write.list.empty()) continue;
        if (write.in_flight.write.kind == WriteKind::Create) lists.push_back(write.list);
        if (write.in_flight.write.kind == WriteKind::Delete) std::erase(lists, write.list);
    }
    std::sort(lists.begin(), lists.end());
    return lists;
}

std::string reason_of_rule(const Outcome& outcome, std::string_view rule) {
    const merge::Decision& decision = outcome.plan.decision;
    for (const merge::PlannedField& write : decision.writes) {
        if (write.rule == rule) return merge::to_string(write.reason);
    }
    for (const merge::LeftAlone& left : decision.left_alone) {
        if (left.rule != rule) continue;
        std::string why = merge::to_string(left.reason);
        return left.detail.empty() ? why : why + " (" + left.detail + ")";
    }
    return {};
}

std::string reason_for(const Outcome& outcome, Side side, std::string_view field) {
    const auto* document = outcome.org.model.documents().find(outcome.plan.entity.kind);
    const Record* record = outcome.look.record(side);
    if (document == nullptr || record == nullptr) return {};
    for (const document::FieldRule& rule : document->fields) {
        if (!same_name(rule.fields[side].on(record->id.object), field)) continue;
        const std::string why = reason_of_rule(outcome, rule.name);
        if (!why.empty()) return fmt::format("rule \"{}\": {}", rule.name, why);
    }
    return {};
}

}  // namespace duet::trial
