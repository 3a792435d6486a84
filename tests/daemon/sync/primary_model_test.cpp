// The model `primary` by documents: all the credit is the campaign's that people named in the deal.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/service/attribution_report.h"
#include "daemon/service/report.h"
#include "tests/mappings/attribution/tables.h"
#include "tests/world/crm_test.h"
#include "tests/world/influence_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;
using attribution::TableRow;
using nlohmann::json;

constexpr const char* kNamingDeals = R"(entity: opportunity
objects: { salesforce: Opportunity, pardot: opportunity }
match: [crm_id]
fields:
  - { salesforce: Credited__c, value: Attribution.Named, blank: propagate }
  - { salesforce: Gap__c, value: Attribution.Named_Gap, blank: propagate }
attribution:
  - { name: Named, model: primary }
)";

constexpr const char* kNamedCampaigns = R"(entity: campaign
objects: { salesforce: Campaign, pardot: [] }
match: []
fields:
  - { salesforce: Revenue__c, value: Attribution.Named_Revenue }
  - { salesforce: Tree_Revenue__c, value: Attribution.Named_Tree_Revenue }
)";

void add_naming_fields(PerSide<Catalog>& catalogs) {
    using enum FieldType;
    add_influence_objects(catalogs);
    for (ObjectInfo& known : catalogs.crm.objects) {
        if (known.name == "Opportunity") {
            known.fields.push_back(made_field("Amount", Currency));
            known.fields.push_back(made_field("CurrencyIsoCode"));
            known.fields.push_back(made_field("CampaignId", Id, "Campaign", "Campaign"));
            known.fields.push_back(made_field("Gap__c"));
        }
        if (known.name != "Campaign") continue;
        known.fields.push_back(made_field("ParentId", Id, "Campaign", "Parent"));
        known.fields.push_back(made_field("CurrencyIsoCode"));
        for (const char* name : {"ActualCost", "Revenue__c", "Tree_Revenue__c"})
            known.fields.push_back(made_field(name, Currency));
    }
    catalogs.crm.objects.push_back(
        made_object("CurrencyType", EntityKind::None, "Id",
                    {made_field("IsoCode"), made_field("ConversionRate", Number),
                     made_field("IsCorporate", Boolean)}));
}

WorldOptions naming_options() {
    WorldOptions options;
    options.adjust_catalogs = add_naming_fields;
    options.documents = acme_documents();
    options.documents.push_back({"opportunities.yaml", kNamingDeals});
    options.documents.push_back({"campaigns.yaml", kNamedCampaigns});
    return options;
}

class PrimaryModel : public CrmTest {
protected:
    PrimaryModel() : CrmTest(naming_options()) {
        world.settings.brake["create"] = {1000, 1};
        world.settings.brake["write"] = {1000, 1};
    }

    static Value number(const std::string& of) {
        const auto decimal = Decimal::parse(of);
        return decimal ? Value{*decimal} : Value{};
    }
    static std::string sample(const char* file) { return std::string("crm-sample/") + file; }

    /// Deals, campaigns and currencies of the reference's sample, under keys of this world.
    void load_sample() {
        for (const TableRow& row : attribution::read_table(sample("currency_types.csv"))) {
            rates[row.at("IsoCode")] = std::stod(row.at("ConversionRate"));
            add("CurrencyType", {{"IsoCode", text(row.at("IsoCode"))},
                                 {"ConversionRate", number(row.at("ConversionRate"))},
                                 {"IsCorporate", Value{row.at("IsCorporate") == "true"}}});
        }
        for (const TableRow& row : attribution::read_table(sample("campaigns.csv"))) {
            keys[row.at("Id")] =
                add("Campaign", {{"Name", text(row.at("Name"))},
                                 {"ActualCost", number(row.at("ActualCost"))},
                                 {"CurrencyIsoCode", text(row.at("CurrencyIsoCode"))}});
            currencies[keys[row.at("Id")]] = row.at("CurrencyIsoCode");
        }
        for (const TableRow& row : attribution::read_table(sample("opportunities.csv"))) {
            const std::string& campaign = row.at("CampaignId");
            add("Opportunity",
                {{"Name", text(row.at("Id"))},
                 {"IsWon", Value{row.at("IsWon") == "true"}},
                 {"IsClosed", Value{row.at("IsClosed") == "true"}},
                 {"Amount", number(row.at("Amount"))},
                 {"CurrencyIsoCode", text(row.at("CurrencyIsoCode"))},
                 {"CreatedDate", Value{*parse_instant(row.at("CreatedDate"))}},
                 {"CloseDate", Value{*parse_date(row.at("CloseDate"))}},
                 {"CampaignId", campaign.empty() ? Value{} : Value{text(keys.at(campaign))}}});
        }
    }
    Value of(const std::string& campaign, const char* field) {
        return world.crm().records("Campaign").at(campaign).get(field);
    }

    std::map<std::string, std::string> keys{};        // of a campaign of the sample, in this world
    std::map<std::string, std::string> currencies{};  // of it
    std::map<std::string, double> rates{};
};

TEST_F(PrimaryModel, GivesTheReferencesRevenueOfEveryCampaign) {
    load_sample();
    settle();
    const auto answer = service::attribution_report(world.org(), json::object());
    ASSERT_TRUE(answer) << answer.error().message;
    const json& told = (*answer)["attributions"][0];
    std::map<std::string, double> revenue;
    double all = 0;
    for (const json& line : told["campaigns"]) {
        revenue[line["campaign"]] = line["revenue"];
        all += line["revenue"].get<double>();
    }
    std::size_t compared = 0;
    for (const TableRow& row :
         attribution::read_table(sample("expected_revenue_by_campaign.csv"))) {
        if (row.at("model") != "primary") continue;
        ++compared;
        const double expected = std::stod(row.at("attributed_won_revenue_corporate"));
        if (row.at("campaign_id") == "(none)") {
            EXPECT_NEAR(told["won_untouched_amount"].get<double>(), expected, 1e-6 * expected);
            continue;
        }
        const std::string& key = keys.at(row.at("campaign_id"));
        EXPECT_NEAR(revenue[key], expected, 1e-6 * (1 + expected)) << row.at("campaign_name");
        const Value written = of(key, "Revenue__c");
        const auto* amount = std::get_if<Decimal>(&written);
        ASSERT_NE(amount, nullptr) << row.at("campaign_name");
        EXPECT_NEAR(amount->to_double(), expected * rates.at(currencies.at(key)), 0.005001)
            << "in the campaign's own currency";
    }
    EXPECT_EQ(compared, 10U);
    EXPECT_NEAR(all + told["won_untouched_amount"].get<double>(), 778'126.482213, 1e-5);
}

TEST_F(PrimaryModel, FollowsWhomPeopleNameAndHowTheCampaignIsCalled) {
    const std::string spring = add("Campaign", {{"Name", text("Spring")}});
    const std::string part = add("Campaign", {{"Name", text("Part")}, {"ParentId", text(spring)}});
    const std::string deal =
        add("Opportunity", {{"Name", text("Deal")},
                            {"IsWon", Value{true}},
                            {"IsClosed", Value{true}},
                            {"Amount", number("1000")},
                            {"CreatedDate", Value{*parse_instant("2017-11-01T12:00:00Z")}},
                            {"CloseDate", Value{*parse_date("2017-12-01")}}});
    settle();
    const auto credited = [&](const char* field) {
        return display(world.crm().records("Opportunity").at(deal).get(field));
    };
    EXPECT_EQ(credited("Credited__c"), "");
    EXPECT_EQ(credited("Gap__c"), "no_campaign");
    world.crm().edit({"Opportunity", deal}, "CampaignId", text(part));
    settle();
    EXPECT_EQ(credited("Credited__c"), "Part");
    EXPECT_EQ(credited("Gap__c"), "");
    EXPECT_EQ(of(part, "Revenue__c"), number("1000"));
    EXPECT_EQ(of(spring, "Revenue__c"), number("0"));
    EXPECT_EQ(of(spring, "Tree_Revenue__c"), number("1000"));
    world.crm().edit({"Campaign", part}, "Name", text("A part"));
    settle();
    EXPECT_EQ(credited("Credited__c"), "A part");
    world.crm().edit({"Opportunity", deal}, "CampaignId", text(spring));
    settle();
    EXPECT_EQ(credited("Credited__c"), "Spring");
    EXPECT_EQ(of(part, "Revenue__c"), number("0")) << "whom it left has it no more";
    EXPECT_EQ(of(spring, "Revenue__c"), number("1000"));
    const auto before = world.crm().writes().size();
    settle();
    EXPECT_EQ(world.crm().writes().size(), before);
}

TEST_F(PrimaryModel, AReportOfDocumentsWithoutTouchesNamesNoTouch) {
    load_sample();
    settle();
    const auto form = service::report_of(
        world.org(), {{"models", {"primary"}}, {"since", "2020-01-01"}, {"until", "2030-01-01"}});
    ASSERT_TRUE(form) << form.error().message;
    for (const json& table : (*form)["tables"]) {
        if (table["id"] != "credits") continue;
        for (const json& row : table["rows"]) {
            if (row["campaign"] != "Paid Social 09") continue;
            EXPECT_NEAR(row["revenue"].get<double>(), 144'841.897233, 1e-3);
        }
        return;
    }
    ADD_FAILURE() << "no credits";
}

}  // namespace
}  // namespace duet::world
