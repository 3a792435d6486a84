// Random rules over dates against the plainest judge: evaluating every day of ten years.
#include <cstdio>
#include <cstdlib>

#include <rapidcheck.h>

#include "tests/mappings/formula/support.h"

namespace duet::formula {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr int kDays = 3'653;

/// RapidCheck starts with 100 small cases; `RC_PARAMS` asks for others.
[[maybe_unused]] const int kEnvironment = setenv("RC_PARAMS", "max_success=400", 0);

/// From `low` to below `high`, all alike from the first case on.
template <class Whole>
Whole between(Whole low, Whole high) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Whole>(low, high));
}
int upto(int count) { return between(0, count); }
std::string number_text(int low, int high) {
    const int number = between(low, high);
    return number < 0 ? "(" + std::to_string(number) + ")" : std::to_string(number);
}
template <std::size_t Count>
const char* one_of(const char* const (&choices)[Count]) {
    return choices[upto(static_cast<int>(Count))];
}

/// Writes formulas from the language's parts that move with the day.
class Writer {
public:
    std::string condition(int depth) {
        if (depth == 0) return comparison(1);
        switch (upto(9)) {
            case 0:
                return "AND(" + condition(depth - 1) + ", " + condition(depth - 1) + ")";
            case 1:
                return "OR(" + condition(depth - 1) + ", " + condition(depth - 1) + ")";
            case 2:
                return "NOT(" + condition(depth - 1) + ")";
            case 3:
                return "IF(" + condition(depth - 1) + ", " + condition(depth - 1) + ", " +
                       condition(depth - 1) + ")";
            case 4:
                return "(" + condition(depth - 1) + (upto(2) == 0 ? " && " : " || ") +
                       condition(depth - 1) + ")";
            case 5:
                return "CASE(K, 1, " + condition(depth - 1) + ", 2, " + condition(depth - 1) +
                       ", " + condition(depth - 1) + ")";
            case 6:
                return "ISBLANK(C)";
            default:
                return comparison(depth);
        }
    }

    std::string result(int depth) {
        switch (upto(4)) {
            case 0:
                return "IF(" + condition(depth) + ", \"yes\", TEXT(A))";
            case 1:
                return "CASE(" + number(depth) + ", 30, 1, 60, 2, 3)";
            default:
                return condition(depth);
        }
    }

private:
    std::string comparison(int depth) {
        static const char* const kOperators[] = {" < ", " <= ", " > ", " >= ", " = ", " <> "};
        const char* op = one_of(kOperators);
        switch (upto(6)) {
            case 0:
                return number(depth) + op + number_text(-400, 900);
            case 1:
                return date(depth) + op + date(depth);
            case 2:
                return "(" + day(depth) + " - A)" + op + number_text(-400, 900);
            case 3:
                return date(depth) + op + day(depth);
            default:
                return day(depth) + op + date(depth);
        }
    }

    /// Certain to move.
    std::string day(int depth) {
        const std::string inner = depth == 0 ? "TODAY()" : day(depth - 1);
        switch (upto(3)) {
            case 0:
                return "ADDMONTHS(" + inner + ", " + number_text(-14, 30) + ")";
            case 1:
                return "(" + inner + " - " + number_text(0, 400) + ")";
            default:
                return inner;
        }
    }

    std::string date(int depth) {
        static const char* const kLeaves[] = {"A", "A", "A",       "B",
                                              "B", "C", "TODAY()", "DATE(2021, 3, 31)"};
        if (depth == 0 || upto(3) == 0) return one_of(kLeaves);
        switch (upto(6)) {
            case 0:
            case 1:
                return "ADDMONTHS(" + date(depth - 1) + ", " + number_text(-14, 30) + ")";
            case 2:
                return "(" + date(depth - 1) + " - " + number_text(0, 400) + ")";
            case 3:
                return "BLANKVALUE(C, " + date(depth - 1) + ")";
            case 4:
                return "IF(" + condition(0) + ", " + date(depth - 1) + ", " + date(depth - 1) + ")";
            default:
                return "(" + date(depth - 1) + " + " + number_text(-100, 800) + ")";
        }
    }

    std::string number(int depth) {
        switch (upto(8)) {
            case 0:
                return "YEAR(" + date(depth) + ") - YEAR(A) + 30";
            case 1:
                return "FLOOR((" + date(depth) + " - A) / 30)";
            case 2:
                return "MAX(" + date(depth) + " - B, 20)";
            case 3:
                return "MONTH(" + date(depth) + ")";
            default:
                return "(" + date(depth) + " - " + date(depth) + ")";
        }
    }
};

std::string shown(const Formula& formula, std::span<const Value* const> inputs,
                  const Moment& moment) {
    const auto result = formula.evaluate(inputs, moment);
    const Value* value = std::get_if<Value>(&result);
    return value != nullptr ? encode(*value) : std::get<EvalError>(result).message;
}

TEST(FormulaTimerProperty, ADayIsTheFirstOfTenYearsOnWhichTheResultIsAnother) {
    int followed = 0, changed = 0, never = 0;
    const bool held = rc::check("timers against every day of ten years", [&] {
        const Date start = parse_date("2019-01-01").value() + days{upto(1'500)};
        const minutes offset{between(-48, 57) * 15};
        const Moment now{DateTime{start} - offset + minutes{upto(1'440)}, start, offset};
        const auto any_day = [&] { return Value{start + days{between(-900, 900)}}; };
        TestScope scope;
        scope.field("A", FieldType::Date, any_day())
            .field("B", FieldType::Date, upto(8) == 0 ? Value{} : any_day())
            .field("C", FieldType::Date, upto(2) == 0 ? Value{} : any_day())
            .field("K", FieldType::Number, Value{Decimal{upto(4)}});
        const Formula formula = compiled(Writer{}.result(1 + upto(3)), scope);
        RC_LOG(formula.text());
        const auto inputs = scope.inputs(formula);
        const std::string first = shown(formula, inputs, now);
        const auto next = formula.next_change(inputs, now);
        int found = kDays;
        if (next) {
            const auto ahead = *next + offset - DateTime{start};
            RC_ASSERT(ahead > milliseconds{0});
            RC_ASSERT(ahead % days{1} == milliseconds{0});  // a midnight of the zone
            found = static_cast<int>(std::min<std::int64_t>(kDays, ahead / days{1}));
        }
        int judge = 1;
        for (; judge < kDays; ++judge) {
            const Date today = start + days{judge};
            if (shown(formula, inputs, {DateTime{today} - offset, today, offset}) != first) break;
            RC_ASSERT(formula.may_ask_at_midnight() || judge < found);  // not asked in vain
        }
        RC_ASSERT(found <= judge);  // not seen late
        if (formula.may_ask_at_midnight()) return;
        ++followed;
        ++(judge < kDays ? changed : never);
    });
    EXPECT_TRUE(held);
    std::printf("%d followed: %d change, %d never do\n", followed, changed, never);
    // Nearly all of these formulas are followed, and many of them change.
    EXPECT_GT(followed, 150);
    EXPECT_GT(changed, 30);
    EXPECT_GT(never, 20);
}

/// Comparisons that read NOW(), to the millisecond.
TEST(FormulaTimerProperty, AnInstantIsTheMillisecondAtWhichTheResultIsAnother) {
    int changed = 0;
    const bool held = rc::check("timers to the millisecond", [&] {
        const DateTime now = parse_instant("2021-02-27T22:13:14.567Z").value();
        const auto any_instant = [&] {
            return Value{now + milliseconds{between<std::int64_t>(-900'000'000, 4'000'000'000)}};
        };
        const minutes offset{between(-48, 57) * 15};
        const Moment moment{now, std::chrono::floor<days>(now + offset), offset};
        TestScope scope;
        scope.field("T", FieldType::DateTime, any_instant())
            .field("U", FieldType::DateTime, any_instant());
        static const char* const kComparisons[] = {
            "NOW() > T",
            "NOW() - T > 0.25",
            "T - NOW() <= 1 / 24",
            "NOW() + 1.5 >= T",
            "NOW() = T",
            "ADDMONTHS(DATEVALUE(NOW()), -1) < DATEVALUE(T)",
            "DATEVALUE(NOW()) > DATEVALUE(T)",
            "(NOW() - T) * 24 * 60 < 90",
            "FLOOR((NOW() - T) * 24) = 7",
            "MAX(NOW() - T, NOW() - U) > 2",
        };
        std::string text = one_of(kComparisons);
        switch (upto(4)) {
            case 0:
                text = "AND(" + text + ", NOW() < U)";
                break;
            case 1:
                text = "IF(" + text + ", NOW() > U, TODAY() > DATEVALUE(U))";
                break;
            default:
                break;
        }
        const Formula formula = compiled(text, scope);
        RC_LOG(formula.text());
        RC_ASSERT(!formula.may_ask_at_midnight());
        const auto inputs = scope.inputs(formula);
        const auto at = [&](DateTime then) {
            return shown(formula, inputs, {then, std::chrono::floor<days>(then + offset), offset});
        };
        const auto next = formula.next_change(inputs, moment);
        const DateTime end = next.value_or(now + days{400});
        RC_ASSERT(end > now);
        RC_ASSERT(at(end - milliseconds{1}) == at(now));
        for (int i = 0; i < 50; ++i) {
            const auto span = (end - now).count();
            RC_ASSERT(at(now + milliseconds{between<std::int64_t>(0, span)}) == at(now));
        }
        if (!next) return;
        RC_ASSERT(at(end) != at(now));
        ++changed;
    });
    EXPECT_TRUE(held);
    EXPECT_GT(changed, 100);
}

}  // namespace
}  // namespace duet::formula
