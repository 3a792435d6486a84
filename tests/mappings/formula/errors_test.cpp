#include "tests/mappings/formula/support.h"

namespace duet::formula {
namespace {

TestScope account() {
    TestScope scope;
    scope.field("Amount", FieldType::Currency)
        .field("Name", FieldType::Text)
        .field("CloseDate", FieldType::Date)
        .field("CreatedDate", FieldType::DateTime)
        .field("IsWon", FieldType::Boolean)
        .field("Industry", FieldType::Picklist, {}, {"Banking", "Energy"})
        .field("Interests__c", FieldType::MultiPicklist, {}, {"Golf", "Chess"})
        .field("Account.Name", FieldType::Text)
        .field("Mystery", std::nullopt);
    return scope;
}

struct Case {
    const char* text;
    std::size_t offset;
    std::size_t length;
    const char* message;
};

class FormulaErrors : public testing::TestWithParam<Case> {};

TEST_P(FormulaErrors, NamePlaceAndMend) {
    const Case& wanted = GetParam();
    const auto errors = errors_of(wanted.text, account());
    ASSERT_EQ(errors.size(), 1u) << wanted.text;
    EXPECT_EQ(errors[0].message, wanted.message) << wanted.text;
    EXPECT_EQ(errors[0].offset, wanted.offset) << wanted.text;
    EXPECT_EQ(errors[0].length, wanted.length) << wanted.text;
}

INSTANTIATE_TEST_SUITE_P(
    All, FormulaErrors,
    testing::Values(
        Case{"", 0, 1, "The formula is empty."},
        Case{"  /* nothing */ ", 16, 1, "The formula is empty."},
        Case{"1 +", 3, 1, "Expected a value, but the formula ends here."},
        Case{"1 2", 2, 1, "Expected an operator before \"2\"."},
        Case{"(1", 2, 1,
             "Expected \")\" for the \"(\" at character 1, but found the end of the formula."},
        Case{"1 + (2 * (3 - 1)", 16, 1,
             "Expected \")\" for the \"(\" at character 5, but found the end of the formula."},
        Case{"(1))", 3, 1, "There is no \"(\" for this \")\"."},
        Case{"1, 2", 1, 1, "Expected an operator or the end of the formula, but found \",\"."},
        Case{
            "IF(IsWon; 1; 2)", 8, 1,
            "Expected \",\" or \")\" in IF(), but found \";\". Arguments are separated by commas."},
        Case{"IF(IsWon, 1 2)", 12, 1, "Expected \",\" or \")\" in IF(), but found \"2\"."},
        Case{"IF(IsWon, 1,)", 12, 1, "Expected a value, but found \")\"."},
        Case{"IsWon AND IsWon", 6, 3,
             "Expected an operator before \"AND\". Write a && b, or AND(a, b)."},
        Case{
            "(IsWon or IsWon)", 7, 2,
            "Expected \")\" for the \"(\" at character 1, but found \"or\". Write a || b, or OR(a, "
            "b)."},
        Case{"IsWon THEN 1", 6, 4,
             "Expected an operator before \"THEN\". Write IF(condition, result, other result)."},
        Case{"Amount => 5", 8, 1, "Expected a value, but found \">\". Write >= for \"at least\"."},
        Case{"Amount =< 5", 8, 1, "Expected a value, but found \"<\". Write <= for \"at most\"."},
        Case{"IsWon | IsWon", 6, 1, "Write || for \"or\"."},
        Case{"Amount * 50%", 11, 1, "Write a percentage as a fraction: 0.5 for 50 %."},
        Case{"Amount ? 1", 7, 1, "The character \"?\" means nothing here."},
        Case{"\u00E9", 0, 2, "The character \"\u00E9\" means nothing here."},
        Case{"Account.Nmae", 0, 12,
             "There is no field \"Account.Nmae\". Did you mean \"Account.Name\"?"},
        Case{"Acount.Name", 0, 11,
             "There is no field \"Acount.Name\". Did you mean \"Account.Name\"?"},
        Case{"Xyzzy.Plugh", 0, 11, "There is no field \"Xyzzy.Plugh\"."},
        Case{"today(", 6, 1, "Expected a value, but the formula ends here."},
        Case{"adddays(CloseDate, 1)", 0, 7, "There is no function \"adddays\"."},
        Case{"ADMONTHS(CloseDate, 1)", 0, 8,
             "There is no function \"ADMONTHS\". Did you mean \"ADDMONTHS\"?"},
        Case{"PRIORVALUE(Name)", 0, 10,
             "PRIORVALUE() needs the record's earlier values, which only a Salesforce org has: it "
             "cannot be used here."},
        Case{"CURRENCYRATE(\"EUR\")", 0, 12,
             "CURRENCYRATE() needs exchange rates, which only a Salesforce org has: it cannot be "
             "used here."},
        Case{"MID(Name, 1)", 0, 3, "MID() needs 3 arguments, but has 2."},
        Case{"LPAD(Name)", 0, 4, "LPAD() needs 2 to 3 arguments, but has 1."},
        Case{"AND()", 0, 3, "AND() needs 1 or more arguments, but has 0."},
        Case{"ABS(1, 2)", 0, 3, "ABS() needs 1 argument, but has 2."},
        Case{"IFS(TRUE, 1)", 0, 3,
             "IFS() needs pairs of condition and result, and an else result, but has 2."},
        Case{"LEN(Amount)", 4, 6,
             "Expected text for argument 1 of LEN(), but found number. TEXT() makes a text of a "
             "number, VALUE() a number of a text."},
        Case{"YEAR(CreatedDate)", 5, 11,
             "Expected date for argument 1 of YEAR(), but found date/time. DATEVALUE() gives the "
             "day "
             "of a date/time."},
        Case{"HOUR(CreatedDate)", 5, 11,
             "Expected time for argument 1 of HOUR(), but found date/time. TIMEVALUE() gives the "
             "time "
             "of a date/time."},
        Case{"\"Won: \" & IsWon", 10, 5,
             "Expected text for \"&\", but found boolean. IF(condition, \"yes\", \"no\") makes a "
             "text of "
             "a condition."},
        Case{"NOT(Amount)", 4, 6, "Expected boolean for argument 1 of NOT(), but found number."},
        Case{"!Amount", 1, 6, "Expected boolean for \"!\", but found number."},
        Case{
            "-Name", 1, 4,
            "Expected number for \"-\", but found text. TEXT() makes a text of a number, VALUE() a "
            "number of a text."},
        Case{"IN(Amount, 1, \"a\")", 14, 3, "IN() compares number with text here."},
        Case{"CASE(Amount, \"a\", 1, 2)", 13, 3, "CASE() compares number with text here."},
        Case{"CASE(Amount, 1, 1, 2, \"b\", 3)", 22, 3,
             "The results of CASE() are of different types: text and number."},
        Case{"IFERROR(1, \"a\")", 11, 3,
             "The results of IFERROR() are of different types: number and text."},
        Case{"GEOLOCATION(1, 2)", 0, 11,
             "A formula cannot result in a geolocation. Use DISTANCE()."},
        Case{"DISTANCE(GEOLOCATION(1, 2), GEOLOCATION(1, 2), \"m\")", 47, 3,
             "Expected \"mi\" or \"km\" as argument 3 of DISTANCE(), but found \"m\"."},
        Case{"GEOLOCATION(1, 2) = Name", 0, 11,
             "Expected number, text, boolean, date, date/time or time for \"=\", but found "
             "geolocation. A geolocation goes into DISTANCE() only."},
        Case{"Interests__c = \"Golf\"", 0, 12,
             "Expected number, text, boolean, date, date/time or time for \"=\", but found "
             "multi-select picklist. Ask a multi-select picklist with INCLUDES()."},
        Case{"ABS(1", 5, 1, "Expected \",\" or \")\" in ABS(), but found the end of the formula."},
        Case{"ABS(,1)", 4, 1, "Expected a value, but found \",\"."},
        Case{"\"abc", 0, 1, "This text is never closed: expected \"."},
        Case{"1 /* x", 2, 2, "This comment is never closed: expected \"*/\"."},
        Case{"\u201Cabc\u201D", 0, 3,
             "Texts need straight quotes (\" or '), not typographic ones."},
        Case{"{!Name}", 0, 1, "Write field names without braces: Account.Name."},
        Case{".5", 0, 1, "A number needs a digit before the point: 0.5."},
        Case{"Amount + Amuont", 9, 6, "There is no field \"Amuont\". Did you mean \"Amount\"?"},
        Case{"TODAY", 0, 5, "\"TODAY\" is a function: write TODAY()."},
        Case{"ISBLNK(Name)", 0, 6, "There is no function \"ISBLNK\". Did you mean \"ISBLANK\"?"},
        Case{"VLOOKUP(1, 2, 3)", 0, 7,
             "VLOOKUP() needs all other records, which only a Salesforce org has: it cannot be "
             "used here."},
        Case{"ROUND(1)", 0, 5, "ROUND() needs 2 arguments, but has 1."},
        Case{"TODAY(1)", 0, 5, "TODAY() needs 0 arguments, but has 1."},
        Case{"CASE(1, 2, 3)", 0, 4,
             "CASE() needs an expression, pairs of value and result, and an else result, but has "
             "3."},
        Case{
            "Name * 2", 0, 4,
            "Expected number for \"*\", but found text. TEXT() makes a text of a number, VALUE() a "
            "number of a text."},
        Case{
            "Name + 2", 5, 1,
            "\"+\" does not go between text and number. TEXT() makes a text of a number, VALUE() a "
            "number of a text."},
        Case{
            "CloseDate = Name", 10, 1,
            "\"=\" does not go between date and text. TEXT() makes a text of a date, DATEVALUE() a "
            "date of a text."},
        Case{"CloseDate < CreatedDate", 10, 1,
             "\"<\" does not go between date and date/time. DATEVALUE() gives the day of a "
             "date/time."},
        Case{"CloseDate + CloseDate", 10, 1, "\"+\" does not go between date and date."},
        Case{"IF(Amount, 1, 2)", 3, 6,
             "Expected boolean for argument 1 of IF(), but found number."},
        Case{"IF(IsWon, 1, \"a\")", 13, 3,
             "The results of IF() are of different types: number and text."},
        Case{"Industry = \"Banking\"", 0, 8,
             "Expected number, text, boolean, date, date/time or time for \"=\", but found "
             "picklist. "
             "Compare a picklist with ISPICKVAL(), or use TEXT()."},
        Case{"ISPICKVAL(Industry, \"Bankin\")", 20, 8,
             "\"Bankin\" is not a value of Industry. Did you mean \"Banking\"?"},
        Case{"ISPICKVAL(Industry, Name)", 20, 4,
             "Expected a text in quotes as argument 2 of ISPICKVAL()."},
        Case{"INCLUDES(Interests__c, \"Chest\")", 23, 7,
             "\"Chest\" is not a value of Interests__c. Did you mean \"Chess\"?"},
        Case{"ISPICKVAL(Nothing, \"A\")", 10, 7, "There is no field \"Nothing\"."},
        Case{"REGEX(Name, \"[\")", 12, 3,
             "This pattern is not a regular expression: missing ]: [."},
        Case{"123456789012345678901234567890123456789", 0, 39,
             "This number has more than 38 digits."}));

TEST(FormulaErrors, AreAllReportedInTheOrderOfTheText) {
    const auto errors = errors_of("IF(Amuont > 1, FOO(Name), Name * 2)", account());
    ASSERT_EQ(errors.size(), 3u);
    EXPECT_EQ(errors[0].offset, 3u);
    EXPECT_EQ(errors[1].offset, 15u);
    EXPECT_EQ(errors[2].offset, 26u);
}

TEST(FormulaErrors, FunctionsOfAnOrgAreNeverNull) {
    for (const char* text :
         {"GETSESSIONID()", "PREDICT(Name)", "ISCHANGED(Name)", "URLFOR(\"a\")"}) {
        EXPECT_EQ(errors_of(text, account()).size(), 1u) << text;
    }
}

TEST(FormulaLimits, LengthAndDepthAreErrorsNotCrashes) {
    Options options;
    options.max_length = 10;
    EXPECT_EQ(errors_of("1 + 1 + 1 + 1", TestScope(), options)[0].message,
              "The formula is longer than 10 bytes.");
    const auto nested = [](int depth, const char* open, const char* close) {
        std::string text;
        for (int i = 0; i < depth; ++i) text += open;
        text += "1";
        for (int i = 0; i < depth; ++i) text += close;
        return text;
    };
    EXPECT_TRUE(errors_of(nested(200, "(", ")")).empty());
    EXPECT_EQ(errors_of(nested(201, "(", ")"))[0].message,
              "The formula is nested more than 200 levels deep.");
    EXPECT_EQ(errors_of(nested(5'000, "-", "")).size(), 1u);
    EXPECT_EQ(errors_of(nested(3'000, "ABS(", ")")).size(), 1u);
    // Asking for more does not exhaust the stack.
    options.max_length = 1'000'000;
    options.max_depth = 1'000'000;
    EXPECT_EQ(errors_of(nested(100'000, "(", ")"), TestScope(), options).size(), 1u);
    EXPECT_TRUE(errors_of(nested(1'000, "ABS(", ")"), TestScope(), options).empty());
}

TEST(FormulaLimits, LongChainsOfOperatorsAreNotNested) {
    std::string sum = "1", all = "TRUE", text = "\"a\"";
    for (int i = 0; i < 4'000; ++i) sum += "+1";
    for (int i = 0; i < 2'000; ++i) all += "&& TRUE";
    for (int i = 0; i < 4'000; ++i) text += "&'b'";
    EXPECT_EQ(result_of(sum), "n4001");
    EXPECT_EQ(result_of(all), "b1");
    EXPECT_EQ(result_of("LEN(" + text + ")"), "n4001");
    EXPECT_EQ(compiled(sum).tree().substr(0, 6), "( + ( ");
}

TEST(FormulaLimits, TextsCannotGrowWithoutEnd) {
    std::string chain = "LPAD(\"a\", 900000)";
    for (int i = 0; i < 100; ++i) chain += "&'b'";
    EXPECT_EQ(result_of(chain), "error: \"&\" at character 82 failed: the text is too long.");
    EXPECT_EQ(result_of("RPAD(\"a\", 2000000)"),
              "error: \"RPAD\" at character 1 failed: the text is too long.");
    EXPECT_EQ(result_of("SUBSTITUTE(LPAD(\"a\", 10000), \" \", RPAD(\"b\", 1000))"),
              "error: \"SUBSTITUTE\" at character 1 failed: the text is too long.");
}

TEST(FormulaRuntimeErrors, NameTheFunctionAndTheReasonNeverAValue) {
    TestScope scope;
    scope.field("Secret", FieldType::Text, text("hunter2"))
        .field("Mystery", std::nullopt, text("hunter2"));
    EXPECT_EQ(result_of("1 / 0"), "error: \"/\" at character 3 failed: the divisor is zero.");
    EXPECT_EQ(result_of("VALUE(Secret)", scope),
              "error: \"VALUE\" at character 1 failed: the text is not a number.");
    EXPECT_EQ(
        result_of("SQRT(-1)"),
        "error: \"SQRT\" at character 1 failed: the argument is outside the function's domain.");
    EXPECT_EQ(result_of("DATE(2017, 2, 29)"),
              "error: \"DATE\" at character 1 failed: the calendar has no such date.");
    EXPECT_EQ(result_of("1 + 10 ^ 38"),
              "error: \"+\" at character 3 failed: the number has more than 38 digits.");
    EXPECT_EQ(result_of("DATE(9999, 12, 31) + 1"),
              "error: \"+\" at character 20 failed: the date is outside the years 1 to 9999.");
    EXPECT_EQ(result_of("Mystery * 2", scope),
              "error: \"*\" at character 9 failed: its operands do not go together.");
    EXPECT_EQ(result_of("IF(Mystery, 1, 2)", scope),
              "error: \"IF\" at character 1 failed: the condition is neither true nor false.");
    EXPECT_EQ(result_of("YEAR(Mystery)", scope),
              "error: \"YEAR\" at character 1 failed: an argument is of the wrong type.");
}

TEST(FormulaRuntimeErrors, AValueOfAnotherTypeThanTheFieldsIsRefused) {
    TestScope scope;
    scope.field("Amount", FieldType::Currency, text("12"));
    EXPECT_EQ(
        result_of("Amount + 1", scope),
        "error: \"Amount\" at character 1 failed: the field's value is not of the field's type.");
    const Formula formula = compiled("Amount + 1", scope);
    EXPECT_TRUE(std::holds_alternative<EvalError>(formula.evaluate({}, {})));
}

}  // namespace
}  // namespace duet::formula
