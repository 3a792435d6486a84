#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/connectors/sandbox/soql/world.h"

namespace duet::sandbox::soql {
namespace {

struct RefusedQuery {
    const char* soql;
    const char* code;
    const char* message;  // its end
};

constexpr RefusedQuery kRefusals[] = {
    {"SELECT Id FROM Contact WHERE Score__c = '5'", "INVALID_FIELD",
     "ERROR at Row:1:Column:30\nvalue of filter criterion for field 'Score__c' must be of type "
     "double and should not be enclosed in quotes"},
    {"SELECT Id FROM Contact WHERE LastName = 5", "INVALID_FIELD",
     "value of filter criterion for field 'LastName' must be of type string and should be "
     "enclosed in quotes"},
    {"SELECT Id FROM Contact WHERE CreatedDate > 2018-01-02", "INVALID_FIELD",
     "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not "
     "be enclosed in quotes"},
    {"SELECT Id FROM Contact WHERE Birthdate IN ('2018-01-02')", "INVALID_FIELD",
     "value of filter criterion for field 'Birthdate' must be of type date and should not be "
     "enclosed in quotes"},
    {"SELECT Id FROM Contact WHERE Visits__c = 1.5", "INVALID_FIELD",
     "value of filter criterion for field 'Visits__c' must be of type int and should not be "
     "enclosed in quotes"},
    {"SELECT Id FROM Contact WHERE IsDeleted = 'true'", "INVALID_FIELD",
     "value of filter criterion for field 'IsDeleted' must be of type boolean and should not be "
     "enclosed in quotes"},
    {"SELECT Id FROM Contact WHERE LastName = TODAY", "INVALID_FIELD",
     "value of filter criterion for field 'LastName' must be of type string and should be "
     "enclosed in quotes"},
    {"SELECT Id FROM Contact WHERE Id = '12345'", "INVALID_QUERY_FILTER_OPERATOR",
     "invalid ID field: 12345"},
    {"SELECT Id FROM Contact WHERE Id LIKE '003%'", "INVALID_QUERY_FILTER_OPERATOR",
     "invalid operator on id field"},
    {"SELECT Id FROM Contact WHERE IsDeleted > false", "INVALID_QUERY_FILTER_OPERATOR",
     "invalid operator on boolean field"},
    {"SELECT Id FROM Contact WHERE LastName INCLUDES ('a')", "INVALID_QUERY_FILTER_OPERATOR",
     "invalid operator on string field"},
    {"SELECT Id FROM Account WHERE Description LIKE 'a%'", "INVALID_FIELD",
     "field 'Description' can not be filtered in a query call"},
    {"SELECT Id FROM Account ORDER BY Description", "MALFORMED_QUERY",
     "field 'Description' can not be sorted in a query call"},
    {"SELECT Id FROM Contact WHERE Accounts.Name = 'x'", "INVALID_FIELD",
     "Didn't understand relationship 'Accounts' in field path. If you are attempting to use a "
     "custom relationship, be sure to append the '__r' after the custom relationship name. Please "
     "reference your WSDL or the describe call for the appropriate names."},
    {"SELECT Owner.Parent.Name FROM Contact", "INVALID_FIELD",
     "Didn't understand relationship 'Parent' in field path. If you are attempting to use a "
     "custom relationship, be sure to append the '__r' after the custom relationship name. Please "
     "reference your WSDL or the describe call for the appropriate names."},
    {"SELECT Parent.Parent.Parent.Parent.Parent.Parent.Name FROM Account", "INVALID_FIELD",
     "A field path can follow at most 5 relationships to parents"},
    {"SELECT (SELECT Id FROM Contact) FROM Account", "INVALID_TYPE",
     "Didn't understand relationship 'Contact' in FROM part of query call. If you are attempting "
     "to use a custom relationship, be sure to append the '__r' after the custom relationship "
     "name. Please reference your WSDL or the describe call for the appropriate names."},
    {"SELECT Id, id FROM Contact", "INVALID_FIELD", "duplicate field selected: Id"},
    {"SELECT Id, FIELDS(STANDARD) FROM Contact", "INVALID_FIELD", "duplicate field selected: Id"},
    {"SELECT FIELDS(ALL) FROM Contact LIMIT 201", "MALFORMED_QUERY",
     "The SOQL FIELDS function must have a LIMIT of at most 200"},
    {"SELECT Id FROM Contact OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE",
     "Maximum SOQL offset allowed is 2000"},
    {"SELECT LastName, COUNT(Id) FROM Contact", "MALFORMED_QUERY",
     "Field must be grouped or aggregated: LastName"},
    {"SELECT LastName x FROM Contact", "MALFORMED_QUERY",
     "only aggregate expressions use field aliasing"},
    {"SELECT AVG(LastName) FROM Contact", "MALFORMED_QUERY",
     "field LastName does not support aggregate operator AVG"},
    {"SELECT COUNT(Id) FROM Contact GROUP BY CreatedDate", "MALFORMED_QUERY",
     "field 'CreatedDate' can not be grouped in a query call"},
    {"SELECT COUNT(Id) FROM Contact GROUP BY LastName HAVING Email = 'x'", "MALFORMED_QUERY",
     "Field must be grouped or aggregated: Email"},
    {"SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) OR Name = 'x'",
     "MALFORMED_QUERY",
     "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested "
     "WHERE expressions."},
    {"SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Account)", "MALFORMED_QUERY",
     "The inner and outer selects should not be on the same object type"},
    {"SELECT Id FROM Account WHERE Id IN (SELECT OwnerId FROM Contact)", "MALFORMED_QUERY",
     "The selected field 'OwnerId' in the subquery and the left operand field 'Id' in the where "
     "expression in the outer query should point to the same object type"},
    {"SELECT TYPEOF Owner WHEN User THEN Name END FROM Contact", "MALFORMED_QUERY",
     "This server does not support TYPEOF"},
    {"SELECT FORMAT(Score__c) f FROM Contact", "MALFORMED_QUERY",
     "This server does not support the function FORMAT here"},
    {"SELECT Id FROM Account WHERE AnnualRevenue > USD5", "MALFORMED_QUERY",
     "Currency literals need an organization with several currencies"},
    {"SELECT Id FROM Contact USING SCOPE mine", "MALFORMED_QUERY",
     "This server does not support USING SCOPE mine"},
};

TEST(SoqlRefusals, CarryTheVendorsCodeAndReason) {
    World world;
    for (const RefusedQuery& expected : kRefusals) {
        const auto answer = world.ask(expected.soql);
        EXPECT_EQ(answer.error_code, expected.code) << expected.soql;
        const std::string end = expected.message;
        ASSERT_GE(answer.message.size(), end.size()) << expected.soql << ": " << answer.message;
        EXPECT_EQ(answer.message.substr(answer.message.size() - end.size()), end) << expected.soql;
    }
}

TEST(SoqlRefusals, UnknownFieldShowsItsPlace) {
    World world;
    EXPECT_EQ(
        world.ask("SELECT Id,Nope FROM User").message,
        "\nId,Nope FROM User\n   ^\nERROR at Row:1:Column:11\nNo such column 'Nope' on entity "
        "'User'. If you are attempting to use a custom field, be sure to append the '__c' "
        "after the custom field name. Please reference your WSDL or the describe call for "
        "the appropriate names.");
}

TEST(SoqlRefusals, UnknownObjectShowsItsPlace) {
    World world;
    const auto answer = world.ask("SELECT Count() FROM XYZZY");
    EXPECT_EQ(answer.error_code, "INVALID_TYPE");
    EXPECT_EQ(
        answer.message,
        "\nCount() FROM XYZZY\n             ^\nERROR at Row:1:Column:21\nsObject type 'XYZZY' "
        "is not supported. If you are attempting to use a custom object, be sure to append "
        "the '__c' after the entity name. Please reference your WSDL or the describe call "
        "for the appropriate names.");
}

TEST(SoqlRefusals, BulkTakesNoAggregatesOffsetsSubqueriesOrCompounds) {
    World world;
    for (const char* soql :
         {"SELECT COUNT() FROM Contact", "SELECT COUNT(Id) FROM Contact",
          "SELECT LastName FROM Contact GROUP BY LastName", "SELECT Id FROM Contact OFFSET 1",
          "SELECT TYPEOF Owner WHEN User THEN Name END FROM Contact",
          "SELECT (SELECT Id FROM Contacts) FROM Account", "SELECT BillingAddress FROM Account",
          "SELECT FIELDS(ALL) FROM Contact LIMIT 1"}) {
        EXPECT_EQ(world.ask(soql, false, true).error_code, "FEATURENOTENABLED") << soql;
    }
    EXPECT_EQ(world.ask("SELECT Id, Account.Name FROM Contact LIMIT 1", false, true).message, "");
}

std::vector<std::string> conformance_queries() {
    std::vector<std::string> queries;
    std::ifstream file(DUET_SOURCE_DIR "/tests/conformance/soql/queries.jsonl");
    for (std::string line; std::getline(file, line);) {
        queries.push_back(nlohmann::json::parse(line).at("soql").get<std::string>());
    }
    return queries;
}

// Whatever parses is answered by SQL that SQLite takes, or refused: never a broken statement.
TEST(SoqlRefusals, EveryConformanceQueryIsAnsweredOrRefused) {
    World world;
    int answered = 0;
    for (const std::string& soql : conformance_queries()) {
        const auto answer = world.ask(soql);
        if (answer.error_code.empty()) ++answered;
        EXPECT_EQ(answer.error_code.empty(), answer.message.empty());
    }
    EXPECT_GT(answered, 10);
}

// Queries spliced from pieces of others, with names that the schema has.
TEST(SoqlRefusals, SplicedQueriesAreAnsweredOrRefused) {
    World world;
    const std::vector<std::string> pieces = {
        "SELECT",
        "Id",
        "LastName",
        "Account.Name",
        "Owner.Name",
        "COUNT(Id)",
        "MAX(Score__c)",
        "COUNT()",
        ",",
        "FROM Contact",
        "WHERE",
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "Topics__c",
        "=",
        "!=",
        "<",
        "LIKE 'a%'",
        "IN ('a')",
        "'x'",
        "5",
        "null",
        "TODAY",
        "true",
        "INCLUDES ('R')",
        "Birthdate",
        "Visits__c",
        "GROUP BY",
        "ORDER BY",
        "HAVING",
        "LIMIT 3",
        "OFFSET 1",
        "DESC",
        "LastName",
        "Id",
        "CreatedDate",
        "2018-01-02",
        "AccountId IN (SELECT Id FROM Account WHERE Name = 'x')",
        "CALENDAR_YEAR(CreatedDate)"};
    std::mt19937 random(7);
    const auto piece = [&] { return " " + pieces[random() % pieces.size()]; };
    int answered = 0;
    for (int round = 0; round < 40000; ++round) {
        std::string soql = "SELECT" + piece();
        while (random() % 3 == 0) soql += "," + piece();
        soql += " FROM Contact";
        if (random() % 2 == 0) soql += " WHERE" + piece() + piece() + piece();
        while (random() % 3 == 0) soql += piece();
        const auto answer = world.ask(soql);
        if (answer.error_code.empty()) ++answered;
        ASSERT_EQ(answer.error_code.empty(), answer.message.empty()) << soql;
        ASSERT_FALSE(HasFailure()) << soql;
    }
    EXPECT_GT(answered, 200);
}

}  // namespace
}  // namespace duet::sandbox::soql
