#include "mappings/value.h"

#include <cstdint>
#include <type_traits>

#include <fmt/format.h>

namespace duet {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

/// Reads exactly `count` digits from the front of `text` and removes them.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return number;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Date> take_date(std::string_view& text) {
    const auto year = take_digits(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return Date{date};
}

/// "03:04", "03:04:05" or "03:04:05.678901"; digits past the millisecond are cut.
std::optional<TimeOfDay> take_time(std::string_view& text) {
    const auto hour = take_digits(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    int second = 0;
    int millisecond = 0;
    if (take(text, ':')) {
        const auto seconds = take_digits(text, 2);
        if (!seconds || *seconds > 59) return std::nullopt;
        second = *seconds;
        if (take(text, '.')) {
            int digits = 0;
            while (!text.empty() && text.front() >= '0' && text.front() <= '9' && digits < 9) {
                if (digits < 3) millisecond = millisecond * 10 + (text.front() - '0');
                ++digits;
                text.remove_prefix(1);
            }
            if (digits == 0) return std::nullopt;
            for (; digits < 3; ++digits) millisecond *= 10;
        }
    }
    return TimeOfDay{std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
                     std::chrono::seconds{second} + milliseconds{millisecond}};
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
    if (take(text, 'Z')) return std::chrono::minutes{0};
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const int sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    const auto hours = take_digits(text, 2);
    if (!hours) return std::nullopt;
    take(text, ':');
    const auto minutes = take_digits(text, 2);
    if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return std::chrono::minutes{sign * (*hours * 60 + *minutes)};
}

}  // namespace

Value text(std::string_view text) {
    if (text.empty()) return Blank{};
    return std::string(text);
}

const std::string* as_text(const Value& value) noexcept { return std::get_if<std::string>(&value); }

std::string display(const Value& value) {
    return std::visit(
        [](const auto& held) -> std::string {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, Blank>)
                return "";
            else if constexpr (std::is_same_v<Held, bool>)
                return held ? "true" : "false";
            else if constexpr (std::is_same_v<Held, Decimal>)
                return held.to_string();
            else if constexpr (std::is_same_v<Held, std::string>)
                return held;
            else if constexpr (std::is_same_v<Held, Date>)
                return format_date(held);
            else if constexpr (std::is_same_v<Held, DateTime>)
                return format_instant(held);
            else
                return format_time(held);
        },
        value);
}

std::string encode(const Value& value) {
    static constexpr char kTags[] = {'\0', 'b', 'n', 's', 'd', 't', 'h'};
    if (is_blank(value)) return "";
    if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "b1" : "b0";
    return kTags[value.index()] + display(value);
}

std::optional<Value> decode(std::string_view encoded) {
    if (encoded.empty()) return Value{};
    const char tag = encoded.front();
    const std::string_view body = encoded.substr(1);
    const auto lift = [](auto parsed) -> std::optional<Value> {
        if (!parsed) return std::nullopt;
        return Value{*parsed};
    };
    switch (tag) {
        case 'b':
            if (body != "0" && body != "1") return std::nullopt;
            return Value{body == "1"};
        case 'n':
            return lift(Decimal::parse(body));
        case 's':
            if (body.empty()) return std::nullopt;
            return Value{std::string(body)};
        case 'd':
            return lift(parse_date(body));
        case 't':
            return lift(parse_instant(body));
        case 'h':
            return lift(parse_time(body));
        default:
            return std::nullopt;
    }
}

std::string format_date(Date date) {
    const std::chrono::year_month_day parts{date};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(parts.year()),
                       static_cast<unsigned>(parts.month()), static_cast<unsigned>(parts.day()));
}

std::string format_time(TimeOfDay time) {
    const auto total = time.since_midnight.count();
    return fmt::format("{:02}:{:02}:{:02}.{:03}", total / 3'600'000, total / 60'000 % 60,
                       total / 1'000 % 60, total % 1'000);
}

std::string format_instant(DateTime time) {
    const Date date = std::chrono::floor<days>(time);
    return format_date(date) + "T" + format_time(TimeOfDay{time - DateTime{date}}) + "Z";
}

std::optional<Date> parse_date(std::string_view text) {
    const auto date = take_date(text);
    return text.empty() ? date : std::nullopt;
}

std::optional<TimeOfDay> parse_time(std::string_view text) {
    const auto time = take_time(text);
    take(text, 'Z');
    return text.empty() ? time : std::nullopt;
}

std::optional<DateTime> parse_instant(std::string_view text) {
    const auto date = take_date(text);
    if (!date || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
    const auto time = take_time(text);
    if (!time) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    return DateTime{*date} + time->since_midnight - *offset;
}

}  // namespace duet
