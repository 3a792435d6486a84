#include <cstdint>
#include <limits>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "daemon/sync/brake.h"
#include "daemon/sync/planner.h"
#include "daemon/sync/put_aside.h"
#include "daemon/sync/settle.h"

namespace duet::sync {
namespace {

using namespace std::chrono_literals;
using Counts = std::map<std::string, std::int64_t>;

const ObjectName kProspects{Side::Marketing, "prospect"};
const ObjectName kContacts{Side::Crm, "Contact"};

std::vector<std::string> held_kinds(const Counts& numbers, std::int64_t population) {
    KindCounts counts;
    for (const auto& [kind, number] : numbers) counts[kind][kProspects] = number;
    std::vector<std::string> kinds;
    for (const store::Held& row :
         find_held(counts, {{"blank", {50, 0.01}}, {"create", {0, 0}}}, {{kProspects, population}}))
        kinds.push_back(row.kind);
    return kinds;
}

TEST(Brake, HoldsWhatPassesBothTheNumberAndTheShare) {
    EXPECT_TRUE(held_kinds({{"blank", 50}}, 100).empty());
    EXPECT_EQ(held_kinds({{"blank", 51}}, 100), std::vector<std::string>{"blank"});
    EXPECT_TRUE(held_kinds({{"blank", 100}}, 10'000).empty());
    EXPECT_EQ(held_kinds({{"blank", 101}}, 10'000), std::vector<std::string>{"blank"});
    EXPECT_EQ(held_kinds({{"blank", 51}}, 0), std::vector<std::string>{"blank"});
}

TEST(Brake, ALimitOfNoneHoldsTheFirst) {
    EXPECT_EQ(held_kinds({{"create", 1}}, 1'000'000), std::vector<std::string>{"create"});
    EXPECT_TRUE(held_kinds({{"create", 0}}, 0).empty());
}

TEST(Brake, AKindWithoutALimitIsNeverHeld) {
    EXPECT_TRUE(held_kinds({{"unheard of", 1'000'000}}, 1).empty());
}

TEST(Brake, SaysHowManyThereAreAndHowManyMayPass) {
    const auto held = find_held({{"blank", {{kProspects, 200}}}}, {{"blank", {50, 0.01}}},
                                {{kProspects, 10'000}});
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].count, 200);
    EXPECT_EQ(held[0].limit, 100);
    EXPECT_FALSE(held[0].released);
}

TEST(Brake, TheShareIsOfTheObjectThatIsWrittenAndNotOfAll) {
    const std::map<std::string, BrakeLimit> limits{{"delete", {100, 0.02}}};
    const Population population{{kProspects, 1'000}, {kContacts, 1'000'000}};
    const auto held = find_held({{"delete", {{kProspects, 101}}}}, limits, population);
    ASSERT_EQ(held.size(), 1U) << "a tenth of all prospects";
    EXPECT_EQ(held[0].limit, 100);
    EXPECT_TRUE(find_held({{"delete", {{kContacts, 20'000}}}}, limits, population).empty());
    // Many of one object do not make room for those of another.
    const auto both =
        find_held({{"delete", {{kProspects, 90}, {kContacts, 20'000}}}}, limits, population);
    ASSERT_EQ(both.size(), 1U);
    EXPECT_EQ(both[0].count, 20'090);
    EXPECT_TRUE(find_held({{"delete", {{kProspects, 90}}}}, limits, population).empty());
}

store::Held held_row(std::int64_t count, std::int64_t limit, bool released) {
    store::Held row;
    row.kind = "delete";
    row.count = count;
    row.limit = limit;
    row.released = released;
    return row;
}

TEST(Brake, AReleaseLetsGoWhatWasShownAndNoMore) {
    const auto after = [](std::int64_t count, std::int64_t shown) {
        store::Held row = held_row(count, 50, false);
        follow_release(row, held_row(shown, 50, true));
        return row;
    };
    EXPECT_TRUE(after(120, 120).released);
    EXPECT_TRUE(after(170, 120).released) << "fifty more would pass by themselves";
    EXPECT_EQ(after(170, 120).count, 120) << "what was released does not grow";
    EXPECT_FALSE(after(171, 120).released);
    EXPECT_EQ(after(171, 120).count, 171) << "it is shown as it is now";
    EXPECT_EQ(after(80, 120).count, 80) << "forty of it are gone";
    store::Held row = held_row(10, 5, false);
    follow_release(row, held_row(10, 5, false));
    EXPECT_FALSE(row.released);
}

PlannedWrite write_of(WriteKind kind, std::vector<std::string> kinds, std::string list = "") {
    PlannedWrite write;
    write.in_flight.write.kind = kind;
    write.kinds = std::move(kinds);
    write.list = std::move(list);
    return write;
}

store::Held held(const char* kind, bool released = false) {
    store::Held row;
    row.kind = kind;
    row.released = released;
    return row;
}

TEST(Brake, AWriteIsHeldByAnyOfItsKindsUntilAPersonReleasesIt) {
    const auto write = write_of(WriteKind::Update, {"blank", "restage"});
    EXPECT_TRUE(is_held(write, {held("restage")}));
    EXPECT_FALSE(is_held(write, {held("restage", true)}));
    EXPECT_TRUE(is_held(write, {held("restage", true), held("blank")}));
    EXPECT_FALSE(is_held(write, {held("create")}));
    EXPECT_FALSE(is_held(write_of(WriteKind::Update, {}), {held("blank")}));
}

TEST(Brake, WhatCountsAsADeletionIsHeldAsOne) {
    const auto removal = write_of(WriteKind::Delete, {});
    const auto leaving = write_of(WriteKind::Delete, {"leave_list"}, "Upsell");
    KindCounts counts;
    count_kinds({removal, leaving, leaving}, counts);
    ASSERT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts["delete"].begin()->second, 1);
    EXPECT_EQ(counts["leave_list"].begin()->second, 2);
    EXPECT_TRUE(is_held(removal, {held("delete")}));
    EXPECT_FALSE(is_held(leaving, {held("delete")}));
    EXPECT_TRUE(is_held(leaving, {held("leave_list")}));
}

/// Always the same number.
class SameNumber final : public Random {
public:
    explicit SameNumber(std::uint64_t number) : number_(number) {}
    std::uint64_t next() override { return number_; }

private:
    std::uint64_t number_;
};

TEST(GrowingDelay, DoublesFromTheFirstToTheLongest) {
    SameNumber none(0);
    EXPECT_EQ(growing_delay(60s, 24h, 1, none), 60s);
    EXPECT_EQ(growing_delay(60s, 24h, 2, none), 120s);
    EXPECT_EQ(growing_delay(60s, 24h, 3, none), 240s);
    EXPECT_EQ(growing_delay(60s, 24h, 11, none), 61'440s);
    EXPECT_EQ(growing_delay(60s, 24h, 12, none), 86'400s);
    EXPECT_EQ(growing_delay(60s, 24h, std::numeric_limits<int>::max(), none), 86'400s);
    EXPECT_EQ(growing_delay(60s, 10s, 1, none), 10s);
}

TEST(GrowingDelay, IsNeverUnderTheFirst) {
    SameNumber none(0);
    EXPECT_EQ(growing_delay(60s, 24h, 0, none), 60s);
    EXPECT_EQ(growing_delay(60s, 24h, -5, none), 60s);
}

TEST(GrowingDelay, AddsAtMostAQuarterAndStaysUnderTheLongest) {
    for (const std::uint64_t number :
         {std::uint64_t{15}, std::uint64_t{16}, std::numeric_limits<std::uint64_t>::max()}) {
        SameNumber random(number);
        const auto delay = growing_delay(60s, 24h, 1, random);
        EXPECT_GE(delay, 60s);
        EXPECT_LE(delay, 75s);
        EXPECT_LE(growing_delay(60s, 24h, 20, random), 24h);
        EXPECT_GE(growing_delay(60s, 24h, 20, random), 18h);
    }
    SameNumber fifteen(15);
    EXPECT_EQ(growing_delay(60s, 24h, 1, fifteen), 75s);
}

Write an_update() {
    Write write;
    write.kind = WriteKind::Update;
    write.id = {"Contact", "003"};
    write.fields.set("Phone", text("1"));
    return write;
}

TEST(Fingerprint, IsOfEverythingThatIsWritten) {
    const Write write = an_update();
    EXPECT_EQ(fingerprint_of(write), fingerprint_of(an_update()));
    const auto differs = [&](auto change) {
        Write other = an_update();
        change(other);
        return fingerprint_of(other) != fingerprint_of(write);
    };
    EXPECT_TRUE(differs([](Write& other) { other.fields.set("Phone", text("2")); }));
    EXPECT_TRUE(differs([](Write& other) { other.fields.set("Phone", Value{Decimal{1}}); }));
    EXPECT_TRUE(differs([](Write& other) { other.fields.set("Fax", text("1")); }));
    EXPECT_TRUE(differs([](Write& other) { other.fields.set("Phone", Value{}); }));
    EXPECT_TRUE(differs([](Write& other) { other.id.key = "004"; }));
    EXPECT_TRUE(differs([](Write& other) { other.kind = WriteKind::Create; }));
    EXPECT_TRUE(differs([](Write& other) { other.key_value = "duet-1"; }));
}

formula::Moment moment(const char* now, const char* zone) {
    return moment_of(Instant{*parse_instant(now)}, zone);
}

TEST(Moment, TodayTurnsAtTheZonesOwnMidnight) {
    EXPECT_EQ(moment("2018-06-30T20:59:59Z", "Europe/Helsinki").today, parse_date("2018-06-30"));
    EXPECT_EQ(moment("2018-06-30T21:00:00Z", "Europe/Helsinki").today, parse_date("2018-07-01"));
    EXPECT_EQ(moment("2018-01-01T21:59:59Z", "Europe/Helsinki").today, parse_date("2018-01-01"));
    EXPECT_EQ(moment("2018-01-01T22:00:00Z", "Europe/Helsinki").today, parse_date("2018-01-02"));
    EXPECT_EQ(moment("2018-01-01T04:59:59Z", "America/New_York").today, parse_date("2017-12-31"));
    EXPECT_EQ(moment("2018-01-01T00:00:00Z", "UTC").today, parse_date("2018-01-01"));
}

TEST(Moment, KnowsHowFarTheZoneIsAhead) {
    EXPECT_EQ(moment("2018-03-25T00:59:59Z", "Europe/Helsinki").zone_offset, 120min);
    EXPECT_EQ(moment("2018-03-25T01:00:00Z", "Europe/Helsinki").zone_offset, 180min);
    EXPECT_EQ(moment("2018-01-01T00:00:00Z", "Asia/Kathmandu").zone_offset, 345min);
    EXPECT_EQ(moment("2018-01-01T00:00:00Z", "America/New_York").zone_offset, -300min);
}

TEST(Moment, KnowsTheZoneInOtherSeasonsToo) {
    const auto winter = moment("2018-01-01T00:00:00Z", "Europe/Helsinki");
    EXPECT_EQ(winter.offset_at(*parse_instant("2018-07-01T00:00:00Z")), 180min);
    EXPECT_EQ(winter.at(*parse_instant("2018-06-30T21:00:00Z")).today, parse_date("2018-07-01"));
    EXPECT_EQ(winter.offset_at(*parse_instant("2018-12-01T00:00:00Z")), 120min);
}

TEST(Moment, NowIsUtcWhateverTheZone) {
    EXPECT_EQ(moment("2018-01-01T12:00:00.123Z", "Europe/Helsinki").now,
              parse_instant("2018-01-01T12:00:00.123Z"));
}

}  // namespace
}  // namespace duet::sync
