#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mappings/catalog.h"

namespace duet::formula {

/// What the checker knows about a value. Number, currency and percent are one type inside a
/// formula; ids, e-mail addresses and the like are Text.
enum class Type : std::uint8_t {
    Unknown,  // depends on a field of unknown type: accepted everywhere, checked when evaluated
    Null,     // the literal: accepted everywhere
    Number,
    Text,
    Boolean,
    Date,
    DateTime,
    Time,
    Picklist,
    MultiPicklist,
    Location,
};

/// A set of types: one bit each.
using TypeSet = std::uint16_t;

[[nodiscard]] constexpr TypeSet set_of(Type type) noexcept {
    return static_cast<TypeSet>(1u << static_cast<unsigned>(type));
}
template <class... Types>
[[nodiscard]] constexpr TypeSet set_of(Type first, Types... more) noexcept {
    return static_cast<TypeSet>(set_of(first) | set_of(more...));
}
constexpr TypeSet kAnyType = 0xFFFF;

[[nodiscard]] constexpr bool is_open(Type type) noexcept {
    return type == Type::Unknown || type == Type::Null;
}
[[nodiscard]] constexpr bool accepts(TypeSet set, Type type) noexcept {
    return is_open(type) || (set & set_of(type)) != 0;
}

/// The type of a value that is one or the other; nothing when no value can be both.
[[nodiscard]] constexpr std::optional<Type> join(Type a, Type b) noexcept {
    if (a == b || b == Type::Null) return a;
    if (a == Type::Null) return b;
    if (is_open(a) || is_open(b)) return Type::Unknown;
    return std::nullopt;
}

[[nodiscard]] Type to_type(std::optional<FieldType> field) noexcept;
/// Nothing for Unknown and Null.
[[nodiscard]] std::optional<FieldType> to_field_type(Type type) noexcept;

/// "number", "date/time": for messages.
[[nodiscard]] const char* to_string(Type type) noexcept;
/// "number or date": for messages.
[[nodiscard]] std::string describe(TypeSet set);

}  // namespace duet::formula
