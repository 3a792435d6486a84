#pragma once

#include <optional>

#include "mappings/catalog.h"
#include "mappings/value.h"

namespace duet::merge {

/// `value` in the type and within the limits of `target`: a number becomes text for a text field,
/// a text that is too long is cut at `target.length` characters, a number is rounded to
/// `target.scale`, an instant is cut to its UTC date for a date field. A blank value stays blank.
/// Nothing when it cannot be said in that type ("abc" for a number): the field is not written.
/// `target` of nullptr: unknown field, the value as it is.
[[nodiscard]] std::optional<Value> convert(const Value& value, const FieldInfo* target);

/// Whether two spellings on one side are the same value: outer white space aside (both vendors
/// trim texts), numbers by value, and blank equal to false only for booleans.
[[nodiscard]] bool same(const Value& a, const Value& b) noexcept;

}  // namespace duet::merge
