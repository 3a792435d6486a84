#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

// Facts are remembered by their names: see is_rule_name.
constexpr const char* kNameCondition = R"json({
  "allOf": [{ "properties": { "name": { "pattern": "^[A-Za-z0-9_]{1,40}$" } } }]
})json";

Key object_key() {
    return required({.name = "object",
                     .form = either({name(), map("object")}),
                     .title = "The child object",
                     .description = "A child of a person's record. A name is one of $crm.",
                     .examples = R"json(["Task", { "$marketing": "visitor-activity" }])json"});
}

Key where_key() {
    return {.name = "where",
            .form = formula(),
            .title = "Which children",
            .description = "A condition over the child's fields. Absent: all.",
            .examples = R"json(["type = 4"])json"};
}

Key time_key() {
    return required({.name = "time",
                     .form = formula(),
                     .title = "When it happened",
                     .description = "A date, which counts as its first instant, or an instant.",
                     .examples = R"json(["createdAt", "CompletedDateTime"])json"});
}

Shape timer_shape() {
    return {
        "timer_rule",
        "a timer",
        "How soon a person is to be answered",
        {
            required({.name = "name",
                      .form = name(),
                      .title = "Name",
                      .description = "Rules read Timer.name and its endings _Kind, _Start, _Due, "
                                     "_Answered, _Reassign. Letters, digits and underscores.",
                      .examples = R"json(["Answer"])json"}),
            required(
                {.name = "starts",
                 .form = list(map("timer_start")),
                 .title = "What wants an answer",
                 .description = "Kinds of children of a person's record.",
                 .examples =
                     R"json([[{ "kind": "form", "object": { "$marketing": "visitor-activity" }, "where": "type = 4", "time": "createdAt", "within_minutes": 1440 }]])json"}),
            required(
                {.name = "answers",
                 .form = list(map("timer_answer")),
                 .title = "What people do to answer",
                 .description = "Kinds of children of a person's record. The first one after the "
                                "start counts.",
                 .examples =
                     R"json([[{ "object": "Task", "where": "IsClosed", "time": "CompletedDateTime" }]])json"}),
            {.name = "cancel_when",
             .form = formula(),
             .title = "Who needs no answer any more",
             .description = "A condition over persons.",
             .examples = R"json(["ISPICKVAL(Status, \"Closed - Not Converted\")"])json"},
            {.name = "warn_percent",
             .form = whole(1, 100),
             .title = "Share of the time after which it warns",
             .description = "Default 75. 100: no warning.",
             .examples = R"json([75])json"},
            {.name = "reassign_percent",
             .form = whole(0, 10'000),
             .title = "Share of the time after which somebody else is to answer",
             .description = "Default 200. 0: never.",
             .examples = R"json([200])json"},
            {.name = "working_hours",
             .form = map("working_hours"),
             .title = "When the time runs",
             .description = "In the business time zone. Absent: always.",
             .examples = R"json([{ "weekdays": "08:00-16:00" }])json"},
        },
        kNameCondition};
}

Shape start_shape() {
    return {"timer_start",
            "what begins a timer",
            "What wants an answer",
            {
                required({.name = "kind",
                          .form = name(),
                          .title = "What it is called",
                          .description = "What Timer.name_Kind gives.",
                          .examples = R"json(["hand_raise"])json"}),
                object_key(),
                where_key(),
                time_key(),
                required({.name = "within_minutes",
                          .form = whole(1, 525'600),
                          .title = "Minutes in which it is to be answered",
                          .description = "1440 are a day of the calendar.",
                          .examples = R"json([240, 1440])json"}),
            }};
}

Key day(const char* key, const char* title) {
    return {.name = key,
            .form = own(names()),
            .title = title,
            .description =
                "From and to, as 08:00-16:00; several with a break between. Absent: "
                "closed.",
            .examples = R"json(["08:00-16:00", ["08:00-12:00", "13:00-17:00"]])json"};
}

Shape hours_shape() {
    return {"working_hours",
            "working hours",
            "When a team works",
            {
                day("weekdays", "Monday to Friday"),
                day("monday", "Monday"),
                day("tuesday", "Tuesday"),
                day("wednesday", "Wednesday"),
                day("thursday", "Thursday"),
                day("friday", "Friday"),
                day("saturday", "Saturday"),
                day("sunday", "Sunday"),
                {.name = "holidays",
                 .form = own(names()),
                 .title = "Days on which nobody works",
                 .description = "As 2025-12-25.",
                 .examples = R"json([["2025-12-25", "2025-12-26"]])json"},
            }};
}

}  // namespace

void add_timer_shapes(Grammar& grammar) {
    grammar.push_back(timer_shape());
    grammar.push_back(start_shape());
    grammar.push_back({"timer_answer",
                       "an answer",
                       "What people do to answer",
                       {object_key(), where_key(), time_key()}});
    grammar.push_back(hours_shape());
}

}  // namespace duet::document
