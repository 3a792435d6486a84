#include "daemon/report/markup.h"

#include <fmt/format.h>

namespace duet::report {
namespace {

bool is_forbidden(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                if (!is_forbidden(c)) out += c;
        }
    }
    return out;
}

std::string script_safe(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for (const char c : json) {
        // Outside of strings JSON has none of the three, so an escape is always within one.
        if (c == '<' || c == '>' || c == '&') {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out;
}

void Markup::begin(std::string_view tag, const Attributes& attributes) {
    out_ += '<';
    out_ += tag;
    for (const auto& [name, value] : attributes) {
        out_ += ' ';
        out_ += name;
        out_ += "=\"" + escaped(value) + '"';
    }
}

Markup& Markup::open(std::string_view tag, const Attributes& attributes) {
    begin(tag, attributes);
    out_ += '>';
    open_.emplace_back(tag);
    return *this;
}

Markup& Markup::close() {
    if (open_.empty()) return *this;
    out_ += "</" + open_.back() + '>';
    if (out_.size() - (out_.rfind('\n') == out_.npos ? 0 : out_.rfind('\n')) > 100) out_ += '\n';
    open_.pop_back();
    return *this;
}

Markup& Markup::text(std::string_view text) {
    out_ += escaped(text);
    return *this;
}

Markup& Markup::leaf(std::string_view tag, const Attributes& attributes, std::string_view text) {
    begin(tag, attributes);
    out_ += '>' + escaped(text) + "</";
    out_ += tag;
    out_ += '>';
    return *this;
}

Markup& Markup::single(std::string_view tag, const Attributes& attributes) {
    begin(tag, attributes);
    out_ += "/>";
    return *this;
}

Markup& Markup::verbatim(std::string_view text) {
    out_ += text;
    return *this;
}

std::string Markup::take() {
    while (!open_.empty()) close();
    return std::exchange(out_, {});
}

std::string length(double value) {
    std::string text = fmt::format("{:.2f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text == "-0" ? "0" : text;
}

}  // namespace duet::report
