// The functions on dates, instants and times of day.
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

#include "mappings/date_text.h"
#include "mappings/formula/calendar.h"
#include "mappings/formula/functions.h"

namespace duet::formula::native {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::year_month_day;

constexpr Fault kNoDate = "the text is not a date, as in 2016-02-29";
constexpr Fault kNoInstant = "the text is not a date and time, as in 2016-02-29 13:05:00";
constexpr Fault kNoTime = "the text is not a time, as in 13:05:00.000";

Fault give(Call& call, std::int64_t number) {
    call.result = Decimal{number};
    return nullptr;
}

template <class Found>
Fault give_or(Call& call, const std::optional<Found>& found, Fault fault) {
    if (!found) return fault;
    call.result = *found;
    return nullptr;
}

std::optional<std::int64_t> whole(const Call& call, std::size_t index) {
    return std::get<Decimal>(call.args[index]).to_int64();
}

year_month_day parts(const Call& call) { return year_month_day{std::get<Date>(call.args[0])}; }

/// The day of a date, or of an instant as UTC shows it.
Date day_of(const Call& call) {
    if (const Date* date = std::get_if<Date>(&call.args[0])) return *date;
    return std::chrono::floor<days>(std::get<DateTime>(call.args[0]));
}

std::int64_t ms_of_day(const Call& call) {
    return std::get<TimeOfDay>(call.args[0]).since_midnight.count();
}

}  // namespace

Fault addmonths(Call& call) {
    const auto months = whole(call, 1);
    if (!months) return kDateOutOfRange;
    const auto moved = add_months(day_of(call), *months);
    if (!moved) return kDateOutOfRange;
    call.result = *moved;
    if (const DateTime* time = std::get_if<DateTime>(&call.args[0])) {
        call.result = DateTime{*moved} + (*time - DateTime{std::chrono::floor<days>(*time)});
    }
    return nullptr;
}

Fault date(Call& call) {
    const auto year = whole(call, 0), month = whole(call, 1), day = whole(call, 2);
    if (!year || !month || !day) return kDateOutOfRange;
    return give_or(call, date_text::make_date(*year, *month, *day),
                   "the calendar has no such date");
}

Fault datevalue(Call& call) {
    if (const auto* text = std::get_if<std::string_view>(&call.args[0])) {
        return give_or(call, read_date(*text), kNoDate);
    }
    if (const DateTime* time = std::get_if<DateTime>(&call.args[0])) {
        call.result = Date{std::chrono::floor<days>(*time + call.moment.offset_at(*time))};
    } else {
        call.result = call.args[0];
    }
    return nullptr;
}

Fault datetimevalue(Call& call) {
    if (const auto* text = std::get_if<std::string_view>(&call.args[0])) {
        return give_or(call, read_datetime(*text), kNoInstant);
    }
    if (const Date* date = std::get_if<Date>(&call.args[0])) {
        call.result = DateTime{*date};
    } else {
        call.result = call.args[0];
    }
    return nullptr;
}

Fault timevalue(Call& call) {
    if (const auto* text = std::get_if<std::string_view>(&call.args[0])) {
        return give_or(call, read_time(*text), kNoTime);
    }
    if (const DateTime* time = std::get_if<DateTime>(&call.args[0])) {
        call.result = TimeOfDay{*time - DateTime{std::chrono::floor<days>(*time)}};
    } else {
        call.result = call.args[0];
    }
    return nullptr;
}

Fault year(Call& call) { return give(call, static_cast<int>(parts(call).year())); }
Fault month(Call& call) { return give(call, static_cast<unsigned>(parts(call).month())); }
Fault day(Call& call) { return give(call, static_cast<unsigned>(parts(call).day())); }

Fault weekday(Call& call) {
    return give(call, std::chrono::weekday{std::get<Date>(call.args[0])}.c_encoding() + 1);
}

Fault dayofyear(Call& call) {
    const Date date = day_of(call);
    const Date first = year_month_day{date}.year() / 1 / 1;
    return give(call, (date - first).count() + 1);
}

Fault isoweek(Call& call) { return give(call, iso_week(day_of(call)).week); }
Fault isoyear(Call& call) { return give(call, iso_week(day_of(call)).year); }

Fault hour(Call& call) { return give(call, ms_of_day(call) / 3'600'000); }
Fault minute(Call& call) { return give(call, ms_of_day(call) / 60'000 % 60); }
Fault second(Call& call) { return give(call, ms_of_day(call) / 1'000 % 60); }
Fault millisecond(Call& call) { return give(call, ms_of_day(call) % 1'000); }

Fault unixtimestamp(Call& call) {
    if (std::holds_alternative<TimeOfDay>(call.args[0])) return give(call, ms_of_day(call) / 1'000);
    if (const DateTime* time = std::get_if<DateTime>(&call.args[0])) {
        return give(call,
                    std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count());
    }
    return give(call, day_of(call).time_since_epoch().count() * std::int64_t{86'400});
}

Fault fromunixtime(Call& call) {
    const auto seconds = whole(call, 0);
    if (!seconds || *seconds > 400'000'000'000 || *seconds < -400'000'000'000)
        return kDateOutOfRange;
    return give_or(call, add_milliseconds(DateTime{}, *seconds * 1'000), kDateOutOfRange);
}

Fault formatduration(Call& call) {
    std::int64_t seconds = 0;
    bool with_days = false;
    if (std::holds_alternative<Decimal>(call.args[0])) {
        const auto given = whole(call, 0);
        if (!given || *given > 1'000'000'000'000 || *given < -1'000'000'000'000)
            return kNumberTooLarge;
        seconds = *given;
        if (call.args.size() > 1) {
            const bool* asked = std::get_if<bool>(&call.args[1]);
            if (asked == nullptr) return "the second argument is not a boolean";
            with_days = *asked;
        }
    } else {
        if (call.args.size() < 2 || call.args[0].index() != call.args[1].index()) {
            return "two times or two instants are needed";
        }
        const auto span = std::holds_alternative<TimeOfDay>(call.args[0])
                              ? std::get<TimeOfDay>(call.args[0]).since_midnight -
                                    std::get<TimeOfDay>(call.args[1]).since_midnight
                              : std::get<DateTime>(call.args[0]) - std::get<DateTime>(call.args[1]);
        seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
        with_days = std::holds_alternative<DateTime>(call.args[0]);
    }
    if (seconds < 0) seconds = -seconds;
    fmt::memory_buffer out;
    std::int64_t hours = seconds / 3'600;
    if (with_days) {
        fmt::format_to(std::back_inserter(out), "{}:", hours / 24);
        hours %= 24;
    }
    fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}", hours, seconds / 60 % 60,
                   seconds % 60);
    return give_text(call, {out.data(), out.size()});
}

}  // namespace duet::formula::native
