#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/lifecycle_report.h"
#include "daemon/service/story.h"
#include "daemon/sync/erase.h"
#include "mappings/validation/validation.h"

namespace duet::service {
namespace {

using nlohmann::json;
using store::EntityId;

constexpr std::size_t kHistoryRows = 10'000;

json undecided(const sync::EntityPlan& plan, std::string_view field) {
    auto fields = json::array();
    for (const merge::LeftAlone& left : plan.decision.left_alone) {
        if (!field.empty() && !same_name(left.rule, field)) continue;
        json one{{"rule", left.rule}, {"reason", merge::to_string(left.reason)}};
        if (!left.detail.empty()) one["detail"] = left.detail;
        fields.push_back(std::move(one));
    }
    return fields;
}

json broken_rules(const sync::EntityPlan& plan) {
    auto rules = json::array();
    for (const merge::BrokenRule& rule : plan.decision.broken) {
        const bool whole = rule.hold == document::Hold::Record;
        rules.push_back({{"rule", rule.name},
                         {"object", rule.object},
                         {"severity", rule.holds() ? "quarantine" : "warn"},
                         {"holds", !rule.holds() ? "nothing"
                                   : whole       ? "record"
                                                 : "fields"},
                         {"fields", rule.fields},
                         {"failed", !rule.failure.empty()},
                         {"message", rule.message},
                         {"sentence", validation::sentence(rule)}});
    }
    return rules;
}

Result<json> explain_one(sync::Org& org, EntityId id, const Question& question) {
    sync::Planner planner(org, {true, true}, org.clock.now());
    auto plan = planner.plan(id);
    if (!plan) return std::move(plan).error();
    json answer{{"entity", fmt::format("duet-{}", id)},
                {"kind", to_string(plan->entity.kind)},
                {"stage", plan->entity.stage},
                {"stage_since", shown(plan->entity.stage_since)},
                {"state", plan->in_doubt ? "waiting" : merge::to_string(plan->decision.state)},
                {"reason", plan->in_doubt ? "a write of it is in doubt" : plan->decision.reason},
                {"warnings", plan->decision.warnings},
                {"validations", broken_rules(*plan)},
                {"next_change", plan->entity.timer ? shown(*plan->entity.timer) : ""}};
    if (plan->standing && plan->entity.kind == EntityKind::Person) {
        answer["stages"] = stages_json(plan->standing->history.rows);
        auto& refused = answer["refused_events"] = json::array();
        for (const lifecycle::Refused& event : plan->standing->history.refused)
            refused.push_back({{"from", event.from},
                               {"to", event.to},
                               {"at", format_instant(event.at)},
                               {"event", event.event},
                               {"record", event.record},
                               {"why", event.why}});
    }
    for (const Side side : kSides) {
        if (plan->records[side]) {
            answer["records"][org.system(side)] = {{"object", plan->records[side]->object},
                                                   {"record", plan->records[side]->key}};
        }
    }
    auto planned = json::array();
    for (const sync::PlannedWrite& write : plan->writes)
        planned.push_back(to_json(write, org.model.documents().names));
    answer["planned"] = std::move(planned);
    answer["left_alone"] = undecided(*plan, question.field);
    if (auto added = add_story(org, id, question, answer); !added) return std::move(added).error();
    if (question.at) {
        if (auto added = add_then(org, id, question, answer); !added)
            return std::move(added).error();
    }
    if (auto added = add_not_done(org, *plan, question, answer); !added)
        return std::move(added).error();
    return answer;
}

}  // namespace

Result<std::vector<EntityId>> find_entities(sync::Org& org, std::string_view who) {
    std::vector<EntityId> found;
    const auto add = [&](const std::optional<EntityId>& id) {
        if (id && std::find(found.begin(), found.end(), *id) == found.end()) found.push_back(*id);
    };
    if (who.starts_with("duet-")) {
        const auto number = Decimal::parse(who.substr(5));
        const auto id = number ? number->to_int64() : std::nullopt;
        auto entity = id ? org.store.entity(org.name, *id)
                         : Result<std::optional<store::Entity>>{std::optional<store::Entity>{}};
        if (!entity) return std::move(entity).error();
        if (*entity) found.push_back(*id);
        return found;
    }
    for (const sync::ObjectModel& object : org.model.objects()) {
        if (object.entity == nullptr) continue;
        auto by_key =
            org.store.entity_of(org.name, object.side, {object.info->name, std::string(who)});
        if (!by_key) return std::move(by_key).error();
        add(*by_key);
        for (const std::string& field : object.keys) {
            auto keys = org.store.with_key(org.name, object.side, object.info->name, field, who);
            if (!keys) return std::move(keys).error();
            for (const std::string& key : *keys) {
                auto entity = org.store.entity_of(org.name, object.side, {object.info->name, key});
                if (!entity) return std::move(entity).error();
                add(*entity);
            }
        }
    }
    return found;
}

Result<json> history(const sync::Org& org, store::CycleId cycle) {
    auto audit = org.store.audit_of_cycle(org.name, cycle, kHistoryRows);
    if (!audit) return std::move(audit).error();
    auto rows = json::array();
    for (const store::AuditRow& row : *audit)
        rows.push_back(audit_json(row, org.model.documents().names));
    return json{{"org", org.name}, {"cycle", cycle}, {"rows", std::move(rows)}};
}

Result<json> explain(sync::Org& org, std::string_view who, const Question& question) {
    auto found = find_entities(org, who);
    if (!found) return std::move(found).error();
    if (found->empty()) {
        auto erased = sync::is_erased(org, who);
        if (!erased) return std::move(erased).error();
        if (*erased != 0)
            return Error{ErrorKind::Rejected,
                         "This person was erased: what either side says of them is left out. Let "
                         "them come again with: duet erase --readmit",
                         "DUET-6014",
                         "",
                         {}};
        return nobody_known();
    }
    auto entities = json::array();
    for (const EntityId id : *found) {
        auto one = explain_one(org, id, question);
        if (!one) return std::move(one).error();
        entities.push_back(std::move(*one));
    }
    json answer{{"org", org.name}, {"entities", std::move(entities)}};
    if (question.at) answer["at"] = shown(*question.at);
    return answer;
}

}  // namespace duet::service
