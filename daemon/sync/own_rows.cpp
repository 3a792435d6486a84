#include "daemon/sync/own_rows.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/planner.h"

namespace duet::sync {
namespace {

/// Whether rows of others may be written because of the plan's entity.
bool may_write_rows(const EntityPlan& plan) {
    using merge::State;
    const merge::Decision& decision = plan.decision;
    if (!plan.is_ready || !plan.entity.ambiguous.empty()) return false;
    if (decision.state == State::Filtered || decision.state == State::Waiting) return false;
    return std::none_of(decision.broken.begin(), decision.broken.end(), [](const auto& rule) {
        return rule.holds() && rule.hold == document::Hold::Record;
    });
}

PlannedWrite write_of(const EntityPlan& plan, const RowWish& wish, RowChange&& change) {
    PlannedWrite made;
    made.entity_kind = plan.entity.kind;
    made.step = change.step;
    if (change.kind == WriteKind::Create) {
        made.kinds = {"create"};
        made.cap_per_cycle = wish.cap_per_cycle;
    }
    if (change.kind == WriteKind::Delete) made.kinds = {"delete"};
    made.in_flight.entity = plan.entity.id;
    made.in_flight.side = Side::Crm;
    made.in_flight.before = std::move(change.before);
    made.in_flight.reasons =
        nlohmann::json{
            {"", {{"rule", wish.rule}, {"cause", change.cause}, {"stamps", stamps_of(plan)}}}}
            .dump();
    Write& write = made.in_flight.write;
    write.kind = change.kind;
    write.id = {wish.object, std::move(change.key)};
    write.fields = std::move(change.fields);
    write.key_field = std::move(change.key_field);
    write.key_value = std::move(change.key_value);
    return made;
}

}  // namespace

RowChange& RowWish::add(WriteKind kind, int step, std::string cause) {
    RowChange change;
    change.kind = kind;
    change.step = step;
    change.cause = std::move(cause);
    return changes.emplace_back(std::move(change));
}

void add_row_writes(EntityPlan& plan, std::vector<RowWish> wishes) {
    if (wishes.empty()) return;
    if (!may_write_rows(plan)) {
        if (!plan.is_ready) plan.waits_for_side = true;
        return;
    }
    for (RowWish& wish : wishes) {
        for (RowChange& change : wish.changes)
            plan.writes.push_back(write_of(plan, wish, std::move(change)));
    }
    if (plan.decision.state == merge::State::Clean) plan.decision.state = merge::State::Planned;
}

std::optional<std::string> why_rows_stay(std::string_view rule) {
    if (rule.starts_with("influence ")) {
        return "rows of campaign influence follow from touches, and would be "
               "written again; change the attribution in the documents";
    }
    if (rule.starts_with("event_rows ")) {
        return "rows of moves follow from the lifecycle, and would be written again; take "
               "\"event_rows\" out of the documents";
    }
    return std::nullopt;
}

}  // namespace duet::sync
