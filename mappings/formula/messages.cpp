// FORMAT: a value by a pattern, or a message with {0}, {1,number} and {2,date} in it.
#include <algorithm>
#include <charconv>
#include <string>

#include "mappings/catalog.h"
#include "mappings/formula/format.h"
#include "mappings/formula/functions.h"
#include "mappings/text.h"

namespace duet::formula::native {
namespace {

constexpr Fault kNoSuchPattern = "the pattern is none for a value of this type";
constexpr Fault kNoSuchLocale = "the locale is not known";

/// The text between the braces of {0}, {0,date} or {0,number,#.00}, in its parts.
struct Placeholder {
    std::size_t index = 0;
    std::string_view type;
    std::string_view style;
};

bool read_placeholder(std::string_view inside, Placeholder& found) {
    const std::size_t first = inside.find(',');
    const std::string_view number = trimmed(inside.substr(0, first));
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), found.index);
    if (error != std::errc{} || end != number.data() + number.size()) return false;
    if (first == std::string_view::npos) return true;
    std::string_view rest = inside.substr(first + 1);
    const std::size_t second = rest.find(',');
    found.type = trimmed(rest.substr(0, second));
    if (second != std::string_view::npos) found.style = rest.substr(second + 1);
    return true;
}

/// One argument as its placeholder wants it; nothing when it cannot be said so.
std::optional<std::string> said(const Cell& cell, const Placeholder& wanted, const Moment& moment) {
    if (is_blank(cell)) return std::string();
    const bool is_number = std::holds_alternative<Decimal>(cell);
    if (wanted.type.empty()) return formatted(cell, moment);
    if (same_name(wanted.type, "number")) {
        if (!is_number) return std::nullopt;
        if (wanted.style.empty()) return formatted(cell, moment);
        if (same_name(trimmed(wanted.style), "integer")) return formatted(cell, "#,##0", moment);
        if (same_name(trimmed(wanted.style), "percent")) return formatted(cell, "#,##0%", moment);
        return formatted(cell, wanted.style, moment);
    }
    const bool is_date = same_name(wanted.type, "date");
    if (is_number || (!is_date && !same_name(wanted.type, "time"))) return std::nullopt;
    const std::string_view style = trimmed(wanted.style);
    if (style.empty() || same_name(style, "medium"))
        return formatted(cell, is_date ? "medium_date" : "medium_time", moment);
    if (same_name(style, "short")) return formatted(cell, is_date ? "date" : "time", moment);
    if (is_date && same_name(style, "long")) return formatted(cell, "ldate", moment);
    return formatted(cell, wanted.style, moment);
}

/// Java's MessageFormat: an apostrophe quotes braces, two are one, and an argument that is not
/// there leaves its number in braces.
class Message {
public:
    explicit Message(Call& call)
        : call_(call), pattern_(std::get<std::string_view>(call.args[0])) {}

    Fault run() {
        while (at_ < pattern_.size()) {
            const char c = pattern_[at_];
            if (c == '\'') {
                apostrophe();
            } else if (c == '{' && !quoted_) {
                if (const Fault fault = placeholder()) return fault;
            } else {
                out_ += c;
                ++at_;
            }
            if (out_.size() > kLongestText) return kTextTooLong;
        }
        return give_text(call_, out_);
    }

private:
    void apostrophe() {
        if (pattern_.substr(at_).starts_with("''")) {
            out_ += '\'';
            at_ += 2;
        } else {
            quoted_ = !quoted_;
            ++at_;
        }
    }

    Fault placeholder() {
        std::size_t end = at_ + 1;
        bool quoted = false;
        for (; end < pattern_.size() && (quoted || pattern_[end] != '}'); ++end) {
            if (pattern_[end] == '\'') quoted = !quoted;
        }
        if (end >= pattern_.size()) return "a brace of the message is never closed";
        Placeholder wanted;
        const std::string_view inside = pattern_.substr(at_ + 1, end - at_ - 1);
        if (!read_placeholder(inside, wanted)) return "a brace of the message holds no number";
        at_ = end + 1;
        const auto args = call_.args.subspan(1);
        if (wanted.index >= args.size()) {
            out_ += "{" + std::to_string(wanted.index) + "}";
            return nullptr;
        }
        const auto text = said(args[wanted.index], wanted, call_.moment);
        if (!text) return "an argument cannot be written as the message wants it";
        out_ += *text;
        return nullptr;
    }

    Call& call_;
    std::string_view pattern_;
    std::size_t at_ = 0;
    bool quoted_ = false;
    std::string out_;
};

}  // namespace

Fault format(Call& call) {
    const Cell& first = call.args[0];
    if (is_blank(first)) return nullptr;
    if (std::holds_alternative<std::string_view>(first)) return Message(call).run();
    if (call.args.size() == 1) {
        const auto text = formatted(first, call.moment);
        return text ? give_text(call, *text) : kNoSuchLocale;
    }
    const auto* pattern = std::get_if<std::string_view>(&call.args[1]);
    const auto text =
        formatted(first, pattern == nullptr ? std::string_view{} : *pattern, call.moment);
    return text ? give_text(call, *text) : kNoSuchPattern;
}

}  // namespace duet::formula::native
