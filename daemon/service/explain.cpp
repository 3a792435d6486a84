#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "mappings/validation/validation.h"

namespace duet::service {
namespace {

using nlohmann::json;
using store::EntityId;

constexpr std::size_t kAuditRows = 200;
constexpr std::size_t kHistoryRows = 10'000;

std::string sentence(const store::AuditRow& row, const SideNames& names) {
    const std::string where = names[row.side] + " " + row.record.object + " " + row.record.key;
    const std::string when = shown(row.at);
    const auto value = [](const Value& held) {
        return is_blank(held) ? std::string("blank") : "\"" + display(held) + "\"";
    };
    if (row.rule.starts_with("consent ")) {
        return fmt::format("{}: {} (rule \"{}\", documents {}).", when, row.cause,
                           row.rule.substr(std::string_view("consent ").size()), row.documents);
    }
    if (row.field.empty()) {
        const bool is_list = row.rule.starts_with("list ");
        if (is_list) {
            return fmt::format("{}: {} list {} because {} (cycle {}, documents {}).", when,
                               row.kind == WriteKind::Delete ? "left" : "joined", value(row.after),
                               row.cause, row.cycle, row.documents);
        }
        return fmt::format("{}: {} {} because {} (cycle {}, documents {}).", when,
                           row.kind == WriteKind::Delete ? "deleted" : "created", where, row.cause,
                           row.cycle, row.documents);
    }
    return fmt::format(
        "{}: {} of {} was set from {} to {} by rule \"{}\": {} (cycle {}, documents {}).", when,
        row.field, where, value(row.before), value(row.after), row.rule, row.cause, row.cycle,
        row.documents);
}

json audit_json(const store::AuditRow& row, const SideNames& names) {
    return {{"at", shown(row.at)},
            {"cycle", row.cycle},
            {"entity", fmt::format("duet-{}", row.entity)},
            {"system", names[row.side]},
            {"object", row.record.object},
            {"record", row.record.key},
            {"field", row.field},
            {"before", display(row.before)},
            {"after", display(row.after)},
            {"rule", row.rule},
            {"cause", row.cause},
            {"documents", row.documents},
            {"deleted", row.kind == WriteKind::Delete},
            {"sentence", sentence(row, names)}};
}

Status add_story(sync::Org& org, EntityId id, std::string_view field, json& answer) {
    auto audit = org.store.audit_of(org.name, id, kAuditRows);
    if (!audit) return std::move(audit).error();
    auto story = json::array();
    for (const store::AuditRow& row : *audit) {
        const bool is_asked = field.empty() || same_name(row.field, field) ||
                              same_name(row.rule, field) ||
                              same_name(row.rule, "consent " + std::string(field));
        if (!is_asked) continue;
        story.push_back(audit_json(row, org.model.documents().names));
    }
    answer["story"] = std::move(story);
    auto quarantine = org.store.quarantine_of(org.name, id);
    if (!quarantine) return std::move(quarantine).error();
    auto aside = json::array();
    for (const store::Quarantined& row : *quarantine) {
        aside.push_back({{"system", org.system(row.side)},
                         {"code", row.code},
                         {"remote_code", row.remote_code},
                         {"message", row.message},
                         {"attempts", row.attempts},
                         {"retry_at", shown(row.retry_at)}});
    }
    answer["put_aside"] = std::move(aside);
    return Done{};
}

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

Result<json> explain_one(sync::Org& org, EntityId id, std::string_view field) {
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
    answer["left_alone"] = undecided(*plan, field);
    if (auto added = add_story(org, id, field, answer); !added) return std::move(added).error();
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

Result<json> explain(sync::Org& org, std::string_view who, std::string_view field) {
    auto found = find_entities(org, who);
    if (!found) return std::move(found).error();
    if (found->empty()) {
        return Error{ErrorKind::Rejected,
                     "Nobody is known by that name. Give an address, a record's id or an entity's "
                     "name (duet-17).",
                     "DUET-6010",
                     "",
                     {}};
    }
    auto entities = json::array();
    for (const EntityId id : *found) {
        auto one = explain_one(org, id, field);
        if (!one) return std::move(one).error();
        entities.push_back(std::move(*one));
    }
    return json{{"org", org.name}, {"entities", std::move(entities)}};
}

}  // namespace duet::service
