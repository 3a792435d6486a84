// Figures of campaigns with all that is below them, through the whole cycle.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/attribution_text.h"
#include "daemon/report/page.h"
#include "daemon/report/report.h"
#include "daemon/service/attribution_report.h"
#include "daemon/service/report.h"
#include "tests/world/crm_test.h"
#include "tests/world/influence_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kDeals = R"(entity: opportunity
objects: { salesforce: Opportunity, pardot: opportunity }
match: [crm_id]
fields:
  - salesforce: Credited__c
    value: Attribution.Ours_Id
attribution:
  - name: Ours
    model: linear
    people: OpportunityContactRole.Contact
    from: CreatedDate
    until: IF(IsClosed, CloseDate, DATE(2999, 12, 31))
    influence_model: Ours_Model
    touches:
      - { object: CampaignMember, where: HasResponded, time: CreatedDate, campaign: CampaignId }
)";

constexpr const char* kCampaigns = R"(entity: campaign
objects: { salesforce: Campaign, pardot: [] }
match: []
fields:
  - { salesforce: Revenue__c, value: Attribution.Ours_Revenue }
  - { salesforce: Tree_Revenue__c, value: Attribution.Ours_Tree_Revenue }
  - { salesforce: Tree_Deals__c, value: Attribution.Ours_Tree_Deals }
  - { salesforce: Tree_Cost__c, value: Attribution.Ours_Tree_Cost, blank: propagate }
)";

WorldOptions tree_options() {
    WorldOptions options;
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        add_influence_objects(catalogs);
        for (ObjectInfo& known : catalogs.crm.objects) {
            if (known.name == "Opportunity")
                known.fields.push_back(made_field("Amount", FieldType::Currency));
            if (known.name != "Campaign") continue;
            known.fields.push_back(made_field("ParentId", FieldType::Id, "Campaign", "Parent"));
            known.fields.push_back(made_field("ActualCost", FieldType::Currency));
            for (const char* name : {"Revenue__c", "Tree_Revenue__c", "Tree_Cost__c"})
                known.fields.push_back(made_field(name, FieldType::Currency));
            known.fields.push_back(made_field("Tree_Deals__c", FieldType::Number));
        }
    };
    options.documents = acme_documents();
    options.documents.push_back({"opportunities.yaml", kDeals});
    options.documents.push_back({"campaigns.yaml", kCampaigns});
    return options;
}

DateTime noon_of(const char* day) { return *parse_instant(std::string(day) + "T12:00:00Z"); }
Value number(int of) { return Value{Decimal{of}}; }

/// A year, of which a spring and an autumn are parts; one deal that both parts touched.
class CampaignTree : public CrmTest {
protected:
    CampaignTree() : CrmTest(tree_options()) {
        world.settings.brake["create"] = {1000, 1};
        add("CampaignInfluenceModel",
            {{"DeveloperName", text("Ours_Model")}, {"ModelType", text("Custom")}});
        ada = world.add_contact("ada@example.com");
        year = add("Campaign", {{"Name", text("Year")}, {"ActualCost", number(10)}});
        spring =
            add("Campaign",
                {{"Name", text("Spring")}, {"ParentId", text(year)}, {"ActualCost", number(100)}});
        autumn = add("Campaign", {{"Name", text("Autumn")}, {"ParentId", text(year)}});
        other = add("Campaign", {{"Name", text("Other")}});
        const std::string account = add("Account", {{"Name", text("Acme")}});
        deal = add("Opportunity", {{"Name", text("Deal")},
                                   {"IsWon", Value{true}},
                                   {"IsClosed", Value{true}},
                                   {"Amount", number(1000)},
                                   {"AccountId", text(account)},
                                   {"CreatedDate", Value{noon_of("2017-11-01")}},
                                   {"CloseDate", Value{*parse_date("2017-12-01")}}});
        add("OpportunityContactRole", {{"OpportunityId", text(deal)}, {"ContactId", text(ada)}});
        touch(spring, "2017-10-01");
        touch(autumn, "2017-10-02");
        settle();
    }
    void touch(const std::string& campaign, const char* day) {
        add("CampaignMember", {{"CampaignId", text(campaign)},
                               {"ContactId", text(ada)},
                               {"HasResponded", Value{true}},
                               {"CreatedDate", Value{noon_of(day)}}});
    }
    Value of(const std::string& campaign, const char* field) {
        return world.crm().records("Campaign").at(campaign).get(field);
    }

    std::string ada, deal, year, spring, autumn, other;
};

TEST_F(CampaignTree, AParentHasWhatIsBelowItAndEachDealOnce) {
    EXPECT_EQ(of(spring, "Revenue__c"), number(500));
    EXPECT_EQ(of(year, "Revenue__c"), number(0));
    EXPECT_EQ(of(year, "Tree_Revenue__c"), number(1000));
    EXPECT_EQ(of(year, "Tree_Deals__c"), number(1)) << "both parts have a share in one deal";
    EXPECT_EQ(of(year, "Tree_Cost__c"), number(110));
    EXPECT_EQ(of(autumn, "Tree_Revenue__c"), number(500));
    EXPECT_TRUE(is_blank(of(autumn, "Tree_Cost__c"))) << "no cost is not a cost of 0";
    world.clock.pass(300s);
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.done, 0);
}

TEST_F(CampaignTree, ACampaignThatMovesTakesItsFiguresWithIt) {
    world.crm().edit({"Campaign", spring}, "ParentId", text(other));
    settle();
    EXPECT_EQ(of(year, "Tree_Revenue__c"), number(500));
    EXPECT_EQ(of(other, "Tree_Revenue__c"), number(500));
    EXPECT_EQ(of(other, "Tree_Cost__c"), number(100));
}

TEST_F(CampaignTree, ACampaignBelowItselfHasNoSumsAndSaysWhyAndTheRestGoesOn) {
    world.crm().edit({"Campaign", year}, "ParentId", text(spring));
    world.crm().edit({"Campaign", spring}, "ActualCost", number(900));
    world.clock.pass(180s);
    bool is_told = false;
    sync::Cycle cycle(world.org(), "test");
    world.org().settings = world.settings;
    ASSERT_TRUE(cycle.run({}, [&](const sync::EntityPlan& plan) {
        for (const std::string& warning : plan.decision.warnings)
            is_told = is_told || warning.find("is below itself (ParentId)") != std::string::npos;
    }));
    EXPECT_TRUE(is_told);
    EXPECT_EQ(of(year, "Tree_Revenue__c"), number(1000)) << "what stood there stays";
    EXPECT_EQ(of(spring, "Revenue__c"), number(500));
}

json line_of(const json& lines, const std::string& campaign) {
    for (const json& line : lines)
        if (line["campaign"] == campaign) return line;
    return json::object();
}

TEST_F(CampaignTree, TheAnswerHasTreesCoverageAndNewNames) {
    const auto answer = service::attribution_report(world.org(), json::object());
    ASSERT_TRUE(answer) << answer.error().message;
    const json& ours = (*answer)["attributions"][0];
    EXPECT_EQ(ours["without_campaign"], 0);
    EXPECT_EQ(ours["with_campaign_share"], 1.0);
    const json whole = line_of(ours["campaigns"], year);
    EXPECT_EQ(whole["revenue"], 0);
    EXPECT_EQ(whole["tree"]["campaigns"], 3);
    EXPECT_EQ(whole["tree"]["revenue"], 1000);
    EXPECT_EQ(whole["tree"]["cost"], 110);
    EXPECT_EQ(whole["tree"]["responses"], 2);
    EXPECT_EQ(whole["tree"]["cost_per_response"], 55);
    EXPECT_EQ(line_of(ours["campaigns"], spring)["cost_per_response"], 100);
    const json& names = (*answer)["new_names"];
    EXPECT_EQ(names["all"]["deals"], 1);
    EXPECT_EQ(names["all"]["value"], 1000);
    EXPECT_EQ(line_of(names["campaigns"], spring)["deals"], 1);
    EXPECT_EQ(line_of(names["campaigns"], autumn)["deals"], 1);
    EXPECT_TRUE((*answer)["below_themselves"].empty());
    const std::string shown = cli::attribution_text(*answer);
    for (const char* part : {"0 deals have no campaign at all: 100.0 % covered",
                             "  with those below it", "new names by campaign"})
        EXPECT_NE(shown.find(part), std::string::npos) << part << "\n" << shown;
    world.crm().edit({"Campaign", year}, "ParentId", text(spring));
    settle();
    const auto after = service::attribution_report(world.org(), json::object());
    ASSERT_TRUE(after);
    EXPECT_EQ((*after)["below_themselves"].size(), 2U);
    EXPECT_NE(cli::attribution_text(*after).find("is below itself"), std::string::npos);
}

TEST_F(CampaignTree, TheReportHasThemAsTables) {
    const auto answer =
        service::report_of(world.org(), {{"since", "2017-01-01"}, {"until", "2018-01-01"}});
    ASSERT_TRUE(answer) << answer.error().message;
    const auto report = report::read_report(*answer);
    ASSERT_TRUE(report);
    const report::Table* names = report->find("new_names");
    ASSERT_NE(names, nullptr);
    ASSERT_EQ(names->rows.size(), 3U);
    EXPECT_EQ(names->text(2, "campaign"), "All");
    EXPECT_EQ(names->number(2, "deals"), 1);
    EXPECT_EQ(names->number(2, "value"), 1000);
    const report::Table* trees = report->find("campaign_trees");
    ASSERT_NE(trees, nullptr);
    EXPECT_EQ(trees->text(0, "campaign"), "Year");
    EXPECT_EQ(trees->number(0, "campaigns"), 3);
    EXPECT_EQ(trees->number(0, "revenue"), 1000);
    EXPECT_EQ(trees->number(0, "cost"), 110);
    const std::string page = report::html_page(*report);
    EXPECT_NE(page.find("id=\"new-names\""), std::string::npos);
    EXPECT_NE(page.find("id=\"campaign-trees\""), std::string::npos);
}

}  // namespace
}  // namespace duet::world
