#include "mappings/document/field_values.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mappings/document/codes.h"

namespace duet::document {
namespace {

const Word<Policy> kTruncate{"truncate", Policy::Truncate};
const Word<Policy> kPass{"pass", Policy::Pass};
const Word<Policy> kDefault{"default", Policy::Default};
const Word<Policy> kKeep{"keep", Policy::Keep};
const Word<Policy> kError{"error", Policy::Error};
const Word<Policy> kQuarantine{"quarantine", Policy::Quarantine};

std::string toward(Side side, const Context& context) { return "to_" + context.names[side]; }

/// Whether the map's keys are directions: `{ to_pardot: ..., to_salesforce: ... }`.
bool is_by_direction(const Node& node, const Context& context) {
    if (node.kind != Node::Kind::Map || node.keys.empty()) return false;
    for (const Node& key : node.keys) {
        if (key.text != toward(Side::Crm, context) && key.text != toward(Side::Marketing, context))
            return false;
    }
    return true;
}

bool may_go(const FieldRule& rule, Side to) noexcept {
    if (rule.direction == Direction::Both) return true;
    return (rule.direction == Direction::ToCrm) == (to == Side::Crm);
}

/// The pairs of one map as they are written; what is wrong with a pair is reported.
std::vector<std::pair<std::string, std::string>> read_pairs(const Node& node,
                                                            const Context& context) {
    std::vector<std::pair<std::string, std::string>> pairs;
    MapReader map(node, "\"map\"", context.findings);
    if (!map.is_map()) return pairs;
    for (const Node& key : node.keys) {
        const auto from = scalar_name(key, "map", context.findings);
        const Node* value = map.find(key.text);
        if (!from || value == nullptr) continue;
        if (const auto to = scalar_name(*value, key.text, context.findings))
            pairs.emplace_back(*from, *to);
    }
    if (pairs.empty() && node.keys.empty())
        context.findings.add(node, kMissing, "\"map\" names no values");
    return pairs;
}

void read_map_toward(const Node& node, Side to, FieldRule& rule, const Context& context) {
    if (!may_go(rule, to)) {
        context.findings.add(node, kContradiction,
                             fmt::format("nothing travels to {} by this rule", context.names[to]));
    }
    for (auto& [from, into] : read_pairs(node, context)) rule.map[to].emplace(from, into);
}

void read_map(MapReader& map, FieldRule& rule, const Context& context) {
    const Node* node = map.find("map");
    if (node == nullptr) return;
    if (is_by_direction(*node, context)) {
        MapReader by_direction(*node, "\"map\"", context.findings);
        for (const Side to : kSides) {
            if (const Node* one = by_direction.find(toward(to, context)))
                read_map_toward(*one, to, rule, context);
        }
        return;
    }
    // The CRM's value comes first; of several that mean the same, the first stands for the way
    // back.
    for (auto& [crm, marketing] : read_pairs(*node, context)) {
        if (may_go(rule, Side::Marketing)) rule.map.marketing.emplace(crm, marketing);
        if (may_go(rule, Side::Crm)) rule.map.crm.emplace(marketing, crm);
    }
}

void read_default(MapReader& map, FieldRule& rule, const Context& context) {
    const Node* node = map.find("default");
    if (node == nullptr) return;
    if (!is_by_direction(*node, context)) {
        const auto word = scalar_name(*node, "default", context.findings);
        if (word) rule.fallback = {*word, *word};
        return;
    }
    MapReader by_direction(*node, "\"default\"", context.findings);
    for (const Side to : kSides) {
        const Node* one = by_direction.find(toward(to, context));
        if (one != nullptr) rule.fallback[to] = scalar_name(*one, "default", context.findings);
    }
}

bool has_default(const FieldRule& rule) noexcept {
    return rule.fallback.crm.has_value() || rule.fallback.marketing.has_value();
}

void read_policies(MapReader& map, FieldRule& rule, const Context& context) {
    const bool is_mapped = map.find("map") != nullptr;
    rule.unmapped = map.choice<Policy>("unmapped", {kPass, kDefault, kKeep, kError, kQuarantine})
                        .value_or(has_default(rule) ? Policy::Default : Policy::Error);
    rule.too_long =
        map.choice<Policy>("too_long", {kTruncate, kDefault, kKeep, kError, kQuarantine})
            .value_or(Policy::Truncate);
    rule.unparsable = map.choice<Policy>("unparsable", {kDefault, kKeep, kError, kQuarantine})
                          .value_or(Policy::Error);
    rule.unknown_option =
        map.choice<Policy>("unknown_option", {kPass, kDefault, kKeep, kError, kQuarantine})
            .value_or(Policy::Error);
    if (!is_mapped && map.find("unmapped") != nullptr) {
        context.findings.add(map.key_node("unmapped"), kContradiction,
                             "\"unmapped\" has no effect here: there is no \"map\"");
    }
    bool is_used = is_mapped && rule.unmapped == Policy::Default;
    for (const char* key : {"unmapped", "too_long", "unparsable", "unknown_option"}) {
        const Node* node = map.find(key);
        if (node == nullptr || node->text != "default") continue;
        is_used = true;
        if (has_default(rule)) continue;
        context.findings.add(*node, kMissing,
                             fmt::format("\"{}: default\" needs the key \"default\"", key));
    }
    if (has_default(rule) && !is_used) {
        context.findings.add(map.key_node("default"), kContradiction,
                             "\"default\" has no effect here: no policy says so",
                             "add unknown_option: default, for example");
    }
}

void read_otherwise(MapReader& map, FieldRule& rule, const Context& context) {
    const auto side = map.choice<Side>(
        "otherwise", {{context.names.crm, Side::Crm}, {context.names.marketing, Side::Marketing}});
    if (side) rule.otherwise = *side;
    if (map.find("otherwise") == nullptr || rule.winner == Winner::MostRecent) return;
    context.findings.add(map.key_node("otherwise"), kContradiction,
                         "\"otherwise\" has no effect here: only winner: most_recent may not know "
                         "who wins");
}

/// "Email", "email", "Account.Owner.Email": the name that addresses have everywhere.
bool is_address(const FieldRef& ref) noexcept {
    const auto ends_so = [](std::string_view path) {
        const auto dot = path.rfind('.');
        return same_name(dot == std::string_view::npos ? path : path.substr(dot + 1), "email");
    };
    if (!ref.path.empty()) return ends_so(ref.path);
    return !ref.by_object.empty() && ends_so(ref.by_object.front().second);
}

}  // namespace

void read_constant(MapReader& map, FieldRule& rule, const Context& context) {
    const Node* node = map.find("constant");
    if (node == nullptr) return;
    if (map.find("value") != nullptr) {
        context.findings.add(map.key_node("constant"), kContradiction,
                             "a field rule has either \"value\" or \"constant\"");
        return;
    }
    if (const auto word = scalar_text(*node, "constant", context.findings))
        rule.constant = text(*word);
}

void read_value_keys(MapReader& map, FieldRule& rule, const Context& context) {
    read_map(map, rule, context);
    read_default(map, rule, context);
    read_policies(map, rule, context);
    read_otherwise(map, rule, context);
    const auto compare = map.choice<bool>("compare", {{"as_typed", false}, {"address", true}});
    rule.ignores_case =
        compare.value_or(is_address(rule.fields.crm) || is_address(rule.fields.marketing));
}

}  // namespace duet::document
