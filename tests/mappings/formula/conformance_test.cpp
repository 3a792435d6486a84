#include <cstdio>

#include "mappings/formula/parser.h"
#include "tests/mappings/formula/vectors.h"

namespace duet::formula {
namespace {

TEST(FormulaConformance, AgreesWithEveryVectorButTheListedExceptions) {
    const auto rows = run_vectors();
    const auto excepted = exceptions();
    ASSERT_GT(rows.size(), 9'000u);
    std::size_t counted = 0, passed = 0, unknown = 0, contested = 0;
    for (const VectorResult& row : rows) {
        const bool known = row.state != VectorState::Skipped;
        unknown += known ? 0 : 1;
        contested += known && row.disputed ? 1 : 0;
        if (!known || row.disputed) continue;
        ++counted;
        const bool as_expected = row.state == VectorState::Passed;
        passed += as_expected ? 1 : 0;
        EXPECT_EQ(as_expected, excepted.count(row.id) == 0)
            << row.id << "\n  " << row.formula << "\n  got " << row.got << "\n  expected "
            << row.expected;
    }
    std::printf("%zu of %zu rows pass; %zu contested, %zu use functions that Duet lacks\n", passed,
                counted, contested, unknown);
    EXPECT_GE(static_cast<double>(passed), 0.99 * static_cast<double>(counted));
    EXPECT_GE(counted, rows.size() * 9 / 10);
    EXPECT_EQ(unknown, 0u) << "a function of the vectors is missing";
}

TEST(FormulaConformance, ParsesAsTheReferenceDoes) {
    const auto rows = parse_vectors();
    ASSERT_EQ(rows.size(), 78u);
    for (const auto& [text, expected] : rows) {
        const auto parsed = parse(text, Options{});
        ASSERT_TRUE(std::holds_alternative<Tree>(parsed)) << text;
        EXPECT_EQ(to_expression(std::get<Tree>(parsed)), expected);
    }
}

/// Guards the comparison itself: these pairs must count as different.
TEST(FormulaConformance, ComparisonTellsDifferentResultsApart) {
    const auto number = [](const char* digits) { return Value{Decimal::parse(digits).value()}; };
    const std::pair<Value, Value> different[] = {
        {number("1"), number("1.00000000001")},
        {number("0"), Value{}},
        {number("0"), number("0.0000000000000001")},
        {number("1"), number("-1")},
        {number("1"), text("1")},
        {text("a"), text("A")},
        {text("a b"), text("a  b")},
        {text("a"), Value{}},
        {Value{true}, Value{false}},
        {Value{true}, Value{}},
        {Value{parse_date("2020-01-01").value()}, Value{parse_date("2020-01-02").value()}},
        {Value{parse_date("2020-01-01").value()},
         Value{parse_instant("2020-01-01T00:00:00Z").value()}},
    };
    for (const auto& [a, b] : different) {
        EXPECT_FALSE(same_result(a, b, true)) << encode(a) << " and " << encode(b);
        EXPECT_FALSE(same_result(b, a, false)) << encode(b) << " and " << encode(a);
    }
    EXPECT_FALSE(same_result(Value{false}, Value{}, false));
    EXPECT_TRUE(same_result(Value{false}, Value{}, true));
    EXPECT_TRUE(same_result(text(" a "), text("a"), false));
    EXPECT_TRUE(same_result(number("0.33333333333333"), number("0.333333333333330000001"), false));
}

/// What cannot be run must never look like a pass.
TEST(FormulaConformance, AVectorThatCannotBeRunFails) {
    const auto no_zone = [](std::string_view, DateTime) -> std::optional<std::chrono::minutes> {
        return std::nullopt;
    };
    const std::string head =
        R"({"id":"x","source":"mine","mode":"nullAsBlank","returnType":"number",)";
    const std::string_view broken[] = {"", "{", "[]", R"({"id":"x"})"};
    for (const std::string_view line : broken) {
        EXPECT_EQ(run_vector(line, no_zone).state, VectorState::Failed) << line;
    }
    const auto run = [&](const std::string& rest) { return run_vector(head + rest, no_zone); };
    EXPECT_EQ(run(R"("formula":"1","inputs":[],"expectedType":"number","expected":"1"})").state,
              VectorState::Passed);
    EXPECT_EQ(run(R"("formula":"1","inputs":[],"expectedType":"number","expected":"2"})").state,
              VectorState::Failed);
    EXPECT_EQ(run(R"("formula":"1","inputs":[]})").state, VectorState::Failed);
    EXPECT_EQ(run(R"("formula":"1","inputs":[],"error":{}})").state, VectorState::Failed);
    EXPECT_EQ(run(R"("formula":"1/0","inputs":[],"error":{}})").state, VectorState::Passed);
    EXPECT_EQ(run(R"("formula":"1/0","inputs":[],"expectedType":"number","expectedFormula":"1/0"})")
                  .state,
              VectorState::Failed);
    EXPECT_EQ(run(R"("formula":"1","inputs":[],"timezone":"Nowhere","expectedType":"number",)"
                  R"("expected":"1"})")
                  .state,
              VectorState::Failed);
    EXPECT_EQ(run(R"~("formula":"NOSUCH(1)","inputs":[],"error":{}})~").state,
              VectorState::Skipped);
}

TEST(FormulaConformance, AZoneHasTheOffsetOfTheSeasonThatAnInstantIsIn) {
    const auto berlin = [](std::string_view, DateTime at) -> std::optional<std::chrono::minutes> {
        const bool summer = at >= parse_instant("2018-03-25T01:00:00Z").value() &&
                            at < parse_instant("2018-10-28T01:00:00Z").value();
        return std::chrono::hours{summer ? 2 : 1};
    };
    const auto run = [&](const std::string& instant, const std::string& day) {
        return run_vector(R"~({"id":"x","source":"mine","mode":"nullAsBlank","returnType":"date",)~"
                          R"~("inputs":[],"timezone":"Europe/Berlin","expectedType":"date",)~"
                          R"~("formula":"DATEVALUE(DATETIMEVALUE(')~" +
                              instant + R"~('))","expected":")~" + day + "\"}",
                          berlin)
            .got;
    };
    EXPECT_EQ(run("2018-07-01 22:30:00", "2018-07-02"), "2018-07-02");
    EXPECT_EQ(run("2018-12-01 22:30:00", "2018-12-01"), "2018-12-01");
}

}  // namespace
}  // namespace duet::formula
