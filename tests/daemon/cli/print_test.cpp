#include "daemon/cli/print.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/sync/plan_json.h"

namespace duet::cli {
namespace {

using nlohmann::json;

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

json an_org() {
    return json::parse(R"({
        "org": "acme", "mode": "apply", "documents": "0123456789ab",
        "objects": [{"system": "salesforce", "object": "Contact", "rows": 412, "loaded": true,
                     "high_water": "2018-01-02T09:00:00.000Z",
                     "compare": {"agreed_at": "2018-01-01T03:00:00Z", "found": 2,
                                 "agreed_seconds_ago": 108000}},
                    {"system": "pardot", "object": "prospect", "rows": 3, "loaded": false,
                     "high_water": ""}],
        "entities": {"person": {"clean": 400, "": 12}},
        "stages": {"MQL": 7}, "lists": {"Upsell": 5},
        "dirty": 1, "in_flight": 2, "quarantine": 3,
        "quarantine_causes": {"pardot/prospect/154/jobTitle": 3},
        "frozen": ["phone goes to and fro between two values (duet-17)."],
        "held": [{"kind": "create", "count": 2000, "limit": 1000, "released": false},
                 {"kind": "blank", "count": 90, "limit": 50, "released": true}],
        "api": {"salesforce": {"calls_made": 12, "used_today": 34, "limit_per_day": 15000},
                "pardot": {"calls_made": 56}},
        "last_cycle": {"cycle": 9, "started": "2018-01-02T09:00:00Z", "pulled": 415,
                       "written": 8, "error": "pardot is away"}})");
}

TEST(PrintStatus, ShowsWhatADaemonKnowsOfAnOrg) {
    const std::string text = print_status({{"version", "0.1.0"},
                                           {"now", "2018-01-02T09:00:00Z"},
                                           {"fixed_clock", true},
                                           {"activity", "idle"},
                                           {"orgs", json::array({an_org()})}});
    EXPECT_TRUE(holds(text, "Duet 0.1.0  now 2018-01-02T09:00:00Z (fixed clock)  idle\n")) << text;
    EXPECT_TRUE(holds(text, "\norg acme  mode apply  documents 0123456789ab\n")) << text;
    EXPECT_TRUE(holds(text, "clean 400")) << text;
    EXPECT_TRUE(holds(text, "not planned yet 12")) << text;
    EXPECT_TRUE(holds(text, "stages       MQL 7\n")) << text;
    EXPECT_TRUE(holds(text, "Upsell: 5 members\n")) << text;
    EXPECT_TRUE(holds(text, "1 to decide, 2 in flight, 3 put aside\n")) << text;
    EXPECT_TRUE(holds(text, "last cycle   9 started 2018-01-02T09:00:00Z: 415 rows pulled, 8 "))
        << text;
    EXPECT_TRUE(holds(text, "pardot is away\n")) << text;
}

TEST(PrintStatus, ShowsWhatTheBrakeHoldsAndHowToLetItPass) {
    const std::string text = print_status({{"orgs", json::array({an_org()})}});
    EXPECT_TRUE(holds(text, "2000 writes of kind \"create\" (limit 1000)")) << text;
    EXPECT_TRUE(holds(text, "duet brake release create\n")) << text;
    EXPECT_FALSE(holds(text, "brake release blank")) << text;
}

TEST(PrintStatus, ShowsSinceWhenEachObjectIsKnownToAgreeAndWhatTheCompareFound) {
    const std::string text = print_status({{"orgs", json::array({an_org()})}});
    EXPECT_TRUE(holds(text, "last full agreement\n")) << text;
    EXPECT_TRUE(holds(text, "2018-01-01T03:00:00Z (2 found to differ)\n")) << text;
    EXPECT_TRUE(holds(text, "not yet\n")) << "of an object that was never compared\n" << text;
}

TEST(PrintStatus, NamesFrozenFieldsAndTheCausesOfWhatIsPutAside) {
    const std::string text = print_status({{"orgs", json::array({an_org()})}});
    EXPECT_TRUE(holds(text, "  frozen       phone goes to and fro between two values (duet-17).\n"))
        << text;
    EXPECT_TRUE(holds(text, "  put aside         3  pardot/prospect/154/jobTitle\n")) << text;
}

TEST(PrintStatus, ShowsTheCallsOfEachSystem) {
    const std::string text = print_status({{"orgs", json::array({an_org()})}});
    EXPECT_TRUE(holds(text, "salesforce: 12 by Duet, 34 of 15000 used today\n")) << text;
    EXPECT_TRUE(holds(text, "pardot: 56 by Duet\n")) << text;
}

TEST(PrintStatus, AnOrgThatCannotBeLookedAtSaysWhy) {
    const auto shown = [](const char* key, const char* why) {
        return print_status({{"orgs", json::array({{{"org", "acme"}, {key, why}}})}});
    };
    EXPECT_TRUE(holds(shown("note", "not signed in yet"), "not signed in yet\n"));
    EXPECT_TRUE(holds(shown("error", "the file is damaged"), "the file is damaged\n"));
}

TEST(PrintStatus, ShowsHowFarALongReadIs) {
    const std::string text = print_status(
        {{"progress", {{"system", "pardot"}, {"object", "prospect"}, {"rows", 12000}}}});
    EXPECT_TRUE(holds(text, "reading pardot prospect: 12000 rows\n")) << text;
}

TEST(PrintStatus, ShowsHowFarDecidingAndSendingAre) {
    const auto shown = [](const nlohmann::json& progress) {
        return print_status({{"progress", progress}});
    };
    EXPECT_TRUE(holds(shown({{"work", "deciding"}, {"rows", 1500}}), "deciding: 1500 so far\n"));
    EXPECT_TRUE(holds(shown({{"work", "sending"}, {"system", "pardot"}, {"rows", 200}}),
                      "sending to pardot: 200 writes\n"));
}

sync::PlanLine a_line(WriteKind kind, Side side, const char* object) {
    sync::PlanLine line;
    line.write.in_flight.entity = 7;
    line.write.in_flight.side = side;
    line.write.in_flight.write.kind = kind;
    line.write.in_flight.write.id = {object, kind == WriteKind::Create ? "" : "41"};
    line.write.in_flight.write.key_field = "email";
    line.write.in_flight.write.key_value = "ada@example.com";
    line.write.in_flight.write.fields.set("phone", text("2"));
    line.write.in_flight.before.set("phone", text("1"));
    line.write.in_flight.reasons =
        R"({"phone":{"rule":"phone","cause":"it changed there","winner":"salesforce"}})";
    return line;
}

TEST(PrintPlan, ShowsEachWriteCountsThemAndTellsWhatTheyCost) {
    sync::Plan plan;
    plan.org = "acme";
    plan.documents = "0123456789ab";
    plan.names = {"salesforce", "pardot"};
    plan.lines = {a_line(WriteKind::Update, Side::Marketing, "prospect"),
                  a_line(WriteKind::Create, Side::Crm, "Lead")};
    plan.lines[1].waits = "the brake holds writes of kind create";
    plan.cost.marketing = {1, 1};
    plan.rejections = {{7, "salesforce", "Lead", {"length", "phone", "it is too long"}}};
    plan.left_aside = {{"filtered", 2, {{8, "outside the scope"}}}};
    plan.not_looked = {{"clean", 12}};
    EXPECT_EQ(print_plan(sync::plan_json(plan)),
              "update pardot prospect 41 (duet-7)\n"
              "  phone: 1 -> 2  [rule phone; winner salesforce; it changed there]\n"
              "create salesforce Lead email=ada@example.com (duet-7)\n"
              "  phone: (blank) -> 2  [rule phone; winner salesforce; it changed there]\n"
              "  waits: the brake holds writes of kind create\n\n"
              "Plan of org acme by documents 0123456789ab: 2 writes.\n"
              "        1  create salesforce Lead\n"
              "        1  update pardot prospect\n"
              "cost: salesforce 0 calls for 0 writes, pardot 1 call for 1 write\n"
              "would be refused:\n"
              "  duet-7 salesforce Lead phone: length: it is too long\n"
              "left alone:\n"
              "        2  filtered: duet-8 (outside the scope), ...\n"
              "not looked at, since nothing of them changed:\n"
              "       12  clean\n"
              "Nothing was written.\n");
}

TEST(PrintPlan, APlanWithoutWritesSaysSo) {
    sync::Plan plan;
    plan.org = "acme";
    plan.documents = "x";
    const std::string text = print_plan(sync::plan_json(plan));
    EXPECT_TRUE(holds(text, "Plan of org acme by documents x: 0 writes.\n")) << text;
}

TEST(PrintApplied, NamesEachLineThatWasNotWrittenAndCountsAll) {
    const std::string text = print_applied(json::parse(R"({
        "org": "acme", "cycle": 12, "counts": {"done": 1, "changed since": 1},
        "lines": [{"line": 1, "fate": "done"},
                  {"line": 2, "what": "update", "system": "pardot", "object": "prospect",
                   "record": "41", "entity": "duet-7", "fate": "changed since",
                   "why": "phone was changed since"}],
        "held": [{"kind": "create", "released": false}]})"));
    EXPECT_EQ(text,
              "line 2: update pardot prospect 41 (duet-7): changed since: phone was changed since\n"
              "Plan of org acme applied as cycle 12: 1 changed since, 1 done.\n"
              "Held writes pass after: duet brake release create; then apply the plan again.\n");
}

TEST(PrintStatus, ShowsWhatPeoplePausedAndTheAlarms) {
    json org = an_org();
    org["paused"] = json::parse(R"([{"sentence": "pardot is paused", "pull": true, "by": "ada",
                                     "since": "2018-01-02T09:00:00Z", "because": "a move"}])");
    org["alarms"] = json::parse(R"([{"code": "DUET-5041", "sentence": "60 opt-outs passed."}])");
    const std::string text = print_status({{"orgs", json::array({org})}});
    EXPECT_TRUE(holds(text,
                      "pardot is paused, reading too since 2018-01-02T09:00:00Z by ada: a "
                      "move\n"))
        << text;
    EXPECT_TRUE(holds(text, "opt-outs wait, too")) << text;
    EXPECT_TRUE(holds(text, "alarm DUET-5041: 60 opt-outs passed.\n")) << text;
}

TEST(PrintReport, ShowsWhereEachRowWent) {
    const std::string text = print_report(json::parse(R"({
        "cycle": 4, "pulled": 28, "repeats": 1, "echoes": 2, "unchanged": 3, "planned": 4,
        "filtered": 5, "quarantined": 6, "waiting": 7, "written": 8, "refused": 9, "later": 10,
        "in_doubt": 11, "not_sent": 12, "still_dirty": 13,
        "held": [{"kind": "delete", "count": 200, "limit": 100, "released": false}],
        "sides": {"salesforce": {"ready": true, "error": null},
                  "pardot": {"ready": false,
                             "error": {"remote_code": "122", "message": "Too many calls."}}},
        "warnings": ["stage MQL: score cannot be read"]})"));
    EXPECT_TRUE(holds(text,
                      "Cycle 4: 28 rows pulled = 1 repeats + 2 echoes + 3 unchanged + 4 planned + "
                      "5 filtered + 6 quarantined + 7 waiting\n"))
        << text;
    EXPECT_TRUE(holds(text,
                      "8 writes acknowledged, 9 refused, 10 to try later, 11 in doubt, 12 not "
                      "sent; 13 still to decide\n"))
        << text;
    EXPECT_TRUE(holds(text, "duet brake release delete\n")) << text;
    EXPECT_TRUE(holds(text, "pardot could not be read to the end: 122 Too many calls.\n")) << text;
    EXPECT_FALSE(holds(text, "salesforce could not")) << text;
    EXPECT_TRUE(holds(text, "warning: stage MQL: score cannot be read\n")) << text;
}

TEST(PrintReport, SaysWhatToDoAboutASideThatCannotBeReached) {
    const std::string text = print_report(json::parse(R"({
        "sides": {"pardot": {"error": {"kind": "transient", "code": "DUET-3001",
                                       "message": "GET was not sent: no route."}}}})"));
    EXPECT_TRUE(holds(text,
                      "  pardot could not be read to the end: GET was not sent: no route.\n"
                      "    what to do: Duet tries again by itself. Check the network"))
        << text;
}

TEST(PrintExplanation, TellsTheStoryOfAnEntity) {
    const std::string text = print_explanation(json::parse(R"({"entities": [{
        "entity": "duet-17", "kind": "person",
        "records": {"salesforce": {"object": "Contact", "record": "003x"},
                    "pardot": {"object": "prospect", "record": "7"}},
        "stage": "MQL", "stage_since": "2018-01-02T09:00:00Z",
        "state": "waiting", "reason": "one side is away",
        "next_change": "2018-02-01T00:00:00Z", "warnings": ["odd"],
        "put_aside": [{"system": "pardot", "remote_code": "65", "message": "Bad email",
                       "attempts": 2, "retry_at": "2018-01-03T09:00:00Z"}],
        "planned": [{"text": "update prospect 7\n"}],
        "not_done": [{"sentence": "phone is not written: unchanged."},
                     {"sentence": "title is not written: cannot be said (too long)."}],
        "pins": [{"system": "pardot", "rule": "fax", "held": "1", "refused": "2",
                  "since": "2018-01-02T09:00:00Z"}],
        "decisions": [{"sentence": "From 2018-01-01 it was filtered."}],
        "then": {"decision": {"sentence": "It was filtered then."},
                 "fields": [{"sentence": "fax was 3."}]},
        "story": [{"sentence": "On 2018-01-02 Duet wrote phone."}]}]})"));
    for (const char* part :
         {"duet-17 (person)\n", "  salesforce Contact 003x\n", "  pardot prospect 7\n",
          "  stage MQL since 2018-01-02T09:00:00Z\n", "  now: waiting (one side is away)\n",
          "decided again at 2018-02-01T00:00:00Z without any new data\n", "  warning: odd\n",
          "put aside: pardot refused it: 65 Bad email (tries: 2, next at 2018-01-03T09:00:00Z)\n",
          "would now be written: update prospect 7\n", "    phone is not written: unchanged.\n",
          "    title is not written: cannot be said (too long).\n",
          "  pinned: pardot keeps fax \"1\" since 2018-01-02T09:00:00Z, and \"2\" is refused\n",
          "    From 2018-01-01 it was filtered.\n", "    It was filtered then.\n",
          "    fax was 3.\n", "what Duet did, newest first:\n",
          "    On 2018-01-02 Duet wrote phone.\n"}) {
        EXPECT_TRUE(holds(text, part)) << part << "\nin\n" << text;
    }
}

TEST(PrintExplanation, SaysWhenDuetHasWrittenNothing) {
    const std::string text = print_explanation(
        {{"entities",
          json::array({{{"entity", "duet-1"}, {"kind", "person"}, {"state", "clean"}}})}});
    EXPECT_TRUE(holds(text, "  now: clean\n")) << text;
    EXPECT_TRUE(holds(text, "Duet has written nothing here.\n")) << text;
}

/// Answers of another version of the daemon: keys are missing, or hold another type.
TEST(Print, OddAnswersArePrintedAsFarAsTheyCanBe) {
    const json odd_values[] = {nullptr,        1,
                               "text",         json::array(),
                               json::object(), json::array({1, nullptr, "x", json::object()}),
                               {{"error", 1}}, {{"x", json::object()}},
                               {{"x", "text"}}};
    const char* keys[] = {
        "version",    "now",      "fixed_clock", "activity", "progress", "orgs",      "org",
        "note",       "objects",  "entities",    "stages",   "lists",    "held",      "api",
        "last_cycle", "writes",   "sides",       "warnings", "records",  "put_aside", "planned",
        "story",      "not_done", "cycle",       "pulled",   "pins",     "then",      "decisions",
        "paused",     "alarms",   "lines",       "counts",   "kinds"};
    for (const json& odd : odd_values) {
        json all = json::object();
        for (const char* key : keys) all[key] = odd;
        for (const json& answer :
             {all, json{{"orgs", json::array({all})}}, json{{"entities", json::array({all})}}}) {
            EXPECT_TRUE(print_status(answer).ends_with("\n")) << answer;
            EXPECT_TRUE(print_plan(answer).ends_with("\n")) << answer;
            EXPECT_TRUE(print_applied(answer).ends_with("\n")) << answer;
            EXPECT_TRUE(print_pauses(answer).ends_with("\n")) << answer;
            EXPECT_TRUE(print_brake(answer).ends_with("\n")) << answer;
            EXPECT_TRUE(print_report(answer).ends_with("\n")) << answer;
            EXPECT_NO_THROW((void)print_explanation(answer)) << answer;
        }
    }
}

}  // namespace
}  // namespace duet::cli
