#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

// Rules are remembered by their names: see is_rule_name.
constexpr const char* kTaskConditions = R"json({
  "allOf": [{ "properties": { "name": { "pattern": "^[A-Za-z0-9_]{1,40}$" } } }],
  "dependentRequired": { "closed_status": ["close_when"] }
})json";

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
    { "required": ["owner"] }, { "required": ["owner_from"] }, { "required": ["round_robin"] }
  ]
})json";

Key rule_name(std::string examples) {
    return required({.name = "name",
                     .form = name(),
                     .title = "Name",
                     .description = "What is remembered goes by it: letters, digits and "
                                    "underscores, at most 40. Another name is another rule.",
                     .examples = std::move(examples)});
}

Key first_sight() {
    return {.name = "at_first_sight",
            .form = word({"wait", "act"}),
            .title = "Where the condition is true when Duet first asks it",
            .description = "wait (default): it must come true later. act: that counts as well.",
            .examples = R"json(["act"])json"};
}

std::vector<Key> keys_of_task_events() {
    return {
        rule_name(R"json(["score_passes_100"])json"),
        {.name = "entity",
         .form = word({"person", "account", "opportunity", "campaign"}),
         .title = "What the task is about",
         .description = "Default person.",
         .examples = R"json(["account"])json"},
        required({.name = "when",
                  .form = formula(),
                  .title = "What makes the task",
                  .description = "A condition over the entity. The task is made when it comes "
                                 "true, not for as long as it is.",
                  .examples = R"json(["Prospect.score >= 100"])json"}),
        first_sight(),
        {.name = "rearm_when",
         .form = formula(),
         .title = "What arms the rule again",
         .description = "A condition over the entity. With neither this nor rearm_after_days the "
                        "rule is armed when its condition is false and its task is closed.",
         .examples = R"json(["Prospect.score <= 80"])json"},
        {.name = "rearm_after_days",
         .form = whole(1, 3650),
         .title = "Days after which the rule is armed again",
         .description = "Counted from when the task was closed.",
         .examples = R"json([30])json"},
        {.name = "close_when",
         .form = formula(),
         .title = "When the task is moot",
         .description = "A condition over the entity. Open tasks of the rule are closed, and none "
                        "is made. Absent: only people close it.",
         .examples = R"json(["Prospect.score < 50"])json"},
        {.name = "closed_status",
         .form = text(),
         .title = "What a moot task is set to",
         .description = "A status of $crm that counts as closed. Default Completed.",
         .examples = R"json(["Completed"])json"},
    };
}

std::vector<Key> keys_of_task_texts() {
    return {
        required({.name = "subject",
                  .form = text(),
                  .title = "Subject",
                  .description = "A text; {!formula} gives a value.",
                  .examples = R"json(["Call {!FirstName} {!LastName}"])json"}),
        {.name = "description",
         .form = text(),
         .title = "Description",
         .description = "A text; {!formula} gives a value.",
         .examples = R"json(["Score {!Prospect.score}, grade {!Prospect.grade}."])json"},
        {.name = "owner",
         .form = formula(),
         .title = "Whose task it is",
         .description = "The id of a user or queue. Default OwnerId. Blank: no task until it is "
                        "filled.",
         .examples = R"json(["OwnerId", "Account.OwnerId"])json"},
        {.name = "due_in_days",
         .form = whole(0, 3650),
         .title = "Days until it is due",
         .description = "From the day on which it is made. Absent: it has no date.",
         .examples = R"json([1])json"},
        {.name = "priority",
         .form = text(),
         .title = "Priority",
         .description = "A value of $crm. Absent: its default.",
         .examples = R"json(["High"])json"},
        {.name = "when_reassigned",
         .form = word({"keep", "follow"}),
         .title = "What becomes of it when the record gets another owner",
         .description = "keep (default): it stays with whom it was made for. follow: the open task "
                        "goes to the new owner; where it was done already, a new one is made.",
         .examples = R"json(["follow"])json"},
        {.name = "cap_per_cycle",
         .form = whole(1, 100'000),
         .title = "Tasks that one cycle makes at most",
         .description = "Default 100. What is over it waits for the next cycle.",
         .examples = R"json([100])json"},
    };
}

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
             .description = "A condition over the first of the objects. Absent: all that live.",
             .examples = R"json(["NOT(ISPICKVAL(Status, \"Unqualified\"))"])json"},
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

}  // namespace

void add_action_shapes(Grammar& grammar) {
    Shape task{"task_rule",
               "a task rule",
               "A task, made when a condition comes true",
               {},
               kTaskConditions};
    for (const auto& keys : {keys_of_task_events(), keys_of_task_texts()}) {
        task.keys.insert(task.keys.end(), keys.begin(), keys.end());
    }
    grammar.push_back(std::move(task));
    grammar.push_back(routing_shape());
    grammar.push_back(route_rule_shape());
    grammar.push_back(turn_shape());
}

}  // namespace duet::document
