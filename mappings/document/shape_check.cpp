#include <algorithm>
#include <cassert>
#include <string>

#include "mappings/document/codes.h"
#include "mappings/document/reader.h"
#include "mappings/document/shapes.h"

namespace duet::document {
namespace {

void check_map(const Node& node, const Shape& shape, const Grammar& grammar, Findings& findings);

bool is_scalar(Form::Kind kind) noexcept { return kind <= Form::Kind::Word; }

/// A value behind `key`. No deeper than the tables are: shapes do not hold themselves.
void check_value(const Node& node, const Form& asked, const std::string& key,
                 const Grammar& grammar, Findings& findings) {
    if (asked.own_check) return;
    const Form* found = alternative(asked, node.kind);
    const Form& form = found == nullptr ? asked.of.front() : *found;
    switch (form.kind) {
        case Form::Kind::Text:
            (void)scalar_text(node, key, findings);
            return;
        case Form::Kind::Name:
            (void)scalar_name(node, key, findings);
            return;
        case Form::Kind::Formula:
            check_formula_kind(node, findings);
            return;
        case Form::Kind::Whole:
            (void)whole_number(node, key, form.low, form.high, findings);
            return;
        case Form::Kind::Word:
            (void)word_index(node, key, form.words, findings);
            return;
        case Form::Kind::List:
            for (const Node& item : list_items(node, key, findings)) {
                check_value(item, form.of.front(), key, grammar, findings);
            }
            return;
        case Form::Kind::Map:
            check_map(node, find_shape(grammar, form.shape), grammar, findings);
            return;
        case Form::Kind::MapOf:
            for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
                check_value(node.items[i], form.of.front(), node.keys[i].text, grammar, findings);
            }
            return;
        case Form::Kind::Either:
            return;  // alternatives have none of their own
    }
}

void check_map(const Node& node, const Shape& shape, const Grammar& grammar, Findings& findings) {
    MapReader map(node, shape.what, findings);
    if (!map.is_map()) return;
    for (const Key& key : shape.keys) {
        const Node* value = key.required ? map.require(key.name) : map.find(key.name);
        if (value != nullptr) check_value(*value, key.form, key.name, grammar, findings);
    }
    map.finish();
}

}  // namespace

const Form* alternative(const Form& form, Node::Kind kind) noexcept {
    if (form.kind != Form::Kind::Either) return &form;
    for (const Form& one : form.of) {
        const bool fits = kind == Node::Kind::List ? one.kind == Form::Kind::List
                          : kind == Node::Kind::Map
                              ? one.kind == Form::Kind::Map || one.kind == Form::Kind::MapOf
                              : is_scalar(one.kind);
        if (fits) return &one;
    }
    return nullptr;
}

const Shape& find_shape(const Grammar& grammar, std::string_view name) {
    const auto at = std::find_if(grammar.begin(), grammar.end(),
                                 [&](const Shape& shape) { return shape.name == name; });
    assert(at != grammar.end());
    return *at;
}

void check_form(const Node& root, const Grammar& grammar, Findings& findings) {
    check_map(root, grammar.front(), grammar, findings);
}

}  // namespace duet::document
