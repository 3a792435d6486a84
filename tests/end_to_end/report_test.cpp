// `duet report` through the real programs: what it says is what both vendors hold.
#include <filesystem>
#include <map>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kLifecycle = R"(lifecycle:
  cycle_starts_at: Talking
  stages:
    - { name: Met, rank: 1 }
    - { name: Talking, rank: 2 }
    - { name: Bought, rank: 3 }
  events:
    - { name: met, object: [Lead, Contact], at: CreatedDate }
    - { name: met, object: { pardot: prospect }, at: createdAt }
    - { name: answered, object: CampaignMember, where: HasResponded, at: CreatedDate, campaign: CampaignId }
  deals:
    through: OpportunityContactRole
    deal: Opportunity
    joined: CreatedDate
    created: CreatedDate
    closed: IF(IsClosed, DATETIMEVALUE(CloseDate), NULL)
    won: IsWon
  transitions:
    - { on: met, from: new, to: Met, elsewhere: ignore }
    - { on: answered, from: Met, to: Talking, elsewhere: ignore }
    - { on: deal_won, from: { ranks: [1, 2] }, to: Bought, elsewhere: ignore }
)";

const json& table_of(const json& form, const std::string& id) {
    for (const json& table : form["tables"]) {
        if (table["id"] == id) return table;
    }
    static const json kNone{{"rows", json::array()}};
    ADD_FAILURE() << "no table " << id << " in " << form.dump(1).substr(0, 3000);
    return kNone;
}

class ReportWorld : public testing::Test {
protected:
    ReportWorld() {
        write_small_seed(folder_.path() + "/seed", "acme");
        RehearsalOrg org;
        org.documents = folder_.path() + "/documents";
        std::filesystem::copy(default_documents(), org.documents);
        write_text(org.documents + "/lifecycle.yaml", kLifecycle);
        world_ = std::make_unique<Rehearsal>(folder_.path() + "/seed", org);
        world_->daemon.start();
        world_->daemon.sync_until_quiet();
    }

    std::string make(const char* object, const json& fields) {
        return world_->vendors
            .must("POST", std::string("/services/data/v62.0/sobjects/") + object, fields)["id"]
            .get<std::string>();
    }

    json report(std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"report", "--json"});
        const Finished run = world_->daemon.duet(more);
        EXPECT_EQ(run.code, 0) << run.error << run.out;
        return json::parse(run.out, nullptr, false);
    }

    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world_;
};

TEST_F(ReportWorld, CreditsWonDealsAndCountsPeopleAsTheVendorsHoldThem) {
    const auto people = world_->vendors.query("SELECT Id FROM Contact ORDER BY Id LIMIT 2");
    ASSERT_EQ(people.size(), 2U);
    const std::string fair =
        make("Campaign", {{"Name", "Fair <script>alert(1)</script>"}, {"ActualCost", 1000}});
    make("CampaignMember",
         {{"CampaignId", fair}, {"ContactId", people[0]["Id"]}, {"Status", "Responded"}});
    const auto deal = [&](int amount, const json& who) {
        const std::string id = make("Opportunity", {{"Name", "Deal"},
                                                    {"StageName", "Won"},
                                                    {"CloseDate", "2018-01-02"},
                                                    {"Amount", amount},
                                                    {"Contract_Start__c", "2018-01-08"},
                                                    {"Contract_End__c", "2019-01-07"}});
        if (!who.is_null())
            make("OpportunityContactRole", {{"OpportunityId", id}, {"ContactId", who}});
    };
    deal(5000, people[0]["Id"]);
    deal(700, nullptr);
    const std::string later = "2018-01-03T09:00:00Z";
    world_->vendors.must("POST", "/sandbox/clock", {{"now", later}});
    world_->daemon.ask("clock", {{"now", later}});
    world_->daemon.sync_until_quiet();

    const std::string page = folder_.path() + "/page.html";
    const json form =
        report({"--since", "2018-01-02", "--html", page, "--currency", "EUR", "--model", "first"});
    EXPECT_EQ(form["form"], "duet-report/1");
    EXPECT_EQ(form["as_of"], "2018-01-03T09:00:00.000Z");
    double credited = 0;
    double uncredited = 0;
    for (const json& row : table_of(form, "credits")["rows"]) {
        const std::string campaign = row["campaign"];
        if (campaign.starts_with("Fair")) {
            credited = row["revenue"];
            EXPECT_DOUBLE_EQ(row["roi"].get<double>(), 4.0) << "5,000 for 1,000";
        }
        if (campaign == "(no campaign)") uncredited = row["revenue"];
    }
    EXPECT_DOUBLE_EQ(credited, 5000);
    EXPECT_DOUBLE_EQ(uncredited, 700);
    const json& won = table_of(form, "coverage")["rows"][0];
    EXPECT_EQ(won["deals"], 2);
    EXPECT_EQ(won["untouched_amount"], 700);
    EXPECT_EQ(table_of(form, "uncovered")["rows"][0]["reason"], "nobody has a role in the deal");
    EXPECT_EQ(table_of(form, "deals")["rows"][0]["amount"], 5700);
    EXPECT_EQ(table_of(form, "credits")["columns"][2]["unit"], "EUR");

    int everybody = 0;
    for (const json& row : table_of(form, "stages")["rows"]) everybody += row["people"].get<int>();
    EXPECT_EQ(everybody, form["figures"][0]["value"]) << "everyone has one place";
    EXPECT_EQ(table_of(form, "stages")["rows"][2]["people"], 1);
    const std::string html = read_text(page);
    EXPECT_NE(html.find("Fair &lt;script&gt;"), std::string::npos);
    EXPECT_EQ(html.find("<script>alert"), std::string::npos);
}

TEST_F(ReportWorld, NamesNobody) {
    const std::string form = report().dump();
    for (const json& person :
         world_->vendors.query("SELECT Id, Email, LastName, Name FROM Contact")) {
        for (const char* field : {"Id", "Email", "LastName"}) {
            const std::string word =
                person[field].is_string() ? person[field].get<std::string>() : "";
            if (word.size() < 4) continue;
            EXPECT_EQ(form.find(word), std::string::npos) << field;
        }
    }
    EXPECT_EQ(form.find('@'), std::string::npos);
}

TEST_F(ReportWorld, ListsOfTodayAreAsTheyAreNow) {
    const json form = report();
    std::map<std::string, json> now;
    for (const json& row : table_of(form, "lists")["rows"]) now[row["list"]] = row["people"];
    std::map<std::string, json> last;
    for (const json& row : table_of(form, "list_sizes")["rows"]) last[row["list"]] = row["people"];
    EXPECT_FALSE(now.empty());
    EXPECT_EQ(last, now);
}

TEST_F(ReportWorld, WhatIsAskedWronglyIsRefused) {
    Finished run = world_->daemon.duet({"report", "--model", "magic"});
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.error.find("DUET-6095"), std::string::npos) << run.error;
    run = world_->daemon.duet({"report", "--since", "soon"});
    EXPECT_NE(run.error.find("DUET-6092"), std::string::npos) << run.error;
}

TEST(ReportEndToEnd, DocumentsWithoutAHistoryStillGiveAReport) {
    const TemporaryFolder folder;
    write_small_seed(folder.path() + "/seed", "acme");
    Rehearsal world(folder.path() + "/seed");
    world.daemon.start();
    world.daemon.sync_until_quiet();
    const Finished run = world.daemon.duet({"report", "--json"});
    ASSERT_EQ(run.code, 0) << run.error;
    const json form = json::parse(run.out);
    EXPECT_FALSE(table_of(form, "stages")["rows"].empty());
    EXPECT_FALSE(table_of(form, "activity")["rows"].empty());
    ASSERT_FALSE(form["notes"].empty());
    EXPECT_NE(form["notes"][0].get<std::string>().find("no lifecycle"), std::string::npos);
}

}  // namespace
}  // namespace duet::world
