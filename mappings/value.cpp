#include "mappings/value.h"

#include <cstdint>
#include <type_traits>

#include <fmt/format.h>

#include "mappings/date_text.h"

namespace duet {
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
    const Date date = std::chrono::floor<std::chrono::days>(time);
    return format_date(date) + "T" + format_time(TimeOfDay{time - DateTime{date}}) + "Z";
}

std::optional<Date> parse_date(std::string_view text) {
    const auto date = date_text::take_date(text, date_text::Style::Exact);
    return text.empty() ? date : std::nullopt;
}

std::optional<TimeOfDay> parse_time(std::string_view text) {
    const auto time = date_text::take_time(text, date_text::Style::Exact);
    (void)date_text::take(text, 'Z');
    return text.empty() ? time : std::nullopt;
}

std::optional<DateTime> parse_instant(std::string_view text) {
    const auto date = date_text::take_date(text, date_text::Style::Exact);
    if (!date || (!date_text::take(text, 'T') && !date_text::take(text, ' '))) return std::nullopt;
    const auto time = date_text::take_time(text, date_text::Style::Exact);
    if (!time) return std::nullopt;
    const auto offset = date_text::take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    const DateTime instant = DateTime{*date} + time->since_midnight - *offset;
    // An offset may lead out of the years that four digits can say.
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(instant)};
    const int year{day.year()};
    if (year < 1 || year > 9999) return std::nullopt;
    return instant;
}

}  // namespace duet
