#include "mappings/formula/unicode.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace duet::formula {
namespace {

/// Bytes of the character that starts with `lead`. The vendors send valid UTF-8; a stray byte
/// counts as a character of its own.
std::size_t bytes_of(unsigned char lead) {
    if (lead < 0xC0) return 1;
    if (lead < 0xE0) return 2;
    return lead < 0xF0 ? 3 : 4;
}

template <class Map>
std::string mapped(std::string_view text, Map map) {
    std::string out;
    icu::StringByteSink<std::string> sink(&out, static_cast<int32_t>(text.size()));
    UErrorCode status = U_ZERO_ERROR;
    map(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, status);
    return U_SUCCESS(status) ? out : std::string(text);
}

}  // namespace

std::size_t utf16_length(std::string_view text) noexcept {
    std::size_t units = 0;
    for (std::size_t position = 0; position < text.size();) {
        const std::size_t bytes = bytes_of(static_cast<unsigned char>(text[position]));
        units += bytes == 4 ? 2 : 1;
        position += bytes;
    }
    return units;
}

std::size_t byte_of_unit(std::string_view text, std::size_t units) noexcept {
    std::size_t position = 0;
    while (position < text.size() && units > 0) {
        const std::size_t bytes = bytes_of(static_cast<unsigned char>(text[position]));
        const std::size_t width = bytes == 4 ? 2 : 1;
        if (width > units) break;
        units -= width;
        position += bytes;
    }
    return position < text.size() ? position : text.size();
}

std::string_view without_outer_controls(std::string_view text) noexcept {
    const auto is_outer = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (!text.empty() && is_outer(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_outer(text.back())) text.remove_suffix(1);
    return text;
}

std::uint32_t first_code_point(std::string_view text) noexcept {
    if (text.empty()) return 0;
    const std::string_view first = text.substr(0, bytes_of(static_cast<unsigned char>(text[0])));
    const auto decoded = icu::UnicodeString::fromUTF8(
        icu::StringPiece(first.data(), static_cast<int32_t>(first.size())));
    return static_cast<std::uint32_t>(decoded.char32At(0));
}

std::string encode_code_point(std::uint32_t code_point) {
    std::string out;
    icu::UnicodeString(static_cast<UChar32>(code_point)).toUTF8String(out);
    return out;
}

std::string to_upper(std::string_view text, const std::string& locale) {
    return mapped(text, [&](auto piece, auto& sink, UErrorCode& status) {
        icu::CaseMap::utf8ToUpper(locale.c_str(), 0, piece, sink, nullptr, status);
    });
}

std::string to_lower(std::string_view text, const std::string& locale) {
    return mapped(text, [&](auto piece, auto& sink, UErrorCode& status) {
        icu::CaseMap::utf8ToLower(locale.c_str(), 0, piece, sink, nullptr, status);
    });
}

std::string to_title(std::string_view text) {
    std::string out;
    bool inside = false;
    for (std::size_t position = 0; position < text.size();) {
        const std::size_t bytes = bytes_of(static_cast<unsigned char>(text[position]));
        const std::string_view character = text.substr(position, bytes);
        out += inside ? to_lower(character, "") : to_upper(character, "");
        const auto code_point = static_cast<UChar32>(first_code_point(character));
        inside =
            u_isalnum(code_point) != 0 || (inside && u_charType(code_point) == U_NON_SPACING_MARK);
        position += bytes;
    }
    return out;
}

}  // namespace duet::formula
