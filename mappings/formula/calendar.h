#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mappings/value.h"

namespace duet::formula {

/// Years 1 to 9999: what the vendors' own date fields can hold and print.
[[nodiscard]] bool is_representable(Date date) noexcept;

/// Keeps month ends: the last day of a month goes to the last day of the target month, and a day
/// that the target month lacks to its last.
[[nodiscard]] std::optional<Date> add_months(Date date, std::int64_t months) noexcept;
/// `date` moved by whole days; nothing when it leaves the calendar.
[[nodiscard]] std::optional<Date> add_days(Date date, std::int64_t days) noexcept;
[[nodiscard]] std::optional<DateTime> add_milliseconds(DateTime time, std::int64_t ms) noexcept;

/// "2016-2-29 3:04:05": single digits and white space around are accepted, as the reference does.
[[nodiscard]] std::optional<DateTime> read_datetime(std::string_view text) noexcept;
/// "2016-02-29".
[[nodiscard]] std::optional<Date> read_date(std::string_view text) noexcept;
/// "03:04", "03:04:05" or "03:04:05.678".
[[nodiscard]] std::optional<TimeOfDay> read_time(std::string_view text) noexcept;

struct IsoWeek {
    int year;
    int week;
};
[[nodiscard]] IsoWeek iso_week(Date date) noexcept;

}  // namespace duet::formula
