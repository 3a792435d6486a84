#include "mappings/document/schema.h"

#include <nlohmann/json.hpp>

#include "mappings/document/reader.h"
#include "mappings/document/shapes.h"

namespace duet::document {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kDialect = "https://json-schema.org/draft/2020-12/schema";

Json refer(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

Json to_schema(const Form& form);

Json list_schema(const Form& form) {
    const bool is_any = form.high == 0;
    Json made{{"type", "array"},
              {"maxItems", is_any ? kMaxItems : static_cast<std::size_t>(form.high)},
              {"items", to_schema(form.of.front())}};
    if (!is_any) made["minItems"] = form.low;
    return made;
}

Json to_schema(const Form& form) {
    switch (form.kind) {
        case Form::Kind::Text:
            return refer("text");
        case Form::Kind::Name:
            return refer("name");
        case Form::Kind::Formula:
            return refer("formula");
        case Form::Kind::Whole:
            return {{"type", "integer"}, {"minimum", form.low}, {"maximum", form.high}};
        case Form::Kind::Word:
            return {{"enum", form.words}};
        case Form::Kind::List:
            return list_schema(form);
        case Form::Kind::Map:
            return refer(form.shape);
        case Form::Kind::MapOf:
            return {{"type", "object"},
                    {"minProperties", 1},
                    {"additionalProperties", to_schema(form.of.front())}};
        case Form::Kind::Either:
            break;
    }
    Json all = Json::array();
    for (const Form& one : form.of) all.push_back(to_schema(one));
    return {{"anyOf", std::move(all)}};
}

Json to_schema(const Shape& shape) {
    Json schema{{"title", shape.title}, {"type", "object"}, {"additionalProperties", false}};
    Json properties = Json::object();
    Json required = Json::array();
    for (const Key& key : shape.keys) {
        Json property{{"title", key.title}, {"description", key.description}};
        property.update(to_schema(key.form));
        property["examples"] = Json::parse(key.examples);
        properties[key.name] = std::move(property);
        if (key.required) required.push_back(key.name);
    }
    schema["properties"] = std::move(properties);
    if (!required.empty()) schema["required"] = std::move(required);
    if (!shape.conditions.empty()) schema.update(Json::parse(shape.conditions));
    return schema;
}

/// Scalars that YAML reads as something else are texts to Duet; a name must not be a boolean.
Json scalars() {
    return {{"text",
             {{"title", "A text"}, {"type", {"string", "number", "boolean"}}, {"minLength", 1}}},
            {"name",
             {{"title", "A name; put yes, no, on and off in quotes"},
              {"type", {"string", "number"}},
              {"pattern", "^[^\\u0000-\\u001f\\u007f]+$"}}},
            {"formula",
             {{"title", "A Salesforce formula"},
              {"type", {"string", "number", "boolean"}},
              {"minLength", 1}}}};
}

}  // namespace

std::string schema(const SideNames& names) {
    const Grammar grammar = make_grammar(names);
    Json all{{"$schema", kDialect}};
    all.update(to_schema(grammar.front()));
    all["type"] = {"object", "null"};  // a file in which everything is commented out
    Json definitions = scalars();
    for (std::size_t i = 1; i < grammar.size(); ++i) {
        definitions[grammar[i].name] = to_schema(grammar[i]);
    }
    all["$defs"] = std::move(definitions);
    return all.dump(2) + "\n";
}

}  // namespace duet::document
