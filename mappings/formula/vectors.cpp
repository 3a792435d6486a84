#include "mappings/formula/vectors.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "mappings/formula/template.h"
#include "mappings/formula/unicode.h"
#include "mappings/formula/written.h"

namespace duet::formula {
namespace {

using Json = nlohmann::json;

/// What a formula gave: a value, or nothing when it failed.
using Outcome = std::optional<Value>;

FieldType field_type(const std::string& name) { return type_named(name).value_or(FieldType::Text); }

Value read_value(const Json& json, FieldType type) {
    if (json.is_null()) return Blank{};
    if (json.is_boolean()) return json.get<bool>();
    const std::string written = json.is_number() ? json.dump() : json.get<std::string>();
    auto value = value_written(type, written);
    if (!value) throw std::runtime_error("cannot hold " + written);
    return std::move(*value);
}

class VectorScope : public Scope {
public:
    explicit VectorScope(const Json& inputs) {
        for (const Json& input : inputs) {
            Binding binding{field_type(input.at("type"))};
            if (input.contains("options")) binding.options = input["options"];
            fields_.emplace_back(input.at("name"), std::move(binding));
        }
    }
    std::optional<Binding> resolve(std::string_view path) const override {
        for (const auto& [name, binding] : fields_) {
            if (same_name(name, path)) return binding;
        }
        return std::nullopt;
    }
    std::vector<std::string> names() const override {
        std::vector<std::string> all;
        for (const auto& field : fields_) all.push_back(field.first);
        return all;
    }

private:
    std::vector<std::pair<std::string, Binding>> fields_;
};

struct Unimplemented : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The user's zone of one row, at all times.
struct RowZone {
    std::string name;
    const ZoneOffset& offset;

    static std::chrono::minutes at(const void* zone, DateTime time) {
        const auto& own = *static_cast<const RowZone*>(zone);
        const auto found = own.offset(own.name, time);
        if (!found) throw std::runtime_error("there is no time zone " + own.name);
        return *found;
    }
};

class Runner {
public:
    Runner(const Json& row, const ZoneOffset& zone_offset)
        : row_(row),
          inputs_(row.contains("inputs") ? row["inputs"] : kNoInputs),
          scope_(inputs_),
          locale_(row.value("locale", "en_US")),
          zone_{row.value("timezone", ""), zone_offset} {
        moment_.locale = locale_.c_str();
        if (!zone_.name.empty()) {
            // Vectors carry no clock; their dates and instants ask the zone themselves.
            moment_.zone = {&zone_, RowZone::at};
            moment_ = moment_.at(DateTime{Date{std::chrono::year{2025} / 1 / 1}});
        }
        if (row.value("mode", "nullAsBlank") == "nullAsZero") options_.blanks = BlankMode::AsZero;
    }

    Outcome run(const std::string& text) {
        return run_as<Formula>(text, [&](const Formula& formula, auto inputs) {
            return formula.evaluate(inputs, moment_);
        });
    }

    Outcome render(const std::string& text) {
        return run_as<Template>(text, [&](const Template& made, auto inputs) {
            using Result = std::variant<Value, EvalError>;
            if (std::find(inputs.begin(), inputs.end(), nullptr) != inputs.end())
                return Result{EvalError{"a field's own formula failed"}};
            auto result = made.render(inputs, moment_);
            if (auto* error = std::get_if<EvalError>(&result)) return Result{std::move(*error)};
            return Result{duet::text(std::get<std::string>(result))};
        });
    }

    /// As the field of the row's type would hold it.
    Outcome run_row() {
        Outcome result = run(row_.at("formula"));
        if (!result) return result;
        const std::string type = row_.at("returnType");
        const std::string source = row_.at("source");
        // The reference does not store its results: an instant stays one where a date is due.
        const bool cut = type != "date" || !source.starts_with("reference");
        if (cut) result = as_stored(std::move(*result), field_type(type));
        if (type == "boolean" && is_blank(*result) && source == "org-checked")
            result = Value{false};
        if (const auto* number = std::get_if<Decimal>(&*result);
            number && row_.contains("returnScale")) {
            result = Value{number->rounded(row_["returnScale"].get<int>()).value()};
        }
        return result;
    }

    std::string why;

private:
    static inline const Json kNoInputs = Json::array();

    template <class Kind, class Use>
    Outcome run_as(const std::string& text, Use use) {
        auto compiled = Kind::compile(text, scope_, options_);
        if (const auto* errors = std::get_if<std::vector<CompileError>>(&compiled)) {
            why = "does not compile: " + errors->front().message;
            for (const CompileError& error : *errors) {
                if (error.message.starts_with("There is no function") ||
                    error.message.find("only a Salesforce org") != std::string::npos) {
                    throw Unimplemented(error.message);
                }
            }
            return std::nullopt;
        }
        const auto& made = std::get<Kind>(compiled);
        std::vector<Outcome> values;
        for (const std::string& field : made.fields()) values.push_back(input(field));
        // A field whose own formula fails is no harm to a formula that never reads it.
        std::vector<const Value*> pointers;
        for (const Outcome& value : values) pointers.push_back(value ? &*value : nullptr);
        auto result = use(made, std::span<const Value* const>(pointers));
        if (const auto* error = std::get_if<EvalError>(&result)) {
            why = error->message;
            return std::nullopt;
        }
        return std::get<Value>(std::move(result));
    }

    Outcome input(const std::string& name) {
        for (const Json& entry : inputs_) {
            if (!same_name(entry.at("name").get<std::string>(), name)) continue;
            const FieldType type = field_type(entry.at("type"));
            if (!entry.contains("formula")) return read_value(entry.at("value"), type);
            Outcome result = run(entry.at("formula"));
            if (!result) return result;
            return as_stored(std::move(*result), type);
        }
        throw std::runtime_error("no input " + name);
    }

    const Json& row_;
    const Json& inputs_;
    VectorScope scope_;
    std::string locale_;
    RowZone zone_;
    Moment moment_;
    Options options_;
};

bool near(const Decimal& a, const Decimal& b) {
    if (a == b) return true;
    const auto size = [](const Decimal& n) { return n.is_negative() ? n.negated() : n; };
    const auto gap = Decimal::add_rounded(a, b.negated());
    const auto allowed = Decimal::multiply_rounded(std::max(size(a), size(b)), Decimal::raw(1, 12));
    return gap && allowed && size(*gap) <= *allowed;
}

void judge(const Json& json, const ZoneOffset& zone_offset, VectorResult& row) {
    Runner runner(json, zone_offset);
    const auto conclude = [&row](bool passed) {
        row.state = passed ? VectorState::Passed : VectorState::Failed;
    };
    const bool merges = json.contains("template");
    const Outcome outcome = merges ? runner.render(row.formula) : runner.run_row();
    row.got = outcome ? show(*outcome) : "error: " + runner.why;
    if (json.contains("error")) {
        row.expected = "error";
        return conclude(!outcome);
    }
    if (merges) {  // every blank of a merge text counts
        const Value wanted = text(json.at("expected").get<std::string>());
        row.expected = show(wanted);
        return conclude(outcome == wanted);
    }
    Outcome expected;
    if (json.contains("expectedFormula")) {
        expected = runner.run(json["expectedFormula"]);
        if (!expected) throw std::runtime_error("expectedFormula: " + runner.why);
    } else {
        expected = read_value(json.at("expected"), field_type(json.at("expectedType")));
    }
    row.expected = show(*expected);
    const std::string source = json.at("source");
    // The API of the product shows null for an error, and false in a checkbox.
    if (!outcome) {
        const bool nothing = is_blank(*expected) || *expected == Value{false};
        return conclude(source == "org-checked" && nothing);
    }
    conclude(same_result(*outcome, *expected, source == "reference-xml"));
}

}  // namespace

bool same_result(const Value& got, const Value& expected, bool false_is_null) {
    const auto plain = [&](const Value& value) -> Value {
        if (const std::string* held = as_text(value)) return text(without_outer_controls(*held));
        if (false_is_null && value == Value{false}) return Blank{};
        return value;
    };
    const Value a = plain(got), b = plain(expected);
    const auto* left = std::get_if<Decimal>(&a);
    const auto* right = std::get_if<Decimal>(&b);
    return left && right ? near(*left, *right) : a == b;
}

std::string show(const Value& value) {
    if (is_blank(value)) return "null";
    const std::string* held = as_text(value);
    if (held == nullptr) return display(value);
    return Json(*held).dump(-1, ' ', false, Json::error_handler_t::replace);
}

VectorResult run_vector(std::string_view line, const ZoneOffset& zone_offset) {
    VectorResult row;
    try {
        const Json json = Json::parse(line);
        row.id = json.at("id");
        row.formula = json.at(json.contains("template") ? "template" : "formula");
        row.disputed = json.contains("contested") || json.contains("quirk");
        judge(json, zone_offset, row);
    } catch (const Unimplemented& fault) {
        row.state = VectorState::Skipped;
        row.got = fault.what();
    } catch (const std::exception& fault) {
        row.state = VectorState::Failed;
        row.got = std::string("this vector cannot be run: ") + fault.what();
    }
    return row;
}

}  // namespace duet::formula
