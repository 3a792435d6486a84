#include "connectors/rows.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "mappings/text.h"

namespace duet {
namespace {

namespace sj = simdjson::ondemand;

constexpr bool is_numeric(FieldType type) noexcept {
    return type == FieldType::Number || type == FieldType::Currency || type == FieldType::Percent;
}

Error not_understood(const char* why) {
    return Error{ErrorKind::Broken,
                 std::string("The vendor's answer cannot be read: ") + why + ".",
                 "DUET-3115",
                 {},
                 {}};
}

/// Finds columns by name; rows repeat the order of the columns, so the next one is tried first.
class Finder {
public:
    explicit Finder(std::span<const Column> columns) : columns_(columns) {}

    const Column* find(std::string_view name) {
        if (next_ < columns_.size() && columns_[next_].name == name) return &columns_[next_++];
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (same_name(columns_[i].name, name)) {
                next_ = i + 1;
                return &columns_[i];
            }
        }
        return nullptr;
    }

private:
    std::span<const Column> columns_;
    std::size_t next_ = 0;
};

Value number_value(std::string_view source, FieldType type) {
    if (type == FieldType::Boolean) return Value{source != "0"};
    if (is_numeric(type)) return value_from_text(source, type);
    return text(source);  // an id or a text that the vendor prints as a number
}

/// The parts of a multi-select value, joined as the other vendor spells it.
Value joined(sj::array parts) {
    std::string all;
    for (auto part : parts) {
        std::string_view one;
        if (part.get_string().get(one) != simdjson::SUCCESS) continue;
        if (!all.empty()) all += ';';
        all += one;
    }
    return value_from_text(all, FieldType::MultiPicklist);
}

/// Nothing for a compound value, which is no column of ours.
std::optional<Value> value_from_json(sj::value value, FieldType type) {
    switch (value.type()) {
        case sj::json_type::null:
            return Value{};
        case sj::json_type::boolean: {
            const bool flag = value.get_bool();
            return Value{flag};
        }
        case sj::json_type::number:
            return number_value(trimmed(value.raw_json_token()), type);
        case sj::json_type::string: {
            const std::string_view held = value.get_string();
            return value_from_text(held, type);
        }
        case sj::json_type::array:
            return joined(value.get_array());
        case sj::json_type::object:
            return std::nullopt;
    }
    return std::nullopt;
}

Fields parse_row(sj::object row, std::span<const Column> columns) {
    Fields fields;
    Finder finder(columns);
    for (sj::field member : row) {
        const std::string_view key = member.unescaped_key();
        const Column* column = finder.find(key);
        if (column == nullptr) continue;
        if (auto value = value_from_json(member.value(), column->type)) {
            fields.set(column->name, std::move(*value));
        }
    }
    return fields;
}

void parse_rows(sj::array rows, std::span<const Column> columns, JsonPage& page) {
    for (sj::value value : rows) {
        if (value.type() == sj::json_type::null) {
            page.rows.emplace_back(std::nullopt);
        } else {
            page.rows.emplace_back(parse_row(value.get_object(), columns));
        }
    }
}

/// True when the rows were found.
bool parse_members(sj::object answer, std::span<const Column> columns, const PageShape& shape,
                   JsonPage& page) {
    bool found = false;
    for (sj::field member : answer) {
        const std::string_view key = member.unescaped_key();
        if (key == shape.rows) {
            parse_rows(member.value().get_array(), columns, page);
            found = true;
        } else if (key == shape.next) {
            sj::value next = member.value();
            if (next.type() == sj::json_type::string) {
                page.next = std::string(std::string_view(next.get_string()));
            }
        } else if (!shape.total.empty() && key == shape.total) {
            page.total = static_cast<std::size_t>(std::uint64_t(member.value().get_uint64()));
        }
    }
    return found;
}

}  // namespace

Value value_from_text(std::string_view source, FieldType type) {
    if (source.empty()) return Blank{};
    const auto lift = [source](auto parsed) { return parsed ? Value{*parsed} : text(source); };
    switch (type) {
        case FieldType::Boolean:
            if (source == "true" || source == "1") return Value{true};
            if (source == "false" || source == "0") return Value{false};
            return text(source);
        case FieldType::Date:
            return lift(parse_date(source));
        case FieldType::DateTime:
            return lift(parse_instant(source));
        case FieldType::Time:
            return lift(parse_time(source));
        case FieldType::Number:
        case FieldType::Currency:
        case FieldType::Percent:
            return lift(Decimal::parse(source));
        default:
            return text(source);
    }
}

Result<JsonPage> parse_page(std::string_view json, std::span<const Column> columns,
                            const PageShape& shape) {
    // simdjson reports by exceptions where its results are converted; they end here.
    try {
        const simdjson::padded_string padded(json);
        sj::parser parser;
        sj::document document = parser.iterate(padded);
        JsonPage page;
        if (shape.rows.empty()) {
            parse_rows(document.get_array(), columns, page);
        } else if (!parse_members(document.get_object(), columns, shape, page)) {
            return not_understood("it holds no rows");
        }
        if (document.current_location().error() == simdjson::SUCCESS)
            return not_understood("text follows its end");
        return page;
    } catch (const simdjson::simdjson_error& error) {
        return not_understood(simdjson::error_message(error.error()));
    }
}

void append_json_text(std::string& json, std::string_view text) {
    json += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_json(std::string& json, const Value& value, bool whole_seconds) {
    if (is_blank(value)) {
        json += "null";
    } else if (const bool* flag = std::get_if<bool>(&value)) {
        json += *flag ? "true" : "false";
    } else if (const auto* number = std::get_if<Decimal>(&value)) {
        json += number->to_string();
    } else if (const auto* instant = std::get_if<DateTime>(&value); instant && whole_seconds) {
        std::string text = format_instant(*instant);
        text.erase(text.find('.'), 4);
        append_json_text(json, text);
    } else if (std::holds_alternative<TimeOfDay>(value)) {
        append_json_text(json, display(value) + "Z");
    } else {
        append_json_text(json, display(value));
    }
}

}  // namespace duet
