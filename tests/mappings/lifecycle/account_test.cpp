#include "mappings/lifecycle/account.h"

#include <deque>

#include <gtest/gtest.h>

#include "tests/mappings/lifecycle/reference.h"

namespace duet::lifecycle {
namespace {

class Accounts : public testing::Test {
protected:
    /// A person by what happened: {time, event} pairs.
    void person(const std::vector<std::pair<const char*, const char*>>& events,
                const char* role = "") {
        Facts facts;
        for (const auto& [time, name] : events)
            facts.events.push_back({at(time), 1, "r", name, "because", "", ""});
        histories_.push_back(replay(model_, facts, as_of_));
        facts_.members.push_back({&histories_.back(), std::nullopt, role});
    }
    AccountStanding stand() { return roll_up(model_, facts_, as_of_); }

    Model model_{reference_rules()};
    DateTime as_of_ = at("2025-09-01");
    std::deque<History> histories_;
    AccountFacts facts_;
};

TEST_F(Accounts, TheHighestRankOfItsPeopleIsItsStage) {
    person({{"2025-08-01", "known"}});
    person({{"2025-08-01", "known"}, {"2025-08-02", "hand_raise"}, {"2025-08-03", "accepted"}});
    person({{"2025-08-01", "known"}, {"2025-08-20", "put_on_nurture"}});
    EXPECT_EQ(stand().stage, "SAL");
    EXPECT_EQ(stand().since, at("2025-08-03"));
    EXPECT_EQ(stand().people, 3);
}

TEST_F(Accounts, DisqualifiedPeopleDoNotCountAndNurtureComesBeforeDormant) {
    person({{"2025-01-01", "known"}});  // dormant since June
    person({{"2025-08-01", "known"}, {"2025-08-20", "put_on_nurture"}});
    person({{"2025-08-01", "known"}, {"2025-08-02", "hand_raise"}, {"2025-08-03", "unqualified"}});
    EXPECT_EQ(stand().stage, "NURTURE");
}

TEST_F(Accounts, AnActiveContractMakesACustomerWhateverThePeopleAre) {
    person({{"2025-08-01", "known"}});
    facts_.contracts.push_back(
        {"contract", "c1", at("2025-08-10"), at("2026-04-01"), 0, "", "", ""});
    EXPECT_EQ(stand().stage, "CUSTOMER");
    EXPECT_EQ(stand().since, at("2025-08-10"));
    EXPECT_EQ(stand().expansion, "");
    person({{"2025-08-01", "known"}, {"2025-08-15", "deal_opened"}});
    EXPECT_EQ(stand().stage, "CUSTOMER");
    EXPECT_EQ(stand().expansion, "OPPORTUNITY");
}

// B12: two active contracts that end in March and June.
TEST_F(Accounts, TheContractThatEndsLastGivesTheEnd) {
    facts_.contracts.push_back(
        {"contract", "c1", at("2025-04-01"), at("2026-04-01"), 0, "", "", ""});
    facts_.contracts.push_back(
        {"contract", "c2", at("2025-07-01"), at("2026-07-01"), 0, "", "", ""});
    facts_.contracts.push_back(
        {"contract", "old", at("2020-07-01"), at("2021-07-01"), 0, "", "", ""});
    EXPECT_EQ(stand().contract_end, day("2026-06-30"));
}

TEST_F(Accounts, WithoutContractsAWinCountsFor24Months) {
    person({{"2023-08-01", "known"}});
    facts_.wins = {at("2023-09-01 12:00")};
    EXPECT_EQ(stand().stage, "CUSTOMER") << "24 months to the day";
    EXPECT_EQ(stand().next_change, at("2025-09-02"));
    as_of_ = at("2025-09-02");
    EXPECT_EQ(stand().stage, "DORMANT");
}

TEST_F(Accounts, AStagesTimeIsTheEarliestOfAnybodyInThePresentCycle) {
    person({{"2025-01-01", "known"}, {"2025-01-05", "hand_raise"}, {"2025-01-20", "rejected"}});
    person({{"2025-01-02", "known"},
            {"2025-01-10", "hand_raise"},
            {"2025-01-25", "rejected"},
            {"2025-06-01", "hand_raise"}});
    const AccountStanding standing = stand();
    EXPECT_EQ(standing.stage, "MQL");
    EXPECT_EQ(standing.cycle, 2);
    const auto& times = standing.times[static_cast<std::size_t>(model_.stage("MQL"))];
    EXPECT_EQ(times.first, at("2025-01-05"));
    EXPECT_EQ(times.current, at("2025-06-01"));
    EXPECT_EQ(times.count, 3);
}

TEST_F(Accounts, RolesThatAreFilledCoverTheBuyingGroup) {
    person({{"2025-08-01", "known"}}, "Decision Maker");
    person({{"2025-08-01", "known"}}, "Decision Maker");
    person({{"2025-08-01", "known"}, {"2025-08-02", "hand_raise"}}, "User");
    person({{"2025-08-01", "known"}}, "Receptionist");
    facts_.members[0].last_activity = at("2025-08-02");  // 30 days ago
    facts_.members[1].last_activity = at("2025-08-01");
    EXPECT_EQ(stand().roles_filled, 2);
    EXPECT_DOUBLE_EQ(*stand().coverage, 0.5);
    EXPECT_EQ(stand().counted.at("MQL"), 1);
    EXPECT_EQ(stand().engaged, 1);
    EXPECT_EQ(stand().next_change, at("2025-09-02"));
}

TEST_F(Accounts, ACustomersSubstageComesFromItsDates) {
    person({{"2025-05-01", "known"}, {"2025-05-02", "deal_opened"}, {"2025-05-03", "deal_won"}});
    facts_.contracts.push_back(
        {"contract", "c1", at("2025-05-03"), at("2026-05-03"), 0, "", "", ""});
    facts_.dates = {{"first_won", day("2025-05-03")}, {"last_won", day("2025-05-03")}};
    EXPECT_EQ(stand().substage, "UPSELL-WINDOW");
    as_of_ = at("2025-08-01");
    EXPECT_EQ(stand().substage, "ONBOARDING") << "90 days after the win";
    EXPECT_EQ(stand().next_change, at("2025-08-02"));
}

TEST(AccountDomains, OnlyTheOneAccountWithTheDomainIsFound) {
    const std::vector<std::string> open{"gmail.com"};
    const std::multimap<std::string, std::string, std::less<>> accounts{{"acme.example", "a1"},
                                                                        {"both.example", "a2"},
                                                                        {"both.example", "a3"},
                                                                        {"gmail.com", "a4"}};
    EXPECT_EQ(account_of_domain("ada@ACME.example", open, accounts), "a1");
    EXPECT_EQ(account_of_domain("ada@both.example", open, accounts), "");
    EXPECT_EQ(account_of_domain("ada@gmail.com", open, accounts), "");
    EXPECT_EQ(account_of_domain("ada", open, accounts), "");
}

}  // namespace
}  // namespace duet::lifecycle
