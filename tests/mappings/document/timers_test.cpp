// What is wrong in response timers, and what is read of them.
#include <string>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

const std::string kTimedPeople =
    "entity: person\nmatch: [crm_id]\nfields:\n"
    "  - { salesforce: Title, value: Timer.Answer }\n";

const std::string kStart =
    "    starts: [{ kind: form, object: { pardot: visitor-activity }, where: type = 4, "
    "time: createdAt, within_minutes: 240 }]\n";
const std::string kAnswer =
    "    answers: [{ object: Task, where: IsClosed, time: CompletedDateTime }]\n";

std::string timer(const std::string& more) {
    return "timers:\n  - name: Answer\n" + kStart + kAnswer + more;
}

std::string offline_timer(const std::string& text) {
    return findings_of({{"people.yaml", kTimedPeople}, {"a.yaml", text}}, nullptr);
}

TEST(TimerRules, AreReadWithTheManualsDefaults) {
    const auto documents =
        load_good({{"people.yaml", kTimedPeople}, {"a.yaml", timer("")}}, nullptr);
    ASSERT_EQ(documents.timers.size(), 1U);
    const TimerRule& rule = documents.timers.front();
    EXPECT_EQ(rule.name, "Answer");
    ASSERT_EQ(rule.starts.size(), 1U);
    EXPECT_EQ(rule.starts.front().kind, "form");
    EXPECT_EQ(rule.starts.front().side, Side::Marketing);
    EXPECT_EQ(rule.starts.front().within, std::chrono::hours{4});
    ASSERT_EQ(rule.answers.size(), 1U);
    EXPECT_EQ(rule.answers.front().object, "Task");
    EXPECT_EQ(rule.warn_percent, 75);
    EXPECT_EQ(rule.reassign_percent, 200);
    EXPECT_FALSE(rule.hours);
}

TEST(TimerRules, ADayOfItsOwnNameGoesBeforeTheWeekdays) {
    const auto documents = load_good(
        {{"people.yaml", kTimedPeople},
         {"a.yaml", timer("    working_hours: { weekdays: 08:00-16:00, friday: [08:00-12:00, "
                          "12:30-14:00], sunday: 22:00-24:00, holidays: 2025-12-25 }\n")}},
        nullptr);
    const auto& hours = *documents.timers.front().hours;
    ASSERT_EQ(hours.days[0].size(), 1U);
    EXPECT_EQ(hours.days[0][0].to, std::chrono::hours{16});
    ASSERT_EQ(hours.days[4].size(), 2U);
    EXPECT_TRUE(hours.days[5].empty());
    EXPECT_EQ(hours.days[6][0].to, std::chrono::hours{24});
    ASSERT_EQ(hours.holidays.size(), 1U);
}

TEST(TimerRules, HoursThatAreNoneAreShownWhereTheyStand) {
    const std::string found = offline_timer(timer("    working_hours: { monday: 8-16 }\n"));
    EXPECT_TRUE(says(found, "a.yaml:5:30: error: \"8-16\" is no span of hours")) << found;
    EXPECT_TRUE(says(found, "write it as 08:00-16:00")) << found;
    for (const char* wrong : {"16:00-08:00", "08:00-25:00", "08:00", "08:00-16:00 x"}) {
        const std::string hours = "    working_hours: { monday: \"" + std::string(wrong) + "\" }\n";
        EXPECT_TRUE(says(offline_timer(timer(hours)), "is no span of hours")) << wrong;
    }
    EXPECT_TRUE(
        says(offline_timer(timer("    working_hours: { monday: [08:00-12:00, 11:00-16:00] }\n")),
             "overlap"));
    EXPECT_TRUE(says(offline_timer(timer("    working_hours: { holidays: [2025-12-25] }\n")),
                     "nothing would ever be due"));
    EXPECT_TRUE(says(offline_timer(timer(
                         "    working_hours: { weekdays: 08:00-16:00, holidays: [2025-02-30] }\n")),
                     "\"2025-02-30\" is no day"));
}

TEST(TimerRules, WhatIsMissingTwiceOrUnknownIsTold) {
    EXPECT_TRUE(says(offline_timer("timers:\n  - name: Answer\n" + kAnswer), "\"starts\""));
    EXPECT_TRUE(says(offline_timer("timers:\n  - name: Answer\n" + kStart), "\"answers\""));
    EXPECT_TRUE(says(offline_timer(timer("") + "  - name: answer\n" + kStart + kAnswer),
                     "the timer \"answer\" is already defined"));
    const std::string unknown = findings_of({{"people.yaml",
                                              "entity: person\nmatch: [crm_id]\nfields:\n"
                                              "  - { salesforce: Title, value: Timer.Answr }\n"},
                                             {"a.yaml", timer("")}},
                                            &test_catalogs());
    EXPECT_TRUE(says(unknown, "Timer.Answr")) << unknown;
    EXPECT_TRUE(says(findings_of({{"a.yaml", timer("")}}, nullptr), "entity: person"));
    EXPECT_TRUE(
        says(offline_timer(timer("    cancel_when: Timer.Answer = \"MET\"\n")), "Timer.Answer"));
}

TEST(TimerRules, AFieldThatFeedsItsOwnTimerIsACircle) {
    const std::string people =
        "entity: person\nmatch: [crm_id]\nfields:\n"
        "  - { salesforce: Title, value: Timer.Answer }\n";
    const std::string found = findings_of(
        {{"people.yaml", people}, {"a.yaml", timer("    cancel_when: Title = \"MET\"\n")}},
        nullptr);
    EXPECT_TRUE(says(found, "DUET-2016")) << found;
}

TEST(TimerRules, NeedWhatTheirEventsRead) {
    const auto documents =
        load_good({{"people.yaml", kTimedPeople}, {"a.yaml", timer("")}}, &test_catalogs());
    bool has_time = false;
    bool has_person = false;
    for (const Need& need : needs(documents, test_catalogs())) {
        for (const std::string& field : need.fields) {
            has_time = has_time || (need.object == "visitor-activity" && field == "createdAt");
            has_person = has_person || (need.object == "visitor-activity" && field == "prospectId");
        }
    }
    EXPECT_TRUE(has_time);
    EXPECT_TRUE(has_person);
}

}  // namespace
}  // namespace duet::document
