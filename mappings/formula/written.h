#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "mappings/catalog.h"
#include "mappings/value.h"

namespace duet::formula {

/// The names that types have where people write a formula's inputs by hand: vectors, `duet
/// formula`. The first name of a type is its own; "email" and the like are texts.
[[nodiscard]] std::span<const std::pair<std::string_view, FieldType>> type_names() noexcept;

/// The type of that name, in any case; nothing when there is none.
[[nodiscard]] std::optional<FieldType> type_named(std::string_view name) noexcept;

/// What a field of that type holds when it is written so: numbers as decimals, dates and times as
/// ISO 8601, true or false, anything else as text. Nothing when it cannot hold that.
[[nodiscard]] std::optional<Value> value_written(FieldType type, std::string_view written);

}  // namespace duet::formula
