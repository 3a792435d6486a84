#include "mappings/timers/timer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mappings/catalog.h"

namespace duet::timers {
namespace {

constexpr std::string_view kAnyKind = "any";
constexpr std::array<const char*, 6> kWords{"RUNNING", "WARNING",  "BREACHED",
                                            "MET",     "MET_LATE", "CANCELLED"};

constexpr auto kSecond = std::chrono::seconds{1};

/// In time is told to the second: what is left of one does not count.
DateTime whole_second(DateTime time) { return std::chrono::floor<std::chrono::seconds>(time); }

std::optional<DateTime> first_answer(const Happened& happened, DateTime now) {
    std::optional<DateTime> first;
    for (const DateTime answer : happened.answers) {
        if (answer < happened.start || answer > now) continue;
        if (!first || answer < *first) first = answer;
    }
    return first;
}

bool is_over(State state) noexcept {
    return state == State::Met || state == State::MetLate || state == State::Cancelled;
}

}  // namespace

const Target* find_target(std::span<const Target> targets, std::string_view kind) noexcept {
    const Target* any = nullptr;
    for (const Target& target : targets) {
        if (same_name(target.kind, kind)) return &target;
        if (any == nullptr && same_name(target.kind, kAnyKind)) any = &target;
    }
    return any;
}

const char* to_string(State state) noexcept { return kWords.at(static_cast<std::size_t>(state)); }

std::optional<Reading> read(const Happened& happened, const Target& target,
                            const ResponseClock& clock, DateTime now) {
    const auto share = [&](int percent) {
        return clock.after(happened.start, target.within * percent / 100);
    };
    const auto due = share(100);
    if (!due) return std::nullopt;
    Reading reading;
    reading.due = *due;
    reading.answered = first_answer(happened, now);
    const bool cancelled = happened.cancelled && *happened.cancelled <= now;
    if (reading.answered && !(cancelled && *happened.cancelled < *reading.answered)) {
        const bool in_time = whole_second(*reading.answered) <= whole_second(*due);
        reading.state = in_time ? State::Met : State::MetLate;
        return reading;
    }
    if (cancelled) {
        reading.answered.reset();
        reading.state = State::Cancelled;
        return reading;
    }
    const DateTime breach = whole_second(*due) + kSecond;
    const auto warning = target.warn_percent < 100 ? share(target.warn_percent) : std::nullopt;
    const auto reassign =
        target.reassign_percent > 0 ? share(target.reassign_percent) : std::nullopt;
    reading.reassign = reassign && now >= *reassign;
    if (now >= breach) {
        reading.state = State::Breached;
    } else if (warning && now >= *warning) {
        reading.state = State::Warning;
    }
    for (const auto& moment : {warning, std::optional(breach), reassign}) {
        if (!moment || *moment <= now) continue;
        if (!reading.next_change || *moment < *reading.next_change) reading.next_change = moment;
    }
    return reading;
}

std::optional<std::size_t> most_urgent(std::span<const Reading> readings) noexcept {
    std::optional<std::size_t> best;
    const auto is_before = [&](const Reading& a, const Reading& b) {
        if (is_over(a.state) != is_over(b.state)) return is_over(b.state);
        return is_over(a.state) ? a.due > b.due : a.due < b.due;
    };
    for (std::size_t i = 0; i < readings.size(); ++i) {
        if (!best || is_before(readings[i], readings[*best])) best = i;
    }
    return best;
}

std::optional<double> attainment(std::span<const State> states) noexcept {
    std::size_t met = 0;
    std::size_t ended = 0;
    for (const State state : states) {
        met += state == State::Met ? 1U : 0U;
        ended +=
            state == State::Met || state == State::MetLate || state == State::Breached ? 1U : 0U;
    }
    if (ended == 0) return std::nullopt;
    return static_cast<double>(met) / static_cast<double>(ended);
}

}  // namespace duet::timers
