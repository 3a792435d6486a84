#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duet::sandbox::soql {

/// Days since 1970-01-01 of the proleptic Gregorian calendar.
[[nodiscard]] std::int64_t days_from_civil(std::int64_t year, unsigned month,
                                           unsigned day) noexcept;
/// "2018-01-02"; years 0001 to 9999.
[[nodiscard]] std::string format_date(std::int64_t days);
[[nodiscard]] bool is_date(std::int64_t year, unsigned month, unsigned day) noexcept;

/// A relative date literal: `N_DAYS_AGO`, `THIS_WEEK`, ... (upper case). Counted ones take :n.
enum class DateWord { kNone, kPlain, kCounted };
[[nodiscard]] DateWord date_word(std::string_view upper_case_word);

/// Whole days [start, end) that a relative literal names.
struct DayRange {
    std::string start;  // "2018-01-01"
    std::string end;    // the first day after the range
};

/// The days of `word` (with `count` for the counted ones) as seen at `now`
/// ("2018-01-02T03:04:05.000Z"). Weeks start on Sunday as in the locale en_US; the fiscal year
/// starts in January, an org's default. Nothing when the range leaves the years 1 to 9999.
[[nodiscard]] std::optional<DayRange> day_range(std::string_view word, std::int64_t count,
                                                std::string_view now);

}  // namespace duet::sandbox::soql
