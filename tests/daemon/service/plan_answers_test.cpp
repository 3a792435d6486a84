#include "daemon/service/plan_answers.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace duet::service {
namespace {

using nlohmann::json;
using sync::Pause;

const SideNames kNames{"salesforce", "pardot"};

std::unique_ptr<store::Store> a_store() {
    auto opened = store::open_sqlite(":memory:");
    EXPECT_TRUE(opened);
    EXPECT_TRUE((*opened)->open_org("acme"));
    return *std::move(opened);
}

TEST(WhatToPause, IsTheOrgByItsNameOrByNone) {
    EXPECT_EQ(what_to_pause("", "acme", kNames, nullptr)->what, Pause::What::Org);
    EXPECT_EQ(what_to_pause("acme", "acme", kNames, nullptr)->what, Pause::What::Org);
}

TEST(WhatToPause, IsASideByTheNameOfItsSystemOrByWhatItIs) {
    for (const char* name : {"pardot", "marketing"}) {
        const auto pause = what_to_pause(name, "acme", kNames, nullptr);
        ASSERT_TRUE(pause) << name;
        EXPECT_EQ(pause->what, Pause::What::Side);
        EXPECT_EQ(pause->side, Side::Marketing);
    }
    EXPECT_EQ(what_to_pause("crm", "acme", kNames, nullptr)->side, Side::Crm);
}

TEST(WhatToPause, RefusesWhatIsNothingItKnows) {
    const auto refused = what_to_pause("prospekt", "acme", kNames, nullptr);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "DUET-6070");
    EXPECT_NE(refused.error().message.find("prospekt"), std::string::npos);
}

TEST(BrakeAnswer, TellsEachKindItsLimitAndWhatIsHeld) {
    const auto store = a_store();
    OrgConfig org;
    org.name = "acme";
    ASSERT_TRUE(store->put_held("acme", {"create", 12, 10, 3, Instant{}, false}));
    ASSERT_TRUE(sync::raise_alarm(*store, "acme", {sync::kManyOptOutsCode, 60, 50, 3, Instant{}}));
    const auto answer = brake_json(*store, org);
    ASSERT_TRUE(answer);
    std::string kinds;
    for (const json& kind : (*answer)["kinds"]) {
        kinds += kind["kind"].get<std::string>() + " ";
        EXPECT_EQ(kind.contains("held"), kind["kind"] == "create");
        EXPECT_EQ(kind["alarm_only"], kind["kind"] == "opt_out");
    }
    EXPECT_EQ(kinds, "blank create delete leave_list opt_out reown restage unsubscribe ");
    EXPECT_EQ((*answer)["alarms"][0]["code"], "DUET-5041");
}

TEST(Alarms, KeepTheTimeOfTheFirstAndTheNumbersOfTheLast) {
    const auto store = a_store();
    const Instant first{std::chrono::hours{1}};
    const Instant later{std::chrono::hours{2}};
    ASSERT_TRUE(sync::raise_alarm(*store, "acme", {"DUET-5041", 60, 50, 3, first}));
    ASSERT_TRUE(sync::raise_alarm(*store, "acme", {"DUET-5041", 70, 50, 4, later}));
    const auto alarms = sync::load_alarms(*store, "acme");
    ASSERT_EQ(alarms->size(), 1U);
    EXPECT_EQ(alarms->front().count, 70);
    EXPECT_EQ(alarms->front().cycle, 4);
    EXPECT_EQ(alarms->front().since, first);
    EXPECT_EQ(*sync::clear_alarm(*store, "acme", "DUET-5042"), 0);
    EXPECT_EQ(*sync::clear_alarm(*store, "acme", "DUET-5041"), 1);
    EXPECT_TRUE(sync::load_alarms(*store, "acme")->empty());
}

TEST(Metrics, TellAlarmsHeldKindsAndPausesOfEveryOrg) {
    const json status = json::parse(R"({"orgs": [{"org": "acme", "dirty": 7, "in_flight": 2,
        "quarantine": 3, "frozen": ["phone"],
        "objects": [{"system": "salesforce", "object": "Contact",
                     "compare": {"agreed_seconds_ago": 108000}},
                    {"system": "pardot", "object": "prospect", "compare": {"agreed_at": ""}}],
        "alarms": [{"code": "DUET-5041", "count": 60}],
        "held": [{"kind": "create", "count": 12, "released": false},
                 {"kind": "blank", "count": 9, "released": true}],
        "paused": [{"what": "side", "system": "pardot", "object": ""}]},
        {"org": "glo\"bex", "dirty": 0}]})");
    const std::string text = metrics_text(status);
    for (const char* line :
         {"duet_alarm_records{org=\"acme\",code=\"DUET-5041\"} 60\n",
          "duet_brake_held_writes{org=\"acme\",kind=\"create\"} 12\n",
          "duet_paused{org=\"acme\",what=\"side\",system=\"pardot\",object=\"\"} 1\n",
          "duet_waiting_entities{org=\"acme\"} 7\n",
          "duet_waiting_entities{org=\"glo\\\"bex\"} 0\n",
          "duet_in_flight_writes{org=\"acme\"} 2\n",
          "duet_full_agreement_seconds{org=\"acme\",system=\"salesforce\",object=\"Contact\"} "
          "108000\n",
          "duet_quarantined_writes{org=\"acme\"} 3\n", "duet_frozen_fields{org=\"acme\"} 1\n",
          "duet_frozen_fields{org=\"glo\\\"bex\"} 0\n", "# TYPE duet_alarm_records gauge\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
    }
    EXPECT_EQ(text.find("blank"), std::string::npos) << text;
    EXPECT_EQ(text.find("object=\"prospect\""), std::string::npos) << "never compared: no figure";
    EXPECT_NO_THROW((void)metrics_text(json::object()));
}

}  // namespace
}  // namespace duet::service
