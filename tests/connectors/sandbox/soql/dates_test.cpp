#include <string>

#include <gtest/gtest.h>

#include "connectors/sandbox/soql_dates.h"
#include "tests/connectors/sandbox/soql/world.h"

namespace duet::sandbox::soql {
namespace {

struct Expected {
    const char* word;
    std::int64_t count;
    const char* start;
    const char* end;
};

// Seen on Wednesday 2018-03-14; the week began on Sunday the 11th.
constexpr Expected kRanges[] = {
    {"YESTERDAY", 0, "2018-03-13", "2018-03-14"},
    {"TODAY", 0, "2018-03-14", "2018-03-15"},
    {"TOMORROW", 0, "2018-03-15", "2018-03-16"},
    {"LAST_90_DAYS", 0, "2017-12-14", "2018-03-15"},
    {"NEXT_90_DAYS", 0, "2018-03-15", "2018-06-13"},
    {"LAST_N_DAYS", 1, "2018-03-13", "2018-03-15"},
    {"LAST_N_DAYS", 0, "2018-03-14", "2018-03-15"},
    {"NEXT_N_DAYS", 2, "2018-03-15", "2018-03-17"},
    {"N_DAYS_AGO", 14, "2018-02-28", "2018-03-01"},
    {"LAST_WEEK", 0, "2018-03-04", "2018-03-11"},
    {"THIS_WEEK", 0, "2018-03-11", "2018-03-18"},
    {"NEXT_WEEK", 0, "2018-03-18", "2018-03-25"},
    {"LAST_N_WEEKS", 2, "2018-02-25", "2018-03-11"},
    {"NEXT_N_WEEKS", 2, "2018-03-18", "2018-04-01"},
    {"N_WEEKS_AGO", 2, "2018-02-25", "2018-03-04"},
    {"LAST_MONTH", 0, "2018-02-01", "2018-03-01"},
    {"THIS_MONTH", 0, "2018-03-01", "2018-04-01"},
    {"NEXT_MONTH", 0, "2018-04-01", "2018-05-01"},
    {"LAST_N_MONTHS", 3, "2017-12-01", "2018-03-01"},
    {"NEXT_N_MONTHS", 10, "2018-04-01", "2019-02-01"},
    {"N_MONTHS_AGO", 3, "2017-12-01", "2018-01-01"},
    {"LAST_QUARTER", 0, "2017-10-01", "2018-01-01"},
    {"THIS_QUARTER", 0, "2018-01-01", "2018-04-01"},
    {"NEXT_QUARTER", 0, "2018-04-01", "2018-07-01"},
    {"LAST_N_QUARTERS", 2, "2017-07-01", "2018-01-01"},
    {"NEXT_N_QUARTERS", 2, "2018-04-01", "2018-10-01"},
    {"N_QUARTERS_AGO", 2, "2017-07-01", "2017-10-01"},
    {"LAST_YEAR", 0, "2017-01-01", "2018-01-01"},
    {"THIS_YEAR", 0, "2018-01-01", "2019-01-01"},
    {"NEXT_YEAR", 0, "2019-01-01", "2020-01-01"},
    {"LAST_N_YEARS", 2, "2016-01-01", "2018-01-01"},
    {"NEXT_N_YEARS", 2, "2019-01-01", "2021-01-01"},
    {"N_YEARS_AGO", 2, "2016-01-01", "2017-01-01"},
    {"LAST_FISCAL_QUARTER", 0, "2017-10-01", "2018-01-01"},
    {"THIS_FISCAL_QUARTER", 0, "2018-01-01", "2018-04-01"},
    {"NEXT_FISCAL_QUARTER", 0, "2018-04-01", "2018-07-01"},
    {"LAST_N_FISCAL_QUARTERS", 1, "2017-10-01", "2018-01-01"},
    {"NEXT_N_FISCAL_QUARTERS", 1, "2018-04-01", "2018-07-01"},
    {"N_FISCAL_QUARTERS_AGO", 1, "2017-10-01", "2018-01-01"},
    {"LAST_FISCAL_YEAR", 0, "2017-01-01", "2018-01-01"},
    {"THIS_FISCAL_YEAR", 0, "2018-01-01", "2019-01-01"},
    {"NEXT_FISCAL_YEAR", 0, "2019-01-01", "2020-01-01"},
    {"LAST_N_FISCAL_YEARS", 1, "2017-01-01", "2018-01-01"},
    {"NEXT_N_FISCAL_YEARS", 1, "2019-01-01", "2020-01-01"},
    {"N_FISCAL_YEARS_AGO", 1, "2017-01-01", "2018-01-01"},
};

TEST(SoqlDates, EveryRelativeLiteralNamesItsDays) {
    for (const Expected& expected : kRanges) {
        const auto range = day_range(expected.word, expected.count, World::kNow);
        ASSERT_TRUE(range) << expected.word;
        EXPECT_EQ(range->start, expected.start) << expected.word << ":" << expected.count;
        EXPECT_EQ(range->end, expected.end) << expected.word << ":" << expected.count;
    }
}

TEST(SoqlDates, WeeksBeginOnSundayItself) {
    EXPECT_EQ(day_range("THIS_WEEK", 0, "2018-03-11T00:00:00.000Z")->start, "2018-03-11");
    EXPECT_EQ(day_range("THIS_WEEK", 0, "2018-03-10T23:59:59.000Z")->start, "2018-03-04");
}

TEST(SoqlDates, RangesBeyondTheCalendarAreNothing) {
    EXPECT_FALSE(day_range("LAST_N_YEARS", 2018, World::kNow));
    EXPECT_FALSE(day_range("NEXT_N_DAYS", 999999999, World::kNow));
    EXPECT_EQ(date_word("FISCAL_TODAY"), DateWord::kNone);
    EXPECT_EQ(date_word("LAST_N_DAYS"), DateWord::kCounted);
}

// The days around the range, seen through SQLite for a date and a datetime field.
TEST(SoqlDates, OperatorsCompareWithTheEdgesOfTheRange) {
    World world;
    int number = 0;
    for (const char* day : {"2018-02-28", "2018-03-01", "2018-03-31", "2018-04-01"}) {
        world.insert("Contact", {{"Id", test_id("003", ++number)},
                                 {"IsDeleted", std::int64_t{0}},
                                 {"LastName", std::string{day}.substr(5)},
                                 {"Birthdate", std::string{day}},
                                 {"CreatedDate", std::string{day} + "T23:59:59.000Z"}});
    }
    const auto names = [&](const std::string& condition) {
        std::string out;
        const auto answer = world.ask("SELECT LastName FROM Contact WHERE " + condition);
        EXPECT_EQ(answer.message, "");
        for (const std::string& row : answer.rows) out += row + " ";
        return out;
    };
    for (const std::string field : {"Birthdate", "CreatedDate"}) {
        EXPECT_EQ(names(field + " = THIS_MONTH"), "03-01 03-31 ");
        EXPECT_EQ(names(field + " != THIS_MONTH"), "02-28 04-01 ");
        EXPECT_EQ(names(field + " < THIS_MONTH"), "02-28 ");
        EXPECT_EQ(names(field + " <= THIS_MONTH"), "02-28 03-01 03-31 ");
        EXPECT_EQ(names(field + " > THIS_MONTH"), "04-01 ");
        EXPECT_EQ(names(field + " >= THIS_MONTH"), "03-01 03-31 04-01 ");
        EXPECT_EQ(names(field + " IN (LAST_MONTH, NEXT_MONTH)"), "02-28 04-01 ");
    }
}

}  // namespace
}  // namespace duet::sandbox::soql
