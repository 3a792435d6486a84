#include "daemon/service/answers.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/plan_answers.h"
#include "daemon/store/maintenance.h"
#include "daemon/sync/put_aside.h"

namespace duet::service {
namespace {

using nlohmann::json;

constexpr const char* kVerbs[] = {"create", "update", "delete"};

json error_json(const std::optional<Error>& error) {
    if (!error) return nullptr;
    return {{"kind", to_string(error->kind)},
            {"code", error->code},
            {"remote_code", error->remote_code},
            {"message", error->message}};
}

/// Since when all that was seen of an object is known to be as it is there.
json compare_json(const store::Comparison& compared, Instant now) {
    static constexpr const char* kPhases[] = {"none", "reading", "asking"};
    json answer{{"agreed_at", shown(compared.agreed_at)},
                {"phase", kPhases[static_cast<int>(compared.phase)]},
                {"told", compared.told},
                {"found", compared.found},
                {"found_before", compared.last_found}};
    if (compared.agreed_at != Instant{}) {
        answer["agreed_seconds_ago"] =
            std::chrono::duration_cast<std::chrono::seconds>(now - compared.agreed_at).count();
    }
    return answer;
}

/// What is put aside, by cause, and who catches up after a restore.
Status add_put_aside(const sync::Org& org, json& answer) {
    auto counts = org.store.quarantine_counts(org.name);
    if (!counts) return std::move(counts).error();
    std::int64_t waiting = 0;
    std::int64_t dropped = 0;
    auto causes = json::object();
    auto frozen = json::array();
    for (const auto& [name, count] : *counts) {
        waiting += count.waiting;
        dropped += count.dropped;
        causes[name] = count.waiting + count.dropped;
        if (name.find(sync::kFrozenCode) == std::string::npos) continue;
        auto cause = org.store.cause(org.name, name);
        if (!cause) return std::move(cause).error();
        if (*cause) frozen.push_back((*cause)->message);
    }
    answer["quarantine"] = waiting;
    answer["dropped"] = dropped;
    answer["quarantine_causes"] = std::move(causes);
    answer["frozen"] = std::move(frozen);
    auto restored = org.store.fact(org.name, store::kRestoredFact);
    if (!restored) return std::move(restored).error();
    answer["catching_up"] = !restored->empty();
    return Done{};
}

Status add_objects(const sync::Org& org, json& answer) {
    auto counts = org.store.seen_counts(org.name);
    if (!counts) return std::move(counts).error();
    auto objects = json::array();
    for (const sync::ObjectModel& object : org.model.objects()) {
        auto state = org.store.object_state(org.name, object.side, object.info->name);
        if (!state) return std::move(state).error();
        auto compared = org.store.comparison(org.name, object.side, object.info->name);
        if (!compared) return std::move(compared).error();
        const auto rows = counts->find({object.side, object.info->name});
        objects.push_back(
            {{"system", org.system(object.side)},
             {"object", object.info->name},
             {"rows", rows == counts->end() ? 0 : rows->second},
             {"loaded", state->backfilled},
             {"high_water", state->high_water ? format_instant(*state->high_water) : ""},
             {"read_at", shown(state->read_at)},
             {"compare", compare_json(*compared, org.clock.now())}});
    }
    answer["objects"] = std::move(objects);
    return Done{};
}

Status add_entities(const sync::Org& org, json& answer) {
    auto entities = json::object();
    for (const auto& document : org.model.documents().entities) {
        auto states = org.store.entity_states(org.name, document.entity);
        if (!states) return std::move(states).error();
        entities[to_string(document.entity)] = *states;
    }
    answer["entities"] = std::move(entities);
    auto stages = org.store.stage_counts(org.name);
    if (!stages) return std::move(stages).error();
    answer["stages"] = *stages;
    return Done{};
}

/// Every validation of the documents, also one that nothing breaks: a zero is an answer.
Status add_validations(const sync::Org& org, json& answer) {
    auto counts = org.store.broken_counts(org.name);
    if (!counts) return std::move(counts).error();
    auto rules = json::object();
    for (const auto& document : org.model.documents().entities) {
        for (const document::Validation& rule : document.validations) {
            const bool warns = rule.severity == document::Severity::Warn;
            auto& one = rules[rule.name];
            one = {{"entity", to_string(document.entity)},
                   {"severity", warns ? "warn" : "quarantine"}};
            for (const char* outcome : {"warned", "held", "failed"})
                one[outcome] = (*counts)[rule.name][outcome];
        }
    }
    answer["validations"] = std::move(rules);
    return Done{};
}

/// How many live memberships each list of one side has, by its name.
Status count_members(const sync::Org& org, Side side, std::map<std::string, std::int64_t>& found) {
    const sync::ListObjects& lists = org.model.lists(side);
    if (lists.list == nullptr || lists.membership == nullptr) return Done{};
    std::map<std::string, std::string> names;
    auto read =
        org.store.each_seen(org.name, side, lists.list->name, [&](const store::SeenRow& row) {
            const std::string* name = as_text(row.record.fields.get(lists.name_field));
            if (name == nullptr || row.deleted) return true;
            names.emplace(row.record.id.key, *name);
            found[*name];
            return true;
        });
    if (!read) return read;
    return org.store.each_seen(
        org.name, side, lists.membership->name, [&](const store::SeenRow& row) {
            const std::string* list = as_text(row.record.fields.get(lists.list_field));
            const auto name = list == nullptr ? names.end() : names.find(*list);
            if (name != names.end() && !row.deleted) ++found[name->second];
            return true;
        });
}

Status add_lists(const sync::Org& org, json& answer) {
    if (org.model.documents().lists.empty()) return Done{};
    PerSide<std::map<std::string, std::int64_t>> members;
    for (const Side side : kSides) {
        if (auto counted = count_members(org, side, members[side]); !counted) return counted;
    }
    auto shown_lists = json::object();
    for (const auto& rule : org.model.documents().lists) {
        const auto found = members[rule.side].find(rule.list);
        if (found != members[rule.side].end()) shown_lists[rule.list] = found->second;
    }
    answer["lists"] = std::move(shown_lists);
    return Done{};
}

}  // namespace

Error nobody_known() {
    return {ErrorKind::Rejected, "Nobody is known by that name.", "DUET-6010", "", {}};
}

int exit_code_of(const Error& error) noexcept {
    constexpr const char* kOpenSecret = "DUET-3102";  // a secret's file: a matter of configuration
    const std::string_view code = error.code;
    if (code.starts_with("DUET-1") || code.starts_with("DUET-2") || code == kOpenSecret) return 78;
    if (error.kind == ErrorKind::Rejected) return 1;
    return error.kind == ErrorKind::Broken ? 70 : 75;
}

ErrorKind error_kind(std::string_view name) noexcept {
    for (const ErrorKind kind :
         {ErrorKind::Transient, ErrorKind::RateLimited, ErrorKind::Unauthenticated,
          ErrorKind::InDoubt, ErrorKind::Broken}) {
        if (name == to_string(kind)) return kind;
    }
    return ErrorKind::Rejected;
}

int exit_code_of_report(const json& report) {
    int code = 0;
    const auto sides = report.find("sides");
    if (sides == report.end()) return code;
    for (const json& side : *sides) {
        for (const char* key : {"error", "send_error"}) {
            const auto error = side.find(key);
            if (error == side.end() || !error->is_object()) continue;
            const int own = exit_code_of(
                {error_kind(error->value("kind", "")), "", error->value("code", ""), "", {}});
            code = code == 0 ? own : std::min(code, own);
        }
    }
    return code;
}

std::string shown(Instant time) {
    if (time == Instant{}) return "";
    return format_instant(std::chrono::floor<std::chrono::milliseconds>(time));
}

json to_json(const sync::PlannedWrite& planned, const SideNames& names) {
    const Write& write = planned.in_flight.write;
    json answer{{"what", kVerbs[static_cast<int>(write.kind)]},
                {"system", names[planned.in_flight.side]},
                {"object", write.id.object},
                {"record", write.id.key},
                {"entity", fmt::format("duet-{}", planned.in_flight.entity)}};
    if (!write.key_value.empty()) answer["key"] = write.key_value;
    if (!planned.list.empty()) answer["list"] = planned.list;
    if (!planned.kinds.empty()) answer["brake_kinds"] = planned.kinds;
    const auto reasons = json::parse(planned.in_flight.reasons, nullptr, false);
    auto fields = json::array();
    for (const auto& [field, after] : write.fields) {
        json one{{"field", field},
                 {"before", display(planned.in_flight.before.get(field))},
                 {"after", display(after)}};
        auto reason = reasons.find(field);
        if (reason == reasons.end()) reason = reasons.find("");
        if (reason != reasons.end()) {
            one["rule"] = reason->value("rule", "");
            one["cause"] = reason->value("cause", "");
        }
        fields.push_back(std::move(one));
    }
    answer["fields"] = std::move(fields);
    if (const auto whole = reasons.find(""); whole != reasons.end()) {
        answer["rule"] = whole->value("rule", "");
        answer["cause"] = whole->value("cause", "");
    }
    answer["text"] = sync::describe(planned, names);
    return answer;
}

json to_json(const store::CycleRow& row) {
    return {{"cycle", row.id},
            {"started", shown(row.started)},
            {"ended", shown(row.ended)},
            {"trigger", row.trigger},
            {"pulled", row.pulled},
            {"repeats", row.repeats},
            {"echoes", row.echoes},
            {"unchanged", row.unchanged},
            {"planned", row.planned},
            {"filtered", row.filtered},
            {"quarantined", row.quarantined},
            {"waiting", row.waiting},
            {"written", row.written},
            {"error", row.error}};
}

json to_json(const sync::CycleReport& report, const SideNames& names) {
    json answer = to_json(report.counts);
    answer["refused"] = report.sent.refused;
    answer["later"] = report.sent.later;
    answer["in_doubt"] = report.sent.in_doubt;
    answer["not_sent"] = report.sent.not_sent;
    answer["still_dirty"] = report.still_dirty;
    answer["loading"] = report.is_loading;
    answer["drifts"] = json::array();
    for (const sync::Drift& drift : report.drifts)
        answer["drifts"].push_back(
            {{"system", drift.system}, {"object", drift.object}, {"found", drift.found}});
    answer["warnings"] = report.warnings;
    auto held = json::array();
    for (const store::Held& row : report.held) held.push_back(to_json(row));
    answer["held"] = std::move(held);
    answer["alarms"] = to_json(report.alarms);
    for (const Side side : kSides) {
        answer["sides"][names[side]] = {{"ready", report.observed[side].ready},
                                        {"error", error_json(report.observed[side].error)},
                                        {"send_error", error_json(report.sent.closed[side])}};
    }
    return answer;
}

Result<json> status_of(const sync::Org& org) {
    json answer{{"org", org.name}, {"documents", org.model.documents().version}};
    auto mode = org.store.mode(org.name);
    if (!mode) return std::move(mode).error();
    answer["mode"] = store::to_string(*mode);
    if (auto added = add_objects(org, answer); !added) return std::move(added).error();
    if (auto added = add_entities(org, answer); !added) return std::move(added).error();
    if (auto added = add_validations(org, answer); !added) return std::move(added).error();
    if (auto added = add_lists(org, answer); !added) return std::move(added).error();
    auto dirty = org.store.dirty_count(org.name);
    if (!dirty) return std::move(dirty).error();
    answer["dirty"] = *dirty;
    auto in_flight = org.store.in_flight(org.name);
    if (!in_flight) return std::move(in_flight).error();
    answer["in_flight"] = in_flight->size();
    if (auto added = add_put_aside(org, answer); !added) return std::move(added).error();
    if (auto added = add_stops(org.store, org.name, org.model.documents().names, answer); !added)
        return std::move(added).error();
    auto cycles = org.store.cycles(org.name, 1);
    if (!cycles) return std::move(cycles).error();
    answer["last_cycle"] = cycles->empty() ? json{} : to_json(cycles->front());
    for (const Side side : kSides) {
        const Budget budget = org.connectors[side]->budget();
        json one{{"calls_made", budget.calls_made}};
        if (budget.used_today) one["used_today"] = *budget.used_today;
        if (budget.limit_per_day) one["limit_per_day"] = *budget.limit_per_day;
        answer["api"][org.system(side)] = std::move(one);
    }
    return answer;
}

}  // namespace duet::service
