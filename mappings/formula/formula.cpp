#include "mappings/formula/formula.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "mappings/formula/checker.h"
#include "mappings/formula/compiled.h"
#include "mappings/formula/machine.h"
#include "mappings/formula/parser.h"
#include "mappings/formula/program.h"
#include "mappings/formula/timing.h"

namespace duet::formula {

namespace {

/// Digits after the point of a result, as the vendor's own engine gives them: EXP(-100) is 0.
constexpr int kMostDecimals = 32;

}  // namespace

std::variant<Formula, std::vector<CompileError>> Formula::compile(std::string_view text,
                                                                  const Scope& scope,
                                                                  const Options& options) {
    auto parsed = parse(text, options);
    if (auto* fault = std::get_if<CompileError>(&parsed)) {
        return std::vector<CompileError>{std::move(*fault)};
    }
    auto compiled = std::make_shared<Compiled>();
    compiled->text = text;
    compiled->tree = std::get<Tree>(std::move(parsed));
    compiled->checked = check(compiled->tree, scope);
    std::vector<CompileError> errors = std::move(compiled->checked.errors);
    if (!errors.empty()) return errors;
    compiled->program = make_program(compiled->tree, compiled->checked, errors);
    if (!errors.empty()) return errors;
    compiled->blanks = options.blanks;
    compiled->type = to_field_type(compiled->checked.types[compiled->tree.root]);
    for (const FieldUse& use : compiled->checked.uses) compiled->fields.push_back(use.path);
    return Formula(std::move(compiled));
}

Formula::Formula(std::shared_ptr<const Compiled> compiled) noexcept
    : compiled_(std::move(compiled)) {}
Formula::Formula(const Formula&) noexcept = default;
Formula::Formula(Formula&&) noexcept = default;
Formula& Formula::operator=(const Formula&) noexcept = default;
Formula& Formula::operator=(Formula&&) noexcept = default;
Formula::~Formula() = default;

const std::string& Formula::text() const noexcept { return compiled_->text; }
std::optional<FieldType> Formula::type() const noexcept { return compiled_->type; }
const std::vector<std::string>& Formula::fields() const noexcept { return compiled_->fields; }
bool Formula::reads_clock() const noexcept { return compiled_->program.reads_clock; }
bool Formula::may_ask_at_midnight() const noexcept {
    const auto& code = compiled_->program.code;
    return std::any_of(code.begin(), code.end(), [](const Instruction& instruction) {
        const bool clock = instruction.code == Code::Today || instruction.code == Code::Now ||
                           instruction.code == Code::TimeNow;
        return clock && instruction.extra == 0;
    });
}
std::string Formula::tree() const { return to_expression(compiled_->tree); }

std::variant<Value, EvalError> Formula::evaluate(std::span<const Value* const> inputs,
                                                 const Moment& moment) const {
    const Program& program = compiled_->program;
    if (inputs.size() < compiled_->fields.size()) {
        return EvalError{fmt::format("The formula reads {} fields, but {} values were given.",
                                     compiled_->fields.size(), inputs.size())};
    }
    const Setting setting{program, compiled_->checked.uses, inputs, compiled_->blanks, moment};
    Arena arena;
    std::array<Cell, 1> result;
    const auto end = static_cast<std::uint32_t>(program.code.size());
    const Stop stop = execute(setting, {0, end}, arena, nullptr, result);
    if (stop.reason == nullptr) {
        const Decimal* number = std::get_if<Decimal>(&result[0]);
        if (number != nullptr && number->scale() > kMostDecimals)
            return number->rounded(kMostDecimals).value_or(Decimal{});
        return to_value(result[0]);
    }
    const Node& culprit = compiled_->tree[program.code[stop.place].origin];
    return EvalError{fmt::format("\"{}\" at character {} failed: {}.", culprit.spelling,
                                 culprit.offset + 1, stop.reason)};
}

std::optional<DateTime> Formula::next_change(std::span<const Value* const> inputs,
                                             const Moment& moment) const {
    if (inputs.size() < compiled_->fields.size()) return std::nullopt;
    return find_next_change(
        {compiled_->program, compiled_->checked.uses, inputs, compiled_->blanks, moment});
}

Value as_stored(Value result, FieldType field, std::chrono::minutes zone_offset) {
    if (const auto* time = std::get_if<DateTime>(&result); time && field == FieldType::Date) {
        return Date{std::chrono::floor<std::chrono::days>(*time + zone_offset)};
    }
    const Decimal* number = std::get_if<Decimal>(&result);
    if (field != FieldType::Percent || number == nullptr) return result;
    const auto percent = Decimal::multiply_rounded(*number, 100);
    return percent ? Value{*percent} : Value{};
}

}  // namespace duet::formula
