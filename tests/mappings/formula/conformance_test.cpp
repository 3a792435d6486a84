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
    for (const Row& row : rows) {
        unknown += row.known ? 0 : 1;
        contested += row.known && !row.counted ? 1 : 0;
        if (!row.known || !row.counted) continue;
        ++counted;
        passed += row.passed ? 1 : 0;
        EXPECT_EQ(row.passed, excepted.count(row.id) == 0)
            << row.id << "\n  " << row.formula << "\n  got " << row.got << "\n  expected "
            << row.expected;
    }
    std::printf("%zu of %zu rows pass; %zu contested, %zu use functions that Duet lacks\n", passed,
                counted, contested, unknown);
    EXPECT_GE(static_cast<double>(passed), 0.99 * static_cast<double>(counted));
    EXPECT_GE(counted, rows.size() * 9 / 10);  // the runner skips only what it must
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

}  // namespace
}  // namespace duet::formula
