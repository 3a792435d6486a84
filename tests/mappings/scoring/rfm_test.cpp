#include "mappings/scoring/rfm.h"

#include <fstream>
#include <sstream>

namespace duet::scoring {
namespace {

const std::vector<Customer> kTen{
    {"A", 12, 9, 180}, {"B", 40, 6, 95},  {"C", 65, 4, 60},   {"D", 90, 5, 150}, {"E", 120, 2, 20},
    {"F", 180, 3, 75}, {"G", 260, 1, 10}, {"H", 330, 7, 210}, {"I", 400, 2, 30}, {"J", 520, 1, 5}};

std::vector<std::vector<std::string>> read(const std::string& name) {
    std::ifstream file(DUET_SOURCE_DIR "/tests/payloads/rfm/" + name);
    EXPECT_TRUE(file) << name;
    std::vector<std::vector<std::string>> rows;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream cells(line);
        std::vector<std::string>& row = rows.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
    }
    return rows;
}

std::vector<Customer> reference_customers() {
    std::vector<Purchase> orders;
    double total = 0;
    for (const auto& row : read("orders.csv")) {
        orders.push_back({row.at(0), *parse_date(row.at(1)), std::stod(row.at(2))});
        total += orders.back().amount;
    }
    EXPECT_EQ(orders.size(), 4'906U);
    EXPECT_EQ(total, 464'158);
    return customers_of(orders, *parse_date("2006-12-31"), std::nullopt);
}

std::map<std::string, int> sizes(const RfmResult& result) {
    std::map<std::string, int> counts;
    for (const RfmScore& score : result.scores) ++counts[score.segment];
    return counts;
}

void expect_all(const std::vector<double>& found, const std::vector<double>& wanted) {
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], wanted[i], 1e-9) << i;
}

TEST(Rfm, TenCustomers) {
    const RfmResult result = rfm(kTen, {});
    expect_all(result.thresholds[0], {60, 108, 212, 344});
    expect_all(result.thresholds[1], {1.8, 2.6, 4.4, 6.2});
    expect_all(result.thresholds[2], {18, 48, 83, 156});
    const std::vector<std::pair<int, std::string>> wanted{{555, "Champions"},
                                                          {544, "Potential Loyalist"},
                                                          {433, "Potential Loyalist"},
                                                          {444, "Potential Loyalist"},
                                                          {322, "Loyal Customers"},
                                                          {333, "Potential Loyalist"},
                                                          {211, "About To Sleep"},
                                                          {255, "At Risk"},
                                                          {122, "Lost"},
                                                          {111, "Lost"}};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_EQ(result.scores[i].code, wanted[i].first) << kTen[i].id;
        EXPECT_EQ(result.scores[i].segment, wanted[i].second) << kTen[i].id;
    }
    EXPECT_NEAR(result.scores[7].weighted, 0.5 * 2 + 0.3 * 5 + 0.2 * 5, 1e-12);
}

TEST(Rfm, TheReferenceOrdersByThePlainRule) {
    const RfmResult result = rfm(reference_customers(), {});
    expect_all(result.thresholds[0], {114, 180, 296.4, 481});
    expect_all(result.thresholds[1], {3, 4, 5, 7});
    expect_all(result.thresholds[2], {254.8, 381, 505.4, 665});
    EXPECT_EQ(sizes(result), (std::map<std::string, int>{{"Potential Loyalist", 341},
                                                         {"Loyal Customers", 171},
                                                         {"Lost", 148},
                                                         {"New Customers", 104},
                                                         {"About To Sleep", 101},
                                                         {"Can't Lose Them", 48},
                                                         {"Champions", 35},
                                                         {"At Risk", 28},
                                                         {"Need Attention", 10},
                                                         {"Promising", 9}}));
}

TEST(Rfm, TheReferenceOrdersByThePackagesRule) {
    const auto customers = reference_customers();
    const RfmResult result = rfm(customers, {.rfm_compat = true});
    const auto rows = read("expected_2006-12-31.csv");
    ASSERT_EQ(rows.size(), customers.size());
    std::map<std::string, std::size_t> number;
    for (std::size_t i = 0; i < customers.size(); ++i) number[customers[i].id] = i;
    for (const auto& row : rows) {
        ASSERT_TRUE(number.contains(row.at(0))) << row[0];
        const Customer& customer = customers[number[row[0]]];
        const RfmScore& score = result.scores[number[row[0]]];
        EXPECT_EQ(customer.recency_days, std::stod(row.at(1))) << row[0];
        EXPECT_EQ(customer.frequency, std::stod(row.at(2))) << row[0];
        EXPECT_NEAR(customer.monetary, std::stod(row.at(3)), 1e-9) << row[0];
        EXPECT_EQ(std::to_string(score.code), row.at(4) + row.at(5) + row.at(6)) << row[0];
        EXPECT_EQ(score.segment, row.at(7)) << row[0];
    }
    int differ = 0;
    const RfmResult plain = rfm(customers, {});
    for (std::size_t i = 0; i < customers.size(); ++i)
        if (plain.scores[i].code != result.scores[i].code) ++differ;
    EXPECT_EQ(differ, 3);
}

TEST(Rfm, FewOrEqualCustomersHaveTheMiddleScore) {
    const RfmResult few = rfm(std::span(kTen).first(4), {});
    for (const RfmScore& score : few.scores) EXPECT_EQ(score.code, 333);
    std::vector<Customer> alike = kTen;
    for (Customer& customer : alike) customer.frequency = 2;
    for (const RfmScore& score : rfm(alike, {}).scores) EXPECT_EQ(score.scores[1], 3);
    EXPECT_TRUE(rfm({}, {}).scores.empty());
}

TEST(Rfm, FixedThresholdsAndOtherTablesAreTheCallers) {
    RfmSettings settings;
    settings.fixed[0] = std::vector<double>{30, 60, 90, 120};
    settings.segments = {{"Recent", {{{4, 5}, {1, 5}, {1, 5}}}}};
    settings.other_segment = "Rest";
    const RfmResult result = rfm(std::span(kTen).first(3), settings);
    EXPECT_EQ(result.scores[0].code, 533);
    EXPECT_EQ(result.scores[1].code, 433);
    EXPECT_EQ(result.scores[2].code, 333);
    EXPECT_EQ(result.scores[1].segment, "Recent");
    EXPECT_EQ(result.scores[2].segment, "Rest");
    settings.fixed = {};
    settings.quantiles = {0.5};
    settings.few_customers = 1;
    EXPECT_EQ(rfm(kTen, settings).scores[0].code, 222);
    EXPECT_EQ(rfm(kTen, settings).scores[9].code, 111);
}

TEST(Rfm, TheWindowEndsOnTheDayAndRefundsAreNoPurchases) {
    const Date day = *parse_date("2025-03-31");
    const auto on = [](const char* text) { return *parse_date(text); };
    const std::vector<Purchase> purchases{{"a", on("2025-03-31"), 10}, {"a", on("2025-04-01"), 100},
                                          {"a", on("2025-02-28"), 1},  {"a", on("2025-03-30"), -4},
                                          {"b", on("2025-03-01"), -5}, {"c", on("2025-03-01"), 7}};
    const auto month = customers_of(purchases, day, 1);
    ASSERT_EQ(month.size(), 2U);
    EXPECT_EQ(month[0].id, "a");
    EXPECT_EQ(month[0].recency_days, 0);
    EXPECT_EQ(month[0].frequency, 1);
    EXPECT_EQ(month[0].monetary, 6);
    EXPECT_EQ(month[1].recency_days, 30);
    EXPECT_EQ(customers_of(purchases, day, {})[0].frequency, 2);
}

TEST(Rfm, MovementsCountWhoCameAndWhoLeft) {
    const std::vector<RfmScore> before{
        {"a", {}, 0, 0, "Lost"}, {"b", {}, 0, 0, "Lost"}, {"c", {}, 0, 0, "Champions"}};
    const std::vector<RfmScore> after{
        {"a", {}, 0, 0, "Lost"}, {"b", {}, 0, 0, "Champions"}, {"d", {}, 0, 0, "New Customers"}};
    EXPECT_EQ(movements(before, after), (Movements{{"Lost", {{"Lost", 1}, {"Champions", 1}}},
                                                   {"Champions", {{"", 1}}},
                                                   {"", {{"New Customers", 1}}}}));
}

}  // namespace
}  // namespace duet::scoring
