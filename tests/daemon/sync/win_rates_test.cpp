// Win rates of two and of three outcomes, by number and by value: over the real store and cycle.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/report_text.h"
#include "daemon/report/page.h"
#include "daemon/service/lifecycle_report.h"
#include "tests/world/lifecycle_world.h"
#include "tests/world/report_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kOutcomeField = R"(fields:
  - { salesforce: Outcome__c, value: Duet.Outcome }
)";

constexpr const char* kWorthOfDeals = R"(attribution:
  - name: Ours
    model: last
    people: OpportunityContactRole.Contact
    from: CreatedDate
    until: CloseDate
    contract_value: BLANKVALUE(ACV__c, Amount)
    touches: [{ object: { pardot: visitor-activity }, time: createdAt, campaign: TEXT(type) }]
)";

WorldOptions rated_options(bool with_outcome) {
    WorldOptions options;
    options.documents = {
        {"people.yaml", "entity: person\nmatch: [email]\n"},
        {"deals.yaml", std::string(kDealsAlone) + (with_outcome ? kOutcomeField : "")},
        {"worth.yaml", kWorthOfDeals},
        {"lifecycle.yaml", lapsing_rules()}};
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        add_lifecycle_objects(catalogs);
        for (ObjectInfo& known : catalogs.crm.objects) {
            if (known.name != "Opportunity") continue;
            known.fields.push_back(made_field("Amount", FieldType::Currency));
            known.fields.push_back(made_field("ACV__c", FieldType::Currency));
            known.fields.push_back(made_field("Outcome__c"));
        }
    };
    return options;
}

class WinRates : public testing::Test {
protected:
    explicit WinRates(bool with_outcome = true) : world(rated_options(with_outcome)) {
        world.settings.brake["write"] = {1000, 1};
        add(10, true, true, 300, 100);
        add(12, true, false, 50);
        add(8, false, false, 50);
        world.clock.pass(180s);
        world.run_until_quiet();
        world.clock.pass(24h);
        world.run_until_quiet();
    }

    /// Open ones were made long ago, and nobody did anything about them.
    void add(int number, bool closed, bool won, int amount, int worth = 0) {
        for (int i = 0; i < number; ++i) {
            Fields fields;
            fields.set("IsClosed", Value{closed});
            fields.set("IsWon", Value{won});
            fields.set("CreatedDate", Value{*parse_instant("2017-06-01T12:00:00Z")});
            fields.set("CloseDate", Value{*parse_date("2017-12-01")});
            if (closed) fields.set("ClosedAt__c", Value{*parse_instant("2017-12-01T12:00:00Z")});
            fields.set("StageName", text("Any"));
            fields.set("Amount", Value{Decimal{amount}});
            if (worth > 0) fields.set("ACV__c", Value{Decimal{worth}});
            world.crm().add("Opportunity", std::move(fields));
        }
    }

    World world;
};

// 10 won, 12 lost, 8 lapsed: 33.3, 40.0 and 26.7 %.
TEST_F(WinRates, TenWonTwelveLostAndEightLapsed) {
    const report::Report report = told_report(world);
    const report::Table* rates = report.find("win_rates");
    ASSERT_NE(rates, nullptr);
    EXPECT_NEAR(rates->number(0, "win_rate"), 10.0 / 22, 1e-12);
    EXPECT_NEAR(rates->number(0, "won"), 0.333, 5e-4);
    EXPECT_NEAR(rates->number(0, "lost"), 0.400, 5e-4);
    EXPECT_NEAR(rates->number(0, "lapsed"), 0.267, 5e-4);
    // By what they are worth in a year: 1000, 600 and 400.
    EXPECT_NEAR(rates->number(1, "win_rate"), 0.625, 1e-12);
    EXPECT_NEAR(rates->number(1, "won"), 0.5, 1e-12);
    EXPECT_NEAR(rates->number(1, "lost"), 0.3, 1e-12);
    EXPECT_NEAR(rates->number(1, "lapsed"), 0.2, 1e-12);
    EXPECT_DOUBLE_EQ(report.find("deals")->number(0, "amount"), 3000) << "amounts stay amounts";
    for (const char* share : {"45.5 %", "33.3 %", "40.0 %", "26.7 %", "62.5 %"}) {
        EXPECT_NE(cli::report_text(report).find(share), std::string::npos) << share;
        EXPECT_NE(report::html_page(report).find(share), std::string::npos) << share;
    }
    for (const auto& [name, content] : cli::report_csv(report)) {
        if (name == "win_rates.csv") {
            EXPECT_TRUE(content.starts_with("by,win_rate,won,lost,lapsed\nNumber,0.4545"))
                << content;
        }
    }
}

TEST_F(WinRates, AreInTheLifecyclesAnswerAndOnItsPage) {
    const auto answer = service::lifecycle_report(world.org(), {{"page", true}});
    ASSERT_TRUE(answer) << answer.error().message;
    const json& outcomes = (*answer)["outcomes"];
    EXPECT_EQ(outcomes["deals"]["won"], 10);
    EXPECT_EQ(outcomes["deals"]["lapsed"], 8);
    EXPECT_NEAR(outcomes["deals"]["win_rate"].get<double>(), 10.0 / 22, 1e-12);
    EXPECT_NEAR(outcomes["deals"]["three_way"]["lapsed"].get<double>(), 8.0 / 30, 1e-12);
    EXPECT_EQ(outcomes["value"]["won"], 1000);
    EXPECT_NEAR(outcomes["value"]["three_way"]["won"].get<double>(), 0.5, 1e-12);
    const auto page = report::read_report((*answer)["page"]);
    ASSERT_TRUE(page) << page.error().message;
    for (const char* table : {"stages", "steps", "moves", "stage_sizes", "deals", "win_rates"})
        EXPECT_NE(page->find(table), nullptr) << table;
    EXPECT_EQ(page->find("lists"), nullptr);
    EXPECT_FALSE(service::lifecycle_report(world.org(), json::object())->contains("page"));
}

class WinRatesWithoutLapses : public WinRates {
protected:
    WinRatesWithoutLapses() : WinRates(false) {}
};

TEST_F(WinRatesWithoutLapses, ThreeOutcomesAreNotKnown) {
    const report::Report report = told_report(world);
    const report::Table* rates = report.find("win_rates");
    ASSERT_NE(rates, nullptr);
    EXPECT_NEAR(rates->number(0, "win_rate"), 10.0 / 22, 1e-12);
    EXPECT_EQ(rates->cell(0, "won"), report::Cell()) << "nobody knows which deals lapsed";
    const auto answer = service::lifecycle_report(world.org(), json::object());
    ASSERT_TRUE(answer);
    EXPECT_TRUE((*answer)["outcomes"]["deals"]["three_way"]["won"].is_null());
    EXPECT_TRUE((*answer)["outcomes"]["deals"]["lapsed"].is_null());
}

}  // namespace
}  // namespace duet::world
