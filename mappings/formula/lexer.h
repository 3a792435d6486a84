#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "mappings/formula/formula.h"

namespace duet::formula {

enum class TokenKind : std::uint8_t { End, Number, Text, Name, Symbol };

/// A piece of the formula's text. It points into the text, which must outlive it.
struct Token {
    TokenKind kind = TokenKind::End;
    std::size_t offset = 0;   // bytes
    std::string_view text{};  // as written, quotes included
};

/// Splits a formula's text. The last token is always End. Comments and white space (Unicode's
/// invisible spaces too: formulas are pasted from web pages) are left out.
[[nodiscard]] std::variant<std::vector<Token>, CompileError> split(std::string_view text);

}  // namespace duet::formula
