#include "daemon/trial/expectations.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "daemon/trial/expected_actions.h"
#include "daemon/trial/expected_history.h"
#include "daemon/trial/outcome.h"
#include "mappings/document/behaviour.h"
#include "mappings/document/codes.h"
#include "mappings/document/lifecycle.h"
#include "mappings/document/queue.h"
#include "mappings/document/rfm.h"
#include "mappings/document/scope.h"
#include "mappings/document/scoring.h"

namespace duet::trial {
namespace {

/// What a person is told of a decision that goes on: rules that failed, validations that only warn.
std::vector<std::string> warnings_of(const merge::Decision& decision) {
    auto warnings = decision.warnings;
    for (const merge::BrokenRule& broken : decision.broken) {
        if (!broken.holds()) warnings.push_back(broken.message);
    }
    return warnings;
}

using document::Findings;
using document::MapReader;
using document::Node;

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
    return all.empty() ? "none" : all;
}

/// What the plan decided as a whole, for people who expected something else.
std::string state_reason(const Outcome& outcome) {
    const merge::Decision& decision = outcome.plan.decision;
    std::string why = merge::to_string(decision.state);
    if (!decision.reason.empty()) why += ": " + decision.reason;
    return why;
}

bool is_none(const Node& node) { return node.kind == Node::Kind::Scalar && node.text == "none"; }

class Reader {
public:
    Reader(const Situation& situation, const sync::Model& model, Findings& findings)
        : situation_(situation), model_(model), findings_(findings) {}

    std::optional<Expectation> read(const Node& node) {
        MapReader map(node, "an expectation", findings_);
        if (!map.is_map()) return std::nullopt;
        const Node* of = map.require("of");
        const auto record = of == nullptr ? std::nullopt : find_record(*of, situation_, findings_);
        if (!record) return std::nullopt;
        const GivenRecord& given = situation_.records[*record];
        const auto* object = model_.find(given.side, given.record.id.object);
        if (object == nullptr || object->entity == nullptr) {
            findings_.add(*of, document::kNotAllowed,
                          fmt::format("no document describes {}: nothing is decided about it",
                                      given.record.id.object));
            return std::nullopt;
        }
        entity_ = object->entity;
        made_.record = *record;
        read_state(map);
        read_fields(map);
        read_facts(map);
        read_lists(map);
        read_actions(map);
        map.finish();
        if (made_.checks.empty() && findings_.empty())
            findings_.add(node, document::kMissing, "an expectation expects something");
        return std::move(made_);
    }

private:
    using Ask = std::function<std::optional<Miss>(Outcome&)>;

    void add(const Node& node, std::string what, Ask ask) {
        made_.checks.push_back({node.place(), node.length(), std::move(what), std::move(ask)});
    }

    /// The whole text, or a part of it, must be as the document says.
    void add_text(const Node& node, const std::string& what, bool is_part,
                  std::function<std::string(Outcome&)> get) {
        const std::string wanted = node.text;
        add(node, what, [=, get = std::move(get)](Outcome& outcome) -> std::optional<Miss> {
            const std::string got = get(outcome);
            const bool holds = is_part ? got.find(wanted) != std::string::npos : got == wanted;
            if (holds) return std::nullopt;
            return Miss{wanted, got.empty() ? "(none)" : got, state_reason(outcome)};
        });
    }

    const Node* scalar(MapReader& map, const char* key) {
        const Node* node = map.find(key);
        if (node == nullptr || !document::scalar_text(*node, key, findings_)) return nullptr;
        return node;
    }

    void read_state(MapReader& map) {
        static const std::vector<document::Word<int>> kStates{
            {"clean", 0}, {"planned", 0}, {"filtered", 0}, {"quarantined", 0}, {"waiting", 0}};
        if (const Node* node = map.find("state"); node != nullptr && map.choice("state", kStates)) {
            add_text(*node, "state", false, [](Outcome& outcome) -> std::string {
                return merge::to_string(outcome.plan.decision.state);
            });
        }
        if (const Node* node = scalar(map, "reason"))
            add_text(*node, "reason", true,
                     [](Outcome& outcome) { return outcome.plan.decision.reason; });
        if (const Node* node = scalar(map, "stage")) {
            check_name(*node, "stage", stage_names());
            add_text(*node, "stage", false,
                     [](Outcome& outcome) { return outcome.plan.decision.stage; });
        }
        if (const Node* node = scalar(map, "quarantine")) {
            std::vector<std::string> names;
            for (const auto& validation : entity_->validations) names.push_back(validation.name);
            check_name(*node, "validation", names);
            add_text(*node, "the validation that puts it aside", false,
                     [](Outcome& outcome) { return outcome.plan.decision.validation; });
        }
        if (const Node* node = scalar(map, "next_change")) {
            const std::string wanted = node->text;
            add(*node, "next change", [wanted](Outcome& outcome) -> std::optional<Miss> {
                const auto& next = outcome.plan.decision.next_change;
                if (next ? says(wanted, Value{*next}) : wanted == "never") return std::nullopt;
                return Miss{wanted, next ? format_instant(*next) : "never", {}};
            });
        }
        if (const Node* node = map.find("warnings")) read_warnings(*node);
        if (const Node* node = map.find("records")) read_records(*node);
    }

    std::vector<std::string> stage_names() const {
        std::vector<std::string> names;
        for (const auto& stage : model_.documents().stages) names.push_back(stage.name);
        if (const auto& lifecycle = model_.documents().lifecycle) {
            for (const auto& [name, place] : lifecycle->stage_places) names.push_back(name);
        }
        return names;
    }

    void check_name(const Node& node, const char* what, const std::vector<std::string>& names) {
        if (std::find(names.begin(), names.end(), node.text) != names.end()) return;
        findings_.add(node, document::kUnknownName,
                      fmt::format("there is no {} \"{}\"", what, node.text),
                      document::did_you_mean(node.text, names));
    }

    void read_warnings(const Node& node) {
        const auto& items = document::list_items(node, "warnings", findings_);
        if (node.kind == Node::Kind::List && items.empty()) {
            add(node, "warnings", [](Outcome& outcome) -> std::optional<Miss> {
                const auto warnings = warnings_of(outcome.plan.decision);
                if (warnings.empty()) return std::nullopt;
                return Miss{"none", joined(warnings), {}};
            });
        }
        for (const Node& item : items) {
            add_text(item, "warnings", true,
                     [](Outcome& outcome) { return joined(warnings_of(outcome.plan.decision)); });
        }
    }

    /// Which records are one: all live ones of the entity.
    void read_records(const Node& node) {
        std::vector<std::string> wanted;
        for (const Node& item : document::list_items(node, "records", findings_)) {
            if (const auto at = find_record(item, situation_, findings_))
                wanted.push_back(situation_.records[*at].record.id.key);
        }
        std::sort(wanted.begin(), wanted.end());
        add(node, "the records that are one", [wanted](Outcome& outcome) -> std::optional<Miss> {
            std::vector<std::string> got;
            for (const Side side : kSides) {
                if (outcome.plan.records[side]) got.push_back(outcome.plan.records[side]->key);
            }
            std::sort(got.begin(), got.end());
            if (got == wanted) return std::nullopt;
            return Miss{joined(wanted), joined(got), state_reason(outcome)};
        });
    }

    // --- fields ---------------------------------------------------------------------------------

    void read_fields(MapReader& map) {
        if (const Node* node = map.find("values")) {
            MapReader sides(*node, "the expected values", findings_);
            for (const Side side : kSides) {
                if (const Node* fields = sides.find(names()[side]))
                    each_field(*fields, side, "", &value_after);
            }
            sides.finish();
        }
        if (const Node* node = map.find("writes")) read_writes(*node, map.key_node("writes"));
        if (const Node* node = map.find("creates")) read_creates(*node, map.key_node("creates"));
        if (const Node* node = map.find("why")) read_why(*node);
    }

    const SideNames& names() const { return model_.documents().names; }

    const FieldInfo* field_of(const Node& key, Side side) {
        std::vector<std::string> known;
        for (const std::string& name : entity_->objects[side]) {
            const ObjectInfo* object = model_.catalogs()[side].find(name);
            if (object == nullptr) continue;
            if (const FieldInfo* field = object->find(key.text)) return field;
            for (const FieldInfo& field : object->fields) known.push_back(field.name);
        }
        findings_.add(
            key, document::kUnknownName,
            fmt::format("{} has no field \"{}\" on such a record", names()[side], key.text),
            document::did_you_mean(key.text, known));
        return nullptr;
    }

    using Get = std::optional<Value> (*)(const Outcome&, Side, std::string_view);

    /// Checks each field of a map; the names that it holds, in the catalog's spelling.
    std::vector<std::string> each_field(const Node& node, Side side, const std::string& prefix,
                                        Get get) {
        std::vector<std::string> fields;
        const MapReader map(node, "the expected fields of " + names()[side], findings_);
        if (!map.is_map()) return fields;
        for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
            const FieldInfo* field = field_of(node.keys[i], side);
            if (field == nullptr) continue;
            fields.push_back(field->name);
            auto wanted = read_value(node.items[i], *field, findings_);
            if (!wanted) continue;
            const Node& place =
                node.items[i].kind == Node::Kind::Null ? node.keys[i] : node.items[i];
            add(place, prefix + names()[side] + " " + field->name,
                [side, get, name = field->name,
                 wanted = std::move(*wanted)](Outcome& outcome) -> std::optional<Miss> {
                    const auto got = get(outcome, side, name);
                    if (got && *got == wanted) return std::nullopt;
                    std::string why = reason_for(outcome, side, name);
                    if (why.empty()) why = state_reason(outcome);
                    return Miss{shown_value(wanted), got ? shown_value(*got) : "(nothing)",
                                std::move(why)};
                });
        }
        return fields;
    }

    static std::optional<Value> written(const Outcome& outcome, Side side, std::string_view field) {
        for (const merge::PlannedField* write : writes_on(outcome, side)) {
            if (same_name(write->field, field)) return write->after;
        }
        return std::nullopt;
    }

    static std::optional<Value> created(const Outcome& outcome, Side side, std::string_view field) {
        const Write* create = find_create(outcome, side);
        if (create == nullptr) return std::nullopt;
        return create->fields.get(field);
    }

    /// Exactly these: a side or a field that is not named is not written.
    void read_writes(const Node& node, const Node& key) {
        if (is_none(node)) {
            add(node, "writes", [](Outcome& outcome) -> std::optional<Miss> {
                if (outcome.plan.writes.empty()) return std::nullopt;
                std::string all;
                for (const auto& write : outcome.plan.writes)
                    all += sync::describe(write, outcome.org.model.documents().names);
                while (all.ends_with("\n")) all.pop_back();
                return Miss{"none", all, {}};
            });
            return;
        }
        MapReader sides(node, "the expected writes", findings_);
        for (const Side side : kSides) {
            const Node* fields = sides.find(names()[side]);
            std::vector<std::string> named;
            if (fields != nullptr) named = each_field(*fields, side, "write of ", &written);
            add(fields == nullptr ? key : sides.key_node(names()[side]),
                "writes to " + names()[side],
                [side, named](Outcome& outcome) -> std::optional<Miss> {
                    for (const merge::PlannedField* write : writes_on(outcome, side)) {
                        if (std::find(named.begin(), named.end(), write->field) != named.end())
                            continue;
                        return Miss{
                            "no other write",
                            fmt::format("{}: {} -> {}", write->field, shown_value(write->before),
                                        shown_value(write->after)),
                            reason_for(outcome, side, write->field)};
                    }
                    return std::nullopt;
                });
        }
        sides.finish();
    }

    void read_creates(const Node& node, const Node& key) {
        std::optional<MapReader> sides;
        if (!is_none(node)) sides.emplace(node, "the expected creates", findings_);
        for (const Side side : kSides) {
            const Node* fields = sides ? sides->find(names()[side]) : nullptr;
            const bool is_wanted = fields != nullptr;
            add(is_wanted ? sides->key_node(names()[side]) : key, "create in " + names()[side],
                [side, is_wanted](Outcome& outcome) -> std::optional<Miss> {
                    const Write* create = find_create(outcome, side);
                    if ((create != nullptr) == is_wanted) return std::nullopt;
                    return Miss{is_wanted ? "a new record" : "no new record",
                                create == nullptr ? "no new record" : "a new " + create->id.object,
                                state_reason(outcome)};
                });
            if (is_wanted) each_field(*fields, side, "new record in ", &created);
        }
        if (sides) sides->finish();
    }

    void read_why(const Node& node) {
        const MapReader map(node, "the expected reasons", findings_);
        if (!map.is_map()) return;
        std::vector<std::string> rules;
        for (const auto& rule : entity_->fields) rules.push_back(rule.name);
        for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
            check_name(node.keys[i], "field rule", rules);
            add_text(node.items[i], "why of \"" + node.keys[i].text + "\"", true,
                     [rule = node.keys[i].text](Outcome& outcome) {
                         return reason_of_rule(outcome, rule);
                     });
        }
    }

    // --- rollups, attribution, lists
    // --------------------------------------------------------------

    void read_facts(MapReader& map) {
        std::vector<std::string> rollups;
        for (const auto& rollup : entity_->rollups) rollups.push_back(rollup.name);
        if (const Node* node = map.find("rollups")) each_fact(*node, "Rollup", rollups);
        std::vector<std::string> attributions;
        for (const auto& attribution : model_.documents().attributions) {
            for (const document::AttributionFact& fact : document::kAttributionFacts) {
                if (fact.entity == entity_->entity)
                    attributions.push_back(attribution.name + std::string(fact.ending));
            }
        }
        if (const Node* node = map.find("attribution"))
            each_fact(*node, "Attribution", attributions);
        std::vector<std::string> timers;
        for (const auto& timer : model_.documents().timers) {
            for (const document::TimerFact& fact : document::kTimerFacts)
                timers.push_back(timer.name + std::string(fact.ending));
        }
        if (const Node* node = map.find("timers")) each_fact(*node, "Timer", timers);
        std::vector<std::string> scores;
        for (const document::ScoreFact& fact : document::kScoreFacts) {
            if (fact.entity == entity_->entity) scores.emplace_back(fact.name);
        }
        if (const Node* node = map.find("scores")) each_fact(*node, "Score", scores);
        std::vector<std::string> expected;
        for (const document::BehaviourFact& fact : document::kBehaviourFacts) {
            if (fact.entity == entity_->entity) expected.emplace_back(fact.name);
        }
        if (const Node* node = map.find("behaviour")) each_fact(*node, "Behaviour", expected);
        std::vector<std::string> bought;
        for (const document::RfmFact& fact : document::kRfmFacts) bought.emplace_back(fact.name);
        if (const Node* node = map.find("rfm")) each_fact(*node, "Rfm", bought);
        std::vector<std::string> places;
        for (const document::QueueFact& fact : document::kQueueFacts)
            places.emplace_back(fact.name);
        if (const Node* node = map.find("queue")) each_fact(*node, "Queue", places);
    }

    void each_fact(const Node& node, const std::string& kind,
                   const std::vector<std::string>& names) {
        const MapReader map(node, "the expected " + kind + " values", findings_);
        if (!map.is_map()) return;
        for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
            const std::string path = kind + "." + node.keys[i].text;
            check_name(node.keys[i], kind.c_str(), names);
            const Node& item = node.items[i];
            const Node& place = item.kind == Node::Kind::Null ? node.keys[i] : item;
            add(place, path, [path, wanted = item.text](Outcome& outcome) -> std::optional<Miss> {
                const auto got = outcome.look.value(path);
                const auto* value = std::get_if<Value>(&got);
                if (value == nullptr)
                    return Miss{wanted, "fails: " + std::get<std::string>(got), {}};
                if (says(wanted, *value)) return std::nullopt;
                return Miss{wanted.empty() ? "(blank)" : wanted, shown_value(*value), {}};
            });
        }
    }

    void read_actions(MapReader& map) {
        const auto add_all = [&](std::vector<Check> checks) {
            std::move(checks.begin(), checks.end(), std::back_inserter(made_.checks));
        };
        if (const Node* node = map.find("tasks"))
            add_all(read_expected_tasks(*node, entity_->entity, model_, findings_));
        if (const Node* node = map.find("owner"))
            add_all(read_expected_owner(*node, model_, findings_));
        if (const Node* node = map.find("moves"))
            add_all(read_expected_moves(*node, stage_names(), findings_));
        if (const Node* node = map.find("refused"))
            add_all(read_expected_refusals(*node, findings_));
    }

    /// The lists with rules that the person is on afterwards: exactly these.
    void read_lists(MapReader& map) {
        const Node* node = map.find("lists");
        if (node == nullptr) return;
        std::vector<std::string> known;
        for (const auto& rule : model_.documents().lists) known.push_back(rule.list);
        std::vector<std::string> wanted;
        for (const Node& item : document::list_items(*node, "lists", findings_)) {
            check_name(item, "list rule", known);
            wanted.push_back(item.text);
        }
        std::sort(wanted.begin(), wanted.end());
        add(*node, "lists", [wanted](Outcome& outcome) -> std::optional<Miss> {
            const auto got = lists_after(outcome);
            if (got == wanted) return std::nullopt;
            return Miss{joined(wanted), joined(got), state_reason(outcome)};
        });
    }

    const Situation& situation_;
    const sync::Model& model_;
    Findings& findings_;
    const document::EntityDocument* entity_ = nullptr;
    Expectation made_;
};

}  // namespace

std::optional<Expectation> read_expectation(const Node& node, const Situation& situation,
                                            const sync::Model& model, Findings& findings) {
    return Reader(situation, model, findings).read(node);
}

}  // namespace duet::trial
