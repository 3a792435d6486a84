#include "mappings/formula/calendar.h"

#include "mappings/date_text.h"

namespace duet::formula {
namespace {

using date_text::Style;
using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::year_month_day;

constexpr Date kFirst = std::chrono::year{1} / 1 / 1;
constexpr Date kLast = std::chrono::year{9999} / 12 / 31;
constexpr std::int64_t kMostDays = 4'000'000;  // more than the calendar has

std::string_view without_spaces(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

unsigned last_day(std::chrono::year year, std::chrono::month month) {
    return static_cast<unsigned>((year / month / std::chrono::last).day());
}

}  // namespace

bool is_representable(Date date) noexcept { return date >= kFirst && date <= kLast; }

std::optional<Date> add_months(Date date, std::int64_t months) noexcept {
    if (months > 120'000 || months < -120'000) return std::nullopt;
    const year_month_day from{date};
    const std::int64_t total =
        static_cast<int>(from.year()) * 12LL + static_cast<unsigned>(from.month()) - 1 + months;
    if (total < 12 || total >= 120'000) return std::nullopt;
    const std::chrono::year year{static_cast<int>(total / 12)};
    const std::chrono::month month{static_cast<unsigned>(total % 12 + 1)};
    const unsigned last = last_day(year, month);
    const auto day = static_cast<unsigned>(from.day());
    const bool at_end = day == last_day(from.year(), from.month());
    return Date{year / month / std::chrono::day{at_end || day > last ? last : day}};
}

std::optional<Date> add_days(Date date, std::int64_t count) noexcept {
    if (count > kMostDays || count < -kMostDays) return std::nullopt;
    const Date moved = date + days{count};
    if (!is_representable(moved)) return std::nullopt;
    return moved;
}

std::optional<DateTime> add_milliseconds(DateTime time, std::int64_t ms) noexcept {
    constexpr std::int64_t kMost = kMostDays * 86'400'000;
    if (ms > kMost || ms < -kMost) return std::nullopt;
    const DateTime moved = time + milliseconds{ms};
    if (!is_representable(std::chrono::floor<days>(moved))) return std::nullopt;
    return moved;
}

std::optional<Date> read_date(std::string_view text) noexcept {
    text = without_spaces(text);
    const auto date = date_text::take_date(text, Style::Relaxed);
    return text.empty() ? date : std::nullopt;
}

std::optional<DateTime> read_datetime(std::string_view text) noexcept {
    text = without_spaces(text);
    const auto date = date_text::take_date(text, Style::Relaxed);
    if (!date || !date_text::take(text, ' ')) return std::nullopt;
    const auto time = date_text::take_time(text, Style::Relaxed);
    if (!time || !text.empty()) return std::nullopt;
    return DateTime{*date} + time->since_midnight;
}

std::optional<TimeOfDay> read_time(std::string_view text) noexcept {
    const std::size_t point = text.find('.');
    if (point != std::string_view::npos && text.size() - point - 1 > 3) return std::nullopt;
    return parse_time(text);
}

IsoWeek iso_week(Date date) noexcept {
    // The week belongs to the year of its Thursday.
    const auto monday = date - (std::chrono::weekday{date} - std::chrono::Monday);
    const Date thursday = monday + days{3};
    const auto year = year_month_day{thursday}.year();
    const Date first = year / 1 / 1;
    return {static_cast<int>(year), static_cast<int>((thursday - first).count() / 7 + 1)};
}

}  // namespace duet::formula
