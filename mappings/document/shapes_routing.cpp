#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

constexpr const char* kRoutingConditions = R"json({
  "allOf": [{ "properties": { "name": { "pattern": "^[A-Za-z0-9_]{1,40}$" } } }],
  "anyOf": [
    { "required": ["trigger"] },
    { "required": ["at_create"], "properties": { "at_create": { "const": "act" } } }
  ],
  "dependentRequired": { "at_first_sight": ["trigger"] }
})json";

constexpr const char* kRouteConditions = R"json({
  "allOf": [{ "properties": { "name": { "pattern": "^[A-Za-z0-9_]{1,40}$" } } }],
  "oneOf": [
    { "required": ["owner"] }, { "required": ["owner_from"] }, { "required": ["round_robin"] },
    { "required": ["leads_by_domain"] }, { "required": ["territories"] }
  ]
})json";

constexpr const char* kTerritoryConditions = R"json({
  "allOf": [{ "properties": { "name": { "pattern": "^[A-Za-z0-9_]{1,40}$" } } }],
  "oneOf": [{ "required": ["owner"] }, { "required": ["round_robin"] }],
  "anyOf": [
    { "required": ["country"] }, { "required": ["region"] }, { "required": ["postal_prefix"] },
    { "required": ["industry"] }
  ]
})json";

Shape routing_shape() {
    return {
        "routing",
        "a routing",
        "Who owns persons' records",
        {
            rule_name(R"json(["new_leads"])json"),
            {.name = "objects",
             .form = names(),
             .title = "Which records of $crm",
             .description = "Objects of persons. Default Lead.",
             .examples = R"json([["Lead"], "Lead"])json"},
            {.name = "at_create",
             .form = word({"wait", "act"}),
             .title = "Records that Duet makes",
             .description = "act: they are made with their owner. wait (default): $crm decides.",
             .examples = R"json(["act"])json"},
            {.name = "trigger",
             .form = formula(),
             .title = "What gives a record another owner",
             .description = "A condition over persons. When it comes true, once, the rules are "
                            "asked.",
             .examples = R"json(["Prospect.score >= 100"])json"},
            first_sight(),
            {.name = "times",
             .form = word({"once", "every"}),
             .title = "How often the trigger gives another owner",
             .description = "once (default): for each person. every: whenever it comes true after "
                            "it was false.",
             .examples = R"json(["every"])json"},
            {.name = "owner_now",
             .form = word({"allowed", "passed_over"}),
             .title = "Whether who owns it may get it",
             .description = "allowed (default), or passed_over: the rules know everybody else.",
             .examples = R"json(["passed_over"])json"},
            {.name = "open_when",
             .form = formula(),
             .title = "Which records count against a capacity",
             .description = "A condition over the objects; a field that one of them lacks is blank "
                            "there. Absent: all that live.",
             .examples = R"json(["NOT(ISPICKVAL(Status, \"Unqualified\"))"])json"},
            {.name = "away_when",
             .form = formula(),
             .title = "Who gets nothing for now",
             .description = "A condition over users: on leave, say. They keep their place in a "
                            "turn. Absent: only who is inactive.",
             .examples = R"json(["On_Leave__c"])json"},
            required(
                {.name = "rules",
                 .form = list(map("route_rule")),
                 .title = "The rules, in order",
                 .description = "The first that knows an owner decides. End with one that "
                                "has no condition, a queue say, so that nobody is left over.",
                 .examples = R"json([[{ "name": "rest", "owner": "00G000000000001AAA" }]])json"}),
        },
        kRoutingConditions};
}

Shape route_rule_shape() {
    return {"route_rule",
            "a rule of a routing",
            "Who gets which records",
            {
                rule_name(R"json(["small_companies"])json"),
                {.name = "when",
                 .form = formula(),
                 .title = "Which records",
                 .description = "A condition over persons. Absent: all.",
                 .examples = R"json(["NumberOfEmployees < 1000"])json"},
                {.name = "owner_when",
                 .form = formula(),
                 .title = "Whom the rule may choose",
                 .description = "A condition over users: a role that works such records. Others "
                                "are passed over; queues are not asked. Absent: everybody.",
                 .examples = R"json(["NOT(ISPICKVAL(Sales_Role__c, \"CSM\"))"])json"},
                {.name = "owner",
                 .form = name(),
                 .title = "A user or queue",
                 .description = "Its id, e-mail address, user name or name.",
                 .examples = R"json(["ann@example.com", "Field sales queue"])json"},
                {.name = "owner_from",
                 .form = formula(),
                 .title = "A field that holds the owner",
                 .description = "Blank, or no active user: the next rule decides.",
                 .examples = R"json(["Account.OwnerId"])json"},
                {.name = "round_robin",
                 .form = list(either({name(), map("turn")})),
                 .title = "Users who take turns",
                 .description = "Who is inactive or has no room is skipped. When everybody is, the "
                                "next rule decides.",
                 .examples =
                     R"json([["ann@example.com", { "user": "bo@example.com", "weight": 2 }]])json"},
                {.name = "leads_by_domain",
                 .form = map("leads_by_domain"),
                 .title = "The owner of the account that has the person's domain",
                 .description = "Where just one account has it. None, several, or an owner who is "
                                "inactive: the next rule decides.",
                 .examples = R"json([{ "lead": "Lead", "email": "Email", "website": "Website",
                                       "public_domains": ["gmail.com"] }])json"},
                {.name = "territories",
                 .form = map("territories"),
                 .title = "Named territories, and who has them",
                 .description = "The one that says most about a person decides. Where nobody of it "
                                "is free, the next that fits does; then the next rule.",
                 .examples = R"json([{ "country": "Country", "table": [
                                       { "name": "north", "country": "Finland", "owner": "Ann" }] }])json"},
            },
            kRouteConditions};
}

Shape turn_shape() {
    return {"turn",
            "one who takes turns",
            "One who takes turns",
            {
                required({.name = "user",
                          .form = name(),
                          .title = "A user or queue",
                          .description = "Its id, e-mail address, user name or name.",
                          .examples = R"json(["bo@example.com"])json"}),
                {.name = "weight",
                 .form = whole(1, 1000),
                 .title = "Share of the turns",
                 .description = "Default 1. Weights 3, 1, 1 give A B A C A.",
                 .examples = R"json([3])json"},
                {.name = "capacity",
                 .form = whole(1, 1'000'000),
                 .title = "Open records at most",
                 .description = "Absent: no limit.",
                 .examples = R"json([40])json"},
            }};
}

/// What territories go by, as a person's record says it.
Key said(std::string name, std::string title, std::string more, std::string examples) {
    return {.name = std::move(name),
            .form = formula(),
            .title = std::move(title),
            .description = "A text over persons. " + std::move(more),
            .examples = std::move(examples)};
}

/// What of it is a territory's.
Key one_of(std::string name, std::string title, std::string how, std::string examples) {
    return {.name = std::move(name),
            .form = names(),
            .title = std::move(title),
            .description = std::move(how) + " Absent: any.",
            .examples = std::move(examples)};
}

Shape territories_shape() {
    return {
        "territories",
        "\"territories\"",
        "Named territories",
        {
            said("country", "The person's country",
                 "Letter case and outer space are no difference, here and below.",
                 R"json(["BLANKVALUE(Country, MailingCountry)"])json"),
            said("region", "The person's region", "Its state or province.", R"json(["State"])json"),
            said("postal_code", "The person's postal code",
                 "Spaces and hyphens in it do not count.", R"json(["PostalCode"])json"),
            said("industry", "The person's industry", "Or the company's.",
                 R"json(["TEXT(Industry)"])json"),
            required({.name = "table",
                      .form = list(map("territory")),
                      .title = "The territories",
                      .description = "Of those that a person is in the one with most "
                                     "conditions decides; of these the one whose postal prefix "
                                     "is longest; of these the first.",
                      .examples = R"json([[{ "name": "north", "country": "Finland",
                                                 "owner": "Ann" }]])json"}),
        }};
}

Shape territory_shape() {
    return {"territory",
            "a territory",
            "A territory",
            {
                required({.name = "name",
                          .form = name(),
                          .title = "Name",
                          .description = "Letters, digits and underscores, at most 40.",
                          .examples = R"json(["helsinki"])json"}),
                one_of("country", "Countries", "One of them.",
                       R"json(["Finland", ["Finland", "Suomi", "FI"]])json"),
                one_of("region", "Regions", "One of them.", R"json(["Uusimaa"])json"),
                one_of("postal_prefix", "How postal codes begin",
                       "In quotes, as YAML may read it as a number.",
                       R"json(["00", ["00", "01", "02"]])json"),
                one_of("industry", "Industries", "One of them.", R"json(["Banking"])json"),
                {.name = "owner",
                 .form = name(),
                 .title = "Whose it is",
                 .description = "A user or queue: id, e-mail address, user name or name.",
                 .examples = R"json(["ann@example.com", "Nordic sales"])json"},
                {.name = "round_robin",
                 .form = list(either({name(), map("turn")})),
                 .title = "Users who take turns in it",
                 .description = "As of a rule.",
                 .examples = R"json([["ann@example.com", "bo@example.com"]])json"},
            },
            kTerritoryConditions};
}

}  // namespace

void add_routing_shapes(Grammar& grammar) {
    grammar.push_back(routing_shape());
    grammar.push_back(route_rule_shape());
    grammar.push_back(turn_shape());
    grammar.push_back(territories_shape());
    grammar.push_back(territory_shape());
}

}  // namespace duet::document
