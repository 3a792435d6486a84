#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/conventions.h"
#include "mappings/document/entity.h"
#include "mappings/document/rules.h"

namespace duet::document {
namespace {

const std::vector<std::string>& match_words() {
    static const std::vector<std::string> words{"crm_id", "email", "external_id", "name"};
    return words;
}

/// Match fields must exist somewhere: `salesforceLeadId` need not be on every object.
void check_match_field(const Node& node, Side side, const std::string& field,
                       const EntityOutline& outline, const Context& context) {
    const auto& objects = outline.objects[side];
    for (const std::string& name : objects) {
        const ObjectInfo* object = context.object(side, name);
        if (object == nullptr || object->find(field) != nullptr) return;
    }
    if (!objects.empty()) {
        known_field(node.place(), node.length(), side, objects.front(), field, context);
    }
}

/// "email" alone: the fields that the table of conventions knows.
std::optional<MatchRule> short_match(const Node& node, const EntityOutline& outline,
                                     const Context& context) {
    MatchRule rule;
    rule.place = node.place();
    if (node.text == "crm_id") {
        rule.kind = MatchRule::Kind::CrmId;
        rule.marketing_fields = crm_id_fields(context.names.marketing, outline.entity);
    } else {
        rule.crm_field = match_field(context.names.crm, node.text);
        const std::string marketing = match_field(context.names.marketing, node.text);
        if (!marketing.empty()) rule.marketing_fields.push_back(marketing);
    }
    const bool complete = !rule.marketing_fields.empty() &&
                          (rule.kind == MatchRule::Kind::CrmId || !rule.crm_field.empty());
    if (complete) return rule;
    context.findings.add(
        node, node.text == "external_id" ? kMissing : kAbsent,
        fmt::format("\"{}\" alone does not say which fields match here", node.text),
        node.text == "crm_id" ? "write - crm_id: [fields that hold the CRM's id]"
                              : fmt::format("write - {}: {{ {}: Field, {}: field }}", node.text,
                                            context.names.crm, context.names.marketing));
    return std::nullopt;
}

std::optional<MatchRule> long_match(const Node& item, const Node& value, const std::string& word,
                                    const Context& context) {
    MatchRule rule;
    rule.place = item.place();
    if (word == "crm_id") {
        rule.kind = MatchRule::Kind::CrmId;
        rule.marketing_fields = text_list(value, word, context.findings);
        if (rule.marketing_fields.empty()) return std::nullopt;
        return rule;
    }
    MapReader map(value, fmt::format("\"{}\"", word), context.findings);
    const auto crm = map.required_name(context.names.crm);
    const auto marketing = map.required_name(context.names.marketing);
    map.finish();
    if (!crm || !marketing) return std::nullopt;
    rule.crm_field = *crm;
    rule.marketing_fields = {*marketing};
    return rule;
}

void refuse_word(const Node& node, const Context& context) {
    context.findings.add(
        node, kNotAllowed,
        fmt::format("\"{}\" is no way to match; use {}", node.text, one_of(match_words())),
        did_you_mean(node.text, match_words()));
}

bool is_match_word(const std::string& word) {
    for (const std::string& known : match_words()) {
        if (known == word) return true;
    }
    return false;
}

std::optional<MatchRule> read_one(const Node& item, const EntityOutline& outline,
                                  const Context& context) {
    if (item.kind == Node::Kind::Scalar) {
        if (is_match_word(item.text)) return short_match(item, outline, context);
        refuse_word(item, context);
        return std::nullopt;
    }
    MapReader map(item, "a match rule", context.findings);
    if (!map.is_map()) return std::nullopt;
    if (item.keys.size() != 1) {
        context.findings.add(item, kWrongType, "a match rule holds one way to match",
                             "begin each way with \"- \"");
        return std::nullopt;
    }
    if (!is_match_word(item.keys[0].text)) {
        refuse_word(item.keys[0], context);
        return std::nullopt;
    }
    const Node* value = map.find(item.keys[0].text);
    if (value == nullptr) return std::nullopt;
    return long_match(item, *value, item.keys[0].text, context);
}

/// The node that names `field`, for findings about it: the item itself for short words.
const Node& naming_node(const Node& node, const std::string& field) {
    for (const Node& item : node.items) {
        if (item.kind == Node::Kind::Scalar ? item.text == field : !item.items.empty()) {
            const Node& found = naming_node(item, field);
            if (found.text == field) return found;
        }
    }
    return node;
}

}  // namespace

std::vector<MatchRule> read_match(const Node& node, const EntityOutline& outline,
                                  const Context& context) {
    std::vector<MatchRule> rules;
    for (const Node& item : list_items(node, "match", context.findings)) {
        auto rule = read_one(item, outline, context);
        if (!rule) continue;
        if (rule->kind == MatchRule::Kind::Equal) {
            check_match_field(naming_node(item, rule->crm_field), Side::Crm, rule->crm_field,
                              outline, context);
        }
        for (const std::string& field : rule->marketing_fields) {
            check_match_field(naming_node(item, field), Side::Marketing, field, outline, context);
        }
        rules.push_back(std::move(*rule));
    }
    return rules;
}

}  // namespace duet::document
