#include "daemon/trial/fields.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/reader.h"

namespace duet::trial {
namespace {

using document::Findings;
using document::MapReader;
using document::Node;

std::vector<document::Word<FieldType>> type_words() {
    std::vector<document::Word<FieldType>> words;
    for (const FieldType type :
         {FieldType::Text, FieldType::Number, FieldType::Currency, FieldType::Percent,
          FieldType::Date, FieldType::DateTime, FieldType::Time, FieldType::Boolean,
          FieldType::Picklist, FieldType::MultiPicklist, FieldType::Id}) {
        words.emplace_back(to_string(type), type);
    }
    return words;
}

FieldInfo make_field(std::string name, FieldType type) {
    FieldInfo field;
    field.name = std::move(name);
    field.label = field.name;
    field.type = type;
    return field;
}

std::optional<FieldInfo> read_field(const Node& key, const Node& node, Findings& findings) {
    const auto words = type_words();
    if (node.kind == Node::Kind::Scalar) {
        std::vector<std::string> allowed;
        for (const auto& [word, type] : words) {
            if (word == node.text) return make_field(key.text, type);
            allowed.push_back(word);
        }
        findings.add(node, document::kNotAllowed,
                     fmt::format("\"{}\" is \"{}\", but must be {}", key.text, node.text,
                                 document::one_of(allowed)),
                     document::did_you_mean(node.text, allowed));
        return std::nullopt;
    }
    MapReader map(node, "a declared field", findings);
    if (!map.is_map()) return std::nullopt;
    const Node* required = map.require("type");
    const auto type = required == nullptr ? std::nullopt : map.choice("type", words);
    FieldInfo field = make_field(key.text, type.value_or(FieldType::Text));
    field.length = map.whole("length", 1, 131'072).value_or(0);
    if (const Node* values = map.find("values")) {
        field.options = document::text_list(*values, "values", findings);
        field.restricted = true;
    }
    if (const Node* to = map.find("to"))
        field.references = document::text_list(*to, "to", findings);
    field.relationship = map.text("relationship").value_or("");
    field.unique_key = map.text("unique").value_or("false") == "true";
    if (map.text("read_only").value_or("false") == "true")
        field.creatable = field.updatable = false;
    map.finish();
    if (!type) return std::nullopt;
    return field;
}

ObjectInfo& object_of(Catalog& catalog, const std::string& name) {
    for (ObjectInfo& object : catalog.objects) {
        if (same_name(object.name, name)) return object;
    }
    ObjectInfo made;
    made.name = made.label = name;
    FieldInfo key = make_field("Id", FieldType::Id);
    key.creatable = key.updatable = false;
    made.fields.push_back(std::move(key));
    catalog.objects.push_back(std::move(made));
    return catalog.objects.back();
}

void declare_object(const Node& node, ObjectInfo& object, Findings& findings) {
    const MapReader map(node, "the declared fields of " + object.name, findings);
    if (!map.is_map()) return;
    for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
        auto field = read_field(node.keys[i], node.items[i], findings);
        if (!field) continue;
        const auto known =
            std::find_if(object.fields.begin(), object.fields.end(),
                         [&](const FieldInfo& one) { return same_name(one.name, field->name); });
        if (known == object.fields.end()) {
            object.fields.push_back(std::move(*field));
        } else if (known->type == field->type) {
            // Each org has values of its own in a standard picklist.
            if (!field->options.empty()) known->options = std::move(field->options);
        } else {
            findings.add(node.items[i], document::kContradiction,
                         fmt::format("{} of {} is a {} field already", known->name, object.name,
                                     to_string(known->type)));
        }
    }
}

}  // namespace

void declare_fields(const Node& node, const SideNames& names, PerSide<Catalog>& catalogs,
                    Findings& findings) {
    const std::string what = "fields";
    MapReader sides(node, what, findings);
    if (!sides.is_map()) return;
    for (const Side side : kSides) {
        const Node* objects = sides.find(names[side]);
        if (objects == nullptr) continue;
        const MapReader map(*objects, "the declared objects of " + names[side], findings);
        if (!map.is_map()) continue;
        for (std::size_t i = 0; i < objects->keys.size() && i < objects->items.size(); ++i) {
            declare_object(objects->items[i], object_of(catalogs[side], objects->keys[i].text),
                           findings);
        }
    }
    sides.finish();
}

}  // namespace duet::trial
