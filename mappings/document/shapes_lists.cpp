#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

constexpr int kMostMembers = 10'000'000;
constexpr int kMostListHours = 24 * 366;
constexpr int kMostHeldOutPercent = 90;

// A list is on one side.
constexpr const char* kListConditions = R"json({
  "oneOf": [{ "required": ["$marketing_list"] }, { "required": ["$crm_campaign"] }],
  "dependentSchemas": { "status": { "required": ["$crm_campaign"] }, "keep_status": { "required": ["status"] } }
})json";

Form by_hand_word() { return word({"respect", "correct"}); }

/// Keys of a list's rule that say how many and for how long.
void add_list_bounds(Shape& shape) {
    const std::vector<Key> keys{
        {.name = "order",
         .form = map("list_order"),
         .title = "Who comes first when the cap bites",
         .description = "Without it who Duet knew first.",
         .examples = R"json([{ "highest": "Prospect.score" }])json"},
        {.name = "cap",
         .form = whole(1, kMostMembers),
         .title = "How many members there are at most",
         .description = "Who is on the list stays before who would join.",
         .examples = R"json([500])json"},
        {.name = "grace_hours",
         .form = whole(1, kMostListHours),
         .title = "How long members stay when the rule is no longer true",
         .description = "Hours from when it became false. Suppression waits for nothing.",
         .examples = R"json([24])json"},
        {.name = "join_after_hours",
         .form = whole(1, kMostListHours),
         .title = "How long the rule must have been true before somebody joins",
         .description = "Hours from when it became true.",
         .examples = R"json([24])json"},
        {.name = "hold_out",
         .form = map("hold_out"),
         .title = "Who is kept off as a control group",
         .description = "The same person always falls the same way.",
         .examples = R"json([{ "percent": 10 }])json"},
        {.name = "by_hand",
         .form = either({by_hand_word(), map("by_hand")}),
         .title = "What becomes of memberships that people change by hand",
         .description = "respect: they stay as people left them. correct: they are as the rule "
                        "says. Lists with the tag seller respect, all others correct.",
         .examples = R"json(["respect", { "added": "respect", "removed": "correct" }])json"},
        {.name = "tags",
         .form = names(),
         .title = "What the list is",
         .description = "seller: sellers see it. Other words are the org's own.",
         .examples = R"json(["seller", ["drip", "spring"]])json"},
        {.name = "seen_by",
         .form = names(),
         .title = "Which roles of sellers see it",
         .description = "Of a list with the tag seller. Absent: every role.",
         .examples = R"json(["AE", ["AE", "BDR"]])json"},
    };
    shape.keys.insert(shape.keys.end(), keys.begin(), keys.end());
}

Shape list_rule_shape() {
    Shape shape{
        "list_rule",
        "a list",
        "A list whose membership a rule owns",
        {
            {.name = "for_each",
             .form = list(map_of(name())),
             .title = "One such list for each row",
             .description = "Values by names. {name} in any text of the list stands for the "
                            "row's value; let the list's name have one.",
             .examples = R"json([[{ "product": "Platform" }, { "product": "Service" }]])json"},
            {.name = "$marketing_list",
             .form = name(),
             .title = "The list's name",
             .description = "As $marketing has it; static, and made there. Or a campaign.",
             .examples = R"json(["Upsell - three months after win"])json"},
            {.name = "$crm_campaign",
             .form = name(),
             .title = "The campaign's name",
             .description = "As $crm has it, made there: its members are as the rule says.",
             .examples = R"json(["Nurture by request"])json"},
            {.name = "status",
             .form = name(),
             .title = "What members of a campaign are made with",
             .description = "A status of that campaign. Later changes of it are left alone, unless "
                            "keep_status says otherwise.",
             .examples = R"json(["Sent"])json"},
            {.name = "keep_status",
             .form = word({"never", "always"}),
             .title = "Whether members keep that status",
             .description = "always: of members that Duet made, whatever it is changed to. "
                            "Default never.",
             .examples = R"json(["always"])json"},
            required({.name = "member_when",
                      .form = formula(),
                      .title = "Who is a member",
                      .description = "A condition over persons.",
                      .examples = R"json(["TODAY() >= ADDMONTHS(Rollup.Last_Won_Date, 3)"])json"}),
            {.name = "suppress_when",
             .form = formula(),
             .title = "Who is kept off all the same",
             .description = "A condition over persons. When it fails, the person is kept off.",
             .examples = R"json(["Rollup.Open_Opportunities > 0"])json"},
            {.name = "among",
             .form = formula(),
             .title = "Whom the list is about",
             .description = "A condition over persons. Those for whom it is true and member_when "
                            "is not are counted: of a list of gaps they are what is covered.",
             .examples = R"json(["NOT(Prospect.optedOut)"])json"},
        },
        kListConditions};
    add_list_bounds(shape);
    return shape;
}

Shape list_order_shape() {
    return {"list_order",
            "\"order\"",
            "Who comes first",
            {
                {.name = "highest",
                 .form = formula(),
                 .title = "The highest comes first",
                 .description = "A number, a date or a time over persons; blank comes last.",
                 .examples = R"json(["Prospect.score"])json"},
                {.name = "lowest",
                 .form = formula(),
                 .title = "The lowest comes first",
                 .description = "A number, a date or a time over persons; blank comes last.",
                 .examples = R"json(["Rollup.Contract_End"])json"},
            },
            R"json({ "oneOf": [{ "required": ["highest"] }, { "required": ["lowest"] }] })json"};
}

Shape hold_out_shape() {
    return {"hold_out",
            "\"hold_out\"",
            "A control group",
            {
                required({.name = "percent",
                          .form = whole(1, kMostHeldOutPercent),
                          .title = "How many of a hundred are kept off",
                          .description = "Of those who would be members. A higher number keeps "
                                         "off who was kept off before, and more.",
                          .examples = R"json([10])json"}),
                {.name = "group",
                 .form = name(),
                 .title = "Lists of one group keep off the same people",
                 .description = "The list's own name when it is left out.",
                 .examples = R"json(["spring campaign"])json"},
            }};
}

Shape by_hand_shape() {
    return {"by_hand",
            "\"by_hand\"",
            "What becomes of memberships that people change",
            {
                {.name = "added",
                 .form = by_hand_word(),
                 .title = "Of people who were put on",
                 .description = "respect: they stay, also when the rule is false or suppresses "
                                "them. correct: they leave when the rule is false.",
                 .examples = R"json(["respect"])json"},
                {.name = "removed",
                 .form = by_hand_word(),
                 .title = "Of people who were taken off",
                 .description = "respect: they stay off until people put them on again. correct: "
                                "they join again when the rule is true.",
                 .examples = R"json(["correct"])json"},
            }};
}

}  // namespace

void add_list_shapes(Grammar& grammar) {
    grammar.push_back(list_rule_shape());
    grammar.push_back(list_order_shape());
    grammar.push_back(hold_out_shape());
    grammar.push_back(by_hand_shape());
}

}  // namespace duet::document
