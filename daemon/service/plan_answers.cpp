#include "daemon/service/plan_answers.h"

#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"

namespace duet::service {
namespace {

using nlohmann::json;
using sync::Pause;

constexpr const char* kPlannedVerbs[] = {"create", "update", "delete"};
constexpr const char* kWhat[] = {"org", "side", "object"};

Error unclear(std::string message) {
    return {ErrorKind::Rejected, std::move(message), "DUET-6070", "", {}};
}

}  // namespace

json to_json(const store::Held& held) {
    return {{"kind", held.kind},   {"count", held.count},        {"limit", held.limit},
            {"cycle", held.cycle}, {"since", shown(held.since)}, {"released", held.released}};
}

json to_json(const std::vector<sync::Alarm>& alarms) {
    json rows = json::array();
    for (const sync::Alarm& alarm : alarms) {
        rows.push_back({{"code", alarm.code},
                        {"count", alarm.count},
                        {"limit", alarm.limit},
                        {"cycle", alarm.cycle},
                        {"since", shown(alarm.since)},
                        {"sentence", sync::sentence(alarm)}});
    }
    return rows;
}

json to_json(const sync::Pauses& pauses, const SideNames& names) {
    json rows = json::array();
    for (const Pause& pause : pauses.all()) {
        rows.push_back({{"what", kWhat[static_cast<int>(pause.what)]},
                        {"system", pause.what == Pause::What::Org ? "" : names[pause.side]},
                        {"object", pause.object},
                        {"pull", pause.pulls_too},
                        {"since", shown(pause.since)},
                        {"by", pause.by},
                        {"because", pause.because},
                        {"sentence", sync::sentence(pause, names)}});
    }
    return rows;
}

json to_json(const sync::Applied& applied, const sync::Plan& plan) {
    std::map<std::string, std::int64_t> counts;
    json lines = json::array();
    for (std::size_t i = 0; i < applied.outcomes.size() && i < plan.lines.size(); ++i) {
        const sync::Outcome& outcome = applied.outcomes[i];
        const sync::PlannedWrite& planned = plan.lines[i].write;
        const Write& write = planned.in_flight.write;
        ++counts[sync::to_string(outcome.fate)];
        lines.push_back({{"line", i + 1},
                         {"entity", fmt::format("duet-{}", planned.in_flight.entity)},
                         {"what", kPlannedVerbs[static_cast<int>(write.kind)]},
                         {"system", plan.names[planned.in_flight.side]},
                         {"object", write.id.object},
                         {"record", write.id.key},
                         {"list", planned.list},
                         {"fate", sync::to_string(outcome.fate)},
                         {"why", outcome.why}});
    }
    json held = json::array();
    for (const store::Held& row : applied.held) held.push_back(to_json(row));
    return {{"org", plan.org},         {"cycle", applied.cycle},
            {"counts", counts},        {"lines", std::move(lines)},
            {"held", std::move(held)}, {"alarms", to_json(applied.alarms)}};
}

Status add_stops(store::Store& store, const std::string& org, const SideNames& names,
                 json& answer) {
    auto pauses = sync::Pauses::load(store, org);
    if (!pauses) return std::move(pauses).error();
    answer["paused"] = to_json(*pauses, names);
    auto alarms = sync::load_alarms(store, org);
    if (!alarms) return std::move(alarms).error();
    answer["alarms"] = to_json(*alarms);
    auto held = store.held(org);
    if (!held) return std::move(held).error();
    answer["held"] = json::array();
    for (const store::Held& row : *held) answer["held"].push_back(to_json(row));
    return Done{};
}

Result<json> brake_json(store::Store& store, const OrgConfig& org) {
    const std::string& name = org.name;
    auto held = store.held(name);
    if (!held) return std::move(held).error();
    auto alarms = sync::load_alarms(store, name);
    if (!alarms) return std::move(alarms).error();
    json kinds = json::array();
    for (const auto& [kind, limit] : org.cycle.brake) {
        json one{{"kind", kind},
                 {"count", limit.count},
                 {"percent", limit.share * 100},
                 {"alarm_only", kind == "opt_out"}};
        for (const store::Held& row : *held) {
            if (row.kind == kind) one["held"] = to_json(row);
        }
        kinds.push_back(std::move(one));
    }
    return json{{"org", name}, {"kinds", std::move(kinds)}, {"alarms", to_json(*alarms)}};
}

Result<Pause> what_to_pause(const std::string& what, const std::string& org, const SideNames& names,
                            const sync::Model* model) {
    Pause pause;
    if (what.empty() || what == org) return pause;
    for (const Side side : kSides) {
        if (what != names[side] && what != (side == Side::Crm ? "crm" : "marketing")) continue;
        pause.what = Pause::What::Side;
        pause.side = side;
        return pause;
    }
    const auto point = what.find('.');
    const std::string system = point == std::string::npos ? "" : what.substr(0, point);
    const std::string object = point == std::string::npos ? what : what.substr(point + 1);
    std::vector<std::string> known;
    int found = 0;
    if (model != nullptr) {
        for (const sync::ObjectModel& one : model->objects()) {
            known.push_back(one.info->name);
            if (!same_name(one.info->name, object)) continue;
            if (!system.empty() && system != names[one.side]) continue;
            pause.what = Pause::What::Object;
            pause.side = one.side;
            pause.object = one.info->name;
            ++found;
        }
    }
    if (found == 1) return pause;
    if (found > 1) {
        return unclear("Both sides have an object \"" + object + "\": say " + names.crm + "." +
                       object + " or " + names.marketing + "." + object + ".");
    }
    const std::string near = nearest_name(object, known);
    return unclear("\"" + what + "\" is neither the org, nor a side (" + names.crm + ", " +
                   names.marketing + "), nor an object that its documents read." +
                   (near.empty() ? "" : " Did you mean \"" + near + "\"?"));
}

}  // namespace duet::service
