#include "connectors/sandbox/salesforce_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/csv.h"
#include "connectors/sandbox/record_id.h"
#include "mappings/value.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

using ConvertedValue = std::variant<SqlValue, Refusal>;

bool is_number_field(const Field& field) {
    return field.type == "int" || field.type == "double" || field.type == "currency" ||
           field.type == "percent";
}

Refusal clash(const Field& field, std::string_view text) {
    return {"JSON_PARSER_ERROR",
            "Cannot deserialize instance of " + field.type + " from VALUE_STRING value " +
                std::string(text) + " or request may be missing a required field",
            {field.name},
            400};
}

ConvertedValue number_value(const Field& field, double number, std::string_view shown) {
    if (!std::isfinite(number)) return clash(field, shown);
    if (field.type == "int") {
        if (number != std::trunc(number) || std::fabs(number) > 2147483647.0) {
            return clash(field, shown);
        }
        return SqlValue{static_cast<std::int64_t>(number)};
    }
    if (field.precision > 0) {
        const double edge = std::pow(10.0, field.precision - field.scale);
        if (std::fabs(number) >= edge) {
            return Refusal{"NUMBER_OUTSIDE_VALID_RANGE",
                           field.label + ": value outside of valid range on numeric field: " +
                               std::string(shown),
                           {field.name},
                           400};
        }
    }
    // A decimal that has no place for its digits is rounded half away from zero.
    const double step = std::pow(10.0, field.scale);
    const double rounded = field.precision > 0 ? std::round(number * step) / step : number;
    if (rounded == std::trunc(rounded) && std::fabs(rounded) < 9e15) {
        return SqlValue{static_cast<std::int64_t>(rounded)};
    }
    return SqlValue{rounded};
}

std::string seen_as_id(const Field& field, std::string_view text) {
    return field.label + ": id value of incorrect type: " + std::string(text);
}

ConvertedValue text_value(const Field& field, std::string_view text) {
    if (field.length > 0 && characters_of(text) > static_cast<std::size_t>(field.length)) {
        return Refusal{"STRING_TOO_LONG",
                       field.label + ": data value too large: " + std::string(text) +
                           " (max length=" + std::to_string(field.length) + ")",
                       {field.name},
                       400};
    }
    if (field.type == "email" && !is_email(text)) {
        return Refusal{"INVALID_EMAIL_ADDRESS",
                       field.label + ": invalid email address: " + std::string(text),
                       {field.name},
                       400};
    }
    if (field.restricted_picklist && !field.picklist.empty()) {
        std::string_view rest = text;
        while (!rest.empty()) {
            const std::size_t end =
                field.type == "multipicklist" ? rest.find(';') : std::string_view::npos;
            const std::string part(rest.substr(0, end));
            if (std::find(field.picklist.begin(), field.picklist.end(), part) ==
                field.picklist.end()) {
                return Refusal{"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                               field.label + ": bad value for restricted picklist field: " + part,
                               {field.name},
                               400};
            }
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        }
    }
    return SqlValue{std::string(text)};
}

void append_number(std::string& out, std::string_view type, double number) {
    if (number == std::trunc(number) && std::fabs(number) < 9e15) {
        out += std::to_string(static_cast<std::int64_t>(number));
        if (type != "int") out += ".0";
        return;
    }
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, number);
    out.append(digits, end.ptr);
}

bool is_number_type(std::string_view type) {
    return type == "int" || type == "double" || type == "currency" || type == "percent";
}

}  // namespace

bool is_email(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == 0 || at == std::string_view::npos ||
        text.find('@', at + 1) != std::string_view::npos) {
        return false;
    }
    const std::string_view local = text.substr(0, at);
    const std::string_view host = text.substr(at + 1);
    const auto plain = [](std::string_view part, std::string_view others) {
        return std::all_of(part.begin(), part.end(), [others](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   others.find(c) != std::string_view::npos;
        });
    };
    return plain(local, "!#$%&'*/=?^_+-`{|}~.") && plain(host, "-.") && host.find('.') != 0 &&
           host.find('.') != std::string_view::npos && host.back() != '.' &&
           host.find("..") == std::string_view::npos && local.front() != '.' &&
           local.back() != '.' && local.find("..") == std::string_view::npos;
}

std::size_t characters_of(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

bool is_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t more = lead < 0x80 ? 0 : lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead >= 0x80 && (lead < 0xC2 || lead > 0xF4)) return false;
        if (i + more >= text.size() + (more == 0 ? 1 : 0)) return false;
        for (std::size_t k = 1; k <= more; ++k) {
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80U) return false;
        }
        i += more + 1;
    }
    return true;
}

ConvertedValue from_text(const Field& field, std::string_view text) {
    if (text.empty()) return SqlValue{};
    if (field.type == "boolean") {
        if (equal_without_case(text, "true") || text == "1") return SqlValue{std::int64_t{1}};
        if (equal_without_case(text, "false") || text == "0") return SqlValue{std::int64_t{0}};
        return clash(field, text);
    }
    if (is_number_field(field)) {
        double number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
            return clash(field, text);
        }
        return number_value(field, number, text);
    }
    if (field.type == "date") {
        // A datetime is taken for its day.
        const auto date = parse_date(text.substr(0, 10));
        if (!date || (text.size() > 10 && !parse_instant(text))) return clash(field, text);
        return SqlValue{format_date(*date)};
    }
    if (field.type == "datetime") {
        if (const auto date = parse_date(text)) {
            return SqlValue{format_date(*date) + "T00:00:00.000Z"};
        }
        const auto time = parse_instant(text);
        if (!time) return clash(field, text);
        return SqlValue{format_instant(*time)};
    }
    if (field.type == "reference" || field.type == "id") {
        std::string id = id18(text);
        if (id.empty()) return Refusal{"MALFORMED_ID", seen_as_id(field, text), {field.name}, 400};
        return SqlValue{std::move(id)};
    }
    return text_value(field, text);
}

ConvertedValue from_json(const Field& field, const json& value) {
    if (value.is_null()) return SqlValue{};
    if (value.is_string()) return from_text(field, value.get_ref<const std::string&>());
    if (value.is_boolean() && field.type == "boolean") {
        return SqlValue{std::int64_t{value.get<bool>() ? 1 : 0}};
    }
    if (value.is_number() && is_number_field(field)) {
        return number_value(field, value.get<double>(), value.dump());
    }
    const bool textual = !is_number_field(field) && field.type != "boolean" &&
                         field.type != "date" && field.type != "datetime" &&
                         field.type != "reference";
    if ((value.is_number() || value.is_boolean()) && textual) {
        return from_text(field, value.dump());
    }
    return clash(field, value.dump());
}

void append_json_text(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += "\\u00";
                    out += kHex[static_cast<unsigned char>(c) >> 4U];
                    out += kHex[static_cast<unsigned char>(c) & 15U];
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

void append_json(std::string& out, std::string_view type, const SqlValue& value) {
    if (std::holds_alternative<std::monostate>(value)) {
        out += "null";
        return;
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        if (type == "datetime" && !text->empty() && text->back() == 'Z') {
            append_json_text(out, text->substr(0, text->size() - 1) + "+0000");
        } else {
            append_json_text(out, *text);
        }
        return;
    }
    const auto* whole = std::get_if<std::int64_t>(&value);
    const double number = whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
    if (type == "boolean") {
        out += number != 0 ? "true" : "false";
    } else {
        append_number(out, type, number);
    }
}

void append_json(std::string& out, std::string_view type, const Statement& row, int column) {
    if (row.is_null(column)) {
        out += "null";
    } else if (type == "boolean") {
        out += row.integer(column) != 0 ? "true" : "false";
    } else if (is_number_type(type)) {
        append_number(out, type, row.real(column));
    } else if (type == "datetime") {
        std::string_view text = row.text(column);
        if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
        out += '"';
        out += text;
        out += "+0000\"";
    } else {
        append_json_text(out, row.text(column));
    }
}

void append_cell(std::string& out, std::string_view type, const Statement& row, int column) {
    if (row.is_null(column)) {
        out += "\"\"";
    } else if (type == "boolean") {
        out += row.integer(column) != 0 ? "\"true\"" : "\"false\"";
    } else if (is_number_type(type)) {
        out += '"';
        append_number(out, type, row.real(column));
        out += '"';
    } else {
        append_csv_quoted(out, row.text(column));
    }
}

json refusal_json(const Refusal& refusal, const char* code_name) {
    return {{"message", refusal.message}, {code_name, refusal.code}, {"fields", refusal.fields}};
}

ApiResponse refusal_answer(const Refusal& refusal) {
    json body = refusal_json(refusal, "errorCode");
    if (refusal.fields.empty()) body.erase("fields");
    ApiResponse answer;
    answer.status = refusal.status;
    answer.body = json::array({body}).dump(-1, ' ', false, json::error_handler_t::replace);
    return answer;
}

Refusal not_found() { return {"NOT_FOUND", "The requested resource does not exist", {}, 404}; }

}  // namespace duet::sandbox
