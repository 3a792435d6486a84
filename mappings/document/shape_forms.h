#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mappings/document/shapes.h"

/// Short words in which the tables of shapes are written. In names, words, examples and
/// conditions `$crm` and `$marketing` stand for the names of the two connectors.
namespace duet::document {

inline Form text() { return {}; }
inline Form name() { return {Form::Kind::Name}; }
inline Form whole(int low, int high) { return {Form::Kind::Whole, low, high}; }
inline Form word(std::vector<std::string> words) {
    return {Form::Kind::Word, 0, 0, std::move(words)};
}
inline Form list(Form item) { return {Form::Kind::List, 0, 0, {}, {}, {std::move(item)}}; }
inline Form list_of(int items, Form item) {
    return {Form::Kind::List, items, items, {}, {}, {std::move(item)}};
}
inline Form map(std::string shape) { return {Form::Kind::Map, 0, 0, {}, std::move(shape)}; }
inline Form map_of(Form value) { return {Form::Kind::MapOf, 0, 0, {}, {}, {std::move(value)}}; }
inline Form either(std::vector<Form> forms) {
    return {Form::Kind::Either, 0, 0, {}, {}, std::move(forms)};
}
/// A formula as it is, or one with its own setting for blanks.
inline Form formula() { return either({Form{Form::Kind::Formula}, map("formula_with_blanks")}); }
inline Form names() { return either({name(), list(name())}); }
inline Form own(Form form) {
    form.own_check = true;
    return form;
}

/// A key that a map of the shape cannot do without.
inline Key required(Key key) {
    key.required = true;
    return key;
}

/// Keys of rules that act when their condition comes true: tasks and routings.
[[nodiscard]] Key rule_name(std::string examples);
[[nodiscard]] Key first_sight();

/// The tables, one function a part of a document. Each appends its shapes.
void add_document_shapes(Grammar& grammar);
void add_entity_shapes(Grammar& grammar);
void add_field_shapes(Grammar& grammar);
void add_org_shapes(Grammar& grammar);
void add_list_shapes(Grammar& grammar);
void add_attribution_shapes(Grammar& grammar);
void add_lifecycle_shapes(Grammar& grammar);
void add_deal_shapes(Grammar& grammar);
void add_action_shapes(Grammar& grammar);
void add_routing_shapes(Grammar& grammar);
void add_timer_shapes(Grammar& grammar);
void add_figure_shapes(Grammar& grammar);
void add_rfm_shapes(Grammar& grammar);

}  // namespace duet::document
