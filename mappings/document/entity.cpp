#include "mappings/document/entity.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/conventions.h"
#include "mappings/document/deletions.h"
#include "mappings/document/paths.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"
#include "mappings/document/validations.h"

namespace duet::document {
namespace {

const std::vector<Word<EntityKind>>& entity_words() {
    static const std::vector<Word<EntityKind>> words{{"person", EntityKind::Person},
                                                     {"account", EntityKind::Account},
                                                     {"opportunity", EntityKind::Opportunity},
                                                     {"campaign", EntityKind::Campaign},
                                                     {"activity", EntityKind::Activity}};
    return words;
}

std::vector<std::string> known_objects(const Node& node, Side side, const Context& context) {
    std::vector<std::string> names = text_list(node, context.names[side], context.findings);
    std::size_t at = 0;
    for (std::string& name : names) {
        const Node& where = node.kind == Node::Kind::List ? node.items[at++] : node;
        name = known_object(where, side, name, context);
    }
    return names;
}

/// What the table of conventions says, less what the org does not have: an edition may lack
/// an object, but persons there must be.
std::vector<std::string> usual_objects(MapReader& root, Side side, EntityKind entity,
                                       const Context& context) {
    std::vector<std::string> names = default_objects(context.names[side], entity);
    if (names.empty()) {
        context.findings.add(
            root.key_node("entity"), kAbsent,
            fmt::format("which objects of {} hold this entity?", context.names[side]),
            fmt::format("add objects: {{ {}: [...] }}", context.names[side]));
    }
    if (context.catalogs == nullptr || names.empty()) return names;
    const std::string first = names.front();
    std::erase_if(names,
                  [&](const std::string& name) { return context.object(side, name) == nullptr; });
    if (names.empty() && entity == EntityKind::Person) {
        names.push_back(known_object(root.key_node("entity"), side, first, context));
    }
    return names;
}

PerSide<std::vector<std::string>> read_objects(MapReader& root, EntityKind entity,
                                               const Context& context) {
    PerSide<std::vector<std::string>> objects;
    PerSide<bool> named;
    if (const Node* node = root.find("objects")) {
        MapReader map(*node, "\"objects\"", context.findings);
        for (const Side side : kSides) {
            const Node* list = map.find(context.names[side]);
            if (list == nullptr) continue;
            named[side] = true;
            objects[side] = known_objects(*list, side, context);
        }
        map.finish();
    }
    for (const Side side : kSides) {
        if (named[side]) continue;
        objects[side] = usual_objects(root, side, entity, context);
    }
    return objects;
}

/// The text of a key, with nothing reported: `read_entity` does that.
std::string quiet(const Node& map, std::string_view key) {
    for (std::size_t i = 0; i < map.keys.size() && i < map.items.size(); ++i) {
        if (map.keys[i].text == key) return map.items[i].text;
    }
    return {};
}

std::optional<FieldType> rollup_type(const Node& item, const Context& context) {
    if (quiet(item, "function") == "COUNT") return FieldType::Number;
    Side side = Side::Crm;
    std::string of = quiet(item, "of");
    for (std::size_t i = 0; i < item.keys.size() && i < item.items.size(); ++i) {
        if (item.keys[i].text != "of" || item.items[i].kind != Node::Kind::Map) continue;
        for (const Side candidate : kSides) {
            const std::string name = quiet(item.items[i], context.names[candidate]);
            if (!name.empty()) side = candidate, of = name;
        }
    }
    const ObjectInfo* child = context.object(side, of);
    if (child == nullptr) return std::nullopt;
    const FieldInfo* field = find_path((*context.catalogs)[side], *child, quiet(item, "field"));
    return field == nullptr ? std::nullopt : std::optional(field->type);
}

/// The object that creates make: named, or the only one of the entity on that side.
std::string created_object(MapReader& map, Side side, const EntityOutline& outline,
                           const Context& context) {
    const auto& objects = outline.objects[side];
    const auto named = map.text("object");
    if (!named) {
        if (objects.size() == 1) return objects.front();
        if (map.is_map()) {
            context.findings.add(map.node(), kAbsent, map.what() + " needs the key \"object\"",
                                 fmt::format("one of {}", one_of(objects)));
        }
        return {};
    }
    for (const std::string& object : objects) {
        if (same_name(object, *named)) return object;
    }
    context.findings.add(
        *map.find("object"), kUnknownName,
        fmt::format("\"{}\" is no object of this entity in {}", *named, context.names[side]),
        did_you_mean(*named, objects, fmt::format("one of {}", one_of(objects))));
    return {};
}

std::optional<CreateRule> read_create(const Node& node, Side side, const EntityOutline& outline,
                                      const Context& context) {
    MapReader map(node, "a create rule", context.findings);
    const std::string object = created_object(map, side, outline, context);
    const Node* when_node = map.require("when");
    auto when =
        when_node == nullptr
            ? std::nullopt
            : compile_condition(*when_node, EntityScope(context, outline.entity), context.findings);
    const auto key = map.required_text("key");
    const auto cap = map.whole("cap_per_cycle", 1, 100'000);
    map.finish();
    if (object.empty() || !when || !key) return std::nullopt;
    const Node& key_node = *map.find("key");
    const FieldInfo* field =
        known_field(key_node.place(), key_node.length(), side, object, *key, context);
    if (field != nullptr && !field->creatable) {
        context.findings.add(key_node, kNotWritable,
                             fmt::format("\"{}\" of {} cannot be set on a create, so it is no key",
                                         field->name, object));
    }
    const std::string key_field = field == nullptr ? *key : field->name;
    return CreateRule{side, object, std::move(*when), key_field, cap.value_or(100), node.place()};
}

std::vector<CreateRule> read_creates(const Node& node, const EntityOutline& outline,
                                     const Context& context) {
    std::vector<CreateRule> creates;
    MapReader map(node, "\"create\"", context.findings);
    for (const Side side : kSides) {
        const Node* one = map.find(context.names[side]);
        if (one == nullptr) continue;
        if (auto rule = read_create(*one, side, outline, context)) {
            creates.push_back(std::move(*rule));
        }
    }
    map.finish();
    return creates;
}

/// A rule over two objects is two of the same place.
bool is_same(const Place& a, const Place& b) {
    return a.file == b.file && a.line == b.line && a.column == b.column;
}

void refuse_names_used_twice(const EntityDocument& entity, const Context& context) {
    const auto report = [&](const auto& items, const char* what) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (!same_name(items[i].name, items[j].name)) continue;
                if (is_same(items[i].place, items[j].place)) continue;
                context.findings.add(items[i].place, 1, kDefinedTwice,
                                     fmt::format("the {} \"{}\" is defined twice, first at {}",
                                                 what, items[i].name, at_line(items[j].place)));
                break;
            }
        }
    };
    report(entity.rollups, "rollup");
    report(entity.validations, "validation");
    report(entity.fields, "field rule");
}

}  // namespace

std::optional<EntityOutline> outline_entity(MapReader& root, const Context& context) {
    const auto kind = root.choice("entity", entity_words());
    if (!kind) return std::nullopt;
    EntityOutline outline;
    outline.entity = *kind;
    outline.place = root.key_node("entity").place();
    outline.objects = read_objects(root, *kind, context);
    if (const Node* rollups = root.find("rollups")) {
        for (const Node& item : rollups->items) {
            const std::string name = quiet(item, "name");
            if (!name.empty()) outline.rollups.push_back({name, rollup_type(item, context)});
        }
    }
    return outline;
}

EntityDocument read_entity(MapReader& root, const EntityOutline& outline, const Context& context) {
    EntityDocument entity;
    entity.entity = outline.entity;
    entity.objects = outline.objects;
    entity.place = outline.place;
    if (const Node* node = root.find("scope")) {
        entity.scope = compile_condition(
            *node, EntityScope(context, outline.entity, {.stage = false}), context.findings);
    }
    if (const auto days = root.whole("scope_grace_days", 0, 3650)) entity.scope_grace_days = *days;
    if (const Node* node = root.find("match")) {
        entity.match = read_match(*node, outline, context);
    } else if (!outline.objects.crm.empty() && !outline.objects.marketing.empty()) {
        context.findings.add(root.key_node("entity"), kMissing,
                             fmt::format("{} is on both sides, so it needs the key \"match\"",
                                         to_string(outline.entity)),
                             "for example: match: [crm_id]");
    }
    if (const Node* node = root.find("fields")) {
        entity.fields = read_fields(*node, outline, context);
    }
    if (const Node* node = root.find("rollups")) {
        entity.rollups = read_rollups(*node, outline, context);
    }
    if (const Node* node = root.find("validations")) {
        entity.validations = read_validations(*node, outline, context);
    }
    if (const Node* node = root.find("create")) {
        entity.creates = read_creates(*node, outline, context);
    }
    if (const Node* node = root.find("deleted")) {
        entity.deletions = read_deletions(*node, outline, entity.fields, context);
    }
    refuse_names_used_twice(entity, context);
    return entity;
}

}  // namespace duet::document
