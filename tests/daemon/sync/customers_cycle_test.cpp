// Classes of customers and calibration, through the whole cycle.
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/service/customer_report.h"
#include "daemon/sync/rfm.h"
#include "tests/world/customer_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class Customers : public testing::Test {
protected:
    explicit Customers(int window_months = 24) : Customers(of_customers(window_months)) {}
    explicit Customers(WorldOptions options) : world(std::move(options)) {}

    void settle() {
        world.clock.pass(180s);
        world.run_until_quiet();
    }
    void go_to(const char* date) {
        world.clock.set_day(std::chrono::year_month_day{day(date)});
        world.run_until_quiet();
    }
    Value of(const std::string& account, const char* field) {
        return world.crm().value({"Account", account}, field);
    }
    std::vector<sync::RfmThresholds> taken() {
        auto all = sync::load_thresholds(world.store(), world.org().name);
        EXPECT_TRUE(all);
        return all ? *std::move(all) : std::vector<sync::RfmThresholds>{};
    }
    /// Five customers who bought once, 10 to 50 days before 2 January 2018.
    void add_five() {
        for (int i = 1; i <= 5; ++i) {
            five.push_back(add_account(world, "Customer " + std::to_string(i)));
            add_deal(world, five.back(), day("2018-01-02") - std::chrono::days{10 * i}, 10 * i);
        }
    }
    json rfm(int months) {
        auto answer = service::rfm_report(world.org(), {{"months", months}});
        EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
        return answer ? *answer : json::object();
    }

    World world;
    std::vector<std::string> five;
};

TEST_F(Customers, ThresholdsAreTakenOnceAMonthAndScoresGoByThemUntilThen) {
    add_five();
    settle();
    ASSERT_EQ(taken().size(), 1U);
    EXPECT_EQ(taken()[0].taken, day("2018-01-02"));
    EXPECT_EQ(taken()[0].customers, 5U);
    EXPECT_EQ(taken()[0].thresholds[0], (std::vector<double>{18, 26, 34, 42}));
    EXPECT_EQ(of(five[0], "Code__c"), Value{Decimal{531}});
    EXPECT_EQ(of(five[0], "Class__c"), text("New Customers"));
    EXPECT_EQ(of(five[4], "Code__c"), Value{Decimal{135}});
    EXPECT_EQ(of(five[4], "Thresholds__c"), Value{day("2018-01-02")});

    // Somebody who bought for a hundred times as much is scored, and moves nobody else.
    const std::string sixth = add_account(world, "Sixth");
    add_deal(world, sixth, day("2018-01-02"), 5000);
    settle();
    EXPECT_EQ(of(sixth, "Code__c"), Value{Decimal{535}});
    EXPECT_EQ(of(five[4], "Code__c"), Value{Decimal{135}});
    EXPECT_EQ(taken().size(), 1U);
    go_to("2018-01-31");
    EXPECT_EQ(taken().size(), 1U);
    EXPECT_EQ(of(five[4], "Thresholds__c"), Value{day("2018-01-02")});

    go_to("2018-02-01");
    ASSERT_EQ(taken().size(), 2U);
    EXPECT_EQ(taken()[0].taken, day("2018-02-01"));
    EXPECT_EQ(taken()[0].customers, 6U);
    EXPECT_EQ(of(five[4], "Thresholds__c"), Value{day("2018-02-01")});
    EXPECT_EQ(of(five[4], "Code__c"), Value{Decimal{134}}) << "20 % bought for more";
    world.clock.pass(300s);
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.done, 0);
    EXPECT_EQ(report->decisions, 0) << "a day with nothing due decides nothing";
}

TEST_F(Customers, AScoreFallsOnTheDayOnWhichTheDaysPassAThreshold) {
    add_five();
    settle();
    // The deal of 23 December: 18 days are not above the threshold, 19 are.
    go_to("2018-01-10");
    EXPECT_EQ(of(five[0], "Code__c"), Value{Decimal{531}});
    go_to("2018-01-11");
    EXPECT_EQ(of(five[0], "Code__c"), Value{Decimal{431}});
    EXPECT_EQ(taken().size(), 1U);
}

/// An org with several currencies, of which the first is the corporate one.
WorldOptions with_currencies() {
    WorldOptions options = of_customers();
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        using enum FieldType;
        add_customer_objects(catalogs);
        for (ObjectInfo& known : catalogs.crm.objects) {
            if (known.name == "Opportunity") known.fields.push_back(made_field("CurrencyIsoCode"));
            if (known.name == "Account") known.fields.push_back(made_field("Amount__c", Currency));
        }
        const auto object = [&](std::string name, std::vector<FieldInfo> fields) {
            ObjectInfo made;
            made.name = made.label = std::move(name);
            FieldInfo key = made_field("Id", Id);
            key.creatable = key.updatable = false;
            made.fields = {key, made_field("IsoCode"), made_field("ConversionRate", Number)};
            for (FieldInfo& field : fields) made.fields.push_back(std::move(field));
            catalogs.crm.objects.push_back(std::move(made));
        };
        object("CurrencyType", {});
        object("DatedConversionRate",
               {made_field("StartDate", Date), made_field("NextStartDate", Date)});
    };
    for (document::Source& source : options.documents) {
        if (source.file == "accounts.yaml")
            source.text +=
                "  - { name: amount, salesforce: Amount__c, value: Rfm.Amount, blank: propagate "
                "}\n";
    }
    return options;
}

class CustomersAbroad : public Customers {
protected:
    CustomersAbroad() : Customers(with_currencies()) {
        euro = add_rate("EUR", 1);
        dollar = add_rate("USD", 2);
    }
    std::string add_rate(const char* code, int rate) {
        Fields fields;
        fields.set("IsoCode", text(code));
        fields.set("ConversionRate", Value{Decimal{rate}});
        return world.crm().add("CurrencyType", std::move(fields));
    }
    void pay_in(const std::string& deal, const char* code) {
        world.crm().edit({"Opportunity", deal}, "CurrencyIsoCode", text(code));
    }
    std::string euro;
    std::string dollar;
};

TEST_F(CustomersAbroad, WhatTheyPaidIsAddedUpInTheCorporateCurrency) {
    const std::string home = add_account(world, "Home");
    const std::string abroad = add_account(world, "Abroad");
    pay_in(add_deal(world, home, day("2017-12-01"), 60), "EUR");
    pay_in(add_deal(world, abroad, day("2017-12-01"), 100), "USD");
    pay_in(add_deal(world, abroad, day("2017-12-02"), 7), "EUR");
    settle();
    EXPECT_EQ(of(home, "Amount__c"), Value{Decimal{60}});
    EXPECT_EQ(of(abroad, "Amount__c"), Value{Decimal{57}}) << "100 USD are 50 EUR";

    world.crm().edit({"CurrencyType", dollar}, "ConversionRate", Value{Decimal{4}});
    settle();
    EXPECT_EQ(of(abroad, "Amount__c"), Value{Decimal{32}}) << "a rate changed";

    Fields dated;
    dated.set("IsoCode", text("USD"));
    dated.set("ConversionRate", Value{Decimal{5}});
    dated.set("StartDate", Value{day("2017-11-01")});
    dated.set("NextStartDate", Value{day("2017-12-02")});
    world.crm().add("DatedConversionRate", std::move(dated));
    settle();
    EXPECT_EQ(of(abroad, "Amount__c"), Value{Decimal{27}}) << "the rate of its day";
}

TEST_F(CustomersAbroad, ThresholdsAreOfTheCorporateCurrencyToo) {
    // In euros 10, 20, 30, 40 and 50; the numbers alone would put the second customer highest.
    for (int i = 1; i <= 5; ++i) {
        five.push_back(add_account(world, "Customer " + std::to_string(i)));
        const bool is_abroad = i == 2;
        const std::string deal =
            add_deal(world, five.back(), day("2017-12-01"), is_abroad ? 400 : 10 * i);
        pay_in(deal, is_abroad ? "USD" : "EUR");
    }
    world.crm().edit({"CurrencyType", dollar}, "ConversionRate", Value{Decimal{20}});
    settle();
    ASSERT_EQ(taken().size(), 1U);
    EXPECT_EQ(taken()[0].thresholds[2], (std::vector<double>{18, 26, 34, 42}));
    EXPECT_EQ(of(five[1], "Code__c"), Value{Decimal{332}});
}

TEST_F(CustomersAbroad, ACurrencyWithoutARateIsSaidAndPartsNobody) {
    add_five();
    const std::string odd = add_account(world, "Odd");
    pay_in(add_deal(world, odd, day("2017-12-01"), 100), "XTS");
    settle();
    ASSERT_EQ(taken().size(), 1U);
    EXPECT_EQ(taken()[0].customers, 5U);
    EXPECT_TRUE(is_blank(of(odd, "Amount__c"))) << "a rule that fails writes nothing";
    EXPECT_EQ(of(five[0], "Amount__c"), Value{Decimal{10}});
}

TEST_F(Customers, WhoWentFromClassToClassIsToldByMonth) {
    add_five();
    settle();
    go_to("2018-01-31");
    go_to("2018-02-01");
    add_deal(world, five[4], day("2018-02-01"), 10);
    settle();
    json answer = rfm(2);
    ASSERT_EQ(answer["months"].size(), 2U);
    const json january = answer["months"][0];
    EXPECT_EQ(january["from"], "2017-12-31");
    EXPECT_EQ(january["to"], "2018-01-31");
    std::size_t came = 0;
    for (const json& line : january["movements"]) {
        EXPECT_EQ(line["from"], "") << "nobody was a customer in Duet's eyes before";
        came += line["customers"].get<std::size_t>();
    }
    EXPECT_EQ(came, 5U);
    const json february = answer["months"][1];
    EXPECT_EQ(february["to"], "2018-02-01");
    bool has_moved = false;
    std::size_t all = 0;
    for (const json& line : february["movements"]) {
        all += line["customers"].get<std::size_t>();
        has_moved = has_moved || line["from"] != line["to"];
    }
    EXPECT_EQ(all, 5U);
    EXPECT_TRUE(has_moved);
    EXPECT_EQ(answer["thresholds"][0]["taken"], "2018-02-01");
    EXPECT_EQ(answer["thresholds"][1]["taken"], "2018-01-02");
    EXPECT_EQ(service::rfm_report(world.org(), {{"months", 61}}).error().code, "DUET-6107");
}

TEST_F(Customers, WhatLeavesTheWindowIsNoCustomerAnyMore) {
    add_five();
    const std::string old = add_account(world, "Old");
    add_deal(world, old, day("2016-01-10"), 500);
    settle();
    EXPECT_EQ(of(old, "Class__c"), text("Can't Lose Them"));
    go_to("2018-01-09");
    EXPECT_NE(of(old, "Code__c"), Value{Decimal{0}});
    go_to("2018-01-10");
    EXPECT_EQ(of(old, "Code__c"), Value{Decimal{0}});
    EXPECT_EQ(of(old, "Class__c"), text("None"));
    const json answer = rfm(1);
    EXPECT_EQ(answer["months"][0]["sizes"].size(), 4U) << answer.dump(2);
}

class AllCustomers : public Customers {
protected:
    AllCustomers() : Customers(0) {}
};

TEST_F(AllCustomers, TheReferenceOrdersHaveTheReferencesClassesByDocument) {
    std::ifstream file(DUET_SOURCE_DIR "/tests/payloads/rfm/orders.csv");
    ASSERT_TRUE(file);
    // The world begins on 2 January 2018; the reference looks back from the end of 2006.
    const auto later = day("2018-01-02") - day("2006-12-31");
    std::map<std::string, std::string> accounts;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream cells(line);
        std::string customer;
        std::string date;
        std::string amount;
        std::getline(cells, customer, ',');
        std::getline(cells, date, ',');
        std::getline(cells, amount, ',');
        auto& account = accounts[customer];
        if (account.empty()) account = add_account(world, customer);
        add_deal(world, account, day(date.c_str()) + later, std::stoi(amount));
    }
    ASSERT_EQ(accounts.size(), 995U);
    world.clock.pass(180s);
    ASSERT_TRUE(world.run_cycle());
    ASSERT_EQ(taken().size(), 1U);
    const auto thresholds = taken()[0].thresholds;
    const std::vector<std::vector<double>> wanted{
        {114, 180, 296.4, 481}, {3, 4, 5, 7}, {254.8, 381, 505.4, 665}};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        ASSERT_EQ(thresholds[i].size(), 4U);
        for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(thresholds[i][k], wanted[i][k], 1e-9);
    }
    std::map<std::string, int> sizes;
    for (const auto& [name, account] : accounts) ++sizes[display(of(account, "Class__c"))];
    EXPECT_EQ(sizes, (std::map<std::string, int>{{"Potential Loyalist", 341},
                                                 {"Loyal Customers", 171},
                                                 {"Lost", 148},
                                                 {"New Customers", 104},
                                                 {"About To Sleep", 101},
                                                 {"Can't Lose Them", 48},
                                                 {"Champions", 35},
                                                 {"At Risk", 28},
                                                 {"Need Attention", 10},
                                                 {"Promising", 9}}));
    EXPECT_EQ(of(accounts["Abbey O'Reilly"], "Code__c"), Value{Decimal{343}});
}

/// One deal was won, one fell asleep, one is open. Figures stand from Thursday to Wednesday; the
/// world begins on a Tuesday, 2 January 2018.
class LapsedDeals : public Customers {
protected:
    explicit LapsedDeals(const std::string& rules) : Customers(with(rules)) {
        const std::string acme = add_account(world, "Acme");
        add_deal(world, acme, day("2017-10-01"), 100);
        asleep = add_deal(world, acme, day("2018-06-30"), 100, false, false);
        open = add_deal(world, acme, day("2018-06-30"), 100, false, false);
    }
    static WorldOptions with(const std::string& rules) {
        WorldOptions options = of_customers();
        options.documents.back().text += rules;
        return options;
    }
    void fall_asleep(Value on) {
        world.crm().edit({"Opportunity", asleep}, "Lapsed__c", Value{true});
        world.crm().edit({"Opportunity", asleep}, "Lapsed_On__c", std::move(on));
        settle();
    }
    Value told() { return world.crm().value({"Opportunity", open}, "Probability__c"); }

    std::string asleep;
    std::string open;
};

class LapsedDealsOfNoDay : public LapsedDeals {
protected:
    LapsedDealsOfNoDay() : LapsedDeals("  lapsed: Lapsed__c\n") {}
};

TEST_F(LapsedDealsOfNoDay, CountWheneverFiguresAreWorkedOut) {
    fall_asleep(Value{});
    EXPECT_EQ(told(), Value{*Decimal::parse("0.5")});
}

class LapsedDealsOfADay : public LapsedDeals {
protected:
    LapsedDealsOfADay() : LapsedDeals("  lapsed: Lapsed__c\n  lapsed_on: Lapsed_On__c\n") {}
};

TEST_F(LapsedDealsOfADay, CountFromTheFirstFiguresAfterIt) {
    fall_asleep(Value{day("2017-12-28")});
    EXPECT_EQ(told(), Value{Decimal{1}}) << "it fell asleep in the week that the figures stand for";
    go_to("2018-01-04");
    EXPECT_EQ(told(), Value{*Decimal::parse("0.5")});
}

TEST_F(LapsedDealsOfADay, OfWhichItIsBlankCountWheneverFiguresAreWorkedOut) {
    fall_asleep(Value{});
    EXPECT_EQ(told(), Value{*Decimal::parse("0.5")});
}

TEST_F(Customers, WhatWasToldOfADealIsComparedWithWhatCameOfIt) {
    const std::string acme = add_account(world, "Acme");
    // Half of what ended was won: of an open deal 0.5 is told.
    for (int i = 0; i < 4; ++i)
        add_deal(world, acme, day("2017-10-01") + std::chrono::days{i}, 100, true, i % 2 == 0);
    std::vector<RecordId> open;
    for (int i = 0; i < 4; ++i)
        open.push_back(
            {"Opportunity", add_deal(world, acme, day("2018-06-30"), 100, false, false)});
    settle();
    EXPECT_EQ(world.crm().value(open[0], "Probability__c"), Value{*Decimal::parse("0.5")});
    auto told = [&] {
        auto answer = service::behaviour_report(world.org());
        EXPECT_TRUE(answer);
        return answer ? *answer : json::object();
    };
    EXPECT_EQ(told()["open"], 4);
    EXPECT_EQ(told()["deals"], 0);

    const auto close = [&](const RecordId& deal, const char* on, bool won) {
        world.crm().edit(deal, "CloseDate", Value{day(on)});
        world.crm().edit(deal, "IsWon", Value{won});
        world.crm().edit(deal, "IsClosed", Value{true});
    };
    world.clock.set_day(std::chrono::year_month_day{day("2018-01-20")});
    close(open[0], "2018-01-20", true);
    close(open[1], "2018-01-19", false);
    close(open[2], "2018-01-01", true);  // before anything was told of it
    settle();
    const json answer = told();
    EXPECT_EQ(answer["open"], 1);
    EXPECT_EQ(answer["deals"], 2);
    EXPECT_EQ(answer["left_out"], 1);
    EXPECT_NEAR(answer["brier"].get<double>(), 0.25, 1e-9);
    const json& band = answer["bands"][5];
    EXPECT_EQ(band["deals"], 2);
    EXPECT_NEAR(band["told"].get<double>(), 0.5, 1e-9);
    EXPECT_NEAR(band["observed"].get<double>(), 0.5, 1e-9);
}

TEST(CustomersWithout, TheDocumentsSayTheReportsAreRefused) {
    World world;
    EXPECT_EQ(service::rfm_report(world.org(), json::object()).error().code, "DUET-6105");
    EXPECT_EQ(service::behaviour_report(world.org()).error().code, "DUET-6106");
}

}  // namespace
}  // namespace duet::world
