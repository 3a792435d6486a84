#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/connectors/sandbox/soql/world.h"

namespace duet::sandbox::soql {
namespace {

using Rows = std::vector<std::string>;

class SoqlAggregates : public testing::Test {
protected:
    SoqlAggregates() {
        const std::string account = test_id("001", 1);
        world_.insert("Account",
                      {{"Id", account}, {"IsDeleted", std::int64_t{0}}, {"Name", "Acme"}});
        add("Ann", std::int64_t{3}, 1.5, "2018-01-05", account);
        add("ann", std::int64_t{4}, {}, "2018-02-05", account);
        add("Bob", {}, 10.0, "2018-02-06", {});
        add("Cy", std::int64_t{5}, {}, "2017-12-31", {});
    }
    void add(const std::string& name, Cell visits, Cell score, const std::string& day,
             Cell account) {
        world_.insert("Contact", {{"Id", test_id("003", ++count_)},
                                  {"IsDeleted", std::int64_t{0}},
                                  {"LastName", name},
                                  {"AccountId", account},
                                  {"Visits__c", visits},
                                  {"Score__c", score},
                                  {"Birthdate", day},
                                  {"CreatedDate", day + "T10:00:00.000Z"}});
    }
    Rows rows(std::string_view soql) {
        const auto answer = world_.ask(soql);
        EXPECT_EQ(answer.message, "") << soql;
        EXPECT_TRUE(answer.translation.aggregate);
        EXPECT_EQ(answer.translation.id_column, -1);
        EXPECT_EQ(answer.count, static_cast<std::int64_t>(answer.rows.size()));
        return answer.rows;
    }
    World world_;
    int count_ = 0;
};

TEST_F(SoqlAggregates, OneRowWithoutGroups) {
    EXPECT_EQ(rows("SELECT COUNT(Id), COUNT(Visits__c) v, SUM(Visits__c), AVG(Score__c), "
                   "MIN(Birthdate), MAX(LastName) FROM Contact"),
              (Rows{"4|3|12|5.75|2017-12-31|Cy"}));
    EXPECT_EQ(rows("SELECT SUM(Visits__c), COUNT(Id) FROM Contact WHERE LastName = 'nobody'"),
              (Rows{"~|0"}));
}

TEST_F(SoqlAggregates, NamesAreAliasesOwnNamesOrNumbers) {
    const auto answer = world_.ask(
        "SELECT Account.Name, COUNT(Id), SUM(Visits__c) total, MAX(Score__c) FROM Contact "
        "GROUP BY Account.Name");
    Rows names;
    Rows types;
    for (const Column& column : answer.translation.columns) {
        names.push_back(column.path.at(0));
        types.push_back(column.type);
    }
    EXPECT_EQ(names, (Rows{"Name", "expr0", "total", "expr1"}));
    EXPECT_EQ(types, (Rows{"string", "int", "int", "double"}));
    EXPECT_EQ(answer.rows, (Rows{"~|2|5|10", "Acme|2|7|1.5"}));
}

TEST_F(SoqlAggregates, GroupsIgnoreCase) {
    EXPECT_EQ(rows("SELECT LastName, COUNT(Id) FROM Contact GROUP BY LastName ORDER BY COUNT(Id) "
                   "DESC, LastName DESC"),
              (Rows{"Ann|2", "Cy|1", "Bob|1"}));
    EXPECT_EQ(rows("SELECT COUNT_DISTINCT(LastName) FROM Contact"), (Rows{"3"}));
}

TEST_F(SoqlAggregates, HavingFiltersGroups) {
    EXPECT_EQ(rows("SELECT LastName FROM Contact GROUP BY LastName HAVING COUNT(Id) > 1"),
              (Rows{"Ann"}));
    EXPECT_EQ(
        rows("SELECT LastName n FROM Contact GROUP BY LastName HAVING (NOT LastName LIKE 'A%') "
             "AND SUM(Visits__c) != 5"),
        (Rows{"Bob"}));
}

TEST_F(SoqlAggregates, DateFunctionsGroupAndFilter) {
    EXPECT_EQ(rows("SELECT CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate) m, COUNT(Id) "
                   "FROM Contact GROUP BY CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate)"),
              (Rows{"2017|12|1", "2018|1|1", "2018|2|2"}));
    const auto one = [&](const std::string& condition) {
        return rows("SELECT COUNT(Id) FROM Contact WHERE " + condition).at(0);
    };
    EXPECT_EQ(one("DAY_ONLY(CreatedDate) = 2018-02-05"), "1");
    EXPECT_EQ(one("HOUR_IN_DAY(convertTimezone(CreatedDate)) = 10"), "4");
    EXPECT_EQ(one("CALENDAR_QUARTER(Birthdate) = 4"), "1");
    EXPECT_EQ(one("DAY_IN_WEEK(Birthdate) = 1"), "1");
    EXPECT_EQ(one("DAY_IN_YEAR(Birthdate) = 365"), "1");
    EXPECT_EQ(one("WEEK_IN_YEAR(Birthdate) = 1"), "1");
    EXPECT_EQ(one("WEEK_IN_MONTH(Birthdate) = 5"), "1");
    EXPECT_EQ(one("DAY_IN_MONTH(Birthdate) < 6"), "2");
}

}  // namespace
}  // namespace duet::sandbox::soql
