#include <algorithm>
#include <random>

#include "tests/mappings/formula/support.h"

namespace duet::formula {
namespace {

using std::chrono::days;
using std::chrono::minutes;

std::string next_of(const char* text, const TestScope& scope, const Moment& moment) {
    const Formula formula = compiled(text, scope);
    const auto next = formula.next_change(scope.inputs(formula), moment);
    return next ? format_instant(*next) : "never";
}

Value date(const char* day) { return parse_date(day).value(); }

TEST(FormulaNextChange, IsTheDayTheComparisonFlips) {
    TestScope scope;
    scope.field("Won", FieldType::Date, date("2020-01-31")).field("Empty", FieldType::Date);
    const Moment moment = moment_at("2020-03-01T10:00:00Z");
    EXPECT_EQ(next_of("TODAY() >= ADDMONTHS(Won, 3)", scope, moment), "2020-04-30T00:00:00.000Z");
    EXPECT_EQ(next_of("TODAY() <= ADDMONTHS(Won, 3) + 90", scope, moment),
              "2020-07-30T00:00:00.000Z");
    EXPECT_EQ(next_of("TODAY() = Won + 40", scope, moment), "2020-03-11T00:00:00.000Z");
    EXPECT_EQ(next_of("TODAY() = Won + 30", scope, moment), "2020-03-02T00:00:00.000Z");
    EXPECT_EQ(next_of("TODAY() - Won > 100", scope, moment), "2020-05-11T00:00:00.000Z");
    EXPECT_EQ(next_of("ADDMONTHS(TODAY(), -3) > Won", scope, moment), "2020-05-01T00:00:00.000Z");
    EXPECT_EQ(next_of("YEAR(TODAY()) > YEAR(Won)", scope, moment), "2021-01-01T00:00:00.000Z");
    EXPECT_EQ(next_of("FLOOR((TODAY() - Won) / 7) >= 5", scope, moment),
              "2020-03-06T00:00:00.000Z");
    EXPECT_EQ(next_of("DATE(2020, 12, 24) <= TODAY()", scope, moment), "2020-12-24T00:00:00.000Z");
    EXPECT_EQ(next_of("TODAY() > Won", scope, moment), "never");
    EXPECT_EQ(next_of("TODAY() > Empty", scope, moment), "never");
    EXPECT_EQ(next_of("Won > DATE(2020, 1, 1)", scope, moment), "never");
}

TEST(FormulaNextChange, LooksOnlyAtTheBranchTaken) {
    TestScope scope;
    scope.field("Won", FieldType::Date, date("2020-01-31"))
        .field("Flag", FieldType::Boolean, Value{false});
    const Moment moment = moment_at("2020-03-01T10:00:00Z");
    EXPECT_EQ(next_of("IF(Flag, TODAY() > Won + 40, TODAY() > Won + 50)", scope, moment),
              "2020-03-22T00:00:00.000Z");
    EXPECT_EQ(next_of("AND(Flag, TODAY() > Won + 40)", scope, moment), "never");
    EXPECT_EQ(next_of("NOT(Flag) && NOT(TODAY() > Won + 40)", scope, moment),
              "2020-03-12T00:00:00.000Z");
    EXPECT_EQ(next_of("OR(TODAY() > Won + 60, TODAY() > Won + 40)", scope, moment),
              "2020-03-12T00:00:00.000Z");
    EXPECT_EQ(next_of("IF(TODAY() > Won + 40, \"late\", TEXT(Won))", scope, moment),
              "2020-03-12T00:00:00.000Z");
}

TEST(FormulaNextChange, IsTheNextMidnightWhenTheClockIsReadElsewhere) {
    TestScope scope;
    scope.field("Won", FieldType::Date, date("2020-01-31"));
    const Moment moment = moment_at("2020-03-01T10:00:00Z");
    for (const char* text :
         {"TODAY()", "TODAY() - Won", "MONTH(TODAY()) = 3", "TEXT(TODAY())",
          "IF(MONTH(TODAY()) = 3, TODAY(), Won) > Won", "MOD(TODAY() - Won, 7) = 0",
          "WEEKDAY(TODAY()) = 1", "ADDMONTHS(NOW(), -1) < DATETIMEVALUE(Won)",
          "TIMENOW() > TIMEVALUE(\"12:00:00.000\")"}) {
        EXPECT_EQ(next_of(text, scope, moment), "2020-03-02T00:00:00.000Z") << text;
    }
}

TEST(FormulaNextChange, MidnightIsTheZones) {
    TestScope scope;
    scope.field("Won", FieldType::Date, date("2020-03-03"));
    const Moment west = moment_at("2020-03-02T02:00:00Z", minutes{-480});
    EXPECT_EQ(west.today, parse_date("2020-03-01").value());
    EXPECT_EQ(next_of("TODAY()", scope, west), "2020-03-02T08:00:00.000Z");
    EXPECT_EQ(next_of("TODAY() >= Won", scope, west), "2020-03-03T08:00:00.000Z");
    const Moment east = moment_at("2020-03-01T20:00:00Z", minutes{330});
    EXPECT_EQ(next_of("TODAY() >= Won", scope, east), "2020-03-02T18:30:00.000Z");
}

/// Two hours ahead in winter, three from March 29 to October 25, as Helsinki in 2020. Chile's kind
/// of zone skips midnight itself: `skip_midnight` moves the change to 00:00 of March 29.
template <bool skip_midnight>
std::chrono::minutes with_summer(const void*, DateTime time) {
    const auto spring =
        parse_instant(skip_midnight ? "2020-03-28T22:00:00Z" : "2020-03-29T01:00:00Z");
    const bool summer = time >= spring && time < parse_instant("2020-10-25T01:00:00Z");
    return minutes{summer ? 180 : 120};
}

TEST(FormulaNextChange, MidnightFollowsTheZonesSummer) {
    TestScope scope;
    scope.field("Won", FieldType::Date, date("2020-06-01"))
        .field("At", FieldType::DateTime, Value{parse_instant("2020-07-01T21:30:00Z").value()});
    Moment moment;
    moment.zone = {nullptr, with_summer<false>};
    moment = moment.at(parse_instant("2020-02-01T12:00:00Z").value());
    EXPECT_EQ(next_of("TODAY() >= Won", scope, moment), "2020-05-31T21:00:00.000Z");
    EXPECT_EQ(next_of("TODAY() > DATE(2020, 3, 29)", scope, moment), "2020-03-29T21:00:00.000Z");
    EXPECT_EQ(next_of("TODAY() >= DATE(2020, 3, 29)", scope, moment), "2020-03-28T22:00:00.000Z");
    EXPECT_EQ(next_of("TODAY() >= DATE(2020, 12, 1)", scope, moment), "2020-11-30T22:00:00.000Z");
    EXPECT_EQ(next_of("DATEVALUE(NOW()) >= Won", scope, moment), "2020-05-31T21:00:00.000Z");
    EXPECT_EQ(next_of("TODAY()", scope, moment), "2020-02-01T22:00:00.000Z");
    EXPECT_EQ(result_of("DATEVALUE(At)", scope, {}, moment), "d2020-07-02");
    moment.zone = {nullptr, with_summer<true>};
    EXPECT_EQ(next_of("TODAY() >= DATE(2020, 3, 29)", scope, moment), "2020-03-28T22:00:00.000Z");
    EXPECT_EQ(next_of("TODAY() >= DATE(2020, 3, 30)", scope, moment), "2020-03-29T21:00:00.000Z");
}

TEST(FormulaNextChange, IsTheInstantWhenAComparisonReadsNow) {
    TestScope scope;
    scope.field("Made", FieldType::DateTime,
                Value{parse_instant("2020-03-01T08:15:30.250Z").value()});
    const Moment moment = moment_at("2020-03-01T10:00:00Z");
    EXPECT_EQ(next_of("NOW() - Made >= 0.5", scope, moment), "2020-03-01T20:15:30.250Z");
    EXPECT_EQ(next_of("NOW() > Made + 2", scope, moment), "2020-03-03T08:15:30.251Z");
    EXPECT_EQ(next_of("NOW() < Made", scope, moment), "never");
    EXPECT_EQ(next_of("DATEVALUE(NOW()) > DATEVALUE(Made)", scope, moment),
              "2020-03-02T00:00:00.000Z");
}

/// A formula and the comparisons in it that move; none when it is asked at every midnight.
struct Rule {
    const char* text;
    std::vector<const char*> comparisons;
};

const std::vector<Rule> kRules = {
    {"TODAY() >= ADDMONTHS(A, 3) + 10", {"TODAY() >= ADDMONTHS(A, 3) + 10"}},
    {"ADDMONTHS(TODAY(), 2) > A - 5", {"ADDMONTHS(TODAY(), 2) > A - 5"}},
    {"ADDMONTHS(TODAY(), -1) = A", {"ADDMONTHS(TODAY(), -1) = A"}},
    {"A + 30 < TODAY()", {"A + 30 < TODAY()"}},
    {"A <> TODAY() - 90", {"A <> TODAY() - 90"}},
    {"TODAY() - A <= 45", {"TODAY() - A <= 45"}},
    {"A - TODAY() < B - A", {"A - TODAY() < B - A"}},
    {"DATE(YEAR(A), 6, 15) > TODAY()", {"DATE(YEAR(A), 6, 15) > TODAY()"}},
    {"FLOOR((TODAY() - A) / 30) = 4", {"FLOOR((TODAY() - A) / 30) = 4"}},
    {"(A - TODAY()) * -2 >= 100", {"(A - TODAY()) * -2 >= 100"}},
    {"MAX(TODAY() - A, TODAY() - B, 20) > 200", {"MAX(TODAY() - A, TODAY() - B, 20) > 200"}},
    {"AND(TODAY() >= ADDMONTHS(A, 3), TODAY() <= ADDMONTHS(A, 3) + 90)",
     {"TODAY() >= ADDMONTHS(A, 3)", "TODAY() <= ADDMONTHS(A, 3) + 90"}},
    {"OR(TODAY() > A + 7, NOT(TODAY() > B))", {"TODAY() > A + 7", "TODAY() > B"}},
    {"IF(TODAY() > A, IF(TODAY() > B, 2, 1), 0)", {"TODAY() > A", "TODAY() > B"}},
    {"IF(A > B, TODAY() > A, TODAY() = B)", {"TODAY() > A", "TODAY() = B"}},
    {"BLANKVALUE(C, TODAY() + 5) > A", {"BLANKVALUE(C, TODAY() + 5) > A"}},
    {"(TODAY() > A) = (TODAY() > B)", {"TODAY() > A", "TODAY() > B"}},
    {"CASE(YEAR(TODAY()) - YEAR(A), 0, 1, 1, 2, 3) + IF(TODAY() > B, 1, 0)", {}},
    {"AND(MONTH(TODAY()) = MONTH(A), DAY(TODAY()) = DAY(A))", {}},
    {"IF(TODAY() > A, TODAY() - B > 10, MOD(TODAY() - A, 5) = 0)", {}},
};

constexpr int kDays = 3 * 365;

/// The first day ahead on which the formula's result is another one than today; kDays: none.
int first_difference(const Formula& formula, std::span<const Value* const> inputs,
                     const Moment& now) {
    const auto at = [&](int ahead) {
        const Date today = now.today + days{ahead};
        const auto result =
            formula.evaluate(inputs, {DateTime{today} - now.zone_offset, today, now.zone_offset});
        const Value* value = std::get_if<Value>(&result);
        return value != nullptr ? encode(*value) : std::string("error");
    };
    const std::string first = at(0);
    for (int ahead = 1; ahead < kDays; ++ahead) {
        if (at(ahead) != first) return ahead;
    }
    return kDays;
}

TEST(FormulaNextChange, AgreesWithEvaluatingEveryDayOfThreeYears) {
    std::mt19937 random(20'160'229);
    for (const Rule& rule : kRules) {
        for (int round = 0; round < 12; ++round) {
            const Date start = parse_date("2019-06-01").value() + days{random() % 800};
            const minutes offset{static_cast<int>(random() % 3) * 330 - 480};
            const Moment now{DateTime{start} - offset + minutes{random() % 1'440}, start, offset};
            TestScope scope;
            const auto any_day = [&] {
                return Value{start + days{static_cast<int>(random() % 900) - 450}};
            };
            scope.field("A", FieldType::Date, any_day())
                .field("B", FieldType::Date, random() % 8 == 0 ? Value{} : any_day())
                .field("C", FieldType::Date, random() % 2 == 0 ? Value{} : any_day());
            const Formula formula = compiled(rule.text, scope);
            const auto inputs = scope.inputs(formula);
            const auto next = formula.next_change(inputs, now);
            int found = kDays;
            if (next) {
                EXPECT_GT(*next, now.now);
                const auto ahead = *next + offset - DateTime{start};
                EXPECT_EQ(ahead % days{1}, std::chrono::milliseconds{0}) << "not a midnight";
                found = std::min<int>(kDays, static_cast<int>(ahead / days{1}));
            }
            const int latest = first_difference(formula, inputs, now);
            EXPECT_LE(found, latest) << rule.text << " would be seen late; round " << round;
            int earliest = rule.comparisons.empty() ? 1 : kDays;
            for (const char* text : rule.comparisons) {
                const Formula part = compiled(text, scope);
                earliest = std::min(earliest, first_difference(part, scope.inputs(part), now));
            }
            EXPECT_GE(found, earliest) << rule.text << " would be asked in vain; round " << round;
        }
    }
}

}  // namespace
}  // namespace duet::formula
