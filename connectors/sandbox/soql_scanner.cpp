#include "connectors/sandbox/soql_scanner.h"

#include <algorithm>
#include <utility>

#include "connectors/sandbox/soql_dates.h"

namespace duet::sandbox::soql {
namespace {

// 4,000: longest string literal of a condition, SOQL reference, read 2026-01.
constexpr std::size_t kMaxStringCharacters = 4000;
// Characters shown before and after the place of an error.
constexpr std::size_t kExcerptBytes = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

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

void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

// Four hexadecimal digits at `at`, or nothing.
std::optional<std::uint32_t> hex4(std::string_view text, std::size_t at) {
    if (at + 4 > text.size()) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text.substr(at, 4)) {
        if (!is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F')) {
            return std::nullopt;
        }
        const int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
        value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    return value;
}

// `count` decimal digits at `at`, or nothing.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::string pad(std::int64_t value, std::size_t width) {
    std::string out = std::to_string(value);
    return out.size() >= width ? out : std::string(width - out.size(), '0') + out;
}

std::string format_clock(std::int64_t milliseconds) {
    return pad(milliseconds / 3600000, 2) + ":" + pad(milliseconds / 60000 % 60, 2) + ":" +
           pad(milliseconds / 1000 % 60, 2) + "." + pad(milliseconds % 1000, 3) + "Z";
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

Literal Scanner::take_literal(bool pattern) {
    const char c = peek_char();
    if (c == '\'') return take_string(pattern);
    if (is_digit(c) || c == '-' || c == '+' || c == '.') return take_number_or_date();
    if (is_letter(c)) return take_word_literal();
    refuse_token();
}

void Scanner::take_escape(std::string& out, bool pattern, std::size_t start) {
    const char c = at_ < text_.size() ? text_[at_++] : '\0';
    switch (c) {
        case 'n':
        case 'N':
            out += '\n';
            return;
        case 'r':
        case 'R':
            out += '\r';
            return;
        case 't':
        case 'T':
            out += '\t';
            return;
        case 'b':
        case 'B':
            out += '\b';
            return;
        case 'f':
        case 'F':
            out += '\f';
            return;
        case '\'':
        case '"':
            out += c;
            return;
        // A pattern keeps what the matcher must still tell from a wildcard.
        case '\\':
            out += pattern ? "\\\\" : "\\";
            return;
        case '%':
        case '_':
            if (!pattern) break;
            out += '\\';
            out += c;
            return;
        case 'u':
        case 'U': {
            auto code = hex4(text_, at_);
            if (!code) break;
            at_ += 4;
            if (*code >= 0xD800 && *code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
                const auto low = hex4(text_, at_ + 2);
                if (low && *low >= 0xDC00 && *low < 0xE000) {
                    code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
                    at_ += 6;
                }
            }
            if (*code == 0 || (*code >= 0xD800 && *code < 0xE000)) break;
            append_utf8(out, *code);
            return;
        }
        default:
            break;
    }
    refuse(start, "Illegal string literal. Invalid string escape sequence");
}

Literal Scanner::take_string(bool pattern) {
    Literal literal;
    literal.kind = Literal::Kind::kString;
    literal.pattern = pattern;
    literal.offset = at_++;
    while (at_ < text_.size() && text_[at_] != '\'') {
        if (text_[at_] == '\\') {
            const std::size_t start = at_++;
            take_escape(literal.text, pattern, start);
        } else {
            literal.text += text_[at_++];
        }
    }
    if (at_ >= text_.size()) refuse(literal.offset, "unexpected token: '<EOF>'");
    ++at_;
    if (count_characters(literal.text) > kMaxStringCharacters) {
        refuse(literal.offset, "String literal is longer than 4000 characters");
    }
    return literal;
}

bool Scanner::take_clock(std::size_t& at, int& milliseconds_of_day) const {
    const auto hour = digits(text_, at, 2);
    const auto minute = digits(text_, at + 3, 2);
    const auto second = digits(text_, at + 6, 2);
    if (!hour || !minute || !second || text_[at + 2] != ':' || text_[at + 5] != ':') return false;
    if (*hour > 23 || *minute > 59 || *second > 59) return false;
    at += 8;
    int milliseconds = 0;
    if (at < text_.size() && text_[at] == '.') {
        int scale = 100;
        if (!digits(text_, ++at, 1)) return false;
        for (; at < text_.size() && is_digit(text_[at]); ++at, scale /= 10) {
            milliseconds += (text_[at] - '0') * scale;
        }
    }
    milliseconds_of_day = ((*hour * 60 + *minute) * 60 + *second) * 1000 + milliseconds;
    return true;
}

bool Scanner::take_zone(std::size_t& at, int& offset_minutes) const {
    if (at >= text_.size()) return false;
    const char sign = text_[at++];
    offset_minutes = 0;
    if (sign == 'Z' || sign == 'z') return true;
    if (sign != '+' && sign != '-') return false;
    const auto hours = digits(text_, at, 2);
    at += 2;
    if (at < text_.size() && text_[at] == ':') ++at;
    const auto minutes = digits(text_, at, 2);
    at += 2;
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return false;
    offset_minutes = (*hours * 60 + *minutes) * (sign == '-' ? -1 : 1);
    return true;
}

bool Scanner::take_date(Literal& literal) {
    const auto year = digits(text_, at_, 4);
    const auto month = digits(text_, at_ + 5, 2);
    const auto day = digits(text_, at_ + 8, 2);
    if (!year || !month || !day || text_[at_ + 4] != '-' || text_[at_ + 7] != '-') return false;
    if (!is_date(*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day))) return false;
    std::size_t at = at_ + 10;
    literal.kind = Literal::Kind::kDate;
    literal.text = std::string{text_.substr(at_, 10)};
    if (at < text_.size() && (text_[at] == 'T' || text_[at] == 't')) {
        int milliseconds = 0;
        int zone_minutes = 0;
        if (!take_clock(++at, milliseconds) || !take_zone(at, zone_minutes)) return false;
        constexpr std::int64_t kDay = 86400000;
        std::int64_t days =
            days_from_civil(*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day));
        std::int64_t utc = milliseconds - std::int64_t{zone_minutes} * 60000;
        if (utc < 0) utc += kDay, --days;
        if (utc >= kDay) utc -= kDay, ++days;
        if (days < days_from_civil(1, 1, 1) || days > days_from_civil(9999, 12, 31)) return false;
        literal.kind = Literal::Kind::kDatetime;
        literal.text = format_date(days) + "T" + format_clock(utc);
    }
    at_ = at;
    return true;
}

Literal Scanner::take_number_or_date() {
    Literal literal;
    literal.offset = at_;
    if (digits(text_, at_, 4) && at_ + 4 < text_.size() && text_[at_ + 4] == '-') {
        if (!take_date(literal)) refuse_token();
    } else if (digits(text_, at_, 2) && at_ + 2 < text_.size() && text_[at_ + 2] == ':') {
        int milliseconds = 0;
        int zone_minutes = 0;
        std::size_t at = at_;
        if (!take_clock(at, milliseconds) || !take_zone(at, zone_minutes) || zone_minutes != 0) {
            refuse_token();
        }
        literal.kind = Literal::Kind::kTime;
        literal.text = format_clock(milliseconds);
        at_ = at;
    } else {
        std::size_t at = at_;
        if (text_[at] == '-' || text_[at] == '+') ++at;
        std::size_t count = 0;
        bool point = false;
        for (; at < text_.size() && (is_digit(text_[at]) || (text_[at] == '.' && !point)); ++at) {
            if (text_[at] == '.') {
                point = true;
            } else {
                ++count;
            }
        }
        if (count == 0) refuse_token();
        literal.kind = point ? Literal::Kind::kDecimal : Literal::Kind::kInteger;
        literal.text = std::string{text_.substr(at_, at - at_)};
        at_ = at;
    }
    // `5abc` and `2018-01-02x` are no constants.
    if (at_ < text_.size() && is_name(text_[at_])) refuse_token();
    return literal;
}

Literal Scanner::take_word_literal() {
    Literal literal;
    literal.offset = position();
    const std::string word = upper_ascii(peek_word());
    const DateWord kind = date_word(word);
    if (word == "NULL") {
        literal.kind = Literal::Kind::kNull;
    } else if (word == "TRUE" || word == "FALSE") {
        literal.kind = Literal::Kind::kBoolean;
        literal.truth = word == "TRUE";
    } else if (kind != DateWord::kNone) {
        literal.kind = Literal::Kind::kDateRange;
        literal.text = word;
        if (kind == DateWord::kCounted) {
            at_ += word.size();
            expect_char(':');
            literal.count = take_count();
            return literal;
        }
    } else if (const std::size_t number = literal.offset + 3;
               word.size() >= 3 && std::all_of(word.begin(), word.begin() + 3, is_letter) &&
               number < text_.size() && (is_digit(text_[number]) || text_[number] == '-')) {
        at_ = number;
        const Literal amount = take_number_or_date();
        if (amount.kind != Literal::Kind::kInteger && amount.kind != Literal::Kind::kDecimal) {
            at_ = literal.offset;
            refuse_token();
        }
        literal.kind = Literal::Kind::kCurrency;
        literal.text = word.substr(0, 3) + amount.text;
        return literal;
    } else {
        refuse_token();
    }
    at_ += word.size();
    return literal;
}

std::int64_t Scanner::take_count() {
    const std::size_t start = position();
    std::size_t end = start;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    // Nine digits are beyond every limit of the language and still no overflow.
    if (end == start || end - start > 9 || (end < text_.size() && is_name(text_[end]))) {
        refuse_token();
    }
    std::int64_t value = 0;
    for (; at_ < end; ++at_) value = value * 10 + (text_[at_] - '0');
    return value;
}

}  // namespace duet::sandbox::soql
