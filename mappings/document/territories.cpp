#include "mappings/document/territories.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/actions.h"
#include "mappings/document/codes.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"
#include "mappings/formula/unicode.h"
#include "mappings/text.h"

namespace duet::document {
namespace {

Territory read_territory(const Node& item, const Context& context) {
    MapReader map(item, "a territory", context.findings);
    Territory territory;
    territory.place = item.place();
    const auto name = map.required_name("name");
    if (name && is_rule_name(*map.find("name"), *name, context.findings)) territory.name = *name;
    for (const MeasureWords& words : kMeasures) {
        const Node* held = map.find(words.of_territory);
        if (held == nullptr) continue;
        for (const std::string& one : text_list(*held, words.of_territory, context.findings)) {
            std::string text = as_compared(words.measure, one);
            if (text.empty()) {
                context.findings.add(*held, kAbsent,
                                     fmt::format("\"{}\" is no {}", one, words.of_territory));
                continue;
            }
            territory.holds[words.measure].push_back(std::move(text));
        }
    }
    if (const Node* owner = map.find("owner"))
        territory.owner = scalar_name(*owner, "owner", context.findings).value_or("");
    if (const Node* members = map.find("round_robin"))
        territory.round_robin = read_members(*members, context);
    const bool has_owner = map.find("owner") != nullptr;
    if (map.is_map() && has_owner == (map.find("round_robin") != nullptr)) {
        context.findings.add(item, has_owner ? kContradiction : kMissing,
                             "a territory needs one of owner and round_robin");
    }
    const bool is_named = std::any_of(
        kMeasures.begin(), kMeasures.end(),
        [&](const MeasureWords& words) { return map.find(words.of_territory) != nullptr; });
    if (map.is_map() && !is_named) {
        context.findings.add(item, kMissing,
                             "a territory needs a country, region, postal_prefix or industry",
                             "who is in none gets an owner by the next rule");
    }
    map.finish();
    return territory;
}

/// What nobody is asked for puts nobody into a territory, and the other way round.
void check_measures(const Node& node, MapReader& map, const TerritoryTable& table,
                    const Context& context) {
    for (const MeasureWords& words : kMeasures) {
        const auto user = std::find_if(
            table.table.begin(), table.table.end(),
            [&](const Territory& territory) { return territory.holds.contains(words.measure); });
        const bool is_asked = map.find(words.of_person) != nullptr;
        if (is_asked && user == table.table.end()) {
            context.findings.add(map.key_node(words.of_person), kAbsent,
                                 fmt::format("\"{}\" has no effect here: no territory has a {}",
                                             words.of_person, words.of_territory),
                                 "remove it");
        } else if (!is_asked && user != table.table.end()) {
            context.findings.add(user->place, 1, kAbsent,
                                 fmt::format("{} tells nothing: {} says of nobody what it is",
                                             words.of_territory, at_line(node.place())),
                                 fmt::format("add \"{}\", a formula", words.of_person));
        }
    }
}

void refuse_twins(const Node& list, const TerritoryTable& table, const Context& context) {
    for (std::size_t i = 0; i < table.table.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const Territory& one = table.table[i];
            const Territory& earlier = table.table[j];
            if (!one.name.empty() && same_name(one.name, earlier.name)) {
                context.findings.add(list.items[i], kDefinedTwice,
                                     fmt::format("there is a territory \"{}\" already", one.name));
            } else if (!one.holds.empty() && one.holds == earlier.holds) {
                context.findings.add(
                    list.items[i], kDefinedTwice,
                    fmt::format("nobody comes here: \"{}\" holds the same", earlier.name),
                    "give one of them several owners with round_robin");
            }
        }
    }
}

}  // namespace

std::string as_compared(Measure measure, std::string_view text) {
    std::string made = formula::to_lower(trimmed(text), {});
    if (measure == Measure::PostalPrefix)
        std::erase_if(made, [](char c) { return c == ' ' || c == '-'; });
    return made;
}

std::shared_ptr<const TerritoryTable> read_territories(const Node& node, const Context& context) {
    MapReader map(node, "\"territories\"", context.findings);
    auto table = std::make_shared<TerritoryTable>();
    const EntityScope scope(context, EntityKind::Person);
    for (const MeasureWords& words : kMeasures) {
        const Node* formula = map.find(words.of_person);
        if (formula == nullptr) continue;
        if (auto rule = compile_rule(*formula, scope, {FieldType::Text}, context.findings))
            table->by.emplace(words.measure, std::move(*rule));
    }
    if (const Node* list = map.require("table")) {
        for (const Node& item : list_items(*list, "table", context.findings))
            table->table.push_back(read_territory(item, context));
        refuse_twins(*list, *table, context);
        check_measures(node, map, *table, context);
    }
    map.finish();
    return table;
}

}  // namespace duet::document
