#include "daemon/cli/print.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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
                     "high_water": "2018-01-02T09:00:00.000Z"},
                    {"system": "pardot", "object": "prospect", "rows": 3, "loaded": false,
                     "high_water": ""}],
        "entities": {"person": {"clean": 400, "": 12}},
        "stages": {"MQL": 7}, "lists": {"Upsell": 5},
        "dirty": 1, "in_flight": 2, "quarantine": 3,
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

TEST(PrintPlan, ShowsEachWriteAndCountsThem) {
    const std::string text = print_plan(json::parse(R"({
        "org": "acme", "documents": "0123456789ab", "entities": {"planned": 2},
        "writes": [{"what": "update", "system": "pardot", "object": "prospect", "text": "one\n"},
                   {"what": "update", "system": "pardot", "object": "prospect", "text": "two\n"},
                   {"what": "create", "system": "salesforce", "object": "Lead",
                    "text": "three\n"}]})"));
    EXPECT_EQ(text,
              "one\ntwo\nthree\n\n"
              "Plan of org acme by documents 0123456789ab: 3 writes.\n"
              "        1  create salesforce Lead\n"
              "        2  update pardot prospect\n"
              "  entities: planned 2\n"
              "Nothing was written.\n");
}

TEST(PrintPlan, APlanWithoutWritesSaysSo) {
    const std::string text = print_plan({{"org", "acme"}, {"documents", "x"}});
    EXPECT_TRUE(holds(text, "Plan of org acme by documents x: 0 writes.\n")) << text;
    EXPECT_TRUE(holds(text, "entities: none\n")) << text;
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
    const char* keys[] = {"version", "now",       "fixed_clock", "activity", "progress", "orgs",
                          "org",     "note",      "objects",     "entities", "stages",   "lists",
                          "held",    "api",       "last_cycle",  "writes",   "sides",    "warnings",
                          "records", "put_aside", "planned",     "story",    "not_done", "cycle",
                          "pulled",  "pins",      "then",        "decisions"};
    for (const json& odd : odd_values) {
        json all = json::object();
        for (const char* key : keys) all[key] = odd;
        for (const json& answer :
             {all, json{{"orgs", json::array({all})}}, json{{"entities", json::array({all})}}}) {
            EXPECT_TRUE(print_status(answer).ends_with("\n")) << answer;
            EXPECT_TRUE(print_plan(answer).ends_with("\n")) << answer;
            EXPECT_TRUE(print_report(answer).ends_with("\n")) << answer;
            EXPECT_NO_THROW((void)print_explanation(answer)) << answer;
        }
    }
}

}  // namespace
}  // namespace duet::cli
