#include "daemon/store/keys.h"

#include <algorithm>
#include <vector>

#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "mappings/text.h"

namespace duet::store {
namespace {

constexpr std::size_t kShortId = 15;
constexpr std::size_t kLongId = 18;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_alphanumeric(char c) noexcept {
    return is_digit(c) || is_upper(c) || is_lower(c);
}
constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// One of the three characters that tell the case of an id's 15: one for each group of five, a
/// bit for each upper-case letter, lowest first.
char checksum_of(std::string_view id, std::size_t group) noexcept {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    std::size_t bits = 0;
    for (std::size_t i = 0; i < 5; ++i) {
        if (is_upper(id[group * 5 + i])) bits |= std::size_t{1} << i;
    }
    return kDigits[bits];
}

bool has_checksum(std::string_view id) noexcept {
    for (std::size_t group = 0; group < 3; ++group) {
        if (id[kShortId + group] != checksum_of(id, group)) return false;
    }
    return true;
}

/// A key prefix in front and a counter behind. A word of 15 letters is no id.
bool has_id_shape(std::string_view id) noexcept {
    return std::all_of(id.begin(), id.end(), is_alphanumeric) &&
           (is_digit(id[0]) || (id[0] == 'a' && is_digit(id[1]))) &&
           std::count_if(id.begin(), id.end(), is_digit) >= 3;
}

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// Broken bytes become U+FFFD, so that a key is text wherever it is stored.
std::string fold_unicode(std::string_view text) {
    UErrorCode error = U_ZERO_ERROR;
    std::vector<UChar> wide(text.size());
    std::int32_t length = 0;
    u_strFromUTF8WithSub(wide.data(), static_cast<std::int32_t>(wide.size()), &length, text.data(),
                         static_cast<std::int32_t>(text.size()), 0xFFFD, nullptr, &error);
    const UChar* begin = wide.data();
    while (length > 0 && u_isUWhiteSpace(*begin)) ++begin, --length;
    while (length > 0 && u_isUWhiteSpace(begin[length - 1])) --length;

    // One character folds to three at most, one UTF-16 unit takes three bytes at most.
    std::vector<UChar> folded(static_cast<std::size_t>(length) * 3 + 1);
    length = u_strFoldCase(folded.data(), static_cast<std::int32_t>(folded.size()), begin, length,
                           U_FOLD_CASE_DEFAULT, &error);
    std::string out(static_cast<std::size_t>(length) * 3 + 1, '\0');
    std::int32_t bytes = 0;
    u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &bytes, folded.data(), length,
                &error);
    if (U_FAILURE(error)) return lower_case(text);
    out.resize(static_cast<std::size_t>(bytes));
    return out;
}

}  // namespace

std::string normalise_key(std::string_view text) {
    text = trim(text);
    if (text.size() == kLongId && has_id_shape(text) && has_checksum(text)) {
        return std::string(text.substr(0, kShortId));
    }
    if (text.size() == kShortId && has_id_shape(text)) return std::string(text);
    const bool ascii = std::all_of(text.begin(), text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return ascii ? lower_case(text) : fold_unicode(text);
}

std::string long_id(std::string_view id) {
    std::string full(trim(id));
    if (full.size() != kShortId || !has_id_shape(full)) return full;
    for (std::size_t group = 0; group < 3; ++group) full += checksum_of(full, group);
    return full;
}

std::string normalise_key(const Value& value) {
    if (const std::string* text = as_text(value)) return normalise_key(std::string_view(*text));
    return display(value);
}

std::string name_of_id(Side side, std::string_view object, std::string_view key) {
    return "id:" + std::to_string(static_cast<int>(side)) + ":" + std::string(object) + ":" +
           normalise_key(key);
}

std::string name_of_key(std::string_view value) { return "key:" + normalise_key(value); }

}  // namespace duet::store
