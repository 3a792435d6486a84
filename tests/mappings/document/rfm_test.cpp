// What documents may say of customers and what they bought.
#include "mappings/document/rfm.h"

#include <string>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

const std::string kAccounts = "entity: account\nmatch: [crm_id]\n";
const std::string kPurchases =
    "  purchases: [{ object: Opportunity, where: IsWon, day: CloseDate, amount: Amount }]\n";

std::vector<Source> with(const std::string& keys, const std::string& accounts = kAccounts) {
    return {{"accounts.yaml", accounts}, {"rfm.yaml", "rfm:\n" + keys}};
}

bool is_wrong(const std::string& keys, const std::string& words) {
    const std::string found = findings_of(with(keys), &test_catalogs());
    EXPECT_NE(found.find(words), std::string::npos) << found;
    return found.find(words) != std::string::npos;
}

Date day(const char* text) { return *parse_date(text); }

TEST(RfmRule, HasTheManualsDefaults) {
    const auto documents = load_good(with(kPurchases), &test_catalogs());
    ASSERT_TRUE(documents.rfm);
    const RfmRule& rule = *documents.rfm;
    EXPECT_EQ(rule.of, EntityKind::Account);
    EXPECT_EQ(rule.window_months, 24);
    EXPECT_EQ(rule.taken_every, RfmPeriod::Month);
    EXPECT_EQ(rule.settings.quantiles, (std::vector<double>{0.2, 0.4, 0.6, 0.8}));
    EXPECT_EQ(rule.settings.segments.size(), 10U);
    EXPECT_FALSE(rule.settings.rfm_compat);
}

TEST(RfmRule, SaysWindowThresholdsAndClasses) {
    const auto documents = load_good(
        with(kPurchases +
             "  window_months: 0\n  taken_every: quarter\n  rises: one_above\n"
             "  quantile_percents: [50]\n  thresholds: { recency: [90] }\n"
             "  weight_percent: { recency: 100 }\n"
             "  classes: [{ name: Good, recency: 2, money: [1, 2] }]\n  other_class: Rest\n"),
        &test_catalogs());
    const RfmRule& rule = *documents.rfm;
    EXPECT_FALSE(rule.window_months);
    EXPECT_EQ(rule.taken_every, RfmPeriod::Quarter);
    EXPECT_TRUE(rule.settings.rfm_compat);
    EXPECT_EQ(rule.settings.fixed[0], std::vector<double>{90});
    EXPECT_FALSE(rule.settings.fixed[1]);
    EXPECT_EQ(rule.settings.weights, (scoring::ByMeasure<double>{1, 0, 0}));
    ASSERT_EQ(rule.settings.segments.size(), 1U);
    EXPECT_EQ(rule.settings.segments[0].scores[0].low, 2);
    EXPECT_EQ(rule.settings.segments[0].scores[1].high, 2) << "any of two scores";
    EXPECT_EQ(rule.settings.other_segment, "Rest");
}

TEST(RfmRule, OtherPurchasesAreAnotherVersionAndOtherClassesAreNot) {
    const auto version = [](const std::string& keys) {
        return load_good(with(keys), &test_catalogs()).rfm->version;
    };
    EXPECT_EQ(version(kPurchases), version(kPurchases + "  other_class: Rest\n"));
    EXPECT_NE(version(kPurchases), version(kPurchases + "  window_months: 12\n"));
    EXPECT_NE(version(kPurchases), version(kPurchases + "  quantile_percents: [50]\n"));
}

TEST(RfmRule, IsReadByRulesOfItsCustomersAlone) {
    const std::string reads = "fields:\n  - { salesforce: Duet_Stage__c, value: Rfm.Class }\n";
    EXPECT_EQ(findings_of(with(kPurchases, kAccounts + reads), &test_catalogs()), "");
    const std::string deals =
        "entity: opportunity\nmatch: [crm_id]\nfields:\n"
        "  - { salesforce: Duet_Last_Touch_Campaign__c, value: Rfm.Class }\n";
    auto sources = with(kPurchases);
    sources.push_back({"deals.yaml", deals});
    EXPECT_NE(findings_of(sources, &test_catalogs()).find("Rfm.Class"), std::string::npos);
    EXPECT_NE(findings_of(with(kPurchases, kAccounts + "fields:\n  - { salesforce: Duet_Stage__c, "
                                                       "value: Rfm.Clas }\n"),
                          &test_catalogs())
                  .find("Rfm.Class"),
              std::string::npos);
}

TEST(RfmRule, WhatIsWrongIsShown) {
    EXPECT_TRUE(is_wrong("  window_months: 12\n", "purchases"));
    EXPECT_TRUE(is_wrong(kPurchases + "  quantile_percents: [40, 20]\n", "must rise"));
    EXPECT_TRUE(is_wrong(kPurchases + "  thresholds: { money: [1, 2] }\n", "needs 4 thresholds"));
    EXPECT_TRUE(is_wrong(kPurchases + "  classes: [{ name: A, recency: 6 }]\n", "recency"));
    EXPECT_TRUE(is_wrong(kPurchases + "  classes: [{ name: A, recency: [5, 3] }]\n",
                         "the lowest and the highest"));
    EXPECT_TRUE(is_wrong(kPurchases + "  taken_every: hour\n", "month"));
    EXPECT_TRUE(is_wrong(kPurchases + "  of: person\n", "entity: person"));
    EXPECT_TRUE(is_wrong("  purchases: [{ object: Opportunity, day: Amount, amount: Amount }]\n",
                         "DUET-2012"));
    EXPECT_TRUE(is_wrong("  purchases: [{ object: Campaign, day: TODAY(), amount: ActualCost }]\n",
                         "no field of Campaign refers to Account"));
}

TEST(RfmRule, PeriodsBeginOnMondaysAndFirstDays) {
    using enum RfmPeriod;
    const auto same = [](const char* one, const char* two, RfmPeriod period) {
        return period_of(day(one), period) == period_of(day(two), period);
    };
    EXPECT_TRUE(same("2025-09-01", "2025-09-07", Week));
    EXPECT_FALSE(same("2025-09-07", "2025-09-08", Week));
    EXPECT_FALSE(same("1969-12-28", "1969-12-29", Week));
    EXPECT_TRUE(same("1969-12-29", "1970-01-04", Week));
    EXPECT_TRUE(same("2025-09-01", "2025-09-30", Month));
    EXPECT_FALSE(same("2025-09-30", "2025-10-01", Month));
    EXPECT_FALSE(same("2024-09-01", "2025-09-01", Month));
    EXPECT_TRUE(same("2025-07-01", "2025-09-30", Quarter));
    EXPECT_FALSE(same("2025-09-30", "2025-10-01", Quarter));
    EXPECT_TRUE(same("2025-01-01", "2025-12-31", Year));
    EXPECT_FALSE(same("2024-12-31", "2025-01-01", Year));
    EXPECT_FALSE(same("2025-01-01", "2025-01-02", Day));
}

}  // namespace
}  // namespace duet::document
