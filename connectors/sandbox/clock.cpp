#include "connectors/sandbox/clock.h"

#include "mappings/value.h"

namespace duet::sandbox {

SandboxClock::SandboxClock(std::int64_t start_ms, bool running)
    : base_ms_(start_ms), since_(std::chrono::steady_clock::now()), running_(running) {}

std::int64_t SandboxClock::now_ms() const {
    if (!running_) return base_ms_ + skew_ms_;
    const auto passed = std::chrono::steady_clock::now() - since_;
    return base_ms_ + skew_ms_ +
           std::chrono::duration_cast<std::chrono::milliseconds>(passed).count();
}

std::string SandboxClock::now_iso() const { return iso_from_ms(now_ms()); }

std::string SandboxClock::now_date() const { return now_iso().substr(0, 10); }

void SandboxClock::set(std::int64_t now_ms) {
    base_ms_ = now_ms - skew_ms_;
    since_ = std::chrono::steady_clock::now();
}

void SandboxClock::run(bool running) {
    set(now_ms());
    running_ = running;
}

std::string iso_from_ms(std::int64_t ms) {
    return format_instant(DateTime{std::chrono::milliseconds{ms}});
}

std::int64_t ms_from_iso(std::string_view text) {
    const auto time = parse_instant(text);
    return time ? time->time_since_epoch().count() : -1;
}

}  // namespace duet::sandbox
