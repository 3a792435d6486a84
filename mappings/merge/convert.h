#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/value.h"

namespace duet::merge {

/// Why a value is not the same in the target's type and limits.
enum class Fault : std::uint8_t {
    None,
    TooLong,        // a text over `target.length`
    Unparsable,     // "abc" for a number, 30 February, more digits than the field holds
    UnknownOption,  // a restricted picklist does not have it
    Unmapped,       // the rule's value map does not name it
};

/// The fault as a sentence without the value: it may be somebody's name.
[[nodiscard]] std::string to_string(Fault fault, const FieldInfo* target);

/// Whether the same value may fit once the target is described otherwise.
[[nodiscard]] bool is_of_target(Fault fault) noexcept;

struct Converted {
    std::optional<Value> value;  // TooLong: what fits; UnknownOption: as it is; Unparsable: none
    Fault fault = Fault::None;
};

/// `value` in the type and within the limits of `target`: a number becomes text for a text field,
/// a number is rounded to `target.scale`, an instant is cut to its UTC date for a date field, a
/// day becomes its first instant. Texts go as they were typed, outer space included; one of
/// nothing but space is blank. Lengths count UTF-16 units, and no character is cut in two.
/// Options compare exactly. `target` of nullptr: unknown field, the value as it is.
[[nodiscard]] Converted convert(const Value& value, const FieldInfo* target);

/// Whether two spellings on one side are the same value: outer white space aside (both vendors
/// trim texts), numbers by value, and blank equal to false only for booleans.
[[nodiscard]] bool same(const Value& a, const Value& b) noexcept;

/// As above for multi-select lists: the same options in any order.
[[nodiscard]] bool same_options(const Value& a, const Value& b);

/// As above for addresses: letter case aside, beyond ASCII too.
[[nodiscard]] bool same_address(const Value& a, const Value& b);

/// The parts of a multi-select list, trimmed, blank ones left out, in order.
[[nodiscard]] std::vector<std::string> options_of(std::string_view list);

}  // namespace duet::merge
