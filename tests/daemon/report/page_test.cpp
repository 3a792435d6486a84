// The page as text; tests/end_to_end/report opens it in a browser.
#include "daemon/report/page.h"

#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/style.h"
#include "tests/daemon/report/small_report.h"

namespace duet::report {
namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

TEST(ReportPage, ANameCannotBecomeMarkup) {
    const std::string page = html_page(small_report());
    EXPECT_EQ(count_of(page, "<script"), 1U) << "the data block alone";
    EXPECT_EQ(count_of(page, "</script"), 1U);
    EXPECT_GT(count_of(page, "&lt;script&gt;alert(1)&lt;/script&gt;"), 1U);
}

TEST(ReportPage, HoldsTheReportAsItIs) {
    const Report report = small_report();
    const std::string page = html_page(report);
    const std::string start = "<script type=\"application/json\" id=\"report\">";
    const std::size_t from = page.find(start) + start.size();
    ASSERT_NE(page.find(start), std::string::npos);
    const auto form = nlohmann::json::parse(page.substr(from, page.find("</script>") - from));
    EXPECT_EQ(form, to_json(report));
}

TEST(ReportPage, AsksNobodyForAnything) {
    const std::string page = html_page(small_report());
    for (const char* way :
         {"http:", "https:", "//", " src=", " href=", "url(", "@import", " style=", " onclick="})
        EXPECT_EQ(count_of(page, way), 0U) << way;
    EXPECT_EQ(count_of(page, "default-src &#39;none&#39;; style-src &#39;" +
                                 std::string(style_digest()) + "&#39;"),
              1U);
}

TEST(ReportPage, IdsAreThereOnce) {
    const std::string page = html_page(small_report());
    const std::regex id(" id=\"([^\"]+)\"");
    std::vector<std::string> seen;
    for (std::sregex_iterator at(page.begin(), page.end(), id), end; at != end; ++at) {
        EXPECT_EQ(std::count(seen.begin(), seen.end(), (*at)[1]), 0) << (*at)[1];
        seen.push_back((*at)[1]);
    }
    EXPECT_GT(seen.size(), 10U);
}

TEST(ReportPage, SaysAsOfWhenInWhichZoneAndThatNobodyIsNamed) {
    const std::string page = html_page(small_report());
    EXPECT_EQ(count_of(page, "As of 2018-01-09 09:00 UTC; days are those of Europe/Helsinki"), 1U);
    EXPECT_EQ(count_of(page, "last read at 2018-01-09 08:55 UTC"), 1U);
    EXPECT_EQ(count_of(page, "no names or addresses of people"), 1U);
    EXPECT_EQ(count_of(page, "A note &amp; more."), 1U);
}

TEST(ReportPage, LeavesOutWhatTheReportHasNot) {
    Report report = small_report();
    report.tables.clear();
    report.figures.clear();
    const std::string page = html_page(report);
    EXPECT_EQ(count_of(page, "<svg"), 0U);
    EXPECT_EQ(count_of(page, "<table"), 0U);
    EXPECT_EQ(count_of(page, "id=\"report\""), 1U);
}

TEST(ReportPage, AStageWithoutAnybodyAndAListWithoutADayDrawWithoutFault) {
    Report report = small_report();
    for (Table& table : report.tables) table.rows.clear();
    report.tables.push_back({"list_sizes",
                             "Lists over time",
                             "",
                             {{"day", "Day", Kind::Date}, {"list", "List"}, {"people", "People"}}});
    report.tables.push_back({"lists", "Lists", "", {{"list", "List"}, {"people", "People"}}});
    EXPECT_EQ(count_of(html_page(report), "nan"), 0U);
    EXPECT_EQ(count_of(html_page(report), "inf"), 0U);
}

}  // namespace
}  // namespace duet::report
