#include "mappings/formula/template.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "mappings/formula/format.h"
#include "mappings/formula/unicode.h"

namespace duet::formula {
namespace {

/// Plain text, then perhaps a merge field.
struct Part {
    std::string text;
    std::optional<Formula> formula{};
    std::vector<std::size_t> inputs{};  // of the formula: places among the whole text's fields
    std::size_t offset = 0;             // of the merge field
    bool is_digits = false;             // a number as it is written
    bool is_percent = false;            // a percent field that stands alone
};

/// Where the "}" of a merge field stands that begins at `at`, after its "{!". Braces in texts and
/// comments do not count.
std::optional<std::size_t> find_end(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        const char c = text[at];
        if (c == '}') return at;
        if (c == '"' || c == '\'') {
            for (++at; at < text.size() && text[at] != c; ++at) {
                if (text[at] == '\\') ++at;
            }
        } else if (text.substr(at).starts_with("/*")) {
            at = text.find("*/", at + 2);
            if (at == std::string_view::npos) return std::nullopt;
            ++at;
        }
        ++at;
    }
    return std::nullopt;
}

bool is_alone(const Formula& formula) {
    return formula.fields().size() == 1 &&
           without_outer_controls(formula.text()) == formula.fields().front();
}

/// A number that is written into the text stays as it is written: "100.0".
bool is_digits(const Formula& formula) {
    return without_outer_controls(formula.text()).find_first_not_of("0123456789.") ==
           std::string_view::npos;
}

}  // namespace

struct Template::Compiled {
    std::string text;
    std::vector<Part> parts;
    std::vector<std::string> fields;

    void know_fields(Part& part) {
        for (const std::string& path : part.formula->fields()) {
            const auto known = std::find_if(fields.begin(), fields.end(), [&](const auto& other) {
                return same_name(other, path);
            });
            part.inputs.push_back(static_cast<std::size_t>(known - fields.begin()));
            if (known == fields.end()) fields.push_back(path);
        }
    }
};

std::variant<Template, std::vector<CompileError>> Template::compile(std::string_view text,
                                                                    const Scope& scope,
                                                                    const Options& options) {
    using Errors = std::vector<CompileError>;
    if (text.size() > kLongestTemplate) {
        return Errors{{kLongestTemplate, 1,
                       fmt::format("The text is longer than {} bytes.", kLongestTemplate)}};
    }
    auto compiled = std::make_shared<Compiled>();
    compiled->text = std::string(text);
    Errors errors;
    std::size_t merge_fields = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t open = std::min(text.find("{!", at), text.size());
        Part part{std::string(text.substr(at, open - at))};
        part.offset = open;
        at = open;
        if (open < text.size()) {
            if (++merge_fields > kMostMergeFields) {
                errors.push_back(
                    {open, 2,
                     fmt::format("The text has more than {} merge fields.", kMostMergeFields)});
                break;
            }
            const auto end = find_end(text, open + 2);
            if (!end) {
                errors.push_back({open, 2, "This merge field is never closed: expected \"}\"."});
                break;
            }
            auto formula = Formula::compile(text.substr(open + 2, *end - open - 2), scope, options);
            if (auto* faults = std::get_if<Errors>(&formula)) {
                for (CompileError& fault : *faults) {
                    fault.offset += open + 2;
                    errors.push_back(std::move(fault));
                }
            } else {
                part.formula = std::get<Formula>(std::move(formula));
                compiled->know_fields(part);
                part.is_digits = is_digits(*part.formula);
                const auto field = is_alone(*part.formula)
                                       ? scope.resolve(part.formula->fields().front())
                                       : std::nullopt;
                part.is_percent = field && field->type == FieldType::Percent;
            }
            at = *end + 1;
        }
        compiled->parts.push_back(std::move(part));
    }
    if (!errors.empty()) return errors;
    return Template(std::move(compiled));
}

Template::Template(std::shared_ptr<const Compiled> compiled) noexcept
    : compiled_(std::move(compiled)) {}
Template::Template(const Template&) noexcept = default;
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(const Template&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;
Template::~Template() = default;

const std::string& Template::text() const noexcept { return compiled_->text; }
const std::vector<std::string>& Template::fields() const noexcept { return compiled_->fields; }

std::variant<std::string, EvalError> Template::render(std::span<const Value* const> inputs,
                                                      const Moment& moment) const {
    if (inputs.size() < compiled_->fields.size()) {
        return EvalError{fmt::format("The text reads {} fields, but {} values were given.",
                                     compiled_->fields.size(), inputs.size())};
    }
    std::string out;
    std::vector<const Value*> own;
    for (const Part& part : compiled_->parts) {
        out += part.text;
        if (part.is_digits) out += without_outer_controls(part.formula->text());
        if (!part.formula || part.is_digits) continue;
        own.clear();
        for (const std::size_t input : part.inputs) own.push_back(inputs[input]);
        const auto result = part.formula->evaluate(own, moment);
        const auto fail = [&](std::string_view why) {
            return EvalError{
                fmt::format("In the merge field at character {}: {}", part.offset + 1, why)};
        };
        if (const auto* fault = std::get_if<EvalError>(&result)) return fail(fault->message);
        const Value& value = part.is_percent ? *own.front() : std::get<Value>(result);
        const auto said = localized(to_cell(value), moment);
        if (!said) return fail("The locale is not known.");
        out += *said;
        if (part.is_percent && !is_blank(value)) out += '%';
        if (out.size() > kLongestText) return fail("The text is too long.");
    }
    return out;
}

}  // namespace duet::formula
