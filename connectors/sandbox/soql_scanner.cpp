#include "connectors/sandbox/soql_scanner.h"

#include <algorithm>
#include <utility>

#include "connectors/sandbox/soql_characters.h"

namespace duet::sandbox::soql {
namespace {

// Characters shown before and after the place of an error.
constexpr std::size_t kExcerptBytes = 60;

std::size_t excerpt_start(std::string_view text, std::size_t line_start, std::size_t offset) {
    std::size_t start = line_start;
    // The vendor leaves SELECT out when the fault lies behind it.
    const std::string head = upper_ascii(text.substr(line_start, 7));
    if (head.size() == 7 && head.substr(0, 6) == "SELECT" && is_space(head[6]) &&
        offset >= line_start + 7) {
        start = line_start + 7;
    }
    if (offset - start > kExcerptBytes) {
        start = offset - kExcerptBytes;
        while (start < offset && !is_space(text[start - 1])) ++start;
    }
    return start;
}

}  // namespace

std::string upper_ascii(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

std::size_t count_characters(std::string_view text) {
    const auto count =
        std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); });
    return static_cast<std::size_t>(count);
}

Refusal refuse_at(std::string_view text, std::size_t offset, std::string error_code,
                  std::string_view reason) {
    offset = std::min(offset, text.size());
    const auto rows =
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
    const std::size_t newline = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    const std::size_t line_start = newline == std::string_view::npos ? 0 : newline + 1;
    const std::size_t start = excerpt_start(text, line_start, offset);
    std::size_t end = std::min(text.find('\n', offset), text.size());
    end = std::min(end, offset + kExcerptBytes);
    while (end < text.size() && is_continuation(text[end])) ++end;
    const std::size_t indent = count_characters(text.substr(start, offset - start));
    const std::size_t column = count_characters(text.substr(line_start, offset - line_start)) + 1;

    std::string message = "\n";
    message += text.substr(start, end - start);
    message += "\n" + std::string(indent, ' ') + "^\nERROR at Row:" + std::to_string(rows + 1) +
               ":Column:" + std::to_string(column) + "\n";
    message += reason;
    return {std::move(error_code), std::move(message)};
}

void Scanner::skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

std::size_t Scanner::position() {
    skip_space();
    return at_;
}

bool Scanner::at_end() { return position() == text_.size(); }

std::string_view Scanner::peek_word() {
    std::size_t end = position();
    if (end < text_.size() && is_letter(text_[end])) {
        while (end < text_.size() && is_name(text_[end])) ++end;
    }
    return text_.substr(at_, end - at_);
}

bool Scanner::peek_word_is(std::string_view upper_case_word) {
    return upper_ascii(peek_word()) == upper_case_word;
}

bool Scanner::second_word_is(std::string_view upper_case_word) {
    const std::size_t saved = at_;
    at_ += peek_word().size();
    const bool is = peek_word_is(upper_case_word);
    at_ = saved;
    return is;
}

bool Scanner::peek_call() {
    const std::string_view word = peek_word();
    if (word.empty()) return false;
    std::size_t after = at_ + word.size();
    while (after < text_.size() && is_space(text_[after])) ++after;
    return after < text_.size() && text_[after] == '(';
}

bool Scanner::take_word(std::string_view upper_case_word) {
    if (!peek_word_is(upper_case_word)) return false;
    at_ += upper_case_word.size();
    return true;
}

char Scanner::peek_char() { return at_end() ? '\0' : text_[at_]; }

bool Scanner::take_char(char expected) {
    if (at_end() || text_[at_] != expected) return false;
    ++at_;
    return true;
}

std::string Scanner::take_name() {
    const std::string_view word = peek_word();
    if (word.empty()) refuse_token();
    at_ += word.size();
    return std::string{word};
}

void Scanner::expect_word(std::string_view upper_case_word) {
    if (!take_word(upper_case_word)) refuse_token();
}

void Scanner::expect_char(char expected) {
    if (!take_char(expected)) refuse_token();
}

std::string Scanner::token_at(std::size_t offset) const {
    if (offset >= text_.size()) return "<EOF>";
    std::size_t end = offset + 1;
    if (is_name(text_[offset])) {
        while (end < text_.size() && is_name(text_[end])) ++end;
    } else {
        while (end < text_.size() && is_continuation(text_[end])) ++end;
    }
    return std::string{text_.substr(offset, end - offset)};
}

void Scanner::refuse(std::size_t offset, std::string_view reason) {
    throw Refused{refuse_at(text_, offset, "MALFORMED_QUERY", reason)};
}

void Scanner::refuse_token() {
    const std::size_t offset = position();
    if (offset < text_.size() && text_[offset] == ':') {
        refuse(offset, "Bind variables only allowed in Apex code");
    }
    refuse(offset, "unexpected token: '" + token_at(offset) + "'");
}

}  // namespace duet::sandbox::soql
