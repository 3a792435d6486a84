#include "mappings/document/deletions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

const std::vector<Word<Deletion>>& deletion_words() {
    static const std::vector<Word<Deletion>> words{
        {"unlink", Deletion::Unlink}, {"mark", Deletion::Mark}, {"delete", Deletion::Delete}};
    return words;
}

bool can_mark(FieldType type) noexcept {
    return type == FieldType::Boolean || type == FieldType::Date || type == FieldType::DateTime ||
           type == FieldType::Text;
}

bool writes(const FieldRule& rule, Side side, const std::string& object, const std::string& field) {
    const auto refs = rule.refs(side);
    return std::any_of(refs.begin(), refs.end(),
                       [&](const FieldRef* ref) { return same_name(ref->on(object), field); });
}

/// The field must be there and free on every object that can be left alone.
void check_field(const Node& node, Side left, const EntityOutline& outline,
                 const std::vector<FieldRule>& fields, const Context& context) {
    for (const std::string& object : outline.objects[left]) {
        const FieldInfo* info =
            known_field(node.place(), node.length(), left, object, node.text, context);
        if (info != nullptr && !info->updatable) {
            context.findings.add(node, kNotWritable,
                                 fmt::format("\"{}\" of {} cannot be written", info->name, object));
        } else if (info != nullptr && !can_mark(info->type)) {
            context.findings.add(node, kRuleType,
                                 fmt::format("\"{}\" of {} holds a {}, which cannot be marked",
                                             info->name, object, to_string(info->type)),
                                 "name a checkbox, a date, a time or a text");
        }
        const auto writer = std::find_if(fields.begin(), fields.end(), [&](const FieldRule& rule) {
            return writes(rule, left, object, node.text);
        });
        if (writer == fields.end()) continue;
        context.findings.add(node, kTwoWriters,
                             fmt::format("\"{}\" of {} is already named by the rule at {}",
                                         node.text, object, at_line(writer->place)),
                             "a field has one writer: mark another field");
        return;
    }
}

std::optional<SidedObject> read_deleted_object(MapReader& map, const EntityOutline& outline,
                                               const Context& context) {
    const Node* node = map.require("object");
    if (node == nullptr) return std::nullopt;
    auto named = read_object(*node, "object", context);
    if (!named) return std::nullopt;
    const auto& objects = outline.objects[named->side];
    const bool is_own = std::any_of(objects.begin(), objects.end(), [&](const std::string& object) {
        return same_name(object, named->object);
    });
    if (is_own) return named;
    context.findings.add(
        *node, kUnknownName,
        fmt::format("\"{}\" is no object of this entity in {}", named->object,
                    context.names[named->side]),
        did_you_mean(named->object, objects, fmt::format("one of {}", one_of(objects))));
    return std::nullopt;
}

}  // namespace

std::vector<DeletionRule> read_deletions(const Node& node, const EntityOutline& outline,
                                         const std::vector<FieldRule>& fields,
                                         const Context& context) {
    std::vector<DeletionRule> rules;
    for (const Node& item : list_items(node, "deleted", context.findings)) {
        MapReader map(item, "a deletion rule", context.findings);
        const auto object = read_deleted_object(map, outline, context);
        const auto then = map.choice("then", deletion_words());
        const Node* field = map.find("field");
        if (then && (*then == Deletion::Mark) != (field != nullptr)) {
            const bool lacks = field == nullptr;
            context.findings.add(
                lacks ? item : map.key_node("field"), lacks ? kMissing : kContradiction,
                lacks ? "then: mark needs the key \"field\"" : "only then: mark takes a field",
                lacks ? "for example: field: deleted_in_crm__c" : "remove \"field\"");
        }
        map.finish();
        if (!object || !then) continue;
        if (field != nullptr) check_field(*field, other(object->side), outline, fields, context);
        const auto earlier = std::find_if(rules.begin(), rules.end(), [&](const auto& rule) {
            return rule.side == object->side && same_name(rule.object, object->object);
        });
        if (earlier != rules.end()) {
            context.findings.add(item, kDefinedTwice,
                                 fmt::format("deleted records of {} have a rule at {}",
                                             object->object, at_line(earlier->place)));
            continue;
        }
        rules.push_back({object->side, object->object, *then,
                         field == nullptr ? std::string{} : field->text, item.place()});
    }
    return rules;
}

}  // namespace duet::document
