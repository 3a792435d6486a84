#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

Shape integration_users_shape() {
    return {"integration_users",
            "\"integration_users\"",
            "Who changes records without a person",
            {
                {.name = "$crm",
                 .form = names(),
                 .title = "Users of $crm",
                 .description = "Their ids.",
                 .examples = R"json(["0055g00000ABCDEAA4"])json"},
                {.name = "$marketing",
                 .form = names(),
                 .title = "Users of $marketing",
                 .description = "Their ids.",
                 .examples = R"json([["4711", "4712"]])json"},
            }};
}

}  // namespace

void add_org_shapes(Grammar& grammar) {
    add_list_shapes(grammar);
    grammar.push_back(integration_users_shape());
}

}  // namespace duet::document
