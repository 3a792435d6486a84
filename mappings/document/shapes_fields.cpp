#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

// A mapped rule names both sides. A computed one says where its value goes and is never argued
// with; consent is settled by its own rule.
constexpr const char* kConditions = R"json({
  "allOf": [
    {
      "if": { "required": ["value"] },
      "then": {
        "anyOf": [{ "required": ["$crm"] }, { "required": ["$marketing"] }],
        "properties": { "winner": false, "consent": false }
      },
      "else": { "required": ["$crm", "$marketing"] }
    },
    {
      "if": { "required": ["value", "$crm", "$marketing"] },
      "then": { "required": ["direction"], "properties": { "direction": { "const": "both" } } }
    },
    {
      "if": { "required": ["value", "$crm"], "properties": { "$marketing": false } },
      "then": { "properties": { "direction": { "const": "to_$crm" } } }
    },
    {
      "if": { "required": ["value", "$marketing"], "properties": { "$crm": false } },
      "then": { "properties": { "direction": { "const": "to_$marketing" } } }
    },
    {
      "if": { "required": ["consent"] },
      "then": {
        "properties": { "winner": false, "blank": false, "direction": { "const": "both" } }
      }
    }
  ]
})json";

std::vector<Key> keys_of_places() {
    return {
        {.name = "name",
         .form = name(),
         .title = "Stable name of the rule",
         .description = "For state and reports. Default: the field of $marketing, else of $crm.",
         .examples = R"json(["size"])json"},
        {.name = "$crm",
         .form = either({name(), map_of(name())}),
         .title = "Field of $crm",
         .description = "A field of every object, or one an object. A field of a parent record is "
                        "read only.",
         .examples = R"json(["Phone", { "contact": "Account.Name", "lead": "Company" }])json"},
        {.name = "$marketing",
         .form = either({name(), map_of(name())}),
         .title = "Field of $marketing",
         .description = "A field of every object, or one an object.",
         .examples = R"json(["phone"])json"},
    };
}

std::vector<Key> keys_of_decisions() {
    return {
        {.name = "direction",
         .form = word({"both", "to_$crm", "to_$marketing"}),
         .title = "Which way values travel",
         .description = "Default both. A computed value goes to the sides that the rule names.",
         .examples = R"json(["to_$marketing"])json"},
        {.name = "winner",
         .form = word({"$crm", "$marketing", "most_recent"}),
         .title = "Who wins when both sides changed",
         .description = "Default $crm.",
         .examples = R"json(["most_recent"])json"},
        {.name = "blank",
         .form = word({"keep", "propagate", "fill_only"}),
         .title = "What a blank does",
         .description = "keep (default): a blank never travels. propagate: a cleared value clears "
                        "the other side. fill_only: only blanks are filled.",
         .examples = R"json(["keep"])json"},
        {.name = "consent",
         .form = word({"strictest"}),
         .title = "The field is a person's consent",
         .description = "strictest: true on either side wins, and only the person opts back in.",
         .examples = R"json(["strictest"])json"},
        {.name = "value",
         .form = formula(),
         .title = "Computed value",
         .description = "A formula over the record, Prospect.x, Rollup.x, Duet.Stage.",
         .examples = R"json(["IF(Account.NumberOfEmployees < 1000, \"PHONE\", \"FIELD\")"])json"},
    };
}

}  // namespace

void add_field_shapes(Grammar& grammar) {
    Shape rule{
        "field_rule", "a field rule", "What one field becomes on the other side", {}, kConditions};
    for (const auto& keys : {keys_of_places(), keys_of_decisions()}) {
        rule.keys.insert(rule.keys.end(), keys.begin(), keys.end());
    }
    grammar.push_back(std::move(rule));
}

}  // namespace duet::document
