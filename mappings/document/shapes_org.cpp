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

// A number belongs to its model.
constexpr const char* kAttributionConditions = R"json({
  "dependentSchemas": {
    "half_life_days": { "properties": { "model": { "const": "decay" } } },
    "first_percent": { "properties": { "model": { "const": "u" } } },
    "last_percent": { "properties": { "model": { "const": "u" } } }
  }
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
                  .form = word({"first", "last", "linear", "decay", "u"}),
                  .title = "Which campaign gets the credit",
                  .description = "That of the first or last touch inside the window; or the one "
                                 "that gets most when all touches share alike (linear), the newer "
                                 "ones more (decay), the first and last ones more (u).",
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
        {.name = "when",
         .form = formula(),
         .title = "Which opportunities",
         .description = "A condition over opportunities. Absent: all.",
         .examples = R"json(["IsWon"])json"},
        required({.name = "people",
                  .form = name(),
                  .title = "Whose touches count",
                  .description = "From the opportunity hop by hop: a child object or a parent.",
                  .examples = R"json(["OpportunityContactRole.Contact"])json"}),
        {.name = "window_days",
         .form = whole(1, 3660),
         .title = "Days before `from`",
         .description = "Default 365. Older touches do not count.",
         .examples = R"json([365])json"},
        required({.name = "from",
                  .form = formula(),
                  .title = "Where the window is counted back from",
                  .description = "A date or an instant of the opportunity.",
                  .examples = R"json(["CreatedDate"])json"}),
        required({.name = "until",
                  .form = formula(),
                  .title = "After this no touch counts",
                  .description = "A date, which counts whole, or an instant.",
                  .examples = R"json(["CloseDate"])json"}),
        required(
            {.name = "touches",
             .form = list(map("touch")),
             .title = "What counts as a touch",
             .description = "Kinds of children of a person's record.",
             .examples =
                 R"json([[{ "object": "CampaignMember", "time": "CreatedDate", "campaign": "CampaignId" }]])json"}),
    };
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

void add_org_shapes(Grammar& grammar) {
    add_list_shapes(grammar);
    grammar.push_back(integration_users_shape());
    grammar.push_back({"attribution", "an attribution", "Which campaign gets the credit",
                       keys_of_attributions(), kAttributionConditions});
    grammar.push_back(touch_shape());
}

}  // namespace duet::document
