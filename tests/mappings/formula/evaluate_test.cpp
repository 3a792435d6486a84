#include <cstdlib>
#include <new>
#include <thread>

#include "tests/mappings/formula/support.h"

namespace {
thread_local std::size_t allocations = 0;
}

// Counts what evaluations take from the heap. All forms are replaced, so that each pair matches.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
void* operator new(std::size_t size) {
    if (void* room = operator new(size, std::nothrow)) return room;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return operator new(size, std::nothrow);
}
void operator delete(void* room) noexcept { std::free(room); }
void operator delete(void* room, std::size_t) noexcept { std::free(room); }
void operator delete(void* room, const std::nothrow_t&) noexcept { std::free(room); }
void operator delete[](void* room) noexcept { std::free(room); }
void operator delete[](void* room, std::size_t) noexcept { std::free(room); }
void operator delete[](void* room, const std::nothrow_t&) noexcept { std::free(room); }

namespace duet::formula {
namespace {

Value number(const char* digits) { return Decimal::parse(digits).value(); }
Value date(const char* day) { return parse_date(day).value(); }

TEST(FormulaEvaluate, ArithmeticIsExact) {
    EXPECT_EQ(result_of("0.1 + 0.2 = 0.3"), "b1");
    EXPECT_EQ(result_of("1.15 * 100"), "n115");
    EXPECT_EQ(result_of("10 / 3 + 1000"), "n1003.33333333333333333333333333333333");
    EXPECT_EQ(result_of("1.01 ^ 3"), "n1.030301");
    EXPECT_EQ(result_of("2 ^ -2"), "n0.25");
    EXPECT_EQ(result_of("2 * 3 ^ 2"), "n18");
    EXPECT_EQ(result_of("-2 ^ 2"), "n4");
    EXPECT_EQ(result_of("10 - 2 - 3"), "n5");
    EXPECT_EQ(result_of("MOD(-7.5, 2)"), "n-1.5");
    EXPECT_EQ(result_of("MOD(5, 0)"), "n5");
}

TEST(FormulaEvaluate, BlankNumbersFollowTheMode) {
    TestScope scope;
    scope.field("Amount", FieldType::Currency).field("Rate", FieldType::Percent);
    const Options zero{BlankMode::AsZero, 1'000, 100};
    EXPECT_EQ(result_of("Amount + 1", scope), "");
    EXPECT_EQ(result_of("Amount + 1", scope, zero), "n1");
    EXPECT_EQ(result_of("Amount < 1", scope), "");
    EXPECT_EQ(result_of("IF(Amount < 1, 1, 2)", scope), "n2");
    EXPECT_EQ(result_of("IF(Amount < 1, 1, 2)", scope, zero), "n1");
    EXPECT_EQ(result_of("ISBLANK(Amount)", scope), "b1");
    EXPECT_EQ(result_of("ISBLANK(Amount)", scope, zero), "b0");
    EXPECT_EQ(result_of("BLANKVALUE(Rate, 7)", scope), "n7");
    EXPECT_EQ(result_of("BLANKVALUE(Rate, 7)", scope, zero), "n0");
    EXPECT_EQ(result_of("NULL + 1", scope, zero), "");
}

TEST(FormulaEvaluate, BlankTextsAreEmptyNeverNull) {
    TestScope scope;
    scope.field("Name", FieldType::Text)
        .field("Day", FieldType::Date)
        .field("Flag", FieldType::Boolean);
    EXPECT_EQ(result_of("ISNULL(Name)", scope), "b0");
    EXPECT_EQ(result_of("ISBLANK(Name)", scope), "b1");
    EXPECT_EQ(result_of("ISNULL(Day)", scope), "b1");
    EXPECT_EQ(result_of("Name = \"\"", scope), "b1");
    EXPECT_EQ(result_of("Name = NULL", scope), "b1");
    EXPECT_EQ(result_of("Name <> \"a\"", scope), "b1");
    EXPECT_EQ(result_of("NULLVALUE(Name, \"a\")", scope), "");
    EXPECT_EQ(result_of("BLANKVALUE(Name, \"a\")", scope), "sa");
    EXPECT_EQ(result_of("Day = NULL", scope), "");
    EXPECT_EQ(result_of("\"a\" & Name & \"b\"", scope), "sab");
    EXPECT_EQ(result_of("LEN(Name)", scope), "n0");
    EXPECT_EQ(result_of("Flag", scope), "b0");
    EXPECT_EQ(result_of("NOT(Day > DATE(2020, 1, 1))", scope), "");
    EXPECT_FALSE(holds(Value{}));
}

TEST(FormulaEvaluate, OnlyWhatIsNeededIsEvaluated) {
    EXPECT_EQ(result_of("IF(TRUE, 1, 1 / 0)"), "n1");
    EXPECT_EQ(result_of("CASE(2, 1, 1 / 0, 2, 5, 1 / 0)"), "n5");
    EXPECT_EQ(result_of("AND(FALSE, 1 / 0 = 1)"), "b0");
    EXPECT_EQ(result_of("TRUE || 1 / 0 = 1"), "b1");
    EXPECT_EQ(result_of("FALSE && 1 / 0 = 1"), "b0");
    EXPECT_EQ(result_of("BLANKVALUE(1, 1 / 0)"), "n1");
    EXPECT_EQ(result_of("AND(NULL, TRUE)"), "b0");
    EXPECT_EQ(result_of("NULL || TRUE"), "b1");
}

TEST(FormulaEvaluate, PercentFieldsAreFractionsInside) {
    TestScope scope;
    scope.field("Rate", FieldType::Percent, number("50"));
    EXPECT_EQ(result_of("Rate * 10", scope), "n5");
    EXPECT_EQ(result_of("Rate", scope), "n0.5");
    EXPECT_EQ(encode(as_stored(number("0.5"), FieldType::Percent)), "n50");
    EXPECT_EQ(encode(as_stored(number("0.5"), FieldType::Number)), "n0.5");
    EXPECT_EQ(encode(as_stored(text("a"), FieldType::Percent)), "sa");
    const Value evening = parse_instant("2020-01-01T23:30:00Z").value();
    EXPECT_EQ(encode(as_stored(evening, FieldType::Date)), "d2020-01-01");
    EXPECT_EQ(encode(as_stored(evening, FieldType::Date, std::chrono::minutes{60})), "d2020-01-02");
}

TEST(FormulaEvaluate, DatesMoveByWholeDays) {
    EXPECT_EQ(result_of("DATE(2020, 2, 28) + 1.9"), "d2020-02-29");
    EXPECT_EQ(result_of("ADDMONTHS(DATE(2020, 4, 30), 3)"), "d2020-07-31");
    EXPECT_EQ(result_of("ADDMONTHS(DATE(2021, 1, 30), 1)"), "d2021-02-28");
    EXPECT_EQ(result_of("WEEKDAY(DATE(2020, 3, 15))"), "n1");
    EXPECT_EQ(result_of("TIMEVALUE(\"01:00:00.000\") - 2 * 60 * 60 * 1000"), "h23:00:00.000");
    EXPECT_EQ(
        result_of(
            "DATETIMEVALUE(\"2020-01-02 00:00:00\") - DATETIMEVALUE(\"2020-01-01 12:00:00\")"),
        "n0.5");
    EXPECT_EQ(result_of("DATE(2020, 1, 10) - DATE(2020, 1, 1)"), "n9");
}

TEST(FormulaEvaluate, TheClockIsTheMoments) {
    const Moment moment = moment_at("2020-03-01T23:30:00Z", std::chrono::minutes{60});
    EXPECT_EQ(result_of("TODAY()", {}, {}, moment), "d2020-03-02");
    EXPECT_EQ(result_of("NOW()", {}, {}, moment), "t2020-03-01T23:30:00.000Z");
    EXPECT_EQ(result_of("TIMENOW()", {}, {}, moment), "h23:30:00.000");
    EXPECT_EQ(result_of("DATEVALUE(NOW())", {}, {}, moment), "d2020-03-02");
    EXPECT_TRUE(compiled("TODAY()").reads_clock());
    EXPECT_FALSE(compiled("DATE(2020, 1, 1)").reads_clock());
}

TEST(FormulaEvaluate, TextsCountUtf16Units) {
    EXPECT_EQ(result_of("LEN(\"a\u00E9\U0001F9F5\")"), "n4");
    EXPECT_EQ(result_of("LEFT(\"\u00E9\U0001F9F5x\", 3)"), "s\u00E9\U0001F9F5");
    EXPECT_EQ(result_of("LEFT(\"\U0001F9F5x\", 1)"), "");  // half a character is none
    EXPECT_EQ(result_of("RIGHT(\"x\u00E9\", 1)"), "s\u00E9");
    EXPECT_EQ(result_of("FIND(\"x\", \"\U0001F9F5x\")"), "n3");
    EXPECT_EQ(result_of("UPPER(\"stra\u00DFe\")"), "sSTRASSE");
}

TEST(FormulaEvaluate, MarkupIsEscaped) {
    EXPECT_EQ(result_of("URLENCODE(\"a b&\u00E9\")"), "sa+b%26%C3%A9");
    EXPECT_EQ(result_of("HTMLENCODE(\"<a & 'b'>\")"), "s&lt;a &amp; &#39;b&#39;&gt;");
    EXPECT_EQ(result_of("FORMATCURRENCY(\"EUR\", -1234567.005)"), "sEUR -1,234,567.01");
    EXPECT_EQ(result_of("FORMATCURRENCY(\"EUR\", 0)"), "sEUR 0.00");
    EXPECT_EQ(result_of("HYPERLINK(\"/a\", \"b\")"), "s<a href=\"/a\" target=\"_blank\">b</a>");
}

TEST(FormulaEvaluate, PicklistsAreAskedByValue) {
    TestScope scope;
    scope.field("Stage", FieldType::Picklist, text("Won"))
        .field("Likes", FieldType::MultiPicklist, text("Golf;Chess"));
    EXPECT_EQ(result_of("ISPICKVAL(Stage, \"Won\")", scope), "b1");
    EXPECT_EQ(result_of("ISPICKVAL(Stage, \"\")", scope), "b0");
    EXPECT_EQ(result_of("CASE(Stage, \"Lost\", 1, \"Won\", 2, 3)", scope), "n2");
    EXPECT_EQ(result_of("INCLUDES(Likes, \"Chess\")", scope), "b1");
    EXPECT_EQ(result_of("INCLUDES(Likes, \"Che\")", scope), "b0");
    EXPECT_EQ(result_of("PICKLISTCOUNT(Likes)", scope), "n2");
    EXPECT_EQ(result_of("TEXT(Stage) & \"!\"", scope), "sWon!");
}

TEST(FormulaEvaluate, FieldsOfUnknownTypeAreCheckedWhenTheyHaveAValue) {
    TestScope scope;
    scope.field("Custom", std::nullopt, number("5"));
    EXPECT_EQ(result_of("Custom + 1", scope), "n6");
    EXPECT_EQ(compiled("Custom + 1", scope).type(), std::nullopt);
    EXPECT_EQ(compiled("Custom > 1", scope).type(), FieldType::Boolean);
    scope.set("Custom", date("2020-01-01"));
    EXPECT_EQ(result_of("Custom + 1", scope), "d2020-01-02");
    scope.set("Custom", text("Won"));
    EXPECT_EQ(result_of("ISPICKVAL(Custom, \"Won\")", scope), "b1");
    scope.set("Custom", Blank{});
    EXPECT_EQ(result_of("Custom = \"\"", scope), "b1");
}

TEST(FormulaEvaluate, FieldsAreListedOnceAsFirstWritten) {
    TestScope scope;
    scope.field("Account.Name", FieldType::Text, text("Acme")).field("Phone", FieldType::Text);
    const Formula formula = compiled("account.NAME & Phone & Account.Name", scope);
    EXPECT_EQ(formula.fields(), (std::vector<std::string>{"account.NAME", "Phone"}));
    EXPECT_EQ(result_of(formula.text(), scope), "sAcmeAcme");
}

TEST(FormulaEvaluate, NumbersDatesAndBooleansNeedNoHeap) {
    TestScope scope;
    scope.field("Amount", FieldType::Currency, number("1234.56"))
        .field("Name", FieldType::Text, text("a name that is far too long for a short string"))
        .field("Day", FieldType::Date, date("2020-01-31"));
    const Moment moment = moment_at("2020-03-01T00:00:00Z");
    for (const char* text :
         {"ROUND(Amount * 1.19 / 7, 2)", "ADDMONTHS(Day, 3) + 90",
          "AND(TODAY() >= ADDMONTHS(Day, 1), Name = \"another long name that is different\")",
          "CASE(MONTH(Day), 1, LEN(Name), 2, 5, 7)", "BEGINS(Name, \"a name\")",
          "REGEX(Name, \"a name.*\")"}) {
        const Formula formula = compiled(text, scope);
        const auto inputs = scope.inputs(formula);
        (void)formula.evaluate(inputs, moment);  // RE2 builds its tables at the first match
        const std::size_t before = allocations;
        const auto result = formula.evaluate(inputs, moment);
        EXPECT_EQ(allocations, before) << text;
        EXPECT_TRUE(std::holds_alternative<Value>(result)) << text;
    }
}

TEST(FormulaEvaluate, OneFormulaServesManyThreads) {
    TestScope scope;
    scope.field("Amount", FieldType::Number, number("3"));
    const Formula formula = compiled("REGEX(TEXT(Amount * 2), \"6\") && Amount ^ 2 = 9", scope);
    const auto inputs = scope.inputs(formula);
    std::vector<int> right(4, 0);
    std::vector<std::thread> threads;
    for (int& count : right) {
        threads.emplace_back([&formula, &inputs, &count] {
            for (int i = 0; i < 500; ++i) {
                const auto result = formula.evaluate(inputs, {});
                const Value* value = std::get_if<Value>(&result);
                count += value != nullptr && holds(*value) ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(right, (std::vector<int>{500, 500, 500, 500}));
}

}  // namespace
}  // namespace duet::formula
