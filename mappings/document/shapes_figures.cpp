#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

Key optional_formula(const char* name, const char* title, const char* description,
                     const char* examples) {
    return {.name = name,
            .form = formula(),
            .title = title,
            .description = description,
            .examples = examples};
}

std::vector<Key> keys_of_queue() {
    return {
        required(
            {.name = "reasons",
             .form = list(map("queue_reason")),
             .title = "Who is in it",
             .description = "A person is in the queue while one of them holds.",
             .examples = R"json([[{ "name": "qualified", "when": "Duet.Stage = \"MQL\"" }]])json"}),
        optional_formula("leave_when", "Who is not in it all the same", "A condition over persons.",
                         R"json(["HasOptedOutOfEmail"])json"),
        optional_formula("note", "A text beside the reasons", "Blank: none.",
                         R"json(["Duet_Suppression_Reason__c"])json"),
        optional_formula("breached_when", "Who comes first", "Whose answer is overdue.",
                         R"json(["Timer.Answer = \"BREACHED\""])json"),
        optional_formula("due", "When the person is to be answered",
                         "An instant; the earlier comes first, none comes last.",
                         R"json(["Timer.Answer_Due"])json"),
        optional_formula("score", "The score", "A number.", R"json(["Prospect.score"])json"),
        optional_formula("grade", "The grade", "A number, or a grade such as B+.",
                         R"json(["Prospect.grade"])json"),
        optional_formula("owner", "Whose queue it is", "An id.", R"json(["OwnerId"])json"),
        optional_formula("account", "The person's company", "A text.",
                         R"json(["Account.Name"])json"),
        optional_formula("campaign", "What brought the person", "A text.",
                         R"json(["Duet.Campaign"])json"),
        {.name = "score_percent",
         .form = whole(0, 100),
         .title = "Share of the score in the priority",
         .description = "Default 60. The grade has the rest.",
         .examples = R"json([60])json"},
        {.name = "score_bands",
         .form = list(whole(0, 1'000'000)),
         .title = "Scores at which the priority in Queue.Rank rises",
         .description = "In any order. `duet queue` says which part today's people in tenths.",
         .examples = R"json([[25, 50, 100, 200]])json"},
        {.name = "grade_bands",
         .form = list(whole(0, 1'000'000)),
         .title = "Grades at which it rises",
         .description = "In any order; F is 1 and A+ 13.",
         .examples = R"json([[3, 6, 9, 12]])json"},
    };
}

std::vector<Key> keys_of_points() {
    return {
        required({.name = "type",
                  .form = name(),
                  .title = "What it is called",
                  .description = "Of one type and asset the same again soon counts once.",
                  .examples = R"json(["form"])json"}),
        required({.name = "object",
                  .form = either({name(), map("object")}),
                  .title = "The child object",
                  .description = "A child of a person's record. A name is one of $crm.",
                  .examples = R"json([{ "$marketing": "visitor-activity" }])json"}),
        optional_formula("where", "Which children", "A condition over the child. Absent: all.",
                         R"json(["type = 4"])json"),
        required({.name = "time",
                  .form = formula(),
                  .title = "When it happened",
                  .description = "A date, which counts as its first instant, or an instant.",
                  .examples = R"json(["createdAt"])json"}),
        optional_formula("asset", "Which form, page or link", "A text or number. Absent: one.",
                         R"json(["details"])json"),
        required({.name = "points",
                  .form = whole(-1000, 1000),
                  .title = "Points",
                  .description = "Half of them after each half-life.",
                  .examples = R"json([50])json"}),
    };
}

std::vector<Key> keys_of_scored_accounts() {
    const auto number = [](const char* name, int low, int high, const char* title,
                           const char* description, const char* example) {
        return Key{.name = name,
                   .form = whole(low, high),
                   .title = title,
                   .description = description,
                   .examples = example};
    };
    return {
        {.name = "role",
         .form = map("account_role"),
         .title = "The roles of people",
         .description = "In buying groups.",
         .examples = R"json([{ "object": "OpportunityContactRole", "role": "TEXT(Role)" }])json"},
        {.name = "role_percent",
         .form = map_of(whole(0, 1000)),
         .title = "How much each role counts",
         .description = "In percent of a person's engagement.",
         .examples = R"json([{ "Decision Maker": 100, "User": 50 }])json"},
        {.name = "leads_by_domain",
         .form = map("leads_by_domain"),
         .title = "Leads that count to accounts",
         .description = "By their domain. Absent: only people who refer to the account count.",
         .examples =
             R"json([{ "lead": "Lead", "email": "Email", "website": "Website", "public_domains": ["gmail.com"] }])json"},
        number("unknown_role_percent", 0, 1000, "How much people of other roles count",
               "Default 60.", R"json([60])json"),
        number("engaged_from", 1, 100'000, "Engagement from which a person adds to the breadth",
               "Default 10.", R"json([10])json"),
        number("breadth_percent", 0, 1000, "What each engaged person but the first adds",
               "Default 10, in percent of the sum.", R"json([10])json"),
        number("breadth_people", 0, 100, "How many of them at most", "Default 4.",
               R"json([4])json"),
        number("surge_days", 1, 365, "Days in which a surge is gained", "Default 14.",
               R"json([14])json"),
        number("surge_gain", 1, 100'000, "Points of a surge", "Default 25.", R"json([25])json"),
        number("surge_percent", 0, 1000, "Their share of the engagement",
               "Default 50: a surge is at least so large a part of it.", R"json([50])json"),
    };
}

Shape scoring_shape() {
    return {
        "scoring",
        "\"scoring\"",
        "How engaged and how fitting people and accounts are",
        {
            {.name = "half_life_days",
             .form = whole(1, 3650),
             .title = "Days after which points count half",
             .description = "Default 30.",
             .examples = R"json([30])json"},
            {.name = "dropped_after_half_lives",
             .form = whole(1, 100),
             .title = "Half-lives after which they count nothing",
             .description = "Default 6.",
             .examples = R"json([6])json"},
            {.name = "repeat_hours",
             .form = whole(0, 8760),
             .title = "Hours in which the same again counts once",
             .description = "Default 24. Of one type and asset.",
             .examples = R"json([24])json"},
            {.name = "step",
             .form = whole(1, 1000),
             .title = "What engagement is rounded down to",
             .description = "Default 5. A person is looked at again, and a field written, when "
                            "decay passes a multiple of it; let levels of rules be such.",
             .examples = R"json([5])json"},
            {.name = "points",
             .form = list(map("points_rule")),
             .title = "What is worth points",
             .description = "Kinds of children of a person's record.",
             .examples =
                 R"json([[{ "type": "form", "object": { "$marketing": "visitor-activity" }, "where": "type = 4", "time": "createdAt", "points": 50 }]])json"},
            {.name = "grade",
             .form = map("grade_rule"),
             .title = "How well a person fits",
             .description = "Read as Score.Grade and Score.Grade_Rank.",
             .examples =
                 R"json([{ "criteria": [{ "name": "size", "when": "NumberOfEmployees >= 50" }] }])json"},
            {.name = "account",
             .form = map("scored_account"),
             .title = "Engagement of accounts",
             .description = "Of all their people together.",
             .examples = R"json([{ "unknown_role_percent": 60 }])json"},
        }};
}

Shape behaviour_shape() {
    const auto rule = [](const char* name, const char* title, const char* description,
                         const char* examples) {
        return required(optional_formula(name, title, description, examples));
    };
    return {
        "behaviour",
        "\"behaviour\"",
        "What customers of a kind do",
        {
            required({.name = "types",
                      .form = list(formula()),
                      .title = "What parts deals into kinds",
                      .description = "Texts of opportunities. Of a kind with few deals the last "
                                     "part is given up, then the one before.",
                      .examples = R"json([["Account.Duet_Segment__c", "Account.Industry"]])json"}),
            rule("account", "Whose deal it is", "An id.", R"json(["AccountId"])json"),
            rule("created", "When it began", "A date or an instant.", R"json(["CreatedDate"])json"),
            rule("closed", "When it ended", "A date or an instant; blank: it is open.",
                 R"json(["IF(IsClosed, CloseDate, NULL)"])json"),
            rule("won", "Whether it was won", "A condition.", R"json(["IsWon"])json"),
            optional_formula("lapsed", "Whether it fell asleep",
                             "A condition. It counts as ended and not won.",
                             R"json(["Duet_Outcome__c = \"lapsed\""])json"),
            optional_formula("lapsed_on", "The day on which it fell asleep",
                             "A date or an instant, with lapsed. Default: a deal that fell asleep "
                             "counts whenever figures are worked out.",
                             R"json(["Duet_Lapsed_Date__c"])json"),
            rule("value", "What it is worth", "A number.", R"json(["Amount"])json"),
            {.name = "prior_weight",
             .form = whole(0, 1000),
             .title = "Deals that the rate of all counts for",
             .description = "Default 10.",
             .examples = R"json([10])json"},
            {.name = "least_deals",
             .form = whole(1, 100'000),
             .title = "Deals that a kind must have",
             .description = "Default 20.",
             .examples = R"json([20])json"},
            {.name = "refresh_days",
             .form = whole(1, 366),
             .title = "Days that the figures stand",
             .description = "Default 7. Then they are worked out anew, and all open deals and "
                            "accounts are looked at.",
             .examples = R"json([7])json"},
        }};
}

Shape hygiene_shape() {
    const auto rule = [](const char* name, const char* title, const char* description,
                         const char* examples) {
        return required(optional_formula(name, title, description, examples));
    };
    return {"hygiene",
            "\"hygiene\"",
            "How well records of deals are kept",
            {
                rule("open_when", "Which deals are counted", "A condition over opportunities.",
                     R"json(["NOT(IsClosed)"])json"),
                rule("faulty_when", "With which of them something is wrong",
                     "A condition over opportunities.", R"json(["Duet_Faulty__c"])json"),
                rule("owner", "By whom the score is told",
                     "A text. Owner.Name names people in a report that names nobody else; OwnerId "
                     "does not.",
                     R"json(["Owner.Name"])json"),
            }};
}

Shape share_shape() {
    return {
        "share",
        "a share",
        "Of some records those of which more is true",
        {
            required({.name = "name",
                      .form = name(),
                      .title = "What it is called",
                      .description = "As people read it.",
                      .examples = R"json(["Validated leads"])json"}),
            required({.name = "object",
                      .form = name(),
                      .title = "The object",
                      .description = "Of $crm.",
                      .examples = R"json(["Lead"])json"}),
            required(optional_formula("counted_when", "Which records are counted",
                                      "A condition over the object.",
                                      R"json(["NOT(ISPICKVAL(Status, \"Open\"))"])json")),
            required(optional_formula("met_when", "Which of them make the share",
                                      "A condition over the object.",
                                      R"json(["NOT(ISBLANK(Validated_By__c))"])json")),
            optional_formula("at", "When it was",
                             "A date or an instant: counted where it lies in the report's period, "
                             "blank: not. Absent: all are counted, whenever it was.",
                             R"json(["CreatedDate"])json"),
            optional_formula("by", "By what the share is told as well",
                             "A text. Owner.Name names people in a report that names nobody else; "
                             "OwnerId does not.",
                             R"json(["TEXT(LeadSource)"])json"),
        }};
}

}  // namespace

void add_figure_shapes(Grammar& grammar) {
    grammar.push_back({"queue", "\"queue\"", "Who is to be worked on first", keys_of_queue()});
    grammar.push_back({"queue_reason",
                       "a reason",
                       "A way into the queue",
                       {required({.name = "name",
                                  .form = name(),
                                  .title = "The reason",
                                  .description = "As people read it.",
                                  .examples = R"json(["qualified"])json"}),
                        required({.name = "when",
                                  .form = formula(),
                                  .title = "Whom it is true of",
                                  .description = "A condition over persons.",
                                  .examples = R"json(["Duet.Stage = \"MQL\""])json"})}});
    grammar.push_back(scoring_shape());
    grammar.push_back(behaviour_shape());
    grammar.push_back(hygiene_shape());
    grammar.push_back(share_shape());
    grammar.push_back(
        {"points_rule", "what is worth points", "What is worth points", keys_of_points()});
    grammar.push_back(
        {"grade_rule",
         "\"grade\"",
         "How well a person fits",
         {{.name = "start",
           .form = own(text()),
           .title = "The grade that everybody starts from",
           .description = "Default D.",
           .examples = R"json(["D"])json"},
          required({.name = "criteria",
                    .form = list(map("criterion")),
                    .title = "The profile",
                    .description = "A match moves the grade up, no match down.",
                    .examples =
                        R"json([[{ "name": "size", "when": "NumberOfEmployees >= 50" }]])json"})}});
    grammar.push_back(
        {"criterion",
         "a criterion",
         "A question of the profile",
         {required({.name = "name",
                    .form = name(),
                    .title = "Name",
                    .description = "For people.",
                    .examples = R"json(["size"])json"}),
          required({.name = "when",
                    .form = formula(),
                    .title = "Who matches",
                    .description = "A condition over persons.",
                    .examples = R"json(["NumberOfEmployees >= 50"])json"}),
          optional_formula("unknown_when", "Of whom nobody knows", "Then the grade stays.",
                           R"json(["ISBLANK(NumberOfEmployees)"])json"),
          {.name = "thirds",
           .form = whole(1, 3),
           .title = "Thirds of a letter",
           .description = "Default 2.",
           .examples = R"json([2])json"}}});
    grammar.push_back(
        {"scored_account", "\"account\"", "Engagement of accounts", keys_of_scored_accounts()});
}

}  // namespace duet::document
