#include <thread>

#include "tests/mappings/formula/support.h"

namespace duet::formula {
namespace {

/// Nothing in a formula may change when it is used; the thread sanitizer runs this too.
TEST(FormulaThreads, ManyShareOneFormulaEachWithItsOwnRecord) {
    const char* const kTexts[] = {
        "REGEX(Name, \"[a-z]+ [0-9]+\") && LIKE(Name, \"%_\" & TEXT(Amount))",
        "IF(Amount > 3, UPPER(Name), SUBSTITUTE(Name, \" \", \"-\"))",
        "IFERROR(1 / (Amount - Amount), SQRT(Amount) + LOG(Amount + 1))",
        "CASE(MOD(Amount, 3), 0, TODAY() >= ADDMONTHS(Day, 3), 1, Day < TODAY(), NOT(Day = "
        "TODAY()))",
        "FORMATCURRENCY(\"EUR\", Amount) & JSONVALUE(Json, \"a\") & INITCAP(Name)",
        "ROUND(DISTANCE(GEOLOCATION(Amount, Amount), GEOLOCATION(0, 0), \"km\"), 3)",
        "REGEX(Name, Pattern)",
    };
    TestScope scope;
    scope.field("Name", FieldType::Text)
        .field("Amount", FieldType::Number)
        .field("Day", FieldType::Date)
        .field("Json", FieldType::Text)
        .field("Pattern", FieldType::Text);
    const Moment moment = moment_at("2020-06-15T12:00:00Z");
    for (const char* text : kTexts) {
        const Formula formula = compiled(text, scope);
        const auto work = [&](int thread) {
            std::vector<std::string> results;
            for (int i = 0; i < 200; ++i) {
                TestScope own = scope;
                own.set("Name", duet::text("name " + std::to_string(i + thread)));
                own.set("Amount", Value{Decimal{i % 40 + thread}});
                own.set("Day", Value{moment.today - std::chrono::days{i}});
                own.set("Json", duet::text("{\"a\": " + std::to_string(i) + "}"));
                own.set("Pattern", duet::text("name [0-9]{" + std::to_string(i % 4) + "}"));
                const Formula copy = formula;
                const auto inputs = own.inputs(copy);
                const auto result = copy.evaluate(inputs, moment);
                const auto next = copy.next_change(inputs, moment);
                const Value* value = std::get_if<Value>(&result);
                results.push_back((value != nullptr ? encode(*value) : "error") + "|" +
                                  (next ? format_instant(*next) : "never"));
            }
            return results;
        };
        std::vector<std::vector<std::string>> found(4), alone(4);
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&, i] { found[static_cast<std::size_t>(i)] = work(i); });
        }
        for (std::thread& thread : threads) thread.join();
        for (int i = 0; i < 4; ++i) alone[static_cast<std::size_t>(i)] = work(i);
        EXPECT_EQ(found, alone) << text;
    }
}

TEST(FormulaThreads, ManyCompileAtTheSameTime) {
    TestScope scope;
    scope.field("Account.Name", FieldType::Text).field("Amount", FieldType::Number);
    std::vector<std::thread> threads;
    std::vector<std::size_t> errors(4, 0);
    for (std::size_t& count : errors) {
        threads.emplace_back([&scope, &count] {
            for (int i = 0; i < 50; ++i) {
                count += errors_of("IF(Amuont > 1, FOO(Account.Nmae), Amount * 2)", scope).size();
                count += errors_of("REGEX(Account.Name, \"a.*\")", scope).size();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(errors, (std::vector<std::size_t>(4, 150)));
}

}  // namespace
}  // namespace duet::formula
