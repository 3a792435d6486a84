#include "connectors/sandbox/http_message.h"

namespace duet::sandbox {

namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// The value of `name="..."` in a header line, or "".
std::string header_attribute(std::string_view line, std::string_view name) {
    const std::string wanted = std::string(name) + "=";
    std::size_t at = 0;
    while ((at = line.find(wanted, at)) != std::string_view::npos) {
        if (at == 0 || line[at - 1] == ' ' || line[at - 1] == ';') break;
        at += wanted.size();
    }
    if (at == std::string_view::npos) return {};
    line.remove_prefix(at + wanted.size());
    if (!line.empty() && line.front() == '"') {
        return std::string(line.substr(1, line.find('"', 1) - 1));
    }
    return std::string(line.substr(0, line.find_first_of("; \r\n")));
}

}  // namespace

bool equal_without_case(std::string_view left, std::string_view right) noexcept {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (lower_case(left[i]) != lower_case(right[i])) return false;
    }
    return true;
}

std::string_view ApiRequest::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers) {
        if (equal_without_case(key, name)) return value;
    }
    return {};
}

bool ApiRequest::has_header(std::string_view name) const noexcept {
    for (const auto& entry : headers) {
        if (equal_without_case(entry.first, name)) return true;
    }
    return false;
}

std::optional<std::string> ApiRequest::parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::string url_decode(std::string_view text, bool plus_is_blank) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                out += static_cast<char>(high * 16 + low);
                i += 2;
                continue;
            }
        }
        out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
    return out;
}

std::string url_encode(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kHex[byte >> 4U];
        out += kHex[byte & 15U];
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view pair = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        pairs.emplace_back(url_decode(pair.substr(0, equals), true),
                           equals == std::string_view::npos
                               ? std::string{}
                               : url_decode(pair.substr(equals + 1), true));
    }
    return pairs;
}

std::vector<std::string> path_segments(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        const std::size_t end = path.find('/');
        if (end != 0) segments.push_back(url_decode(path.substr(0, end), false));
        path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
    }
    return segments;
}

std::vector<std::pair<std::string, std::string>> parse_multipart(std::string_view content_type,
                                                                 std::string_view body) {
    std::vector<std::pair<std::string, std::string>> parts;
    const std::string boundary = header_attribute(content_type, "boundary");
    if (boundary.empty()) return parts;
    const std::string mark = "--" + boundary;
    std::size_t at = body.find(mark);
    while (at != std::string_view::npos) {
        const std::size_t from = at + mark.size();
        if (body.substr(from, 2) == "--") break;
        const std::size_t next = body.find("\n" + mark, from);
        if (next == std::string_view::npos) break;
        std::string_view part = body.substr(from, next - from);
        if (!part.empty() && part.back() == '\r') part.remove_suffix(1);
        std::size_t split = part.find("\r\n\r\n");
        std::size_t gap = 4;
        if (split == std::string_view::npos) {
            split = part.find("\n\n");
            gap = 2;
        }
        if (split != std::string_view::npos) {
            parts.emplace_back(header_attribute(part.substr(0, split), "name"),
                               std::string(part.substr(split + gap)));
        }
        at = next + 1;
    }
    return parts;
}

}  // namespace duet::sandbox
