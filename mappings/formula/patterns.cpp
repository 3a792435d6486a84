#include "mappings/formula/patterns.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <re2/re2.h>

#include "mappings/formula/functions.h"

namespace duet::formula {
namespace {

/// Bounds what one pattern's program and its tables take.
constexpr std::int64_t kPatternBytes = 1 << 20;

re2::RE2::Options options() {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kPatternBytes);
    return options;
}

/// Java's names of ASCII classes, and POSIX's.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kClasses = {{
    {"Alnum", "alnum"},
    {"Alpha", "alpha"},
    {"ASCII", "ascii"},
    {"Blank", "blank"},
    {"Cntrl", "cntrl"},
    {"Digit", "digit"},
    {"Graph", "graph"},
    {"Lower", "lower"},
    {"Print", "print"},
    {"Punct", "punct"},
    {"Space", "space"},
    {"Upper", "upper"},
    {"XDigit", "xdigit"},
}};

/// What stands for the escape at the front of `rest`, and how long the escape is; {} when it stays.
std::pair<std::string, std::size_t> translated(std::string_view rest, bool inside_class) {
    const char kind = rest.size() > 1 ? rest[1] : '\0';
    if (kind == 'h') return {inside_class ? "\\p{Zs}\\t" : "[\\p{Zs}\\t]", 2};
    if (kind == 'R' && !inside_class)
        return {"(?:\\r\\n|[\\n\\v\\f\\r\\x{85}\\x{2028}\\x{2029}])", 2};
    if (kind == 'Z' && !inside_class) return {"\\n?\\z", 2};
    if ((kind != 'p' && kind != 'P') || rest.size() < 3 || rest[2] != '{') return {};
    const std::size_t end = rest.find('}');
    if (end == std::string_view::npos) return {};
    const std::string_view name = rest.substr(3, end - 3);
    for (const auto& [java, posix] : kClasses) {
        if (java != name) continue;
        std::string set = std::string("[:") + (kind == 'P' ? "^" : "") + std::string(posix) + ":]";
        if (!inside_class) set = "[" + set + "]";
        return {std::move(set), end + 1};
    }
    return {};
}

std::string to_re2(std::string_view java) {
    std::string out;
    bool inside_class = false;
    for (std::size_t i = 0; i < java.size();) {
        const std::string_view rest = java.substr(i);
        if (rest.starts_with("\\Q")) {
            const std::size_t end = std::min(rest.find("\\E"), rest.size());
            out += rest.substr(0, end);
            i += end;
        } else if (rest.front() == '\\') {
            const auto [text, length] = translated(rest, inside_class);
            out += length > 0 ? std::string_view(text) : rest.substr(0, 2);
            i += length > 0 ? length : 2;
        } else {
            if (rest.front() == '[') inside_class = true;
            if (rest.front() == ']') inside_class = false;
            out += rest.front();
            ++i;
        }
    }
    return out;
}

std::string_view text_of(const Call& call, std::size_t index) {
    const auto* text = std::get_if<std::string_view>(&call.args[index]);
    return text == nullptr ? std::string_view{} : *text;
}

/// RE2's time is at worst the product of both sizes.
Fault match(Call& call, const re2::RE2& pattern) {
    const std::string_view text = text_of(call, 0);
    const auto size = static_cast<std::uint64_t>(std::max(pattern.ProgramSize(), 1));
    if (!call.arena.spend((text.size() + 1) * size)) return "the text is too long for the pattern";
    call.result = re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
    return nullptr;
}

}  // namespace

std::shared_ptr<const re2::RE2> make_pattern(std::string_view source) {
    return std::make_shared<const re2::RE2>(to_re2(source), options());
}

namespace native {

Fault regex(Call& call) {
    if (call.pattern != nullptr) return match(call, *static_cast<const re2::RE2*>(call.pattern));
    const auto pattern = make_pattern(text_of(call, 1));
    if (!pattern->ok()) return "the pattern is not a regular expression that RE2 knows";
    return match(call, *pattern);
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
    re2::RE2::Options any_character = options();
    any_character.set_dot_nl(true);
    const re2::RE2 pattern(source, any_character);
    if (!pattern.ok()) return "the pattern is too long, or no UTF-8";
    return match(call, pattern);
}

}  // namespace native

}  // namespace duet::formula
