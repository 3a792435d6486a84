#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/entity.h"
#include "mappings/document/field_values.h"
#include "mappings/document/refs.h"
#include "mappings/document/results.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

const std::vector<Word<BlankRule>>& blank_words() {
    static const std::vector<Word<BlankRule>> words{{"keep", BlankRule::Keep},
                                                    {"propagate", BlankRule::Propagate},
                                                    {"fill_only", BlankRule::FillOnly}};
    return words;
}

std::optional<Direction> read_direction(MapReader& map, const Context& context) {
    return map.choice<Direction>("direction",
                                 {{"both", Direction::Both},
                                  {"to_" + context.names.crm, Direction::ToCrm},
                                  {"to_" + context.names.marketing, Direction::ToMarketing}});
}

/// The directions that a computed value can take are those of the sides it names.
Direction computed_direction(MapReader& map, std::optional<Direction> written,
                             const Context& context) {
    const bool crm = map.find(context.names.crm) != nullptr;
    const bool marketing = map.find(context.names.marketing) != nullptr;
    const Direction implied = crm && marketing ? Direction::Both
                              : crm            ? Direction::ToCrm
                                               : Direction::ToMarketing;
    if (written && *written != implied && (crm || marketing)) {
        context.findings.add(
            map.key_node("direction"), kContradiction,
            "a computed value goes to the sides that the rule names, and direction says otherwise",
            "remove \"direction\", or name the side that the value goes to");
    } else if (!written && crm && marketing) {
        context.findings.add(map.node(), kMissing,
                             "a computed value for both sides needs \"direction\"",
                             "add direction: both, or name one side only");
    }
    return implied;
}

void refuse_lone_side(MapReader& map, bool computed, const Context& context) {
    for (const Side side : kSides) {
        if (!map.is_map() || map.find(context.names[side]) != nullptr) continue;
        if (computed && map.find(context.names[other(side)]) != nullptr) continue;
        context.findings.add(map.node(), kMissing,
                             fmt::format("a field rule needs a field of {}", context.names[side]),
                             "only a rule with \"value\" may name one side alone");
        if (computed) return;  // names neither side: said once
    }
}

void refuse_idle_keys(MapReader& map, const FieldRule& rule, bool computed,
                      const Context& context) {
    const auto refuse = [&](const char* key, const char* why) {
        if (map.find(key) == nullptr) return;
        context.findings.add(map.key_node(key), kContradiction,
                             fmt::format("\"{}\" has no effect here: {}", key, why));
    };
    if (computed) {
        refuse("winner", "a computed value always wins");
        refuse("consent", "a computed value never writes consent");
        refuse("map", "write CASE or IF into the formula");
        refuse("unmapped", "there is no map");
        refuse("compare", "a computed value is compared as it is");
        return;
    }
    if (rule.consent == Consent::None) return;
    for (const char* key :
         {"map", "default", "unmapped", "too_long", "unparsable", "unknown_option", "compare"}) {
        refuse(key, "consent is true or false");
    }
    refuse("winner", "true on either side wins");
    refuse("blank", "a blank consent field counts as false");
    if (rule.direction != Direction::Both) {
        context.findings.add(map.key_node("direction"), kContradiction, "consent travels both ways",
                             "remove \"direction\"");
    }
}

void read_consents(MapReader& map, FieldRule& rule, const EntityOutline& outline,
                   const Context& context) {
    for (const Side side : kSides) {
        const Node* node = map.find(context.names[side]);
        if (node == nullptr) continue;
        rule.consents[side] = read_consent_fields(*node, side, outline, context);
        if (!rule.consents[side].empty()) rule.fields[side] = rule.consents[side].front().field;
    }
}

std::string default_name(const FieldRule& rule) {
    const FieldRef& ref = rule.fields.marketing.empty() ? rule.fields.crm : rule.fields.marketing;
    if (!ref.path.empty()) return ref.path;
    return ref.by_object.empty() ? std::string() : ref.by_object.front().second;
}

FieldRule read_field(const Node& item, const EntityOutline& outline, const Context& context) {
    MapReader map(item, "a field rule", context.findings);
    FieldRule rule;
    rule.place = item.place();
    rule.consent =
        map.choice<Consent>("consent", {{"strictest", Consent::Strictest}}).value_or(Consent::None);
    if (rule.consent != Consent::None) {
        read_consents(map, rule, outline, context);
    } else {
        for (const Side side : kSides) {
            const Node* node = map.find(context.names[side]);
            if (node != nullptr) rule.fields[side] = read_ref(*node, side, outline, context);
        }
    }
    const auto direction = read_direction(map, context);
    rule.direction = direction.value_or(Direction::Both);
    rule.winner = map.choice<Winner>("winner", {{context.names.crm, Winner::Crm},
                                                {context.names.marketing, Winner::Marketing},
                                                {"most_recent", Winner::MostRecent}})
                      .value_or(Winner::Crm);
    rule.blank = map.choice("blank", blank_words()).value_or(BlankRule::Keep);
    const Node* value = map.find("value");
    if (value != nullptr)
        rule.value = compile_rule(*value, EntityScope(context, outline.entity), context.findings);
    if (value != nullptr && rule.value) check_results(*value, rule, outline, context);
    read_constant(map, rule, context);
    const bool is_computed = value != nullptr || rule.constant;
    if (is_computed) rule.direction = computed_direction(map, direction, context);
    refuse_lone_side(map, is_computed, context);
    refuse_idle_keys(map, rule, is_computed, context);
    read_value_keys(map, rule, context);
    check_given_texts(map.node(), rule, outline, context);
    rule.name = map.text("name").value_or("");
    if (rule.name.empty()) rule.name = default_name(rule);
    map.finish();
    return rule;
}

}  // namespace

std::vector<FieldRule> read_fields(const Node& node, const EntityOutline& outline,
                                   const Context& context) {
    std::vector<FieldRule> rules;
    for (const Node& item : list_items(node, "fields", context.findings)) {
        FieldRule rule = read_field(item, outline, context);
        if (!rule.fields.crm.empty() || !rule.fields.marketing.empty()) {
            rules.push_back(std::move(rule));
        }
    }
    return rules;
}

}  // namespace duet::document
