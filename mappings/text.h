#pragma once

#include <string>
#include <string_view>

namespace duet {

/// `text` without white space at either end: a view of it. Any other byte is a character.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// An ASCII letter in lower case, all else as it is.
[[nodiscard]] constexpr char lower_case(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// ASCII letters in lower case, all else as it is: for names, hosts and words of a protocol. Texts
/// of people are folded by formula/unicode.h.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace duet
