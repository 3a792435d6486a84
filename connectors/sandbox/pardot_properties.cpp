#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/pardot_call.h"
#include "connectors/sandbox/pardot_errors.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

template <class Number>
std::optional<Number> number_in(const std::string& text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

SqlValue text_value(const std::string& name, const json& value) {
    if (value.is_object() || value.is_array()) refuse(154, name);
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (text.empty()) return std::monostate{};
    return text;
}

SqlValue integer_value(const std::string& name, const json& value) {
    if (value.is_number_integer()) return value.get<std::int64_t>();
    const auto number =
        value.is_string() ? number_in<std::int64_t>(value.get<std::string>()) : std::nullopt;
    if (!number) refuse(56, name);
    return *number;
}

SqlValue real_value(const std::string& name, const json& value) {
    if (value.is_number()) return value.get<double>();
    const auto number =
        value.is_string() ? number_in<double>(value.get<std::string>()) : std::nullopt;
    if (!number || !std::isfinite(*number)) refuse(56, name);
    return *number;
}

SqlValue boolean_value(const std::string& name, const json& value) {
    if (value.is_boolean()) return std::int64_t{value.get<bool>()};
    // Older samples print booleans as texts, so clients send them too.
    if (value == "true") return std::int64_t{1};
    if (value == "false") return std::int64_t{0};
    refuse(50, name);
}

SqlValue date_value(const std::string& name, const json& value) {
    if (!value.is_string()) refuse(57, name);
    const auto text = value.get<std::string>();
    if (text.empty()) return std::monostate{};
    if (text.size() != 10 || ms_from_iso(text + "T00:00:00Z") < 0) refuse(57, name);
    return text;
}

SqlValue time_value(const std::string& name, const json& value) {
    const auto time = value.is_string() ? stored_time(value.get<std::string>()) : std::nullopt;
    if (!time) refuse(57, name);
    return *time;
}

SqlValue several_values(const std::string& name, const json& value) {
    std::string joined;
    for (const json& each : value.is_array() ? value : json::array({value})) {
        if (!each.is_string()) refuse(154, name);
        joined += (joined.empty() ? "" : ";") + each.get<std::string>();
    }
    if (joined.empty()) return std::monostate{};
    return joined;
}

SqlValue stored_value(const PardotField& field, const json& value) {
    if (value.is_null() && field.kind != PardotKind::Boolean) return std::monostate{};
    switch (field.kind) {
        case PardotKind::Integer:
            return integer_value(field.name, value);
        case PardotKind::Boolean:
            return boolean_value(field.name, value);
        case PardotKind::Real:
            return real_value(field.name, value);
        case PardotKind::Date:
            return date_value(field.name, value);
        case PardotKind::DateTime:
            return time_value(field.name, value);
        case PardotKind::Multi:
            return several_values(field.name, value);
        case PardotKind::Text:
            break;
    }
    return text_value(field.name, value);
}

}  // namespace

json body_object(const ApiRequest& request) {
    const std::string type = lower_case(request.header("Content-Type"));
    if (type.substr(0, type.find(';')) != "application/json") refuse(151, type);
    if (request.body.empty()) refuse(152);
    json body = json::parse(request.body, nullptr, false);
    if (!body.is_object()) refuse(150);
    return body;
}

PardotRow parse_properties(const PardotCall& call, const PardotCollection& collection,
                           const json& properties, bool creating) {
    PardotRow values;
    for (const auto& [name, value] : properties.items()) {
        const PardotField* field = collection.find(name);
        if (!field) refuse(call.settings.unknown_property_code, name);
        if (!(creating ? field->createable : field->updateable)) refuse(180, name);
        values.insert_or_assign(name, stored_value(*field, value));
    }
    return values;
}

}  // namespace duet::sandbox
