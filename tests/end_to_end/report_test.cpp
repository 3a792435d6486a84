// `duet report` through the real programs: what it says is what both vendors hold.
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "connectors/csv/sheet.h"
#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kReportLifecycle = R"(lifecycle:
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

/// Rows of a CSV text, each by the header's names; a value that is empty is none.
std::vector<json> rows_of_csv(const std::string& text) {
    std::vector<json> rows;
    const auto sheet = csv::parse_sheet(text, "printed.csv");
    if (!sheet) {
        ADD_FAILURE() << sheet.error().message << "\n" << text;
        return rows;
    }
    for (const csv::Row& row : sheet->rows) {
        json& named = rows.emplace_back(json::object());
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            const std::string& cell = row.cells[i].text;
            named[sheet->header.cells[i].text] = cell.empty() ? json() : json(cell);
        }
    }
    return rows;
}

class ReportWorld : public testing::Test {
protected:
    /// `without`: of the document about opportunities.
    explicit ReportWorld(const std::string& without = {}) {
        write_small_seed(folder_.path() + "/seed", "acme");
        RehearsalOrg org;
        org.documents = folder_.path() + "/documents";
        std::filesystem::copy(default_documents(), org.documents);
        if (!without.empty()) {
            std::string deals = read_text(org.documents + "/opportunities.yaml");
            deals.erase(deals.find(without), without.size());
            write_text(org.documents + "/opportunities.yaml", deals);
        }
        write_text(org.documents + "/lifecycle.yaml", kReportLifecycle);
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

    /// A deal of that amount, in which `who` has a role unless there is nobody.
    void add_deal(const char* stage, int amount, const json& who) {
        const std::string id = make("Opportunity", {{"Name", "Deal"},
                                                    {"StageName", stage},
                                                    {"CloseDate", "2018-01-02"},
                                                    {"Amount", amount},
                                                    {"Contract_Start__c", "2018-01-08"},
                                                    {"Contract_End__c", "2019-01-07"}});
        if (!who.is_null())
            make("OpportunityContactRole", {{"OpportunityId", id}, {"ContactId", who}});
    }

    void pass_a_day() {
        const std::string later = "2018-01-03T09:00:00Z";
        world_->vendors.must("POST", "/sandbox/clock", {{"now", later}});
        world_->daemon.ask("clock", {{"now", later}});
        world_->daemon.sync_until_quiet();
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
    add_deal("Won", 5000, people[0]["Id"]);
    add_deal("Won", 700, nullptr);
    pass_a_day();

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

/// Deals are credited whether they are won or open.
class AttributionWorld : public ReportWorld {
protected:
    AttributionWorld() : ReportWorld("    when: IsWon\n") {}

    std::string printed(std::vector<std::string> more) {
        more.insert(more.begin(), "attribution");
        const Finished run = world_->daemon.duet(more);
        EXPECT_EQ(run.code, 0) << run.error << run.out;
        return run.out;
    }
};

TEST_F(AttributionWorld, CsvHoldsEachCampaignsFiguresAndThoseWithWhatIsBelowIt) {
    const auto people = world_->vendors.query("SELECT Id FROM Contact ORDER BY Id LIMIT 2");
    ASSERT_EQ(people.size(), 2U);
    const std::string fair = make("Campaign", {{"Name", "Fair, \"Spring\""}, {"ActualCost", 1000}});
    const std::string stand =
        make("Campaign", {{"Name", "Stand"}, {"ActualCost", 500}, {"ParentId", fair}});
    make("Campaign", {{"Name", "Free"}});
    make("CampaignMember",
         {{"CampaignId", stand}, {"ContactId", people[0]["Id"]}, {"Status", "Responded"}});
    make("CampaignMember",
         {{"CampaignId", fair}, {"ContactId", people[1]["Id"]}, {"Status", "Responded"}});
    add_deal("Won", 5000, people[0]["Id"]);
    add_deal("Prospecting", 300, people[1]["Id"]);
    add_deal("Won", 700, nullptr);
    pass_a_day();

    using Wanted = std::map<std::string, json>;
    const auto row = [](const char* revenue, const char* pipeline, const char* won,
                        const char* cost, const char* roi, const char* responses,
                        const char* cost_of_each) {
        return Wanted{{"attributed_won_revenue_corporate", revenue},
                      {"attributed_pipeline_corporate", pipeline},
                      {"won_deals", won},
                      {"actual_cost_corporate", cost},
                      {"roi", roi},
                      {"responses", responses},
                      {"cost_per_response", cost_of_each}};
    };
    std::map<std::pair<std::string, std::string>, Wanted> wanted{
        {{stand, "1"},
         row("5000.000000", "0.000000", "1.000000", "500.000000", "9.000000", "1", "500.000000")},
        {{fair, "1"},
         row("0.000000", "300.000000", "0.000000", "1000.000000", "-1.000000", "1", "1000.000000")},
        {{fair, "2"},
         row("5000.000000", "300.000000", "1.000000", "1500.000000", "2.333333", "2",
             "750.000000")}};
    // Who answered at the stand had bought before, and qualified for nothing.
    wanted[{stand, "1"}].merge(Wanted{{"qualified", "0"}, {"cost_per_qualified", nullptr}});
    wanted[{fair, "1"}].merge(Wanted{{"qualified", "1"}, {"cost_per_qualified", "1000.000000"}});
    wanted[{fair, "2"}].merge(Wanted{{"qualified", "1"}, {"cost_per_qualified", "1500.000000"}});
    const std::string csv = printed({"--csv"});
    std::map<std::pair<std::string, std::string>, json> found;
    for (const json& line : rows_of_csv(csv)) {
        EXPECT_EQ(line["attribution"], "Last_Touch");
        EXPECT_TRUE(found.emplace(std::pair(line["campaign_id"], line["campaigns"]), line).second)
            << line;
    }
    EXPECT_EQ(found.size(), wanted.size()) << csv;
    for (const auto& [key, figures] : wanted) {
        const json& line = found[key];
        EXPECT_EQ(line["campaign_name"], key.first == fair ? "Fair, \"Spring\"" : "Stand");
        for (const auto& [name, value] : figures)
            EXPECT_EQ(line[name], value) << name << " of " << line;
    }

    // As a file it is the same, and --json tells the same deals.
    const std::string file = folder_.path() + "/credit.csv";
    EXPECT_EQ(printed({"--csv", "--out", file}), "");
    EXPECT_EQ(read_text(file), csv);
    const json told = json::parse(printed({"--json"}))["attributions"][0];
    constexpr int kOfTheSeed = 900;  // won, without a touch
    EXPECT_EQ(told["won_amount"], 5700 + kOfTheSeed);
    EXPECT_EQ(told["won_untouched_amount"], 700 + kOfTheSeed);
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
