#include "daemon/sync/plan_text.h"

#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace duet::sync {
namespace {

using nlohmann::json;

constexpr const char* kPlanVerbs[] = {"create", "update", "delete"};

std::string shown(const Value& value) { return is_blank(value) ? "(blank)" : display(value); }

std::string plural(std::int64_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string what_of(const store::InFlight& flight, const SideNames& names) {
    return fmt::format("{} {} {}", kPlanVerbs[static_cast<int>(flight.write.kind)],
                       names[flight.side], flight.write.id.object);
}

/// "[rule phone; winner salesforce; the other side did not change]", or nothing.
std::string why_of(const json& reasons, const std::string& field) {
    const auto reason = reasons.find(field);
    if (reason == reasons.end() || !reason->is_object()) return {};
    std::string text = "rule " + reason->value("rule", "");
    if (const std::string winner = reason->value("winner", ""); !winner.empty())
        text += "; winner " + winner;
    text += "; " + reason->value("cause", "");
    if (const auto lost = decode(reason->value("lost", "")); lost && !is_blank(*lost))
        text += "; lost " + display(*lost);
    return "  [" + text + "]";
}

void add_line(const PlanLine& line, const SideNames& names, std::string& out) {
    const store::InFlight& flight = line.write.in_flight;
    const Write& write = flight.write;
    out += fmt::format(
        "{} {} (duet-{}{})\n", what_of(flight, names),
        write.id.key.empty() ? write.key_field + "=" + write.key_value : write.id.key,
        flight.entity, line.write.list.empty() ? "" : ", list \"" + line.write.list + "\"");
    json reasons = json::parse(flight.reasons, nullptr, false);
    if (!reasons.is_object()) reasons = json::object();
    for (const auto& [field, after] : write.fields) {
        out += fmt::format("  {}: {} -> {}{}\n", field, shown(flight.before.get(field)),
                           shown(after), why_of(reasons, field));
    }
    if (const std::string whole = why_of(reasons, ""); !whole.empty()) out += whole + "\n";
    if (!line.waits.empty()) out += "  waits: " + line.waits + "\n";
}

void add_totals(const Plan& plan, std::string& out) {
    std::map<std::string, std::int64_t> totals;
    for (const PlanLine& line : plan.lines) ++totals[what_of(line.write.in_flight, plan.names)];
    out +=
        fmt::format("{}Plan of org {} by documents {}: {}.\n", out.empty() ? "" : "\n", plan.org,
                    plan.documents, plural(static_cast<std::int64_t>(plan.lines.size()), "write"));
    for (const auto& [what, count] : totals) out += fmt::format("  {:>7}  {}\n", count, what);
    out += "cost:";
    for (const Side side : kSides) {
        out += fmt::format("{} {} {} for {}", side == Side::Crm ? "" : ",", plan.names[side],
                           plural(plan.cost[side].calls, "call"),
                           plural(plan.cost[side].writes, "write"));
    }
    out += "\n";
}

void add_rejections(const Plan& plan, std::string& out) {
    if (plan.rejections.empty()) return;
    out += "would be refused:\n";
    for (const Foreseen& found : plan.rejections) {
        out += fmt::format("  duet-{}", found.entity);
        for (const std::string* part : {&found.system, &found.object, &found.rejection.field}) {
            if (!part->empty()) out += " " + *part;
        }
        out += fmt::format(": {}: {}\n", found.rejection.kind, found.rejection.message);
    }
}

void add_left(const Plan& plan, std::string& out) {
    if (!plan.left_aside.empty()) out += "left alone:\n";
    for (const LeftAside& left : plan.left_aside) {
        out += fmt::format("  {:>7}  {}:", left.count, left.reason);
        const char* comma = "";
        for (const auto& [entity, why] : left.samples) {
            out += fmt::format("{} duet-{}{}", comma, entity, why.empty() ? "" : " (" + why + ")");
            comma = ",";
        }
        if (left.count > static_cast<std::int64_t>(left.samples.size())) out += ", ...";
        out += "\n";
    }
    const auto add_counts = [&](const char* title, const auto& counts) {
        if (counts.empty()) return;
        out += std::string(title) + "\n";
        for (const auto& [what, count] : counts) out += fmt::format("  {:>7}  {}\n", count, what);
    };
    add_counts("fields left as they are:", plan.fields_kept);
    add_counts("not looked at, since nothing of them changed:", plan.not_looked);
}

}  // namespace

std::string plan_text(const Plan& plan) {
    std::string out;
    for (const PlanLine& line : plan.lines) add_line(line, plan.names, out);
    add_totals(plan, out);
    add_rejections(plan, out);
    add_left(plan, out);
    for (const std::string& warning : plan.warnings) out += "warning: " + warning + "\n";
    out += "Nothing was written.\n";
    return out;
}

}  // namespace duet::sync
