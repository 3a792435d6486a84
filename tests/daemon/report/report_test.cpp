// The report's form, and that its three renderings show the same figures.
#include "daemon/report/report.h"

#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/report_text.h"
#include "daemon/report/numbers.h"
#include "daemon/report/page.h"
#include "daemon/report/tables.h"
#include "tests/daemon/report/small_report.h"

namespace duet::report {
namespace {

using nlohmann::json;

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(ReportForm, IsReadBackAsItWasWritten) {
    const json form = to_json(small_report());
    const auto read = read_report(form);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(to_json(*read), form);
    EXPECT_EQ(form["form"], "duet-report/1");
    EXPECT_EQ(form["tables"][2]["columns"][2]["unit"], "EUR");
    EXPECT_TRUE(form["tables"][2]["rows"][1]["pipeline"].is_null()) << "nothing is not 0";
}

TEST(ReportForm, EveryFigureSaysItsUnit) {
    const json form = to_json(small_report());
    for (const json& table : form["tables"]) {
        for (const json& column : table["columns"]) {
            const std::string kind = column["kind"];
            if (kind == "text" || kind == "date") continue;
            EXPECT_FALSE(column.value("unit", "").empty()) << column;
        }
    }
    for (const json& figure : form["figures"]) EXPECT_TRUE(figure.contains("unit")) << figure;
}

TEST(ReportForm, WhatIsNoReportIsRefused) {
    for (const char* text : {R"({})", R"([1])", R"({"form": "duet-report/2"})",
                             R"({"form": "duet-report/1", "org": 7})",
                             R"({"form": "duet-report/1", "org": "a", "as_of": "", "notes": [],
                                 "figures": [], "tables": [{"id": "x", "title": "x", "rows": [],
                                 "columns": [{"id": "a", "title": "a", "kind": "magic"}]}]})"}) {
        const auto read = read_report(json::parse(text));
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, "DUET-6095") << text;
    }
}

TEST(ReportRenderings, TextCsvAndPageShowEveryFigureOfTheJson) {
    const Report report = small_report();
    const std::string page = html_page(report);
    const std::string text = cli::report_text(report);
    std::map<std::string, std::string> files;
    for (auto& [name, content] : cli::report_csv(report)) files[name] = content;
    for (const Table& table : report.tables) {
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            for (std::size_t i = 0; i < table.columns.size(); ++i) {
                const auto* number = std::get_if<double>(&table.rows[row][i]);
                if (number == nullptr) continue;
                const std::string at =
                    table.id + "/" + std::to_string(row) + "/" + table.columns[i].id;
                const std::string plain = plain_number(*number);
                const std::string words = shown(table.rows[row][i], table.columns[i].kind);
                EXPECT_TRUE(holds(page, "data-at=\"" + at + "\" data-v=\"" + plain + "\">" + words))
                    << at;
                EXPECT_TRUE(holds(text, words)) << at;
                EXPECT_TRUE(holds(files[table.id + ".csv"], plain)) << at;
            }
        }
    }
    EXPECT_TRUE(holds(files["figures.csv"], "people,Known,count,people,1234"));
    EXPECT_TRUE(holds(files["figures.csv"], "won,Won,money,EUR,\n")) << "nothing is an empty cell";
    EXPECT_TRUE(holds(files["columns.csv"], "credits,revenue,Won revenue,money,EUR"));
    EXPECT_TRUE(holds(text, "EUR") && holds(text, "1,234 people") && holds(text, "12.5 %"));
}

TEST(ReportCsv, ATextThatASpreadsheetWouldRunIsMadeHarmless) {
    for (const auto& [name, content] : cli::report_csv(small_report())) {
        if (name != "credits.csv") continue;
        EXPECT_TRUE(holds(content, "'=1+1,first,-5,0")) << content;
        return;
    }
    FAIL() << "no credits.csv";
}

TEST(ReportNumbers, ArePartedByThousandsAndRounded) {
    EXPECT_EQ(grouped(1234567.891, 2), "1,234,567.89");
    EXPECT_EQ(grouped(999, 0), "999");
    EXPECT_EQ(grouped(1000, 0), "1,000");
    EXPECT_EQ(grouped(-0.001, 2), "0.00");
    EXPECT_EQ(grouped(-1234.5, 1), "-1,234.5");
    EXPECT_EQ(shown(Cell(0.66666), Kind::Share), "66.7 %");
    EXPECT_EQ(shown(Cell(), Kind::Money), "–");
    EXPECT_EQ(shown_whole(Cell(1234.4), {"a", "A", Kind::Money, "EUR"}), "EUR 1,234");
    EXPECT_EQ(shown_whole(Cell(72.0), {"a", "A", Kind::Days, "days"}), "72.0 days");
    EXPECT_EQ(heading({"a", "Median", Kind::Days, "days"}), "Median (days)");
    EXPECT_EQ(compact(1'260'000), "1.3 M");
    EXPECT_EQ(compact(40'000), "40 k");
}

TEST(ReportNumbers, TicksAreRoundAndReachTheLargest) {
    EXPECT_EQ(ticks(0, 4), (std::vector<double>{0, 0.5}));
    EXPECT_EQ(ticks(7, 4), (std::vector<double>{0, 2, 4, 6, 8}));
    EXPECT_EQ(ticks(100, 4), (std::vector<double>{0, 50, 100}));
    for (const double most : {1.0, 3.7, 12.0, 99.0, 101.0, 6543.0, 1e6, 7.2e9}) {
        const auto marks = ticks(most, 4);
        EXPECT_GE(marks.back(), most);
        EXPECT_LE(marks.size(), 6U);
    }
}

}  // namespace
}  // namespace duet::report
