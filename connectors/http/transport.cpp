#include "connectors/http/transport.h"

#include <algorithm>

#include "connectors/http/request_rules.h"

namespace duet::http {
namespace {

// ASCII by hand: what a URL may hold does not depend on the locale.
bool is_unreserved(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

const std::string* Response::header(std::string_view name) const noexcept {
    const auto found = std::find_if(headers.begin(), headers.end(), [name](const auto& entry) {
        return equal_without_case(entry.first, name);
    });
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
