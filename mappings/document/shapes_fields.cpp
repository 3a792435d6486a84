#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

// A mapped rule names both sides. A computed one says where its value goes and is never argued
// with; consent is settled by its own rule.
constexpr const char* kFieldConditions = R"json({
  "allOf": [
    {
      "if": { "anyOf": [{ "required": ["value"] }, { "required": ["constant"] }] },
      "then": {
        "anyOf": [{ "required": ["$crm"] }, { "required": ["$marketing"] }],
        "not": { "required": ["value", "constant"] },
        "properties": {
          "winner": false, "consent": false, "map": false, "unmapped": false, "compare": false
        },
        "allOf": [
          {
            "if": { "required": ["$crm", "$marketing"] },
            "then": {
              "required": ["direction"], "properties": { "direction": { "const": "both" } }
            }
          },
          {
            "if": { "required": ["$crm"], "properties": { "$marketing": false } },
            "then": { "properties": { "direction": { "const": "to_$crm" } } }
          },
          {
            "if": { "required": ["$marketing"], "properties": { "$crm": false } },
            "then": { "properties": { "direction": { "const": "to_$marketing" } } }
          }
        ]
      },
      "else": { "required": ["$crm", "$marketing"] }
    },
    {
      "if": { "required": ["consent"] },
      "then": {
        "properties": {
          "$crm": { "minItems": 1 }, "$marketing": { "minItems": 1 },
          "winner": false, "blank": false, "direction": { "const": "both" }, "map": false,
          "default": false, "unmapped": false, "too_long": false, "unparsable": false,
          "unknown_option": false, "compare": false
        }
      },
      "else": {
        "properties": {
          "$crm": {
            "not": { "type": "array" }, "additionalProperties": { "$ref": "#/$defs/name" }
          },
          "$marketing": {
            "not": { "type": "array" }, "additionalProperties": { "$ref": "#/$defs/name" }
          }
        }
      }
    },
    {
      "if": { "required": ["otherwise"] },
      "then": {
        "required": ["winner"], "properties": { "winner": { "const": "most_recent" } }
      }
    },
    {
      "if": { "required": ["default"] },
      "then": {
        "anyOf": [
          { "required": ["map"], "properties": { "unmapped": { "const": "default" } } },
          { "required": ["too_long"], "properties": { "too_long": { "const": "default" } } },
          { "required": ["unparsable"], "properties": { "unparsable": { "const": "default" } } },
          {
            "required": ["unknown_option"],
            "properties": { "unknown_option": { "const": "default" } }
          }
        ]
      },
      "else": {
        "properties": {
          "unmapped": { "not": { "const": "default" } },
          "too_long": { "not": { "const": "default" } },
          "unparsable": { "not": { "const": "default" } },
          "unknown_option": { "not": { "const": "default" } }
        }
      }
    },
    {
      "if": { "required": ["direction"], "properties": { "direction": { "const": "to_$crm" } } },
      "then": { "properties": { "map": { "properties": { "to_$marketing": false } } } }
    },
    {
      "if": {
        "required": ["direction"], "properties": { "direction": { "const": "to_$marketing" } }
      },
      "then": { "properties": { "map": { "properties": { "to_$crm": false } } } }
    }
  ],
  "dependentRequired": { "unmapped": ["map"] },
  "dependentSchemas": {
    "map": {
      "properties": {
        "map": {
          "anyOf": [
            {
              "additionalProperties": { "$ref": "#/$defs/name" },
              "not": { "minProperties": 1, "propertyNames": { "enum": ["to_$crm", "to_$marketing"] } }
            },
            {
              "propertyNames": { "enum": ["to_$crm", "to_$marketing"] },
              "additionalProperties": { "type": "object" }
            }
          ]
        }
      }
    }
  }
})json";

/// A field, or one an object; of a consent rule also several, and each turned round under `not`.
Form place() {
    const Form one = map_of(either({name(), map_of(name())}));
    return either({name(), list(either({name(), one})), one});
}

std::vector<Key> keys_of_places() {
    return {
        {.name = "name",
         .form = name(),
         .title = "Stable name of the rule",
         .description = "For state and reports. Default: the field of $marketing, else of $crm.",
         .examples = R"json(["size"])json"},
        {.name = "$crm",
         .form = place(),
         .title = "Field of $crm",
         .description = "A field of every object, or one an object. A field of a parent record is "
                        "read only. A consent rule may have a list; `not` turns a field round.",
         .examples = R"json(["Phone", { "contact": "Account.Name", "lead": "Company" },
                             ["HasOptedOutOfEmail", { "not": "May_Be_Mailed__c" }]])json"},
        {.name = "$marketing",
         .form = place(),
         .title = "Field of $marketing",
         .description = "A field of every object, or one an object; of a consent rule also a list.",
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
         .description = "Default $crm. most_recent: whose change Duet's reads prove to be later.",
         .examples = R"json(["most_recent"])json"},
        {.name = "otherwise",
         .form = word({"$crm", "$marketing"}),
         .title = "Who wins when most_recent cannot tell",
         .description = "Default $crm.",
         .examples = R"json(["$marketing"])json"},
        {.name = "blank",
         .form = word({"keep", "propagate", "fill_only"}),
         .title = "What a blank does",
         .description = "keep (default): a blank never travels. propagate: a cleared value clears "
                        "the other side. fill_only: only blanks are filled.",
         .examples = R"json(["keep"])json"},
        {.name = "consent",
         .form = word({"strictest"}),
         .title = "The field is a person's consent",
         .description = "strictest: one opt-out on either side wins, and only `duet consent allow` "
                        "takes it back.",
         .examples = R"json(["strictest"])json"},
        {.name = "value",
         .form = formula(),
         .title = "Computed value",
         .description = "A formula over the record, Prospect.x, Rollup.x, Duet.Stage.",
         .examples = R"json(["IF(Account.NumberOfEmployees < 1000, \"PHONE\", \"FIELD\")"])json"},
        {.name = "constant",
         .form = text(),
         .title = "One value for everybody",
         .description = "Read in the type of the field that it goes to.",
         .examples = R"json(["Duet"])json"},
    };
}

std::vector<Key> keys_of_values() {
    return {
        {.name = "map",
         .form = map_of(either({name(), map_of(name())})),
         .title = "Value map",
         .description = "A value of $crm and what it means in $marketing; of several with one "
                        "meaning the first is the way back. Or one map a direction.",
         .examples = R"json([{ "Web": "web form", "Phone": "call" },
                             { "to_$marketing": { "Web": "web form" } }])json"},
        {.name = "default",
         .form = either({name(), map("directions")}),
         .title = "The value in place of one that does not fit",
         .description = "Sent where a policy says default; one for both directions or one each.",
         .examples = R"json(["other", { "to_$marketing": "other", "to_$crm": "Other" }])json"},
        {.name = "unmapped",
         .form = word({"pass", "default", "keep", "error", "quarantine"}),
         .title = "A value that the map does not name",
         .description = "pass: goes as it is. keep: the target keeps what it has. error: likewise, "
                        "and it counts. quarantine: the record is put aside. Default: default "
                        "where there is one, else error.",
         .examples = R"json(["pass"])json"},
        {.name = "too_long",
         .form = word({"truncate", "default", "keep", "error", "quarantine"}),
         .title = "A text that is longer than the target holds",
         .description = "Default truncate.",
         .examples = R"json(["quarantine"])json"},
        {.name = "unparsable",
         .form = word({"default", "keep", "error", "quarantine"}),
         .title = "A value that is none of the target's type",
         .description = "A text that is no date, a number with too many digits. Default error.",
         .examples = R"json(["keep"])json"},
        {.name = "unknown_option",
         .form = word({"pass", "default", "keep", "error", "quarantine"}),
         .title = "A value that the target's restricted picklist does not have",
         .description = "Default error.",
         .examples = R"json(["default"])json"},
        {.name = "compare",
         .form = word({"as_typed", "address"}),
         .title = "When two values are the same",
         .description = "address: letter case aside; the default of fields named email. as_typed: "
                        "outer space aside.",
         .examples = R"json(["address"])json"},
    };
}

}  // namespace

void add_field_shapes(Grammar& grammar) {
    Shape rule{"field_rule",
               "a field rule",
               "What one field becomes on the other side",
               {},
               kFieldConditions};
    for (const auto& keys : {keys_of_places(), keys_of_decisions(), keys_of_values()}) {
        rule.keys.insert(rule.keys.end(), keys.begin(), keys.end());
    }
    grammar.push_back(std::move(rule));
    grammar.push_back({"directions",
                       "\"default\"",
                       "One value a direction",
                       {{.name = "to_$crm",
                         .form = name(),
                         .title = "Toward $crm",
                         .description = "Sent to $crm.",
                         .examples = R"json(["Other"])json"},
                        {.name = "to_$marketing",
                         .form = name(),
                         .title = "Toward $marketing",
                         .description = "Sent to $marketing.",
                         .examples = R"json(["other"])json"}},
                       R"json({ "minProperties": 1 })json"});
}

}  // namespace duet::document
