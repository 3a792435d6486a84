#include "mappings/text.h"

namespace duet {
namespace {

bool is_outer(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_outer(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_outer(text.back())) text.remove_suffix(1);
    return text;
}

std::string lower_case(std::string_view text) {
    std::string made(text);
    for (char& c : made) c = lower_case(c);
    return made;
}

}  // namespace duet
