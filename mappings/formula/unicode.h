#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace duet::formula {

/// Texts are UTF-8, but positions and lengths count UTF-16 units, as the vendor counts them.
/// A character of two units is never cut in half: a position inside it means its start.
[[nodiscard]] std::size_t utf16_length(std::string_view text) noexcept;
/// The byte where unit `units` begins; the text's size when it has fewer.
[[nodiscard]] std::size_t byte_of_unit(std::string_view text, std::size_t units) noexcept;

/// As TRIM has it: without blanks and control characters at either end.
[[nodiscard]] std::string_view without_outer_controls(std::string_view text) noexcept;

/// The first code point; 0 for an empty text.
[[nodiscard]] std::uint32_t first_code_point(std::string_view text) noexcept;
[[nodiscard]] std::string encode_code_point(std::uint32_t code_point);

/// Whole-text case mapping by the rules of `locale` ("tr", "en_US"; empty: none in particular).
[[nodiscard]] std::string to_upper(std::string_view text, const std::string& locale);
[[nodiscard]] std::string to_lower(std::string_view text, const std::string& locale);
/// The first letter of each word upper case, all others lower case.
[[nodiscard]] std::string to_title(std::string_view text);

}  // namespace duet::formula
