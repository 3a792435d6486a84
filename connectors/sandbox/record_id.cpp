#include "connectors/sandbox/record_id.h"

#include <algorithm>

namespace duet::sandbox {

namespace {

bool is_letter_or_digit(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string id18(std::string_view id) {
    if ((id.size() != 15 && id.size() != 18) ||
        !std::all_of(id.begin(), id.end(), is_letter_or_digit)) {
        return {};
    }
    constexpr std::string_view kChecks = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    std::string out(id.substr(0, 15));
    for (std::size_t group = 0; group < 3; ++group) {
        std::size_t bits = 0;
        for (std::size_t i = 0; i < 5; ++i) {
            const char c = id[group * 5 + i];
            if (c >= 'A' && c <= 'Z') bits |= std::size_t{1} << i;
        }
        out += kChecks[bits];
    }
    return out;
}

std::string make_id(std::string_view prefix, std::int64_t counter) {
    constexpr std::string_view kDigits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string id = std::string(prefix) + "SB0000000000";
    for (std::size_t at = id.size(); counter > 0 && at > 6; counter /= 62) {
        id[--at] = kDigits[static_cast<std::size_t>(counter % 62)];
    }
    return id18(id);
}

}  // namespace duet::sandbox
