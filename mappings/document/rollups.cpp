#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/entity.h"
#include "mappings/document/paths.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

const std::vector<Word<RollupFunction>>& function_words() {
    static const std::vector<Word<RollupFunction>> words{
        {"COUNT", RollupFunction::Count}, {"SUM", RollupFunction::Sum},
        {"MIN", RollupFunction::Min},     {"MAX", RollupFunction::Max},
        {"FIRST", RollupFunction::First}, {"LAST", RollupFunction::Last}};
    return words;
}

bool is_numeric(FieldType type) noexcept {
    return type == FieldType::Number || type == FieldType::Currency || type == FieldType::Percent;
}

bool is_ordered(RollupFunction function) noexcept {
    return function == RollupFunction::First || function == RollupFunction::Last;
}

bool has_order(FieldType type) noexcept {
    return is_numeric(type) || type == FieldType::Date || type == FieldType::DateTime;
}

bool can_be_rolled_up(RollupFunction function, FieldType type) noexcept {
    if (is_ordered(function)) return true;
    return function == RollupFunction::Sum ? is_numeric(type) : has_order(type);
}

/// First and Last need what tells which child that is; nothing else has it.
void check_order(MapReader& map, const Rollup& rollup, const Context& context) {
    const Node* node = map.find("order_by");
    if (!is_ordered(rollup.function)) {
        if (node != nullptr) {
            context.findings.add(map.key_node("order_by"), kContradiction,
                                 "only FIRST and LAST have an order", "remove \"order_by\"");
        }
        return;
    }
    if (node == nullptr) {
        if (map.is_map()) {
            context.findings.add(map.node(), kMissing, "FIRST and LAST need the key \"order_by\"",
                                 "for example: order_by: CreatedDate");
        }
        return;
    }
    const FieldInfo* field = known_field(node->place(), node->length(), rollup.side, rollup.of,
                                         rollup.order_by, context);
    if (field == nullptr || has_order(field->type)) return;
    context.findings.add(*node, kRuleType,
                         fmt::format("\"{}\" is a {}, by which nothing comes first", field->name,
                                     to_string(field->type)));
}

/// All but Count need a field, of a fitting type; Count has none.
void check_field(MapReader& map, const Rollup& rollup, const Context& context) {
    const Node* node = map.find("field");
    if (rollup.function == RollupFunction::Count) {
        if (node != nullptr) {
            context.findings.add(map.key_node("field"), kContradiction,
                                 "COUNT counts records and reads no field",
                                 "remove \"field\"; count filled ones with where: "
                                 "NOT(ISBLANK(...))");
        }
        return;
    }
    if (node == nullptr) {
        if (map.is_map()) {
            context.findings.add(map.node(), kMissing,
                                 "every function but COUNT needs the key \"field\"");
        }
        return;
    }
    const FieldInfo* field =
        known_field(node->place(), node->length(), rollup.side, rollup.of, rollup.field, context);
    if (field == nullptr || can_be_rolled_up(rollup.function, field->type)) return;
    context.findings.add(
        *node, kRuleType,
        fmt::format("\"{}\" is a {}, which {} cannot work on", field->name, to_string(field->type),
                    rollup.function == RollupFunction::Sum ? "SUM" : "MIN or MAX"));
}

/// With the orgs: some object of the entity has children of this kind by `via`.
void check_via(MapReader& map, const Rollup& rollup, const EntityOutline& outline,
               const Context& context) {
    const ObjectInfo* child = context.object(rollup.side, rollup.of);
    if (child == nullptr) return;
    const Catalog& catalog = (*context.catalogs)[rollup.side];
    std::vector<std::string> targets;
    std::vector<std::string> known;
    for (const std::string& name : outline.objects[rollup.side]) {
        const ObjectInfo* own = catalog.find(name);
        if (own == nullptr) return;
        known.push_back(own->name);
        for (const FieldInfo& field : own->fields) {
            if (!field.relationship.empty()) known.push_back(field.relationship);
        }
        for (const ObjectInfo* parent : via_parents(catalog, *own, rollup.via)) {
            if (!references_to(*child, *parent).empty()) return;
            targets.push_back(parent->name);
        }
    }
    const Node& at = map.key_node(rollup.via.empty() ? "of" : "via");
    if (targets.empty()) {
        context.findings.add(at, kUnknownName,
                             fmt::format("\"{}\" is no relationship of {}", rollup.via,
                                         one_of(outline.objects[rollup.side])),
                             did_you_mean(rollup.via, known));
        return;
    }
    context.findings.add(
        at, kUnknownName,
        fmt::format("{} has no field that refers to {}", child->name, one_of(targets)),
        rollup.via.empty() ? "name the parent that it refers to with \"via\"" : "");
}

std::optional<Rollup> read_rollup(const Node& item, const EntityOutline& outline,
                                  const Context& context) {
    MapReader map(item, "a rollup", context.findings);
    Rollup rollup;
    rollup.place = item.place();
    rollup.name = map.required_name("name").value_or("");
    const Node* of = map.require("of");
    const auto child = of == nullptr ? std::nullopt : read_object(*of, "of", context);
    if (child) {
        rollup.side = child->side;
        rollup.of = child->object;
    }
    rollup.via = map.text("via").value_or("");
    const bool has_function = map.require("function") != nullptr;
    const auto function = map.choice("function", function_words());
    rollup.function = function.value_or(RollupFunction::Count);
    rollup.field = map.text("field").value_or("");
    rollup.order_by = map.text("order_by").value_or("");
    if (const Node* where = map.find("where"); where != nullptr && child) {
        rollup.where = compile_condition(*where, ObjectScope(context, rollup.side, rollup.of),
                                         context.findings);
        if (!rollup.where) return std::nullopt;
    }
    if (child && has_function && function) {
        check_field(map, rollup, context);
        check_order(map, rollup, context);
    }
    if (child) check_via(map, rollup, outline, context);
    map.finish();
    if (rollup.name.empty() || !child || !function) return std::nullopt;
    return rollup;
}

}  // namespace

std::vector<Rollup> read_rollups(const Node& node, const EntityOutline& outline,
                                 const Context& context) {
    std::vector<Rollup> rollups;
    for (const Node& item : list_items(node, "rollups", context.findings)) {
        if (auto rollup = read_rollup(item, outline, context)) {
            rollups.push_back(std::move(*rollup));
        }
    }
    return rollups;
}

}  // namespace duet::document
