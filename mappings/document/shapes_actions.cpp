#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

// Rules are remembered by their names: see is_rule_name.
constexpr const char* kTaskConditions = R"json({
  "allOf": [{ "properties": { "name": { "pattern": "^[A-Za-z0-9_]{1,40}$" } } }],
  "dependentRequired": { "closed_status": ["close_when"] }
})json";

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

}  // namespace

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
}

}  // namespace duet::document
