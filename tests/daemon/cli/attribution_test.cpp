// `duet attribution` on the reference files, and on files that people really have.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/daemon/cli/run_duet.h"
#include "tests/daemon/help/temporary_folder.h"

namespace duet::cli {
namespace {

using nlohmann::json;

const std::string kData = DUET_SOURCE_DIR "/tests/payloads/attribution/";

std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(csv);
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with('\r')) line.pop_back();
        std::vector<std::string>& row = rows.emplace_back();
        std::istringstream cells(line + ",");
        for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
    }
    return rows;
}

json answer(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "attribution");
    arguments.emplace_back("--json");
    const Outcome outcome = duet(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    return json::parse(outcome.out, nullptr, false);
}

std::string refused(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "attribution");
    const Outcome outcome = duet(arguments);
    EXPECT_EQ(outcome.exit_code, 64) << outcome.out;
    EXPECT_TRUE(outcome.out.empty()) << outcome.out;
    return outcome.err;
}

/// The figures of the only model, by channel.
std::map<std::string, double> conversions_of(const json& told) {
    std::map<std::string, double> credits;
    for (const json& channel : told.at("models").at(0).at("channels"))
        credits[channel.at("channel")] = channel.at("conversions");
    return credits;
}

bool warns(const json& told, const std::string& of) {
    for (const json& warning : told.at("warnings"))
        if (holds(warning, of)) return true;
    return false;
}

TEST(AttributionPaths, PrintsThePublishedFiguresToSixDecimals) {
    const std::map<std::string, std::string> kModels{{"first_touch", "first"},
                                                     {"last_touch", "last"},
                                                     {"linear", "linear"},
                                                     {"u_shaped_40_20_40", "u"},
                                                     {"step_decay_halflife_7", "decay:7"},
                                                     {"shapley_set", "shapley"},
                                                     {"counterfactual_exposure", "counterfactual"},
                                                     {"markov_order1", "markov:1"},
                                                     {"markov_order2", "markov:2"}};
    const Outcome outcome = duet({"attribution", "--paths",  kData + "path_data.csv",
                                  "--csv",       "--model",  "first",
                                  "--model",     "last",     "--model",
                                  "linear",      "--model",  "u",
                                  "--model",     "decay:7",  "--model",
                                  "shapley",     "--model",  "counterfactual",
                                  "--model",     "markov:1", "--model",
                                  "markov:2"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& row : cells_of(outcome.out)) found[row.at(0) + " " + row.at(1)] = row;
    int checked = 0;
    for (const auto& row : cells_of(content_of(kData + "path_data_expected.csv"))) {
        const auto model = kModels.find(row.at(0));
        if (model == kModels.end()) continue;
        const auto& cells = found[model->second + " " + row.at(1)];
        ASSERT_GE(cells.size(), 5U) << row[0] << row[1];
        EXPECT_EQ(cells[3], row.at(2)) << row[0] << row[1];
        EXPECT_EQ(cells[4], row.at(3)) << row[0] << row[1];
        ++checked;
    }
    EXPECT_EQ(checked, 108);
}

TEST(AttributionPaths, WithoutNullEveryJourneyConverts) {
    const json told =
        answer({"--paths", kData + "path_data.csv", "--model", "markov:1", "--without-null"});
    EXPECT_NEAR(told["models"][0]["conversion_probability"], 1, 1e-12);
    EXPECT_NEAR(conversions_of(told)["alpha"], 5260.0696, 0.00005);
    EXPECT_EQ(told["without_null"], true);
}

TEST(AttributionPaths, AllModelsWhenNoneIsNamed) {
    const json told = answer({"--paths", kData + "path_data.csv"});
    std::set<std::string> names;
    for (const json& model : told["models"]) {
        names.insert(model["model"]);
        double sum = 0;
        for (const json& channel : model["channels"]) sum += channel["conversions"].get<double>();
        EXPECT_NEAR(sum, 19'785, 1e-4) << model["model"];
    }
    EXPECT_EQ(names.size(), 13U);
    EXPECT_EQ(told["journeys"]["touches"], 59'454);
    EXPECT_NEAR(told["models"][0]["channels"][0]["conversions"], 6'308, 1e-9);
}

TEST(AttributionPaths, ColumnsQuotesLineEndsAndEmptyLinesAreTakenAsTheyCome) {
    const TemporaryFolder folder;
    const auto told = [&](const std::string& csv, const std::string& model = "linear") {
        return answer({"--paths", folder.write("paths.csv", csv), "--model", model});
    };
    const std::map<std::string, double> wanted{{"A, B", 1}, {"C", 1}};
    EXPECT_EQ(conversions_of(told("total_null,PATH,other,Total_Conversions\r\n"
                                  "\r\n1,\"A, B > C\",x,2\r\n\r\n")),
              wanted);
    EXPECT_EQ(conversions_of(told("\xEF\xBB\xBFpath,total_conversions\n\"A, B  >  C\",2")), wanted);
    const json bare = told("path,total_conversions\nA > B,2\n", "markov:1");
    EXPECT_TRUE(bare["models"][0]["channels"][0]["value"].is_null());
    EXPECT_EQ(bare["models"][0]["conversion_probability"], 1);
    EXPECT_TRUE(warns(bare, "total_null"));
    EXPECT_TRUE(warns(bare, "only 2 conversions"));
    EXPECT_EQ(conversions_of(told("path,total_conversions\n\"\xC3\xA5 > \xC3\xA4\"\"\",1\n")),
              (std::map<std::string, double>{{"\xC3\xA5", 0.5}, {"\xC3\xA4\"", 0.5}}));
    EXPECT_TRUE(warns(told("path,total_conversions\nA>B,1\n"), "--separator"));
    EXPECT_EQ(
        conversions_of(answer({"--paths", folder.write("p.csv", "path,total_conversions\nA>B,1\n"),
                               "--model", "last", "--separator", ">"})),
        (std::map<std::string, double>{{"A", 0}, {"B", 1}}));
}

TEST(AttributionPaths, NoConversionsNoTouchesNoRowsAreNoFaults) {
    const TemporaryFolder folder;
    const auto told = [&](const std::string& rows) {
        return answer(
            {"--paths", folder.write("paths.csv", "path,total_conversions,total_null\n" + rows)});
    };
    const json nobody = told("A > B,0,5\nB,,\n");
    for (const json& model : nobody["models"]) {
        for (const json& channel : model["channels"]) {
            EXPECT_EQ(channel["conversions"], 0) << model["model"];
            EXPECT_EQ(channel.value("removal_effect", 0.0), 0) << model["model"];
        }
    }
    EXPECT_EQ(told("")["models"][0]["channels"].size(), 0U);
    const json some = told("A,3,1\n,2,7\n");
    EXPECT_EQ(some["untouched"]["conversions"], 2);
    EXPECT_TRUE(warns(some, "2 converted"));
    for (const json& model : some["models"])
        EXPECT_EQ(model["channels"][0]["conversions"], 3) << model["model"];
}

TEST(AttributionPaths, EveryBadRowIsToldWithItsPlace) {
    const TemporaryFolder folder;
    const std::string file = folder.path("paths.csv");
    const auto told = [&](const std::string& csv) {
        folder.write("paths.csv", csv);
        return refused({"--paths", file});
    };
    const std::string all =
        told("path,total_conversions\nA >  > B,1\nB,x\nC,-2\nD,1e999\n > E,1\nF,\"1,5\"\n");
    for (const char* place : {":2:1: error: a channel", ":3:3: error: this is no number",
                              ":4:3: error: this is below 0", ":5:3: error: this is no number",
                              ":6:1: error: a channel", ":7:3: error: this is no number"}) {
        EXPECT_TRUE(holds(all, file + place)) << place << "\n" << all;
    }
    EXPECT_TRUE(holds(all, "6 errors. Nothing was computed.\n")) << all;
    EXPECT_TRUE(holds(told("path,total_conversions\nA,1,2\n"), file + ":2:")) << "a row too wide";
    EXPECT_TRUE(holds(told("path,total_conversions\n\"A,1\n"), file + ":2:1: error: a quote"));
    EXPECT_TRUE(holds(told("way,total_conversions\nA,1\n"), "there is no column \"path\""));
    EXPECT_TRUE(holds(told("path\nA\n"), "there is no column \"total_conversions\""));
    EXPECT_TRUE(holds(told(""), "is empty"));
    EXPECT_TRUE(holds(told("path,total_conversions\n\xFF,1\n"), ":2:1: error: not UTF-8"));
    EXPECT_TRUE(holds(refused({"--paths", folder.path("none.csv")}), "cannot be read"));
    EXPECT_TRUE(holds(refused({"--paths", folder.path()}), "error"));
    std::string many = "path,total_conversions\n";
    for (int i = 0; i < 500; ++i) many += "A,x\n";
    EXPECT_TRUE(holds(told(many), "500 errors, 20 shown. Nothing was computed.\n"));
    folder.write("paths.csv", "path,total_conversions\nA,x\n");
    const Outcome as_json = duet({"attribution", "--paths", file, "--json"});
    EXPECT_EQ(as_json.exit_code, 64);
    EXPECT_EQ(json::parse(as_json.out)["error"]["code"], "DUET-6090");
}

TEST(AttributionPaths, AModelThatDoesNotFitIsRefused) {
    const std::string file = kData + "path_data.csv";
    EXPECT_TRUE(holds(refused({"--paths", file, "--model", "lineer"}), "there is no model"));
    EXPECT_TRUE(holds(refused({"--paths", file, "--model", "markov:5"}), "1 to 4"));
    EXPECT_TRUE(holds(refused({"--paths", file, "--model", "w"}), "says nothing about journeys"));
    EXPECT_TRUE(holds(refused({"--from", kData + "crm-sample", "--model", "shapley-rate"}),
                      "says nothing about single deals"));
    EXPECT_FALSE(refused({"--paths", file, "--from", kData}).empty());
}

TEST(AttributionOrg, WithoutFilesTheOrgIsAskedWhichNeedsAConfiguration) {
    const TemporaryFolder folder;
    const Outcome outcome = duet({"attribution", "--config", folder.path("duet.yaml")});
    EXPECT_EQ(outcome.exit_code, 78) << outcome.out << outcome.err;
}

TEST(AttributionPaths, ThousandsOfChannelsAndLongJourneys) {
    const TemporaryFolder folder;
    std::string csv = "path,total_conversions,total_null\n";
    for (int i = 0; i < 1'000; ++i) {
        csv += "c" + std::to_string(i) + " > c" + std::to_string((i * 7 + 1) % 1'000) + " > c" +
               std::to_string((i * 13 + 5) % 1'000) + "," + std::to_string(i % 3) + ",2\n";
    }
    csv += "c1";
    for (int i = 0; i < 20'000; ++i) csv += " > c" + std::to_string(i % 7);
    csv += ",1,0\n";
    const json told = answer({"--paths", folder.write("paths.csv", csv), "--model", "markov:1",
                              "--model", "counterfactual", "--model", "shapley-ordered"});
    for (const json& model : told["models"]) {
        double sum = 0;
        for (const json& channel : model["channels"]) sum += channel["conversions"].get<double>();
        EXPECT_NEAR(sum, 1'000, 1e-6) << model["model"];
    }
}

/// A copy of the sample that a test may change.
class Sample {
public:
    Sample() {
        std::filesystem::copy(kData + "crm-sample", folder_.path("org"),
                              std::filesystem::copy_options::recursive);
        for (const auto& file : std::filesystem::directory_iterator(folder_.path("org")))
            std::filesystem::permissions(file, std::filesystem::perms{0600});
    }
    [[nodiscard]] std::string path() const { return folder_.path("org"); }
    void remove(const std::string& file) const {
        std::filesystem::remove(folder_.path("org/" + file));
    }
    /// Rewrites a file row by row.
    void rewrite(
        const std::string& file,
        const std::function<void(std::vector<std::string>&, bool is_header)>& change) const {
        std::string out;
        bool is_header = true;
        for (auto row : cells_of(content_of(folder_.path("org/" + file)))) {
            change(row, is_header);
            for (std::size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "" : ",") + row[i];
            out += "\r\n";
            is_header = false;
        }
        folder_.write("org/" + file, out);
    }
    void drop_column(const std::string& file, std::size_t column) const {
        rewrite(file, [column](std::vector<std::string>& row, bool) {
            row.erase(row.begin() + static_cast<std::ptrdiff_t>(column));
        });
    }

private:
    TemporaryFolder folder_;
};

std::string table(const std::string& name, std::vector<std::string> more = {}) {
    std::vector<std::string> command{"attribution", "--from",     kData + "crm-sample",
                                     "--as-of",     "2025-10-01", "--csv",
                                     "--table",     name};
    command.insert(command.end(), more.begin(), more.end());
    const Outcome outcome = duet(command);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
}

/// Every line of the file is printed; numbers may differ by one in the sixth decimal.
void expect_table(const std::string& printed, const std::string& file, std::size_t keys) {
    const auto wanted = cells_of(content_of(kData + "crm-sample/expected_" + file + ".csv"));
    std::map<std::vector<std::string>, std::vector<std::string>> found;
    const auto key_of = [keys](const std::vector<std::string>& row) {
        return std::vector<std::string>(row.begin(),
                                        row.begin() + static_cast<std::ptrdiff_t>(keys));
    };
    for (const auto& row : cells_of(printed)) found[key_of(row)] = row;
    EXPECT_EQ(found.size(), wanted.size()) << file;
    for (const auto& row : wanted) {
        const auto& line = found[key_of(row)];
        ASSERT_EQ(line.size(), row.size()) << file << " " << row[0];
        for (std::size_t i = keys; i < row.size(); ++i) {
            if (line[i] == row[i]) continue;
            EXPECT_EQ(line[i].size(), row[i].size()) << file << " " << line[i];
            EXPECT_NEAR(std::stod(line[i]), std::stod(row[i]), 1.5e-6) << file << " " << row[0];
        }
    }
}

TEST(AttributionOrg, PrintsTheReferenceTables) {
    expect_table(table("influence"), "influence_rows", 4);
    expect_table(table("builtin"), "builtin_models", 3);
    expect_table(table("roi", {"--model", "first", "--model", "linear", "--model", "w"}), "roi", 2);
    expect_table(table("campaigns"), "revenue_by_campaign", 3);
    std::string pipeline;
    for (const auto& row : cells_of(table("campaigns", {"--view", "pipeline"})))
        if (row.at(2) != "full" && row.at(2) != "primary")
            pipeline += row.at(0) + "," + row.at(2) + "," + row.at(3) + "\n";
    expect_table(pipeline, "pipeline_by_campaign", 2);
    EXPECT_EQ(cells_of(table("coverage")).size(),
              1U + answer({"--from", kData + "crm-sample"})["coverage"]["uncovered"].size());
}

TEST(AttributionOrg, CostOfEachResponseAndLeadAloneAndWithWhatIsBelow) {
    std::map<std::string, std::vector<std::string>> rows;
    for (const auto& row : cells_of(table("returns", {"--model", "w"})))
        rows[row.at(0) + " " + row.at(3)] = row;
    const json told =
        answer({"--from", kData + "crm-sample", "--as-of", "2025-10-01T00:00:00Z", "--model", "w"});
    std::size_t trees = 0;
    std::size_t responses = 0;
    for (const json& one : told["models"][0]["returns"]) {
        const auto& row = rows.at(one["campaign"].get<std::string>() + " 1");
        EXPECT_EQ(row.at(5), std::to_string(one["responses"].get<int>()));
        responses += one["responses"].get<std::size_t>();
        if (one["cost"].is_number() && one["responses"] != 0) {
            EXPECT_NEAR(std::stod(row.at(6)),
                        one["cost"].get<double>() / one["responses"].get<double>(), 1e-6);
        }
        trees += one.contains("tree") ? 1U : 0U;
    }
    EXPECT_GT(responses, 50U);
    EXPECT_EQ(rows.size(), 1U + told["models"][0]["returns"].size() + trees);
}

TEST(AttributionOrg, ACampaignBelowItselfIsRefused) {
    const Sample sample;
    sample.rewrite("campaigns.csv", [](std::vector<std::string>& row, bool is_header) {
        row.push_back(is_header ? "ParentId" : "");
    });
    EXPECT_TRUE(answer({"--from", sample.path(), "--as-of", "2025-10-01"}).contains("models"));
    std::vector<std::string> ids;
    for (const auto& row : cells_of(content_of(sample.path() + "/campaigns.csv")))
        ids.push_back(row.front());
    sample.rewrite("campaigns.csv", [&](std::vector<std::string>& row, bool) {
        if (row.front() == ids[1]) row.back() = ids[2];
        if (row.front() == ids[2]) row.back() = ids[1];
        if (row.front() == ids[3]) row.back() = ids[1];
    });
    const std::string why = refused({"--from", sample.path(), "--as-of", "2025-10-01"});
    EXPECT_TRUE(holds(why, "campaigns.csv:2")) << why;
    EXPECT_TRUE(holds(why, "this campaign is below itself")) << why;
    EXPECT_FALSE(holds(why, "campaigns.csv:4")) << "what hangs on the circle is not of it";
}

TEST(AttributionOrg, NewNamesAreCountedByCampaignAndOnceInAll) {
    const json told = answer({"--from", kData + "crm-sample", "--as-of", "2025-10-01T00:00:00Z",
                              "--model", "w"})["new_names"];
    std::size_t most = 0;
    std::size_t sum = 0;
    for (const json& one : told["campaigns"]) {
        most = std::max(most, one["deals"].get<std::size_t>());
        sum += one["deals"].get<std::size_t>();
    }
    const auto all = told["all"]["deals"].get<std::size_t>();
    EXPECT_GT(all, 0U);
    EXPECT_LE(most, all);
    EXPECT_GE(sum, all);
    const auto rows = cells_of(table("new_names", {"--model", "w"}));
    EXPECT_EQ(rows.size(), 2U + told["campaigns"].size());
    EXPECT_EQ(rows.back().at(0), "all");
    EXPECT_EQ(rows.back().at(2), std::to_string(all));
}

TEST(AttributionOrg, TheTextTellsEverythingAPersonAsks) {
    const Outcome outcome =
        duet({"attribution", "--from", kData + "crm-sample", "--as-of", "2025-10-01T00:00:00Z"});
    for (const char* part :
         {"Won revenue as of 2025-10-01", "in EUR", "Webinar 01", "19426.086957", "pd_first",
          "12.045411", "17 won (778126.482213 EUR)", "no_contact_role", "primary"}) {
        EXPECT_TRUE(holds(outcome.out, part)) << part << "\n" << outcome.out;
    }
    EXPECT_EQ(outcome.out, duet({"attribution", "--from", kData + "crm-sample", "--as-of",
                                 "2025-10-01T00:00:00Z"})
                               .out);
}

/// The report that a page carries.
json report_in(const std::string& path) {
    const std::string page = content_of(path);
    const std::string start = "id=\"report\">";
    const std::size_t from = page.find(start);
    if (from == std::string::npos) return {};
    const std::size_t begin = from + start.size();
    return json::parse(page.substr(begin, page.find("</script>", begin) - begin), nullptr, false);
}

const json& rows_in(const json& report, const std::string& id) {
    for (const json& table : report["tables"])
        if (table["id"] == id) return table["rows"];
    static const json kNone = json::array();
    ADD_FAILURE() << "no table " << id;
    return kNone;
}

TEST(AttributionPage, ShowsTheReferencesCreditCostAndGaps) {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/page.html";
    const Outcome quiet = duet({"attribution", "--from", kData + "crm-sample/", "--as-of",
                                "2025-10-01T00:00:00Z", "--html", path});
    ASSERT_EQ(quiet.exit_code, 0) << quiet.err;
    EXPECT_EQ(quiet.out, "") << "the page takes the text's place";
    const json report = report_in(path);
    EXPECT_EQ(report["org"], "crm-sample");
    EXPECT_EQ(report["title"], "Credit of campaigns");
    std::map<std::string, double> revenue;
    for (const json& row : rows_in(report, "credits")) {
        EXPECT_EQ(row["campaign"].get<std::string>().find("7015g"), std::string::npos);
        revenue[row["campaign"].get<std::string>() + " " + row["model"].get<std::string>()] =
            row["revenue"];
    }
    EXPECT_NEAR(revenue["Webinar 01 linear"], 19426.086957, 1e-5);
    EXPECT_NEAR(revenue["Paid Social 09 primary"], 144841.897233, 1e-5);
    EXPECT_NEAR(revenue["(no campaign) w"], 129521.74, 0.01);
    EXPECT_NEAR(rows_in(report, "coverage")[0]["amount"].get<double>(), 778126.482213, 1e-5);
    double untouched = 0;
    for (const json& row : rows_in(report, "uncovered")) untouched += row["deals"].get<double>();
    EXPECT_EQ(untouched, 3);
    const std::string page = content_of(path);
    EXPECT_TRUE(holds(page, "Actual cost"));
    EXPECT_FALSE(holds(page, "0065g")) << "no deal is named";
    EXPECT_FALSE(holds(page, "0035g")) << "and no person";
}

TEST(AttributionPage, ComesBesideJsonAndCsvWhereThoseAreAskedFor) {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/page.html";
    const json told = answer({"--paths", kData + "path_data.csv", "--model", "markov:1", "--model",
                              "linear", "--html", path});
    const json report = report_in(path);
    EXPECT_EQ(report["org"], "path_data.csv");
    std::size_t compared = 0;
    for (const json& row : rows_in(report, "channels")) {
        for (const json& model : told["models"]) {
            if (model["model"] != row["model"]) continue;
            for (const json& channel : model["channels"]) {
                if (channel["channel"] != row["channel"]) continue;
                ++compared;
                EXPECT_EQ(channel["conversions"], row["conversions"]);
                EXPECT_EQ(channel["value"], row["value"]);
                EXPECT_EQ(channel.value("removal_effect", json()), row["removal_effect"]);
            }
        }
    }
    EXPECT_EQ(compared, 24U);
    const Outcome printed = duet({"attribution", "--paths", kData + "path_data.csv", "--model",
                                  "linear", "--html", "-", "--out", folder.path() + "/never"});
    EXPECT_TRUE(printed.out.starts_with("<!DOCTYPE html>"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() + "/never"));
    const Outcome missing =
        duet({"attribution", "--paths", kData + "path_data.csv", "--html", "/no/such/folder/p"});
    EXPECT_NE(missing.exit_code, 0);
    EXPECT_TRUE(holds(missing.err, "DUET-6065")) << missing.err;
}

TEST(AttributionOrg, LearntModelsWeighDealsToo) {
    const json told = answer({"--from", kData + "crm-sample", "--as-of", "2025-10-01", "--model",
                              "markov:1", "--model", "counterfactual", "--model", "shapley",
                              "--model", "custom", "--weight", "type:Webinar=3"});
    for (const json& model : told["models"]) {
        double sum = 0;
        for (const json& campaign : model["campaigns"]) sum += campaign["revenue"].get<double>();
        EXPECT_NEAR(sum, 778'126.482213, 1e-5) << model["model"];
        std::map<std::string, double> percent;
        for (const json& row : model["influence"])
            percent[row["opportunity"]] += row["influence"].get<double>();
        EXPECT_EQ(percent.size(), 14U);
        for (const auto& [deal, all] : percent) EXPECT_NEAR(all, 100, 1e-9) << deal;
    }
    EXPECT_TRUE(warns(told, "conversions to learn from"));
}

TEST(AttributionOrg, OptionsChangeWhatCounts) {
    const auto untouched = [](std::vector<std::string> more) {
        more.insert(more.begin(), {"--from", kData + "crm-sample", "--as-of", "2025-10-01"});
        return answer(more)["coverage"]["won_untouched_deals"].get<int>();
    };
    EXPECT_EQ(untouched({}), 3);
    EXPECT_LT(untouched({"--mode", "account"}), 3);
    EXPECT_GT(untouched({"--window-days", "1"}), 3);
    EXPECT_GE(untouched({"--activity-types", "4"}), 3);
    EXPECT_LE(untouched({"--include-nonresponders"}), 3);
    EXPECT_TRUE(holds(refused({"--from", kData + "crm-sample", "--as-of", "soon"}), "--as-of"));
    EXPECT_TRUE(holds(refused({"--from", kData + "crm-sample", "--weight", "type:x"}), "weight"));
    EXPECT_TRUE(
        holds(refused({"--from", kData + "crm-sample", "--created-from", "x"}), "--created-from"));
    const json later = answer({"--from", kData + "crm-sample", "--created-from", "2025-06-01"});
    EXPECT_LT(later["coverage"]["pipeline_deals"], 30);
    EXPECT_LT(answer({"--from", kData + "crm-sample", "--open-only"})["coverage"]["pipeline_deals"],
              30);
}

TEST(AttributionOrg, MissingFilesAndColumnsAreSaidAndTheRestIsComputed) {
    Sample sample;
    sample.remove("visitor_activities.csv");
    sample.remove("accounts.csv");
    json told = answer({"--from", sample.path(), "--as-of", "2025-10-01"});
    EXPECT_TRUE(warns(told, "there is no visitor_activities.csv"));
    EXPECT_NEAR(told["coverage"]["won"], 778'126.482213, 1e-5);
    sample.drop_column("campaign_members.csv", 8);  // LastModifiedDate
    sample.drop_column("campaign_members.csv", 5);  // HasResponded
    sample.drop_column("campaigns.csv", 4);         // ActualCost
    sample.drop_column("opportunities.csv", 9);     // CampaignId
    told = answer({"--from", sample.path(), "--as-of", "2025-10-01"});
    EXPECT_TRUE(warns(told, "campaign_members.csv has no HasResponded"));
    EXPECT_TRUE(warns(told, "pd_last"));
    EXPECT_TRUE(warns(told, "campaigns.csv has no ActualCost"));
    EXPECT_TRUE(told["models"][0]["returns"][0]["roi"].is_null());
    EXPECT_NEAR(told["coverage"]["won"], 778'126.482213, 1e-5);
    for (const char* file : {"campaigns.csv", "contacts.csv", "campaign_members.csv",
                             "opportunity_contact_roles.csv"}) {
        sample.remove(file);
    }
    told = answer({"--from", sample.path(), "--as-of", "2025-10-01"});
    EXPECT_EQ(told["coverage"]["won_untouched_deals"], 17);
    EXPECT_EQ(told["coverage"]["without_contact_role"], 30);
    sample.drop_column("opportunities.csv", 6);  // IsWon
    EXPECT_TRUE(holds(refused({"--from", sample.path()}),
                      "opportunities.csv:1: error: there is no column \"IsWon\""));
    sample.remove("opportunities.csv");
    EXPECT_TRUE(holds(refused({"--from", sample.path()}), "opportunities.csv: error: cannot"));
    EXPECT_TRUE(holds(refused({"--from", sample.path() + "/none"}), "is no folder"));
}

TEST(AttributionOrg, OtherCurrenciesAndEmptyCells) {
    Sample sample;
    // The corporate currency is the dollar now, and a deal is in one that has no rate.
    sample.rewrite("currency_types.csv", [](std::vector<std::string>& row, bool is_header) {
        if (!is_header) row = {row[0], row[0] == "USD" ? "1" : "2", row[0] == "USD" ? "1" : "0"};
    });
    int row_number = 0;
    sample.rewrite("opportunities.csv", [&](std::vector<std::string>& row, bool) {
        if (row_number == 4) row[8] = "JPY";
        if (row_number == 5) row[7] = "";
        ++row_number;
    });
    sample.rewrite("contacts.csv", [](std::vector<std::string>& row, bool is_header) {
        if (!is_header) row[2] = row[4] = row[5] = "";
    });
    const json told = answer({"--from", sample.path(), "--as-of", "2025-10-01"});
    EXPECT_EQ(told["currency"], "USD");
    EXPECT_TRUE(warns(told, "\"JPY\""));
    EXPECT_TRUE(warns(told, "1 opportunity has no amount"));
    sample.remove("currency_types.csv");
    EXPECT_TRUE(warns(answer({"--from", sample.path()}), "several currencies"));
}

TEST(AttributionOrg, BadCellsAreToldWithTheirPlaces) {
    Sample sample;
    sample.rewrite("opportunities.csv", [](std::vector<std::string>& row, bool is_header) {
        if (is_header) return;
        if (row[0].ends_with("02")) row[2] = "yesterday";
        if (row[0].ends_with("03")) row[5] = "maybe";
        if (row[0].ends_with("05")) row[0] = "0065g0000000000004";
    });
    sample.rewrite("currency_types.csv", [](std::vector<std::string>& row, bool is_header) {
        if (!is_header && row[0] == "SEK") row[1] = "0";
    });
    const std::string told = refused({"--from", sample.path()});
    for (const char* part : {"opportunities.csv:3:39: error: this is no instant",
                             "opportunities.csv:4:83: error: this is neither true nor false",
                             "opportunities.csv:6:1: error: this Id is there twice",
                             "currency_types.csv:4:5: error: a rate is a number above 0"}) {
        EXPECT_TRUE(holds(told, part)) << part << "\n" << told;
    }
}

}  // namespace
}  // namespace duet::cli
