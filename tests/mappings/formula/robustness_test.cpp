#include <random>

#include "mappings/formula/functions.h"
#include "tests/mappings/formula/support.h"

namespace duet::formula {
namespace {

/// Formulas put together at random from the language's own words: most are wrong, many are right.
class Soup {
public:
    explicit Soup(unsigned seed) : random_(seed) {
        for (const Function& function : functions()) names_.emplace_back(function.name);
    }

    std::size_t upto(std::size_t count) { return random_() % count; }

    std::string term(int depth) {
        static const char* const kLeaves[] = {"N",
                                              "P",
                                              "T",
                                              "B",
                                              "D",
                                              "DT",
                                              "TM",
                                              "PL",
                                              "MP",
                                              "X",
                                              "NULL",
                                              "TRUE",
                                              "0",
                                              "1",
                                              "-3.5",
                                              "7",
                                              "1000000",
                                              "\"a\u00E9\U0001F9F5\"",
                                              "\"2016-02-29\"",
                                              "\"Won\"",
                                              "\"(\"",
                                              "TODAY()",
                                              "NOW()"};
        static const char* const kOperators[] = {"+",  "-", "*", "/",  "^",  "&",  "=",
                                                 "<>", "<", ">", "<=", ">=", "&&", "||"};
        if (depth == 0 || upto(4) == 0) return kLeaves[upto(std::size(kLeaves))];
        switch (upto(4)) {
            case 0:
                return "(" + term(depth - 1) + kOperators[upto(std::size(kOperators))] +
                       term(depth - 1) + ")";
            case 1:
                return "NOT(" + term(depth - 1) + ")";
            default:
                break;
        }
        std::string call = names_[upto(names_.size())] + "(";
        const std::size_t count = upto(5);
        for (std::size_t i = 0; i < count; ++i) call += (i > 0 ? "," : "") + term(depth - 1);
        return call + ")";
    }

    std::string bytes_of(std::string text) {
        for (std::size_t i = 0; i < 1 + upto(3) && !text.empty(); ++i) {
            text[upto(text.size())] = static_cast<char>(upto(256));
        }
        return text;
    }

private:
    std::mt19937 random_;
    std::vector<std::string> names_;
};

TestScope everything(bool known) {
    const auto type = [known](FieldType field) {
        return known ? std::optional(field) : std::nullopt;
    };
    TestScope scope;
    scope.field("N", type(FieldType::Number), Decimal::parse("-12.345").value())
        .field("P", type(FieldType::Percent), Decimal::parse("250").value())
        .field("T", type(FieldType::Text),
               text("\u00E9\xF0\x9F some text \xC3"))  // ends inside a character
        .field("B", type(FieldType::Boolean), Value{true})
        .field("D", type(FieldType::Date), parse_date("2020-02-29").value())
        .field("DT", type(FieldType::DateTime), parse_instant("2020-02-29T23:59:59.999Z").value())
        .field("TM", type(FieldType::Time), parse_time("23:59:59.999").value())
        .field("PL", type(FieldType::Picklist), text("Won"))
        .field("MP", type(FieldType::MultiPicklist), text("a;b"))
        .field("X", std::nullopt);
    return scope;
}

std::string shown(const std::variant<Value, EvalError>& result) {
    const Value* value = std::get_if<Value>(&result);
    return value != nullptr ? encode(*value) : "error: " + std::get<EvalError>(result).message;
}

/// No midnight before `next` sees another result.
void expect_same_until(const std::optional<DateTime>& next, const Formula& formula,
                       std::span<const Value* const> inputs, const Moment& moment) {
    const std::string now = shown(formula.evaluate(inputs, moment));
    for (int ahead : {1, 2, 3, 7, 30, 31, 60, 120, 300, 366, 1'000, 3'000}) {
        const Date today = moment.today + std::chrono::days{ahead};
        const Moment then{DateTime{today} - moment.zone_offset, today, moment.zone_offset};
        if (next && then.now >= *next) return;
        EXPECT_EQ(shown(formula.evaluate(inputs, then)), now)
            << formula.text() << " after " << ahead << " days";
    }
}

TEST(FormulaRobustness, AnyTextCompilesOrIsExplainedAndAnyFormulaEndsInAValueOrAReason) {
    Soup soup(41);
    const Moment moment = moment_at("2020-03-01T10:00:00Z", std::chrono::minutes{-210});
    std::size_t formulas = 0, values = 0, failures = 0, timers = 0;
    for (int round = 0; round < 60'000; ++round) {
        const TestScope scope = everything(round % 4 != 0);
        std::string text = soup.term(1 + static_cast<int>(soup.upto(3)));
        if (round % 5 == 0) text = soup.bytes_of(std::move(text));
        auto result = Formula::compile(text, scope, {});
        if (const auto* errors = std::get_if<std::vector<CompileError>>(&result)) {
            ASSERT_FALSE(errors->empty()) << text;
            for (const CompileError& error : *errors) {
                EXPECT_LE(error.offset, text.size()) << text;
                EXPECT_GE(error.length, 1u) << text;
                EXPECT_FALSE(error.message.empty()) << text;
            }
            continue;
        }
        ++formulas;
        const auto& formula = std::get<Formula>(result);
        const auto inputs = scope.inputs(formula);
        const auto first = formula.evaluate(inputs, moment);
        const auto second = formula.evaluate(inputs, moment);
        ASSERT_EQ(first.index(), second.index()) << text;
        if (const auto* value = std::get_if<Value>(&first)) {
            ++values;
            EXPECT_EQ(*value, std::get<Value>(second)) << text;
            const std::string* held = as_text(*value);
            EXPECT_TRUE(held == nullptr || !held->empty()) << text;
        } else {
            ++failures;
        }
        const auto next = formula.next_change(inputs, moment);
        timers += next ? 1 : 0;
        EXPECT_TRUE(!next || *next > moment.now) << text;
        EXPECT_TRUE(!next || formula.reads_clock()) << text;
        if (formula.reads_clock()) expect_same_until(next, formula, inputs, moment);
    }
    // The soup must be thick enough to prove anything.
    EXPECT_GT(formulas, 5'000u);
    EXPECT_GT(values, 3'000u);
    EXPECT_GT(failures, 100u);
    EXPECT_GT(timers, 100u);
}

}  // namespace
}  // namespace duet::formula
