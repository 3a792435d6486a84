#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "connectors/sandbox/soql.h"
#include "connectors/sandbox/soql_tree.h"

namespace duet::sandbox::soql {
namespace {

struct Case {
    std::string id;
    std::string soql;
    bool valid;
    bool contested;
};

std::vector<Case> conformance_cases() {
    std::ifstream file(DUET_SOURCE_DIR "/tests/conformance/soql/queries.jsonl");
    std::vector<Case> cases;
    for (std::string line; std::getline(file, line);) {
        const auto json = nlohmann::json::parse(line);
        cases.push_back(
            {json.at("id"), json.at("soql"), json.at("valid"), json.contains("contested")});
    }
    return cases;
}

Refusal refusal_of(std::string_view text) {
    auto result = parse(text);
    const auto* refusal = std::get_if<Refusal>(&result);
    return refusal == nullptr ? Refusal{} : *refusal;
}

bool parses(std::string_view text) { return std::holds_alternative<QueryPtr>(parse(text)); }

TEST(SoqlConformance, EveryQueryParsesAsLabelled) {
    const std::vector<Case> cases = conformance_cases();
    ASSERT_EQ(cases.size(), 201U);
    for (const Case& item : cases) {
        if (item.contested) continue;
        auto result = parse(item.soql);
        const auto* refusal = std::get_if<Refusal>(&result);
        EXPECT_EQ(refusal == nullptr, item.valid)
            << item.id << ": " << item.soql << (refusal ? refusal->message : "");
        EXPECT_TRUE(refusal == nullptr || refusal->error_code == "MALFORMED_QUERY") << item.id;
    }
}

TEST(SoqlParser, NamesTheTokenThatWasNotExpected) {
    const Refusal refusal = refusal_of("SELECT Id FROM Lead WHERE Name LIK 'x'");
    EXPECT_EQ(refusal.error_code, "MALFORMED_QUERY");
    EXPECT_EQ(refusal.message,
              "\nId FROM Lead WHERE Name LIK 'x'\n                        ^\n"
              "ERROR at Row:1:Column:32\nunexpected token: 'LIK'");
}

TEST(SoqlParser, NamesTheEndWhenTheQueryStopsTooEarly) {
    EXPECT_NE(refusal_of("SELECT Id FROM").message.find("unexpected token: '<EOF>'"),
              std::string::npos);
    EXPECT_NE(refusal_of("").message.find("ERROR at Row:1:Column:1\n"), std::string::npos);
}

TEST(SoqlParser, CountsRowsAndCharactersOfTheLine) {
    EXPECT_EQ(refusal_of("SELECT Id\nFROM Lead\nWHERE Name = 'é' Foo").message,
              "\nWHERE Name = 'é' Foo\n                 ^\nERROR at Row:3:Column:18\n"
              "unexpected token: 'Foo'");
}

TEST(SoqlParser, RefusesAndMixedWithOr) {
    EXPECT_NE(refusal_of("SELECT Id FROM A WHERE B = 1 AND C = 2 OR D = 3")
                  .message.find("unexpected token: 'OR'"),
              std::string::npos);
    EXPECT_TRUE(parses("SELECT Id FROM A WHERE (B = 1 AND C = 2) OR D = 3"));
}

TEST(SoqlParser, RefusesNotBehindAndUnlessInParentheses) {
    EXPECT_FALSE(parses("SELECT Id FROM A WHERE B = 1 AND NOT C = 2"));
    EXPECT_TRUE(parses("SELECT Id FROM A WHERE B = 1 AND (NOT C = 2)"));
    EXPECT_TRUE(parses("SELECT Id FROM A WHERE NOT B = 1 AND C = 2"));
}

TEST(SoqlParser, BoundsStatementsStringsAndNesting) {
    const std::string head = "SELECT Id FROM A WHERE B = '";
    EXPECT_TRUE(parses(head + std::string(4000, 'x') + "'"));
    EXPECT_FALSE(parses(head + std::string(4001, 'x') + "'"));
    EXPECT_FALSE(parses("SELECT Id FROM A" + std::string(100000, ' ')));
    const std::string deep(20000, '(');
    EXPECT_EQ(refusal_of("SELECT Id FROM A WHERE " + deep).error_code, "QUERY_TOO_COMPLICATED");
    std::string nested;
    for (int i = 0; i < 5000; ++i) nested += "SELECT (";
    EXPECT_EQ(refusal_of(nested).error_code, "QUERY_TOO_COMPLICATED");
}

TEST(SoqlParser, UnescapesStringsAndKeepsPatternEscapes) {
    const auto value = [](std::string_view condition) {
        auto result = parse("SELECT Id FROM A WHERE B " + std::string{condition});
        return std::get<QueryPtr>(result)->where->values.at(0).text;
    };
    EXPECT_EQ(value(R"(= 'a\'b\\c\u00e9\n')"), "a'b\\cé\n");
    EXPECT_EQ(value(R"(LIKE 'a\_b\\%')"), R"(a\_b\\%)");
    EXPECT_EQ(value(R"(= '\ud83d\ude00')"), "😀");
    EXPECT_FALSE(parses(R"(SELECT Id FROM A WHERE B = 'a\_b')"));
    EXPECT_FALSE(parses(R"(SELECT Id FROM A WHERE B = '\x')"));
}

TEST(SoqlParser, ReadsConstantsInTheirCanonicalForm) {
    const auto value = [](std::string_view text) {
        auto result = parse("SELECT Id FROM A WHERE B = " + std::string{text});
        return std::get<QueryPtr>(result)->where->values.at(0);
    };
    EXPECT_EQ(value("2018-01-02T03:04:05Z").text, "2018-01-02T03:04:05.000Z");
    EXPECT_EQ(value("2018-01-01T00:30:00.25+01:00").text, "2017-12-31T23:30:00.250Z");
    EXPECT_EQ(value("2018-12-31T23:30:00-0100").text, "2019-01-01T00:30:00.000Z");
    EXPECT_EQ(value("2018-01-02").text, "2018-01-02");
    EXPECT_EQ(value("10:11:12.5Z").text, "10:11:12.500Z");
    EXPECT_EQ(value("last_n_days:7").count, 7);
    EXPECT_EQ(value("usd-5.5").text, "USD-5.5");
    EXPECT_FALSE(parses("SELECT Id FROM A WHERE B = 2018-02-30"));
    EXPECT_FALSE(parses("SELECT Id FROM A WHERE B = LAST_N_DAYS"));
    EXPECT_FALSE(parses("SELECT Id FROM A WHERE B = 5x"));
}

TEST(SoqlParser, TakesRarerClauses) {
    EXPECT_TRUE(parses("SELECT c.Name, a.Name FROM Contact c, c.Account a WHERE a.Name = 'x'"));
    EXPECT_TRUE(parses("select id from order order by name limit 1"));
    EXPECT_TRUE(parses("SELECT Id FROM A WHERE B INCLUDES ('x;y', 'z') FOR VIEW"));
    EXPECT_TRUE(parses("SELECT FIELDS(ALL) FROM A LIMIT 200"));
    EXPECT_TRUE(parses("SELECT Id FROM A WITH NETWORK = 'x' UPDATE TRACKING, VIEWSTAT"));
    EXPECT_TRUE(
        parses("SELECT DAY_ONLY(convertTimezone(B)), COUNT_DISTINCT(C) d FROM A "
               "GROUP BY DAY_ONLY(convertTimezone(B)) HAVING COUNT_DISTINCT(C) > 1"));
    EXPECT_FALSE(parses("SELECT COUNT(), Id FROM A"));
    EXPECT_FALSE(parses("SELECT Id FROM A LIMIT -1"));
    EXPECT_FALSE(parses("SELECT Id FROM A ALL ROWS"));
}

TEST(SoqlParser, SurvivesEveryTruncation) {
    std::size_t refused = 0;
    for (const Case& item : conformance_cases()) {
        for (std::size_t size = 0; size < item.soql.size(); ++size) {
            if (!parses(item.soql.substr(0, size))) ++refused;
        }
    }
    EXPECT_GT(refused, 10000U);
}

TEST(SoqlParser, SurvivesRandomMutations) {
    std::mt19937 random(20180102);
    const auto pick = [&](std::size_t bound) { return random() % bound; };
    const std::string spice = "'\\(),.:<>=!%-0T\n\xC3 ";
    std::size_t refused = 0;
    for (const Case& item : conformance_cases()) {
        for (int round = 0; round < 60; ++round) {
            std::string text = item.soql;
            for (std::size_t edits = 1 + pick(4); edits > 0 && !text.empty(); --edits) {
                const std::size_t at = pick(text.size());
                switch (pick(4)) {
                    case 0:
                        text.erase(at, 1 + pick(6));
                        break;
                    case 1:
                        text.insert(at, 1, spice[pick(spice.size())]);
                        break;
                    case 2:
                        text[at] = static_cast<char>(pick(256));
                        break;
                    default:
                        text.insert(at, text.substr(pick(text.size()), 1 + pick(12)));
                }
            }
            if (!parses(text)) ++refused;
        }
    }
    EXPECT_GT(refused, 1000U);
}

}  // namespace
}  // namespace duet::sandbox::soql
