// The functions that match patterns or write markup.
#include <algorithm>
#include <string>

#include <re2/re2.h>
#include <unicode/ucurr.h>
#include <unicode/unistr.h>

#include "mappings/formula/functions.h"

namespace duet::formula::native {
namespace {

std::string_view text_of(const Call& call, std::size_t index) {
    const auto* text = std::get_if<std::string_view>(&call.args[index]);
    return text == nullptr ? std::string_view{} : *text;
}

std::string html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
                break;
        }
    }
    return out;
}

/// What a text in quotes needs inside a script.
std::string script(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '\\':
                out += "\\\\";
                break;
            case '\'':
                out += "\\'";
                break;
            case '"':
                out += "\\\"";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            default:
                out += c;
                break;
        }
    }
    return out;
}

/// The product writes one space for an attribute without value.
std::string attribute(std::string_view text) { return text.empty() ? " " : html(text); }

/// A number as TEXT prints it; a null one is 0.
std::string pixels(const Call& call, std::size_t index) {
    const auto* number = std::get_if<Decimal>(&call.args[index]);
    if (number == nullptr) return "0";
    std::string out = number->to_string();
    if (out.starts_with("0.")) out.erase(0, 1);
    if (out.starts_with("-0.")) out.erase(1, 1);
    return out;
}

/// What the currency's own coins need; 2 for a code that nobody knows.
int currency_digits(const std::string& code) {
    if (code.size() != 3) return 2;
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString wide = icu::UnicodeString::fromUTF8(code);
    const int digits = ucurr_getDefaultFractionDigits(wide.getTerminatedBuffer(), &status);
    return U_SUCCESS(status) ? digits : 2;
}

bool matches(std::string_view text, const re2::RE2& pattern) {
    return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

}  // namespace

Fault regex(Call& call) {
    const std::string_view text = text_of(call, 0);
    if (call.pattern != nullptr) {
        call.result = matches(text, *static_cast<const re2::RE2*>(call.pattern));
        return nullptr;
    }
    const std::string_view source = text_of(call, 1);
    re2::RE2::Options options;
    options.set_log_errors(false);
    const re2::RE2 pattern(re2::StringPiece(source.data(), source.size()), options);
    if (!pattern.ok()) return "the pattern is not a regular expression that RE2 knows";
    call.result = matches(text, pattern);
    return nullptr;
}

/// % stands for any text, _ for any character, a backslash takes their meaning away.
Fault like(Call& call) {
    const std::string_view wanted = text_of(call, 1);
    std::string source;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] == '%') {
            source += ".*";
        } else if (wanted[i] == '_') {
            source += '.';
        } else {
            const bool escapes = wanted[i] == '\\' && i + 1 < wanted.size() &&
                                 std::string_view("%_\\").find(wanted[i + 1]) != wanted.npos;
            if (escapes) ++i;
            const std::size_t end = std::min(wanted.find_first_of("%_\\", i + 1), wanted.size());
            source += re2::RE2::QuoteMeta(re2::StringPiece(wanted.data() + i, end - i));
            i = end - 1;
        }
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    const re2::RE2 pattern(source, options);
    if (!pattern.ok()) return "the pattern is too long, or no UTF-8";
    call.result = matches(text_of(call, 0), pattern);
    return nullptr;
}

Fault br(Call& call) {
    call.result = std::string_view("\n");
    return nullptr;
}

Fault hyperlink(Call& call) {
    const std::string target = call.args.size() > 2 ? html(text_of(call, 2)) : "_blank";
    return give_text(call, "<a href=\"" + attribute(text_of(call, 0)) + "\" target=\"" + target +
                               "\">" + std::string(text_of(call, 1)) + "</a>");
}

Fault image(Call& call) {
    std::string out = "<img src=\"" + attribute(text_of(call, 0)) + "\" alt=\"" +
                      attribute(text_of(call, 1)) + "\"";
    if (call.args.size() > 2) {
        out += " style=\"height:" + pixels(call, 2) + "px;";
        if (call.args.size() > 3) out += " width:" + pixels(call, 3) + "px;";
        out += "\"";
    }
    return give_text(call, out + " border=\"0\"/>");
}

/// "USD -1,000.50": as many digits after the point as the currency has, thousands parted.
Fault formatcurrency(Call& call) {
    if (is_blank(call.args[1])) return nullptr;
    const std::string code(text_of(call, 0));
    const auto places = static_cast<std::size_t>(currency_digits(code));
    const Decimal& amount = std::get<Decimal>(call.args[1]);
    const auto rounded = amount.rounded(static_cast<int>(places));
    if (!rounded) return kNumberTooLarge;
    std::string digits = (rounded->is_negative() ? rounded->negated() : *rounded).to_string();
    std::size_t point = std::min(digits.find('.'), digits.size());
    if (point == digits.size() && places > 0) digits += '.';
    if (places > 0) digits.append(places - (digits.size() - point - 1), '0');
    for (; point > 3; point -= 3) digits.insert(point - 3, ",");
    return give_text(call, code + " " + (rounded->is_negative() ? "-" : "") + digits);
}

Fault urlencode(Call& call) {
    constexpr std::string_view kKept = "-_.*";
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text_of(call, 0)) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9') || kKept.find(c) != std::string_view::npos) {
            out += c;
        } else if (c == ' ') {
            out += '+';
        } else {
            out += {'%', kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    return give_text(call, out);
}

Fault htmlencode(Call& call) {
    std::string out;
    const std::string escaped = html(text_of(call, 0));
    for (std::size_t i = 0; i < escaped.size(); ++i) {
        const std::string_view rest = std::string_view(escaped).substr(i);
        if (rest.starts_with("\u2028") || rest.starts_with("\u2029")) {
            out += rest.starts_with("\u2028") ? "<br>" : "<p>";
            i += 2;
        } else {
            out += escaped[i];
        }
    }
    return give_text(call, out);
}

Fault jsencode(Call& call) { return give_text(call, script(text_of(call, 0))); }
Fault jsinhtmlencode(Call& call) { return give_text(call, script(html(text_of(call, 0)))); }

}  // namespace duet::formula::native
