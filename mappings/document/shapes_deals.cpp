#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

Shape tag_shape() {
    return {"stage_tag",
            "a tag",
            "A word beside the stage",
            {
                required({.name = "name",
                          .form = name(),
                          .title = "The word",
                          .description = "In Duet.Tags.",
                          .examples = R"json(["TRIAL"])json"}),
                required({.name = "during",
                          .form = name(),
                          .title = "While",
                          .description = "A span or condition.",
                          .examples = R"json(["trial"])json"}),
            }};
}

Shape count_shape() {
    return {"stage_count",
            "a count",
            "How often something happened after a stage",
            {
                required({.name = "name",
                          .form = name(),
                          .title = "Name",
                          .description = "Read as Duet.name.",
                          .examples = R"json(["Post_SQL_Activities"])json"}),
                required({.name = "of",
                          .form = name(),
                          .title = "What is counted",
                          .description = "An event.",
                          .examples = R"json(["activity"])json"}),
                required({.name = "after",
                          .form = name(),
                          .title = "From when on",
                          .description = "A stage: after it was entered in the present cycle.",
                          .examples = R"json(["SQL"])json"}),
            }};
}

Key deal_rule(const char* key, const char* title, const char* description, const char* example) {
    return {.name = key,
            .form = formula(),
            .title = title,
            .description = description,
            .examples = example};
}

std::vector<Key> keys_of_deals() {
    return {
        required({.name = "through",
                  .form = name(),
                  .title = "What joins people to deals",
                  .description = "An object of $crm that refers to both.",
                  .examples = R"json(["OpportunityContactRole"])json"}),
        required({.name = "deal",
                  .form = name(),
                  .title = "The deal",
                  .description = "An object of $crm.",
                  .examples = R"json(["Opportunity"])json"}),
        required(deal_rule("joined", "When the person joined", "Of `through`.",
                           R"json(["CreatedDate"])json")),
        required(deal_rule("created", "When the deal was made", "Of the deal.",
                           R"json(["CreatedDate"])json")),
        required(deal_rule("closed", "When it was closed", "Blank: it is open.",
                           R"json(["IF(IsClosed, LastStageChangeDate, NULL)"])json")),
        required(
            deal_rule("won", "Whether it was won", "Of a closed deal.", R"json(["IsWon"])json")),
        deal_rule("close_date", "The day on which it should close", "A date.",
                  R"json(["CloseDate"])json"),
        deal_rule("stage", "Its stage", "The one that it began in, where `moves` tell the others.",
                  R"json(["TEXT(StageName)"])json"),
        deal_rule("reason", "Why it was lost", "A text, kept in the history.",
                  R"json(["Loss_Reason__c"])json"),
        deal_rule("owner", "Whose it is", "An id, kept in the history.", R"json(["OwnerId"])json"),
        deal_rule("campaign", "What it came from", "An id, kept in the history.",
                  R"json(["CampaignId"])json"),
        {.name = "moves",
         .form = list(map("deal_child")),
         .title = "Its stage changes",
         .description = "Children of the deal, or the deal itself.",
         .examples = R"json([[{ "object": "Opportunity", "at": "LastStageChangeDate" }]])json"},
        {.name = "activities",
         .form = list(map("deal_child")),
         .title = "What sellers did",
         .description = "Children of the deal. Leave out what Duet made.",
         .examples =
             R"json([[{ "object": "Task", "where": "IsClosed", "at": "CompletedDateTime" }]])json"},
        {.name = "planned",
         .form = list(map("deal_child")),
         .title = "Meetings",
         .description = "While one lies ahead, nothing lapses; once begun it is an activity.",
         .examples =
             R"json([[{ "object": "Event", "at": "CreatedDate", "start": "StartDateTime" }]])json"},
        {.name = "lapses",
         .form = list(map("lapse")),
         .title = "When an open deal counts as lapsed",
         .description = "The first that holds is the reason.",
         .examples = R"json([[{ "name": "silent", "quiet_from": 60 }]])json"},
        {.name = "stage_medians",
         .form = map_of(whole(0, 3650)),
         .title = "Days that won deals were in a stage",
         .description = "The median by stage, for in_stage_percent_of_median.",
         .examples = R"json([{ "Proposal": 30 }])json"},
        {.name = "learn_medians",
         .form = map("learn_medians"),
         .title = "Days in a stage that are learnt",
         .description = "From the `moves` of deals that were won. Absent: stage_medians alone.",
         .examples = R"json([{ "months": 12, "fewest": 5, "refresh_days": 7 }])json"},
        {.name = "close_lapsed",
         .form = map("close_lapsed"),
         .title = "Lapsed deals that Duet closes",
         .description = "Absent: only people close deals. Under the brake \"restage\".",
         .examples = R"json([{ "after_days": 30, "set": { "StageName": "Closed Lost" } }])json"},
    };
}

Shape deal_child_shape() {
    return {"deal_child",
            "a line about deals",
            "Records that tell of a deal",
            {
                required({.name = "object",
                          .form = name(),
                          .title = "The object",
                          .description = "A child of the deal in $crm, or the deal itself.",
                          .examples = R"json(["Task"])json"}),
                {.name = "where",
                 .form = formula(),
                 .title = "Which records",
                 .description = "A condition over the record. Absent: all.",
                 .examples = R"json(["IsClosed"])json"},
                required({.name = "at",
                          .form = formula(),
                          .title = "When",
                          .description = "It happened; of a meeting when it was planned.",
                          .examples = R"json(["CreatedDate"])json"}),
                {.name = "start",
                 .form = formula(),
                 .title = "When a meeting begins",
                 .description = "Of `planned` only, and needed there.",
                 .examples = R"json(["StartDateTime"])json"},
                {.name = "stage",
                 .form = formula(),
                 .title = "The stage that the deal went to",
                 .description = "Of `moves` only.",
                 .examples = R"json(["TEXT(StageName)"])json"},
            }};
}

Shape lapse_shape() {
    return {"lapse",
            "a lapse",
            "When an open deal counts as lapsed: all that is given must hold",
            {
                required({.name = "name",
                          .form = name(),
                          .title = "Name",
                          .description = "The reason.",
                          .examples = R"json(["overdue"])json"}),
                {.name = "past_close_over",
                 .form = whole(0, 3650),
                 .title = "More days past its close date",
                 .description = "Than this many.",
                 .examples = R"json([30])json"},
                {.name = "in_stage_over",
                 .form = whole(0, 3650),
                 .title = "More days since its last stage change",
                 .description = "Than this many.",
                 .examples = R"json([30])json"},
                {.name = "in_stage_percent_of_median",
                 .form = whole(1, 10'000),
                 .title = "And more than this share of the stage's median",
                 .description = "In percent; 200 is twice the median.",
                 .examples = R"json([200])json"},
                {.name = "quiet_from",
                 .form = whole(0, 3650),
                 .title = "So many days or more since anything happened",
                 .description = "Creation, a stage change or an activity.",
                 .examples = R"json([60])json"},
            }};
}

std::vector<Key> keys_of_accounts() {
    return {
        required({.name = "customer",
                  .form = name(),
                  .title = "The stage of customers",
                  .description = "Of accounts with an active contract.",
                  .examples = R"json(["CUSTOMER"])json"}),
        {.name = "contract",
         .form = name(),
         .title = "The span that is a contract",
         .description = "One of `spans` whose records refer to the account.",
         .examples = R"json(["contract"])json"},
        {.name = "won",
         .form = name(),
         .title = "The date of the last win",
         .description = "One of `dates`; counts where there is no contract.",
         .examples = R"json(["last_won"])json"},
        {.name = "customer_months",
         .form = whole(1, 1200),
         .title = "For how long after a win",
         .description = "Months. Default 24.",
         .examples = R"json([24])json"},
        {.name = "left_out",
         .form = names(),
         .title = "Stages of people that do not count",
         .description = "Else the highest rank of its people is the account's stage.",
         .examples = R"json([["DISQUALIFIED"]])json"},
        {.name = "counted",
         .form = names(),
         .title = "Stages whose people are counted",
         .description = "Read as Duet.People_stage.",
         .examples = R"json([["MQL"]])json"},
        {.name = "engaged_by",
         .form = name(),
         .title = "The event that counts as engagement",
         .description = "Duet.Engaged counts people who did it lately.",
         .examples = R"json(["activity"])json"},
        {.name = "engaged_days",
         .form = whole(1, 3650),
         .title = "How lately",
         .description = "Days. Default 30.",
         .examples = R"json([30])json"},
        {.name = "role",
         .form = map("account_role"),
         .title = "The roles of people",
         .description = "In buying groups.",
         .examples = R"json([{ "object": "OpportunityContactRole", "role": "TEXT(Role)" }])json"},
        {.name = "required_roles",
         .form = names(),
         .title = "The roles of a whole buying group",
         .description = "Duet.Role_Coverage is the share that is filled.",
         .examples = R"json([["Decision Maker", "Influencer"]])json"},
        {.name = "leads_by_domain",
         .form = map("leads_by_domain"),
         .title = "Leads that count to accounts",
         .description = "By their domain. Absent: only people who refer to the account count.",
         .examples =
             R"json([{ "lead": "Lead", "email": "Email", "website": "Website", "public_domains": ["gmail.com"] }])json"},
        {.name = "dates",
         .form = map_of(formula()),
         .title = "Dates that sub-stages count from",
         .description = "Formulas over accounts.",
         .examples = R"json([{ "last_won": "Rollup.Last_Won" }])json"},
        {.name = "substages",
         .form = list(map("substage")),
         .title = "Sub-stages of customers",
         .description = "The first whose days it is.",
         .examples =
             R"json([[{ "name": "ONBOARDING", "since": "last_won", "last_days": 90 }]])json"},
    };
}

Shape substage_shape() {
    return {"substage",
            "a sub-stage",
            "A time in the life of a customer",
            {
                required({.name = "name",
                          .form = name(),
                          .title = "Name",
                          .description = "What Duet.Substage of accounts gives.",
                          .examples = R"json(["ONBOARDING"])json"}),
                {.name = "since",
                 .form = name(),
                 .title = "The date that it counts from",
                 .description = "One of `dates`. Absent: it always holds.",
                 .examples = R"json(["last_won"])json"},
                {.name = "months",
                 .form = whole(-1200, 1200),
                 .title = "Months after it",
                 .description = "Default 0. Month ends are kept.",
                 .examples = R"json([3])json"},
                {.name = "days",
                 .form = whole(-3650, 3650),
                 .title = "Days after that",
                 .description = "Default 0. Negative: before.",
                 .examples = R"json([-30])json"},
                {.name = "last_days",
                 .form = whole(0, 3650),
                 .title = "Its last day, counted from its first",
                 .description = "Absent: it has none.",
                 .examples = R"json([90])json"},
                {.name = "unless",
                 .form = name(),
                 .title = "A date that rules it out",
                 .description = "One of `dates`, when it is not blank.",
                 .examples = R"json(["renewed"])json"},
            }};
}

Shape leads_shape() {
    return {"leads_by_domain",
            "\"leads_by_domain\"",
            "People without an account, and the only account that has their domain",
            {
                required({.name = "lead",
                          .form = name(),
                          .title = "The object of such people",
                          .description = "One of persons in $crm.",
                          .examples = R"json(["Lead"])json"}),
                required({.name = "email",
                          .form = name(),
                          .title = "Their address",
                          .description = "A field of it.",
                          .examples = R"json(["Email"])json"}),
                required({.name = "website",
                          .form = name(),
                          .title = "Where an account has its domain",
                          .description = "A field: a web page, an address or a domain.",
                          .examples = R"json(["Website"])json"}),
                required({.name = "public_domains",
                          .form = names(),
                          .title = "Domains that are everybody's",
                          .description = "Nobody is joined to an account by one of them.",
                          .examples = R"json([["gmail.com", "outlook.com"]])json"}),
            }};
}

Shape medians_shape() {
    return {"learn_medians",
            "\"learn_medians\"",
            "How long won deals stay in a stage",
            {
                {.name = "months",
                 .form = whole(1, 1200),
                 .title = "Deals won in so many months before count",
                 .description = "Default 12.",
                 .examples = R"json([12])json"},
                {.name = "fewest",
                 .form = whole(1, 100'000),
                 .title = "Stays that a stage must have",
                 .description = "Default 5. With fewer the number in `stage_medians` stands.",
                 .examples = R"json([5])json"},
                {.name = "refresh_days",
                 .form = whole(1, 366),
                 .title = "Days that the medians stand",
                 .description = "Default 7.",
                 .examples = R"json([7])json"},
            }};
}

Shape role_shape() {
    return {"account_role",
            "\"role\"",
            "The roles of people",
            {
                required({.name = "object",
                          .form = name(),
                          .title = "Records that tell it",
                          .description = "Children of people in $crm.",
                          .examples = R"json(["OpportunityContactRole"])json"}),
                required({.name = "role",
                          .form = formula(),
                          .title = "The role",
                          .description = "A text of the record.",
                          .examples = R"json(["TEXT(Role)"])json"}),
            }};
}

}  // namespace

void add_deal_shapes(Grammar& grammar) {
    grammar.push_back(
        {"close_lapsed",
         "\"close_lapsed\"",
         "Lapsed deals that Duet closes",
         {{.name = "after_days",
           .form = whole(0, 3650),
           .title = "Days after the deal lapsed",
           .description = "Default 30.",
           .examples = R"json([30])json"},
          required(
              {.name = "set",
               .form = map_of(text()),
               .title = "What is written to the deal",
               .description = "Texts by field.",
               .examples =
                   R"json([{ "StageName": "Closed Lost", "Loss_Reason__c": "Lapsed" }])json"})}});
    grammar.push_back(leads_shape());
    grammar.push_back(medians_shape());
    grammar.push_back(tag_shape());
    grammar.push_back(count_shape());
    grammar.push_back({"deals", "\"deals\"", "How people come to deals", keys_of_deals()});
    grammar.push_back(deal_child_shape());
    grammar.push_back(lapse_shape());
    grammar.push_back(
        {"account_stage", "\"account\"", "The stage of accounts", keys_of_accounts()});
    grammar.push_back(role_shape());
    grammar.push_back(substage_shape());
}

}  // namespace duet::document
