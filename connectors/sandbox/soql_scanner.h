#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/sandbox/soql.h"
#include "connectors/sandbox/soql_tree.h"

namespace duet::sandbox::soql {

/// The vendor's refusal layout: an excerpt of the query, a caret under the place, the place in
/// numbers from 1, then the reason.
[[nodiscard]] Refusal refuse_at(std::string_view text, std::size_t offset, std::string error_code,
                                std::string_view reason);

/// Thrown inside the parser and the translator only; their entry points turn it into a Refusal.
struct Refused {
    Refusal refusal;
};

[[nodiscard]] std::string upper_ascii(std::string_view text);
/// Characters of a UTF-8 text.
[[nodiscard]] std::size_t count_characters(std::string_view text);

/// Reads words and constants from a query. What a run of characters means depends on the place
/// (`USD5` is a name in SELECT and an amount in WHERE), so the parser asks for what it expects.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// Start of the next token.
    std::size_t position();
    bool at_end();
    /// The name at the position, not consumed; empty when there is none.
    std::string_view peek_word();
    bool peek_word_is(std::string_view upper_case_word);
    /// Whether the word after the next one is `upper_case_word`.
    bool second_word_is(std::string_view upper_case_word);
    /// Whether the next word is directly followed by an opening parenthesis.
    bool peek_call();
    bool take_word(std::string_view upper_case_word);
    char peek_char();
    bool take_char(char expected);
    std::string take_name();
    void expect_word(std::string_view upper_case_word);
    void expect_char(char expected);
    /// A constant. Words that are no constant are refused, so are bind variables.
    Literal take_literal(bool pattern);
    std::int64_t take_count();

    [[noreturn]] void refuse_token();
    [[noreturn]] void refuse(std::size_t offset, std::string_view reason);

private:
    void skip_space();
    std::string token_at(std::size_t offset) const;
    Literal take_string(bool pattern);
    Literal take_number_or_date();
    Literal take_word_literal();
    void take_escape(std::string& out, bool pattern, std::size_t start);
    bool take_date(Literal& literal);
    bool take_clock(std::size_t& at, int& milliseconds_of_day) const;
    bool take_zone(std::size_t& at, int& offset_minutes) const;

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace duet::sandbox::soql
