#include "mappings/attribution/new_names.h"

#include <gtest/gtest.h>

#include "mappings/attribution/facts.h"
#include "mappings/attribution/report.h"

namespace duet::attribution {
namespace {

DateTime moment(const char* day) { return *parse_instant(std::string(day) + "T12:00:00Z"); }

NamedDeal deal(const char* id, const char* account, const char* created, double value = 100) {
    NamedDeal made;
    made.id = id;
    made.account = account;
    made.created = moment(created);
    made.value = value;
    return made;
}

NamedDeal closed(NamedDeal made, const char* close, bool is_won) {
    made.is_closed = true;
    made.is_won = is_won;
    made.close = parse_date(close);
    return made;
}

NamedDeal touched(NamedDeal made, std::vector<NamedDeal::Reached> by) {
    made.touches = std::move(by);
    return made;
}

/// "C1 2 300": deals and their value, by campaign; "all" last.
std::string told(const std::vector<NamedDeal>& deals) {
    const auto report = new_names_of(deals, {});
    std::string all;
    for (const NewNames& one : report.campaigns)
        all += one.campaign + " " + std::to_string(one.deals) + " " +
               std::to_string(static_cast<int>(one.value)) + ", ";
    return all + "all " + std::to_string(report.all.deals) + " " +
           std::to_string(static_cast<int>(report.all.value));
}

// A10: 40 MQLs of which 9 are in a second cycle or a later one.
TEST(NewNames, FortyQualifiedOfWhomNineCameBackAreThirtyOneNetNew) {
    std::vector<Qualified> qualified;
    for (int i = 0; i < 40; ++i)
        qualified.push_back({i % 4 == 0   ? "Fair"
                             : i % 4 == 1 ? ""
                                          : "Spring",
                             i < 9 ? 2 + i % 2 : 1});
    const auto report = new_names_of({}, qualified);
    EXPECT_EQ(report.all.qualified, 40U);
    EXPECT_EQ(report.all.net_new, 31U);
    ASSERT_EQ(report.campaigns.size(), 3U);
    EXPECT_EQ(report.campaigns[0].campaign, "Fair");
    EXPECT_EQ(report.campaigns[0].qualified, 10U);
    EXPECT_EQ(report.campaigns[0].net_new, 7U);
    EXPECT_EQ(report.campaigns[1].campaign, "Spring");
    EXPECT_EQ(report.campaigns[1].qualified, 20U);
    EXPECT_EQ(report.campaigns[2].campaign, kNobody);
    EXPECT_EQ(report.campaigns[2].qualified, 10U);
}

TEST(NewNames, ADealCountsForEveryCampaignThatBroughtItAndOnceInAll) {
    EXPECT_EQ(told({touched(deal("O1", "A", "2025-03-01"), {{"C1", moment("2025-01-01")},
                                                            {"C1", moment("2025-01-02")},
                                                            {"C2", moment("2025-02-01")}}),
                    touched(deal("O2", "B", "2025-03-01", 50), {{"C2", moment("2025-02-01")}})}),
              "C1 1 100, C2 2 150, all 2 150");
}

TEST(NewNames, WhoBoughtBeforeIsNoNewName) {
    const NamedDeal second = touched(deal("O2", "A", "2025-03-01"), {{"C1", moment("2025-02-20")}});
    EXPECT_EQ(told({second}), "C1 1 100, all 1 100");
    EXPECT_EQ(told({second, closed(deal("O1", "A", "2024-01-01"), "2024-02-01", true)}), "all 0 0");
    EXPECT_EQ(told({second, closed(deal("O1", "B", "2024-01-01"), "2024-02-01", true)}),
              "C1 1 100, all 1 100")
        << "another company's win says nothing";
    EXPECT_EQ(told({second, closed(deal("O1", "A", "2024-01-01"), "2024-02-01", false)}),
              "C1 1 100, all 1 100")
        << "a deal that was lost is no win";
    EXPECT_EQ(told({second, closed(deal("O1", "A", "2025-02-25"), "2025-06-01", true)}),
              "C1 1 100, all 1 100")
        << "what was won later was not won before";
}

TEST(NewNames, ATouchWhileSomebodyDealsWithTheCompanyBringsNobody) {
    const NamedDeal open = closed(deal("O1", "A", "2025-01-10"), "2025-02-10", false);
    const auto by = [&](const char* day) {
        return told({open, touched(deal("O2", "A", "2025-03-01"), {{"C1", moment(day)}})});
    };
    EXPECT_EQ(by("2025-01-09"), "C1 1 100, all 1 100");
    EXPECT_EQ(by("2025-01-11"), "all 0 0");
    EXPECT_EQ(by("2025-02-10"), "all 0 0") << "open until the end of its last day";
    EXPECT_EQ(by("2025-02-11"), "C1 1 100, all 1 100");
    EXPECT_EQ(by("2025-03-02"), "all 0 0") << "the deal itself was there";
}

TEST(NewNames, WithoutAnAccountNobodyKnowsWhoItIs) {
    const auto report =
        new_names_of({touched(deal("O1", "", "2025-03-01"), {{"C1", moment("2025-02-01")}})}, {});
    EXPECT_EQ(report.all.deals, 0U);
    EXPECT_EQ(report.without_account, 1U);
}

TEST(NewNames, AContractOfYearsIsWorthAYear) {
    OpportunityFacts facts;
    facts.amount = 36'000;
    EXPECT_EQ(value_in_a_year(facts), 36'000);
    facts.months = 12;
    EXPECT_EQ(value_in_a_year(facts), 36'000);
    facts.months = 36;
    EXPECT_EQ(value_in_a_year(facts), 12'000);
    facts.contract_value = 11'000;
    EXPECT_EQ(value_in_a_year(facts), 11'000);
}

}  // namespace
}  // namespace duet::attribution
