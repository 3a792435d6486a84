#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The texts of tests/payloads/hostile: what people, imports and attackers put into fields.
namespace duet::hostile {

/// Reserved words, numbers in disguise, Unicode of all kinds, injections. UTF-8, none empty.
[[nodiscard]] std::vector<std::string> strings();
/// All of them, and the addresses, the dates and the JSON documents that are UTF-8 and of at most
/// 10,000 bytes, as texts. None empty, each once.
[[nodiscard]] std::vector<std::string> texts();

struct Address {
    std::string text;
    std::string category;  // VALID_CATEGORY, DNSWARN, RFC5321, CFWS, DEPREC, RFC5322, ERR
    std::string diagnosis;
};
[[nodiscard]] std::vector<Address> addresses();

struct DateText {
    std::string text;
    bool is_instant = false;
    bool valid = false;  // as ISO 8601 in the proleptic Gregorian calendar
    std::string why;
};
[[nodiscard]] std::vector<DateText> dates();

/// Whether the bytes are UTF-8: no loose bytes, no surrogates, nothing overlong.
[[nodiscard]] bool is_utf8(std::string_view text);
/// Lengths as JavaScript and Salesforce count them.
[[nodiscard]] std::size_t utf16_units(std::string_view text);

}  // namespace duet::hostile
