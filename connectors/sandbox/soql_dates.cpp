#include "connectors/sandbox/soql_dates.h"

#include <array>
#include <cstdio>

namespace duet::sandbox::soql {
namespace {

enum class Unit { kDay, kWeek, kMonth, kQuarter, kYear };

struct Civil {
    std::int64_t year;
    unsigned month;
    unsigned day;
};

constexpr std::int64_t kFirstDay = -719162;  // 0001-01-01
constexpr std::int64_t kLastDay = 2932896;   // 9999-12-31

// Howard Hinnant's civil_from_days.
Civil civil_from_days(std::int64_t days) {
    days += 719468;
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const auto day_of_era = static_cast<unsigned>(days - era * 146097);
    const unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const unsigned day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned shifted_month = (5 * day_of_year + 2) / 153;
    const unsigned day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
    return value >= 0 ? value / by : -((-value + by - 1) / by);
}

// First day of the month that is `months` after January of year 0.
std::int64_t month_start(std::int64_t months) {
    const std::int64_t year = floor_div(months, 12);
    return days_from_civil(year, static_cast<unsigned>(months - year * 12) + 1, 1);
}

// First day of the unit that `today` is in, moved by `steps` units.
std::int64_t unit_start(Unit unit, std::int64_t today, std::int64_t steps) {
    const Civil civil = civil_from_days(today);
    const std::int64_t months = civil.year * 12 + civil.month - 1;
    switch (unit) {
        case Unit::kDay:
            return today + steps;
        case Unit::kWeek:
            // Day 3 (1970-01-04) was a Sunday; the week starts there for en_US users only.
            return floor_div(today - 3, 7) * 7 + 3 + steps * 7;
        case Unit::kMonth:
            return month_start(months + steps);
        case Unit::kQuarter:
            return month_start((floor_div(months, 3) + steps) * 3);
        case Unit::kYear:
            return month_start((civil.year + steps) * 12);
    }
    return today;
}

/// A range in units from the current one: [first, past). With n, each is times n plus a constant.
struct Rule {
    std::string_view word;
    Unit unit;
    int first;
    int past;
    int first_per_n;
    int past_per_n;
};

constexpr Rule kRules[] = {
    {"YESTERDAY", Unit::kDay, -1, 0, 0, 0},
    {"TODAY", Unit::kDay, 0, 1, 0, 0},
    {"TOMORROW", Unit::kDay, 1, 2, 0, 0},
    // Today and the 90 days before: 91 days. The next 90 days begin tomorrow.
    {"LAST_90_DAYS", Unit::kDay, -90, 1, 0, 0},
    {"NEXT_90_DAYS", Unit::kDay, 1, 91, 0, 0},
    {"LAST_N_DAYS", Unit::kDay, 0, 1, -1, 0},
    {"NEXT_N_DAYS", Unit::kDay, 1, 1, 0, 1},
    {"N_DAYS_AGO", Unit::kDay, 0, 1, -1, -1},
    {"LAST_WEEK", Unit::kWeek, -1, 0, 0, 0},
    {"THIS_WEEK", Unit::kWeek, 0, 1, 0, 0},
    {"NEXT_WEEK", Unit::kWeek, 1, 2, 0, 0},
    // Whole units; the current one belongs to neither LAST_N nor NEXT_N.
    {"LAST_N_WEEKS", Unit::kWeek, 0, 0, -1, 0},
    {"NEXT_N_WEEKS", Unit::kWeek, 1, 1, 0, 1},
    {"N_WEEKS_AGO", Unit::kWeek, 0, 1, -1, -1},
    {"LAST_MONTH", Unit::kMonth, -1, 0, 0, 0},
    {"THIS_MONTH", Unit::kMonth, 0, 1, 0, 0},
    {"NEXT_MONTH", Unit::kMonth, 1, 2, 0, 0},
    {"LAST_N_MONTHS", Unit::kMonth, 0, 0, -1, 0},
    {"NEXT_N_MONTHS", Unit::kMonth, 1, 1, 0, 1},
    {"N_MONTHS_AGO", Unit::kMonth, 0, 1, -1, -1},
    {"LAST_QUARTER", Unit::kQuarter, -1, 0, 0, 0},
    {"THIS_QUARTER", Unit::kQuarter, 0, 1, 0, 0},
    {"NEXT_QUARTER", Unit::kQuarter, 1, 2, 0, 0},
    {"LAST_N_QUARTERS", Unit::kQuarter, 0, 0, -1, 0},
    {"NEXT_N_QUARTERS", Unit::kQuarter, 1, 1, 0, 1},
    {"N_QUARTERS_AGO", Unit::kQuarter, 0, 1, -1, -1},
    {"LAST_YEAR", Unit::kYear, -1, 0, 0, 0},
    {"THIS_YEAR", Unit::kYear, 0, 1, 0, 0},
    {"NEXT_YEAR", Unit::kYear, 1, 2, 0, 0},
    {"LAST_N_YEARS", Unit::kYear, 0, 0, -1, 0},
    {"NEXT_N_YEARS", Unit::kYear, 1, 1, 0, 1},
    {"N_YEARS_AGO", Unit::kYear, 0, 1, -1, -1},
};

const Rule* find_rule(std::string_view word) {
    std::string plain{word};
    // The fiscal year starts in January, so that fiscal quarters and years are the calendar's.
    if (const std::size_t fiscal = plain.find("FISCAL_"); fiscal != std::string::npos) {
        plain.erase(fiscal, 7);
        const bool is_quarter_or_year =
            plain.find("QUARTER") != std::string::npos || plain.find("YEAR") != std::string::npos;
        if (!is_quarter_or_year) return nullptr;
    }
    for (const Rule& rule : kRules) {
        if (rule.word == plain) return &rule;
    }
    return nullptr;
}

std::int64_t digits(std::string_view text, std::size_t from, std::size_t count) {
    std::int64_t value = 0;
    for (const char c : text.substr(from, count)) value = value * 10 + (c - '0');
    return value;
}

}  // namespace

// Howard Hinnant's days_from_civil.
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) noexcept {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const auto year_of_era = static_cast<unsigned>(year - era * 400);
    const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const unsigned day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

std::string format_date(std::int64_t days) {
    const Civil civil = civil_from_days(days);
    std::array<char, 40> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", static_cast<int>(civil.year),
                  civil.month, civil.day);
    return buffer.data();
}

bool is_date(std::int64_t year, unsigned month, unsigned day) noexcept {
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return false;
    const Civil back = civil_from_days(days_from_civil(year, month, day));
    return back.month == month && back.day == day;
}

DateWord date_word(std::string_view upper_case_word) {
    const Rule* rule = find_rule(upper_case_word);
    if (rule == nullptr) return DateWord::kNone;
    return rule->first_per_n != 0 || rule->past_per_n != 0 ? DateWord::kCounted : DateWord::kPlain;
}

std::optional<DayRange> day_range(std::string_view word, std::int64_t count, std::string_view now) {
    const Rule* rule = find_rule(word);
    // A count beyond all the days there are would overflow the arithmetic below.
    if (rule == nullptr || now.size() < 10 || count < 0 || count > kLastDay - kFirstDay) {
        return std::nullopt;
    }
    const std::int64_t today =
        days_from_civil(digits(now, 0, 4), static_cast<unsigned>(digits(now, 5, 2)),
                        static_cast<unsigned>(digits(now, 8, 2)));
    const std::int64_t first =
        unit_start(rule->unit, today, rule->first + rule->first_per_n * count);
    const std::int64_t past = unit_start(rule->unit, today, rule->past + rule->past_per_n * count);
    if (first < kFirstDay || past > kLastDay) return std::nullopt;
    return DayRange{format_date(first), format_date(past)};
}

}  // namespace duet::sandbox::soql
