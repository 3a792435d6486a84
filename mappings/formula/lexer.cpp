#include "mappings/formula/lexer.h"

#include <array>
#include <optional>
#include <string>

namespace duet::formula {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

bool continues_name(char c) {
    return starts_name(c) || is_digit(c) || c == '.' || c == ':' || c == '#';
}

/// Bytes of white space at the front: ASCII, or one of the spaces that editors and browsers
/// leave behind without showing them.
std::size_t space_length(std::string_view text) {
    if (text.empty()) return 0;
    if (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r')) return 1;
    static constexpr std::array<std::string_view, 7> kInvisible = {
        "\u00A0", "\u200B", "\u2028", "\u2029", "\u202F", "\u3000", "\uFEFF"};
    for (const std::string_view space : kInvisible) {
        if (text.starts_with(space)) return space.size();
    }
    return 0;
}

constexpr std::array<std::string_view, 21> kSymbols = {"<>", "<=", ">=", "==", "!=", "&&", "||",
                                                       "+",  "-",  "*",  "/",  "^",  "&",  "=",
                                                       "<",  ">",  "!",  "(",  ")",  ",",  ";"};

class Splitter {
public:
    explicit Splitter(std::string_view text) : text_(text) {}

    std::variant<std::vector<Token>, CompileError> run() {
        while (!fault_ && skip_blank()) take_one();
        if (fault_) return std::move(*fault_);
        tokens_.push_back({TokenKind::End, text_.size(), {}});
        return std::move(tokens_);
    }

private:
    std::string_view rest() const { return text_.substr(position_); }

    /// False at the end of the text or at a fault.
    bool skip_blank() {
        while (position_ < text_.size()) {
            if (const std::size_t space = space_length(rest())) {
                position_ += space;
            } else if (rest().starts_with("/*")) {
                const std::size_t end = text_.find("*/", position_ + 2);
                if (end == std::string_view::npos) {
                    fail(2, "This comment is never closed: expected \"*/\".");
                    return false;
                }
                position_ = end + 2;
            } else {
                return true;
            }
        }
        return false;
    }

    void take_one() {
        const char first = text_[position_];
        if (is_digit(first)) return take_number();
        if (starts_name(first)) return take_name();
        if (first == '"' || first == '\'') return take_text(first);
        for (const std::string_view symbol : kSymbols) {
            if (rest().starts_with(symbol)) return push(TokenKind::Symbol, symbol.size());
        }
        fail_at_stranger();
    }

    void take_number() {
        std::size_t end = position_;
        while (end < text_.size() && is_digit(text_[end])) ++end;
        if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
            ++end;
            while (end < text_.size() && is_digit(text_[end])) ++end;
        }
        push(TokenKind::Number, end - position_);
    }

    void take_name() {
        std::size_t end = position_;
        while (end < text_.size() && continues_name(text_[end])) ++end;
        push(TokenKind::Name, end - position_);
    }

    void take_text(char quote) {
        for (std::size_t end = position_ + 1; end < text_.size(); ++end) {
            if (text_[end] == '\\') {
                ++end;
            } else if (text_[end] == quote) {
                return push(TokenKind::Text, end + 1 - position_);
            }
        }
        fail(1, std::string("This text is never closed: expected ") + quote + ".");
    }

    void fail_at_stranger() {
        std::size_t length = 1;
        while (position_ + length < text_.size() &&
               (static_cast<unsigned char>(text_[position_ + length]) & 0xC0) == 0x80) {
            ++length;
        }
        const std::string_view stranger = text_.substr(position_, length);
        if (stranger == "\u201C" || stranger == "\u201D" || stranger == "\u2018" ||
            stranger == "\u2019") {
            return fail(length, "Texts need straight quotes (\" or '), not typographic ones.");
        }
        if (stranger == "{" || stranger == "}") {
            return fail(length, "Write field names without braces: Account.Name.");
        }
        if (stranger == "|") {
            return fail(length, "Write || for \"or\".");
        }
        if (stranger == "%") {
            return fail(length, "Write a percentage as a fraction: 0.5 for 50 %.");
        }
        if (stranger == ".") {
            return fail(length, "A number needs a digit before the point: 0.5.");
        }
        fail(length, "The character \"" + std::string(stranger) + "\" means nothing here.");
    }

    void push(TokenKind kind, std::size_t length) {
        tokens_.push_back({kind, position_, text_.substr(position_, length)});
        position_ += length;
    }

    void fail(std::size_t length, std::string message) {
        fault_ = CompileError{position_, length, std::move(message)};
    }

    std::string_view text_;
    std::size_t position_ = 0;
    std::vector<Token> tokens_;
    std::optional<CompileError> fault_;
};

}  // namespace

std::variant<std::vector<Token>, CompileError> split(std::string_view text) {
    return Splitter(text).run();
}

}  // namespace duet::formula
