#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/entity.h"
#include "mappings/document/paths.h"
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

/// Checks a path on every object it stands for and gives it in the catalog's spelling.
std::string known_path(const Node& node, Side side, const std::vector<std::string>& objects,
                       const Context& context) {
    std::vector<std::string> having;
    std::vector<std::string> lacking;
    std::string spelled = node.text;
    for (const std::string& object : objects) {
        const ObjectInfo* info = context.object(side, object);
        if (info == nullptr) continue;
        const FieldInfo* field = find_path((*context.catalogs)[side], *info, node.text);
        (field == nullptr ? lacking : having).push_back(object);
        // Parents' names stay as written: only the last field has one certain spelling.
        if (field != nullptr && node.text.find('.') == std::string::npos) spelled = field->name;
    }
    if (!having.empty() && !lacking.empty()) {
        context.findings.add(node, kUnknownName,
                             fmt::format("field \"{}\" does not exist on {} in {}", node.text,
                                         one_of(lacking), context.names[side]),
                             fmt::format("say where it does: {}: {{ {}: {} }}", context.names[side],
                                         having.front(), node.text));
    } else if (!lacking.empty()) {
        known_field(node.place(), node.length(), side, lacking.front(), node.text, context);
    }
    return spelled;
}

FieldRef read_ref(const Node& node, Side side, const EntityOutline& outline,
                  const Context& context) {
    FieldRef ref;
    ref.place = node.place();
    const auto& objects = outline.objects[side];
    if (node.kind != Node::Kind::Map) {
        if (scalar_name(node, context.names[side], context.findings)) {
            ref.path = known_path(node, side, objects, context);
        }
        return ref;
    }
    MapReader map(node, fmt::format("\"{}\"", context.names[side]), context.findings);
    if (node.keys.empty()) {
        context.findings.add(node, kMissing,
                             fmt::format("\"{}\" names no field", context.names[side]));
    }
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
        const Node& key = node.keys[i];
        const Node* value = map.find(key.text);
        const auto object =
            std::find_if(objects.begin(), objects.end(),
                         [&](const std::string& name) { return same_name(name, key.text); });
        if (object == objects.end()) {
            context.findings.add(
                key, kUnknownName,
                fmt::format("\"{}\" is no object of this entity in {}", key.text,
                            context.names[side]),
                did_you_mean(key.text, objects, fmt::format("one of {}", one_of(objects))));
            continue;
        }
        if (value == nullptr || !scalar_name(*value, key.text, context.findings)) continue;
        ref.by_object.emplace_back(*object, known_path(*value, side, {*object}, context));
    }
    return ref;
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
        return;
    }
    if (rule.consent == Consent::None) return;
    refuse("winner", "true on either side wins");
    refuse("blank", "a blank consent field counts as false");
    if (rule.direction != Direction::Both) {
        context.findings.add(map.key_node("direction"), kContradiction, "consent travels both ways",
                             "remove \"direction\"");
    }
}

FieldRule read_field(const Node& item, const EntityOutline& outline, const Context& context) {
    MapReader map(item, "a field rule", context.findings);
    FieldRule rule;
    rule.place = item.place();
    for (const Side side : kSides) {
        const Node* node = map.find(context.names[side]);
        if (node != nullptr) rule.fields[side] = read_ref(*node, side, outline, context);
    }
    const auto direction = read_direction(map, context);
    rule.direction = direction.value_or(Direction::Both);
    rule.winner = map.choice<Winner>("winner", {{context.names.crm, Winner::Crm},
                                                {context.names.marketing, Winner::Marketing},
                                                {"most_recent", Winner::MostRecent}})
                      .value_or(Winner::Crm);
    rule.blank = map.choice("blank", blank_words()).value_or(BlankRule::Keep);
    rule.consent =
        map.choice<Consent>("consent", {{"strictest", Consent::Strictest}}).value_or(Consent::None);
    const Node* value = map.find("value");
    if (value != nullptr) {
        rule.value = compile_rule(*value, EntityScope(context, outline.entity), context.findings);
        if (rule.value) check_results(*value, rule, outline, context);
        rule.direction = computed_direction(map, direction, context);
    }
    refuse_lone_side(map, value != nullptr, context);
    refuse_idle_keys(map, rule, value != nullptr, context);
    rule.name = map.text("name").value_or("");
    if (rule.name.empty()) {
        const FieldRef& ref =
            rule.fields.marketing.empty() ? rule.fields.crm : rule.fields.marketing;
        rule.name = !ref.path.empty()        ? ref.path
                    : !ref.by_object.empty() ? ref.by_object.front().second
                                             : std::string();
    }
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
