#include "mappings/attribution/influence.h"

#include <cmath>
#include <map>

namespace duet::attribution {
namespace {

/// What the CRM holds after each single step of the plan; the highest sum of an opportunity.
struct Org {
    std::map<std::string, HeldRow> rows;
    int next = 100;

    explicit Org(const std::vector<HeldRow>& held) {
        for (const HeldRow& row : held) rows[row.id] = row;
    }
    [[nodiscard]] double highest() const {
        std::map<std::string, double> sums;
        double most = 0;
        for (const auto& [id, row] : rows)
            most = std::max(most, sums[row.opportunity] += row.influence);
        return most;
    }
    double apply(const InfluencePlan& plan) {
        double most = 0;
        const auto look = [&] { most = std::max(most, highest()); };
        for (const std::string& id : plan.deletes) {
            rows.erase(id);
            look();
        }
        for (const auto& update : plan.decreases) {
            rows.at(update.id).influence = update.hundredths / 100.0;
            look();
        }
        for (const InfluenceRow& row : plan.inserts) {
            const std::string id = "n" + std::to_string(next++);
            rows[id] = {id, row.opportunity, row.campaign, row.contact, row.hundredths / 100.0};
            look();
        }
        for (const auto& update : plan.increases) {
            rows.at(update.id).influence = update.hundredths / 100.0;
            look();
        }
        return most;
    }
    [[nodiscard]] std::vector<HeldRow> all() const {
        std::vector<HeldRow> list;
        for (const auto& [id, row] : rows) list.push_back(row);
        return list;
    }
};

TEST(Influence, OnlyDifferencesAreSent) {
    const std::vector<HeldRow> held{
        {"r1", "O", "A", "K", 50}, {"r2", "O", "B", "K", 30}, {"r3", "O", "C", "", 20}};
    const std::vector<InfluenceRow> wanted{
        {"O", "A", "K", 2'000}, {"O", "B", "K", 5'000}, {"O", "D", "K", 3'000}};
    const InfluencePlan plan = plan_influence(held, wanted);
    EXPECT_EQ(plan.deletes, std::vector<std::string>{"r3"});
    ASSERT_EQ(plan.decreases.size(), 1U);
    EXPECT_EQ(plan.decreases[0].id, "r1");
    ASSERT_EQ(plan.increases.size(), 1U);
    EXPECT_EQ(plan.increases[0].hundredths, 5'000);
    ASSERT_EQ(plan.inserts.size(), 1U);
    EXPECT_EQ(plan.inserts[0].campaign, "D");
    Org org(held);
    EXPECT_LE(org.apply(plan), 100);
    EXPECT_TRUE(plan_influence(org.all(), wanted).is_empty());
}

TEST(Influence, OneOfSeveralRowsWithAKeyStays) {
    const std::vector<HeldRow> held{
        {"r2", "O", "A", "K", 100}, {"r1", "O", "A", "K", 100}, {"r3", "O", "A", "K", 100}};
    const std::vector<InfluenceRow> wanted{{"O", "A", "K", 10'000}};
    const InfluencePlan plan = plan_influence(held, wanted);
    EXPECT_EQ(plan.deletes, (std::vector<std::string>{"r2", "r3"}));
    EXPECT_TRUE(plan.decreases.empty() && plan.increases.empty() && plan.inserts.empty());
}

TEST(Influence, WhatTheCrmRoundsIsNoDifference) {
    const std::vector<HeldRow> held{{"r1", "O", "A", "K", 33.339999}};
    EXPECT_TRUE(plan_influence(held, std::vector<InfluenceRow>{{"O", "A", "K", 3'334}}).is_empty());
    EXPECT_FALSE(
        plan_influence(held, std::vector<InfluenceRow>{{"O", "A", "K", 3'333}}).is_empty());
}

TEST(Influence, NoStepComesToMoreThanTheWhole) {
    std::uint64_t state = 3;
    const auto below = [&state](int limit) {
        state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        return static_cast<int>((state >> 33U) % static_cast<std::uint64_t>(limit));
    };
    // Rows of one opportunity that come to the whole.
    const auto random_rows = [&] {
        std::vector<InfluenceRow> rows;
        int left = 10'000;
        for (char campaign = 'A'; campaign < 'H' && left > 0; ++campaign) {
            if (below(3) == 0) continue;
            const int part = campaign == 'G' ? left : 1 + below(left);
            rows.push_back({"O", std::string(1, campaign), "K", part});
            left -= part;
        }
        if (left > 0) rows.push_back({"O", "Z", "K", left});
        return rows;
    };
    for (int turn = 0; turn < 500; ++turn) {
        Org org({});
        org.apply(plan_influence({}, random_rows()));
        const auto wanted = random_rows();
        EXPECT_LE(org.apply(plan_influence(org.all(), wanted)), 100 + 1e-9) << turn;
        EXPECT_TRUE(plan_influence(org.all(), wanted).is_empty()) << turn;
        EXPECT_NEAR(org.highest(), 100, 1e-9) << turn;
    }
}

}  // namespace
}  // namespace duet::attribution
