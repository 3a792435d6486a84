#pragma once

namespace duet::sandbox::soql {

/// The classes of bytes that SOQL's words are made of. Names are ASCII.
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
inline bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
inline bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace duet::sandbox::soql
