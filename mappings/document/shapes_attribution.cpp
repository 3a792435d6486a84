#include "mappings/document/lists.h"
#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

// A number belongs to its model; the campaign that people name themselves needs no touch.
constexpr const char* kAttributionConditions = R"json({
  "dependentRequired": { "keep_when": ["influence_model"] },
  "dependentSchemas": {
    "half_life_days": { "properties": { "model": { "const": "decay" } } },
    "first_percent": { "properties": { "model": { "const": "u" } } },
    "last_percent": { "properties": { "model": { "const": "u" } } },
    "weights": { "properties": { "model": { "const": "custom" } } }
  },
  "if": { "properties": { "model": { "const": "primary" } } },
  "then": { "not": { "required": ["influence_model"] } },
  "else": { "required": ["people", "from", "until", "touches"] }
})json";

std::vector<Key> keys_of_attributions() {
    return {
        required({.name = "name",
                  .form = name(),
                  .title = "Name",
                  .description = "Rules read Attribution.name (the campaign's name) and "
                                 "Attribution.name_Id.",
                  .examples = R"json(["Last_Touch"])json"}),
        required({.name = "model",
                  .form = word(attribution_models()),
                  .title = "How touches share the credit",
                  .description = "All to the first or the last touch inside the window; all alike "
                                 "(linear), the newer ones more (decay), the first and last ones "
                                 "more (u); by milestones (u50, w, full); by numbers (custom); by "
                                 "what all journeys taught (markov of campaigns, counterfactual of "
                                 "whole paths); alike by campaign (shapley). All to the campaign "
                                 "that people named in the opportunity (primary), which needs "
                                 "neither people nor touches. "
                                 "Attribution.name is the campaign with most of it.",
                  .examples = R"json(["last"])json"}),
        {.name = "half_life_days",
         .form = whole(1, 3660),
         .title = "Of decay: age at which a touch counts half",
         .description = "Default 7. Days back from the end of the window.",
         .examples = R"json([30])json"},
        {.name = "first_percent",
         .form = whole(0, 100),
         .title = "Of u: share of the first touch",
         .description = "Default 40. The touches between share what is left to 100.",
         .examples = R"json([40])json"},
        {.name = "last_percent",
         .form = whole(0, 100),
         .title = "Of u: share of the last touch",
         .description = "Default 40.",
         .examples = R"json([40])json"},
        {.name = "weights",
         .form = map("attribution_weights"),
         .title = "Of custom: how much touches count",
         .description = "A touch counts the product of the numbers that apply, 1 without any.",
         .examples =
             R"json([{ "campaign_type": { "Webinar": 3 }, "position": { "last": 2 } }])json"},
        {.name = "learn_days",
         .form = whole(1, 366),
         .title = "Of markov and counterfactual: days between two lessons",
         .description = "Default 1. Less often where nothing happens.",
         .examples = R"json([7])json"},
        {.name = "learn_percent",
         .form = whole(0, 100),
         .title = "Of markov and counterfactual: what makes a new lesson worth while",
         .description = "Default 1. How many percent of the journeys must have been decided anew.",
         .examples = R"json([5])json"},
        {.name = "when",
         .form = formula(),
         .title = "Which opportunities",
         .description = "A condition over opportunities. Absent: all.",
         .examples = R"json(["IsWon"])json"},
        {.name = "people",
         .form = name(),
         .title = "Whose touches count",
         .description = "From the opportunity hop by hop: a child object or a parent.",
         .examples = R"json(["OpportunityContactRole.Contact"])json"},
        {.name = "people_of",
         .form = word({"role", "account", "role_else_account"}),
         .title = "Where an opportunity's people are found",
         .description = "Default role: along `people`. account: everyone at its account. "
                        "role_else_account: those only where nobody has a role.",
         .examples = R"json(["role_else_account"])json"},
        {.name = "window_days",
         .form = whole(1, 3660),
         .title = "Days before `from`",
         .description = "Default 365. Older touches do not count.",
         .examples = R"json([365])json"},
        {.name = "from",
         .form = formula(),
         .title = "Where the window is counted back from",
         .description = "A date or an instant of the opportunity.",
         .examples = R"json(["CreatedDate"])json"},
        {.name = "until",
         .form = formula(),
         .title = "After this no touch counts",
         .description = "A date, which counts whole, or an instant.",
         .examples = R"json(["CloseDate"])json"},
        {.name = "touches",
         .form = list(map("touch")),
         .title = "What counts as a touch",
         .description = "Kinds of children of a person's record.",
         .examples =
             R"json([[{ "object": "CampaignMember", "time": "CreatedDate", "campaign": "CampaignId" }]])json"},
        {.name = "qualified",
         .form = formula(),
         .title = "Of u50, w and full: since when a person is worth selling to",
         .description = "A date or an instant of the person's record. The earliest of all people "
                        "is the lead's milestone.",
         .examples = R"json(["Duet_First_MQL__c"])json"},
        {.name = "known",
         .form = formula(),
         .title = "Since when a person is known",
         .description = "Used where nobody is qualified; read of the lead it was, too.",
         .examples = R"json(["CreatedDate"])json"},
        {.name = "influence_model",
         .form = name(),
         .title = "Rows of campaign influence",
         .description = "The developer name of a model of your own, whose rows Duet keeps in step.",
         .examples = R"json(["Duet_Attribution"])json"},
        {.name = "contract_value",
         .form = formula(),
         .title = "What a deal is worth in a year",
         .description = "A number over opportunities, in the deal's currency; what reports add up "
                        "of new customers. Absent: the amount.",
         .examples = R"json(["BLANKVALUE(ACV__c, Amount)"])json"},
        {.name = "keep_when",
         .form = formula(),
         .title = "Which opportunities' rows stay as they are",
         .description = "A condition over opportunities. Where it and `when` are false, an "
                        "opportunity has no rows.",
         .examples = R"json(["Duet_Outcome__c = \"LAPSED\""])json"},
    };
}

Shape weights_shape() {
    const Form numbers = map_of(whole(0, 1000));
    return {"attribution_weights",
            "\"weights\"",
            "How much touches count",
            {
                {.name = "campaign_type",
                 .form = numbers,
                 .title = "By the type of the campaign",
                 .description = "As $crm has it.",
                 .examples = R"json([{ "Webinar": 3, "Email": 1 }])json"},
                {.name = "role",
                 .form = numbers,
                 .title = "By the person's role in the opportunity",
                 .description = "As $crm has it.",
                 .examples = R"json([{ "Decision Maker": 2 }])json"},
                {.name = "position",
                 .form = numbers,
                 .title = "By the place among the touches",
                 .description = "first, last, middle, or a number from 1.",
                 .examples = R"json([{ "first": 2, "last": 2 }])json"},
            }};
}

Shape touch_shape() {
    return {
        "touch",
        "a touch",
        "One kind of touch",
        {
            required({.name = "object",
                      .form = either({name(), map("object")}),
                      .title = "The child object",
                      .description = "A name is one of $crm.",
                      .examples =
                          R"json(["CampaignMember", { "$marketing": "visitor-activity" }])json"}),
            {.name = "where",
             .form = formula(),
             .title = "Which children",
             .description = "A condition over the child's fields. Absent: all.",
             .examples = R"json(["HasResponded"])json"},
            required({.name = "time",
                      .form = formula(),
                      .title = "When the touch was",
                      .description = "A date, which counts as its first instant, or an instant.",
                      .examples = R"json(["CreatedDate"])json"}),
            required({.name = "campaign",
                      .form = formula(),
                      .title = "Whose touch it was",
                      .description = "The id of the campaign in $crm. Blank: no touch.",
                      .examples = R"json(["CampaignId"])json"}),
        }};
}

}  // namespace

void add_attribution_shapes(Grammar& grammar) {
    grammar.push_back({"attribution", "an attribution", "Which campaigns get the credit",
                       keys_of_attributions(), kAttributionConditions});
    grammar.push_back(weights_shape());
    grammar.push_back(touch_shape());
}

}  // namespace duet::document
