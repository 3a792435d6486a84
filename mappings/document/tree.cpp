#include "mappings/document/tree.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace duet::document {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

int characters(std::string_view text) noexcept {
    return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

/// How much of the source an escape takes, its backslash included, and how much it gives.
struct Escape {
    std::size_t taken = 2;
    std::size_t given = 1;
};

Escape read_escape(std::string_view raw) {
    const char kind = raw.size() > 1 ? raw[1] : ' ';
    const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    if (kind == '\n') return {2, 0};
    if (kind == 'N' || kind == '_') return {2, 2};
    if (kind == 'L' || kind == 'P') return {2, 3};
    if (digits == 0 || raw.size() < 2 + digits) return {};
    unsigned code = 0;
    std::from_chars(raw.data() + 2, raw.data() + 2 + digits, code, 16);
    return {2 + digits, code < 0x80 ? 1U : code < 0x800 ? 2U : code < 0x10000 ? 3U : 4U};
}

/// Where byte `at` of a double-quoted scalar stands; a folded line end counts as its one space.
std::size_t offset_in_double_quotes(std::string_view raw, std::size_t from, std::size_t at) {
    for (std::size_t given = 0; given < at && from < raw.size();) {
        if (raw[from] == '\\') {
            const Escape escape = read_escape(raw.substr(from));
            given += escape.given;
            if (given > at) break;
            from += escape.taken;
        } else if (raw[from] == '\n') {
            while (from < raw.size() && is_space(raw[from])) ++from;
            ++given;
        } else {
            ++from;
            ++given;
        }
    }
    return std::min(from, raw.size());
}

}  // namespace

SourceText::SourceText(std::string file, std::string text)
    : file_(std::move(file)), text_(std::move(text)) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);
    line_starts_.push_back(0);
    for (std::size_t at = 0; at < text_.size(); ++at) {
        if (text_[at] == '\n') line_starts_.push_back(at + 1);
    }
}

Place SourceText::place(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const std::size_t start = *(after - 1);
    return {file_, static_cast<int>(after - line_starts_.begin()),
            characters(std::string_view(text_).substr(start, offset - start)) + 1};
}

std::string_view SourceText::line(int number) const noexcept {
    if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return {};
    const std::size_t start = line_starts_[static_cast<std::size_t>(number) - 1];
    std::string_view found = std::string_view(text_).substr(start);
    found = found.substr(0, found.find('\n'));
    if (found.ends_with('\r')) found.remove_suffix(1);
    return found;
}

int Node::length() const {
    if (kind != Kind::Scalar) return 1;
    const std::string_view rest =
        std::string_view(source->text()).substr(std::min(offset, source->text().size()));
    const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
    // Two more for the quotes; what was escaped inside is not worth counting.
    const int wanted = characters(text) + (plain ? 0 : 2);
    return std::max(1, std::min(wanted, characters(line)));
}

std::size_t Node::source_offset(std::size_t at) const {
    if (rewritten) return offset;
    const std::string& raw = source->text();
    const char style = plain || offset >= raw.size() ? ' ' : raw[offset];
    if (style == '"') return offset_in_double_quotes(raw, offset + 1, at);
    std::size_t from = style == '\'' ? offset + 1 : offset;
    if (style == '|' || style == '>') {
        from = raw.find('\n', from);
        if (from == std::string::npos) return offset;
    }
    // Walks both texts: spaces and line ends may differ, everything else comes in order.
    for (std::size_t i = 0;; ++i) {
        const bool wants_space = i < text.size() && is_space(text[i]);
        if (!wants_space) {
            while (from < raw.size() && is_space(raw[from])) ++from;
        }
        if (i >= at || i >= text.size() || from >= raw.size()) return std::min(from, raw.size());
        if (!wants_space || is_space(raw[from])) ++from;
        if (style == '\'' && text[i] == '\'') ++from;
    }
}

}  // namespace duet::document
