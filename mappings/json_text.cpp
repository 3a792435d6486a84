#include "mappings/json_text.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace duet::json_text {
namespace {

/// Stands for itself in JSON; UTF-8 beyond ASCII is left to the library, which checks it.
bool is_plain(char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return code >= 0x20 && code < 0x80 && letter != '"' && letter != '\\';
}

}  // namespace

void append(std::string& out, std::string_view text) {
    if (!std::all_of(text.begin(), text.end(), is_plain)) {
        out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

void Reader::skip_blanks() {
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
    skip_blanks();
    if (rest_.empty() || rest_.front() != '"') return std::nullopt;
    bool plain = true;
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != '"') {
        if (!is_plain(rest_[end])) plain = false;
        end += rest_[end] == '\\' ? 2 : 1;
    }
    if (end >= rest_.size()) return std::nullopt;
    const std::string_view literal = rest_.substr(0, end + 1);
    std::optional<std::string> read;
    if (plain) {
        read.emplace(literal.substr(1, end - 1));
    } else {
        const auto parsed = nlohmann::json::parse(literal, nullptr, false);
        if (!parsed.is_string()) return std::nullopt;
        read = parsed.get<std::string>();
    }
    rest_.remove_prefix(literal.size());
    return read;
}

}  // namespace duet::json_text
