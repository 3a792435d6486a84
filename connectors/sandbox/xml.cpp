#include "connectors/sandbox/xml.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace duet::sandbox {

namespace {

constexpr int kDepthMax = 64;
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view local_name(std::string_view name) {
    const std::size_t colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool append_code_point(std::string& out, std::uint32_t code) {
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 | (code >> 6));
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | (code >> 12));
        add(0x80 | ((code >> 6) & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | (code >> 18));
        add(0x80 | ((code >> 12) & 0x3F));
        add(0x80 | ((code >> 6) & 0x3F));
        add(0x80 | (code & 0x3F));
    }
    return true;
}

bool append_entity(std::string& out, std::string_view name) {
    static constexpr std::pair<std::string_view, char> kNamed[] = {
        {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    for (const auto& [known, plain] : kNamed) {
        if (known != name) continue;
        out += plain;
        return true;
    }
    if (name.size() < 2 || name[0] != '#') return false;
    const bool hex = name[1] == 'x';
    const std::string_view digits = name.substr(hex ? 2 : 1);
    std::uint32_t code = 0;
    const auto read =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
    return read.ec == std::errc{} && read.ptr == digits.data() + digits.size() &&
           append_code_point(out, code);
}

class Reader {
public:
    explicit Reader(std::string_view xml) : rest_(xml) {}

    std::optional<XmlElement> document() {
        if (!skip_misc() || !rest_.starts_with('<')) return std::nullopt;
        XmlElement root;
        if (!element(root, 0) || !skip_misc() || !rest_.empty()) return std::nullopt;
        return root;
    }

private:
    void skip_blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
    }

    /// Past `end`; false where it does not come.
    bool skip_past(std::string_view end) {
        const std::size_t at = rest_.find(end);
        if (at == std::string_view::npos) return false;
        rest_.remove_prefix(at + end.size());
        return true;
    }

    bool skip_misc() {
        for (;;) {
            skip_blanks();
            if (rest_.starts_with("<?")) {
                if (!skip_past("?>")) return false;
            } else if (rest_.starts_with("<!--")) {
                if (!skip_past("-->")) return false;
            } else {
                return !rest_.starts_with("<!");
            }
        }
    }

    bool attributes(XmlElement& out) {
        for (;;) {
            skip_blanks();
            if (rest_.empty()) return false;
            if (rest_.front() == '>' || rest_.front() == '/') return true;
            const std::size_t equals = rest_.find('=');
            if (equals == std::string_view::npos) return false;
            std::string_view name = rest_.substr(0, equals);
            name = name.substr(0, name.find_first_of(kBlanks));
            rest_.remove_prefix(equals + 1);
            skip_blanks();
            if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) return false;
            const char quote = rest_.front();
            rest_.remove_prefix(1);
            const std::size_t end = rest_.find(quote);
            if (end == std::string_view::npos) return false;
            const std::string_view value = rest_.substr(0, end);
            if (name != "nil" && local_name(name) == "nil" && (value == "true" || value == "1")) {
                out.nil = true;
            }
            rest_.remove_prefix(end + 1);
        }
    }

    bool element(XmlElement& out, int depth) {
        if (depth >= kDepthMax) return false;
        rest_.remove_prefix(1);
        const std::size_t end = rest_.find_first_of(" \t\r\n/>");
        if (end == std::string_view::npos || end == 0) return false;
        const std::string_view tag = rest_.substr(0, end);
        out.name = std::string(local_name(tag));
        rest_.remove_prefix(end);
        if (!attributes(out)) return false;
        if (rest_.starts_with("/>")) {
            rest_.remove_prefix(2);
            return true;
        }
        if (!rest_.starts_with('>')) return false;
        rest_.remove_prefix(1);
        if (!content(out, depth)) return false;
        if (!rest_.starts_with(tag)) return false;
        rest_.remove_prefix(tag.size());
        skip_blanks();
        if (!rest_.starts_with('>')) return false;
        rest_.remove_prefix(1);
        if (!out.children.empty()) out.text.clear();
        return true;
    }

    /// Up to and with the "</" of the end.
    bool content(XmlElement& out, int depth) {
        for (;;) {
            if (!characters(out.text)) return false;
            if (rest_.starts_with("</")) {
                rest_.remove_prefix(2);
                return true;
            }
            if (rest_.starts_with("<!--")) {
                if (!skip_past("-->")) return false;
            } else if (rest_.starts_with("<![CDATA[")) {
                rest_.remove_prefix(9);
                const std::size_t end = rest_.find("]]>");
                if (end == std::string_view::npos) return false;
                out.text += rest_.substr(0, end);
                rest_.remove_prefix(end + 3);
            } else if (rest_.starts_with("<?")) {
                if (!skip_past("?>")) return false;
            } else if (rest_.starts_with("<!")) {
                return false;
            } else if (!element(out.children.emplace_back(), depth + 1)) {
                return false;
            }
        }
    }

    bool characters(std::string& out) {
        const std::size_t end = rest_.find('<');
        if (end == std::string_view::npos) return false;
        std::string_view text = rest_.substr(0, end);
        rest_.remove_prefix(end);
        while (!text.empty()) {
            const std::size_t mark = text.find('&');
            out += text.substr(0, mark);
            if (mark == std::string_view::npos) return true;
            const std::size_t stop = text.find(';', mark);
            if (stop == std::string_view::npos ||
                !append_entity(out, text.substr(mark + 1, stop - mark - 1))) {
                return false;
            }
            text.remove_prefix(stop + 1);
        }
        return true;
    }

    std::string_view rest_;
};

}  // namespace

const XmlElement* XmlElement::find(std::string_view child) const noexcept {
    for (const XmlElement& one : children) {
        if (one.name == child) return &one;
    }
    return nullptr;
}

std::string XmlElement::text_of(std::string_view child) const {
    const XmlElement* found = find(child);
    return found == nullptr ? std::string{} : found->text;
}

std::vector<const XmlElement*> XmlElement::all(std::string_view child) const {
    std::vector<const XmlElement*> found;
    for (const XmlElement& one : children) {
        if (one.name == child) found.push_back(&one);
    }
    return found;
}

std::optional<XmlElement> parse_xml(std::string_view xml) {
    if (xml.starts_with("\xEF\xBB\xBF")) xml.remove_prefix(3);
    return Reader(xml).document();
}

std::string xml_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '&') {
            out += "&amp;";
        } else {
            out += c;
        }
    }
    return out;
}

std::string xml_element(std::string_view name, std::string_view text) {
    const std::string tag(name);
    if (text.empty()) return "<" + tag + " xsi:nil=\"true\"/>";
    return "<" + tag + ">" + xml_text(text) + "</" + tag + ">";
}

}  // namespace duet::sandbox
