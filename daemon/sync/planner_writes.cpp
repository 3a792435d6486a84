// From what was decided of an entity to the writes that do it, with their reasons.
#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/lists.h"
#include "daemon/sync/planner.h"
#include "mappings/document/conventions.h"

namespace duet::sync {
namespace {

using store::SeenRow;

/// Consent moved by a person always passes the brake; blanking and stages are counted.
std::vector<std::string> brake_kinds(const merge::PlannedField& field, const SideNames& names) {
    std::vector<std::string> kinds;
    if (field.reason == merge::Reason::ConsentTightened) return kinds;
    if (document::is_opt_out_field(names[field.side], field.field) && field.after == Value{true})
        kinds.emplace_back("unsubscribe");
    if (is_blank(field.after) && !is_blank(field.before)) kinds.emplace_back("blank");
    if (field.stage && !is_blank(field.before)) kinds.emplace_back("restage");
    if (field.owner && !is_blank(field.before)) kinds.emplace_back("reown");
    return kinds;
}

/// Whose value it is that is written.
std::string winner_of(const merge::PlannedField& field, const SideNames& names) {
    switch (field.reason) {
        case merge::Reason::Computed:
            return "the formula";
        case merge::Reason::Routed:
            return "the routing";
        case merge::Reason::ConsentTightened:
            return "the opt-out";
        case merge::Reason::ConsentAllowed:
            return "the permission";
        default:
            return names[other(field.side)];
    }
}

/// Of a member that stays.
void set_status(const ListObjects& lists, const merge::PlannedMembership& change,
                const document::ListRule& rule, store::InFlight& in_flight) {
    Write& write = in_flight.write;
    write.kind = WriteKind::Update;
    write.id = {lists.membership->name, change.membership_id};
    write.fields.set(lists.status_field, text(rule.status));
    in_flight.before.set(lists.status_field, text(change.status_before));
}

}  // namespace

void Planner::add_field_writes(EntityPlan& plan) {
    for (const Side side : kSides) {
        PlannedWrite made;
        made.entity_kind = plan.entity.kind;
        auto reasons = nlohmann::json::object();
        // An opt-out goes alone: no other field may get it refused or held by the brake. The rest
        // is planned as soon as it is written.
        const auto is_opt_out = [&](const merge::PlannedField& field) {
            return field.side == side && field.reason == merge::Reason::ConsentTightened;
        };
        const auto& fields = plan.decision.writes;
        const bool opts_out = std::any_of(fields.begin(), fields.end(), is_opt_out);
        for (const merge::PlannedField& field : fields) {
            if (field.side != side || (opts_out && !is_opt_out(field))) continue;
            made.in_flight.write.fields.set(field.field, field.after);
            made.in_flight.before.set(field.field, field.before);
            auto& reason = reasons[field.field];
            reason["rule"] = field.rule;
            reason["cause"] = merge::to_string(field.reason) +
                              (field.detail.empty() ? std::string{} : ": " + field.detail);
            reason["winner"] = winner_of(field, org_.model.documents().names);
            if (field.lost) reason["lost"] = encode(*field.lost);
            reason["stamps"] = stamps_of(plan);
            if (field.from) reason["from"] = encode(*field.from);
            std::vector<std::string> kinds = brake_kinds(field, org_.model.documents().names);
            for (const std::string& kind : kinds) {
                if (std::find(made.kinds.begin(), made.kinds.end(), kind) == made.kinds.end())
                    made.kinds.push_back(kind);
            }
            if (!kinds.empty()) made.field_kinds.emplace(field.field, std::move(kinds));
        }
        if (made.in_flight.write.fields.empty()) continue;
        made.in_flight.entity = plan.entity.id;
        made.in_flight.side = side;
        made.in_flight.write.kind = WriteKind::Update;
        made.in_flight.write.id = *plan.records[side];
        made.in_flight.reasons = reasons.dump();
        plan.writes.push_back(std::move(made));
    }
}

/// A create is keyed, and an upsert by a key that another person's record holds would overwrite
/// that person: then nothing is created, and people can ask why.
Status Planner::add_creates(EntityPlan& plan) {
    for (const merge::PlannedCreate& create : plan.decision.creates) {
        auto holders = org_.store.with_key(org_.name, create.side, create.object, create.key_field,
                                           create.key_value);
        if (!holders) return std::move(holders).error();
        const bool is_taken =
            std::any_of(holders->begin(), holders->end(), [&](const std::string& key) {
                const SeenRow* row = cache_.get(create.side, {create.object, key});
                return row != nullptr && !row->deleted;
            });
        if (is_taken) {
            plan.decision.state = merge::State::Waiting;
            plan.decision.reason = "its " + create.key_field +
                                   " is already held by another record of " +
                                   org_.model.documents().names[create.side];
            continue;
        }
        PlannedWrite made;
        made.entity_kind = plan.entity.kind;
        made.kinds = {"create"};
        made.cap_per_cycle = create.cap_per_cycle;
        made.in_flight.entity = plan.entity.id;
        made.in_flight.side = create.side;
        Write& write = made.in_flight.write;
        write.kind = WriteKind::Create;
        write.id.object = create.object;
        write.fields = create.fields;
        write.key_field = create.key_field;
        write.key_value = create.key_value;
        nlohmann::json whole{{"rule", "create"},
                             {"cause", "the create rule is true and nobody matches"},
                             {"stamps", stamps_of(plan)}};
        for (const auto& [rule, halves] : create.agreed)
            whole["agreed"][rule] = {{"crm", encode(halves.crm)},
                                     {"marketing", encode(halves.marketing)}};
        made.in_flight.reasons = nlohmann::json{{"", std::move(whole)}}.dump();
        plan.writes.push_back(std::move(made));
    }
    return Done{};
}

void Planner::add_memberships_writes(EntityPlan& plan) {
    for (const merge::PlannedMembership& change : plan.decision.memberships) {
        const document::ListRule& rule = org_.model.documents().lists[change.rule];
        const ListObjects& lists = org_.model.lists(rule.side);
        PlannedWrite made;
        made.entity_kind = plan.entity.kind;
        if (!change.sets_status) made.list = rule.list;
        made.in_flight.entity = plan.entity.id;
        made.in_flight.side = rule.side;
        Write& write = made.in_flight.write;
        std::string name = "list " + rule.list;
        if (change.sets_status) {
            set_status(lists, change, rule, made.in_flight);
            name = "member status " + rule.list;
        } else if (change.join) {
            write = joining(lists, *plan.records[rule.side], change.list_id, &rule);
        } else {
            write.id.object = lists.membership->name;
            write.kind = WriteKind::Delete;
            write.id.key = change.membership_id;
            made.kinds = {"leave_list"};
        }
        made.in_flight.reasons = nlohmann::json{{"",
                                                 {{"rule", name},
                                                  {"list", made.list},
                                                  {"stamps", stamps_of(plan)},
                                                  {"cause", change.cause}}}}
                                     .dump();
        plan.writes.push_back(std::move(made));
    }
}

}  // namespace duet::sync
