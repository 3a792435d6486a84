#include "daemon/report/charts.h"

#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace duet::report {
namespace {

const Canvas kWide{500, false, "one"};
const Canvas kNarrow{332, true, "two"};

/// The values of an attribute, in order.
std::vector<std::string> all(const std::string& drawing, const std::string& attribute) {
    std::vector<std::string> found;
    const std::string start = " " + attribute + "=\"";
    for (std::size_t at = drawing.find(start); at != std::string::npos;
         at = drawing.find(start, at + 1)) {
        const std::size_t from = at + start.size();
        found.push_back(drawing.substr(from, drawing.find('"', from) - from));
    }
    return found;
}

TEST(BarChart, BarsAreAsLongAsTheirValues) {
    const BarChart chart{{"t", "d"},
                         {"people", "People", Kind::Count, "people"},
                         {"People"},
                         {{"a", {Cell(100.0)}}, {"b", {Cell(25.0)}}, {"c", {Cell()}}}};
    for (const Canvas& canvas : {kWide, kNarrow}) {
        Markup page;
        draw_bars(page, chart, canvas);
        const std::string drawing = page.take();
        const auto widths = all(drawing, "width");  // of the drawing, then of the bars
        ASSERT_EQ(widths.size(), 3U) << "nothing has no bar";
        EXPECT_NEAR(std::stod(widths[1]), 4 * std::stod(widths[2]), 0.05);
        EXPECT_EQ(all(drawing, "data-v"), (std::vector<std::string>{"100", "25"}));
        EXPECT_NE(drawing.find("<title>a: 100 people</title>"), std::string::npos);
        EXPECT_NE(drawing.find("–"), std::string::npos);
    }
}

TEST(FlowChart, BandsMeetTheirNodesWhole) {
    const FlowChart chart{{"t", "d"},
                          {"moves", "Moves", Kind::Count, "moves"},
                          {"a", "b"},
                          {"b", "c"},
                          {{0, 0, 60}, {0, 1, 20}, {1, 1, 20}}};
    Markup page;
    draw_flow(page, chart, kWide);
    const std::string drawing = page.take();
    EXPECT_EQ(all(drawing, "data-v"),
              (std::vector<std::string>{"60", "20", "20", "80", "20", "60", "40"}))
        << "three bands, then the nodes of both sides";
    EXPECT_NE(drawing.find("<title>a to b: 60 moves</title>"), std::string::npos);
}

TEST(LineChart, AMissingDayBreaksTheLine) {
    const LineChart chart{{"t", "d"},
                          {"people", "People", Kind::Count, "people"},
                          {"2018-01-01", "2018-01-02", "2018-01-03", "2018-01-05"},
                          {{"x", {Cell(1.0), Cell(), Cell(2.0), Cell(3.0)}}}};
    Markup page;
    draw_lines(page, chart, kWide);
    const std::string drawing = page.take();
    const auto paths = all(drawing, "d");
    ASSERT_EQ(paths.size(), 1U);
    EXPECT_EQ(std::count(paths[0].begin(), paths[0].end(), 'M'), 2);
    const auto places = all(drawing, "cx");
    ASSERT_EQ(places.size(), 3U);
    EXPECT_NEAR(std::stod(places[2]) - std::stod(places[1]),
                std::stod(places[1]) - std::stod(places[0]), 0.05)
        << "days are as far apart as they are: two and two";
}

TEST(FunnelChart, AStepIsAsWideAsItsPeople) {
    const FunnelChart chart{{"t", "d"},
                            {"people", "People", Kind::Count, "people"},
                            {{"a", 200, "50.0 % went on"}, {"b", 50, ""}}};
    Markup page;
    draw_funnel(page, chart, kNarrow);
    const auto widths = all(page.take(), "width");
    ASSERT_EQ(widths.size(), 3U);
    EXPECT_NEAR(std::stod(widths[1]), 4 * std::stod(widths[2]), 0.05);
}

TEST(Drawing, AnEmptyChartDrawsNothingButItsFrame) {
    Markup page;
    draw_bars(page, {{"t", "d"}, {}, {"x"}, {}}, kWide);
    draw_funnel(page, {{"t", "d"}, {}, {}}, kWide);
    draw_flow(page, {{"t", "d"}, {}, {}, {}, {}}, kWide);
    EXPECT_TRUE(all(page.take(), "data-v").empty());
}

TEST(Drawing, LongNamesAreCutAtACharacter) {
    EXPECT_EQ(fitted("short", 500), "short");
    const std::string cut = fitted("äöüäöüäöüäöüäöüäöü", 80);
    EXPECT_TRUE(cut.ends_with("…"));
    EXPECT_EQ(cut.size() % 2, 1U) << "two bytes each, and three of the dots";
}

}  // namespace
}  // namespace duet::report
