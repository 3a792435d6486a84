#include "mappings/document/shapes.h"

#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

void replace_all(std::string& text, std::string_view mark, const std::string& with) {
    for (std::size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + with.size())) {
        text.replace(at, mark.size(), with);
    }
}

void name_sides(std::string& text, const SideNames& names) {
    replace_all(text, "$crm", names.crm);
    replace_all(text, "$marketing", names.marketing);
}

void name_sides(Form& form, const SideNames& names) {
    for (std::string& one : form.words) name_sides(one, names);
    for (Form& inner : form.of) name_sides(inner, names);
}

}  // namespace

Grammar make_grammar(const SideNames& names) {
    Grammar grammar;
    add_document_shapes(grammar);
    add_entity_shapes(grammar);
    add_field_shapes(grammar);
    add_org_shapes(grammar);
    add_attribution_shapes(grammar);
    add_lifecycle_shapes(grammar);
    add_deal_shapes(grammar);
    add_action_shapes(grammar);
    add_routing_shapes(grammar);
    add_timer_shapes(grammar);
    add_figure_shapes(grammar);
    add_rfm_shapes(grammar);
    for (Shape& shape : grammar) {
        name_sides(shape.conditions, names);
        for (Key& key : shape.keys) {
            for (std::string* text : {&key.name, &key.title, &key.description, &key.examples}) {
                name_sides(*text, names);
            }
            name_sides(key.form, names);
        }
    }
    return grammar;
}

}  // namespace duet::document
