#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "mappings/decimal.h"

namespace duet {

/// A calendar day without a zone, as Salesforce's `date` and Pardot's custom date hold it.
using Date = std::chrono::sys_days;

/// An instant in UTC, to the millisecond: the finest step either vendor prints.
using DateTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// A time of day, 0 to 86,399,999 ms.
struct TimeOfDay {
    std::chrono::milliseconds since_midnight{};
    auto operator<=>(const TimeOfDay&) const = default;
};

/// No value. Vendors store an empty text as none, so Duet never holds an empty std::string
/// in a Value: make texts with `text()`.
using Blank = std::monostate;

/// One field's value in the types both vendors share. Pick-list values, ids, e-mail addresses
/// and multi-select lists (parts joined by ';' in the vendor's order) are texts; the catalog
/// knows the difference. Numbers, money and percents are exact decimals; a percent field of
/// 50 % holds 50, as the vendor's API sends it.
using Value = std::variant<Blank, bool, Decimal, std::string, Date, DateTime, TimeOfDay>;

/// A text value; blank when `text` is empty.
[[nodiscard]] Value text(std::string_view text);

[[nodiscard]] inline bool is_blank(const Value& value) noexcept {
    return std::holds_alternative<Blank>(value);
}

/// The text inside, or nothing when the value is of another type.
[[nodiscard]] const std::string* as_text(const Value& value) noexcept;

/// For a person to read: "2018-01-02", "1054.5", "true", "" for blank. Not for parsing.
[[nodiscard]] std::string display(const Value& value);

/// A form that keeps the type, for the store and for JSON plans. One letter, then the value:
/// "" blank, "b1" or "b0" boolean, "n12.50" number, "sAcme" text, "d2018-01-02" date,
/// "t2018-01-02T03:04:05.678Z" instant, "h03:04:05.678" time of day.
[[nodiscard]] std::string encode(const Value& value);

/// Reads what `encode` wrote; nothing when it is not of that form.
[[nodiscard]] std::optional<Value> decode(std::string_view text);

/// ISO 8601 texts. Formatting never fails; parsing refuses what the calendar does not have.
[[nodiscard]] std::string format_date(Date date);         // 2018-01-02
[[nodiscard]] std::string format_instant(DateTime time);  // 2018-01-02T03:04:05.678Z
[[nodiscard]] std::string format_time(TimeOfDay time);    // 03:04:05.678
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);
/// Accepts "Z", "+00:00", "+0000" or any other offset, and 0 to 9 digits of a second (cut to ms).
[[nodiscard]] std::optional<DateTime> parse_instant(std::string_view text);
[[nodiscard]] std::optional<TimeOfDay> parse_time(std::string_view text);

}  // namespace duet
