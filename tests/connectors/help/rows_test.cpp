#include "connectors/rows.h"

#include <gtest/gtest.h>

#include "connectors/window.h"

namespace duet {
namespace {

const std::vector<Column> kColumns{{"N", FieldType::Number}, {"T", FieldType::Text}};
constexpr PageShape kShape{"records", "next", "total"};

Fields only_row(std::string_view row) {
    auto page = parse_page("{\"records\":[" + std::string(row) + "]}", kColumns, kShape);
    EXPECT_TRUE(page) << page.error().message;
    return page && page->rows.size() == 1 && page->rows[0] ? *page->rows[0] : Fields{};
}

TEST(Rows, TextsThatLookLikeSomethingElseStayTexts) {
    for (const char* look : {"NA", "null", "None", "NaN", "1e5", "007", "0.0", "true"}) {
        EXPECT_EQ(only_row("{\"T\":\"" + std::string(look) + "\"}").get("T"), text(look));
    }
}

TEST(Rows, NulBytesStayWhereTheyAre) {
    EXPECT_EQ(only_row(R"({"T":"a\u0000b"})").get("T"), text(std::string("a\0b", 3)));
    std::string json;
    append_json(json, text(std::string("a\0b", 3)));
    EXPECT_EQ(json, R"("a\u0000b")");
}

TEST(Rows, NumbersKeepEveryDigit) {
    EXPECT_EQ(display(only_row(R"({"N":12345678901234567890.12345})").get("N")),
              "12345678901234567890.12345");
    EXPECT_EQ(display(only_row(R"({"N": 1e2 , "T":"x"})").get("N")), "100");
    EXPECT_EQ(display(only_row(R"({"T":42})").get("T")), "42");
}

TEST(Rows, NullIsBlankAndWhatIsNotSentIsAbsent) {
    const Fields row = only_row(R"({"N":null,"Other":{"a":[1,{"b":2}]}})");
    ASSERT_NE(row.find("N"), nullptr);
    EXPECT_TRUE(is_blank(row.get("N")));
    EXPECT_EQ(row.find("T"), nullptr);
    EXPECT_EQ(row.find("Other"), nullptr);
}

TEST(Rows, AnAnswerThatIsCutAnywhereIsRefused) {
    const std::string whole = R"({"total":2,"records":[{"N":1,"T":"a\"b"},null],"next":"x"})";
    ASSERT_TRUE(parse_page(whole, kColumns, kShape));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(parse_page(whole.substr(0, size), kColumns, kShape)) << size;
    }
    EXPECT_FALSE(parse_page(whole + "{}", kColumns, kShape));
    EXPECT_FALSE(parse_page("{\"values\":[]}", kColumns, kShape));
    EXPECT_FALSE(parse_page("<html>", kColumns, kShape));
}

TEST(Rows, WritingKeepsDigitsAndSpellsInstantsInUtc) {
    std::string json;
    append_json(json, Value{*Decimal::parse("0.10")});
    append_json(json, Value{*parse_instant("2018-01-02T03:04:05.678Z")}, true);
    append_json(json, text("a\"\xff"));
    EXPECT_EQ(json, "0.1\"2018-01-02T03:04:05Z\"\"a\\\"\xef\xbf\xbd\"");
}

TEST(Window, BeginsAnOverlapBeforeTheMarkButNeverBelowTheFloor) {
    const DateTime mark = *parse_instant("2018-01-01T00:10:00Z");
    EXPECT_FALSE(start_of({}, std::chrono::seconds{60}).at);
    EXPECT_EQ(start_of({mark, {}}, std::chrono::seconds{60}).at, mark - std::chrono::seconds{60});
    const Start above = start_of({mark, mark - std::chrono::seconds{5}}, std::chrono::seconds{60});
    EXPECT_EQ(above.at, mark - std::chrono::seconds{5});
    EXPECT_TRUE(above.exclusive);
}

TEST(Window, SettlesOnlyWhenAWholeReadBeganAnOverlapAfterTheMarkWasReached) {
    using std::chrono::seconds;
    const Settling::Steady t0{std::chrono::hours{1}};
    const Covered covered{parse_instant("2018-01-01T00:10:00Z"), {}};
    Settling settling;
    EXPECT_FALSE(settling.after_read("o", covered, t0, t0 + seconds{10}, seconds{60}).floor);
    EXPECT_FALSE(
        settling.after_read("o", covered, t0 + seconds{69}, t0 + seconds{99}, seconds{60}).floor);
    EXPECT_EQ(
        settling.after_read("o", covered, t0 + seconds{70}, t0 + seconds{99}, seconds{60}).floor,
        covered.mark);
    const Covered newer{parse_instant("2018-01-01T00:11:00Z"), {}};
    EXPECT_FALSE(
        settling.after_read("o", newer, t0 + seconds{500}, t0 + seconds{500}, seconds{60}).floor);
}

}  // namespace
}  // namespace duet
