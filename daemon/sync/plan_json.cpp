#include "daemon/sync/plan_json.h"

#include <cstdlib>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "mappings/document/digest.h"

namespace duet::sync {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "duet-plan";
constexpr const char* kVerbs[] = {"create", "update", "delete"};
constexpr const char* kSideNames[] = {"crm", "marketing"};

std::string name_of(store::EntityId id) { return "duet-" + std::to_string(id); }

std::string checksum_of(json form) {
    form.erase("checksum");
    return document::sha256_hex(form.dump(-1, ' ', false, json::error_handler_t::replace));
}

/// What the reasons of a write say of one field, or of all of it.
json reason_of(const json& reasons, const std::string& field) {
    const auto found = reasons.find(field);
    return found != reasons.end() && found->is_object() ? *found : json::object();
}

json field_json(const store::InFlight& flight, const json& reasons, const std::string& field,
                const Value& after) {
    const Value& before = flight.before.get(field);
    json one = reason_of(reasons, field);
    one["field"] = field;
    one["before"] = display(before);
    one["after"] = display(after);
    one["before_value"] = encode(before);
    one["after_value"] = encode(after);
    return one;
}

json line_json(const PlanLine& line, const SideNames& names) {
    const PlannedWrite& planned = line.write;
    const store::InFlight& flight = planned.in_flight;
    json reasons = json::parse(flight.reasons, nullptr, false);
    if (!reasons.is_object()) reasons = json::object();
    json one = reason_of(reasons, "");
    one["entity"] = name_of(flight.entity);
    one["entity_kind"] = to_string(planned.entity_kind);
    one["what"] = kVerbs[static_cast<int>(flight.write.kind)];
    one["side"] = kSideNames[static_cast<int>(flight.side)];
    one["system"] = names[flight.side];
    one["object"] = flight.write.id.object;
    one["record"] = flight.write.id.key;
    one["key_field"] = flight.write.key_field;
    one["key"] = flight.write.key_value;
    one["list"] = planned.list;
    one["brake_kinds"] = planned.kinds;
    one["cap_per_cycle"] = planned.cap_per_cycle;
    one["waits"] = line.waits;
    one["fields"] = json::array();
    for (const auto& [field, after] : flight.write.fields)
        one["fields"].push_back(field_json(flight, reasons, field, after));
    return one;
}

json left_json(const LeftAside& left) {
    json samples = json::array();
    for (const auto& [entity, why] : left.samples)
        samples.push_back({{"entity", name_of(entity)}, {"why", why}});
    return {{"reason", left.reason}, {"count", left.count}, {"samples", std::move(samples)}};
}

json rejection_json(const Foreseen& found) {
    return {{"entity", name_of(found.entity)}, {"system", found.system},
            {"object", found.object},          {"kind", found.rejection.kind},
            {"field", found.rejection.field},  {"message", found.rejection.message}};
}

// --- reading: what is missing or of another type throws json::exception, which read_plan catches

std::optional<std::size_t> index_of(std::span<const char* const> words, const std::string& word) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (word == words[i]) return i;
    }
    return std::nullopt;
}

store::EntityId entity_of(const json& one) {
    const auto name = one.at("entity").get<std::string>();
    return name.starts_with("duet-") ? std::strtoll(name.c_str() + 5, nullptr, 10) : 0;
}

/// The keys of a reason among those of a line or a field.
json reason_in(const json& one) {
    json reason = json::object();
    for (const char* key : {"rule", "cause", "winner", "lost", "stamps", "from", "agreed"}) {
        if (const auto found = one.find(key); found != one.end()) reason[key] = *found;
    }
    return reason;
}

std::optional<PlanLine> read_line(const json& one) {
    PlanLine line;
    PlannedWrite& planned = line.write;
    store::InFlight& flight = planned.in_flight;
    const auto verb = index_of(kVerbs, one.at("what").get<std::string>());
    const auto side = index_of(kSideNames, one.at("side").get<std::string>());
    flight.entity = entity_of(one);
    if (!verb || !side || flight.entity <= 0) return std::nullopt;
    planned.entity_kind =
        entity_kind(one.at("entity_kind").get<std::string>()).value_or(EntityKind::None);
    flight.side = kSides[*side];
    flight.write.kind = static_cast<WriteKind>(*verb);
    flight.write.id = {one.at("object").get<std::string>(), one.at("record").get<std::string>()};
    flight.write.key_field = one.at("key_field").get<std::string>();
    flight.write.key_value = one.at("key").get<std::string>();
    planned.list = one.at("list").get<std::string>();
    planned.kinds = one.at("brake_kinds").get<std::vector<std::string>>();
    planned.cap_per_cycle = one.at("cap_per_cycle").get<int>();
    line.waits = one.at("waits").get<std::string>();
    json reasons = json::object();
    if (json whole = reason_in(one); !whole.empty()) {
        if (!planned.list.empty()) whole["list"] = planned.list;
        reasons[""] = std::move(whole);
    }
    for (const json& field : one.at("fields")) {
        const auto name = field.at("field").get<std::string>();
        auto after = decode(field.at("after_value").get<std::string>());
        auto before = decode(field.at("before_value").get<std::string>());
        if (!after || !before) return std::nullopt;
        flight.write.fields.set(name, *std::move(after));
        if (flight.write.kind == WriteKind::Update) flight.before.set(name, *std::move(before));
        if (json reason = reason_in(field); !reason.empty()) reasons[name] = std::move(reason);
    }
    flight.reasons = reasons.dump(-1, ' ', false, json::error_handler_t::replace);
    return line;
}

LeftAside read_left(const json& one) {
    LeftAside left{one.at("reason").get<std::string>(), one.at("count").get<std::int64_t>(), {}};
    for (const json& sample : one.at("samples"))
        left.samples.emplace_back(entity_of(sample), sample.at("why").get<std::string>());
    return left;
}

Foreseen read_rejection(const json& one) {
    return {entity_of(one),
            one.at("system").get<std::string>(),
            one.at("object").get<std::string>(),
            {one.at("kind").get<std::string>(), one.at("field").get<std::string>(),
             one.at("message").get<std::string>()}};
}

std::optional<Plan> read_parts(const json& form) {
    Plan plan;
    plan.org = form.at("org").get<std::string>();
    plan.documents = form.at("documents").get<std::string>();
    for (const Side side : kSides) {
        const json& system = form.at("systems").at(kSideNames[static_cast<int>(side)]);
        plan.names[side] = system.at("name").get<std::string>();
        plan.cost[side] = {system.at("writes").get<std::int64_t>(),
                           system.at("calls").get<std::int64_t>()};
    }
    for (const json& one : form.at("writes")) {
        auto line = read_line(one);
        if (!line) return std::nullopt;
        plan.lines.push_back(std::move(*line));
    }
    for (const json& one : form.at("predicted_rejections"))
        plan.rejections.push_back(read_rejection(one));
    for (const json& one : form.at("left_alone")) plan.left_aside.push_back(read_left(one));
    plan.not_looked = form.at("not_looked_at").get<std::map<std::string, std::int64_t>>();
    plan.fields_kept = form.at("fields_left_alone").get<std::map<std::string, std::int64_t>>();
    plan.states = form.at("entities").get<std::map<std::string, std::int64_t>>();
    plan.warnings = form.at("warnings").get<std::vector<std::string>>();
    return plan;
}

Error no_plan() { return rejected("DUET-6060", "That is no plan of Duet's."); }

}  // namespace

json plan_json(const Plan& plan) {
    json form{{"format", kFormat},
              {"version", kPlanFormVersion},
              {"org", plan.org},
              {"documents", plan.documents},
              {"writes", json::array()},
              {"predicted_rejections", json::array()},
              {"left_alone", json::array()},
              {"not_looked_at", plan.not_looked},
              {"fields_left_alone", plan.fields_kept},
              {"entities", plan.states},
              {"warnings", plan.warnings}};
    for (const Side side : kSides) {
        form["systems"][kSideNames[static_cast<int>(side)]] = {{"name", plan.names[side]},
                                                               {"writes", plan.cost[side].writes},
                                                               {"calls", plan.cost[side].calls}};
    }
    for (const PlanLine& line : plan.lines) form["writes"].push_back(line_json(line, plan.names));
    for (const Foreseen& found : plan.rejections)
        form["predicted_rejections"].push_back(rejection_json(found));
    for (const LeftAside& left : plan.left_aside) form["left_alone"].push_back(left_json(left));
    form["checksum"] = checksum_of(form);
    return form;
}

Result<Plan> read_plan(const json& form) {
    if (!form.is_object() || form.value("format", json()) != json(kFormat)) return no_plan();
    if (form.value("version", json()) != json(kPlanFormVersion)) {
        return rejected("DUET-6061",
                        "The plan is of another version of Duet's: this one reads "
                        "version " +
                            std::to_string(kPlanFormVersion) + ".");
    }
    if (form.value("checksum", json()) != json(checksum_of(form))) {
        return rejected("DUET-6062",
                        "The plan is not as Duet wrote it: it was damaged or edited by hand.");
    }
    try {
        auto plan = read_parts(form);
        if (plan) return std::move(*plan);
    } catch (const json::exception&) {
    }
    return no_plan();
}

Result<Plan> parse_plan(std::string_view text) {
    return read_plan(json::parse(text, nullptr, false));
}

}  // namespace duet::sync
