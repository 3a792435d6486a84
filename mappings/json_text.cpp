#include "mappings/json_text.h"

#include <cstdint>
#include <cstring>

#include <nlohmann/json.hpp>

namespace duet::json_text {
namespace {

/// Stands for itself in JSON; UTF-8 beyond ASCII is left to the library, which checks it.
bool is_plain(char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return code >= 0x20 && code < 0x80 && letter != '"' && letter != '\\';
}

/// How many letters stand for themselves before the first that does not; eight are looked at at
/// once.
std::size_t plain_length(std::string_view text) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHighs = 0x8080808080808080;
    const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
    std::size_t length = 0;
    for (std::uint64_t word = 0; length + sizeof word <= text.size(); length += sizeof word) {
        std::memcpy(&word, text.data() + length, sizeof word);
        const std::uint64_t controls = (word - kOnes * 0x20) & ~word & kHighs;
        const std::uint64_t special = controls | (word & kHighs) | has_zero(word ^ (kOnes * '"')) |
                                      has_zero(word ^ (kOnes * '\\'));
        if (special != 0) break;
    }
    while (length < text.size() && is_plain(text[length])) ++length;
    return length;
}

}  // namespace

void append(std::string& out, std::string_view text) {
    if (plain_length(text) != text.size()) {
        out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

void Reader::skip_blanks() {
    if (!rest_.empty() && rest_.front() > ' ') return;
    const auto first = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
}

bool Reader::at_end() {
    skip_blanks();
    return rest_.empty();
}

bool Reader::take(char mark) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != mark) return false;
    rest_.remove_prefix(1);
    return true;
}

std::optional<std::string> Reader::text() {
    std::string read;
    const auto found = view(read);
    if (!found) return std::nullopt;
    if (found->data() != read.data()) read = *found;
    return read;
}

std::optional<std::string_view> Reader::view(std::string& buffer) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != '"') return std::nullopt;
    std::size_t end = 1 + plain_length(rest_.substr(1));
    if (end >= rest_.size()) return std::nullopt;
    if (rest_[end] == '"') {
        const std::string_view read = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        return read;
    }
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    if (end >= rest_.size()) return std::nullopt;
    const auto parsed = nlohmann::json::parse(rest_.substr(0, end + 1), nullptr, false);
    if (!parsed.is_string()) return std::nullopt;
    buffer = parsed.get<std::string>();
    rest_.remove_prefix(end + 1);
    return buffer;
}

}  // namespace duet::json_text
