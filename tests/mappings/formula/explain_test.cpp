#include <string>

#include "tests/mappings/formula/support.h"

namespace duet::formula {
namespace {

/// One line a part: indentation, text, and what it came to ("-" when it was not needed).
std::string explained(std::string_view text, const TestScope& scope = {}) {
    const Formula formula = compiled(text, scope);
    std::string out;
    for (const PartResult& part : formula.explain(scope.inputs(formula), Moment{})) {
        out += std::string(part.depth, ' ') + part.text;
        if (part.value) {
            out += " = " + encode(*part.value);
        } else if (!part.failure.empty()) {
            out += " ! " + part.failure;
        } else {
            out += part.reached ? " ?" : " -";
        }
        out += "\n";
    }
    return out;
}

TEST(FormulaExplain, EveryPartShowsItsOwnResult) {
    TestScope scope;
    scope.field("Amount", FieldType::Currency, Decimal{250})
        .field("Rate", FieldType::Percent, Decimal{10});
    EXPECT_EQ(explained("1 + Amount * Rate - 3", scope),
              "- = n23\n"
              " + = n26\n"
              "  1 = n1\n"
              "  * = n25\n"
              "   Amount = n250\n"
              "   Rate = n0.1\n"
              " 3 = n3\n");
    EXPECT_EQ(explained("LEFT(\"abc\", 2) & UPPER(\"d\")"),
              "& = sabD\n"
              " LEFT = sab\n"
              "  \"abc\" = sabc\n"
              "  2 = n2\n"
              " UPPER = sD\n"
              "  \"d\" = sd\n");
}

TEST(FormulaExplain, WhatWasNotNeededIsToldApart) {
    EXPECT_EQ(explained("IF(FALSE, 1, IF(TRUE, 2, 3))"),
              "IF = n2\n"
              " FALSE = b0\n"
              " 1 -\n"
              " IF = n2\n"
              "  TRUE = b1\n"
              "  2 = n2\n"
              "  3 -\n");
    EXPECT_EQ(explained("CASE(2, 1, \"a\", 2, \"b\", 3, \"c\", \"d\")"),
              "CASE = sb\n"
              " 2 = n2\n"
              " 1 = n1\n"
              " \"a\" -\n"
              " 2 = n2\n"
              " \"b\" = sb\n"
              " 3 -\n"
              " \"c\" -\n"
              " \"d\" -\n");
    EXPECT_EQ(explained("AND(TRUE, FALSE, TRUE) || FALSE && TRUE"),
              "|| = b0\n"
              " AND = b0\n"
              "  TRUE = b1\n"
              "  FALSE = b0\n"
              "  TRUE -\n"
              " && = b0\n"
              "  FALSE = b0\n"
              "  TRUE -\n");
    EXPECT_EQ(explained("BLANKVALUE(NULL, 4) + NULLVALUE(5, 6)"),
              "+ = n9\n"
              " BLANKVALUE = n4\n"
              "  NULL = \n"
              "  4 = n4\n"
              " NULLVALUE = n5\n"
              "  5 = n5\n"
              "  6 -\n");
    EXPECT_EQ(explained("ISNULL(\"x\")"), "ISNULL = b0\n \"x\" = sx\n");
}

TEST(FormulaExplain, AFailureNamesItsPlaceAndLeavesTheRestOpen) {
    EXPECT_EQ(explained("2 + IF(1 / 0 > 1, 3, 4)"),
              "+ ?\n"
              " 2 = n2\n"
              " IF ?\n"
              "  > ?\n"
              "   / ! the divisor is zero\n"
              "    1 = n1\n"
              "    0 = n0\n"
              "   1 -\n"
              "  3 -\n"
              "  4 -\n");
}

TEST(FormulaExplain, AFailureThatIsCaughtIsShownToo) {
    EXPECT_EQ(explained("IFERROR(SQRT(0 - 4) + 1, 7)"),
              "IFERROR = n7\n"
              " + ?\n"
              "  SQRT ! the argument is outside the function's domain\n"
              "   - = n-4\n"
              "    0 = n0\n"
              "    4 = n4\n"
              "  1 -\n"
              " 7 = n7\n");
}

TEST(FormulaExplain, LongTextsAreCutAndDeepChainsAreBorne) {
    TestScope scope;
    scope.field("T", FieldType::Text, text(std::string(50'000, 'x')));
    std::string chain = "T";
    for (int i = 0; i < 300; ++i) chain += " & T";
    const Formula formula = compiled(chain, scope);
    const auto parts = formula.explain(scope.inputs(formula), Moment{});
    ASSERT_EQ(parts.size(), 601u);
    EXPECT_FALSE(parts.front().value);  // more text than one evaluation may make
    EXPECT_FALSE(parts.back().reached);
    EXPECT_EQ(parts[300].depth, 300u);
    ASSERT_TRUE(parts[300].value);
    EXPECT_EQ(as_text(*parts[300].value)->size(), 1'000u);
}

}  // namespace
}  // namespace duet::formula
