#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

// Both sides' records need a way to find each other. (That a document has an entity at all is asked
// when it is known that no other file includes it.)
constexpr const char* kConditions = R"json({
  "if": {
    "required": ["entity"],
    "not": {
      "required": ["objects"],
      "properties": {
        "objects": {
          "anyOf": [
            { "required": ["$crm"], "properties": { "$crm": { "maxItems": 0, "type": "array" } } },
            {
              "required": ["$marketing"],
              "properties": { "$marketing": { "maxItems": 0, "type": "array" } }
            }
          ]
        }
      }
    }
  },
  "then": { "required": ["match"] }
})json";

std::vector<Key> keys_of_files() {
    return {
        {.name = "include",
         .form = names(),
         .title = "Files that are part of this one",
         .description =
             "Paths from this file's folder, inside the documents' folder. What they hold is added "
             "to this document; they are not read as documents of their own.",
         .examples =
             R"json(["parts/consent.yaml", ["parts/names.yaml", "parts/consent.yaml"]])json"},
        {.name = "integration_users",
         .form = map("integration_users"),
         .title = "Who changes records without a person",
         .description = "The native connector's user and Duet's own: what they change proves "
                        "nothing to winner: most_recent. In one file of an org.",
         .examples = R"json([{ "$crm": "0055g00000ABCDEAA4" }])json"},
        {.name = "time_zone",
         .form = text(),
         .title = "Business time zone",
         .description =
             "Whose midnight TODAY() turns at, as the tz database names it. Default UTC. "
             "In one file of an org.",
         .examples = R"json(["Europe/Helsinki", "UTC"])json"},
    };
}

std::vector<Key> keys_of_rules() {
    return {
        required({.name = "formula",
                  .form = {Form::Kind::Formula},
                  .title = "The formula",
                  .description = "A Salesforce formula.",
                  .examples = R"json(["Amount + Discount__c < 1000"])json"}),
        {.name = "blanks",
         .form = word({"blank", "zero"}),
         .title = "What a blank number field is",
         .description =
             "As in Salesforce: blank (default) leaves it blank, zero makes it 0. Dates and texts "
             "are never made anything.",
         .examples = R"json(["zero"])json"},
    };
}

std::vector<Key> keys_of_entities() {
    return {
        {.name = "entity",
         .form = word({"person", "account", "opportunity", "campaign", "activity"}),
         .title = "What the records of both sides describe",
         .description = "One file defines an entity: its match, fields, rollups, validations.",
         .examples = R"json(["person"])json"},
        {.name = "objects",
         .form = map("objects"),
         .title = "Objects that hold the entity",
         .description = "May be left out for Salesforce and Pardot.",
         .examples = R"json([{ "$crm": ["Contact", "Lead"], "$marketing": "prospect" }])json"},
        {.name = "scope",
         .form = formula(),
         .title = "Who is synced",
         .description = "A condition over the CRM record, Prospect.x and Rollup.x. Absent: every "
                        "record. A record that leaves the scope is left alone, not deleted.",
         .examples = R"json(["NOT(ISPICKVAL(Account.Type, \"Competitor\"))"])json"},
        {.name = "scope_grace_days",
         .form = whole(0, 3650),
         .title = "Days outside the scope before records are unlinked",
         .description = "Default 30. Coming back within them changes nothing; later, both sides "
                        "meet anew. Nothing is ever deleted for it.",
         .examples = R"json([30])json"},
        {.name = "match",
         .form = list(own(either({word({"crm_id", "email", "name"}), map("match_rule")}))),
         .title = "How records of both sides find each other",
         .description = "Ways to match, tried in order.",
         .examples = R"json([["crm_id", "email"]])json"},
        {.name = "fields",
         .form = list(map("field_rule")),
         .title = "Field rules",
         .description = "What each field becomes on the other side.",
         .examples =
             R"json([[{ "$crm": "Phone", "$marketing": "phone", "winner": "most_recent" }]])json"},
        {.name = "rollups",
         .form = list(map("rollup")),
         .title = "Numbers and dates over child records",
         .description = "Read in rules as Rollup.name.",
         .examples =
             R"json([[{ "name": "Wins", "of": "Opportunity", "via": "Account", "where": "IsWon", "function": "COUNT" }]])json"},
        {.name = "validations",
         .form = list(map("validation")),
         .title = "Validation rules",
         .description = "Records that must not travel while a condition holds.",
         .examples =
             R"json([[{ "name": "has_name", "error_when": "ISBLANK(LastName)", "message": "A person needs a last name." }]])json"},
        {.name = "create",
         .form = map("create"),
         .title = "When records are made",
         .description = "For a record that stands alone on one side. Absent: nothing is made.",
         .examples =
             R"json([{ "$marketing": { "when": "NOT(ISBLANK(Email))", "key": "email" } }])json"},
        {.name = "deleted",
         .form = list(map("deletion")),
         .title = "What a deletion does to the record that is left",
         .description = "A line an object of the entity. Objects that no line names: unlink.",
         .examples =
             R"json([[{ "object": "Contact", "then": "mark", "field": "deleted_in_crm__c" }]])json"},
    };
}

std::vector<Key> keys_of_orgs() {
    return {
        {.name = "lists",
         .form = list(map("list_rule")),
         .title = "Static lists that rules own",
         .description = "May stand in several files.",
         .examples =
             R"json([[{ "$marketing_list": "Customers", "member_when": "Rollup.Won_Opportunities > 0" }]])json"},
        {.name = "lifecycle",
         .form = map("lifecycle"),
         .title = "Stages of persons",
         .description = "Read in rules as Duet.Stage. In one file of an org.",
         .examples =
             R"json([{ "stages": [{ "name": "KNOWN", "rank": 10, "when": "TRUE" }] }])json"},
        {.name = "timers",
         .form = list(map("timer_rule")),
         .title = "How soon persons are to be answered",
         .description = "Read in rules of persons as Timer.name, Timer.name_Due and others. May "
                        "stand in several files.",
         .examples =
             R"json([[{ "name": "Answer", "starts": [{ "kind": "form", "object": { "$marketing": "visitor-activity" }, "where": "type = 4", "time": "createdAt", "within_minutes": 1440 }], "answers": [{ "object": "Task", "where": "IsClosed", "time": "CompletedDateTime" }] }]])json"},
        {.name = "queue",
         .form = map("queue"),
         .title = "Who is to be worked on first",
         .description =
             "One queue of leads and contacts, read in rules of persons as Queue.Member, "
             "Queue.Rank and others. In one file of an org.",
         .examples =
             R"json([{ "reasons": [{ "name": "qualified", "when": "Duet.Stage = \"MQL\"" }], "due": "Timer.Answer_Due" }])json"},
        {.name = "scoring",
         .form = map("scoring"),
         .title = "How engaged and how fitting people and accounts are",
         .description =
             "Read in rules of persons and accounts as Score.Engagement, Score.Grade and "
             "others. In one file of an org.",
         .examples =
             R"json([{ "points": [{ "type": "form", "object": { "$marketing": "visitor-activity" }, "where": "type = 4", "time": "createdAt", "points": 50 }] }])json"},
        {.name = "behaviour",
         .form = map("behaviour"),
         .title = "What customers of a kind do",
         .description = "Read in rules of opportunities and accounts as Behaviour.Win_Probability "
                        "and others. In one file of an org.",
         .examples =
             R"json([{ "types": ["Account.Industry"], "account": "AccountId", "created": "CreatedDate", "closed": "IF(IsClosed, CloseDate, NULL)", "won": "IsWon", "value": "Amount" }])json"},
        {.name = "hygiene",
         .form = map("hygiene"),
         .title = "How well records of deals are kept",
         .description = "A score by owner in `duet report`: 1 - faulty / open. In one file of an "
                        "org.",
         .examples =
             R"json([{ "open_when": "NOT(IsClosed)", "faulty_when": "Duet_Faulty__c", "owner": "Owner.Name" }])json"},
        {.name = "shares",
         .form = list(map("share")),
         .title = "Shares that `duet report` tells",
         .description = "Of some records those of which more is true. In one file of an org.",
         .examples =
             R"json([[{ "name": "Validated leads", "object": "Lead", "counted_when": "NOT(ISPICKVAL(Status, \"Open\"))", "met_when": "NOT(ISBLANK(Validated_By__c))" }]])json"},
        {.name = "rfm",
         .form = map("rfm"),
         .title = "When, how often and how much customers bought last",
         .description = "Read in rules of accounts, or persons, as Rfm.Code, Rfm.Class and others. "
                        "In one file of an org.",
         .examples =
             R"json([{ "purchases": [{ "object": "Opportunity", "where": "IsWon", "day": "CloseDate", "amount": "Amount" }] }])json"},
        {.name = "tasks",
         .form = list(map("task_rule")),
         .title = "Tasks in $crm",
         .description = "Each made when a condition comes true. May stand in several files.",
         .examples =
             R"json([[{ "name": "score_passes_100", "when": "Prospect.score >= 100", "subject": "Call {!LastName}" }]])json"},
        {.name = "routing",
         .form = list(map("routing")),
         .title = "Who owns persons' records in $crm",
         .description = "On creation by Duet, and when a condition comes true. May stand in "
                        "several files.",
         .examples =
             R"json([[{ "name": "new_leads", "at_create": "act", "rules": [{ "name": "rest", "owner": "00G000000000001AAA" }] }]])json"},
        {.name = "attribution",
         .form = list(map("attribution")),
         .title = "Which campaign gets the credit for an opportunity",
         .description = "Read in rules of opportunities as Attribution.name and "
                        "Attribution.name_Id. In one file of an org.",
         .examples =
             R"json([[{ "name": "Last_Touch", "model": "last", "people": "OpportunityContactRole.Contact", "from": "CreatedDate", "until": "CloseDate", "touches": [{ "object": "CampaignMember", "time": "CreatedDate", "campaign": "CampaignId" }] }]])json"},
    };
}

}  // namespace

void add_document_shapes(Grammar& grammar) {
    Shape document{"document", "a document", "A mapping document of Duet", {}, kConditions};
    for (const auto& keys : {keys_of_files(), keys_of_entities(), keys_of_orgs()}) {
        document.keys.insert(document.keys.end(), keys.begin(), keys.end());
    }
    grammar.push_back(std::move(document));
    grammar.push_back({"formula_with_blanks", "a rule", "A formula with its setting for blanks",
                       keys_of_rules()});
}

}  // namespace duet::document
