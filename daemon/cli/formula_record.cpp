#include "daemon/cli/formula_record.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mappings/formula/written.h"

namespace duet::cli {
namespace {

using nlohmann::json;

/// The type that `written` looks like.
FieldType guessed_type(const std::string& written, bool is_text) {
    if (!is_text) {
        for (const FieldType type : {FieldType::Boolean, FieldType::Number}) {
            if (formula::value_written(type, written)) return type;
        }
    }
    for (const FieldType type : {FieldType::Date, FieldType::DateTime, FieldType::Time}) {
        if (formula::value_written(type, written)) return type;
    }
    return FieldType::Text;
}

/// "Name=rest".
std::optional<std::pair<std::string_view, std::string_view>> split(std::string_view assignment) {
    const std::size_t mark = assignment.find('=');
    if (mark == std::string_view::npos || mark == 0) return std::nullopt;
    return std::pair{assignment.substr(0, mark), assignment.substr(mark + 1)};
}

}  // namespace

/// Walks over a record's JSON and keeps numbers as they are written: a binary double would not.
class RecordReader : public json::json_sax_t {
public:
    explicit RecordReader(FormulaRecord& record) : record_(record) {}

    bool null() override { return take(std::nullopt, false); }
    bool boolean(bool flag) override { return take(flag ? "true" : "false", false); }
    bool number_integer(number_integer_t number) override {
        return take(std::to_string(number), false);
    }
    bool number_unsigned(number_unsigned_t number) override {
        return take(std::to_string(number), false);
    }
    bool number_float(number_float_t, const string_t& written) override {
        return take(written, false);
    }
    bool string(string_t& content) override { return take(content, true); }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override {
        if (lists_ > 0) ++lists_;  // rows of a child relationship: not fields of this record
        ++depth_;
        return true;
    }
    bool key(string_t& name) override {
        if (lists_ == 0) {
            path_.resize(depth_ - 1);
            path_.push_back(name);
        }
        return true;
    }
    bool end_object() override {
        if (lists_ > 0) --lists_;
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override {
        if (depth_ == 0) return refuse("the record is a list: give one object");
        ++lists_;
        return true;
    }
    bool end_array() override {
        --lists_;
        return true;
    }
    bool parse_error(std::size_t place, const std::string&, const json::exception&) override {
        return refuse(fmt::format("the record is no JSON: see byte {}", place));
    }

    std::string fault;

private:
    bool refuse(std::string why) {
        fault = std::move(why);
        return false;
    }

    bool take(std::optional<std::string> written, bool is_text) {
        if (depth_ == 0) return refuse("the record is no JSON object");
        if (lists_ > 1 || path_.front() == "attributes") return true;
        std::string name = path_.front();
        for (std::size_t i = 1; i < path_.size(); ++i) {
            if (path_[i] == "attributes") return true;
            name += "." + path_[i];
        }
        FormulaRecord::Field& field = record_.field(name);
        if (lists_ == 1) {  // ["a", "b"]: the chosen values of a multi-select picklist
            field.type = FieldType::MultiPicklist;
            field.written =
                field.written ? *field.written + ";" + written.value_or("") : written.value_or("");
            return true;
        }
        field.written = std::move(written);
        field.is_text = is_text;
        return true;
    }

    FormulaRecord& record_;
    std::vector<std::string> path_;
    std::size_t depth_ = 0;
    std::size_t lists_ = 0;
};

Error unusable(std::string message) { return rejected("DUET-6050", std::move(message)); }

Status FormulaRecord::read(std::string_view text) {
    const json whole = json::parse(text, nullptr, false);
    if (whole.is_object() && whole.contains("inputs") && whole["inputs"].is_array())
        return read_inputs(text);
    RecordReader reader(*this);
    if (!json::sax_parse(text, &reader)) return unusable(reader.fault);
    return Done{};
}

Status FormulaRecord::read_inputs(std::string_view text) {
    try {
        const json whole = json::parse(text);
        for (const json& input : whole.at("inputs")) {
            const std::string name = input.at("name");
            if (input.contains("formula"))
                return unusable(
                    fmt::format("\"{}\" is a formula; only --vectors runs those", name));
            Field& made = field(name);
            const std::string type = input.at("type");
            made.type = formula::type_named(type);
            if (!made.type)
                return unusable(fmt::format("\"{}\": there is no type \"{}\"", name, type));
            made.options = input.value("options", std::vector<std::string>{});
            const json& value = input.at("value");
            if (value.is_null()) continue;
            made.is_text = value.is_string();
            made.written = value.is_string() ? value.get<std::string>() : value.dump();
        }
        if (whole.contains("mode")) {
            blanks = whole["mode"] == "nullAsZero" ? formula::BlankMode::AsZero
                                                   : formula::BlankMode::AsBlank;
        }
        if (whole.contains("timezone")) time_zone = whole["timezone"].get<std::string>();
    } catch (const json::exception& fault) {
        return unusable(fmt::format("the record's \"inputs\" are not as the manual has them: {}",
                                    fault.what()));
    }
    return Done{};
}

Status FormulaRecord::set(std::string_view assignment) {
    const auto parts = split(assignment);
    if (!parts) {
        return unusable(fmt::format("--set {}: write it as Field=value", assignment));
    }
    auto [name, value] = *parts;
    Field& made = field(name);
    made.written.reset();
    made.is_text = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                   value.back() == value.front();
    if (made.is_text) {
        if (!made.type) made.type = FieldType::Text;
        value = value.substr(1, value.size() - 2);
    }
    if (!value.empty()) made.written = std::string(value);
    return Done{};
}

Status FormulaRecord::declare(std::string_view declaration) {
    const auto parts = split(declaration);
    const auto type = parts ? formula::type_named(parts->second) : std::nullopt;
    if (!type) {
        std::string known;
        for (const auto& row : formula::type_names())
            known += (known.empty() ? "" : ", ") + std::string(row.first);
        return unusable(fmt::format("--type {}: write it as Field=type, where type is one of {}",
                                    declaration, known));
    }
    field(parts->first).type = type;
    return Done{};
}

Status FormulaRecord::settle() {
    for (Field& field : fields_) {
        if (!field.written) continue;
        if (!field.type) field.type = guessed_type(*field.written, field.is_text);
        auto value = formula::value_written(*field.type, *field.written);
        if (!value) {
            return unusable(
                fmt::format("the value of {} is no {}", field.name, to_string(*field.type)));
        }
        field.value = std::move(*value);
    }
    return Done{};
}

FormulaRecord::Field& FormulaRecord::field(std::string_view name) {
    for (Field& field : fields_) {
        if (same_name(field.name, name)) return field;
    }
    fields_.push_back({std::string(name)});
    return fields_.back();
}

/// Below a parent that is null every field is blank: it answers for them.
const FormulaRecord::Field* FormulaRecord::find(std::string_view path) const {
    for (const Field& field : fields_) {
        if (same_name(field.name, path)) return &field;
    }
    for (const Field& field : fields_) {
        const std::size_t length = field.name.size();
        if (!field.written && path.size() > length && path[length] == '.' &&
            same_name(field.name, path.substr(0, length))) {
            return &field;
        }
    }
    return nullptr;
}

std::optional<formula::Binding> FormulaRecord::resolve(std::string_view path) const {
    const Field* found = find(path);
    if (found == nullptr) return std::nullopt;
    return formula::Binding{found->type, found->options};
}

std::vector<std::string> FormulaRecord::names() const {
    std::vector<std::string> all;
    for (const Field& field : fields_) all.push_back(field.name);
    return all;
}

std::vector<const Value*> FormulaRecord::inputs(const formula::Formula& formula) const {
    std::vector<const Value*> all;
    for (const std::string& path : formula.fields()) all.push_back(&find(path)->value);
    return all;
}

}  // namespace duet::cli
