#include "mappings/formula/written.h"

#include <array>

namespace duet::formula {
namespace {

constexpr std::array<std::pair<std::string_view, FieldType>, 16> kTypes = {{
    {"text", FieldType::Text},
    {"number", FieldType::Number},
    {"currency", FieldType::Currency},
    {"percent", FieldType::Percent},
    {"date", FieldType::Date},
    {"datetime", FieldType::DateTime},
    {"time", FieldType::Time},
    {"boolean", FieldType::Boolean},
    {"picklist", FieldType::Picklist},
    {"multipicklist", FieldType::MultiPicklist},
    {"id", FieldType::Id},
    {"geolocation", FieldType::Geolocation},  // "latitude,longitude"
    {"email", FieldType::Text},
    {"phone", FieldType::Text},
    {"url", FieldType::Text},
    {"textarea", FieldType::Text},
}};

template <class Parsed>
std::optional<Value> lifted(const Parsed& parsed) {
    if (!parsed) return std::nullopt;
    return Value{*parsed};
}

}  // namespace

std::span<const std::pair<std::string_view, FieldType>> type_names() noexcept { return kTypes; }

std::optional<FieldType> type_named(std::string_view name) noexcept {
    for (const auto& [known, type] : kTypes) {
        if (same_name(known, name)) return type;
    }
    return std::nullopt;
}

std::optional<Value> value_written(FieldType type, std::string_view written) {
    switch (type) {
        case FieldType::Number:
        case FieldType::Currency:
        case FieldType::Percent:
            return lifted(Decimal::parse(written));
        case FieldType::Date:
            return lifted(parse_date(written));
        case FieldType::DateTime:
            return lifted(parse_instant(written));
        case FieldType::Time:
            return lifted(parse_time(written));
        case FieldType::Boolean:
            if (written != "true" && written != "false") return std::nullopt;
            return Value{written == "true"};
        default:
            return text(written);
    }
}

}  // namespace duet::formula
