#pragma once

#include <string>
#include <string_view>

#include "mappings/side.h"
#include "mappings/value.h"

namespace duet::store {

/// The form in which values that records are matched by are stored and asked for.
///
/// A Salesforce id of 18 characters whose last three are the right checksum becomes its first 15,
/// and one of 15 (a digit, or an "a" and a digit, in front, and three digits at least) stays as it
/// is: ids tell upper from lower case. Any other text is trimmed and its case folded, as Unicode
/// says. Numbers and dates are spelled as `display` does. Blank: empty. Always valid UTF-8.
[[nodiscard]] std::string normalise_key(std::string_view text);
[[nodiscard]] std::string normalise_key(const Value& value);

/// A Salesforce id of 15 characters in the 18 that Salesforce prints; any other text, trimmed.
[[nodiscard]] std::string long_id(std::string_view id);

/// By what people who were erased are known again, in the form that tombstones are made of: a
/// record's id, and a value that records are matched by.
[[nodiscard]] std::string name_of_id(Side side, std::string_view object, std::string_view key);
[[nodiscard]] std::string name_of_key(std::string_view value);

}  // namespace duet::store
