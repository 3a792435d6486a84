#include "mappings/lifecycle/days.h"

namespace duet::lifecycle {

using std::chrono::days;
using std::chrono::floor;

std::chrono::minutes Days::offset(DateTime time) const {
    return zone_.offset_at == nullptr ? std::chrono::minutes{0} : zone_.offset_at(zone_.data, time);
}

Date Days::of(DateTime time) const { return floor<days>(time + offset(time)); }

DateTime Days::start(Date day) const {
    const DateTime guess = DateTime{day} - offset(DateTime{day});
    // The zone's offset may change between the guess and midnight itself.
    return DateTime{day} - offset(guess);
}

int Days::between(DateTime from, DateTime to) const {
    return static_cast<int>((of(to) - of(from)).count());
}

DateTime Days::after(DateTime time, int number) const { return start(of(time) + days{number}); }

double elapsed_days(DateTime from, DateTime to) noexcept {
    constexpr double kDay = 86'400'000.0;
    return static_cast<double>((to - from).count()) / kDay;
}

}  // namespace duet::lifecycle
