#pragma once

#include <string>
#include <string_view>

namespace duet {

/// `text` without white space at either end: a view of it. Any other byte is a character.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// ASCII letters in lower case, all else as it is: for names, hosts and words of a protocol. Texts
/// of people are folded by formula/unicode.h.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace duet
