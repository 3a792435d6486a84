#include "mappings/formula/types.h"

#include <array>
#include <vector>

namespace duet::formula {
namespace {

constexpr std::array<const char*, 11> kNames = {
    "unknown",    "null",      "number", "text",     "boolean",
    "date",       "date/time", "time",   "picklist", "multi-select picklist",
    "geolocation"};

}  // namespace

Type to_type(std::optional<FieldType> field) noexcept {
    if (!field) return Type::Unknown;
    switch (*field) {
        case FieldType::Text:
        case FieldType::Id:
            return Type::Text;
        case FieldType::Number:
        case FieldType::Currency:
        case FieldType::Percent:
            return Type::Number;
        case FieldType::Date:
            return Type::Date;
        case FieldType::DateTime:
            return Type::DateTime;
        case FieldType::Time:
            return Type::Time;
        case FieldType::Boolean:
            return Type::Boolean;
        case FieldType::Picklist:
            return Type::Picklist;
        case FieldType::MultiPicklist:
            return Type::MultiPicklist;
        case FieldType::Geolocation:
            return Type::Location;
    }
    return Type::Unknown;
}

std::optional<FieldType> to_field_type(Type type) noexcept {
    switch (type) {
        case Type::Unknown:
        case Type::Null:
            return std::nullopt;
        case Type::Number:
            return FieldType::Number;
        case Type::Text:
            return FieldType::Text;
        case Type::Boolean:
            return FieldType::Boolean;
        case Type::Date:
            return FieldType::Date;
        case Type::DateTime:
            return FieldType::DateTime;
        case Type::Time:
            return FieldType::Time;
        case Type::Picklist:
            return FieldType::Picklist;
        case Type::MultiPicklist:
            return FieldType::MultiPicklist;
        case Type::Location:
            return FieldType::Geolocation;
    }
    return std::nullopt;
}

const char* to_string(Type type) noexcept { return kNames[static_cast<std::size_t>(type)]; }

std::string describe(TypeSet set) {
    std::vector<const char*> names;
    for (std::size_t i = static_cast<std::size_t>(Type::Number); i < kNames.size(); ++i) {
        if ((set >> i & 1u) != 0) names.push_back(kNames[i]);
    }
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
        out += names[i];
    }
    return out;
}

}  // namespace duet::formula
