#include "connectors/http/transport.h"

#include <algorithm>

namespace duet::http {
namespace {

// Not std::tolower: header names and URL characters are ASCII whatever the locale says.
char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_unreserved(char c) noexcept {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

}  // namespace

const std::string* Response::header(std::string_view name) const noexcept {
    const auto same_name = [name](const auto& entry) {
        return std::equal(entry.first.begin(), entry.first.end(), name.begin(), name.end(),
                          [](char a, char b) { return to_lower(a) == to_lower(b); });
    };
    const auto found = std::find_if(headers.begin(), headers.end(), same_name);
    return found == headers.end() ? nullptr : &found->second;
}

std::string encode_query_value(std::string_view value) {
    constexpr char kHex[] = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(value.size() + value.size() / 2);
    for (const char c : value) {
        if (is_unreserved(c)) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kHex[byte >> 4];
        encoded += kHex[byte & 0x0F];
    }
    return encoded;
}

}  // namespace duet::http
