#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

Form stage_set() { return either({name(), list(name()), map("stage_set")}); }

Shape lifecycle_shape() {
    return {
        "lifecycle",
        "\"lifecycle\"",
        "Stages of persons",
        {
            required(
                {.name = "stages",
                 .form = list(map("stage")),
                 .title = "The stages",
                 .description = "With transitions a stage follows from what happened; without, "
                                "the highest rank whose rule is true is Duet.Stage.",
                 .examples = R"json([[{ "name": "KNOWN", "rank": 10, "when": "TRUE" }]])json"}),
            {.name = "cycle_starts_at",
             .form = name(),
             .title = "The stage at which a new cycle begins",
             .description = "A new cycle that begins higher passes over stages from this one on.",
             .examples = R"json(["MQL"])json"},
            {.name = "events",
             .form = list(map("lifecycle_event")),
             .title = "What happens to people",
             .description = "Records that tell of it. At one moment the earlier line comes first.",
             .examples =
                 R"json([[{ "name": "known", "object": "Lead", "at": "CreatedDate" }]])json"},
            {.name = "spans",
             .form = list(map("lifecycle_span")),
             .title = "What holds for a while",
             .description = "Records that tell of it: contracts, planned meetings.",
             .examples =
                 R"json([[{ "name": "contract", "object": "Contract", "via": "Account", "from": "StartDate", "until": "EndDate" }]])json"},
            {.name = "conditions",
             .form = list(map("lifecycle_condition")),
             .title = "What holds while a rule is true",
             .description = "From when it came true, which Duet remembers.",
             .examples = R"json([[{ "name": "qualifies", "when": "Prospect.score >= 100" }]])json"},
            {.name = "deals",
             .form = map("deals"),
             .title = "How people come to deals",
             .description = "Gives the events deal_opened, deal_moved, deal_won, deal_lost, "
                            "deal_lapsed and deal_reopened, and the span open_deal.",
             .examples =
                 R"json([{ "through": "OpportunityContactRole", "deal": "Opportunity", "joined": "CreatedDate", "created": "CreatedDate", "closed": "LastStageChangeDate", "won": "IsWon" }])json"},
            {.name = "transitions",
             .form = list(map("transition")),
             .title = "The ways from stage to stage",
             .description = "The first that an event fits is taken; any other event is refused.",
             .examples = R"json([[{ "on": "known", "from": "new", "to": "KNOWN" }]])json"},
            {.name = "timers",
             .form = list(map("stage_timer")),
             .title = "What time alone does",
             .description = "So many days after the latest of some events.",
             .examples =
                 R"json([[{ "name": "inactive", "from": "KNOWN", "to": "DORMANT", "days": 180, "since": ["stage", "activity"] }]])json"},
            {.name = "tags",
             .form = list(map("stage_tag")),
             .title = "Words beside the stage",
             .description = "Duet.Tags has those that hold.",
             .examples = R"json([[{ "name": "TRIAL", "during": "trial" }]])json"},
            {.name = "counts",
             .form = list(map("stage_count")),
             .title = "How often something happened after a stage",
             .description = "Read as Duet.name and Duet.name_Last.",
             .examples =
                 R"json([[{ "name": "Post_SQL_Activities", "of": "activity", "after": "SQL" }]])json"},
            {.name = "account",
             .form = map("account_stage"),
             .title = "The stage of accounts",
             .description = "From their people, contracts and wins; Duet.Stage of accounts.",
             .examples = R"json([{ "customer": "CUSTOMER", "contract": "contract" }])json"},
            {.name = "campaign_member",
             .form = map("stage_campaign_member"),
             .title = "Who enters a stage is a member of the campaign that brought them there",
             .description = "Off unless it is there. Members that Duet makes are never touches.",
             .examples = R"json([{ "at": "MQL", "status": "Responded" }])json"},
            {.name = "event_rows",
             .form = map("event_rows"),
             .title = "Rows in the CRM that tell of every move",
             .description = "One row a move of a person, kept as the history is. Absent: none.",
             .examples = R"json([{ "object": "Duet_Lifecycle_Event__c" }])json"},
        }};
}

Shape campaign_member_shape() {
    return {
        "stage_campaign_member",
        "\"campaign_member\"",
        "Members of the campaign that brought people to a stage",
        {
            required({.name = "at",
                      .form = name(),
                      .title = "The stage",
                      .description = "Of the last entry that passed over nothing the campaign is "
                                     "that of its event, or of the last event before that has one.",
                      .examples = R"json(["MQL"])json"}),
            {.name = "status",
             .form = name(),
             .title = "What members are made with",
             .description = "A status of the campaign. Absent: its default.",
             .examples = R"json(["Responded"])json"},
            {.name = "window_days",
             .form = whole(1, 3660),
             .title = "How long before the entry an event may lie",
             .description = "Default 365.",
             .examples = R"json([90])json"},
            {.name = "cap_per_cycle",
             .form = whole(1, 100'000),
             .title = "Members made in a cycle at most",
             .description = "Default 100. The others follow in the next cycles.",
             .examples = R"json([500])json"},
        }};
}

Shape stage_shape() {
    return {"stage",
            "a stage",
            "A stage of the lifecycle",
            {
                required({.name = "name",
                          .form = name(),
                          .title = "Name",
                          .description = "What Duet.Stage gives.",
                          .examples = R"json(["CUSTOMER"])json"}),
                required({.name = "rank",
                          .form = whole(-1000, 1000),
                          .title = "Rank",
                          .description = "Higher is further; below 0 is beside the ladder.",
                          .examples = R"json([70])json"}),
                {.name = "when",
                 .form = formula(),
                 .title = "Who is in this stage",
                 .description = "A condition over persons; needed where there are no transitions.",
                 .examples = R"json(["Rollup.Won_Opportunities > 0"])json"},
                {.name = "owner",
                 .form = name(),
                 .title = "Who works on people in it",
                 .description = "Read as Duet.Stage_Owner. With transitions only.",
                 .examples = R"json(["marketing"])json"},
            }};
}

std::vector<Key> keys_of_sources(bool is_span) {
    std::vector<Key> keys{
        required({.name = "name",
                  .form = name(),
                  .title = "Name",
                  .description = "Several lines may have one name.",
                  .examples = R"json(["known"])json"}),
        required({.name = "object",
                  .form = either({name(), map("object"), list(name())}),
                  .title = "The records that tell of it",
                  .description = "The person's own, or children of them. A name is one of $crm.",
                  .examples = R"json(["Lead", { "$marketing": "visitor-activity" }])json"}),
        {.name = "via",
         .form = name(),
         .title = "What they refer to",
         .description = "A parent relationship. Absent: the person's own record.",
         .examples = R"json(["Account"])json"},
        {.name = "where",
         .form = formula(),
         .title = "Which records",
         .description = "A condition over the record. Absent: all.",
         .examples = R"json(["IsClosed"])json"},
    };
    if (!is_span) {
        keys.push_back(required({.name = "at",
                                 .form = formula(),
                                 .title = "When it happened",
                                 .description = "A date or an instant. Blank: it did not.",
                                 .examples = R"json(["CreatedDate"])json"}));
    } else {
        keys.push_back(required({.name = "from",
                                 .form = formula(),
                                 .title = "When it began",
                                 .description = "A date or an instant. Blank: it did not.",
                                 .examples = R"json(["StartDate"])json"}));
        keys.push_back({.name = "until",
                        .form = formula(),
                        .title = "When it ends",
                        .description = "An instant, or a date, which counts whole. Blank: never.",
                        .examples = R"json(["EndDate"])json"});
    }
    for (const char* word : {"reason", "owner", "campaign"}) {
        keys.push_back({.name = word,
                        .form = formula(),
                        .title = "What the history keeps as its " + std::string(word),
                        .description = "A text.",
                        .examples = R"json(["OwnerId"])json"});
    }
    return keys;
}

Shape condition_shape() {
    return {"lifecycle_condition",
            "a condition",
            "What holds while a rule is true",
            {
                required({.name = "name",
                          .form = name(),
                          .title = "Name",
                          .description = "Of the span; its beginning is an event of this name.",
                          .examples = R"json(["qualifies"])json"}),
                required({.name = "when",
                          .form = formula(),
                          .title = "The rule",
                          .description = "A condition over persons.",
                          .examples = R"json(["Prospect.score >= 100"])json"}),
                {.name = "since",
                 .form = formula(),
                 .title = "When it came true",
                 .description = "A date or an instant. Absent or blank: when Duet saw it.",
                 .examples = R"json(["ConvertedDate"])json"},
            }};
}

Shape stage_set_shape() {
    return {"stage_set",
            "a set of stages",
            "Which stages",
            {
                {.name = "stages",
                 .form = names(),
                 .title = "By name",
                 .description = "`new` is who has no stage yet.",
                 .examples = R"json([["NURTURE", "DORMANT"]])json"},
                {.name = "ranks",
                 .form = list(whole(-1000, 1000)),
                 .title = "By rank",
                 .description = "The lowest and the highest, both inside.",
                 .examples = R"json([[0, 29]])json"},
            }};
}

std::vector<Key> keys_of_ways() {
    return {
        {.name = "on",
         .form = names(),
         .title = "Events that cause it",
         .description = "One of `on` and `during` is needed.",
         .examples = R"json(["known", ["deal_lost", "deal_lapsed"]])json"},
        {.name = "during",
         .form = name(),
         .title = "A span that causes it",
         .description = "It happens as soon as the span holds.",
         .examples = R"json(["qualifies"])json"},
        required({.name = "from",
                  .form = stage_set(),
                  .title = "Where it starts",
                  .description = "Stages; `new` is who has none yet.",
                  .examples = R"json(["MQL", ["MQL", "SAL"], { "ranks": [0, 59] }])json"}),
        required({.name = "to",
                  .form = name(),
                  .title = "Where it leads",
                  .description = "A stage.",
                  .examples = R"json(["SAL"])json"}),
        {.name = "reason",
         .form = word({"optional", "needed"}),
         .title = "Whether the event needs a reason",
         .description = "Default optional. Needed: without one it is refused.",
         .examples = R"json(["needed"])json"},
        {.name = "new_cycle_from",
         .form = stage_set(),
         .title = "From where it begins a new cycle",
         .description = "Duet.Cycle rises by one.",
         .examples = R"json([["NURTURE", "DORMANT", "CUSTOMER"]])json"},
        {.name = "unless",
         .form = names(),
         .title = "Spans that stand in its way",
         .description = "While one of them holds, the next transition is looked at.",
         .examples = R"json(["open_deal"])json"},
        {.name = "fall_back",
         .form = map("fall_back"),
         .title = "Where it leads instead while a span holds",
         .description = "For customers, say, who return to being customers.",
         .examples = R"json([{ "to": "CUSTOMER", "during": "contract" }])json"},
        {.name = "cool_off",
         .form = map("cool_off"),
         .title = "Days in which it is refused",
         .description = "After an event that took effect. The last day is inside.",
         .examples = R"json([{ "after": "rejected", "days": 30 }])json"},
        {.name = "passes_over",
         .form = word({"mark", "nothing"}),
         .title = "What a forward move does to the stages between",
         .description = "mark (default): they are entered as skipped.",
         .examples = R"json(["nothing"])json"},
        {.name = "counts_as",
         .form = word({"move", "reopening"}),
         .title = "How it is counted",
         .description = "Default move. Duet.Reopened counts reopenings.",
         .examples = R"json(["reopening"])json"},
        {.name = "elsewhere",
         .form = word({"refuse", "ignore"}),
         .title = "What its events are where no transition fits",
         .description = "Default refuse: they are kept as refused. ignore: mere activity.",
         .examples = R"json(["ignore"])json"},
    };
}

std::vector<Key> keys_of_timers() {
    return {
        required({.name = "name",
                  .form = name(),
                  .title = "Name",
                  .description = "Duet.When_name has the moment at which it came.",
                  .examples = R"json(["archived"])json"}),
        required({.name = "from",
                  .form = stage_set(),
                  .title = "In which stages it runs",
                  .description = "Stages.",
                  .examples = R"json([["SQL", "OPPORTUNITY"]])json"}),
        {.name = "to",
         .form = name(),
         .title = "Where it leads",
         .description = "Absent: it is only noted that it came.",
         .examples = R"json(["NURTURE"])json"},
        required({.name = "days",
                  .form = whole(0, 36'500),
                  .title = "Calendar days",
                  .description = "It comes at the start of that day in the business time zone.",
                  .examples = R"json([90])json"}),
        required({.name = "since",
                  .form = names(),
                  .title = "What it counts from, the latest",
                  .description = "Events, spans (their end), `stage` (entry into the present one), "
                                 "`stay` (entry into the stay in `from`).",
                  .examples = R"json([["stage", "activity"]])json"}),
        {.name = "extended_by",
         .form = names(),
         .title = "What puts it off",
         .description = "The same words.",
         .examples = R"json([["stage", "deal_moved"]])json"},
        {.name = "extension_days",
         .form = whole(0, 36'500),
         .title = "For how many days",
         .description = "It never comes earlier than so long after the latest of `extended_by`.",
         .examples = R"json([30])json"},
        {.name = "unless",
         .form = names(),
         .title = "Spans that it waits for",
         .description = "It comes when none of them holds any more.",
         .examples = R"json(["planned"])json"},
        {.name = "fall_back",
         .form = map("fall_back"),
         .title = "Where it leads instead while a span holds",
         .description = "As for transitions.",
         .examples = R"json([{ "to": "CUSTOMER", "during": "contract" }])json"},
    };
}

Shape fall_back_shape() {
    return {"fall_back",
            "a fall-back",
            "Another way while a span holds",
            {
                required({.name = "to",
                          .form = name(),
                          .title = "Where it leads",
                          .description = "A stage.",
                          .examples = R"json(["CUSTOMER"])json"}),
                required({.name = "during",
                          .form = name(),
                          .title = "The span",
                          .description = "A span or condition.",
                          .examples = R"json(["contract"])json"}),
            }};
}

Shape cool_off_shape() {
    return {"cool_off",
            "a cool-off",
            "Days in which a transition is refused",
            {
                required({.name = "after",
                          .form = names(),
                          .title = "Events that begin it",
                          .description = "Only those that took effect.",
                          .examples = R"json(["rejected"])json"}),
                required({.name = "days",
                          .form = whole(0, 3650),
                          .title = "Days",
                          .description = "The last one is inside.",
                          .examples = R"json([30])json"}),
            }};
}

Shape event_rows_shape() {
    return {"event_rows",
            "\"event_rows\"",
            "Rows in the CRM that tell of every move",
            {
                required({.name = "object",
                          .form = name(),
                          .title = "The object of the rows",
                          .description = "It refers to every object of persons.",
                          .examples = R"json(["Duet_Lifecycle_Event__c"])json"}),
                {.name = "cap_per_cycle",
                 .form = whole(1, 100'000),
                 .title = "Most rows that one cycle makes",
                 .description = "Absent: any number that the brake lets pass.",
                 .examples = R"json([2000])json"},
                {.name = "fields",
                 .form = map("event_row_fields"),
                 .title = "Fields of other names",
                 .description = "Absent: those that ship with Duet.",
                 .examples = R"json([{ "to": "New_Stage__c" }])json"},
            }};
}

Shape event_row_fields_shape() {
    struct Word {
        const char* name;
        const char* title;
    };
    static constexpr Word kWords[] = {{"key", "The key, a unique external id"},
                                      {"account", "The company, a reference"},
                                      {"from", "The stage before"},
                                      {"to", "The stage after"},
                                      {"at", "When it happened"},
                                      {"trigger", "What made it happen"},
                                      {"record", "The record that made it happen"},
                                      {"cycle", "The cycle that it belongs to"},
                                      {"skipped", "Whether the stage was passed over"},
                                      {"owner", "Who owned the person or deal, a user"},
                                      {"campaign", "The campaign behind it, a reference"}};
    Shape shape{"event_row_fields", "\"fields\"", "Fields of rows that tell of moves", {}};
    for (const Word& word : kWords) {
        shape.keys.push_back({.name = word.name,
                              .form = text(),
                              .title = word.title,
                              .description = "A field; none: it is not kept.",
                              .examples = R"json(["Moved_To__c"])json"});
    }
    return shape;
}

}  // namespace

void add_lifecycle_shapes(Grammar& grammar) {
    grammar.push_back(lifecycle_shape());
    grammar.push_back(campaign_member_shape());
    grammar.push_back(stage_shape());
    grammar.push_back(
        {"lifecycle_event", "an event", "Records that tell what happened", keys_of_sources(false)});
    grammar.push_back({"lifecycle_span", "a span", "Records that tell what holds for a while",
                       keys_of_sources(true)});
    grammar.push_back(condition_shape());
    grammar.push_back(stage_set_shape());
    grammar.push_back({"transition", "a transition", "A way from stage to stage", keys_of_ways()});
    grammar.push_back({"stage_timer", "a timer", "What time alone does", keys_of_timers()});
    grammar.push_back(fall_back_shape());
    grammar.push_back(cool_off_shape());
    grammar.push_back(event_rows_shape());
    grammar.push_back(event_row_fields_shape());
}

}  // namespace duet::document
