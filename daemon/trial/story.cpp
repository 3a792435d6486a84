#include "daemon/trial/story.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace duet::trial {
namespace {

using nlohmann::json;

std::string shown_value(const Value& value) { return is_blank(value) ? "(blank)" : display(value); }

std::string shown(const std::variant<Value, std::string>& result) {
    if (const auto* why = std::get_if<std::string>(&result)) return "fails: " + *why;
    return shown_value(std::get<Value>(result));
}

class Teller {
public:
    Teller(sync::Org& org, const sync::EntityPlan& plan, const formula::Moment& moment)
        : org_(org),
          plan_(plan),
          decision_(plan.decision),
          documents_(org.model.documents()),
          document_(*documents_.find(plan.entity.kind)),
          look_(org, plan, moment) {}

    Result<json> tell() {
        json story = head();
        story["rules"] = json::array();
        json& rules = story["rules"];
        if (document_.scope) rules.push_back(rule("scope", "", *document_.scope, scope_effect()));
        for (const auto& validation : document_.validations) rules.push_back(told(validation));
        if (plan_.entity.kind == EntityKind::Person) add_stages(rules);
        for (const auto& rollup : document_.rollups) {
            const auto value = look_.value("Rollup." + rollup.name);
            rules.push_back({{"kind", "rollup"}, {"rule", rollup.name}, {"result", shown(value)}});
        }
        if (plan_.entity.kind == EntityKind::Opportunity) {
            for (const auto& attribution : documents_.attributions) {
                rules.push_back(
                    {{"kind", "attribution"},
                     {"rule", attribution.name},
                     {"result", shown(look_.value("Attribution." + attribution.name))}});
            }
        }
        if (plan_.entity.kind == EntityKind::Person) {
            for (const auto& timer : documents_.timers) {
                rules.push_back({{"kind", "timer"},
                                 {"rule", timer.name},
                                 {"result", shown(look_.value("Timer." + timer.name))}});
            }
        }
        for (const auto& field : document_.fields) rules.push_back(told(field));
        for (const auto& create : document_.creates) rules.push_back(told(create));
        if (plan_.entity.kind == EntityKind::Person) {
            if (auto added = add_lists(rules); !added) return std::move(added).error();
        }
        return story;
    }

private:
    json head() {
        json story{
            {"entity", fmt::format("duet-{}", plan_.entity.id)},
            {"kind", to_string(plan_.entity.kind)},
            {"state", merge::to_string(decision_.state)},
            {"reason", decision_.reason},
            {"stage", decision_.stage},
            {"stage_before", plan_.entity.stage},
            {"warnings", decision_.warnings},
            {"next_change", decision_.next_change ? format_instant(*decision_.next_change) : ""},
            {"records", json::object()}};
        for (const Side side : kSides) {
            if (!plan_.records[side]) continue;
            story["records"][org_.system(side)] = {{"object", plan_.records[side]->object},
                                                   {"record", plan_.records[side]->key}};
        }
        return story;
    }

    /// A formula of a rule with what it reads and what it comes to.
    json rule(std::string_view kind, std::string_view name, const document::Rule& rule,
              std::string does) {
        json told{{"kind", kind},
                  {"rule", name},
                  {"formula", rule.formula.text()},
                  {"result", shown(look_.evaluate(rule))},
                  {"does", std::move(does)}};
        json reads = json::object();
        for (const std::string& path : rule.formula.fields())
            reads[path] = shown(look_.value(path));
        if (!reads.empty()) told["reads"] = std::move(reads);
        return told;
    }

    /// Scope and validations come first; when one of them ends the decision, nothing else is done.
    [[nodiscard]] bool is_stopped() const {
        return decision_.state == merge::State::Filtered ||
               decision_.state == merge::State::Quarantined;
    }

    std::string scope_effect() const {
        return decision_.state == merge::State::Filtered ? "leaves the record out"
                                                         : "lets the record in";
    }

    std::string effect_of(const document::Validation& validation) const {
        if (decision_.state == merge::State::Filtered) return "nothing: the record is left out";
        for (const merge::BrokenRule& broken : decision_.broken) {
            if (broken.name != validation.name || broken.side != validation.side) continue;
            if (!broken.holds()) return "warns: " + broken.message;
            const bool whole = broken.hold == document::Hold::Record;
            return (whole ? "puts it aside: " : "holds its fields back: ") + broken.message;
        }
        return "nothing: the record is valid";
    }

    json told(const document::Validation& validation) {
        const Record* record = look_.record(validation.side);
        json told{{"kind", "validation"},
                  {"rule", validation.name},
                  {"formula", validation.error_when.formula.text()}};
        if (record == nullptr || !same_name(validation.object, record->id.object)) {
            told["does"] = "nothing: there is no " + validation.object + " here";
            return told;
        }
        told["does"] = effect_of(validation);
        // Bare names of a rule over the marketing record are not those of the entity's rules.
        if (validation.side == Side::Marketing) return told;
        return rule("validation", validation.name, validation.error_when, told["does"]);
    }

    void add_stages(json& rules) {
        bool is_decided = false;
        for (const auto& stage : documents_.stages) {
            const auto result = look_.evaluate(stage.when);
            const Value* value = std::get_if<Value>(&result);
            const bool holds = value != nullptr && formula::holds(*value);
            std::string does = is_decided ? "nothing: a higher stage is reached" : "nothing";
            if (holds && !is_decided && !is_stopped()) does = "gives the stage";
            is_decided = is_decided || holds;
            rules.push_back(rule("stage", stage.name, stage.when, std::move(does)));
        }
    }

    /// What both sides hold of a field rule.
    json held(const document::FieldRule& field) {
        json sides = json::object();
        for (const Side side : kSides) {
            const Record* record = look_.record(side);
            if (record == nullptr) continue;
            const std::string path{field.fields[side].on(record->id.object)};
            if (path.empty()) continue;
            const std::string prefix = side == Side::Marketing ? "Prospect." : "";
            sides[org_.system(side)] = {{"field", path},
                                        {"value", shown(look_.value(prefix + path))}};
        }
        return sides;
    }

    json told(const document::FieldRule& field) {
        json told = field.value ? rule("field", field.name, *field.value, "")
                                : json{{"kind", "field"}, {"rule", field.name}};
        told["holds"] = held(field);
        std::string does;
        std::string why;
        for (const auto& write : decision_.writes) {
            if (write.rule != field.name) continue;
            does += fmt::format("{}writes {} of {}: {} -> {}", does.empty() ? "" : "; ",
                                write.field, org_.system(write.side), shown_value(write.before),
                                shown_value(write.after));
            why = merge::to_string(write.reason);
        }
        for (const auto& left : decision_.left_alone) {
            if (left.rule != field.name || !does.empty()) continue;
            why = merge::to_string(left.reason);
            if (!left.detail.empty()) why += " (" + left.detail + ")";
        }
        if (why.empty()) why = idle_reason(told["holds"]);
        told["does"] = does.empty() ? "nothing" : does;
        told["why"] = why;
        return told;
    }

    std::string idle_reason(const json& held) const {
        if (is_stopped()) return decision_.reason;
        if (plan_.in_doubt) return "a write of it is in doubt";
        if (decision_.state == merge::State::Waiting) return decision_.reason;
        const bool has_both = look_.record(Side::Crm) && look_.record(Side::Marketing);
        if (!has_both) return "there is no record on the other side";
        return held.size() < 2 ? "it has no field on this kind of record" : "nothing to do";
    }

    json told(const document::CreateRule& create) {
        std::string does = "nothing: there is a record already";
        if (look_.record(create.on) == nullptr) does = "nothing";
        for (const sync::PlannedWrite& write : plan_.writes) {
            if (write.in_flight.write.kind != WriteKind::Create || !write.list.empty() ||
                write.in_flight.side != create.on ||
                !same_name(write.in_flight.write.id.object, create.object)) {
                continue;
            }
            does = fmt::format("creates a {}, found again by {}", create.object, create.key_field);
            std::string fields;
            for (const auto& [name, value] : write.in_flight.write.fields)
                fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", name, display(value));
            does += " (" + fields + ")";
        }
        json told = rule("create", create.object, create.when, std::move(does));
        told["why"] = plan_.decision.reason;
        return told;
    }

    Status add_lists(json& rules) {
        auto on = look_.lists();
        if (!on) return std::move(on).error();
        for (std::size_t index = 0; index < documents_.lists.size(); ++index) {
            const document::ListRule& list = documents_.lists[index];
            const bool is_member = std::binary_search(on->begin(), on->end(), list.list);
            std::string does =
                is_member ? "nothing: stays on the list" : "nothing: stays off the list";
            if (look_.record(Side::Marketing) == nullptr)
                does = "nothing: there is no record in " + org_.system(Side::Marketing);
            for (const auto& change : decision_.memberships) {
                if (change.rule != index) continue;
                does = change.sets_status ? "gets the list's status again"
                       : change.join      ? "joins the list"
                                          : "leaves the list";
            }
            json told = rule("list", list.list, list.member_when, std::move(does));
            if (list.suppress_when) {
                told["suppress_when"] = list.suppress_when->formula.text();
                told["suppressed"] = shown(look_.evaluate(*list.suppress_when));
            }
            rules.push_back(std::move(told));
        }
        return Done{};
    }

    sync::Org& org_;
    const sync::EntityPlan& plan_;
    const merge::Decision& decision_;
    const document::Documents& documents_;
    const document::EntityDocument& document_;
    Look look_;
};

}  // namespace

Result<json> story_of(sync::Org& org, const sync::EntityPlan& plan, const formula::Moment& moment) {
    if (org.model.documents().find(plan.entity.kind) == nullptr) {
        return json{{"entity", fmt::format("duet-{}", plan.entity.id)},
                    {"kind", to_string(plan.entity.kind)},
                    {"state", merge::to_string(plan.decision.state)},
                    {"reason", plan.decision.reason},
                    {"rules", json::array()}};
    }
    return Teller(org, plan, moment).tell();
}

}  // namespace duet::trial
