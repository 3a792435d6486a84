#include "mappings/formula/functions.h"

#include <chrono>

#include "tests/mappings/formula/support.h"

namespace duet::formula {
namespace {

std::string fault_of(std::string_view text, const TestScope& scope = {}) {
    const std::string result = result_of(text, scope);
    const std::size_t mark = result.find("failed: ");
    return mark == std::string::npos ? result : result.substr(mark + 8);
}

TEST(FormulaGeolocation, DistanceIsMeasuredOnTheMeanSphere) {
    EXPECT_EQ(result_of("ROUND(DISTANCE(GEOLOCATION(37.7899, -122.3969), "
                        "GEOLOCATION(33.37088, -122.61715), 'mi'), 9)"),
              "n305.575608981");
    EXPECT_EQ(
        result_of("ROUND(DISTANCE(GEOLOCATION(0, 0), GEOLOCATION(0, 180), \"km\") / PI(), 3)"),
        "n6371.009");
    EXPECT_EQ(result_of("DISTANCE(GEOLOCATION(90, 0), GEOLOCATION(90, 77), \"km\") < 0.000001"),
              "b1");
    EXPECT_EQ(result_of("DISTANCE(GEOLOCATION(1, 2), GEOLOCATION(1, 2), \"km\")"), "n0");
}

TEST(FormulaGeolocation, FieldsHoldLatitudeAndLongitude) {
    TestScope scope;
    scope.field("Here", FieldType::Geolocation, text("52.5,13.4"))
        .field("There", FieldType::Geolocation, text("52.5, 13.4"))
        .field("Nowhere", FieldType::Geolocation)
        .field("Wrong", FieldType::Geolocation, text("north"))
        .field("Half", FieldType::Number);
    EXPECT_EQ(result_of("DISTANCE(Here, There, \"km\")", scope), "n0");
    EXPECT_EQ(result_of("DISTANCE(IF(ISBLANK(Nowhere), Here, Nowhere), There, \"mi\")", scope),
              "n0");
    EXPECT_EQ(result_of("DISTANCE(Nowhere, There, \"km\")", scope), "");
    EXPECT_EQ(result_of("ISBLANK(GEOLOCATION(NULL, NULL))", scope), "b1");
    EXPECT_EQ(fault_of("DISTANCE(Wrong, There, \"km\")", scope), "an argument is no geolocation.");
    EXPECT_EQ(fault_of("DISTANCE(GEOLOCATION(Half, 1), Here, \"km\")", scope),
              "one of both coordinates is blank.");
    EXPECT_EQ(fault_of("DISTANCE(GEOLOCATION(90.1, 1), Here, \"km\")", scope),
              "there is no such place: latitude -90 to 90, longitude -180 to 180.");
    EXPECT_EQ(fault_of("DISTANCE(Here, There, LOWER(\"YD\"))", scope),
              "the unit is neither \"mi\" nor \"km\".");
}

TEST(FormulaFallbacks, IferrorTakesTheSecondForAnyFailure) {
    TestScope scope;
    scope.field("Day", FieldType::Text, text("2020-02-30"));
    EXPECT_EQ(result_of("IFERROR(DATEVALUE(Day), DATE(2020, 1, 1))", scope), "d2020-01-01");
    EXPECT_EQ(result_of("IFERROR(1 / 4, 1 / 0)"), "n0.25");
    EXPECT_EQ(result_of("IFERROR(IFERROR(1 / 0, SQRT(-1)), 7)"), "n7");
    EXPECT_EQ(result_of("1 + IFERROR(2 + VALUE(\"x\") * 3, 4) * 5"), "n21");
    EXPECT_EQ(result_of("IF(IFERROR(1 / 0 = 1, TRUE), IFERROR(\"a\" & TEXT(1 / 0), \"b\"), \"c\")"),
              "sb");
    EXPECT_EQ(fault_of("IFERROR(1 / 0, VALUE(\"x\"))"), "the text is not a number.");
    EXPECT_EQ(result_of("IFERROR(NULL + 1, 5)"), "");
    EXPECT_EQ(result_of("MAX(1, 2, IFERROR(MAX(8, 1 / 0, 9), 3))"), "n3");
}

TEST(FormulaFallbacks, BlankvalueTakesADivisionByZeroForABlankAndNothingElse) {
    EXPECT_EQ(result_of("BLANKVALUE(1 / 0, 5)"), "n5");
    EXPECT_EQ(result_of("NULLVALUE(2 + 1 / 0, 5)"), "n5");
    EXPECT_EQ(result_of("BLANKVALUE(1 / 4, 5)"), "n0.25");
    EXPECT_EQ(fault_of("BLANKVALUE(SQRT(-1), 5)"),
              "the argument is outside the function's domain.");
    EXPECT_EQ(fault_of("BLANKVALUE(5, 1) / 0"), "the divisor is zero.");
    EXPECT_EQ(result_of("BLANKVALUE(IFERROR(1 / 0, NULL), 5)"), "n5");
}

TEST(FormulaFallbacks, TimersSeeThem) {
    TestScope scope;
    scope.field("Day", FieldType::Date, parse_date("2020-01-31").value())
        .field("Text", FieldType::Text, text("x"));
    const Moment moment = moment_at("2020-03-01T10:00:00Z");
    const auto next = [&](const char* text) {
        const Formula formula = compiled(text, scope);
        const auto found = formula.next_change(scope.inputs(formula), moment);
        return found ? format_instant(*found) : "never";
    };
    EXPECT_EQ(next("IFERROR(VALUE(Text) > 1, TODAY() > Day + 40)"), "2020-03-12T00:00:00.000Z");
    EXPECT_EQ(next("MAX(1, IF(TODAY() > IFERROR(DATEVALUE(Text), Day + 40), 1, 2)) = 1"),
              "2020-03-12T00:00:00.000Z");
    EXPECT_EQ(next("BLANKVALUE(1 / 0, 5) > TODAY() - Day"), "never");
}

TEST(FormulaLists, InNeverFindsNull) {
    TestScope scope;
    scope.field("Stage", FieldType::Picklist, text("Won")).field("Amount", FieldType::Number);
    EXPECT_EQ(result_of("IN(Stage, \"Lost\", \"Won\")", scope), "b1");
    EXPECT_EQ(result_of("IN(2, 1, 2.0)"), "b1");
    EXPECT_EQ(result_of("IN(\"a\", \"A\", \"b\")"), "b0");
    EXPECT_EQ(result_of("IN(Amount, NULL)", scope), "b0");
    EXPECT_EQ(result_of("IN(NULL, 1, NULL)"), "b0");
    EXPECT_EQ(result_of("IN(DATE(2020, 1, 1), NULL, DATE(2020, 1, 1))"), "b1");
}

TEST(FormulaPatterns, LikeKnowsTwoWildcardsAndOneEscape) {
    const auto like = [](const char* text, const char* pattern) {
        TestScope scope;
        scope.field("T", FieldType::Text, duet::text(text))
            .field("P", FieldType::Text, duet::text(pattern));
        return result_of("LIKE(T, P)", scope);
    };
    EXPECT_EQ(like("Howdy", "H%y"), "b1");
    EXPECT_EQ(like("Howdy", "h%y"), "b0");
    EXPECT_EQ(like("Howdy", "H__dy"), "b1");
    EXPECT_EQ(like("Howdy", "H_dy"), "b0");
    EXPECT_EQ(like("a\nb", "a%b"), "b1");
    EXPECT_EQ(like("a\nb", "a_b"), "b1");
    EXPECT_EQ(like("50%", "50\\%"), "b1");
    EXPECT_EQ(like("501", "50\\%"), "b0");
    EXPECT_EQ(like("a.c", "a.c"), "b1");
    EXPECT_EQ(like("abc", "a.c"), "b0");
    EXPECT_EQ(like("[x](y)*", "[x](y)*"), "b1");
    EXPECT_EQ(like("\u00E9\U0001F9F5", "__"), "b1");
    EXPECT_EQ(like("a\\b", "a\\b"), "b1");
}

TEST(FormulaPatterns, RegexKnowsJavasNamesOfClasses) {
    EXPECT_EQ(result_of("REGEX(\"aZ9\", \"\\\\p{Alpha}+\\\\p{Digit}\")"), "b1");
    EXPECT_EQ(result_of("REGEX(\"a-b\", \"[\\\\p{Lower}-]+\")"), "b1");
    EXPECT_EQ(result_of("REGEX(\"a\", \"\\\\P{Alpha}\")"), "b0");
    EXPECT_EQ(result_of("REGEX(\"1\", \"[\\\\P{Alpha}]\")"), "b1");
    EXPECT_EQ(result_of("REGEX(\"\u00E9\", \"\\\\p{L}\")"), "b1");
    EXPECT_EQ(result_of("REGEX(\"a b\", \"a\\\\hb\")"), "b1");
    EXPECT_EQ(result_of("REGEX(\"a\\r\\nb\", \"a\\\\Rb\")"), "b1");
    EXPECT_EQ(result_of("REGEX(\"\\\\p{Alpha}\", \"\\\\Q\\\\p{Alpha}\\\\E\")"), "b1");
    EXPECT_FALSE(errors_of("REGEX(\"a\", \"(?=a)a\")").empty());
    EXPECT_FALSE(errors_of("REGEX(\"a\", \"(a)\\\\1\")").empty());
}

TEST(FormulaTexts, SubstrCountsFromEitherEnd) {
    EXPECT_EQ(result_of("SUBSTR(\"123456\", 2)"), "s23456");
    EXPECT_EQ(result_of("SUBSTR(\"123456\", 0, 2)"), "s12");
    EXPECT_EQ(result_of("SUBSTR(\"123456\", -4, 3)"), "s345");
    EXPECT_EQ(result_of("SUBSTR(\"123456\", -6)"), "s123456");
    EXPECT_EQ(result_of("SUBSTR(\"123456\", -7)"), "");
    EXPECT_EQ(result_of("SUBSTR(\"123456\", 7)"), "");
    EXPECT_EQ(result_of("SUBSTR(\"123456\", 3, -1)"), "");
    EXPECT_EQ(result_of("SUBSTR(\"a\U0001F9F5b\", 4)"), "sb");
}

TEST(FormulaTexts, JsonGivesPlainValuesWithAllTheirDigits) {
    TestScope scope;
    scope
        .field("J", FieldType::Text,
               text("{\"n\": 1.50, \"b\": true, \"z\": null, \"o\": {\"n\": [10, {\"x\": \"y\"}]},"
                    " \"big\": 123456789012345678901234567890, \"n\": 2, \"a b\": \"\\u00e9\"}"))
        .field("Broken", FieldType::Text, text("{\"n\": "))
        .field("Deep", FieldType::Text, text(std::string(900'000, '[')));
    EXPECT_EQ(result_of("JSONVALUE(J, \"n\")", scope), "s1.50");
    EXPECT_EQ(result_of("JSONVALUE(J, \"b\")", scope), "strue");
    EXPECT_EQ(result_of("JSONVALUE(J, \"z\")", scope), "");
    EXPECT_EQ(result_of("JSONVALUE(J, \"o\")", scope), "");
    EXPECT_EQ(result_of("JSONVALUE(J, \"x\")", scope), "");
    EXPECT_EQ(result_of("JSONVALUE(J, \"a b\")", scope), "s\u00E9");
    EXPECT_EQ(result_of("JSONVALUE(J, \"big\")", scope), "s123456789012345678901234567890");
    EXPECT_EQ(result_of("JSONPATHVALUE(J, \"$.o.n[0]\")", scope), "s10");
    EXPECT_EQ(result_of("JSONPATHVALUE(J, \"$.o.n[1].x\")", scope), "sy");
    EXPECT_EQ(result_of("JSONPATHVALUE(J, \"$['a b']\")", scope), "s\u00E9");
    EXPECT_EQ(result_of("JSONPATHVALUE(J, \"$.o.n[2]\")", scope), "");
    EXPECT_EQ(result_of("JSONPATHVALUE(J, \"$.o.x\")", scope), "");
    EXPECT_EQ(fault_of("JSONPATHVALUE(J, \"o.x\")", scope), "the path is not like $.name[0].");
    EXPECT_EQ(fault_of("JSONPATHVALUE(J, \"$.\")", scope), "the path is not like $.name[0].");
    EXPECT_EQ(fault_of("JSONPATHVALUE(J, \"$[1\")", scope), "the path is not like $.name[0].");
    EXPECT_EQ(result_of("JSONVALUE(Broken, \"n\")", scope), "");
    EXPECT_EQ(result_of("JSONPATHVALUE(Deep, \"$[0]\")", scope), "");
}

TEST(FormulaTexts, EncodersOfPages) {
    EXPECT_EQ(result_of("JSENCODE(\"a'b\\\"c\\\\d\")"), "sa\\'b\\\"c\\\\d");
    EXPECT_EQ(result_of("JSINHTMLENCODE(\"<'>\")"), "s&lt;&#39;&gt;");
}

TEST(FormulaTexts, ABlankInstantIsWrittenAsTheProductWritesIt) {
    TestScope scope;
    scope.field("At", FieldType::DateTime).field("Day", FieldType::Date);
    EXPECT_EQ(result_of("TEXT(At)", scope), "sZ");
    EXPECT_EQ(result_of("\"[\" & TEXT(IF(TRUE, At, NOW())) & \"]\"", scope), "s[Z]");
    EXPECT_EQ(result_of("TEXT(Day)", scope), "");
    scope.set("At", parse_instant("2020-01-02T03:04:05Z").value());
    EXPECT_EQ(result_of("TEXT(At)", scope), "s2020-01-02 03:04:05Z");
}

TEST(FormulaNumbers, LargeSmallAndLost) {
    EXPECT_EQ(result_of("EXP(110)"), "n592097202766467000000000000000000000000000000000");
    EXPECT_EQ(result_of("EXP(-100)"), "n0");
    EXPECT_EQ(result_of("EXP(-100) * EXP(100) > 0.999999"), "b1");
    EXPECT_EQ(result_of("MOD(10 ^ 40, 7)"), "n4");
    EXPECT_EQ(result_of("LOG(1000)"), "n3");
    EXPECT_EQ(result_of("FLOOR(LOG(1000000))"), "n6");
    EXPECT_EQ(result_of("1 / 3"), "n0.33333333333333333333333333333333");
    EXPECT_EQ(fault_of("EXP(1000)"), "the number is too large.");
    EXPECT_EQ(fault_of("99999999999999999999 * 99999999999999999999"),
              "the number has more than 38 digits.");
    EXPECT_EQ(fault_of("10 ^ 40 + 1"), "the number has more than 38 digits.");
    EXPECT_EQ(fault_of("10 ^ 300 * 10 ^ 300"), "the number has more than 38 digits.");
    EXPECT_EQ(fault_of("2 ^ 1000000"), "the number has more than 38 digits.");
}

TEST(FormulaFields, AFieldThatCannotBeReadFailsOnlyWhereItIsNeeded) {
    TestScope scope;
    scope.field("A", FieldType::Number, Value{Decimal{1}}).field("B", FieldType::Number);
    const Formula formula = compiled("IF(A > 0, A, B)", scope);
    const Value one{Decimal{1}}, none{Decimal{-1}};
    const auto shown = [&](const Value* a) {
        const std::vector<const Value*> inputs{a, nullptr};
        const auto result = formula.evaluate(inputs, {});
        const Value* value = std::get_if<Value>(&result);
        return value != nullptr ? encode(*value) : std::get<EvalError>(result).message;
    };
    EXPECT_EQ(shown(&one), "n1");
    EXPECT_EQ(shown(&none), "\"B\" at character 14 failed: the field cannot be read.");
}

TEST(FormulaFunctions, EveryFunctionIsInTheTableOnce) {
    for (std::size_t i = 1; i < functions().size(); ++i) {
        EXPECT_LT(functions()[i - 1].name, functions()[i].name);
    }
    for (const Function& function : functions()) {
        EXPECT_EQ(function.form == Form::NeedsOrg, function.reason != nullptr) << function.name;
    }
    EXPECT_GT(functions().size(), 105u);
}

/// Searches that would take the product of both lengths.
TEST(FormulaLimits, HostileTextsAreSearchedInTimeThatGrowsWithTheirLength) {
    TestScope scope;
    scope.field("T", FieldType::Text, text(std::string(900'000, 'a')))
        .field("Needle", FieldType::Text, text(std::string(400'000, 'a') + "b"))
        .field("Wild", FieldType::Text, text("%a%a%a%a%a%a%a%a%a%a%b"))
        .field("Stray", FieldType::Text, text("\x80\x80"));
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(result_of("CONTAINS(T, Needle)", scope), "b0");
    EXPECT_EQ(result_of("FIND(Needle, T)", scope), "n0");
    EXPECT_EQ(result_of("LEN(SUBSTITUTE(T, Needle, \"x\"))", scope), "n900000");
    EXPECT_EQ(result_of("LIKE(T, Wild)", scope), "b0");
    EXPECT_EQ(result_of("REGEX(T, \"(a*)*b\")", scope), "b0");
    EXPECT_EQ(fault_of("REGEX(T, \"(a?){900}a{900}\")", scope),
              "the text is too long for the pattern.");
    EXPECT_EQ(result_of("LEN(RPAD(\"\", 7, Stray))", scope), "n0");
    EXPECT_EQ(result_of("LEN(RPAD(\"x\", 7, Stray))", scope), "n7");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{20});
}

TEST(FormulaLimits, MemoryOfOneEvaluationIsBounded) {
    std::string doubling = "Seed";
    TestScope scope;
    scope.field("Seed", FieldType::Text, text(std::string(1'000, 'x')));
    for (int i = 0; i < 12; ++i) doubling = "SUBSTITUTE(" + doubling + ", \"x\", \"xx\")";
    EXPECT_EQ(fault_of("LEN(" + doubling + ")", scope), "the text is too long.");
    std::string many = "0";
    for (int i = 0; i < 30; ++i) many += " + LEN(LPAD(Seed, 900000, \"y\"))";
    EXPECT_EQ(fault_of(many, scope), "the text is too long.");
    EXPECT_EQ(fault_of("LEN(LPAD(\"a\", 10 ^ 30))"), "the text is too long.");
    EXPECT_EQ(fault_of("LEN(HTMLENCODE(LPAD(\"\", 5) & RPAD(\"<\", 900000, \"<\")))"),
              "the text is too long.");
    EXPECT_EQ(result_of("IFERROR(LEN(LPAD(\"a\", 10 ^ 30)), -1)"), "n-1");
    EXPECT_FALSE(errors_of("REGEX(\"a\", \"((a{1000}){1000}){1000}\")").empty());
    std::string patterns = "REGEX(\"a\", \"a{900}\")";
    for (int i = 0; i < 99; ++i) patterns += " && REGEX(\"a\", \"a{900}\")";
    EXPECT_TRUE(errors_of(patterns).empty());
    const auto errors = errors_of(patterns + " && REGEX(\"a\", \"b\")");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].message, "The formula has more than 100 patterns.");
}

}  // namespace
}  // namespace duet::formula
