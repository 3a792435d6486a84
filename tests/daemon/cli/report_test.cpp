// `duet report --from`, and where reports of every kind are written to.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/daemon/cli/run_duet.h"
#include "tests/daemon/help/temporary_folder.h"

namespace duet::cli {
namespace {

namespace fs = std::filesystem;

const std::string kSample = DUET_SOURCE_DIR "/tests/end_to_end/report/sample.json";
const std::string kPayloads = DUET_SOURCE_DIR "/tests/payloads/attribution/";

TEST(ReportCommand, RendersAKeptReportInEveryForm) {
    const TemporaryFolder folder;
    const std::string page = folder.path() + "/page.html";
    const std::string tables = folder.path() + "/tables";
    const std::string kept = folder.path() + "/kept.json";
    const Outcome run = duet(
        {"report", "--from", kSample, "--html", page, "--csv", tables, "--json", "--out", kept});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_TRUE(run.out.empty()) << "all of it went to files";
    EXPECT_TRUE(content_of(page).starts_with("<!DOCTYPE html>"));
    EXPECT_EQ(nlohmann::json::parse(content_of(kept)), nlohmann::json::parse(content_of(kSample)));
    EXPECT_TRUE(holds(content_of(tables + "/stages.csv"), "stage,rank,people"));
    EXPECT_TRUE(fs::exists(tables + "/columns.csv"));
    const Outcome text = duet({"report", "--from", kSample});
    EXPECT_TRUE(holds(text.out, "Steps of the funnel")) << text.out;
    const Outcome shown = duet({"report", "--from", kSample, "--html", "-"});
    EXPECT_EQ(shown.out, content_of(page));
}

TEST(ReportCommand, WhatCannotBeReadIsToldPlainly) {
    const TemporaryFolder folder;
    Outcome run = duet({"report", "--from", folder.path() + "/none.json"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_TRUE(holds(run.err, "DUET-6095")) << run.err;
    std::ofstream(folder.path() + "/half.json") << "{\"form\": ";
    run = duet({"report", "--from", folder.path() + "/half.json"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_TRUE(holds(run.err, "holds no JSON")) << run.err;
}

TEST(ReportCommand, AFolderThatIsMissingOrInTheWayIsToldAndLeavesWhatStoodThere) {
    const TemporaryFolder folder;
    const std::string nowhere = folder.path() + "/gone/page.html";
    Outcome run = duet({"report", "--from", kSample, "--html", nowhere});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_TRUE(holds(run.err, "there is no folder")) << run.err;
    run = duet({"report", "--from", kSample, "--csv", folder.path() + "/gone/tables"});
    EXPECT_TRUE(holds(run.err, "DUET-6065")) << run.err;

    // A folder stands where the new file would be written first: as good as no room.
    const std::string page = folder.path() + "/page.html";
    std::ofstream(page) << "yesterday's";
    fs::create_directories(page + ".new/in the way");
    run = duet({"report", "--from", kSample, "--html", page});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_TRUE(holds(run.err, "DUET-6065")) << run.err;
    EXPECT_EQ(content_of(page), "yesterday's");
}

TEST(EveryReport, GoesToAFileWhole) {
    const TemporaryFolder folder;
    const std::string out = folder.path() + "/out";
    const std::string journeys = kPayloads + "path_data.csv";
    const Outcome printed = duet({"attribution", "--paths", journeys, "--model", "first", "--csv"});
    const Outcome kept =
        duet({"attribution", "--paths", journeys, "--model", "first", "--csv", "--out", out});
    ASSERT_EQ(kept.exit_code, 0) << kept.err;
    EXPECT_TRUE(kept.out.empty());
    EXPECT_EQ(content_of(out), printed.out);
    const Outcome refused = duet({"attribution", "--paths", journeys, "--model", "first", "--json",
                                  "--out", folder.path() + "/gone/out"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(holds(refused.out, "DUET-6065")) << refused.out << refused.err;
}

}  // namespace
}  // namespace duet::cli
