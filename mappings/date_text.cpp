#include "mappings/date_text.h"

namespace duet::date_text {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `most` digits, or in the relaxed style from one to that many.
std::optional<int> take_digits(std::string_view& text, std::size_t most, Style style) {
    int number = 0;
    std::size_t count = 0;
    for (; count < most && count < text.size() && is_digit(text[count]); ++count) {
        number = number * 10 + (text[count] - '0');
    }
    if (count == 0 || (style == Style::Exact && count < most)) return std::nullopt;
    text.remove_prefix(count);
    return number;
}

/// Digits after the point of a second, to the millisecond; up to nine are read.
std::optional<int> take_milliseconds(std::string_view& text) {
    int number = 0, digits = 0;
    for (; digits < 9 && !text.empty() && is_digit(text.front()); ++digits) {
        if (digits < 3) number = number * 10 + (text.front() - '0');
        text.remove_prefix(1);
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 3; ++digits) number *= 10;
    return number;
}

}  // namespace

std::optional<Date> make_date(std::int64_t year, std::int64_t month, std::int64_t day) noexcept {
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return Date{date};
}

bool take(std::string_view& text, char wanted) noexcept {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Date> take_date(std::string_view& text, Style style) noexcept {
    const auto year = take_digits(text, 4, style);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2, style);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2, style);
    if (!day) return std::nullopt;
    return make_date(*year, *month, *day);
}

std::optional<TimeOfDay> take_time(std::string_view& text, Style style) noexcept {
    const auto hour = take_digits(text, 2, style);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2, style);
    if (!minute || *minute > 59) return std::nullopt;
    std::chrono::milliseconds total = std::chrono::hours{*hour} + std::chrono::minutes{*minute};
    if (!take(text, ':')) return TimeOfDay{total};
    const auto second = take_digits(text, 2, style);
    if (!second || *second > 59) return std::nullopt;
    total += std::chrono::seconds{*second};
    if (style == Style::Exact && take(text, '.')) {
        const auto milliseconds = take_milliseconds(text);
        if (!milliseconds) return std::nullopt;
        total += std::chrono::milliseconds{*milliseconds};
    }
    return TimeOfDay{total};
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) noexcept {
    if (take(text, 'Z')) return std::chrono::minutes{0};
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const int sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    const auto hours = take_digits(text, 2, Style::Exact);
    if (!hours) return std::nullopt;
    (void)take(text, ':');
    const auto minutes = take_digits(text, 2, Style::Exact);
    if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return std::chrono::minutes{sign * (*hours * 60 + *minutes)};
}

}  // namespace duet::date_text
