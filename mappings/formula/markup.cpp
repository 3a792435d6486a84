// The functions that write markup.
#include <algorithm>
#include <string>

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

}  // namespace

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
