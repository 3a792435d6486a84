// What `duet attribution` takes from people: tables as spreadsheets and R write them, names of
// models as they are published, and what it says about models that learn.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/attribution_text.h"
#include "tests/daemon/cli/run_duet.h"
#include "tests/daemon/help/temporary_folder.h"

namespace duet::cli {
namespace {

using nlohmann::json;

const std::string kReference = DUET_SOURCE_DIR "/tests/payloads/attribution/";

json told_by(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "attribution");
    arguments.emplace_back("--json");
    const Outcome outcome = duet(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    return json::parse(outcome.out, nullptr, false);
}

/// What it says about a file of journeys that it does not read.
std::string complaint(const std::string& csv) {
    const TemporaryFolder folder;
    const Outcome outcome = duet({"attribution", "--paths", folder.write("j.csv", csv)});
    EXPECT_EQ(outcome.exit_code, 64) << outcome.out;
    EXPECT_TRUE(outcome.out.empty()) << outcome.out;
    return outcome.err;
}

std::map<std::string, double> conversions_in(const std::string& csv) {
    const TemporaryFolder folder;
    std::map<std::string, double> credits;
    const json told = told_by({"--paths", folder.write("j.csv", csv), "--model", "linear"});
    for (const json& channel : told.at("models").at(0).at("channels"))
        credits[channel.at("channel")] = channel.at("conversions");
    return credits;
}

std::string with(std::string text, char from, char into) {
    std::ranges::replace(text, from, into);
    return text;
}

/// The sample of an org, each file changed.
json told_of_sample(const std::function<std::string(std::string)>& change) {
    const TemporaryFolder folder;
    for (const auto& file : std::filesystem::directory_iterator(kReference + "crm-sample"))
        folder.write(file.path().filename(), change(content_of(file.path())));
    return told_by({"--from", folder.path(), "--as-of", "2025-10-01"});
}

TEST(AttributionInputs, SemicolonsAndTabsAreKnownByTheHeader) {
    const std::string csv = content_of(kReference + "path_data.csv");
    const auto told = [](const std::string& text) {
        const TemporaryFolder folder;
        return told_by({"--paths", folder.write("j.csv", text), "--model", "markov:1"});
    };
    const json by_commas = told(csv);
    ASSERT_EQ(by_commas["models"][0]["channels"].size(), 12U);
    EXPECT_EQ(told(with(csv, ',', ';')), by_commas);
    EXPECT_EQ(told(with(csv, ',', '\t')), by_commas);
    const std::map<std::string, double> wanted{{"A, B", 1}, {"C", 1}};
    EXPECT_EQ(conversions_in("\xEF\xBB\xBF\"\";\"Path\";\"total_conversions\"\r\n"
                             "\"1\";\"A, B > C\";2\r\n"),
              wanted);
    EXPECT_EQ(conversions_in("total_conversions\tpath\n2\tA, B > C\n"), wanted);
}

TEST(AttributionInputs, CommasComeFirstWhereTheyFit) {
    const std::map<std::string, double> wanted{{"A;B", 2}};
    EXPECT_EQ(conversions_in("path,total_conversions\nA;B,2\n"), wanted);
    EXPECT_EQ(conversions_in("path,total_conversions,x;path;total_conversions\nA;B,2,\n"), wanted);
    EXPECT_TRUE(holds(complaint("path,total_conversions\nA;2\n"), "j.csv:2:1: error: the row has"))
        << "a delimiter is the whole file's";
}

TEST(AttributionInputs, AnOrgsFilesMayEachBePartedInTheirWay) {
    const json by_commas = told_of_sample([](std::string text) { return text; });
    ASSERT_EQ(by_commas["coverage"]["won_untouched_deals"], 3);
    EXPECT_EQ(told_of_sample([](std::string text) { return with(std::move(text), ',', '\t'); }),
              by_commas);
    int file = 0;
    EXPECT_EQ(told_of_sample([&file](std::string text) {
                  return ++file % 2 == 0 ? with(std::move(text), ',', ';') : text;
              }),
              by_commas);
}

TEST(AttributionInputs, AHeaderThatFitsNothingIsToldAsItWasRead) {
    const std::string semicolons = complaint("way;total_conversions;total_null\nA;1;0\n");
    EXPECT_TRUE(holds(semicolons, "j.csv:1: error: there is no column \"path\";")) << semicolons;
    EXPECT_TRUE(holds(semicolons,
                      "read by semicolons the header names \"way\", "
                      "\"total_conversions\", \"total_null\""))
        << semicolons;
    EXPECT_TRUE(holds(semicolons, "commas and tabs were tried")) << semicolons;
    EXPECT_TRUE(holds(semicolons, "1 error. Nothing")) << semicolons;
    const std::string commas = complaint("way,number\nA,1\n");
    EXPECT_TRUE(holds(commas, "no column \"path\" and no \"total_conversions\"; read by commas"))
        << commas;
    EXPECT_TRUE(holds(commas, "semicolons and tabs were tried")) << commas;
    EXPECT_TRUE(holds(commas, "rename the column that is meant")) << commas;
    const std::string bars = complaint("path|total_conversions\nA|1\n");
    EXPECT_TRUE(holds(bars, "names \"path|total_conversions\"")) << bars;
    const std::string two =
        complaint("path;total_conversions;x\tpath\ttotal_conversions\nA;1;x\tA\t1\n");
    EXPECT_TRUE(holds(two, "j.csv:1: error: both semicolons and tabs")) << two;
    const std::string text = complaint(std::string(500, 'x') + "\nA\n");
    EXPECT_TRUE(holds(text, "\"" + std::string(40, 'x') + "...\"")) << "cut: " << text;
}

TEST(AttributionInputs, CommasBeforeDecimalsAreNotGuessed) {
    const std::string told =
        complaint("path;total_conversions;total_conversion_value\nA;1;1,5\nB;2;1.234,5\n");
    EXPECT_TRUE(holds(told, "j.csv:2:5: error: this is no number, such as 1250.5; write a point"))
        << told;
    EXPECT_TRUE(holds(told, "j.csv:3:5: error: this is no number")) << told;
}

TEST(AttributionInputs, NaOfRIsBlankWhereItCanBeNothingElse) {
    const std::map<std::string, double> wanted{{"A", 3}, {"NA", 1}};
    EXPECT_EQ(
        conversions_in("path,total_conversions,total_null\nA,3,NA\nB > C,NA,2\nNA,1,0\n").at("A"),
        3);
    EXPECT_EQ(conversions_in("path,total_conversions,total_null\nA,3,NA\nNA,1, NA \n"), wanted)
        << "a channel may be called so";
    EXPECT_TRUE(holds(complaint("path,total_conversions\nA,\"NA\"\nB,na\n"),
                      "j.csv:2:3: error: this is no number"));
    const auto with_na = [](const std::string& text) {
        std::string made;
        for (std::size_t i = 0; i < text.size(); ++i) {
            made += text[i];
            const bool blank_follows = text[i] == ',' && i + 1 < text.size() &&
                                       std::string(",\r\n").find(text[i + 1]) != std::string::npos;
            if (blank_follows) made += "NA";
        }
        return made;
    };
    ASSERT_EQ(with_na("a,,b,\r\n"), "a,NA,b,NA\r\n");
    const json blank = told_of_sample([](std::string text) { return text; });
    EXPECT_EQ(told_of_sample(with_na), blank);
}

TEST(AttributionInputs, AColumnNamedTwiceIsRefusedWhereItIsRead) {
    const std::string told =
        complaint("path,total_conversions,total_null, Total_Conversions \nA,1,0,2\n");
    EXPECT_TRUE(holds(told, "j.csv:1:35: error: the column \"total_conversions\" is here and at"))
        << told;
    EXPECT_TRUE(holds(told, "j.csv:1:6 too")) << told;
    EXPECT_TRUE(holds(told, "leave one of them out")) << told;
    EXPECT_TRUE(holds(complaint("path,total_conversions,total_null,total_null\nA,1,0,2\n"),
                      "the column \"total_null\" is here"))
        << "one that need not be there, too";
    EXPECT_EQ(conversions_in("path,total_conversions,x,x,,\nA,1,0,2,,\n").at("A"), 1)
        << "what is passed over may come as often as it likes";
    const TemporaryFolder folder;
    folder.write("opportunities.csv",
                 "Id,CreatedDate,CloseDate,IsWon,Amount,amount\n1,2025-01-01,2025-02-01,1,5,6\n");
    const Outcome outcome = duet({"attribution", "--from", folder.path()});
    EXPECT_EQ(outcome.exit_code, 64);
    EXPECT_TRUE(holds(outcome.err, "opportunities.csv:1:39: error: the column \"Amount\""))
        << outcome.err;
}

TEST(AttributionModels, PublishedNamesAreKnownAndShownAsTheyWereAskedFor) {
    for (const auto& [asked, canonical] :
         std::map<std::string, std::string>{{"first_touch", "first"},
                                            {"last_touch", "last"},
                                            {"u_shaped_40_20_40", "u"},
                                            {"step_decay_halflife_7", "decay:7"},
                                            {"shapley_set", "shapley"},
                                            {"shapley:ordered", "shapley-ordered"},
                                            {"shapley_ordered", "shapley-ordered"},
                                            {"counterfactual_exposure", "counterfactual"},
                                            {"markov_order2", "markov:2"},
                                            {"Markov:2", "markov:2"}}) {
        const json told = told_by({"--paths", kReference + "path_data.csv", "--model", asked,
                                   "--model", canonical})["models"];
        ASSERT_EQ(told.size(), 2U) << asked;
        EXPECT_EQ(told[0]["model"], asked);
        EXPECT_EQ(told[0]["channels"], told[1]["channels"]) << asked;
    }
    const Outcome none =
        duet({"attribution", "--paths", kReference + "path_data.csv", "--model", "Shapley_Sets"});
    EXPECT_EQ(none.exit_code, 64);
    EXPECT_TRUE(holds(none.err, "there is no model \"shapley_sets\"")) << none.err;
}

/// One deal of 900 that was won after touches of A, B and A again, by another person.
class OneDeal {
public:
    OneDeal() {
        folder_.write("opportunities.csv",
                      "Id,CreatedDate,CloseDate,IsWon,IsClosed,Amount,Probability\n"
                      "D,2025-03-01,2025-04-01,1,1,900,50\n");
        folder_.write("opportunity_contact_roles.csv", "OpportunityId,ContactId\nD,K\nD,L\n");
        folder_.write("contacts.csv", "Id\nK\nL\n");
        folder_.write("campaigns.csv", "Id,Name\nA,Alpha\nB,Beta\n");
        folder_.write("campaign_members.csv",
                      "CampaignId,ContactId,HasResponded,FirstRespondedDate,CreatedDate\n"
                      "A,K,1,2025-01-01,2025-01-01\nB,K,1,2025-01-02,2025-01-02\n"
                      "A,L,1,2025-01-03,2025-01-03\n");
    }
    [[nodiscard]] std::string path() const { return folder_.path(); }

private:
    TemporaryFolder folder_;
};

TEST(AttributionModels, OrderedShapleyTellsOfDealsByTheirPlaces) {
    const OneDeal deal;
    const json model = told_by({"--from", deal.path(), "--model", "shapley-ordered"})["models"][0];
    std::map<std::pair<std::string, int>, json> found;
    for (const json& campaign : model["campaigns"])
        for (const json& at : campaign.value("positions", json::array()))
            found[{campaign["campaign"], at["position"]}] = at;
    ASSERT_EQ(found.size(), 3U) << model.dump(1);
    // Two campaigns share alike, and A's half is split over its two places.
    const std::map<std::pair<std::string, int>, double> wanted{
        {{"A", 1}, 0.25}, {{"B", 2}, 0.5}, {{"A", 3}, 0.25}};
    for (const auto& [key, share] : wanted) {
        EXPECT_EQ(found[key]["won_deals"], share) << key.first << key.second;
        EXPECT_EQ(found[key]["revenue"], 900 * share);
        EXPECT_EQ(found[key]["pipeline"], 900 * share);
        EXPECT_EQ(found[key]["expected"], 450 * share);
    }
    std::vector<double> influence;
    for (const json& row : model["influence"]) influence.push_back(row["influence"]);
    EXPECT_EQ(influence, (std::vector<double>{25, 50, 25}));
    const Outcome text = duet({"attribution", "--from", deal.path(), "--model", "Shapley_Ordered"});
    EXPECT_TRUE(holds(text.out, "Shapley_Ordered, by the place among a deal's touches"));
    EXPECT_TRUE(holds(text.out, "225.000000")) << text.out;
    const Outcome page =
        duet({"attribution", "--from", deal.path(), "--model", "shapley-ordered", "--html", "-"});
    EXPECT_TRUE(holds(page.out, "Credit by position"));
}

TEST(AttributionModels, PlacesOfOrderedShapleyComeToTheSetForm) {
    const json models = told_by({"--from", kReference + "crm-sample", "--as-of", "2025-10-01",
                                 "--model", "shapley", "--model", "shapley-ordered"})["models"];
    double revenue = 0;
    ASSERT_EQ(models.size(), 2U);
    ASSERT_EQ(models[0]["campaigns"].size(), models[1]["campaigns"].size());
    for (std::size_t i = 0; i < models[0]["campaigns"].size(); ++i) {
        const json& set = models[0]["campaigns"][i];
        json ordered = models[1]["campaigns"][i];
        EXPECT_FALSE(set.contains("positions"));
        std::map<std::string, double> sums;
        for (const json& at : ordered.value("positions", json::array()))
            for (const char* view : {"revenue", "pipeline", "won_deals"})
                sums[view] += at[view].get<double>();
        ordered.erase("positions");
        EXPECT_EQ(ordered, set);
        if (set["campaign"] == "(none)") continue;
        for (const auto& [view, sum] : sums) EXPECT_NEAR(sum, set[view].get<double>(), 1e-6);
        revenue += sums["revenue"];
    }
    EXPECT_NEAR(revenue, 778'126.482213 - 129'521.74, 0.01);
    EXPECT_EQ(models[0]["influence"], models[1]["influence"]);
}

TEST(AttributionModels, WhatLearnsSaysHowItsCreditIsToBeRead) {
    const std::vector<std::string> sample{"attribution", "--from", kReference + "crm-sample",
                                          "--as-of", "2025-10-01"};
    const auto run = [&](std::vector<std::string> more) {
        more.insert(more.begin(), sample.begin(), sample.end());
        return duet(more).out;
    };
    const std::string note = "markov:1: removal effects are of all closed deals together";
    const json told = json::parse(
        run({"--json", "--model", "markov:1", "--model", "counterfactual", "--model", "first"}));
    ASSERT_EQ(told["notes"].size(), 2U);
    EXPECT_TRUE(holds(told["notes"][0], note));
    EXPECT_TRUE(holds(told["notes"][0], "normalised removal effects"));
    EXPECT_TRUE(holds(told["notes"][1], "counterfactual: a deal's touches are weighed"));
    EXPECT_TRUE(holds(run({"--model", "markov:1"}), "\nnote: " + note));
    EXPECT_TRUE(holds(run({"--model", "markov:1", "--html", "-"}), note));
    EXPECT_FALSE(json::parse(run({"--json"})).contains("notes")) << "no model learns";
    EXPECT_FALSE(holds(run({}), "\nnote: "));
    EXPECT_FALSE(
        told_by({"--paths", kReference + "path_data.csv", "--model", "markov:1"}).contains("notes"))
        << "of journeys it is the credit itself";
}

TEST(AttributionModels, ARunningOrgsLearntModelsAreNotedInTheText) {
    json one{{"name", "Influence"},        {"model", "markov:2"},
             {"campaigns", json::array()}, {"uncovered", json::array()},
             {"reasons", json::object()},  {"with_campaign_share", 1}};
    for (const char* figure : {"deals", "won_deals", "won_amount", "won_untouched",
                               "won_untouched_amount", "without_contact_role", "without_campaign"})
        one[figure] = 0;
    const json names{{"deals", 0}, {"value", 0}, {"qualified", 0}, {"net_new", 0}};
    json told{{"attributions", json::array({one})},
              {"below_themselves", json::array()},
              {"new_names", {{"campaigns", json::array()}, {"all", names}}}};
    EXPECT_TRUE(holds(attribution_text(told), "note: Influence: removal effects are of all"));
    told["attributions"][0]["model"] = "last";
    EXPECT_FALSE(holds(attribution_text(told), "note: "));
}

}  // namespace
}  // namespace duet::cli
