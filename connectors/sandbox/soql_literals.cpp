#include <algorithm>
#include <optional>
#include <utility>

#include "connectors/sandbox/soql_characters.h"
#include "connectors/sandbox/soql_dates.h"
#include "connectors/sandbox/soql_scanner.h"

namespace duet::sandbox::soql {
namespace {

// 4,000: longest string literal of a condition, SOQL reference, read 2026-01.
constexpr std::size_t kMaxStringCharacters = 4000;
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
