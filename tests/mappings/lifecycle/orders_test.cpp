#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "mappings/lifecycle/replay.h"
#include "tests/mappings/lifecycle/reference.h"

namespace duet::lifecycle {
namespace {

/// Two years of things at a few moments, many of them at the same one.
Facts crowd(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    static constexpr const char* kNames[] = {
        "visited",   "known",         "activity",      "hand_raise",     "promoted",
        "accepted",  "rejected",      "unqualified",   "deal_opened",    "deal_won",
        "deal_lost", "deal_lapsed",   "touch",         "deal_moved",     "activated",
        "visited",   "user_reopened", "deal_reopened", "put_on_nurture", "qualified_by_sales"};
    const auto pick = [&](std::uint64_t bound) { return random() % bound; };
    Facts facts;
    for (int i = 0; i < 60; ++i) {
        Event event;
        event.at = at("2024-01-01") + std::chrono::hours{24 * pick(700)};
        event.order = static_cast<int>(pick(5));
        event.record = "r" + std::to_string(pick(9));
        event.name = kNames[pick(std::size(kNames))];
        if (pick(3) > 0) event.reason = "because";
        facts.events.push_back(event);
    }
    for (const char* name : {"contract", "open_deal", "qualified", "planned", "trial"}) {
        for (int i = 0; i < 3; ++i) {
            Span span;
            span.name = name;
            span.record = "s" + std::to_string(i);
            span.from = at("2024-01-01") + std::chrono::hours{24 * pick(700)};
            if (pick(4) > 0) span.until = span.from + std::chrono::hours{24 * (1 + pick(200))};
            facts.spans.push_back(span);
        }
    }
    return facts;
}

TEST(Orders, AHundredOrdersOfArrivalGiveTheSameRows) {
    const Model model(reference_rules());
    const Facts facts = crowd(7);
    const History expected = replay(model, facts, at("2025-12-01"));
    ASSERT_GT(expected.rows.size(), 10u);
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        Facts shuffled = facts;
        std::mt19937_64 random(seed);
        std::shuffle(shuffled.events.begin(), shuffled.events.end(), random);
        std::shuffle(shuffled.spans.begin(), shuffled.spans.end(), random);
        // Some are told twice.
        shuffled.events.push_back(shuffled.events[random() % shuffled.events.size()]);
        shuffled.spans.push_back(shuffled.spans[random() % shuffled.spans.size()]);
        EXPECT_EQ(replay(model, shuffled, at("2025-12-01")), expected);
    }
}

TEST(Orders, TwoHalvesOfAMergedPersonAreTheWhole) {
    const Model model(reference_rules());
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        const Facts all = crowd(seed);
        Facts lead;
        Facts contact;
        for (std::size_t i = 0; i < all.events.size(); ++i)
            (i % 2 == 0 ? lead : contact).events.push_back(all.events[i]);
        lead.events.push_back(contact.events.front());  // both know it
        contact.spans = all.spans;
        EXPECT_EQ(replay(model, merge(contact, lead), at("2025-12-01")),
                  replay(model, all, at("2025-12-01")));
    }
}

// Whenever Duet looks, the past is the same; and nothing moves between a look and its next change.
TEST(Orders, LookingOftenOrSeldomGivesTheSamePast) {
    const Model model(reference_rules());
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        const Facts facts = crowd(seed);
        const History late = replay(model, facts, at("2027-06-01"));
        for (int month = 0; month < 36; month += 5) {
            const DateTime now = at("2024-02-01") + std::chrono::hours{24 * 30 * month};
            const History early = replay(model, facts, now);
            ASSERT_LE(early.rows.size(), late.rows.size());
            for (std::size_t i = 0; i < early.rows.size(); ++i)
                ASSERT_EQ(early.rows[i], late.rows[i]);
            if (!early.next_change) continue;
            const auto just_before = *early.next_change - std::chrono::milliseconds{1};
            const History before = replay(model, facts, just_before);
            EXPECT_EQ(before.rows, early.rows);
            EXPECT_EQ(before.marks, early.marks);
            EXPECT_EQ(before.tags, early.tags);
            const History after = replay(model, facts, *early.next_change);
            EXPECT_TRUE(after.rows != early.rows || after.marks != early.marks ||
                        after.tags != early.tags);
        }
    }
}

TEST(Orders, ADeletedRecordsEventsVanish) {
    const Model model(reference_rules());
    Facts facts = reference_person();
    std::erase_if(facts.events, [](const Event& event) { return event.record == "0062"; });
    std::erase_if(facts.spans, [](const Span& span) { return span.record == "0062"; });
    EXPECT_EQ(replay(model, facts, at("2026-01-20")).stage, "SQL");
}

}  // namespace
}  // namespace duet::lifecycle
