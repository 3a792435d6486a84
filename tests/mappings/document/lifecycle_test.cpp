#include "mappings/document/lifecycle.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "mappings/lifecycle/replay.h"
#include "mappings/lifecycle/values.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

std::vector<Source> preset() {
    std::vector<Source> sources;
    const std::filesystem::path folder =
        std::filesystem::path(DUET_SOURCE_DIR) / "mappings/presets/lifecycle";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(".yaml") || name.ends_with(".test.yaml")) continue;
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        sources.push_back({name, text.str()});
    }
    std::sort(sources.begin(), sources.end(),
              [](const Source& a, const Source& b) { return a.file < b.file; });
    return sources;
}

DateTime at(const char* text) { return parse_instant(std::string(text) + "Z").value(); }

TEST(LifecyclePreset, HoldsTheReferencesModel) {
    const Documents documents = load_good(preset(), nullptr, kNames);
    ASSERT_NE(documents.lifecycle, nullptr);
    EXPECT_TRUE(documents.stages.empty()) << "there is one form of stages at a time";
    const lifecycle::Model& model = *documents.lifecycle->model;
    const std::pair<const char*, int> ranks[] = {
        {"VISITOR", 0},   {"KNOWN", 10},    {"ENGAGED", 20},      {"MQL", 30},
        {"SAL", 40},      {"SQL", 50},      {"OPPORTUNITY", 60},  {"CUSTOMER", 70},
        {"NURTURE", -10}, {"DORMANT", -20}, {"DISQUALIFIED", -30}};
    ASSERT_EQ(model.stage_count(), std::size(ranks));
    for (const auto& [name, rank] : ranks) {
        ASSERT_NE(model.stage(name), lifecycle::kNone) << name;
        EXPECT_EQ(model.stage(model.stage(name)).rank, rank);
    }
    EXPECT_EQ(model.rules().lapses.size(), 3u);
    EXPECT_EQ(model.rules().lapses[2].in_stage_medians, 2.0);
    EXPECT_EQ(model.rules().account.substages.size(), 8u);
    EXPECT_EQ(documents.lifecycle->events.front().order, 1) << "after deals";
}

// The reference's person: lost in May, won in January, 72 days from MQL to won.
TEST(LifecyclePreset, TakesTheReferencesPersonThroughTwoCycles) {
    const Documents documents = load_good(preset(), nullptr, kNames);
    lifecycle::Facts facts;
    const auto add = [&](const char* time, const char* name, const char* reason = "") {
        facts.events.push_back({at(time), 1, "r", name, reason, "", ""});
    };
    add("2025-01-10T09:00:00", "known");
    add("2025-02-03T14:00:00", "hand_raise");
    add("2025-02-04T10:00:00", "outreach");
    add("2025-02-11T10:00:00", "qualified_by_sales");
    add("2025-02-14T12:00:00", "deal_opened");
    add("2025-04-28T12:00:00", "deal_moved");
    add("2025-05-20T12:00:00", "deal_lost", "lost");
    add("2025-11-04T08:00:00", "hand_raise");
    add("2025-11-04T20:00:00", "outreach");
    add("2025-11-12T08:00:00", "qualified_by_sales");
    add("2025-11-20T08:00:00", "deal_opened");
    add("2026-01-15T08:00:00", "deal_won");
    const lifecycle::Model& model = *documents.lifecycle->model;
    const auto history = lifecycle::replay(model, facts, at("2026-02-01T00:00:00"));
    EXPECT_EQ(history.stage, "CUSTOMER");
    EXPECT_EQ(history.cycle, 2);
    const auto values = lifecycle::values_of(model, history, facts, at("2026-02-01T00:00:00"));
    EXPECT_EQ(*values.find("First_MQL"), Value{at("2025-02-03T14:00:00")});
    EXPECT_EQ(*values.find("Date_MQL"), Value{at("2025-11-04T08:00:00")});
    EXPECT_EQ(*values.find("Count_MQL"), Value{Decimal{2}});
    EXPECT_EQ(*values.find("Returning"), Value{true});
    EXPECT_EQ(*values.find("Stage_Owner"), text("customer success"));
    EXPECT_EQ(*values.find("When_check"), Value{at("2025-12-12T00:00:00")});
}

// B5: three visits before and seven after SQL.
TEST(LifecyclePreset, CountsWhatPeopleDoAfterSql) {
    const Documents documents = load_good(preset(), nullptr, kNames);
    lifecycle::Facts facts;
    for (int day = 1; day <= 3; ++day)
        facts.events.push_back({at("2025-01-01T00:00:00") + std::chrono::hours{24 * day}, 9,
                                "v" + std::to_string(day), "activity", "", "", ""});
    facts.events.push_back({at("2025-01-01T00:00:00"), 1, "r", "known", "", "", ""});
    facts.events.push_back({at("2025-01-20T00:00:00"), 1, "r", "qualified_by_sales", "", "", ""});
    for (int day = 1; day <= 7; ++day)
        facts.events.push_back({at("2025-02-01T00:00:00") + std::chrono::hours{24 * day}, 9,
                                "w" + std::to_string(day), "activity", "", "", ""});
    facts.events.push_back(facts.events.back());  // told twice
    const lifecycle::Model& model = *documents.lifecycle->model;
    const DateTime now = at("2025-02-20T00:00:00");
    const auto history = lifecycle::replay(model, facts, now);
    const auto values = lifecycle::values_of(model, history, facts, now);
    EXPECT_EQ(history.stage, "SQL");
    EXPECT_EQ(*values.find("Post_SQL_Activities"), Value{Decimal{7}});
    EXPECT_EQ(*values.find("Post_SQL_Activities_Last"), Value{at("2025-02-08T00:00:00")});
}

constexpr const char* kLifecyclePerson = "entity: person\nmatch: [crm_id]\n";

std::string findings_of_lifecycle(const std::string& lifecycle) {
    return findings_of({{"a.yaml", kLifecyclePerson + lifecycle}}, nullptr, kNames);
}

TEST(LifecycleDocument, AModelOfThreeStagesIsWrittenInAFewLines) {
    const Documents documents = load_good(
        {{"a.yaml",
          std::string(kLifecyclePerson) +
              "fields:\n"
              "  - { pardot: met__c, value: Duet.First_Warm }\n"
              "lifecycle:\n"
              "  stages:\n"
              "    - { name: Cold, rank: 1 }\n"
              "    - { name: Warm, rank: 2 }\n"
              "    - { name: Sold, rank: 3 }\n"
              "  events:\n"
              "    - { name: met, object: Contact, at: CreatedDate }\n"
              "    - { name: asked, object: { pardot: visitor-activity }, at: createdAt }\n"
              "  transitions:\n"
              "    - { on: met, from: new, to: Cold }\n"
              "    - { on: asked, from: Cold, to: Warm }\n"}},
        nullptr, kNames);
    EXPECT_EQ(documents.lifecycle->model->stage_count(), 3u);
    EXPECT_EQ(documents.lifecycle->events.at(1).side, Side::Marketing);
}

constexpr const char* kThreeStages =
    "lifecycle:\n"
    "  stages: [{ name: Cold, rank: 1 }]\n"
    "  events: [{ name: met, object: Contact, at: CreatedDate }]\n"
    "  transitions: [{ on: met, from: new, to: Cold }]\n";

TEST(LifecycleDocument, RowsOfMovesGoToTheFieldsThatShipOrToOthers) {
    const auto load = [](const std::string& rows) {
        return load_good({{"a.yaml", std::string(kLifecyclePerson) +
                                         "fields:\n  - { pardot: met__c, value: Duet.Stage }\n" +
                                         kThreeStages + rows}},
                         nullptr, kNames);
    };
    EXPECT_FALSE(load("").lifecycle->event_rows) << "none unless asked for";
    const Documents shipped = load("  event_rows: { object: Duet_Lifecycle_Event__c }\n");
    EXPECT_EQ(shipped.lifecycle->event_rows->to, "Duet_To__c");
    EXPECT_EQ(shipped.lifecycle->event_rows->key, "Duet_Key__c");
    EXPECT_EQ(shipped.lifecycle->event_rows->cap_per_cycle, 0);
    const Documents own = load(
        "  event_rows: { object: Move__c, cap_per_cycle: 9, fields: { to: To__c, owner: none } "
        "}\n");
    EXPECT_EQ(own.lifecycle->event_rows->object, "Move__c");
    EXPECT_EQ(own.lifecycle->event_rows->to, "To__c");
    EXPECT_EQ(own.lifecycle->event_rows->owner, "") << "not kept";
    EXPECT_EQ(own.lifecycle->event_rows->cap_per_cycle, 9);
}

TEST(LifecycleDocument, RowsOfMovesThatCouldNotBeFoundAgainAreRefused) {
    const auto said = [](const std::string& rows, const PerSide<Catalog>* catalogs) {
        return findings_of({{"a.yaml", std::string(kLifecyclePerson) + kThreeStages + rows}},
                           catalogs, kNames);
    };
    EXPECT_NE(said("  event_rows: { object: Move__c, fields: { key: none } }\n", nullptr)
                  .find("\"fields\" needs \"key\""),
              std::string::npos);
    PerSide<Catalog> catalogs = test_catalogs();
    ObjectInfo rows;
    rows.name = rows.label = "Move__c";
    FieldInfo key;
    key.name = "Duet_Key__c";
    rows.fields = {key};
    catalogs.crm.objects.push_back(rows);
    const std::string found = said("  event_rows: { object: Move__c }\n", &catalogs);
    EXPECT_NE(found.find("no unique external id"), std::string::npos) << found;
    EXPECT_NE(found.find("Duet_To__c"), std::string::npos) << found;
    EXPECT_NE(found.find("Move__c has no field that refers to Contact"), std::string::npos)
        << found;
    EXPECT_NE(said("  event_rows: { object: Mive__c }\n", &catalogs).find("Move__c"),
              std::string::npos);
}

TEST(LifecycleDocument, LearningMediansNeedsChangesOfStage) {
    const std::string deals =
        "  deals: { through: OpportunityContactRole, deal: Opportunity, joined: CreatedDate, "
        "created: CreatedDate, closed: CloseDate, won: IsWon, learn_medians: { months: 6 } }\n";
    const std::string found = findings_of(
        {{"a.yaml", std::string(kLifecyclePerson) + kThreeStages + deals}}, nullptr, kNames);
    EXPECT_NE(found.find("\"learn_medians\" needs \"moves\""), std::string::npos) << found;
}

TEST(LifecycleDocument, NamesThatNothingDefinesAreReportedWithTheNearest) {
    const std::string found = findings_of_lifecycle(
        "lifecycle:\n"
        "  stages: [{ name: COLD, rank: 1 }, { name: WARM, rank: 2 }]\n"
        "  events: [{ name: met, object: Contact, at: CreatedDate }]\n"
        "  transitions:\n"
        "    - { on: mett, from: new, to: COLD }\n"
        "    - { on: met, from: [COLD, WRAM], to: WARM }\n"
        "  timers:\n"
        "    - { name: late, from: COLD, days: 9, since: stag }\n");
    EXPECT_NE(found.find("a.yaml:7:13: error: there is no event \"mett\""), std::string::npos)
        << found;
    EXPECT_NE(found.find("did you mean \"met\""), std::string::npos) << found;
    EXPECT_NE(found.find("a.yaml:8:31: error: there is no stage \"WRAM\""), std::string::npos)
        << found;
    EXPECT_NE(found.find("did you mean \"stage\""), std::string::npos) << found;
}

TEST(LifecycleDocument, BothFormsAtOnceAreAContradiction) {
    const std::string found = findings_of_lifecycle(
        "lifecycle:\n"
        "  stages: [{ name: COLD, rank: 1, when: 'TRUE' }]\n"
        "  events: [{ name: met, object: Contact, at: CreatedDate }]\n"
        "  transitions: [{ on: met, from: new, to: COLD }]\n");
    EXPECT_NE(found.find("with transitions a stage has no rule of its own"), std::string::npos)
        << found;
}

TEST(LifecycleDocument, WhatBelongsToTransitionsNeedsThem) {
    const std::string found = findings_of_lifecycle(
        "lifecycle:\n"
        "  stages: [{ name: COLD, rank: 1, when: 'TRUE' }]\n"
        "  timers: [{ name: late, from: COLD, days: 9, since: stage }]\n");
    EXPECT_NE(found.find("\"timers\" needs \"transitions\""), std::string::npos) << found;
}

TEST(LifecycleDocument, ATransitionIsCausedByOneThing) {
    const std::string start =
        "lifecycle:\n"
        "  stages: [{ name: COLD, rank: 1 }]\n"
        "  conditions: [{ name: warm, when: 'TRUE' }]\n"
        "  transitions:\n";
    EXPECT_NE(findings_of_lifecycle(start + "    - { from: new, to: COLD }\n")
                  .find("needs \"on\" or \"during\""),
              std::string::npos);
    EXPECT_NE(
        findings_of_lifecycle(start + "    - { on: warm, during: warm, from: new, to: COLD }\n")
            .find("either \"on\" or \"during\""),
        std::string::npos);
    EXPECT_EQ(findings_of_lifecycle(start + "    - { on: warm, from: new, to: COLD }\n"), "");
}

TEST(LifecycleDocument, AConditionMayNotReadWhatItDecides) {
    const std::string found = findings_of_lifecycle(
        "lifecycle:\n"
        "  stages: [{ name: COLD, rank: 1 }]\n"
        "  conditions: [{ name: warm, when: 'Duet.Stage = \"COLD\"' }]\n"
        "  transitions: [{ during: warm, from: new, to: COLD }]\n");
    EXPECT_NE(found.find("Duet.Stage"), std::string::npos) << found;
}

TEST(LifecycleDocument, ANameOfAStageThatIsNotThereIsReported) {
    const std::string found = findings_of_lifecycle(
        "fields: [{ pardot: x__c, value: Duet.First_COLDD }]\n"
        "lifecycle:\n"
        "  stages: [{ name: COLD, rank: 1 }]\n"
        "  events: [{ name: met, object: Contact, at: CreatedDate }]\n"
        "  transitions: [{ on: met, from: new, to: COLD }]\n");
    EXPECT_NE(found.find("Duet.First_COLD\""), std::string::npos) << found;
}

TEST(LifecycleDocument, ARuleMustNotFeedTheStageThatItReads) {
    const std::string found = findings_of_lifecycle(
        "fields: [{ name: back, salesforce: Mood__c, value: Duet.Stage }]\n"
        "lifecycle:\n"
        "  stages: [{ name: COLD, rank: 1 }]\n"
        "  conditions: [{ name: warm, when: 'Mood__c = \"x\"' }]\n"
        "  transitions: [{ during: warm, from: new, to: COLD }]\n");
    EXPECT_NE(found.find("feed each other in a circle"), std::string::npos) << found;
}

TEST(LifecycleDocument, WithTheOrgsObjectsMustReferToPersons) {
    const std::string found = findings_of(
        {{"a.yaml", std::string(kLifecyclePerson) +
                        "lifecycle:\n"
                        "  stages: [{ name: COLD, rank: 1 }]\n"
                        "  events:\n"
                        "    - { name: met, object: Contact, at: CreatedDate }\n"
                        "    - { name: sold, object: Opportunity, at: CloseDate }\n"
                        "    - { name: sold, object: Opportunity, via: Account, at: CloseDate }\n"
                        "    - { name: wrong, object: Contact, at: LastName }\n"
                        "  transitions: [{ on: met, from: new, to: COLD }]\n"}},
        &test_catalogs(), kNames);
    EXPECT_NE(found.find("a.yaml:7:21: error: Opportunity has no field that refers to persons"),
              std::string::npos)
        << found;
    EXPECT_EQ(found.find("a.yaml:8:"), std::string::npos) << found;
    EXPECT_NE(found.find("a.yaml:9:"), std::string::npos) << "a name is no moment: " << found;
}

TEST(LifecycleKeys, MembersOfTheCampaignAreMadeAtAStageThatThereIs) {
    const auto with = [](const std::string& line) {
        return std::vector<Source>{
            {"people.yaml", "entity: person\nmatch: [crm_id]\n"},
            {"lifecycle.yaml",
             "lifecycle:\n  stages: [{ name: A, rank: 1 }, { name: B, rank: 2 }]\n"
             "  events: [{ name: met, object: Lead, at: CreatedDate }]\n"
             "  transitions: [{ on: met, from: new, to: A }]\n" +
                 line}};
    };
    EXPECT_FALSE(load_good(with(""), nullptr, kNames).lifecycle->campaign_member);
    const Documents documents = load_good(
        with("  campaign_member: { at: B, status: Sent, window_days: 90 }\n"), nullptr, kNames);
    ASSERT_TRUE(documents.lifecycle->campaign_member);
    EXPECT_EQ(documents.lifecycle->campaign_member->status, "Sent");
    EXPECT_EQ(documents.lifecycle->campaign_member->cap_per_cycle, 100);
    EXPECT_EQ(documents.lifecycle->model->rules().touched_at, "B");
    EXPECT_EQ(documents.lifecycle->model->rules().touched_days, 90);
    EXPECT_NE(findings_of(with("  campaign_member: { at: C }\n"), nullptr, kNames)
                  .find("there is no stage \"C\""),
              std::string::npos);
    EXPECT_NE(
        findings_of(with("  campaign_member: { status: Sent }\n"), nullptr, kNames).find("\"at\""),
        std::string::npos);
}

}  // namespace
}  // namespace duet::document
