// `duet lifecycle --from`: the real command on files. The org's own figures are tested with the
// daemon's cycle.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>

#include "tests/daemon/cli/run_duet.h"

namespace duet::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class LifecycleFolder : public testing::Test {
protected:
    LifecycleFolder() {
        std::string path = (fs::temp_directory_path() / "duet-lifecycle-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder_ = path;
        write("marketing_qualified_leads.csv",
              "mql_id,first_contact_date,landing_page_id,origin\n"
              "a,2018-01-01,x,search\n"
              "b,2018-01-01,x,search\n"
              "c,2018-01-10,x,mail\n"
              "d,2018-01-10,x,\n"
              "e,2018-02-01,x,search\n");
        write("closed_deals.csv",
              "mql_id,seller_id,won_date,segment\n"
              "a,s1,2018-01-31 23:59:59,pet\n"
              "b,s2,2018-02-01 00:00:00,pet\n"
              "d,s3,2018-01-12 10:00:00,pet\n"
              "e,s4,2018-01-29 10:00:00,pet\n");
    }
    ~LifecycleFolder() override {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    LifecycleFolder(const LifecycleFolder&) = delete;
    LifecycleFolder& operator=(const LifecycleFolder&) = delete;

    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name) << text;
    }

    fs::path folder_;
};

TEST_F(LifecycleFolder, GivesRatesAndDaysToWinByOrigin) {
    const Outcome run = duet({"lifecycle", "--from", folder_.string(), "--json"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const json answer = json::parse(run.out);
    EXPECT_EQ(answer["mqls"], 5);
    EXPECT_EQ(answer["won"], 4);
    EXPECT_DOUBLE_EQ(answer["rate"].get<double>(), 0.8);
    EXPECT_DOUBLE_EQ(answer["days_to_win"]["median"].get<double>(), 16.0) << "-3, 2, 30, 31";
    EXPECT_DOUBLE_EQ(answer["days_to_win"]["mean"].get<double>(), 15.0);
    EXPECT_EQ(answer["won_within_30_days"], 2) << "day 30 is inside, the fault is not";
    EXPECT_EQ(answer["won_within_90_days"], 3);
    EXPECT_EQ(answer["won_before_first_contact"], json::array({"e"}));
    EXPECT_EQ(answer["by_origin"][0]["origin"], "search");
    EXPECT_EQ(answer["by_origin"][0]["won"], 3);
    EXPECT_TRUE(answer["by_origin"][1]["rate"].is_number());
}

TEST_F(LifecycleFolder, PrintsTheSameAsTextAndAsCsv) {
    const Outcome text = duet({"lifecycle", "--from", folder_.string()});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_TRUE(holds(text.out, "search")) << text.out;
    EXPECT_TRUE(holds(text.out, "0.800000")) << text.out;
    EXPECT_TRUE(holds(text.out, "(blank)")) << text.out;
    const Outcome csv = duet({"lifecycle", "--from", folder_.string(), "--csv"});
    EXPECT_TRUE(holds(csv.out, "all,5,4,0.800000,16.00,15.00,2,3")) << csv.out;
}

TEST_F(LifecycleFolder, ShowsTheSameOnAPage) {
    const std::string path = (folder_ / "page.html").string();
    const Outcome run = duet({"lifecycle", "--from", folder_.string() + "/", "--html", path});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(run.out, "");
    std::ifstream file(path);
    const std::string page(std::istreambuf_iterator<char>(file), {});
    EXPECT_TRUE(holds(page, "From first contact to the win: " + folder_.filename().string()));
    EXPECT_TRUE(holds(page, "data-at=\"origins/0/won\" data-v=\"3\"")) << page;
    EXPECT_TRUE(holds(page, "80.0 %"));
    EXPECT_TRUE(holds(page, "Wins before the first contact: 1."));
    const Outcome both = duet({"lifecycle", "--from", folder_.string(), "--html", path, "--json"});
    EXPECT_EQ(json::parse(both.out)["mqls"], 5);
}

TEST_F(LifecycleFolder, AFileThatIsWrongIsToldWithItsPlace) {
    write("closed_deals.csv", "mql_id,won_date\na,soon\n");
    Outcome run = duet({"lifecycle", "--from", folder_.string()});
    EXPECT_EQ(run.exit_code, 64);
    EXPECT_TRUE(holds(run.err, "closed_deals.csv:2:3")) << run.err;
    fs::remove(folder_ / "closed_deals.csv");
    run = duet({"lifecycle", "--from", folder_.string()});
    EXPECT_EQ(run.exit_code, 64);
    EXPECT_TRUE(holds(run.err, "closed_deals.csv")) << run.err;
}

// The figures of a public data set that must not be copied here: run with the folder's path in
// DUET_FUNNEL_DATA.
TEST(LifecycleReference, TheFunnelOfAMarketplaceHasItsKnownFigures) {
    const char* folder = std::getenv("DUET_FUNNEL_DATA");
    if (folder == nullptr) GTEST_SKIP() << "DUET_FUNNEL_DATA names no folder";
    const Outcome run = duet({"lifecycle", "--from", folder, "--json"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const json answer = json::parse(run.out);
    EXPECT_EQ(answer["mqls"], 8000);
    EXPECT_EQ(answer["won"], 842);
    EXPECT_NEAR(answer["rate"].get<double>(), 0.105250, 5e-7);
    EXPECT_DOUBLE_EQ(answer["days_to_win"]["median"].get<double>(), 14.0);
    EXPECT_NEAR(answer["days_to_win"]["mean"].get<double>(), 48.4406, 5e-5);
    EXPECT_EQ(answer["won_before_first_contact"].size(), 1U);
    EXPECT_EQ(answer["won_within_30_days"], 554);
    EXPECT_EQ(answer["won_within_90_days"], 691);
    struct Origin {
        long mqls;
        long won;
        double rate;
        double median;
    };
    const std::map<std::string, Origin> expected{
        {"organic_search", {2296, 271, 0.118031, 14}}, {"paid_search", {1586, 195, 0.122951, 15}},
        {"social", {1350, 75, 0.055556, 30}},          {"unknown", {1099, 179, 0.162875, 11}},
        {"direct_traffic", {499, 56, 0.112224, 10}},   {"email", {493, 15, 0.030426, 21}},
        {"referral", {284, 24, 0.084507, 18.5}},       {"", {60, 14, 0.233333, 7.5}}};
    std::size_t met = 0;
    for (const json& line : answer["by_origin"]) {
        const auto known = expected.find(line["origin"].get<std::string>());
        if (known == expected.end()) continue;
        ++met;
        EXPECT_EQ(line["mqls"], known->second.mqls) << known->first;
        EXPECT_EQ(line["won"], known->second.won) << known->first;
        EXPECT_NEAR(line["rate"].get<double>(), known->second.rate, 5e-7) << known->first;
        EXPECT_DOUBLE_EQ(line["days_to_win"]["median"].get<double>(), known->second.median)
            << known->first;
    }
    EXPECT_EQ(met, expected.size());
}

}  // namespace
}  // namespace duet::cli
