// How fast formulas are evaluated and compiled. One thread; figures are for one core.
#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "mappings/formula/formula.h"

namespace duet::formula {
namespace {

Value number(const char* digits) { return Decimal::parse(digits).value(); }
Value date(const char* day) { return parse_date(day).value(); }

/// A record with one field of each kind that mapping documents use.
class Deal : public Scope {
public:
    std::optional<Binding> resolve(std::string_view path) const override {
        for (const Field& field : kFields) {
            if (same_name(field.name, path)) return Binding{field.type};
        }
        return std::nullopt;
    }
    std::vector<std::string> names() const override {
        std::vector<std::string> all;
        for (const Field& field : kFields) all.emplace_back(field.name);
        return all;
    }
    std::vector<const Value*> inputs(const Formula& formula) const {
        std::vector<const Value*> all;
        for (const std::string& path : formula.fields()) {
            for (const Field& field : kFields) {
                if (same_name(field.name, path)) all.push_back(&field.value);
            }
        }
        return all;
    }

private:
    struct Field {
        const char* name;
        FieldType type;
        Value value;
    };
    const std::vector<Field> kFields = {
        {"Amount", FieldType::Currency, number("12500.50")},
        {"Account.AnnualRevenue", FieldType::Currency, number("2400000")},
        {"Account.NumberOfEmployees", FieldType::Number, number("640")},
        {"Probability", FieldType::Percent, number("75")},
        {"StageName", FieldType::Picklist, text("Negotiation/Review")},
        {"FirstName", FieldType::Text, text("Ada")},
        {"LastName", FieldType::Text, text("Lovelace")},
        {"Account.Name", FieldType::Text, text("Analytical Engines")},
        {"CloseDate", FieldType::Date, date("2026-03-31")},
        {"Rollup.Last_Won_Date", FieldType::Date, date("2025-11-15")},
        {"CreatedDate", FieldType::DateTime, parse_instant("2025-10-01T09:30:00Z").value()},
        {"HasOptedOutOfEmail", FieldType::Boolean, false},
    };
};

/// What mapping documents are made of.
constexpr std::pair<const char*, const char*> kTypical[] = {
    {"if_over_two_fields", "IF(Account.NumberOfEmployees < 1000, Amount, Account.AnnualRevenue)"},
    {"comparison_of_two_fields", "Amount > Account.AnnualRevenue"},
    {"case_over_ten_values",
     "CASE(StageName, \"Prospecting\", 1, \"Qualification\", 2, \"Needs Analysis\", 3,"
     " \"Value Proposition\", 4, \"Id. Decision Makers\", 5, \"Perception Analysis\", 6,"
     " \"Proposal/Price Quote\", 7, \"Negotiation/Review\", 8, \"Closed Won\", 9,"
     " \"Closed Lost\", 10, 0)"},
    {"date_sum", "ADDMONTHS(Rollup.Last_Won_Date, 3) + 90"},
    {"date_window",
     "AND(NOT(ISBLANK(Rollup.Last_Won_Date)), TODAY() >= ADDMONTHS(Rollup.Last_Won_Date, 3),"
     " TODAY() <= ADDMONTHS(Rollup.Last_Won_Date, 3) + 90)"},
    {"text_join", "FirstName & \" \" & LastName"},
    {"text_choice",
     "IF(ISBLANK(Account.NumberOfEmployees), \"QUEUE\","
     " IF(Account.NumberOfEmployees < 1000, \"PHONE\", \"FIELD\"))"},
    {"arithmetic", "Amount * Probability - 0.1 * Amount"},
    {"division", "Amount / Account.AnnualRevenue"},
};

/// 200 characters: what a person types on two or three lines.
constexpr const char* kLong =
    "IF(AND(NOT(ISBLANK(CloseDate)), Amount >= 10000, Probability > 0.5), CASE(StageName,"
    " \"Closed Won\", \"won\", \"Closed Lost\", \"lost\", \"open\"), IF(HasOptedOutOfEmail,"
    " \"none\", LEFT(Account.Name, 10) & LastName))";
static_assert(std::string_view(kLong).size() >= 200);

Formula compiled(const char* source, const Deal& deal) {
    auto made = Formula::compile(source, deal);
    if (!std::holds_alternative<Formula>(made)) std::abort();
    return std::get<Formula>(std::move(made));
}

void evaluate(benchmark::State& state, const char* source) {
    const Deal deal;
    const Formula formula = compiled(source, deal);
    const auto inputs = deal.inputs(formula);
    const Moment moment{parse_instant("2026-03-01T12:00:00Z").value(), *parse_date("2026-03-01")};
    for (auto step : state) {
        auto result = formula.evaluate(inputs, moment);
        if (!std::holds_alternative<Value>(result)) std::abort();
        benchmark::DoNotOptimize(result);
    }
    state.SetItemsProcessed(state.iterations());
}

void compile(benchmark::State& state, const char* source) {
    const Deal deal;
    for (auto step : state) {
        auto made = Formula::compile(source, deal);
        if (!std::holds_alternative<Formula>(made)) std::abort();
        benchmark::DoNotOptimize(made);
    }
    state.SetItemsProcessed(state.iterations());
}

void next_change(benchmark::State& state, const char* source) {
    const Deal deal;
    const Formula formula = compiled(source, deal);
    const auto inputs = deal.inputs(formula);
    const Moment moment{parse_instant("2026-03-01T12:00:00Z").value(), *parse_date("2026-03-01")};
    for (auto step : state) benchmark::DoNotOptimize(formula.next_change(inputs, moment));
    state.SetItemsProcessed(state.iterations());
}

void add_benchmarks() {
    for (const auto& [name, source] : kTypical) {
        benchmark::RegisterBenchmark(("evaluate/" + std::string(name)).c_str(), evaluate, source);
    }
    benchmark::RegisterBenchmark("compile/200_characters", compile, kLong);
    benchmark::RegisterBenchmark("compile/case_over_ten_values", compile, kTypical[2].second);
    benchmark::RegisterBenchmark("next_change/date_window", next_change, kTypical[4].second);
}

}  // namespace
}  // namespace duet::formula

int main(int argc, char** argv) {
    duet::formula::add_benchmarks();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
