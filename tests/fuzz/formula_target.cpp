// Lexer, parser, checker, compiler, evaluator and timers of the formula language.
//
// The input is a formula's text; after a line "%" come lines about its record:
//   Name:date=2020-02-29    a field: type as in the vectors, "?" or none: unknown
//   !zero                   blank numbers are zero
//   !now=2020-03-01T10:00:00Z
//   !zone=-210              minutes ahead of UTC
#include <charconv>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "mappings/formula/formula.h"
#include "mappings/formula/template.h"
#include "mappings/formula/written.h"
#include "tests/fuzz/targets.h"

namespace duet::fuzz {
namespace {

using formula::BlankMode;
using formula::CompileError;
using formula::EvalError;
using formula::Formula;
using formula::Moment;
using std::chrono::milliseconds;

/// The first part of `text` up to `mark`, which is taken away with it; all of it without a mark.
std::string_view take_until(std::string_view& text, char mark) {
    const std::size_t end = std::min(text.find(mark), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

/// Whatever the text looks like.
Value guessed_value(std::string_view written) {
    if (written == "true" || written == "false") return written == "true";
    for (const FieldType type :
         {FieldType::Number, FieldType::Date, FieldType::DateTime, FieldType::Time}) {
        if (auto value = formula::value_written(type, written)) return std::move(*value);
    }
    return text(written);
}

class Input : public formula::Scope {
public:
    explicit Input(std::string_view input) {
        const std::size_t mark = input.find("\n%\n");
        source = input.substr(0, mark);
        if (mark == std::string_view::npos) return;
        for (std::string_view rest = input.substr(mark + 3); !rest.empty();) {
            take_line(take_until(rest, '\n'));
        }
    }

    std::optional<formula::Binding> resolve(std::string_view path) const override {
        for (const Field& field : fields_) {
            if (!same_name(field.name, path)) continue;
            formula::Binding binding{field.type};
            if (field.type == FieldType::Picklist) binding.options = {"Won", "Lost", "Open"};
            return binding;
        }
        return std::nullopt;
    }
    std::vector<std::string> names() const override {
        std::vector<std::string> all;
        for (const Field& field : fields_) all.push_back(field.name);
        return all;
    }
    std::vector<const Value*> values(const std::vector<std::string>& paths) const {
        std::vector<const Value*> all;
        for (const std::string& path : paths) {
            for (const Field& field : fields_) {
                if (!same_name(field.name, path)) continue;
                all.push_back(&field.value);
                break;
            }
        }
        return all;
    }

    std::string_view source;
    formula::Options options{};
    Moment moment{parse_instant("2020-03-01T10:00:00Z").value(), parse_date("2020-03-01").value()};

private:
    struct Field {
        std::string name;
        std::optional<FieldType> type;
        Value value;
    };

    void take_line(std::string_view line) {
        if (line == "!zero") {
            options.blanks = BlankMode::AsZero;
        } else if (line.starts_with("!now=")) {
            set_moment(parse_instant(line.substr(5)).value_or(moment.now), moment.zone_offset);
        } else if (line.starts_with("!zone=")) {
            int minutes = 0;
            std::from_chars(line.data() + 6, line.data() + line.size(), minutes);
            set_moment(moment.now, std::chrono::minutes{minutes % 840});
        } else if (fields_.size() < 64) {
            take_field(line);
        }
    }

    void set_moment(DateTime now, std::chrono::minutes offset) {
        moment.now = now;
        moment.zone_offset = offset;
        moment.today = std::chrono::floor<std::chrono::days>(now + offset);
    }

    void take_field(std::string_view line) {
        std::string_view name = take_until(line, '=');
        const std::string_view own = take_until(name, ':');
        Field field{std::string(own), std::nullopt, {}};
        field.type = formula::type_named(name);
        field.value = field.type ? formula::value_written(*field.type, line).value_or(Value{})
                                 : guessed_value(line);
        fields_.push_back(std::move(field));
    }

    std::vector<Field> fields_;
};

std::string shown(const std::variant<Value, EvalError>& result) {
    const Value* value = std::get_if<Value>(&result);
    return value != nullptr ? encode(*value) : "error: " + std::get<EvalError>(result).message;
}

void check_errors(const std::vector<CompileError>& errors, std::string_view source) {
    expect(!errors.empty(), "what does not compile has an error", source);
    for (const CompileError& error : errors) {
        expect(error.offset <= source.size(), "an error is within the text", source);
        expect(error.length >= 1, "an error has a length", source);
        expect(!error.message.empty(), "an error says something", source);
    }
}

/// NOW() and TIMENOW() themselves change all the time; only what they are compared with counts.
bool reads_instants(std::string_view source) {
    for (std::size_t i = 0; i + 3 <= source.size(); ++i) {
        if (same_name(source.substr(i, 3), "NOW")) return true;
    }
    return false;
}

void check_timer(const Formula& formula, const std::vector<const Value*>& inputs,
                 const Moment& moment, const std::string& result) {
    const auto next = formula.next_change(inputs, moment);
    const std::string& source = formula.text();
    if (next) {
        expect(*next > moment.now, "a timer lies ahead", source);
        expect(formula.reads_clock(), "only who reads the clock needs a timer", source);
    }
    if (!formula.reads_clock() || reads_instants(source)) return;
    for (const int ahead : {1, 2, 28, 31, 90, 365, 1'461}) {
        const Date day = moment.today + std::chrono::days{ahead};
        const DateTime then = DateTime{day} - moment.zone_offset;
        if (next && then >= *next) break;
        if (day > Date{std::chrono::year{9999} / 12 / 31}) break;
        const Moment later{then, day, moment.zone_offset, moment.locale, moment.zone};
        expect(shown(formula.evaluate(inputs, later)) == result,
               "no result changes before its timer", source);
    }
}

/// The same text as a merge text.
void check_template(const Input& input) {
    auto made = formula::Template::compile(input.source, input, input.options);
    if (const auto* errors = std::get_if<std::vector<CompileError>>(&made)) {
        return check_errors(*errors, input.source);
    }
    const auto& merge = std::get<formula::Template>(made);
    (void)merge.render(input.values(merge.fields()), input.moment);
}

}  // namespace

void formula(std::string_view bytes) {
    const Input input(bytes);
    if (input.source.find("{!") != std::string_view::npos) check_template(input);
    auto made = Formula::compile(input.source, input, input.options);
    if (const auto* errors = std::get_if<std::vector<CompileError>>(&made)) {
        return check_errors(*errors, input.source);
    }
    const auto& formula = std::get<Formula>(made);
    expect(!formula.tree().empty(), "a formula has a tree", input.source);
    const auto inputs = input.values(formula.fields());
    const auto result = formula.evaluate(inputs, input.moment);
    const std::string first = shown(result);
    expect(shown(formula.evaluate(inputs, input.moment)) == first, "evaluation repeats itself",
           input.source);
    if (const Value* value = std::get_if<Value>(&result)) {
        const std::string* held = as_text(*value);
        expect(held == nullptr || !held->empty(), "an empty text is blank", input.source);
        expect(decode(encode(*value)) == *value, "a result can be stored", input.source);
        for (const auto& [name, type] : formula::type_names()) {
            (void)formula::as_stored(*value, type, input.moment.zone_offset);
        }
    }
    const auto parts = formula.explain(inputs, input.moment);
    expect(
        !parts.empty() && parts.front().value.has_value() == std::holds_alternative<Value>(result),
        "an explanation tells the same", input.source);
    check_timer(formula, inputs, input.moment, first);
}

}  // namespace duet::fuzz
