#include <gtest/gtest.h>

#include "mappings/formula/calendar.h"
#include "mappings/timers/timer.h"

namespace duet::timers {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

DateTime at(const char* text) { return *formula::read_datetime(text); }

/// Helsinki in 2025: two hours ahead of UTC, three in summer.
std::chrono::minutes helsinki(const void*, DateTime time) {
    const bool summer = time >= at("2025-03-30 01:00:00") && time < at("2025-10-26 01:00:00");
    return hours{summer ? 3 : 2};
}

const Hours kOffice{hours{8}, hours{16}};

Target within(seconds length, const char* kind = "any") { return {kind, length}; }

State state_of(const Happened& happened, const Target& target, DateTime now,
               const ResponseClock& clock = {}) {
    return read(happened, target, clock, now)->state;
}

struct Case {
    const char* start;
    int hours;
    const char* due;
};

class OfficeHours : public testing::TestWithParam<Case> {};

TEST_P(OfficeHours, CountOnlyWhileTheOfficeIsOpen) {
    WorkingHours office = weekdays(kOffice);
    office.holidays = {*formula::read_date("2025-12-25"), *formula::read_date("2025-12-26")};
    ASSERT_TRUE(is_sound(office));
    const ResponseClock clock(office);
    const Case& one = GetParam();
    const auto due = clock.after(at(one.start), hours{one.hours});
    ASSERT_TRUE(due);
    EXPECT_EQ(*due, at(one.due));
    EXPECT_EQ(clock.between(at(one.start), *due), hours{one.hours});
}

INSTANTIATE_TEST_SUITE_P(
    Of, OfficeHours,
    testing::Values(Case{"2025-09-05 15:30:00", 1, "2025-09-08 08:30:00"},    // over the weekend
                    Case{"2025-09-05 15:30:00", 8, "2025-09-08 15:30:00"},    // a working day
                    Case{"2025-09-05 15:30:00", 24, "2025-09-10 15:30:00"},   // three of them
                    Case{"2025-09-06 11:00:00", 4, "2025-09-08 12:00:00"},    // from a Saturday
                    Case{"2025-12-24 14:00:00", 4, "2025-12-29 10:00:00"},    // over holidays
                    Case{"2025-09-08 08:00:00", 8, "2025-09-08 16:00:00"}));  // to closing time

TEST(ResponseClock, CalendarHoursRunAlways) {
    const ResponseClock clock;
    EXPECT_EQ(clock.after(at("2025-09-05 15:30:00"), hours{24}), at("2025-09-06 15:30:00"));
    EXPECT_EQ(clock.between(at("2025-09-05 15:30:00"), at("2025-09-05 15:00:00")), hours{0});
}

TEST(ResponseClock, HoursAreThoseOfTheTeamsZone) {
    const ResponseClock clock(weekdays(kOffice, {nullptr, helsinki}));
    // Friday 15:30 in Helsinki in summer, to Monday 08:30 there.
    EXPECT_EQ(clock.after(at("2025-09-05 12:30:00"), hours{1}), at("2025-09-08 05:30:00"));
    // Over the night in which summer time ends.
    EXPECT_EQ(clock.after(at("2025-10-24 12:30:00"), hours{1}), at("2025-10-27 06:30:00"));
    WorkingHours always;
    for (auto& day : always.days) day = {{hours{0}, hours{24}}};
    always.zone = {nullptr, helsinki};
    const ResponseClock round(always);
    for (const char* start : {"2025-03-29 12:00:00", "2025-10-25 12:00:00"}) {
        EXPECT_EQ(round.after(at(start), hours{36}), at(start) + hours{36}) << start;
    }
}

TEST(ResponseClock, WithoutHoursThereIsNoDueInstant) {
    const ResponseClock clock{WorkingHours{}};
    EXPECT_FALSE(clock.after(at("2025-09-05 15:30:00"), hours{1}));
    EXPECT_FALSE(read({at("2025-09-05 15:30:00"), {}, {}}, within(hours{1}), clock,
                      at("2025-09-05 15:30:00")));
}

TEST(ResponseClock, HoursThatOverlapOrRunBackwardsAreUnsound) {
    WorkingHours hours_of = weekdays({hours{8}, hours{12}});
    hours_of.days[0].push_back({hours{13}, hours{16}});
    EXPECT_TRUE(is_sound(hours_of));
    hours_of.days[0].push_back({hours{15}, hours{17}});
    EXPECT_FALSE(is_sound(hours_of));
    EXPECT_FALSE(is_sound(weekdays({hours{16}, hours{8}})));
    EXPECT_FALSE(is_sound(weekdays({hours{16}, hours{25}})));
}

TEST(Timer, AnAnswerIsInTimeUpToTheSecond) {
    const DateTime start = at("2025-09-05 15:30:00");
    const DateTime now = at("2025-09-10 00:00:00");
    const auto answered = [&](const char* when) {
        return state_of({start, {at(when)}, {}}, within(hours{24}), now);
    };
    EXPECT_EQ(answered("2025-09-06 15:30:00"), State::Met);
    EXPECT_EQ(answered("2025-09-06 15:30:01"), State::MetLate);
    EXPECT_EQ(state_of({start, {at("2025-09-06 15:30:00") + std::chrono::milliseconds{900}}, {}},
                       within(hours{24}), now),
              State::Met);
    EXPECT_EQ(state_of({start, {}, {}}, within(hours{24}), at("2025-09-06 15:30:00")),
              State::Warning);
    EXPECT_EQ(state_of({start, {}, {}}, within(hours{24}), at("2025-09-06 15:30:01")),
              State::Breached);
}

TEST(Timer, WarnsAtThreeQuartersAndSaysWhenItChanges) {
    const Happened open{at("2025-09-05 00:00:00"), {}, {}};
    const Target target = within(hours{4});
    auto now = at("2025-09-05 00:00:00");
    struct Step {
        State state;
        const char* next;
    };
    for (const Step& step :
         {Step{State::Running, "2025-09-05 03:00:00"}, Step{State::Warning, "2025-09-05 04:00:01"},
          Step{State::Breached, "2025-09-05 08:00:00"}}) {
        const auto reading = read(open, target, {}, now);
        EXPECT_EQ(reading->state, step.state);
        ASSERT_TRUE(reading->next_change);
        EXPECT_EQ(*reading->next_change, at(step.next));
        EXPECT_FALSE(reading->reassign);
        // Nothing changes a moment before.
        const auto before = read(open, target, {}, *reading->next_change - seconds{1});
        EXPECT_EQ(before->state, step.state);
        EXPECT_EQ(before->next_change, reading->next_change);
        now = *reading->next_change;
    }
    const auto last = read(open, target, {}, now);
    EXPECT_EQ(last->state, State::Breached);
    EXPECT_TRUE(last->reassign);
    EXPECT_FALSE(last->next_change);
}

TEST(Timer, WarnsByWorkingTime) {
    const ResponseClock clock(weekdays(kOffice));
    const Happened open{at("2025-09-05 15:30:00"), {}, {}};
    // Three of four hours: half an hour on Friday, two and a half on Monday.
    EXPECT_EQ(*read(open, within(hours{4}), clock, at("2025-09-06 12:00:00"))->next_change,
              at("2025-09-08 10:30:00"));
}

TEST(Timer, TheFirstAnswerAfterTheStartCounts) {
    const DateTime start = at("2025-09-05 10:00:00");
    const DateTime now = at("2025-09-08 00:00:00");
    const Happened happened{
        start,
        {at("2025-09-07 10:00:00"), at("2025-09-05 11:00:00"), at("2025-09-05 09:00:00")},
        {}};
    const auto reading = read(happened, within(hours{4}), {}, now);
    EXPECT_EQ(reading->state, State::Met);
    EXPECT_EQ(reading->answered, at("2025-09-05 11:00:00"));
    EXPECT_FALSE(reading->next_change);
    // What is still to come is not known.
    EXPECT_EQ(state_of({start, {at("2025-09-07 10:00:00")}, {}}, within(hours{4}),
                       at("2025-09-05 10:30:00")),
              State::Running);
}

TEST(Timer, WhoIsDisqualifiedNeedsNoAnswer) {
    const DateTime start = at("2025-09-05 10:00:00");
    const DateTime now = at("2025-09-08 00:00:00");
    EXPECT_EQ(state_of({start, {}, at("2025-09-05 12:00:00")}, within(hours{4}), now),
              State::Cancelled);
    EXPECT_EQ(state_of({start, {at("2025-09-05 11:00:00")}, at("2025-09-05 12:00:00")},
                       within(hours{4}), now),
              State::Met);
    EXPECT_EQ(state_of({start, {}, at("2025-09-09 12:00:00")}, within(hours{4}), now),
              State::Breached);
}

TEST(Timer, KindsHaveTargetsOfTheirOwn) {
    const std::vector<Target> targets{within(hours{4}, "hand_raise"), within(hours{24}, "mql"),
                                      within(hours{24}, "any")};
    EXPECT_EQ(find_target(targets, "Hand_Raise")->within, hours{4});
    EXPECT_EQ(find_target(targets, "complaint")->kind, "any");
    EXPECT_EQ(find_target(std::span(targets).first(2), "complaint"), nullptr);
}

TEST(Timer, TheMostUrgentIsTheEarliestDueWithoutAnAnswer) {
    std::vector<Reading> readings(3);
    readings[0] = {State::Met, at("2025-09-05 10:00:00"), {}, false, {}};
    readings[1] = {State::Running, at("2025-09-05 12:00:00"), {}, false, {}};
    readings[2] = {State::Warning, at("2025-09-05 11:00:00"), {}, false, {}};
    EXPECT_EQ(most_urgent(readings), 2U);
    EXPECT_EQ(most_urgent(std::span(readings).first(1)), 0U);
    readings[1].state = readings[2].state = State::MetLate;
    EXPECT_EQ(most_urgent(readings), 1U);  // all answered: the latest
    EXPECT_FALSE(most_urgent({}));
}

TEST(Timer, AttainmentLeavesOutWhatIsNotOver) {
    const std::vector<State> states{State::Met,       State::Met,     State::Met,
                                    State::MetLate,   State::Running, State::Warning,
                                    State::Cancelled, State::Breached};
    ASSERT_TRUE(attainment(states));
    EXPECT_DOUBLE_EQ(*attainment(states), 0.6);
    EXPECT_FALSE(attainment(std::vector{State::Running}));
    EXPECT_STREQ(to_string(State::MetLate), "MET_LATE");
}

}  // namespace
}  // namespace duet::timers
