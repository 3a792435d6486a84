#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mappings/value.h"

/// Dates and times of day at the front of a text: the one place that reads them. Each function
/// removes what it read; after a failure the text is of no use.
namespace duet::date_text {

enum class Style : std::uint8_t {
    Exact,    // ISO 8601: "2016-02-09", "03:04", "03:04:05.678901" (cut to the millisecond)
    Relaxed,  // as people type: "2016-2-9", "3:04:05"; no parts of a second
};

/// A day that the calendar has, in the years 1 to 9999: what the vendors' own fields can hold.
[[nodiscard]] std::optional<Date> make_date(std::int64_t year, std::int64_t month,
                                            std::int64_t day) noexcept;

[[nodiscard]] bool take(std::string_view& text, char wanted) noexcept;
[[nodiscard]] std::optional<Date> take_date(std::string_view& text, Style style) noexcept;
[[nodiscard]] std::optional<TimeOfDay> take_time(std::string_view& text, Style style) noexcept;
/// "Z", "+01:00", "-0530": how far local time is ahead of UTC.
[[nodiscard]] std::optional<std::chrono::minutes> take_offset(std::string_view& text) noexcept;

}  // namespace duet::date_text
