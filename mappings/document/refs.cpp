#include "mappings/document/refs.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/paths.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"

namespace duet::document {
namespace {

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

bool is_inverted(const Node& node) {
    return node.kind == Node::Kind::Map && node.keys.size() == 1 && node.items.size() == 1 &&
           node.keys.front().text == "not";
}

ConsentField read_consent_field(const Node& node, Side side, const EntityOutline& outline,
                                const Context& context) {
    ConsentField field;
    field.inverted = is_inverted(node);
    field.field = read_ref(field.inverted ? node.items.front() : node, side, outline, context);
    return field;
}

}  // namespace

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
            // Of a map under no object's name ("not" beside other keys) that name is the fault.
            if (value != nullptr && value->kind != Node::Kind::Map) {
                (void)scalar_name(*value, key.text, context.findings);
            }
            continue;
        }
        if (value == nullptr || !scalar_name(*value, key.text, context.findings)) continue;
        ref.by_object.emplace_back(*object, known_path(*value, side, {*object}, context));
    }
    return ref;
}

std::vector<ConsentField> read_consent_fields(const Node& node, Side side,
                                              const EntityOutline& outline,
                                              const Context& context) {
    std::vector<ConsentField> fields;
    const auto add = [&](const Node& one) {
        ConsentField field = read_consent_field(one, side, outline, context);
        if (!field.field.empty()) fields.push_back(std::move(field));
    };
    if (node.kind != Node::Kind::List) {
        add(node);
        return fields;
    }
    if (node.items.empty()) {
        context.findings.add(node, kMissing,
                             fmt::format("\"{}\" names no field", context.names[side]));
    }
    for (const Node& item : list_items(node, context.names[side], context.findings)) add(item);
    return fields;
}

}  // namespace duet::document
