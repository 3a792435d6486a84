#include "mappings/timers/clock.h"

#include <algorithm>
#include <utility>

namespace duet::timers {
namespace {

constexpr int kDaysMost = 3653;  // ten years

std::chrono::minutes offset_at(const formula::Zone& zone, DateTime time) {
    return zone.offset_at == nullptr ? std::chrono::minutes{0} : zone.offset_at(zone.data, time);
}

std::size_t weekday_of(Date day) {
    return std::chrono::weekday{std::chrono::sys_days{day}}.iso_encoding() - 1;
}

}  // namespace

bool is_sound(const WorkingHours& hours) noexcept {
    for (const std::vector<Hours>& day : hours.days) {
        auto free_from = std::chrono::minutes{0};
        for (const Hours& open : day) {
            if (open.from < free_from || open.to <= open.from) return false;
            free_from = open.to;
        }
        if (free_from > std::chrono::hours{24}) return false;
    }
    return std::is_sorted(hours.holidays.begin(), hours.holidays.end());
}

WorkingHours weekdays(Hours hours, formula::Zone zone) {
    WorkingHours made;
    for (std::size_t day = 0; day < 5; ++day) made.days.at(day) = {hours};
    made.zone = zone;
    return made;
}

ResponseClock::ResponseClock(WorkingHours hours) : hours_(std::move(hours)) {}

Date ResponseClock::local_day(DateTime time) const {
    return std::chrono::floor<std::chrono::days>(time + offset_at(hours_->zone, time));
}

DateTime ResponseClock::to_utc(Date day, std::chrono::minutes time) const {
    const DateTime local = DateTime{std::chrono::sys_days{day}} + time;
    // Of two instants with this local time the earlier, of none the first that comes after it.
    const DateTime early = local - offset_at(hours_->zone, local - std::chrono::hours{24});
    const DateTime late = local - offset_at(hours_->zone, local + std::chrono::hours{24});
    if (early + offset_at(hours_->zone, early) == local) return early;
    if (late + offset_at(hours_->zone, late) == local) return late;
    return early;
}

std::vector<ResponseClock::Open> ResponseClock::open_on(Date day) const {
    if (std::binary_search(hours_->holidays.begin(), hours_->holidays.end(), day)) return {};
    std::vector<Open> open;
    for (const Hours& hours : hours_->days.at(weekday_of(day))) {
        open.push_back({to_utc(day, hours.from), to_utc(day, hours.to)});
    }
    return open;
}

std::optional<DateTime> ResponseClock::after(DateTime start, std::chrono::seconds length) const {
    if (!hours_) return start + length;
    std::chrono::milliseconds left = length;
    Date day = local_day(start);
    for (int passed = 0; passed <= kDaysMost; ++passed, day += std::chrono::days{1}) {
        for (const Open& open : open_on(day)) {
            const DateTime from = std::max(open.from, start);
            if (from >= open.to) continue;
            if (left <= open.to - from) return from + left;
            left -= open.to - from;
        }
    }
    return std::nullopt;
}

std::chrono::milliseconds ResponseClock::between(DateTime start, DateTime end) const {
    if (end <= start) return std::chrono::milliseconds{0};
    if (!hours_) return end - start;
    std::chrono::milliseconds counted{0};
    const Date last = local_day(end);
    for (Date day = local_day(start); day <= last; day += std::chrono::days{1}) {
        for (const Open& open : open_on(day)) {
            const DateTime from = std::max(open.from, start);
            const DateTime to = std::min(open.to, end);
            if (from < to) counted += to - from;
        }
    }
    return counted;
}

}  // namespace duet::timers
