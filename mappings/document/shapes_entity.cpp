#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

constexpr const char* kOneKey = R"json({ "minProperties": 1, "maxProperties": 1 })json";

Shape objects_shape() {
    return {"objects",
            "\"objects\"",
            "The objects of an entity, the preferred one first",
            {
                {.name = "$crm",
                 .form = names(),
                 .title = "Objects of $crm",
                 .description = "One name or several. A person who has records of several is "
                                "written as the first.",
                 .examples = R"json([["Contact", "Lead"], "Account"])json"},
                {.name = "$marketing",
                 .form = names(),
                 .title = "Objects of $marketing",
                 .description = "One name or several.",
                 .examples = R"json(["prospect"])json"},
            }};
}

Shape match_rule_shape() {
    return {"match_rule",
            "a match rule",
            "One way to match",
            {
                {.name = "crm_id",
                 .form = own(names()),
                 .title = "Fields of $marketing that hold the id of the record in $crm",
                 .description = "One or several; the first that is filled counts.",
                 .examples = R"json([["salesforceContactId", "salesforceLeadId"]])json"},
                {.name = "email",
                 .form = own(map("match_fields")),
                 .title = "E-mail addresses are equal",
                 .description = "Compared without case and outer blanks.",
                 .examples = R"json([{ "$crm": "Email", "$marketing": "email" }])json"},
                {.name = "external_id",
                 .form = own(map("match_fields")),
                 .title = "Keys of a third system are equal",
                 .description = "Compared without case and outer blanks.",
                 .examples =
                     R"json([{ "$crm": "Customer_No__c", "$marketing": "customer_no__c" }])json"},
                {.name = "name",
                 .form = own(map("match_fields")),
                 .title = "Names are equal",
                 .description = "Compared without case and outer blanks.",
                 .examples = R"json([{ "$crm": "Name", "$marketing": "name" }])json"},
            },
            kOneKey};
}

Shape match_fields_shape() {
    return {"match_fields",
            "the fields to match",
            "The field of each side",
            {
                required({.name = "$crm",
                          .form = name(),
                          .title = "Field of $crm",
                          .description = "A field of every object of the entity that has it.",
                          .examples = R"json(["Email"])json"}),
                required({.name = "$marketing",
                          .form = name(),
                          .title = "Field of $marketing",
                          .description = "A field of the marketing record.",
                          .examples = R"json(["email"])json"}),
            }};
}

Shape rollup_shape() {
    return {"rollup",
            "a rollup",
            "A number or date over child records, or a field of one of them",
            {
                required({.name = "name",
                          .form = name(),
                          .title = "Name",
                          .description = "Rules read it as Rollup.name.",
                          .examples = R"json(["Last_Won_Date"])json"}),
                required({.name = "of",
                          .form = either({name(), map("object")}),
                          .title = "The child object",
                          .description = "A name is one of $crm.",
                          .examples =
                              R"json(["Opportunity", { "$marketing": "visitor-activity" }])json"}),
                {.name = "via",
                 .form = name(),
                 .title = "What the child refers to",
                 .description = "A parent relationship of the record. Absent: the record itself.",
                 .examples = R"json(["Account"])json"},
                {.name = "where",
                 .form = formula(),
                 .title = "Which children",
                 .description = "A condition over the child's fields. Absent: all.",
                 .examples = R"json(["IsWon"])json"},
                required({.name = "function",
                          .form = word({"COUNT", "SUM", "MIN", "MAX", "FIRST", "LAST"}),
                          .title = "What is worked out",
                          .description = "COUNT counts records; the others need a field. FIRST and "
                                         "LAST read it from one record, by order_by.",
                          .examples = R"json(["MAX"])json"}),
                {.name = "field",
                 .form = name(),
                 .title = "Field of the child",
                 .description = "For all but COUNT. May go through a parent of the child.",
                 .examples = R"json(["CloseDate", "Opportunity.CloseDate"])json"},
                {.name = "order_by",
                 .form = name(),
                 .title = "Which child is first",
                 .description = "For FIRST and LAST: a number, date or time of the child. Children "
                                "where it is blank do not count; of several with one value the "
                                "smaller id comes first.",
                 .examples = R"json(["CreatedDate", "Opportunity.CreatedDate"])json"},
            },
            R"json({
  "if": { "properties": { "function": { "const": "COUNT" } } },
  "then": { "properties": { "field": false } },
  "else": { "required": ["field"] },
  "allOf": [{
    "if": { "properties": { "function": { "enum": ["FIRST", "LAST"] } }, "required": ["function"] },
    "then": { "required": ["order_by"] },
    "else": { "properties": { "order_by": false } }
  }]
})json"};
}

Shape object_shape() {
    return {"object",
            "an object of one side",
            "An object of one side",
            {
                {.name = "$crm",
                 .form = name(),
                 .title = "Object of $crm",
                 .description = "The same as the name alone.",
                 .examples = R"json(["CampaignMember"])json"},
                {.name = "$marketing",
                 .form = name(),
                 .title = "Object of $marketing",
                 .description = "The side where the object is.",
                 .examples = R"json(["visitor-activity"])json"},
            },
            kOneKey};
}

Shape validation_shape() {
    return {"validation",
            "a validation",
            "A condition under which a record must not travel",
            {
                required({.name = "name",
                          .form = name(),
                          .title = "Name",
                          .description = "In reports and counts.",
                          .examples = R"json(["won_deal_needs_contract_dates"])json"}),
                {.name = "object",
                 .form = either({name(), list(name()), map("object")}),
                 .title = "The object that is checked, or several of $crm",
                 .description = "Objects of this entity. Default: the entity's first in $crm.",
                 .examples = R"json(["Opportunity", ["Contact", "Lead"], )json"
                             R"json({ "$marketing": "prospect" }])json"},
                required({.name = "error_when",
                          .form = formula(),
                          .title = "When the record is wrong",
                          .description = "A condition over the object's fields.",
                          .examples = R"json(["AND(IsWon, ISBLANK(Contract_End__c))"])json"}),
                required({.name = "message",
                          .form = text(),
                          .title = "What people are told",
                          .description = "A sentence that says what to mend. {!Name} is the "
                                         "record's Name; any formula may stand there.",
                          .examples = R"json(["{!Name} is won and needs contract dates."])json"}),
                {.name = "severity",
                 .form = word({"warn", "quarantine"}),
                 .title = "What happens to the record",
                 .description = "quarantine (default): it is held back. warn: it is counted.",
                 .examples = R"json(["quarantine"])json"},
                {.name = "fields",
                 .form = names(),
                 .title = "The fields that it concerns",
                 .description = "Fields of the object, through parents too.",
                 .examples = R"json([["Contract_Start__c", "Contract_End__c"], "Email"])json"},
                {.name = "hold",
                 .form = word({"record", "fields"}),
                 .title = "What is held back",
                 .description = "record (default): the whole record. fields: only what reads or "
                                "writes the fields it concerns; the rest travels. Consent always "
                                "travels.",
                 .examples = R"json(["fields"])json"},
            },
            R"json({
  "allOf": [
    {
      "if": { "properties": { "hold": { "const": "fields" } }, "required": ["hold"] },
      "then": { "required": ["fields"] }
    },
    {
      "if": { "properties": { "severity": { "const": "warn" } }, "required": ["severity"] },
      "then": { "properties": { "hold": false } }
    }
  ]
})json"};
}

Shape create_shape() {
    return {
        "create",
        "\"create\"",
        "On which side records are made",
        {
            {.name = "$crm",
             .form = map("create_rule"),
             .title = "Make records in $crm",
             .description = "For marketing records that stand alone.",
             .examples =
                 R"json([{ "when": "NOT(ISBLANK(Prospect.lastName))", "object": "Lead", "key": "Duet_Key__c" }])json"},
            {.name = "$marketing",
             .form = map("create_rule"),
             .title = "Make records in $marketing",
             .description = "For records of the CRM that stand alone.",
             .examples = R"json([{ "when": "NOT(ISBLANK(Email))", "key": "email" }])json"},
        }};
}

Shape create_rule_shape() {
    return {"create_rule",
            "a create rule",
            "When and how a record is made",
            {
                required({.name = "when",
                          .form = formula(),
                          .title = "For which records",
                          .description = "A condition over the record that stands alone.",
                          .examples = R"json(["NOT(ISBLANK(Email))"])json"}),
                {.name = "object",
                 .form = name(),
                 .title = "What is made",
                 .description = "May be left out when the entity has one object there.",
                 .examples = R"json(["Lead"])json"},
                required({.name = "key",
                          .form = name(),
                          .title = "Field by which the new record is found again",
                          .description = "Unique, so that no crash makes a second record.",
                          .examples = R"json(["email", "Duet_Key__c"])json"}),
                {.name = "cap_per_cycle",
                 .form = whole(1, 100'000),
                 .title = "Most records in one cycle",
                 .description = "Default 100. The rest follows in later cycles.",
                 .examples = R"json([500])json"},
            }};
}

Shape deletion_shape() {
    return {"deletion",
            "a deletion rule",
            "What happens when people delete a record of one object",
            {
                required({.name = "object",
                          .form = either({name(), map("object")}),
                          .title = "Whose records people delete",
                          .description = "An object of this entity. A name is one of $crm.",
                          .examples = R"json(["Contact", { "$marketing": "prospect" }])json"}),
                required({.name = "then",
                          .form = word({"unlink", "mark", "delete"}),
                          .title = "What happens to the record of the other side",
                          .description = "unlink: nothing, it stands alone. mark: a field of it "
                                         "says so. delete: it is deleted, too, under the brake. "
                                         "It is never made anew.",
                          .examples = R"json(["mark"])json"}),
                {.name = "field",
                 .form = name(),
                 .title = "The field that is marked",
                 .description = "Of the record that is left: a checkbox is ticked, a date or time "
                                "is set, a text says it. Cleared when the record comes back.",
                 .examples = R"json(["deleted_in_crm__c"])json"},
            },
            R"json({
  "if": { "properties": { "then": { "const": "mark" } } },
  "then": { "required": ["field"] },
  "else": { "properties": { "field": false } }
})json"};
}

}  // namespace

void add_entity_shapes(Grammar& grammar) {
    for (const auto& make :
         {objects_shape, match_rule_shape, match_fields_shape, rollup_shape, object_shape,
          validation_shape, create_shape, create_rule_shape, deletion_shape}) {
        grammar.push_back(make());
    }
}

}  // namespace duet::document
